"""Rendering a customer's page in their language and the brand's colours."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import override

from aftercart.brands.models import Brand
from aftercart.look import themes
from aftercart.look.colours import is_colour
from aftercart.selfservice.speaking import TONGUES


def show(
    request: HttpRequest, template: str, brand: Brand, language: str, status: int = 200, **context: object
) -> HttpResponse:
    theme_url = f"{reverse('selfservice:theme', args=[brand.slug])}?v={accent(brand).removeprefix('#')}"
    known = {"brand": brand, "theme_url": theme_url, "language": language, "tongues": TONGUES}
    with override(language):
        response = render(request, f"selfservice/{template}", known | context, status=status)
    response["Content-Language"] = language
    return response


def accent(brand: Brand) -> str:
    return brand.accent.lower() if is_colour(brand.accent) else themes.OURS
