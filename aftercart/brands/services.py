from __future__ import annotations

import secrets
from datetime import datetime

from aftercart.brands.models import AuditEntry, Brand, Source
from aftercart.plumbing import clock


def audit(brand: Brand, *, actor: str, action: str, subject: str, detail: dict[str, object] | None = None) -> None:
    """Write down who did what. `detail` holds no personal data: this log is never erased."""
    AuditEntry.objects.create(
        brand=brand, at=clock.machine(), actor=actor, action=action, subject=subject, detail=detail or {}
    )


def connect(brand: Brand, kind: str, *, secret: str = "", bound_to: str = "", name: str = "main") -> Source:
    """Let a system of the outside write to the brand's inbox; its address carries a fresh token."""
    source, _ = Source.objects.update_or_create(
        brand=brand,
        kind=kind,
        name=name,
        defaults={"secrets": [secret] if secret else [], "bound_to": bound_to},
        create_defaults={
            "secrets": [secret] if secret else [],
            "bound_to": bound_to,
            "token": secrets.token_urlsafe(24),
        },
    )
    return source


def set_clock(brand: Brand, business: datetime | None, *, rate: float = 1.0) -> None:
    """Drive the brand's time from here on; None gives it back to the machine's."""
    brand.clock_business = business
    brand.clock_machine = clock.machine() if business else None
    brand.clock_rate = rate
    brand.save(update_fields=["clock_business", "clock_machine", "clock_rate"])
