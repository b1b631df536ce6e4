"""The facts of a story as what real systems would send us, so that the connectors and the intake are exercised."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from aftercart.facts import Fact, NotReceived, PageViewed, PromiseMade
from aftercart.rehearsal.rendering import easypost, shopify, typed
from aftercart.rehearsal.rendering.sending import Sent

__all__ = ["Sent", "render"]

TOGETHER = 100


def render(facts: Iterable[Fact], *, shop: str, together: bool = False) -> list[Sent]:
    """Deliveries, unsigned, in the order in which they are sent.

    One for each thing told, so that the same fact is always in the same delivery. `together` makes fewer and larger
    ones, for loading a history: all that EasyPost knows of a parcel in one, our own JSON a hundred facts at a time.
    """
    told: dict[str, list[Fact]] = {"shopify": [], "easypost": [], "aftercart": []}
    for fact in facts:
        told[_sender(fact)].append(fact)
    own, size = told["aftercart"], TOGETHER if together else 1
    parcels = _grouped(told["easypost"], lambda f: (easypost.number(f), None if together else f.reported_at))
    sent = [
        *(shopify.webhook(fact, shop) for fact in told["shopify"]),
        *(easypost.webhook(some) for some in parcels),
        *(typed.delivery(own[n : n + size]) for n in range(0, len(own), size)),
    ]
    return sorted(sent, key=lambda one: one.told)


def _sender(fact: Fact) -> str:
    # What a shop promises, who looks at its pages and what its customers miss is in none of Shopify's webhooks: the
    # shop's own code tells us.
    return "aftercart" if isinstance(fact, PromiseMade | NotReceived | PageViewed) else fact.source


def _grouped(facts: Iterable[Fact], by: Callable[[Fact], object]) -> Iterable[list[Fact]]:
    groups: dict[object, list[Fact]] = {}
    for fact in facts:
        groups.setdefault(by(fact), []).append(fact)
    return groups.values()
