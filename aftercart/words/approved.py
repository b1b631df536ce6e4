"""Templates that WhatsApp has approved: which one stands for a kind of notice in a language, and what fills it.

Their words are at the provider; a brand tells us its name of them and, in order, which of our variables they take.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from aftercart.brands.models import Brand
from aftercart.plumbing import clock
from aftercart.policies import services as policies
from aftercart.words.kinds import KINDS, SMS
from aftercart.words.rules import Situation, values_of
from aftercart.words.shipped import writer
from aftercart.words.wordings import Place, WordingError

POLICY = "whatsapp"
SID = re.compile(r"HX[0-9a-f]{32}")


@dataclass(frozen=True, slots=True)
class Template:
    """`sid`: the provider's name of it. `variables`: ours, in the order in which it counts its own from 1."""

    sid: str
    variables: tuple[str, ...]

    def unknown(self, situation: Situation, language: str) -> str:
        """The first variable that nothing is known for here; '' where all of them can be filled in."""
        values = self.filled(situation, language)
        return next((name for name, value in zip(self.variables, values, strict=True) if not value), "")

    def filled(self, situation: Situation, language: str) -> list[str]:
        """The values of its variables; '' for what is not known."""
        values = values_of(situation, writer(language, short=True), SMS)
        # It takes one line for each.
        return [" ".join(str(values[name]).split()) for name in self.variables]


def templates_of(brand: Brand) -> dict[tuple[str, str], Template]:
    """By kind of notice and language."""
    return {
        (kind, language): Template(told["sid"], tuple(told["variables"]))
        for kind, languages in policies.newest(brand.id, POLICY).items()
        for language, told in languages.items()
    }


def approve(brand: Brand, kind: str, language: str, sid: str, variables: Sequence[str], *, by: str) -> Template:
    """From now on this kind is said by that template where WhatsApp takes no free words. Raises WordingError."""
    Place(kind, SMS, language)
    if not SID.fullmatch(sid):
        raise WordingError("sid", f"{sid!r} is no content of Twilio: HX and 32 hex digits")
    if strange := [name for name in variables if name not in KINDS[kind].variables]:
        raise WordingError("variables", f"{strange[0]!r} is none of {', '.join(sorted(KINDS[kind].variables))}")
    template = Template(sid, tuple(variables))
    _publish(brand, templates_of(brand) | {(kind, language): template}, by)
    return template


def withdraw(brand: Brand, kind: str, language: str, *, by: str) -> bool:
    """False: there was none."""
    known = templates_of(brand)
    if known.pop((kind, language), None) is None:
        return False
    _publish(brand, known, by)
    return True


def _publish(brand: Brand, templates: Mapping[tuple[str, str], Template], by: str) -> None:
    body: dict[str, dict[str, object]] = {}
    for (kind, language), one in sorted(templates.items()):
        body.setdefault(kind, {})[language] = {"sid": one.sid, "variables": list(one.variables)}
    policies.publish(brand, POLICY, dict(body), at=clock.business(brand), by=by)
