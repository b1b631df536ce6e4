from __future__ import annotations

from math import ceil
from typing import Any

from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView
from django.http import HttpRequest, HttpResponse

from aftercart.ops import attempts
from aftercart.plumbing import clock
from aftercart.plumbing.visitors import address_of


class LogIn(LoginView):
    template_name = "ops/login.html"
    redirect_authenticated_user = True

    def get_form(self, form_class: Any = None) -> AuthenticationForm:
        form = super().get_form(form_class)
        for bound in form.visible_fields():
            bound.field.widget.attrs["class"] = "input"
        return form

    def post(self, request: HttpRequest, *args: str, **kwargs: Any) -> HttpResponse:
        until = attempts.closed_until(*self._who())
        if until is None:
            return super().post(request, *args, **kwargs)
        minutes = ceil((until - clock.machine()).total_seconds() / 60)
        context = {"form": AuthenticationForm(request), "closed_for": minutes}
        return self.render_to_response(context, status=429, headers={"Retry-After": str(minutes * 60)})

    def form_invalid(self, form: AuthenticationForm) -> HttpResponse:
        attempts.failed(*self._who())
        return super().form_invalid(form)

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        attempts.succeeded(*self._who())
        return super().form_valid(form)

    def _who(self) -> tuple[str, str]:
        return self.request.POST.get("username", ""), address_of(self.request)
