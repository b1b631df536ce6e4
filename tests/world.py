"""The believable world that the tests share: the shop Juniper & Clay, its people and its systems."""

from __future__ import annotations

from datetime import UTC, datetime

from aftercart.brands.models import Brand, Source

# A Tuesday.
NOW = datetime(2026, 3, 10, 12, 0, tzinfo=UTC)

SECRETS = {
    "shopify": "juniper-shopify-secret",
    "easypost": "juniper-easypost-sécret",
    "aftership": "juniper-aftership-secret",
    "shippo": "juniper-shippo-secret",
    "17track": "juniper-17track-key",
    "aftercart": "whsec_anVuaXBlci1hbmQtY2xheS1zZWNyZXQ=",
}


def juniper() -> Brand:
    brand = Brand.objects.create(
        slug="juniper",
        name="Juniper & Clay",
        accent="#7a3e2b",
        website="https://juniper-and-clay.example",
        help_email="help@juniper-and-clay.example",
        from_email="Juniper & Clay <orders@juniper-and-clay.example>",
        country="US",
        time_zone="America/New_York",
        language="en",
    )
    Source.objects.bulk_create(
        Source(brand=brand, kind=kind, secrets=[secret], token=f"token-{kind}") for kind, secret in SECRETS.items()
    )
    return brand
