"""A brand's own texts: saved as a draft, checked, published as a version, rolled back."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from aftercart.brands.models import Brand
from aftercart.brands.services import audit
from aftercart.plumbing import clock, ids
from aftercart.policies import services as policies
from aftercart.words.checking import check, refused
from aftercart.words.findings import Finding
from aftercart.words.kinds import CHANNELS, KINDS, LANGUAGES, SMS
from aftercart.words.models import Draft, Wording
from aftercart.words.voices import Guide, VoiceError, guide

VOICE = "voice"
LONGEST = {"subject": 300, "text": 5000}
_KEPT = 4096
_known: OrderedDict[UUID, Text] = OrderedDict()


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """A text as it is used. Empty: the shipped one."""

    version: int = 0
    subject: str = ""
    text: str = ""
    segments: int = 1


SHIPPED = Text()


@dataclass(frozen=True, slots=True)
class Place:
    """What a text is for: a kind of notice by a channel in a language. Raises WordingError for what we do not have."""

    kind: str
    channel: str
    language: str

    def __post_init__(self) -> None:
        for field, known in (("kind", KINDS), ("channel", CHANNELS), ("language", LANGUAGES)):
            if (value := getattr(self, field)) not in known:
                raise WordingError(field, f"{value!r} is none of {', '.join(known)}")

    def __str__(self) -> str:
        return f"{self.kind} {self.channel} {self.language}"

    @property
    def where(self) -> Mapping[str, str]:
        return {"kind": self.kind, "channel": self.channel, "language": self.language}


class WordingError(ValueError):
    """Why a text cannot be published: the part that lacks or the field that is wrong, and the reason."""

    def __init__(self, part: str, reason: str, findings: Sequence[Finding] = ()) -> None:
        super().__init__(f"{part}: {reason}")
        self.part, self.reason, self.findings = part, reason, findings


def in_use(brand: Brand, kind: str, channel: str, language: str) -> Text:
    """The brand's own text, empty where it has none. One look at an index; what a version says is kept in memory."""
    place = Place(kind, channel, language)
    return _in_use(Wording.objects.filter(brand=brand, **place.where)).get(place, SHIPPED)


def all_in_use(brand: Brand) -> Mapping[Place, Text]:
    """Every text that a brand has of its own, in one look: for whoever writes many messages."""
    return _in_use(Wording.objects.filter(brand=brand))


def _in_use(rows: QuerySet[Wording]) -> dict[Place, Text]:
    newest = rows.order_by("kind", "channel", "language", "-version").distinct("kind", "channel", "language")
    ids = {Place(*place): id_ for id_, *place in newest.values_list("id", "kind", "channel", "language")}
    if unknown := [id_ for id_ in ids.values() if id_ not in _known]:
        for row in Wording.objects.filter(id__in=unknown):
            _known[row.id] = Text(version=row.version, subject=row.subject, text=row.text, segments=row.segments)
    found = {place: _known[id_] for place, id_ in ids.items()}
    while len(_known) > _KEPT:
        _known.popitem(last=False)
    return found


def own_versions(brand: Brand) -> dict[Place, int]:
    """Which texts of a brand are its own now, with their versions. What was rolled back to the shipped text is not."""
    found: dict[Place, int] = {}
    for row in Wording.objects.filter(brand=brand).order_by("version").defer("text"):
        found[Place(row.kind, row.channel, row.language)] = 0 if row.restores == 0 else row.version
    return {place: version for place, version in found.items() if version}


def voice_of(brand: Brand, language: str) -> Guide:
    """The voice guide of a brand in a language: ours with what its policy "voice" says otherwise."""
    rules = policies.newest(brand.id, VOICE)
    own = rules.get(language, {})
    return guide(language, own if isinstance(own, Mapping) else {})


def set_voice(brand: Brand, own: Mapping[str, object], *, by: str) -> None:
    """Publish what a brand says otherwise than our guides, by language; raises VoiceError naming the field."""
    for language, said in own.items():
        if language not in LANGUAGES:
            raise VoiceError(f"{language}: is none of {', '.join(LANGUAGES)}")
        if not isinstance(said, Mapping):
            raise VoiceError(f"{language}: must be a table")
        if strange := said.keys() - {"address", "banned", "allowed", "terms"}:
            raise VoiceError(f"{language}.{min(strange)}: is none of address, banned, allowed, terms")
        try:
            guide(language, said)
        except VoiceError as error:
            raise VoiceError(f"{language}.{error}") from None
    policies.publish(brand, VOICE, dict(own), at=clock.business(brand), by=by)


def findings_of(brand: Brand, place: Place, *, subject: str, text: str, segments: int = 1) -> list[Finding]:
    """What the check and the brand's voice guide say about a text."""
    return check(
        text,
        language=place.language,
        channel=place.channel,
        kind=place.kind,
        subject="" if place.channel == SMS else subject,
        segments=segments,
        voice=voice_of(brand, place.language),
    )


def save(brand: Brand, place: Place, *, subject: str, text: str, segments: int, by: str) -> Draft:
    """Keep what is being written. It is used nowhere."""
    _fits(subject, text)
    written = {"subject": subject, "text": text, "segments": segments, "saved_at": clock.machine(), "saved_by": by}
    draft, _ = Draft.objects.update_or_create(
        brand=brand, **place.where, defaults=written, create_defaults={"id": ids.new(clock.machine()), **written}
    )
    return draft


def publish(brand: Brand, place: Place, *, subject: str, text: str, segments: int = 1, by: str) -> Wording:
    """Make a text the one in use. Raises WordingError, with all findings, where the check refuses it."""
    text, subject = text.strip().replace("\r\n", "\n"), " ".join(subject.split())
    _fits(subject, text)
    if not text:
        raise WordingError("text", "is empty; to go back to the shipped text, roll back to version 0")
    found = refused(findings_of(brand, place, subject=subject, text=text, segments=segments))
    if found:
        raise WordingError(found[0].part, f"{found[0].reason}: {found[0].excerpt}", found)
    return _next(brand, place, Text(subject="" if place.channel == SMS else subject, text=text, segments=segments), by)


def roll_back(brand: Brand, place: Place, version: int, *, by: str) -> Wording:
    """Publish an older version again, as a new one; 0 is the shipped text. It was checked when it was new.

    Raises WordingError where there is no such version, or it is the one in use.
    """
    now_in_use = in_use(brand, place.kind, place.channel, place.language)
    if version == now_in_use.version or (version == 0 and not now_in_use.text):
        raise WordingError("version", f"{version} is in use already")
    if version == 0:
        return _next(brand, place, Text(), by, restores=0)
    row = Wording.objects.filter(brand=brand, **place.where, version=version).first()
    if row is None:
        raise WordingError("version", f"there is no version {version}")
    return _next(brand, place, Text(subject=row.subject, text=row.text, segments=row.segments), by, restores=version)


def history(brand: Brand, place: Place) -> list[Wording]:
    """Every version, the newest first."""
    return list(Wording.objects.filter(brand=brand, **place.where).order_by("-version"))


def draft_of(brand: Brand, place: Place) -> Draft | None:
    return Draft.objects.filter(brand=brand, **place.where).first()


def _next(brand: Brand, place: Place, text: Text, by: str, *, restores: int | None = None) -> Wording:
    """The version after the newest; who comes second of two at the same instant is told so."""
    newest = Wording.objects.filter(brand=brand, **place.where).order_by("-version").first()
    at, version = clock.business(brand), (newest.version if newest else 0) + 1
    try:
        with transaction.atomic():
            row = Wording.objects.create(
                id=ids.new(at),
                brand=brand,
                **place.where,
                version=version,
                subject=text.subject,
                text=text.text,
                segments=text.segments,
                published_at=at,
                published_by=by,
                restores=restores,
            )
            action = "words.publish" if restores is None else "words.rollback"
            audit(brand, actor=by, action=action, subject=f"{place} v{version}", detail={"restores": restores})
            Draft.objects.filter(brand=brand, **place.where).delete()
    except IntegrityError:
        raise WordingError("version", "somebody has published another one just now; look at it first") from None
    return row


def _fits(subject: str, text: str) -> None:
    for field, value in (("subject", subject), ("text", text)):
        if len(value) > LONGEST[field]:
            raise WordingError(field, f"is longer than {LONGEST[field]} signs")
