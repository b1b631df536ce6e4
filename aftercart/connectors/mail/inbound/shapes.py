"""What was read in one mail. Nothing here is checked against anything: it is what the sender, or a server, claims."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class Class(StrEnum):
    """Who speaks: a person, a machine that answers or informs, a server about an undelivered mail, a mailing list."""

    PERSON = "person"
    AUTO_REPLY = "auto_reply"
    BOUNCE = "bounce"
    LIST = "list"


@dataclass(frozen=True, slots=True)
class Address:
    """`address` in lower case, the domain as it was written; '' where there is a name only."""

    address: str
    name: str = ""

    def __str__(self) -> str:
        return f"{self.name} <{self.address}>" if self.name and self.address else self.name or self.address


@dataclass(frozen=True, slots=True)
class Attachment:
    """`name` is safe to save under. `declared` is the sender's type, `type` what the first bytes are, '' if unknown.

    `content_id` without angle brackets; `inline`: shown within the text, not beside it.
    """

    name: str
    declared: str
    type: str
    content: bytes = field(repr=False)
    inline: bool = False
    content_id: str = ""

    @property
    def size(self) -> int:
        """In bytes."""
        return len(self.content)


class Part(StrEnum):
    """What a run of lines is: the writer's own, a quotation left as context for an answer, quoted, a signature."""

    WRITTEN = "written"
    CONTEXT = "context"
    QUOTE = "quote"
    SIGNATURE = "signature"


@dataclass(frozen=True, slots=True)
class Segment:
    """Some lines of a text, in its order; all segments joined by line ends are the text."""

    part: Part
    text: str

    @property
    def folded(self) -> bool:
        return self.part in (Part.QUOTE, Part.SIGNATURE)


@dataclass(frozen=True, slots=True)
class Report:
    """What became of a mail of ours (RFC 3464). `action`: failed, delayed, delivered, relayed, expanded or ''.

    `status`: such as 5.1.1; `recipients`: whom it could not reach; `message_id`: that of the mail it is about.
    """

    action: str = ""
    status: str = ""
    diagnostic: str = ""
    recipients: tuple[str, ...] = ()
    message_id: str = ""

    @property
    def permanent(self) -> bool:
        return self.status.startswith("5") or (not self.status and self.action == "failed")


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the receiving server found (RFC 8601), in its words: pass, fail, none, …; '' where it said nothing.

    `dkim_domain`: whose signature passed. Only `dmarc` speaks of the address in From.
    """

    spf: str = ""
    dkim: str = ""
    dmarc: str = ""
    dkim_domain: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """One mail. Message-IDs are without angle brackets; `date` is the sender's, `received_at` the receiving server's,
    `first_seen_at` that of the first server on its way.

    `segments` are the lines of `text`; `notes` say what could not be read as it was meant, one sentence each.
    `tokens`: what stands behind a plus, or is the whole name, in the addresses it was sent to: perhaps a reply token.
    """

    sender: Address | None
    reply_to: tuple[Address, ...]
    to: tuple[Address, ...]
    cc: tuple[Address, ...]
    delivered_to: tuple[str, ...]
    tokens: tuple[str, ...]
    subject: str
    date: datetime | None
    received_at: datetime | None
    first_seen_at: datetime | None
    message_id: str
    in_reply_to: tuple[str, ...]
    references: tuple[str, ...]
    text: str
    html: str
    segments: tuple[Segment, ...]
    attachments: tuple[Attachment, ...]
    kind: Class
    why: str
    report: Report | None
    verdict: Verdict
    notes: tuple[str, ...]

    @property
    def reply(self) -> str:
        """What is shown at once: what the writer wrote, with the quotations that it answers line by line."""
        return joined(segment for segment in self.segments if not segment.folded)

    @property
    def written(self) -> str:
        """The writer's own words alone, for whoever wants to understand them."""
        return joined(segment for segment in self.segments if segment.part is Part.WRITTEN)

    @property
    def quoted(self) -> str:
        """All that is folded away."""
        return joined(segment for segment in self.segments if segment.folded)


def joined(segments: Iterable[Segment]) -> str:
    return "\n".join(segment.text for segment in segments).strip("\n")
