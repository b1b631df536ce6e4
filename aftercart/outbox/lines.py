"""Through which line a message leaves, and what is remembered of how that went."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache
from uuid import UUID

import msgspec
from django.conf import settings
from django.db.models import Q

from aftercart.brands.models import Brand
from aftercart.brands.services import audit
from aftercart.connectors.registry import ACTING, ORDERS_ONLY, PROVIDERS, TEMPLATED
from aftercart.connectors.sending import EMAIL, Channel, SendError, SettingError
from aftercart.outbox.models import Line
from aftercart.outbox.rules import PATIENCE, SLACK, opened_for, permit, spacing
from aftercart.plumbing import clock

NONE_THERE = timedelta(minutes=1)
LONGEST_ERROR = 300
# Purposes of what not every line takes.
HOLD, GESTURE, TASK = "hold", "gesture", "task"


@dataclass(frozen=True, slots=True)
class Way:
    """Where a message leaves now. Without a `line` it is the installation's own mail, which has no breaker."""

    channel: Channel
    line: Line | None = None


@dataclass(frozen=True, slots=True)
class Wait:
    """No line takes it before `until`."""

    until: datetime
    reason: str


@dataclass(slots=True)
class Lines:
    """The lines of one round of sending. `usual`: what brands without a line of their own speak through."""

    usual: Mapping[str, Channel]
    _of: dict[tuple[UUID, str], list[Line]] = field(default_factory=dict)
    _queued: dict[UUID, int] = field(default_factory=dict)

    def choose(self, brand_id: UUID, channel: str, purpose: str = "") -> Way | Wait:
        """The first line for this purpose whose breaker is closed and whose rate allows; it uses up a permit of it."""
        lines = [line for line in self._known(brand_id, channel) if _fits(line.provider, purpose)]
        if not lines and channel in self.usual:
            return Way(self.usual[channel])
        enabled = [line for line in lines if line.enabled]
        now = clock.machine()
        if not enabled:
            return Wait(now + NONE_THERE, f"there is no line for {channel}: add one with `aftercart channel add`")
        for line in enabled:
            if _take(line, now):
                try:
                    return Way(_channel(line.provider, line.channel, _key(line.settings)), line)
                except SettingError as error:
                    failed(line, SendError(str(error), permanent=False, of_line=True, wait=NONE_THERE))
        return self._wait(enabled, now)

    def _known(self, brand_id: UUID, channel: str) -> list[Line]:
        found = self._of.get((brand_id, channel))
        if found is None:
            rows = Line.objects.filter(brand_id=brand_id, channel=channel).order_by("position", "name")
            found = self._of[brand_id, channel] = list(rows)
        return found

    def _wait(self, lines: Iterable[Line], now: datetime) -> Wait:
        """Until the first of them is free, one after the other: a crowd that comes back at once gains nothing."""
        line = min(lines, key=lambda one: _free(one, now))
        place = self._queued[line.id] = self._queued.get(line.id, -1) + 1
        apart = spacing(line.per_minute) if line.per_minute else timedelta(0)
        # Not for longer than a moment, though: another sender may find meanwhile that it works again.
        until = min(_free(line, now), now + NONE_THERE) + place * apart
        return Wait(until, line.error or f"{line.name} is asked no oftener than it may be")


@dataclass(frozen=True, slots=True)
class Fares:
    """The channels by which a brand can speak at all, by its own lines or the installation's mail; those of them that
    take nothing at the moment, as each of their lines has failed until its breaker opened; and those of which a line
    takes free words only within a conversation."""

    open: frozenset[str]
    troubled: frozenset[str]
    templated: frozenset[str]


def fares(brand: Brand) -> Fares:
    now = clock.machine()
    broken: dict[str, list[bool]] = {}
    templated = set()
    for line in Line.objects.filter(brand=brand).only("channel", "provider", "enabled", "failures", "open_until"):
        known = broken.setdefault(line.channel, [])
        if line.enabled:
            templated |= {line.channel} if (line.provider, line.channel) in TEMPLATED else set()
            known.append(line.failures >= PATIENCE and line.open_until is not None and line.open_until > now)
    usual = {EMAIL} - broken.keys()
    return Fares(
        open=frozenset({channel for channel, lines in broken.items() if lines} | usual),
        troubled=frozenset(channel for channel, lines in broken.items() if lines and all(lines)),
        templated=frozenset(templated),
    )


def open_to(brand: Brand) -> frozenset[str]:
    """The channels by which this brand can speak at all."""
    return fares(brand).open


def takes(brand: Brand, channel: str, purpose: str) -> bool:
    """Whether a line of this channel takes what has that purpose."""
    providers = Line.objects.filter(brand=brand, channel=channel, enabled=True).values_list("provider", flat=True)
    return any(_fits(provider, purpose) for provider in providers)


def _fits(provider: str, purpose: str) -> bool:
    if purpose == TASK:
        return provider in ACTING
    return purpose not in (HOLD, GESTURE) or provider not in ORDERS_ONLY


def _free(line: Line, now: datetime) -> datetime:
    return max(now, line.open_until or now, (line.free_at or now) - SLACK if line.per_minute else now)


def _take(line: Line, now: datetime) -> bool:
    """In one statement, so that no two senders use one permit, or both try a line whose breaker was open."""
    row = Line.objects.filter(id=line.id, open_until=line.open_until, free_at=line.free_at)
    if line.open_until is not None and line.open_until > now:
        return False
    taken: dict[str, datetime] = {}
    if line.per_minute:
        free_at = permit(line.free_at, now, line.per_minute)
        if free_at is None:
            return False
        taken["free_at"] = free_at
    if line.open_until is not None:
        # Half open: who comes first tries it, for all.
        taken["open_until"] = now + timedelta(seconds=settings.OUTBOX_LEASE_SECONDS)
    if taken and not row.update(**taken):
        line.refresh_from_db(fields=["free_at", "open_until", "failures", "error"])
        return False
    for name, value in taken.items():
        setattr(line, name, value)
    return True


def worked(line: Line) -> None:
    """A message, good or bad, was answered: the line is in order."""
    if line.failures or line.open_until or line.error:
        Line.objects.filter(id=line.id).update(failures=0, open_until=None, error="")
        line.failures, line.open_until, line.error = 0, None, ""


def failed(line: Line, error: SendError) -> datetime | None:
    """Write down the line's trouble; until when its breaker is open, if it is."""
    line.refresh_from_db(fields=["failures"])
    # Who is busy and says for how long is not broken.
    line.failures += error.wait is None
    pause = opened_for(line.failures, error.wait)
    line.open_until = clock.machine() + pause if pause else None
    line.error = clean(line, str(error))
    Line.objects.filter(id=line.id).update(
        failures=min(line.failures, 30_000), open_until=line.open_until, error=line.error
    )
    return line.open_until


def clean(line: Line | None, text: str) -> str:
    """What may be written down: no provider's sentence brings a secret back to us."""
    for secret in line.settings.values() if line else ():
        text = text.replace(secret, "…") if len(secret) > 5 else text
    return " ".join(text.replace("\0", "").split())[:LONGEST_ERROR]


def sender(line: Line) -> Channel:
    """Raises SettingError."""
    return _channel(line.provider, line.channel, _key(line.settings))


def _key(told: Mapping[str, str]) -> bytes:
    return msgspec.json.encode(told, order="sorted")


@lru_cache(maxsize=256)
def _channel(provider: str, channel: str, told: bytes) -> Channel:
    """What the installation says stands over what the brand says."""
    if provider not in PROVIDERS:
        raise SettingError("provider", f"there is none called {provider!r}")
    ours = {"channel": channel, "seconds": str(settings.SENDING_TIMEOUT), "doors": settings.WEBHOOK_DOORS}
    return PROVIDERS[provider].sender(msgspec.json.decode(told, type=dict[str, str]) | ours)


def add(
    brand: Brand,
    *,
    provider: str,
    channel: str,
    settings: Mapping[str, str],
    by: str,
    name: str = "",
    position: int | None = None,
    per_minute: int | None = None,
) -> Line:
    """Open a line, or change the one of that name: what went wrong before is forgotten. Raises SettingError."""
    if provider not in PROVIDERS:
        raise SettingError("provider", f"{provider!r} is none of {', '.join(sorted(PROVIDERS))}")
    if channel not in PROVIDERS[provider].CHANNELS:
        known = ", ".join(sorted(PROVIDERS[provider].CHANNELS))
        raise SettingError("channel", f"{provider} takes {known}, not {channel!r}")
    _channel(provider, channel, _key(settings))
    now, lines = clock.machine(), Line.objects.filter(brand=brand, channel=channel)
    last = lines.order_by("-position").values_list("position", flat=True).first()
    kept = lines.filter(name=name or provider).values_list("position", flat=True).first()
    at = next((one for one in (position, kept) if one is not None), 0 if last is None else last + 1)
    line, _ = Line.objects.update_or_create(
        brand=brand,
        channel=channel,
        name=name or provider,
        defaults={
            "provider": provider, "settings": dict(settings), "position": at, "per_minute": per_minute, "enabled": True,
            "free_at": None, "failures": 0, "open_until": None, "error": "",
        },
        create_defaults={
            "provider": provider, "settings": dict(settings), "position": at, "per_minute": per_minute, "made_at": now,
        },
    )  # fmt: skip
    audit(brand, actor=by, action="channel.add", subject=f"{channel}:{line.name}", detail={"provider": provider})
    return line


def switch(brand: Brand, channel: str, name: str, *, on: bool, by: str) -> bool:
    """Use a line, or do not. False: there is none of that name."""
    changed = Line.objects.filter(Q(brand=brand, channel=channel, name=name)).update(enabled=on)
    if changed:
        audit(brand, actor=by, action=f"channel.{'on' if on else 'off'}", subject=f"{channel}:{name}")
    return bool(changed)
