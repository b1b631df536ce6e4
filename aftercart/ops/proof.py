"""What notices are measured to do, in words that one may be held to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from django.utils.safestring import SafeString, mark_safe

from aftercart.look.intervals import Span, intervals
from aftercart.ops.keeping import percent
from aftercart.outreach.experiments.estimate import LEAST_CONTACTS, LEAST_CUSTOMERS, Arm, Estimate, customers_needed
from aftercart.outreach.experiments.models import Experiment
from aftercart.outreach.experiments.queries import PACE_DAYS, REPEAT_DAYS, Report
from aftercart.outreach.experiments.rules import AGAIN, CONTACTS, GESTURE
from aftercart.story.rules import money

# Splits as uneven as this, and differences of so many standard errors, come by chance once in a thousand experiments.
UNEVEN, UNLIKE = 0.001, 3.29
# An effect that a brand would want to know of.
SOUGHT = 0.25
FAR_WEEKS = 104
LEVEL_SAID = "95\N{NO-BREAK SPACE}%"
# What the page is about: none of it is known, or it is not to be believed, or it says something.
NO_HOLD_OUT, NO_CONTACTS, UNFAIR, TOO_LITTLE, UNPROVEN, PROVEN = (
    "no hold-out", "no contacts", "unfair", "too little", "unproven", "proven",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Aim:
    """How the figure that counts is called, and what notices do to it.

    `what` is measured, and whoever is not held out is `told`.
    """

    unit: str
    fewer: str
    more: str
    side: Callable[[Arm], str]
    if_so: str
    missing: str
    what: str = "notices"
    told: str = "notified"
    ones: str = "notified customers"


def _about_contacts(arm: Arm) -> str:
    return f"{count(arm.contacts, 'contact')} about {count(arm.orders, 'order')} of {count(arm.customers, 'customer')}"


AIMS = {
    CONTACTS: Aim(
        unit="contacts per 100 affected orders",
        fewer="Notices spare {} contacts per 100 affected orders.",
        more="Notices cause {} contacts per 100 affected orders.",
        side=_about_contacts,
        if_so=f"If notices spare {SOUGHT:.0%} of the contacts",
        missing="contacts of {}",
    ),
    AGAIN: Aim(
        unit=f"of 100 customers buy again within {REPEAT_DAYS} days",
        fewer=f"Notices keep {{}} of 100 customers from buying again within {REPEAT_DAYS} days.",
        more=f"Notices bring {{}} more of 100 customers back within {REPEAT_DAYS} days.",
        side=lambda arm: f"{arm.contacts:,} of {count(arm.customers, 'customer')}",
        if_so=f"If {SOUGHT:.0%} more buy again",
        missing="purchases by {}",
    ),
}

GIVEN = replace(
    AIMS[AGAIN],
    fewer=f"Gestures keep {{}} of 100 customers from buying again within {REPEAT_DAYS} days.",
    more=f"Gestures bring {{}} more of 100 customers back within {REPEAT_DAYS} days.",
    what="gestures",
    told="given something",
    ones="customers who were given something",
)


def aim_of(experiment: Experiment) -> Aim:
    return GIVEN if GESTURE in experiment.kinds else AIMS[experiment.aim]


def count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def per_100(rate: float) -> str:
    return f"{100 * rate:.1f}"


def spared(effect: float) -> str:
    """ "7.7 fewer", "2.1 more" of what counts, per 100."""
    if not round(100 * effect, 1):
        return "as many"
    return f"{per_100(abs(effect))} {'fewer' if effect > 0 else 'more'}"


def between(ends: tuple[float, float]) -> str:
    """ "0.5 to 15.0 fewer", "2.1 more to 15.0 fewer"."""
    low, high = ends
    if high <= 0:
        return f"{per_100(abs(high))} to {per_100(-low)} more"
    return f"{per_100(low)} to {per_100(high)} fewer" if low >= 0 else f"{spared(low)} to {spared(high)}"


def standing(report: Report) -> str:
    """How far the experiment has come."""
    if not report.experiment.share:
        return NO_HOLD_OUT
    if unfair(report):
        return UNFAIR
    found = report.main.estimate
    if report.experiment.aim == CONTACTS and not report.contacts_told and report.arms.notified:
        return NO_CONTACTS
    if found is None or not found.enough:
        return TOO_LITTLE
    return PROVEN if found.proven else UNPROVEN


def unfair(report: Report) -> str:
    """What says that the arms were treated apart; empty where nothing does."""
    held, all_ = report.drawn[0], sum(report.drawn)
    if report.split < UNEVEN:
        return (
            f"{held:,} of {count(all_, 'affected customer')} are held out. With a share of"
            f" {percent(report.experiment.share)} chance alone draws that unevenly in fewer than one of a thousand"
            " experiments."
        )
    load = report.load
    if load is not None and load.enough and abs(load.effect) > UNLIKE * load.error:
        return (
            f"A held-out customer has {load.held_out.rate:.2f} affected orders, a notified one"
            f" {load.notified.rate:.2f}. Both should be worried about alike; chance alone makes that difference in"
            " fewer than one of a thousand experiments."
        )
    return ""


def sentence(report: Report) -> str:
    """What the page says first."""
    found, aim = report.main.estimate, aim_of(report.experiment)
    match standing(report):
        case "no hold-out":
            return "Nobody is held out, so nothing can be measured."
        case "unfair":
            return "The arms are not as they were drawn, so their difference proves nothing."
        case "no contacts":
            return "No contact has been told to us, so nothing can be measured."
        case "proven" if found:
            return (aim.fewer if found.effect > 0 else aim.more).format(per_100(abs(found.effect)))
        case "unproven":
            return "No difference is proven yet."
    return f"Not enough data yet to say what {aim.what} do."


@dataclass(frozen=True, slots=True)
class Side:
    """One arm as its number is shown."""

    arm: Arm

    @property
    def rate(self) -> str:
        return per_100(self.arm.rate) if self.arm.orders else "–"


def drawn(found: Estimate, aim: Aim) -> SafeString:
    spans = [
        Span(name=name, low=100 * ends[0], high=100 * ends[1], at=100 * found.effect, said=between(ends))
        for name, ends in (
            (f"However often one looks, {LEVEL_SAID}", found.always),
            (f"One look, {LEVEL_SAID}", found.interval),
        )
    ]
    return mark_safe(
        intervals(
            spans,
            title=f"The difference, {aim.unit}",
            zero="no effect",
            less=f"more with {aim.what}",
            more=f"fewer with {aim.what}",
        )
    )


def share_in_words(found: Estimate) -> str:
    """ "30 % fewer than without (95 %: 19 % to 39 % fewer)"; empty where the held-out arm says too little."""
    share, low, high = found.relative
    if share is None or low is None or high is None:
        return ""

    def said(part: float) -> str:
        return f"{abs(100 * part):.0f}\N{NO-BREAK SPACE}% {'fewer' if part >= 0 else 'more'}"

    return f"{said(share)} than without ({LEVEL_SAID}: {said(low)} to {said(high)})"


@dataclass(frozen=True, slots=True)
class Need:
    """What would be enough: affected customers, of whom so many are known, and weeks at the pace of late."""

    customers: int
    known: int
    weeks: int | None

    @property
    def when(self) -> str:
        if self.weeks is None:
            return ""
        if self.weeks > FAR_WEEKS:
            return "more than two years"
        return f"about {self.weeks} week{'' if self.weeks == 1 else 's'}"


def need(report: Report) -> Need | None:
    """To see SOUGHT fewer contacts; None where nothing is known that tells, or it is known already."""
    found, share = report.main.estimate, report.experiment.share
    if found is None or not found.notified.enough or not share:
        return None
    wanted = customers_needed(found, share, sought=SOUGHT)
    known = found.held_out.customers + found.notified.customers
    if wanted is None or wanted <= known:
        return None
    orders = found.held_out.orders + found.notified.orders
    weekly = report.lately / (PACE_DAYS / 7) * known / orders
    return Need(wanted, known, round((wanted - known) / weekly) or 1 if weekly else None)


@dataclass(frozen=True, slots=True)
class Worth:
    """What notices spared in the measured time (the middle, the least, the most), and what holding out has cost."""

    contacts: tuple[int, int, int]
    amounts: tuple[str, str, str]
    price: str
    forgone: str


def worth(found: Estimate, contact: int, currency: str) -> Worth:
    """`contact`: what one costs, in minor units. Only of what is proven; the ends are those of `always`."""
    orders = found.notified.orders
    contacts = [round(effect * orders) for effect in (found.effect, *found.always)]
    return Worth(
        (contacts[0], contacts[1], contacts[2]),
        (
            money(contacts[0] * contact, currency),
            money(contacts[1] * contact, currency),
            money(contacts[2] * contact, currency),
        ),
        money(contact, currency),
        money(round(found.effect * found.held_out.orders) * contact, currency),
    )


def short_of(report: Report) -> str:
    """What is missing until an interval is worth showing."""
    out, told = report.main.arms
    aim = aim_of(report.experiment)
    parts = []
    for name, arm in (("held-out customers", out), (aim.ones, told)):
        if arm.customers < LEAST_CUSTOMERS:
            parts.append(f"{LEAST_CUSTOMERS - arm.customers} more {name} with an affected order")
        elif arm.contacts < LEAST_CONTACTS:
            parts.append(f"{LEAST_CONTACTS - arm.contacts} more {aim.missing.format(name)}")
    return " and ".join(parts)
