"""What a brand has taught, and the reader that it makes. A model is nothing but its texts: nothing else is stored."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from threading import Lock
from uuid import UUID

from django.db import transaction

from aftercart.brands.models import Brand
from aftercart.brands.services import audit
from aftercart.plumbing import bulk, ids
from aftercart.policies import services as policies
from aftercart.understanding import examples as taught
from aftercart.understanding.asking import second_for
from aftercart.understanding.category import Classifier, cold
from aftercart.understanding.examples import CATEGORIES, CORRECTED, LANGUAGES
from aftercart.understanding.folding import LONGEST
from aftercart.understanding.language import Languages
from aftercart.understanding.masking import masked
from aftercart.understanding.models import LONGEST_LABEL, Category, Example, Lesson
from aftercart.understanding.queries import known_orders, known_parcels, order_patterns
from aftercart.understanding.reading import Reader, Shop

POLICY = "understanding"
REST = "other"  # what is nothing else: no taxonomy is without it
WEIGHTS = {Example.CORRECTION: CORRECTED}
MOST_TAUGHT = 20_000  # texts, the newest: teaching them takes a few seconds, and what came before adds little
MOST_ON_TOP = 300  # texts that are learned on top of those; more of them are taught with all the others again
HEARD_EVERY = 500  # texts
COLUMNS = ("id", "brand_id", "text", "label", "language", "source", "at", "by")
NAME = re.compile(r"[^\x00-\x1f]{1,60}")


class TaxonomyError(ValueError):
    """What is wrong with a category, in one line."""


@dataclass(frozen=True, slots=True)
class _Taught:
    """What was taught from the ground up, and with what."""

    classifier: Classifier
    told: dict[str, taught.Example]  # by text
    languages: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Known:
    """A reader, and of which version of what the brand teaches it was made."""

    version: int
    languages: tuple[str, ...]
    reader: Reader
    base: _Taught


_readers: dict[UUID, _Known] = {}
_learning: dict[UUID, Lock] = {}
_door = Lock()


def reader_for(brand: Brand) -> Reader:
    """The brand's own reader: one cheap query, and teaching only where something was taught since.

    Kept for as long as this process lives. What is new since it was taught is learned on top, which takes no longer
    where the brand has taught much.
    """
    version, languages = version_of(brand), languages_of(brand)
    known = _readers.get(brand.id)
    if known is not None and (known.version, known.languages) == (version, languages):
        return known.reader
    with _door:
        lock = _learning.setdefault(brand.id, Lock())
    with lock:  # two threads that meet the same change teach once
        known = _readers.get(brand.id)
        if known is None or known.version < version or known.languages != languages:
            known = _learned(brand, version, languages, known.base if known else _Taught(cold(), {}, LANGUAGES))
            _readers[brand.id] = known
        return known.reader


def _learned(brand: Brand, version: int, languages: tuple[str, ...], base: _Taught) -> _Known:
    labels, told = taxonomy(brand), _told(brand)
    alike = (base.classifier.labels, base.languages) == (labels, languages)
    fresh = _on_top(base.told, told) if alike else None
    if fresh is None:
        classifier = Classifier(told, labels=labels, languages=languages, earlier=base.classifier)
        base = _Taught(classifier, {one.text: one for one in told}, languages)
    else:
        classifier = base.classifier.with_more(fresh)
    return _Known(version, languages, _reader(brand, languages, classifier, told), base)


def _on_top(base: Mapping[str, taught.Example], told: Sequence[taught.Example]) -> list[taught.Example] | None:
    """What is to be learned beside what was taught; None where too much is, or some of that counts no longer."""
    fresh = [one for one in told if base.get(one.text) != one]
    # What was set right before, and is set right again, would count both ways.
    twice = any(base[one.text].weight >= CORRECTED for one in fresh if one.text in base)
    # Where there are more than are taught, each new one takes the place of the oldest.
    gone = len(told) < MOST_TAUGHT and not base.keys() <= {one.text for one in told}
    return None if len(fresh) > MOST_ON_TOP or twice or gone else fresh


def _reader(brand: Brand, languages: tuple[str, ...], classifier: Classifier, told: Sequence[taught.Example]) -> Reader:
    labels = classifier.labels
    shop = Shop(
        languages=languages,
        usual=brand.language,
        region=brand.country,
        order_patterns=order_patterns(brand),
        known_orders=known_orders(brand.id),
        known_parcels=known_parcels(brand.id),
    )
    return Reader(shop, classifier, second_for(brand, told, labels))


def _told(brand: Brand) -> list[taught.Example]:
    rows = Example.objects.filter(brand=brand).order_by("-at", "id")[:MOST_TAUGHT]
    told = rows.values_list("text", "label", "language", "source")
    return [taught.Example(text, label, language, WEIGHTS.get(source, 1.0)) for text, label, language, source in told]


def version_of(brand: Brand) -> int:
    return Lesson.objects.filter(id=_lesson_id(brand)).values_list("version", flat=True).first() or 0


def _lesson_id(brand: Brand) -> UUID:
    return ids.mirrored(brand.id, "understanding lesson")


def languages_of(brand: Brand) -> tuple[str, ...]:
    """In which the brand's customers write: its policy of the kind `understanding`; all that we know unless it says."""
    told = policies.newest(brand.id, POLICY).get("languages")
    known = tuple(one for one in told if isinstance(one, str)) if isinstance(told, list) else ()
    return known or LANGUAGES


def set_languages(brand: Brand, languages: Sequence[str], *, by: str, at: datetime) -> None:
    """TaxonomyError where one of them cannot be told from others."""
    try:
        Languages(languages)
    except ValueError as error:
        raise TaxonomyError(str(error)) from None
    body = policies.current(brand, POLICY, at=at) | {"languages": list(languages)}
    policies.publish(brand, POLICY, body, at=at, by=by)


def taxonomy(brand: Brand) -> tuple[str, ...]:
    """The brand's categories: ours, but those that it does without, then its own by name."""
    rows = dict(Category.objects.filter(brand=brand).values_list("name", "retired"))
    added = sorted(name for name, retired in rows.items() if not retired and name not in CATEGORIES)
    return (*(name for name in CATEGORIES if not rows.get(name)), *added)


def add_category(brand: Brand, name: str, *, by: str, at: datetime) -> None:
    """A category of the brand's own, or one of ours that it did without. TaxonomyError where it is no name."""
    _set_categories(brand, [name], retired=False, by=by, at=at)


def retire_category(brand: Brand, name: str, *, by: str, at: datetime) -> None:
    """From now on nothing is judged to be that. What was labelled so stays, and counts again if it comes back."""
    if name == REST:
        raise TaxonomyError(f"category: what is nothing else must go somewhere, so {REST!r} stays")
    if name not in taxonomy(brand):
        raise TaxonomyError(f"category: the brand has none called {name!r}")
    _set_categories(brand, [name], retired=True, by=by, at=at)


def _set_categories(brand: Brand, names: Iterable[str], *, retired: bool, by: str, at: datetime) -> None:
    def change() -> None:
        for name in names:
            if not NAME.fullmatch(name) or name != name.strip():
                raise TaxonomyError(
                    f"category: {name[:90]!r} is no name: one to {LONGEST_LABEL} characters on one line"
                )
            Category.objects.update_or_create(brand=brand, name=name, defaults={"retired": retired, "at": at, "by": by})
            action = "category.retire" if retired else "category.add"
            audit(brand, actor=by, action=action, subject=name)

    _changed(brand, change)


def correct(brand: Brand, text: str, label: str, *, by: str, at: datetime, language: str = "") -> None:
    """Somebody says what a text is about. It is heard with the next text that is read.

    TaxonomyError where the brand has no such category.
    """
    if label not in taxonomy(brand):
        raise TaxonomyError(f"category: the brand has none called {label!r}")
    teach(brand, [taught.Example(text, label, language)], source=Example.CORRECTION, by=by, at=at)


def forget(brand: Brand, text: str, label: str) -> None:
    """A correction is taken back. What has been labelled otherwise since stays."""
    rows = Example.objects.filter(id=_example_id(brand, _kept(text)), label=label, source=Example.CORRECTION)
    _changed(brand, lambda: rows.delete())


def teach(
    brand: Brand,
    told: Sequence[taught.Example],
    *,
    source: str,
    by: str,
    at: datetime,
    progress: Callable[[int], object] = lambda _: None,
) -> int:
    """Keep labelled texts; categories that the brand did not have are added. How many texts were not known before.

    A text that was known takes its new label. Kept is what `masked` leaves of it: all of them, or none. `progress`
    hears how many are ready to be kept.
    """
    rows = {}
    for n, one in enumerate(told, 1):
        text = _kept(one.text)
        if text:
            key = _example_id(brand, text)
            rows[key] = (key, brand.id, text, one.label, bulk.fit(one.language, 8), source, at, bulk.fit(by, 120))
        if n % HEARD_EVERY == 0 or n == len(told):
            progress(n)
    new = 0

    def change() -> None:
        nonlocal new
        before = Example.objects.filter(id__in=rows).count()
        bulk.merge("understanding_example", COLUMNS, [rows[key] for key in sorted(rows)], overwrite=True)
        new = len(rows) - before

    with transaction.atomic():
        _add_missing(brand, {row[3] for row in rows.values()}, by=by, at=at)
        _changed(brand, change)
    return new


def _kept(text: str) -> str:
    return bulk.fit(masked(text).strip(), LONGEST)


def _example_id(brand: Brand, text: str) -> UUID:
    return ids.mirrored(brand.id, "example", text)


@dataclass(frozen=True, slots=True)
class Learned:
    """What became of a labelled history: texts in it, those of them that are new, all that the brand knows now."""

    read: int
    new: int
    taught_with: int
    added: list[str]  # categories


def learn_history(
    brand: Brand,
    told: Sequence[taught.Example],
    *,
    by: str,
    at: datetime,
    progress: Callable[[int], object] = lambda _: None,
) -> Learned:
    """A labelled history into the table; TaxonomyError where a label can be no category, and then nothing is kept.

    A first history that knows none of our categories has only its own: what is shipped would only be in their way.
    """
    before = taxonomy(brand)
    with transaction.atomic():
        first = not Example.objects.filter(brand=brand).exists()
        new = teach(brand, told, source=Example.IMPORT, by=by, at=at, progress=progress)
        if first and not {one.label for one in told} & set(CATEGORIES):
            _set_categories(brand, [one for one in CATEGORIES if one != REST], retired=True, by=by, at=at)
    added = [name for name in taxonomy(brand) if name not in before]
    return Learned(len(told), new, Example.objects.filter(brand=brand).count(), added)


def _add_missing(brand: Brand, labels: set[str], *, by: str, at: datetime) -> None:
    if missing := sorted(labels - set(taxonomy(brand))):
        _set_categories(brand, missing, retired=False, by=by, at=at)


def held(brand: Brand) -> Lesson:
    """The row that whoever changes what the brand teaches holds, in the caller's transaction."""
    return Lesson.objects.select_for_update().get_or_create(id=_lesson_id(brand), defaults={"brand": brand})[0]


def _changed(brand: Brand, change: Callable[[], object]) -> None:
    """Do it, and let every process know: those who read next ask for the version first."""
    with transaction.atomic():
        lesson = held(brand)
        change()
        lesson.version += 1
        lesson.save(update_fields=["version"])
