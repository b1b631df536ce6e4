from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Max

from aftercart.brands.models import Brand
from aftercart.brands.services import audit
from aftercart.plumbing import ids
from aftercart.policies.models import Policy


def current(brand: Brand, kind: str, *, at: datetime) -> dict[str, object]:
    """The rule of this kind that is valid at `at`; empty where the brand has made none."""
    rule = Policy.objects.filter(brand=brand, kind=kind, valid_from__lte=at).order_by("-version").first()
    return rule.body if rule else {}


def newest(brand_id: UUID, kind: str) -> Mapping[str, Any]:
    """The last version of a rule, whenever it is valid from: for what must not depend on when it is asked."""
    rule = Policy.objects.filter(brand_id=brand_id, kind=kind).order_by("-version").first()
    return rule.body if rule else {}


def publish(brand: Brand, kind: str, body: dict[str, object], *, at: datetime, by: str) -> Policy:
    """Make a new version of a rule, valid from `at`. Older versions stay as they were."""
    newest = Policy.objects.filter(brand=brand, kind=kind).aggregate(Max("version"))["version__max"]
    version = (newest or 0) + 1
    audit(brand, actor=by, action="policy.publish", subject=f"{kind} v{version}", detail=body)
    return Policy.objects.create(id=ids.new(at), brand=brand, kind=kind, version=version, valid_from=at, body=body)
