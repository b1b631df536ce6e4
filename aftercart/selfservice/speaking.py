"""Which language a page speaks, and how its reader reads."""

from __future__ import annotations

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from django.http import HttpRequest
from django.utils.translation.trans_real import parse_accept_lang_header

from aftercart.brands.models import Brand
from aftercart.look import formats
from aftercart.plumbing import clock
from aftercart.promises.queries import destination_zone
from aftercart.selfservice.queries import Picture


@dataclass(frozen=True, slots=True)
class Tongue:
    code: str
    name: str


TONGUES = (
    Tongue("en", "English"),
    Tongue("es", "Español"),
    Tongue("fr", "Français"),
    Tongue("de", "Deutsch"),
    Tongue("pt", "Português"),
    Tongue("ja", "日本語"),
)


def language_of(request: HttpRequest, brand: Brand | None = None, order_locale: str = "") -> str:
    """What was chosen on the page, else the order's, else the browser's, else the brand's language, if one is known."""
    accepted = [tag for tag, _ in parse_accept_lang_header(request.headers.get("Accept-Language", "").lower()[:500])]
    wishes = [request.GET.get("lang", ""), order_locale, *accepted, brand.language if brand else ""]
    return next((language for wish in wishes if wish and (language := formats.supported(wish))), "en")


def reader_of(brand: Brand, picture: Picture, language: str) -> formats.Reader:
    """Days and times as they are where the order goes."""
    if picture.country:
        zone = destination_zone(picture.country, picture.region, picture.postal_code)
    else:
        zone = ZoneInfo(brand.time_zone)
    # A visitor who reads another language than the order's still reads dates as people do at home.
    tag, _, region = picture.locale.replace("-", "_").partition("_")
    country = region if region and tag == language else picture.country
    return formats.reader(language, country=country, zone=zone, now=clock.business(brand))
