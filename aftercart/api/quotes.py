"""`GET /api/v1/promises/quote`: when would it arrive, for product page, cart and checkout."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import override
from ninja import Query, Router, Schema
from pydantic import Field, field_validator

from aftercart.api.doors import Door, enter, known_origin
from aftercart.api.errors import Failed
from aftercart.api.saying import arrives, language_of, reason
from aftercart.look.formats import reader
from aftercart.plumbing import clock
from aftercart.plumbing.countries import country_code
from aftercart.promises.books import book_of
from aftercart.promises.queries import destination_zone
from aftercart.promises.quoting import Ask, Quote, lasts, quote

MOST = timedelta(minutes=5)  # for which a browser may keep an answer: what is learned or entered counts by then
MOST_SKUS = 50

router = Router(tags=["promises"])
Word = Annotated[str, Field(max_length=120)]


class Asked(Schema):
    """Where it would go, how, and what."""

    country: str = Field(description="The country it goes to: ISO 3166, two letters.")
    region: Word = Field("", description="Its state or province, as a code or a name.")
    postal_code: Annotated[str, Field(max_length=20)] = Field("", description="Where the region is not known.")
    service: Word = Field("", description="The delivery method, by the name that checkout gives it.")
    sku: list[Word] = Field([], description="What would be in the order; may be repeated.", max_length=MOST_SKUS)
    language: Annotated[str, Field(max_length=35)] = Field("", description="Of `text`; else as the browser asks.")

    @field_validator("country")
    @classmethod
    def _known(cls, told: str) -> str:
        if not told or country_code(told) != told.upper():
            raise ValueError(f"{told[:20]!r} is no country: write two letters")
        return told.upper()


class Reason(Schema):
    kind: str = Field(description="preorder, launch, backorder, closure, peak or campaign.")
    leaves: date | None = Field(description="The first day on which it can leave, where that is the reason.")
    text: str = Field(description="The reason as a sentence.")
    note: str = Field(description="The brand's own words, in the brand's language; may be empty.")


class Quoted(Schema):
    """Nulls and an empty `text` mean: too little has arrived to name a day. Then say nothing."""

    earliest: date | None = Field(description="The first day on which it may arrive.")
    latest: date | None = Field(description="The day by which it arrives, as surely as `confidence` says.")
    likely: date | None = Field(description="The day by which half of such orders arrive.")
    confidence: float | None = Field(description="The chance that it arrives by `latest`, from 0 to 1.")
    basis: str = Field(description="What it rests on: the finest level of lane that is known well enough.")
    version: int = Field(description="Of the learned table that was used.")
    reason: Reason | None = Field(description="Why it takes longer than it usually would, where it does.")
    text: str = Field(description="The sentence to show.")
    language: str = Field(description="Of `text`.")


@router.get(
    "/promises/quote",
    response={200: Quoted, 400: Failed, 401: Failed, 403: Failed, 429: Failed},
    operation_id="quote",
    summary="When would it arrive?",
)
def asked(request: HttpRequest, response: HttpResponse, key: Query[str], ask: Query[Asked]) -> Any:
    """Answers from what the brand's own deliveries have taught, its calendar, and how sure it wants to be.

    `key` is the public storefront key. Only pages of the key's origins are answered.
    """
    door = enter(request, key)
    brand, now = door.brand, clock.business(door.brand)
    wanted = Ask(
        country=ask.country,
        region=ask.region,
        postal_code=ask.postal_code,
        service=ask.service,
        skus=tuple(ask.sku),
    )
    found = quote(wanted, book_of(brand, now), now)
    response["Cache-Control"] = f"public, max-age={lasts(found, now, most=MOST)}"
    return _answer(request, door, ask, found)


def _answer(request: HttpRequest, door: Door, ask: Asked, found: Quote) -> dict[str, object]:
    language = language_of(request, ask.language, door.brand.language)
    zone = destination_zone(ask.country, ask.region, ask.postal_code)
    reads = reader(language, country=ask.country, zone=zone, now=clock.business(door.brand))
    begun, window = found.start, found.window
    with override(language):
        why = begun.because and {
            "kind": begun.because,
            "leaves": begun.leaves,
            "text": reason(begun, reads),
            "note": begun.note,
        }
        text = arrives(window, reads) if window else ""
    return {
        "earliest": window and window.earliest,
        "latest": window and window.latest,
        "likely": window and window.likely,
        "confidence": window.confidence and round(window.confidence, 4) if window else None,
        "basis": window.basis if window else "nothing known yet",
        "version": window.version if window else 0,
        "reason": why or None,
        "text": text,
        "language": language,
    }


@router.api_operation(["OPTIONS"], "/promises/quote", include_in_schema=False)
def preflight(request: HttpRequest) -> HttpResponse:
    """Browsers ask first where a page sends more than a plain question."""
    allowed = known_origin(request)
    headers = {"Access-Control-Allow-Methods": "GET", "Access-Control-Max-Age": "86400"} if allowed else {}
    asked_for = request.headers.get("Access-Control-Request-Headers", "")
    if allowed and asked_for:
        headers["Access-Control-Allow-Headers"] = "Accept, Accept-Language, Content-Type"
    return HttpResponse(status=204, headers=headers)
