"""A text or a WhatsApp message that somebody wrote to us (twilio.com/docs/messaging/guides/webhook-request)."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping

from aftercart.connectors.contract import Read
from aftercart.connectors.files import safe_name
from aftercart.connectors.reading import text, whole
from aftercart.connectors.reports import About
from aftercart.facts import File, MessageReceived, Person

# What a recipient writes to hear no more, or again, as `_word` has it: as CTIA and
# twilio.com/docs/messaging/guides/opt-out-keywords list it, and in the languages that we write in. For WhatsApp nobody
# but us knows any of it.
STOP = frozenset(
    ["stop", "stopall", "unsubscribe", "cancel", "end", "quit", "optout", "revoke", "baja", "alto", "parar", "cancelar",
     "arret", "arreter", "arretez", "desabonner", "stopp", "abmelden", "abbestellen", "pare", "sair",
     "停止", "配信停止", "解除", "ストップ"]
)  # fmt: skip
START = frozenset(["start", "yes", "unstop"])
HELP = frozenset(["help", "info", "ayuda", "aide", "hilfe", "ajuda", "ヘルプ"])
_LONGEST_TEXT, _LONGEST_LINK, _MOST_FILES = 5_000, 1_000, 10


def written(told: Mapping[str, str], about: About) -> Read:
    """A wish about consent, or a contact. Its number is the carrier's word, so its holder is who wrote."""
    said = text(told["Body"], _LONGEST_TEXT)
    wish = told.get("OptOutType", "") or _keyword(said)
    if wish in ("STOP", "START"):
        return about.consents(wish == "START")
    ours = text(told.get("To"), 120).rpartition(":")[2]
    files, unread = _files(told)
    return MessageReceived(
        source="twilio",
        happened_at=about.happened_at,
        reported_at=about.reported_at,
        message_id=about.message_id,
        channel=about.channel,
        customer=Person(phone=about.address[:40], name=text(told.get("ProfileName"), 200)),
        text=said,
        category="help" if wish == "HELP" else "",
        proven=True,
        to=(ours,) if ours else (),
        answers=tuple(filter(None, [text(told.get("OriginalRepliedMessageSid"), 120)])),
        files=files,
        notes=(*_place(told), *unread),
    )


def _keyword(said: str) -> str:
    word = _word(said)
    return "STOP" if word in STOP else "START" if word in START else "HELP" if word in HELP else ""


def _word(said: str) -> str:
    """Its letters alone, without accents: "Arrêt !" is "arret". Japanese letters are whole ones."""
    letters = (sign for sign in unicodedata.normalize("NFKC", said).casefold() if sign.isalnum() or sign == "ー")
    return "".join(unicodedata.normalize("NFD", sign)[0] if sign < "\u3000" else sign for sign in letters)


def _files(told: Mapping[str, str]) -> tuple[tuple[File, ...], list[str]]:
    """Where Twilio keeps what was sent along. Reading follows no link; media.py fetches them."""
    found, missing = [], 0
    for position in range(min(whole(told.get("NumMedia")) or 0, _MOST_FILES)):
        url = text(told.get(f"MediaUrl{position}"), _LONGEST_LINK + 1)
        declared = text(told.get(f"MediaContentType{position}"), 80).lower()
        if not url.startswith(("https://", "http://")) or len(url) > _LONGEST_LINK or any(map(str.isspace, url)):
            missing += 1
            continue
        found.append(File(name=safe_name("", declared, position + 1), content=b"", declared=declared, url=url))
    return tuple(found), [f"Twilio names {missing} more of its files, but not where they are."] if missing else []


def _place(told: Mapping[str, str]) -> list[str]:
    """A place on the map that was shared by WhatsApp."""
    point = [text(told.get(name), 20) for name in ("Latitude", "Longitude")]
    if not all(point):
        return []
    named = [text(told.get(name), 100) for name in ("Label", "Address")]
    return [f"They shared a place: {', '.join(filter(None, [*named, *point]))}"[:300]]
