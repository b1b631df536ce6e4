"""What is said: by customers to us, by providers of what we said, by anybody of whether they want to hear from us."""

from __future__ import annotations

from dataclasses import dataclass

from aftercart.facts.parts import Call, Fact, File, Nature, Outcome, Person


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageReceived(Fact):
    """A contact: somebody wrote or called. Bodies are personal and are kept apart from state.

    Nothing here is believed but what `proven` says; who and which ticket it belongs to is decided by tickets.
    """

    message_id: str  # the source's own; the same message twice has the same one
    digest: str = ""  # of what was said, where two messages may bear the same id: some programs give all of theirs one
    channel: str  # email, sms, whatsapp, chat, form, voice, or whatever else it came through
    customer: Person
    text: str  # what is shown at once: without quotations and signature
    subject: str = ""
    order_number: str = ""
    category: str = ""  # where the history says it
    html: str = ""  # as it came: hostile until shown through the sanitiser
    quoted: str = ""  # what is folded away of the text
    nature: Nature = Nature.PERSON
    proven: bool = False  # the source vouches that `customer` is who wrote: a signed token, a carrier's number
    doubted: bool = False  # the source found that whoever wrote is not who they say: DMARC failed
    public: bool = False  # everybody can read it, and would read the answer
    handle: str = ""  # how they are known on that channel, where that is neither address nor number
    thread: str = ""  # the source's id of the conversation where it has an end: a chat, a feed's thread, a call
    to: tuple[str, ...] = ()  # addresses of ours that it was sent to
    answers: tuple[str, ...] = ()  # message ids that it says it answers, the nearest first
    tokens: tuple[str, ...] = ()  # what may be signed reply tokens
    files: tuple[File, ...] = ()
    call: Call | None = None
    notes: tuple[str, ...] = ()  # what could not be read as it was meant, a sentence each


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageAnnounced(Fact):
    """A mail that whoever received it keeps: it has to be fetched, and then is a delivery of its own."""

    url: str
    beside: tuple[tuple[str, str], ...]  # headers of ours that belong beside the mail
    stand_in: MessageReceived  # what is said of it already: what is kept if it cannot be had


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageReported(Fact):
    """What became of a message that left us, as its provider tells: by our reference, its own id, or the address."""

    outcome: Outcome
    channel: str
    message_id: str = ""
    reference: str = ""
    address: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentTold(Fact):
    """The holder of an address wants to hear from us there, or no more. Of several the newest counts."""

    channel: str
    address: str
    granted: bool
    purpose: str = ""  # "service", "marketing"; "": all
