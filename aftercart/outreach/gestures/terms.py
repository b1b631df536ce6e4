"""A brand's policy `gestures`: read, changed and published, with the experiment that measures what gestures do."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from django.db import transaction

from aftercart.brands.models import Brand
from aftercart.outreach.experiments import services as experiments
from aftercart.outreach.experiments.models import Experiment
from aftercart.outreach.experiments.rules import AGAIN, GESTURE, Plan
from aftercart.outreach.gestures.policy import OFF, GestureError, Policy, Rule, as_body, from_body
from aftercart.policies import services as policies

logger = logging.getLogger("aftercart.outreach")

__all__ = ["as_body", "measured_by", "merged", "policy_of", "publish", "with_rule", "without_rule"]

KIND = "gestures"
SHARE = 0.1
NAME = "gestures"


def policy_of(brand: Brand, at: datetime) -> Policy:
    """What is in force at `at`; nothing is given where the brand has set nothing."""
    body = policies.current(brand, KIND, at=at)
    try:
        return from_body(body)
    except (GestureError, TypeError, KeyError) as error:
        # Whoever published that went around `publish`. Nobody may be given anything by what cannot be read.
        logger.warning("%s: the policy of gestures is not used: %s", brand.slug, error)
        return OFF


@transaction.atomic
def publish(brand: Brand, policy: Policy, *, at: datetime, by: str, share: float | None = None) -> Policy:
    """Put the policy in force. What it does is measured from its first rule on.

    `share`: of the customers, who are given nothing; unless told otherwise as before, or SHARE. Raises
    ExperimentError for one that cannot be.
    """
    policies.publish(brand, KIND, as_body(policy), at=at, by=by)
    running = measured_by(brand, at)
    if share is not None and running and running.share != share:
        experiments.stop(brand, running.name, at=at, by=by)
        running = None
    if running is None and (policy.on or share is not None):
        plan = Plan(name=_fresh_name(brand), kinds=(GESTURE,), share=SHARE if share is None else share, aim=AGAIN)
        experiments.start(brand, plan, at=at, by=by)
    return policy


def measured_by(brand: Brand, at: datetime) -> Experiment | None:
    """The experiment that holds customers out of gestures."""
    return next((one for one in experiments.running(brand, at) if GESTURE in one.kinds), None)


def with_rule(policy: Policy, rule: Rule) -> Policy:
    """With the rule in the place of the one of that name, else as the last."""
    if rule.name in {one.name for one in policy.rules}:
        return replace(policy, rules=tuple(rule if one.name == rule.name else one for one in policy.rules))
    return replace(policy, rules=(*policy.rules, rule))


def without_rule(policy: Policy, name: str) -> Policy:
    """Raises GestureError where there is none of that name."""
    if name not in (known := [one.name for one in policy.rules]):
        raise GestureError(f"name: there is no rule {name!r}" + (f"; there is {', '.join(known)}" if known else ""))
    return replace(policy, rules=tuple(one for one in policy.rules if one.name != name))


def merged(told: Mapping[str, int], more: Mapping[str, int]) -> dict[str, int]:
    """Amounts by currency with some of them changed; one that is 0 is left out."""
    return {currency: amount for currency, amount in {**told, **more}.items() if amount}


def _fresh_name(brand: Brand) -> str:
    taken = set(Experiment.objects.filter(brand=brand).values_list("name", flat=True))
    return next(name for n in range(1, len(taken) + 2) if (name := NAME if n == 1 else f"{NAME}-{n}") not in taken)
