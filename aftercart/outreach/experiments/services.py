from __future__ import annotations

import secrets
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Case, Q, QuerySet, When

from aftercart.brands.models import Brand
from aftercart.brands.services import audit
from aftercart.outreach.experiments import queries
from aftercart.outreach.experiments.models import Experiment
from aftercart.outreach.experiments.rules import CONTACTS, ExperimentError, Plan, checked, held_out
from aftercart.plumbing import bulk, ids

COLUMNS = ("id", "brand_id", "experiment_id", "customer_id", "order_id", "episode", "kind", "carrier", "held_out", "at")
report = queries.report


@dataclass(frozen=True, slots=True)
class Arm:
    """Where a customer stands as to one kind of notice. No experiment: nobody is held out of it."""

    experiment: UUID | None = None
    held_out: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Exposure:
    """We would have spoken: written in both arms at the instant at which the message would leave us."""

    experiment: UUID
    customer_id: UUID
    order_id: UUID
    episode: UUID
    kind: str
    carrier: str
    held_out: bool
    at: datetime


NOBODY = Arm()


def running(brand: Brand, now: datetime) -> QuerySet[Experiment]:
    """Those that hold out at `now`, in the brand's time."""
    return _unstopped(brand, now).filter(started_at__lte=now).order_by("started_at", "id")


def _unstopped(brand: Brand, at: datetime) -> QuerySet[Experiment]:
    return Experiment.objects.filter(Q(stopped_at=None) | Q(stopped_at__gt=at), brand=brand)


def arms(brand: Brand, customer_ids: Collection[UUID], kind: str, now: datetime) -> dict[UUID, Arm]:
    """The arm of each of these customers for this kind of notice. Never changes while an experiment runs."""
    experiment = next((one for one in running(brand, now) if kind in one.kinds), None)
    if experiment is None:
        return dict.fromkeys(customer_ids, NOBODY)
    return {
        customer: Arm(experiment.id, held_out(customer, experiment.key, experiment.share)) for customer in customer_ids
    }


def expose(brand: Brand, exposures: Sequence[Exposure]) -> int:
    """Write down whom we would have told; what is written already stays as it was. How many are new.

    In the transaction that speaks, or keeps silent.
    """
    rows = {row[0]: row for one in exposures for row in [_row(brand.id, one)]}
    return bulk.merge("outreach_exposure", COLUMNS, [rows[id] for id in sorted(rows, key=ids.as_number)])


def _row(brand: UUID, one: Exposure) -> tuple[object, ...]:
    own = ids.mirrored(brand, "exposure", one.experiment, one.customer_id, one.order_id, one.episode, one.kind)
    return (
        own, brand, one.experiment, one.customer_id, one.order_id, one.episode, one.kind, bulk.fit(one.carrier, 40),
        one.held_out, one.at,
    )  # fmt: skip


@transaction.atomic
def start(brand: Brand, plan: Plan, *, at: datetime, by: str) -> Experiment:
    """From `at` on hold out a share of the customers from these kinds. ExperimentError says what stands against it."""
    plan = checked(plan)
    # One at a time, or two could start with the same kind.
    Brand.objects.select_for_update().get(id=brand.id)
    if Experiment.objects.filter(brand=brand, name=plan.name).exists():
        raise ExperimentError(f"name: there is an experiment {plan.name!r} already; a new one needs a new name")
    # Also those that begin later: the brand's clock may have been set back.
    for other in _unstopped(brand, at):
        if both := sorted(set(plan.kinds) & set(other.kinds)):
            raise ExperimentError(f"kinds: {both[0]!r} is measured by {other.name!r}, which is running; stop it first")
    audit(
        brand, actor=by, action="experiment.start", subject=plan.name,
        detail={"kinds": list(plan.kinds), "share": plan.share, "window_days": plan.window_days, "aim": plan.aim},
    )  # fmt: skip
    return Experiment.objects.create(
        id=ids.new(at),
        brand=brand,
        name=plan.name,
        kinds=list(plan.kinds),
        share=plan.share,
        window_days=plan.window_days,
        aim=plan.aim,
        key=secrets.token_hex(16),
        started_at=at,
        started_by=by,
    )


@transaction.atomic
def stop(brand: Brand, name: str, *, at: datetime, by: str) -> Experiment:
    """From `at` on nobody is held out by it. What was measured stays."""
    found = Experiment.objects.select_for_update().filter(brand=brand, name=name).first()
    if found is None:
        raise ExperimentError(f"name: there is no experiment {name!r}{_known(brand)}")
    if found.stopped_at is not None:
        raise ExperimentError(f"name: {name!r} has been stopped already")
    found.stopped_at, found.stopped_by = at, by
    found.save(update_fields=["stopped_at", "stopped_by"])
    audit(brand, actor=by, action="experiment.stop", subject=name)
    return found


def _known(brand: Brand) -> str:
    names: Iterable[str] = Experiment.objects.filter(brand=brand).order_by("name").values_list("name", flat=True)
    return "; there is " + ", ".join(names) if names else ""


def named(brand: Brand, name: str) -> Experiment | None:
    """The experiment of that name; without a name the last one about contacts, or else the last."""
    chosen = Experiment.objects.filter(brand=brand, **({"name": name} if name else {}))
    about_contacts = Case(When(aim=CONTACTS, then=0), default=1)
    return chosen.order_by(about_contacts, "-started_at", "-id").first()
