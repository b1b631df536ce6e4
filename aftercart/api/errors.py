"""One shape for every error: `{"error": {"type", "code", "message", "param"}}`."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from ninja import NinjaAPI, Schema
from ninja.errors import HttpError, ValidationError


class Problem(Schema):
    type: str
    code: str
    message: str
    param: str | None = None


class Failed(Schema):
    error: Problem


class ApiError(Exception):
    """Something that the caller must change: `type` is what kind of thing, `code` says exactly which."""

    def __init__(self, status: int, type_: str, code: str, message: str, *, param: str | None = None) -> None:
        super().__init__(message)
        self.status, self.type, self.code, self.message, self.param = status, type_, code, message, param
        self.headers: dict[str, str] = {}

    def response(self) -> HttpResponse:
        told = {"type": self.type, "code": self.code, "message": self.message, "param": self.param}
        return JsonResponse({"error": told}, status=self.status, headers={"Cache-Control": "no-store"} | self.headers)


def install(api: NinjaAPI) -> None:
    """Let every error leave in the one shape."""
    api.add_exception_handler(ApiError, lambda request, error: _told(error))
    api.add_exception_handler(ValidationError, lambda request, error: _told(_invalid(error)))
    api.add_exception_handler(HttpError, lambda request, error: _told(_http(error)))


def _told(error: Any) -> HttpResponse:
    assert isinstance(error, ApiError)
    return error.response()


def _invalid(error: Any) -> ApiError:
    first = error.errors[0]
    param, code = str(first["loc"][-1]), "missing" if first["type"] == "missing" else "invalid"
    reason = "is needed" if code == "missing" else str(first["msg"]).removeprefix("Value error, ")
    return ApiError(400, "invalid_request", code, f"{param}: {reason}", param=param)


def _http(error: Any) -> ApiError:
    return ApiError(error.status_code, "invalid_request", "refused", str(error))


def not_found(request: HttpRequest) -> HttpResponse:
    return ApiError(404, "not_found", "no_such_address", f"There is nothing at {request.path}.").response()
