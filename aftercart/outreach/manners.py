"""How a brand speaks: in what order of channels, at which hours, how often, and what it leaves to its shop. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from zoneinfo import ZoneInfo

from aftercart.connectors.sending import EMAIL, EVENT, RINGING
from aftercart.outreach.channels import CHANNELS
from aftercart.plumbing.hours import DAY, Cap, Span

US, SHOP = "us", "shop"  # who says it; EVENT: the shop's sender, by what we tell it
# What the shop usually says itself.
MILESTONES = ("confirmation", "shipped", "out_for_delivery", "delivered")
# That somebody was given something: it silences nothing, and nothing that was said before makes it wait.
GRANTED = "gesture_granted"


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """Minutes are minutes after midnight. `quiet_*`: the recipient's clock; `window_*`: the brand's. `quiet_mail`:
    whether mail keeps the quiet hours too. The `pressing_*` are of what needs the customer; `pressing_rings`: even in
    their quiet hours."""

    order: tuple[str, ...] = CHANNELS
    pressing_order: tuple[str, ...] = (*sorted(RINGING), EMAIL)
    quiet_from: int = 21 * 60
    quiet_until: int = 8 * 60
    quiet_mail: bool = False
    pressing_rings: bool = False
    window_from: int = 0
    window_until: int = 0
    per_day: int = 2
    per_week: int = 5
    pressing_per_day: int = 4
    pressing_per_week: int = 10
    fresh_minutes: int = 60  # what could not leave for so long is decided again
    looked_minutes: int = 10  # who looked at the page so lately knows it
    wrote_hours: int = 24  # who wrote about the order so lately is answered by a person first
    says: Mapping[str, str] = field(default_factory=lambda: dict.fromkeys(MILESTONES, SHOP))

    def __post_init__(self) -> None:
        for name in ("order", "pressing_order"):
            if unknown := [channel for channel in getattr(self, name) if channel not in CHANNELS]:
                raise ValueError(f"{name}: {unknown[0]!r} is none of {', '.join(CHANNELS)}")
        for name in ("quiet_from", "quiet_until", "window_from", "window_until"):
            if not 0 <= getattr(self, name) < DAY:
                raise ValueError(f"{name}: {getattr(self, name)} is not a minute of a day (0 to {DAY - 1})")
        if self.fresh_minutes < 1:
            raise ValueError(f"fresh_minutes: {self.fresh_minutes} is less than one minute")
        if self.wrote_hours < 0:
            raise ValueError(f"wrote_hours: {self.wrote_hours} is less than none")
        for name in ("per_day", "per_week", "pressing_per_day", "pressing_per_week"):
            if getattr(self, name) < 1:
                raise ValueError(f"{name}: {getattr(self, name)} is less than one message")
        for kind, who in self.says.items():
            if kind not in MILESTONES:
                raise ValueError(f"says: {kind!r} is none of {', '.join(MILESTONES)}")
            if who not in (US, SHOP, EVENT):
                raise ValueError(f"says: {kind} is said by {who!r}, which is none of {US}, {SHOP}, {EVENT}")

    @property
    def fresh(self) -> timedelta:
        return timedelta(minutes=self.fresh_minutes)

    @property
    def ours(self) -> frozenset[str]:
        """The milestones that are not left to the shop."""
        return frozenset(kind for kind, who in self.says.items() if who != SHOP)

    def order_for(self, kind: str, *, pressing: bool) -> tuple[str, ...]:
        """The channels for this kind of notice, the best first. The shop's sender has hours and ways of its own."""
        if self.says.get(kind) == EVENT:
            return (EVENT,)
        return self.pressing_order if pressing else self.order

    def spans(
        self, channel: str, theirs: ZoneInfo, ours: ZoneInfo, *, polite: bool = False, pressing: bool = False
    ) -> tuple[Span, ...]:
        """The hours in which a message may go by this channel; none: at any. `polite`: never in the quiet ones."""
        if channel == EVENT:
            return ()
        spans = [Span(self.window_from, self.window_until, ours)]
        if (channel in RINGING or self.quiet_mail or polite) and not (pressing and self.pressing_rings):
            spans.append(Span(self.quiet_until, self.quiet_from, theirs))
        return tuple(span for span in spans if span.begins != span.ends)

    def caps(self, *, pressing: bool) -> tuple[Cap, Cap]:
        day, week = (self.pressing_per_day, self.pressing_per_week) if pressing else (self.per_day, self.per_week)
        return Cap(day, timedelta(days=1)), Cap(week, timedelta(days=7))


USUAL = Terms()
