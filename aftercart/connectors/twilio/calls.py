"""What Twilio tells of a call: how it ended, its recording, what was said (twilio.com/docs/voice).

Each is a telling of one message, the call: facts.tellings adds them up in whatever order they come.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from aftercart.connectors.contract import UNDATED, PayloadError, Read
from aftercart.connectors.reading import needed_key, text, whole
from aftercart.facts import Call, MessageReceived, Person, Unread

# A recording is told of without a word of who called. Whoever asks for it can say so in the address that it is told to,
# which is signed as well: ?caller={{From}}
CALLER = "caller"
# twilio.com/docs/voice/api/call-resource: how a call ends, and how it stands until then.
ENDED = frozenset(["completed", "busy", "no-answer", "canceled", "failed"])
UNDERWAY = frozenset(["queued", "initiated", "ringing", "in-progress", "answered"])
INBOUND = frozenset(["", "inbound", "trunking-originating"])
# What stands for a number that is withheld; the figures spell it on a keypad (support.twilio.com, caller id).
WITHHELD = frozenset([
    "anonymous", "restricted", "unknown", "unavailable", "private", "blocked", "+266696687", "+7378742833",
    "+2562533", "+8656696", "+86282452253",
])  # fmt: skip
# twilio.com/docs/voice/trusted-calling-with-shakenstir: the carriers found that the number was made up.
MADE_UP = "TN-Validation-Failed"
_NUMBER = re.compile(r"\+?[0-9]{2,20}")
_LONGEST_TRANSCRIPT, _LONGEST_LINK, _LONGEST_CALL = 200_000, 1_000, 7 * 86_400


def told(fields: Mapping[str, str], caller: str, at: datetime) -> Iterator[Read]:
    """`caller`: the number, where only the address says it. Raises PayloadError where it is no telling of a call."""
    if fields.get("ParentCallSid"):
        return  # a leg of it: our own agent's telephone
    if "TranscriptionEvent" in fields:
        yield Unread("TranscriptionEvent", text(fields["TranscriptionEvent"], 80))
    elif "TranscriptionStatus" in fields:
        yield from _transcript(fields, caller, at)
    elif "RecordingStatus" in fields:
        yield from _recording(fields, caller, at)
    elif "CallStatus" in fields:
        yield from _status(fields, caller, at)
    else:
        raise PayloadError("CallStatus", "is missing, and so are RecordingStatus and TranscriptionStatus")


def _status(fields: Mapping[str, str], caller: str, at: datetime) -> Iterator[Read]:
    status = text(fields["CallStatus"], 40)
    if status in UNDERWAY:
        return
    if status not in ENDED:
        yield Unread("CallStatus", status)
        return
    seconds = _seconds(fields.get("CallDuration"))
    ended = _instant(fields.get("Timestamp", "")) or at
    url = text(fields.get("RecordingUrl"), _LONGEST_LINK)
    began = max(ended - timedelta(seconds=seconds), UNDATED)
    yield _call(fields, caller, began, at, seconds=seconds, outcome=status, url=url)


def _recording(fields: Mapping[str, str], caller: str, at: datetime) -> Iterator[Read]:
    status = text(fields["RecordingStatus"], 80)
    if status == "completed":
        began = _instant(fields.get("RecordingStartTime", "")) or at
        seconds = _seconds(fields.get("RecordingDuration"))
        url = text(fields.get("RecordingUrl"), _LONGEST_LINK)
        yield _call(fields, caller, min(began, at), at, seconds=seconds, url=url)
    elif status == "failed":
        yield _call(fields, caller, at, at, note="The recording failed.")
    elif status not in ("in-progress", "absent"):
        yield Unread("RecordingStatus", status)


def _transcript(fields: Mapping[str, str], caller: str, at: datetime) -> Iterator[Read]:
    status = text(fields["TranscriptionStatus"], 80)
    url = text(fields.get("RecordingUrl"), _LONGEST_LINK)
    if status == "completed":
        said = text(fields.get("TranscriptionText"), _LONGEST_TRANSCRIPT)
        yield _call(fields, caller, at, at, url=url, transcript=said)
    elif status == "failed":
        yield _call(fields, caller, at, at, url=url, note="Twilio could not write down what was said.")
    elif status != "in-progress":
        yield Unread("TranscriptionStatus", status)


def _call(
    fields: Mapping[str, str], caller: str, began: datetime, at: datetime, *,
    seconds: int = 0, outcome: str = "", url: str = "", transcript: str = "", note: str = "",
) -> MessageReceived:  # fmt: skip
    name = needed_key(fields["CallSid"], "CallSid")
    inbound = text(fields.get("Direction"), 40) in INBOUND
    theirs, ours = (_number(fields.get(side, "")) for side in (("From", "To") if inbound else ("To", "From")))
    number = theirs or _number(caller)
    doubted = text(fields.get("StirVerstat"), 60).startswith(MADE_UP)
    return MessageReceived(
        source="twilio",
        happened_at=began,
        reported_at=at,
        message_id=name,
        channel="voice",
        customer=Person(phone=number, name=text(fields.get("CallerName"), 200) if number else ""),
        text="",
        proven=bool(number) and not doubted,
        doubted=doubted,
        thread=name,
        to=(ours,) if ours and inbound else (),
        call=Call(
            seconds=seconds,
            outcome=outcome,
            inbound=inbound,
            recording_url=url if url.startswith("https://") and not any(map(str.isspace, url)) else "",
            transcript=transcript,
        ),
        notes=(note,) if note else (),
    )


def _number(written: str) -> str:
    """A telephone number; '' where it is withheld, or the name of a client or a SIP address."""
    found = text(written, 40).replace(" ", "")
    return found if _NUMBER.fullmatch(found) and found not in WITHHELD else ""


def _seconds(written: object) -> int:
    return min(max(whole(written) or 0, 0), _LONGEST_CALL)


def _instant(written: str) -> datetime | None:
    """As RFC 2822 has it, which is how Twilio writes its times."""
    try:
        found = parsedate_to_datetime(written)
    except (ValueError, TypeError, OverflowError):
        return None
    found = found if found.tzinfo else found.replace(tzinfo=UTC)
    return found.astimezone(UTC) if 2000 < found.year < 2100 else None
