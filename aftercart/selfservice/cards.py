"""One parcel, or what has not left yet, as the page shows it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from uuid import UUID

from django.utils.translation import gettext as _

from aftercart.facts import State, ZoneSource
from aftercart.look.formats import Reader, supported
from aftercart.orders.carrier_pages import page_of_parcel
from aftercart.orders.fold import ALONG_THE_ROAD
from aftercart.orders.rules import Scanned, carrier_name, compatible, distinct
from aftercart.selfservice import advice, labels, sentences, slowed
from aftercart.selfservice.acting import Act, Words, act, given
from aftercart.selfservice.queries import Believed, Item, Parcel, Picture
from aftercart.selfservice.road import Mark, Passed, Stage, Step, road
from aftercart.selfservice.rules import DATED, WAITS, Answer, Kind, Standing, Why, Window, answer
from aftercart.selfservice.sentences import Particulars
from aftercart.watch.rules import STANDING_STILL

LATELY = timedelta(days=3)  # for so long it is news that something moves again
REPORTS = {
    Kind.DELIVERED: ("missing",),
    Kind.MISSING: ("found",),
    Kind.NOT_RECEIVED: ("found",),
    Kind.ELSEWHERE: ("found", "missing"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Milestone:
    label: str
    mark: Mark
    when: str
    where: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A scan in words. `theirs`: the words are the carrier's own."""

    when: str
    where: str
    words: str
    theirs: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    id: UUID
    answer: Answer
    headline: str
    pill: str
    before: str
    why: str
    next: str
    can_do: str
    road: tuple[Milestone, ...]
    items: tuple[Item, ...]
    lines: tuple[Line, ...]
    carrier: str = ""
    number: str = ""
    carrier_page: str = ""
    reports: tuple[str, ...] = ()  # what its customer may say of it: "missing", "found"
    rest: bool = False  # what no parcel holds, of an order that left in part
    act: Act | None = None


def parcel_card(parcel: Parcel, items: tuple[Item, ...], picture: Picture, reader: Reader) -> Card:
    scans = _newest_first(parcel)
    latest = next((scan for scan in scans if scan.state == parcel.state), None)
    since = _clock(latest, reader) if latest else parcel.state_at
    if "dwelling" in _concerns(picture, parcel.id) and parcel.state is not State.OUT_FOR_DELIVERY:
        since = parcel.here_at or since
    about = Particulars(
        reader=reader,
        placed_at=picture.placed_at,
        carrier=carrier_name(parcel.carrier) if parcel.carrier else "",
        place=_place(latest, picture, reader) if latest else parcel.city,
        destination=picture.city or reader.country(picture.country),
        reason=parcel.reason,
        since=since,
        cancelled_at=picture.cancelled_at,
        reported_at=parcel.said.at if parcel.said else None,
        look_until=parcel.look_until,
        collect_by=parcel.collect_by or _collect_by(picture, parcel.id),
    )
    standing = _standing(parcel, picture, reader, since.date() if since else None)
    passed = Passed(
        ordered=picture.placed_at,
        packed=parcel.shipped_at,
        handed_over=parcel.handed_over_at,
        moved=_first(scans, State.IN_TRANSIT),
        out=_first(scans, State.OUT_FOR_DELIVERY),
        delivered=parcel.delivered_at,
        now=parcel.state_at,
    )
    shown = _card(parcel.id, standing, about, passed, items, scans, parcel)
    told = given(parcel, picture, standing.concerns)
    words = Words(reader, about.words["carrier"])
    shown = replace(shown, act=act(shown.answer.kind, parcel, standing.concerns, told, shown.carrier_page, words))
    longer = _takes_longer(parcel, picture, reader, about) if standing.state in slowed.SLOWED else ""
    return replace(shown, why=f"{shown.why} {longer}".strip()) if longer else shown


def _takes_longer(parcel: Parcel, picture: Picture, reader: Reader, about: Particulars) -> str:
    """What keeps the whole road, or this one parcel: a disruption, else the brand's calendar; "" where nothing does."""
    believed = next((b for b in picture.believed if b.id == parcel.id), None)
    disrupted = slowed.sentence(parcel, picture, reader, about.carrier)
    if disrupted or believed is None or WAITS.get(believed.because) is not Why.BUSY:
        return disrupted
    return f"{sentences.said(Why.BUSY, about)} {_own_words(believed, picture, reader)}".strip()


def _standing(parcel: Parcel, picture: Picture, reader: Reader, day: date | None) -> Standing:
    return Standing(
        state=parcel.state,
        reason=parcel.reason,
        attention=parcel.attention,
        day_of_state=day,
        concerns=_concerns(picture, parcel.id),
        told=_told(picture, parcel.id),
        believed=_believed(picture, parcel.id),
        cancelled=picture.cancelled_at is not None and parcel.state is not State.DELIVERED,
        missing=_is_missing(parcel),
        found=parcel.said is not None and parcel.said.found,
        moves_again=_moves_again(picture, parcel, reader),
        given=given(parcel, picture, _concerns(picture, parcel.id)) is not None,
    )


def unsent_card(items: tuple[Item, ...], picture: Picture, reader: Reader) -> Card:
    waits = _waits(picture, reader)
    about = Particulars(
        reader=reader,
        placed_at=picture.placed_at,
        destination=picture.city,
        cancelled_at=picture.cancelled_at,
        leaves=waits.leaves_on if waits else None,
    )
    standing = Standing(
        state=None,
        concerns=_concerns(picture, picture.id),
        told=_told(picture, None),
        believed=_believed(picture, picture.id),
        cancelled=picture.cancelled_at is not None,
        because=waits.because if waits else "",
    )
    shown = _card(picture.id, standing, about, Passed(ordered=picture.placed_at), items, [], None)
    if waits and shown.answer.why is WAITS.get(waits.because):
        shown = replace(shown, why=f"{shown.why} {_own_words(waits, picture, reader)}".strip())
    if not picture.parcels:
        return shown
    packing = shown.answer.kind is Kind.PACKING
    return replace(shown, rest=True, headline=_("We are packing the rest of your order") if packing else shown.headline)


def _card(
    id_: UUID,
    standing: Standing,
    about: Particulars,
    passed: Passed,
    items: tuple[Item, ...],
    scans: Sequence[Scanned],
    parcel: Parcel | None,
) -> Card:
    said = answer(standing, today=about.reader.today)
    return Card(
        id=id_,
        answer=said,
        headline=sentences.headline(said, about),
        pill=labels.pill(said),
        before=sentences.broken_promise(said.was, about.reader) if said.kind in DATED else "",
        why=sentences.why(said, about),
        next=advice.next_step(said, about),
        can_do=advice.can_do(said, about),
        road=tuple(_milestone(step, standing.state, said, about) for step in road(standing.state, passed)),
        items=items,
        lines=tuple(_line(scan, about.reader) for scan in scans),
        carrier=about.carrier,
        number=parcel.number if parcel else "",
        carrier_page=page_of_parcel(parcel.carrier, parcel.number) if parcel else "",
        reports=REPORTS.get(said.kind, ()) if standing.state is State.DELIVERED else (),
    )


def _milestone(step: Step, state: State | None, said: Answer, about: Particulars) -> Milestone:
    reader = about.reader
    when = reader.short_day(reader.local(step.at).date()) if step.at else ""
    if step.stage is Stage.DELIVERED and step.mark is Mark.FUTURE and said.kind in DATED:
        when = _short_window(None if said.kind is Kind.TODAY else said.window, reader)
    where = about.place if step.mark is Mark.PRESENT else ""
    return Milestone(label=labels.milestone(step, state, said), mark=step.mark, when=when, where=where)


def _short_window(window: Window | None, reader: Reader) -> str:
    if window is None:
        return reader.short_day(reader.today)
    ends = dict.fromkeys(reader.short_day(day) for day in (window.earliest or window.latest, window.latest))
    return " – ".join(ends)


def _line(scan: Scanned, reader: Reader) -> Line:
    words, theirs = labels.scan(State(scan.state) if scan.state else None, scan.description)
    country = reader.country(scan.country) if len(scan.country) == 2 else scan.country
    where = ", ".join(part for part in (scan.city, country) if part)
    return Line(when=reader.moment(_clock(scan, reader)), where=where, words=words, theirs=theirs)


def _clock(scan: Scanned, reader: Reader) -> datetime:
    """The wall clock at the place of the scan; the reader's where the place is not known."""
    if scan.zone != ZoneSource.ASSUMED:
        try:
            return datetime.fromisoformat(scan.local).replace(tzinfo=None)
        except ValueError:
            pass
    return reader.local(scan.at).replace(tzinfo=None)


def _place(scan: Scanned, picture: Picture, reader: Reader) -> str:
    abroad = scan.country != picture.country and len(scan.country) == 2
    return reader.place(scan.city, scan.country if abroad else "") if scan.city else ""


def _first(scans: Sequence[Scanned], state: State) -> datetime | None:
    return min((scan.at for scan in scans if scan.state == state), default=None)


def _newest_first(parcel: Parcel) -> list[Scanned]:
    """The scans from which the parcel's state was folded: of its own carrier, each event once."""
    own = [scan for scan in parcel.scans if compatible(scan.carrier, parcel.carrier, parcel.number)]
    return distinct(sorted(own, key=_along_the_road))[::-1]


def _along_the_road(scan: Scanned) -> tuple[datetime, int, str]:
    return scan.at, ALONG_THE_ROAD.get(scan.state or "", 0), scan.id


def _concerns(picture: Picture, subject: UUID) -> frozenset[str]:
    return frozenset(c.kind for c in picture.concerns if c.subject_id == subject and c.closed_at is None)


def _collect_by(picture: Picture, subject: UUID) -> date | None:
    days = (c.collect_by for c in picture.concerns if c.subject_id == subject and c.closed_at is None)
    return next(filter(None, days), None)


def _is_missing(parcel: Parcel) -> bool:
    """Its customer says so, and the carrier has not had it in hand since."""
    said = parcel.said
    if said is None or said.found or parcel.state is not State.DELIVERED:
        return False
    return parcel.again_at is None or parcel.again_at <= said.at


def _moves_again(picture: Picture, parcel: Parcel, reader: Reader) -> bool:
    return any(
        concern.subject_id == parcel.id
        and concern.kind in STANDING_STILL
        and concern.closed_at is not None
        and concern.closed_at > reader.now - LATELY
        and parcel.moved_at is not None
        and parcel.moved_at > concern.since
        for concern in picture.concerns
    )


def _told(picture: Picture, parcel: UUID | None) -> tuple[Window, ...]:
    return tuple(Window(t.earliest, t.latest) for t in picture.told if t.parcel_id in (None, parcel))


def _believed(picture: Picture, subject: UUID) -> Window | None:
    """What we believe and may tell: where a date was told, only the one that is to replace it."""
    believed = next((b for b in picture.believed if b.id == subject), None)
    if believed is None or not picture.told:
        return Window(believed.earliest, believed.latest) if believed else None
    return Window(believed.earliest, believed.renewed_latest) if believed.renewed_latest else None


def _waits(picture: Picture, reader: Reader) -> Believed | None:
    """What the order still waits for by the brand's calendar; once its day has come, it is packed like any other."""
    believed = next((b for b in picture.believed if b.id == picture.id and b.because), None)
    return believed if believed and (believed.leaves_on is None or believed.leaves_on > reader.today) else None


def _own_words(believed: Believed, picture: Picture, reader: Reader) -> str:
    """What the brand itself says of what it waits for, to whoever reads the brand's language; "" to others."""
    return believed.note if supported(picture.brands_language) == reader.language else ""
