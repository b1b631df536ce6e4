from __future__ import annotations

import base64
import secrets
from datetime import datetime

from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError

from aftercart.brands.models import AuditEntry, Brand, Member, Source
from aftercart.plumbing import clock


class BrandError(ValueError):
    """What is wrong with a brand: the field and the reason."""


def audit(brand: Brand, *, actor: str, action: str, subject: str, detail: dict[str, object] | None = None) -> None:
    """Write down who did what. `detail` holds no personal data: this log is never erased."""
    AuditEntry.objects.create(
        brand=brand, at=clock.machine(), actor=actor, action=action, subject=subject, detail=detail or {}
    )


def connect(
    brand: Brand, kind: str, *, secret: str = "", bound_to: str = "", name: str = "main", rotate: bool = False
) -> Source:
    """Let a system of the outside write to the brand's inbox; its address carries a token that never changes.

    With `rotate` the secret before this one stays valid beside it; without, only the new one is.
    """
    source, _ = Source.objects.get_or_create(
        brand=brand, kind=kind, name=name, defaults={"token": secrets.token_urlsafe(24)}
    )
    older = source.secrets[:1] if rotate else []
    source.secrets = [secret, *(one for one in older if one != secret)] if secret else []
    source.bound_to = bound_to
    source.save(update_fields=["secrets", "bound_to"])
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
    except ValidationError as error:
        field, reasons = next(iter(error.message_dict.items()))
        raise BrandError(f"{field}: {reasons[0]}") from None
    brand.save()
    return brand


def let_speak(brand: Brand, speak: bool) -> None:
    """From now on tell customers about worries that begin; or say nothing until further notice."""
    brand.speaks_since = clock.business(brand) if speak else None
    brand.save(update_fields=["speaks_since"])


def hire(brand: Brand, username: str, password: str) -> None:
    """Give somebody a log-in with this password, and this brand to look after."""
    user, _ = get_user_model().objects.get_or_create(username=username)
    user.set_password(password)
    user.save(update_fields=["password"])
    Member.objects.get_or_create(brand=brand, user=user)


def set_clock(brand: Brand, business: datetime | None, *, rate: float = 1.0) -> None:
    """Drive the brand's time from here on; None gives it back to the machine's."""
    brand.clock_business = business
    brand.clock_machine = clock.machine() if business else None
    brand.clock_rate = rate
    brand.save(update_fields=["clock_business", "clock_machine", "clock_rate"])
