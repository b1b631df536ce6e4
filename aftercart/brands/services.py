from __future__ import annotations

import base64
import re
import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from email.utils import parseaddr

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from aftercart.brands.models import AuditEntry, Brand, Member, Source
from aftercart.plumbing import clock, ids
from aftercart.plumbing.bulk import cursor, fit
from aftercart.plumbing.countries import country_code

VIEWED, VIEWS_ARE_ONE = "viewed", timedelta(minutes=5)
VIEW = """
INSERT INTO brands_auditentry (id, brand_id, at, actor, action, subject, detail)
VALUES (%s, %s, %s, %s, %s, %s, jsonb_build_object('what', %s::text)) ON CONFLICT (id) DO NOTHING
"""


class BrandError(ValueError):
    """What is wrong with a brand: the field and the reason."""


def audit(brand: Brand, *, actor: str, action: str, subject: str, detail: dict[str, object] | None = None) -> None:
    """Write down who did what. `detail` holds no personal data: this log is never erased."""
    AuditEntry.objects.create(
        brand=brand, at=clock.machine(), actor=actor, action=action, subject=subject, detail=detail or {}
    )


def viewed(brand: Brand, actor: str, subject: object, what: str) -> None:
    """Write down that somebody looked at personal data, once in five minutes for each `subject`: an id, never a person.

    Looks of one stretch have one id: however many there are, in however many processes, one row is written.
    """
    at = clock.machine()
    since = at - timedelta(seconds=at.timestamp() % VIEWS_ARE_ONE.total_seconds())
    entry = ids.mirrored_event(since, brand.id, actor, VIEWED, subject, what)
    with cursor() as one:
        one.execute(VIEW, (entry, brand.id, at, fit(actor, 120), VIEWED, fit(str(subject), 120), what))


def connect(
    brand: Brand,
    kind: str,
    *,
    secret: str = "",
    bound_to: str = "",
    name: str = "main",
    rotate: bool = False,
    settings: Mapping[str, str] | None = None,
) -> Source:
    """Let a system of the outside write to the brand's inbox; its address carries a token that never changes.

    With `rotate` the secret before this one stays valid beside it; without, only the new one is. What is not given
    stays as it was: leaving it out must not open a door.
    """
    source, _ = Source.objects.get_or_create(
        brand=brand, kind=kind, name=name, defaults={"token": secrets.token_urlsafe(24)}
    )
    older = source.secrets[:1] if rotate else []
    source.secrets = [secret, *(one for one in older if one != secret)] if secret else source.secrets
    source.bound_to = bound_to or source.bound_to
    source.settings = {**source.settings, **(settings or {})}
    source.save(update_fields=["secrets", "bound_to", "settings"])
    return source


def made_secret() -> str:
    """A fresh secret in the form of Standard Webhooks."""
    return "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()


def set_up(slug: str, **told: str) -> Brand:
    """Make the brand or change it; raises BrandError where it would not be one."""
    brand = Brand.objects.filter(slug=slug).first() or Brand(slug=slug, name=slug.replace("-", " ").title())
    for field, value in told.items():
        setattr(brand, field, value)
    brand.from_email = brand.from_email or brand.help_email
    try:
        brand.full_clean(validate_unique=False)
        _check(brand)
    except ValidationError as error:
        field, reasons = next(iter(error.message_dict.items()))
        raise BrandError(f"{field}: {reasons[0]}") from None
    brand.save()
    return brand


def _check(brand: Brand) -> None:
    """What no column can hold against."""
    if country_code(brand.country) != brand.country:
        raise ValidationError({"country": f"{brand.country!r} is no country: write two letters."})
    if not re.fullmatch(r"#[0-9a-fA-F]{6}", brand.accent):
        raise ValidationError({"accent": f"{brand.accent!r} is no colour: write it like #2f5d50."})
    if brand.language not in (known := dict(settings.LANGUAGES)):
        raise ValidationError({"language": f"{brand.language!r} is none of {', '.join(known)}."})
    try:
        validate_email(parseaddr(brand.from_email)[1])
    except ValidationError:
        raise ValidationError({"from_email": f"{brand.from_email!r} is no address."}) from None


def let_speak(brand: Brand, speak: bool) -> None:
    """From now on tell customers about worries that begin; or say nothing until further notice."""
    brand.speaks_since = clock.business(brand) if speak else None
    brand.save(update_fields=["speaks_since"])


def hire(brand: Brand, username: str, password: str, *, renew: bool = False, email: str = "") -> bool:
    """Give somebody this brand to look after. Whether the password holds: a log-in that exists keeps its own.

    `email` is where tests of the brand's messages go; not given, it stays as it was. Raises BrandError for none.
    """
    if email:
        try:
            validate_email(email)
        except ValidationError:
            raise BrandError(f"email: {email!r} is no address.") from None
    user, made = get_user_model().objects.get_or_create(username=username)
    if made or renew:
        user.set_password(password)
        user.save(update_fields=["password"])
    if email:
        user.email = email
        user.save(update_fields=["email"])
    Member.objects.get_or_create(brand=brand, user=user)
    return made or renew


def set_clock(brand: Brand, business: datetime | None, *, rate: float = 1.0) -> None:
    """Drive the brand's time from here on; None gives it back to the machine's."""
    brand.clock_business = business
    brand.clock_machine = clock.machine() if business else None
    brand.clock_rate = rate
    brand.save(update_fields=["clock_business", "clock_machine", "clock_rate"])
