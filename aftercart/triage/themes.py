"""What grows in messages that nobody understood: looked for once a week, shown, and a category if a person says so."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.contrib.auth.models import User
from django.db import transaction

from aftercart.brands.models import Brand
from aftercart.brands.services import audit
from aftercart.plumbing import bulk, ids
from aftercart.tickets import acting
from aftercart.tickets.circles import locked
from aftercart.understanding.examples import Example
from aftercart.understanding.models import Example as Row
from aftercart.understanding.models import Lesson, Theme, ThemeMember
from aftercart.understanding.services import REST, held, teach
from aftercart.understanding.themes import Found, Said, themes

WEEKS = 8
SAME = 0.5  # of the smaller's messages are the larger's: the theme that was seen before
MOST_TEXTS = 20_000  # the newest
COLUMNS = ("id", "brand_id", "theme_id", "message_id", "place")

# Of persons alone. What became a category is understood by now, whatever was said of it then.
TEXTS = """
SELECT m.id, left(concat_ws(' ', nullif(b.subject, ''), b.text), 2000), m.category, m.language, m.at
FROM tickets_message m JOIN tickets_body b ON b.id = m.id AND b.brand_id = m.brand_id AND b.id >= %(first)s
WHERE m.brand_id = %(brand)s AND m.id >= %(first)s AND m.at > %(since)s AND m.at <= %(now)s
    AND m.direction = 'in' AND m.nature = 'person'
    AND (m.category IN ('', %(rest)s) OR EXISTS (
        SELECT 1 FROM tickets_act a
        WHERE a.brand_id = m.brand_id AND a.about = m.id AND a.kind = 'relabel' AND a.undone_at IS NULL
    ))
    AND NOT EXISTS (
        SELECT 1 FROM understanding_thememember k JOIN understanding_theme t ON t.id = k.theme_id
        WHERE k.brand_id = m.brand_id AND k.message_id = m.id AND t.state = 'promoted'
    )
ORDER BY m.at DESC, m.id LIMIT %(most)s
"""
THEIR_TICKETS = """
SELECT DISTINCT t.id, t.customer_id FROM understanding_thememember k
JOIN tickets_message m ON m.id = k.message_id AND m.brand_id = k.brand_id
JOIN tickets_ticket t ON t.id = m.ticket_id
WHERE k.brand_id = %s AND k.theme_id = %s AND t.state <> 'gone' AND t.cause IN ('', %s) ORDER BY 1
"""
EXAMPLES = """
SELECT k.theme_id, left(concat_ws(' ', nullif(b.subject, ''), b.text), %s), m.language, m.ticket_id
FROM understanding_thememember k
JOIN tickets_body b ON b.id = k.message_id AND b.brand_id = k.brand_id
JOIN tickets_message m ON m.id = k.message_id AND m.brand_id = k.brand_id
WHERE k.brand_id = %s AND k.theme_id = ANY(%s::uuid[]) AND k.place < %s ORDER BY k.theme_id, k.place
"""
EVERY = 2**31 - 1


class ThemeError(ValueError):
    """Why nothing came of it, in one line."""


@dataclass(frozen=True, slots=True)
class Unsettled:
    """A message that is `other`, was not understood, or had to be corrected."""

    id: UUID
    text: str
    label: str
    language: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Shown:
    """What one customer wrote."""

    text: str
    language: str
    ticket_id: UUID


def texts(brand: Brand, since: datetime, now: datetime) -> list[Unsettled]:
    """What customers wrote in that time and nobody understood, the newest first."""
    asked = {
        "brand": brand.id, "since": since, "now": now, "first": ids.floor(since), "rest": REST, "most": MOST_TEXTS,
    }  # fmt: skip
    with bulk.cursor() as at:
        at.execute(TEXTS, asked, binary=True)
        return [Unsettled(*row) for row in at.fetchall()]


def find(brand: Brand, now: datetime) -> int:
    """Look for themes and write them down; how many are open. One that was seen before keeps its row and its fate."""
    by_language: defaultdict[str, list[Said]] = defaultdict(list)
    for told in texts(brand, now - timedelta(weeks=WEEKS), now):
        by_language[told.language].append(Said(told.id, told.text, told.at))
    found = [(lang, one) for lang, some in sorted(by_language.items()) for one in themes(some, now, WEEKS)]
    with transaction.atomic():
        lesson = held(brand)  # two looks at once wait for each other, and for whoever decides
        lesson.themes_at = now
        lesson.save(update_fields=["themes_at"])
        rows = list(Theme.objects.filter(brand=brand).exclude(state=Theme.PROMOTED).order_by("id"))
        members = _members(brand, [row.id for row in rows])
        taken: set[UUID] = set()
        for language, one in found:
            row = _seen_before([row for row in rows if row.id not in taken], members, one)
            if row is None and not one.growing:
                continue
            row = row or Theme(brand=brand, language=language, found_at=now)
            taken.add(row.id)
            _write(row, one, now)
        Theme.objects.filter(brand=brand, state=Theme.OPEN).exclude(id__in=taken).update(state=Theme.GONE)
    return Theme.objects.filter(brand=brand, state=Theme.OPEN).count()


def due(brand: Brand, now: datetime) -> bool:
    """Whether nobody has looked for a week."""
    last = Lesson.objects.filter(brand=brand).values_list("themes_at", flat=True).first()
    return last is None or now - last >= timedelta(weeks=1)


def _members(brand: Brand, theme_ids: Sequence[UUID]) -> dict[UUID, set[UUID]]:
    members: defaultdict[UUID, set[UUID]] = defaultdict(set)
    rows = ThemeMember.objects.filter(brand=brand, theme_id__in=theme_ids)
    for theme, message in rows.values_list("theme_id", "message_id"):
        members[theme].add(message)
    return members


def _seen_before(rows: Collection[Theme], members: Mapping[UUID, set[UUID]], found: Found) -> Theme | None:
    """The theme that shares the most messages with what was found, if most of either are shared."""
    keys = set(found.keys)
    shared = {row.id: len(keys & members.get(row.id, set())) for row in rows}
    best = max(rows, key=lambda row: shared[row.id], default=None)
    enough = best is not None and shared[best.id] >= SAME * min(len(keys), max(1, len(members.get(best.id, ()))))
    return best if enough else None


def _write(row: Theme, found: Found, now: datetime) -> None:
    row.words, row.weeks, row.growing, row.seen_at = list(found.words), list(found.weeks), found.growing, now
    if row.state == Theme.GONE and found.growing:
        row.state = Theme.OPEN
    row.save()
    ThemeMember.objects.filter(brand_id=row.brand_id, theme_id=row.id).delete()
    rows = [(ids.mirrored(row.id, key), row.brand_id, row.id, key, n) for n, key in enumerate(found.keys)]
    bulk.merge("understanding_thememember", COLUMNS, rows)


def examples(brand: Brand, theme_ids: Collection[UUID], count: int, *, longest: int = 300) -> dict[UUID, list[Shown]]:
    """Of each of these themes, what the most typical messages say."""
    found: defaultdict[UUID, list[Shown]] = defaultdict(list)
    with bulk.cursor() as at:
        at.execute(EXAMPLES, [longest, brand.id, bulk.array(theme_ids), count], binary=True)
        for theme, *told in at.fetchall():
            found[theme].append(Shown(*told))
    return found


def dismiss(brand: Brand, theme_id: UUID, *, by: str, at: datetime) -> None:
    """It is no matter of its own; nobody is asked again. ThemeError where that is decided already."""
    with transaction.atomic():
        _decide(_open(brand, theme_id), Theme.DISMISSED, "", by, at)


def promote(brand: Brand, theme_id: UUID, category: str, user: User, *, at: datetime) -> int:
    """It becomes a category, counted back: its messages are examples of it, and tickets that were about nothing known
    are about that. How many tickets. TaxonomyError where the name is none, ThemeError where it is decided already."""
    by = user.get_username()
    with transaction.atomic():
        with bulk.cursor() as cursor:
            cursor.execute(THEIR_TICKETS, [brand.id, theme_id, REST], binary=True)
            tickets = cursor.fetchall()
        # First, all at once and in one order: nobody who takes messages in, or corrects one, can wait for us meanwhile.
        locked(brand.id, [customer for _, customer in tickets])
        theme = _open(brand, theme_id)
        told = examples(brand, [theme.id], EVERY, longest=2_000)[theme.id]
        labelled = [Example(one.text, category, one.language) for one in told]
        teach(brand, labelled, source=Row.THEME, by=by, at=at)
        _decide(theme, Theme.PROMOTED, category, by, at)
        for ticket, _ in tickets:
            # An act like any other: it is in the ticket's history, and can be taken back there.
            acting.relabel(acting.Who(brand, user.id), ticket, at, cause=category)
    return len(tickets)


def _open(brand: Brand, theme_id: UUID) -> Theme:
    held(brand)
    theme = Theme.objects.filter(brand=brand, id=theme_id).first()
    if theme is None:
        raise ThemeError("theme: it is not known")
    if theme.state != Theme.OPEN:
        raise ThemeError(f"theme: it is {theme.state} already")
    return theme


def _decide(theme: Theme, state: str, category: str, by: str, at: datetime) -> None:
    theme.state, theme.category, theme.decided_by, theme.decided_at = state, category, by, at
    theme.save(update_fields=["state", "category", "decided_by", "decided_at"])
    audit(theme.brand, actor=by, action=f"theme.{state}", subject=str(theme.id), detail={"category": category})
