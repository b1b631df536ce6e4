from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers

from aftercart.api.doors import known_origin

PREFIX = "/api/"


class Shared:
    """Lets shops' own pages read what the API answers them, errors too: pages of origins that a key is bound to."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if not request.path.startswith(PREFIX):
            return response
        if origin := known_origin(request):
            response["Access-Control-Allow-Origin"] = origin
            response["Access-Control-Expose-Headers"] = "Retry-After"
        response.headers.setdefault("Cache-Control", "no-store")
        patch_vary_headers(response, ["Origin", "Accept-Language"])
        return response
