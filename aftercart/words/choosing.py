"""Which of a kind's wordings fits what is known. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from aftercart.words.kinds import TAPPED
from aftercart.words.situations import Situation

# Reasons that only the customer can remove.
ASKED = frozenset({"address", "payment", "docs", "customs", "access", "closed"})
# Reasons that cost time and nothing else.
DELAYS = frozenset({"weather", "carrier", "missort"})


def variant(kind: Mapping[str, str], part: str, situation: Situation) -> str:
    """The wording of a part that fits what is known, the most special first."""
    known = {
        situation.state: True, situation.longer: True, "amount": situation.amount is not None,
        "days": situation.days is not None, "balance": situation.balance is not None,
        "unknown": situation.latest is None, "unplaced": not situation.method, "doubt": _may_hold(situation),
    }  # fmt: skip
    return next(
        (kind[key] for name, holds in known.items() if name and holds and (key := f"{part}_{name}") in kind), kind[part]
    )


def change(situation: Situation, kind: Mapping[str, str], parts: Mapping[str, str]) -> str:
    if situation.longer and situation.kind == "confirmation":
        extra = [parts["ships_from"]] if situation.ships_from else []
        return " ".join([parts[f"longer_{situation.longer}"], *extra, *(["{note}"] if situation.note else [])])
    if "changed" in kind:
        return variant(kind, "changed", situation) + (" {note}" if situation.note else "")
    if situation.promised is None or _holds(situation):
        return ""
    return kind.get("promised", parts["promised"])


def expectation(situation: Situation, kind: Mapping[str, str], parts: Mapping[str, str], channel: str) -> str:
    if kind.get("expect", "plain") != "plain":
        return variant(kind, "expect", situation)
    if situation.latest is None:
        return parts[f"{channel}expect_unknown"]
    if "expect" in kind:
        return parts[f"{channel}expect_plain"]
    return parts[f"{channel}expect_promised" if _holds(situation) else f"{channel}expect"]


def subject_of(situation: Situation, kind: Mapping[str, str]) -> str:
    if _may_hold(situation) and "subject_doubt" in kind:
        return kind["subject_doubt"]
    if situation.latest is None and "subject_unknown" in kind:
        return kind["subject_unknown"]
    variant = "subject_delay" if situation.reason in DELAYS else "subject" if situation.city else "subject_nowhere"
    return kind.get(variant, kind["subject"])


def can_do_of(situation: Situation, kind: Mapping[str, str]) -> str:
    if situation.action and "can_do_action" in kind:
        return kind["can_do_action"]
    variant = "can_do_asked" if situation.reason in ASKED else f"can_do_{situation.reason}"
    return kind.get(variant, kind["can_do"])


def follow_of(situation: Situation, kind: Mapping[str, str], parts: Mapping[str, str]) -> str:
    if situation.kind in TAPPED and situation.yes_link and situation.no_link:
        return f"{kind['yes']}: {{yes_link}}\n{kind['no']}: {{no_link}}"
    if situation.action and "act" in kind:
        return kind["act"] + ": {action}\n" + parts["link"]
    return parts["link"]


def _may_hold(situation: Situation) -> bool:
    """Whether it may yet arrive by the date that was promised."""
    first = situation.earliest or situation.latest
    return bool(situation.promised and first and first <= situation.promised)


def _holds(situation: Situation) -> bool:
    """Whether the date that was promised is still the one that we believe."""
    return bool(situation.promised and situation.latest and situation.latest <= situation.promised)
