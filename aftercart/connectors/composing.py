from __future__ import annotations

from email.header import Header
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import parseaddr

from aftercart.connectors.sending import ANSWERS, BY_PERSON, REPLY_TO, Message, SendError
from aftercart.plumbing import clock

# Folding would encode a long address word by word (RFC 2047), and no mail program could follow it.
_POLICY = SMTP.clone(refold_source="none")


def compose(message: Message) -> EmailMessage:
    """The mail for a message. An address that cannot be one is refused here, before anything is sent."""
    mail = EmailMessage(policy=_POLICY)
    mail["Message-ID"] = message.key
    mail["Date"] = clock.machine()
    mail["From"] = address(message.sender, "sender")
    mail["To"] = address(message.to, "recipient")
    # Folding a long subject with letters beyond ASCII loses spaces between its words; this one keeps them.
    mail.set_raw("Subject", Header(" ".join(message.subject.split()), header_name="Subject").encode())
    for name, value in headers(message).items():
        mail.set_raw(name, value)
    mail.set_content(message.text)
    if message.html:
        mail.add_alternative(message.html, subtype="html")
    for file in message.files:
        kind, _, part = (file.type or "application/octet-stream").partition("/")
        mail.add_attachment(file.content, maintype=kind, subtype=part, filename=file.name)
    # Last: becoming an alternative, a mail hands its Content-… headers down to the first part.
    mail["Content-Language"] = message.language
    return mail


def headers(message: Message) -> dict[str, str]:
    """Who wrote it: of a machine's mail responders should keep quiet (RFC 3834). One click ends it (RFC 8058). What it
    answers, and where an answer to it is to go (RFC 5322)."""
    known = {} if message.mail.get(BY_PERSON) else {"Auto-Submitted": "auto-generated"}
    if answers := message.mail.get(ANSWERS, "").split():
        known |= {"In-Reply-To": answers[-1], "References": " ".join(answers)}
    if reply_to := message.mail.get(REPLY_TO):
        known["Reply-To"] = str(address(reply_to, "reply_to"))
    if message.stop:
        known |= {"List-Unsubscribe": f"<{message.stop}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
    return known


def address(value: str, field: str) -> Address:
    """Raises SendError where it cannot be one."""
    name, spec = parseaddr(value)
    try:
        address = Address(display_name=name, addr_spec=spec)
    except (ValueError, IndexError) as error:
        raise SendError(f"{field}: {value!r} is not an address ({error})", permanent=True) from None
    if not address.domain or not address.username:
        raise SendError(f"{field}: {value!r} is not an address", permanent=True)
    return address
