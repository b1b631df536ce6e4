"""One text, and one HTML to show, from the bodies of a mail."""

from __future__ import annotations

import re
from html import escape

from aftercart.connectors.mail.inbound.htmltext import text_from
from aftercart.connectors.mail.inbound.parts import Body, Parts

_BLANKS = re.compile(r"\n(?:[ \t\xa0\u200b\ufeff]*\n){3,}")
_QUOTE = re.compile(r"(>*) ?(.*)", re.DOTALL)
# What some programs put into the text form of a mail that they wrote as HTML only.
_STUB = re.compile(
    r"(?:html|your (?:e-?mail|mail) (?:client|program|reader)|"
    r"this (?:e-?mail|message) (?:requires|contains|is) .{0,20}html|view (?:it|this).{0,20}browser)",
    re.IGNORECASE,
)
_CALENDAR = re.compile(
    r"^(SUMMARY|DESCRIPTION|LOCATION|DTSTART|DTEND|ORGANIZER)(?:;[^:\n]*)?:(.*)$", re.MULTILINE | re.IGNORECASE
)


def text_in(parts: Parts) -> str:
    """What there is to read, in order; of a mail that is an invitation only, what it says."""
    texts = [text.strip("\n") for body in parts.bodies if (text := text_of_body(body)).strip()]
    if not texts and parts.calendars:
        texts = [_invitation(calendar) for calendar in parts.calendars]
    return _BLANKS.sub("\n\n\n", "\n\n".join(texts))


def text_of_body(body: Body) -> str:
    """The text form, which programs meant to be read so; that of the HTML where it is missing or says nothing."""
    plain = _unflowed(body.plain, body.deleted_spaces) if body.flowed else body.plain
    if not body.html:
        return plain
    if not plain.strip() or (len(plain) < 300 and len(body.html) > 4 * len(plain) and _STUB.search(plain)):
        return text_from(body.html)
    if plain.lstrip()[:200].lower().startswith(("<!doctype", "<html")):
        return text_from(plain)
    return plain


def html_of(parts: Parts) -> str:
    """All bodies as HTML, unsafe as it came; '' where none of them is."""
    if not any(body.html for body in parts.bodies):
        return ""
    return "\n".join(
        body.html or f"<pre>{escape(body.plain)}</pre>" for body in parts.bodies if body.html or body.plain
    )


def _unflowed(text: str, deleted_spaces: bool) -> str:
    """Paragraphs put together again that were broken for transport (RFC 3676)."""
    pieces: list[str] = []  # joined once, at the end: a line that grows is copied whenever it does
    open_depth: int | None = None
    for line in text.split("\n"):
        marks, content = _QUOTE.fullmatch(line).groups() if line.startswith((">", " ")) else ("", line)  # type: ignore[union-attr]
        depth = len(marks)
        flows = content.endswith(" ") and content != "-- "
        if open_depth != depth or content == "-- ":
            pieces += ["\n" if pieces else "", f"{marks} " if marks else ""]
        pieces.append(content[:-1] if flows and deleted_spaces else content)
        open_depth = depth if flows else None
    return "".join(pieces)


def _invitation(calendar: str) -> str:
    unfolded = re.sub(r"\n[ \t]", "", calendar)
    found = [f"{name.capitalize()}: {value.strip()}" for name, value in _CALENDAR.findall(unfolded)]
    return "\n".join(found).replace("\\n", "\n").replace("\\,", ",").replace("\\;", ";")
