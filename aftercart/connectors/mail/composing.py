from __future__ import annotations

from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import parseaddr

from aftercart.connectors.sending import Message, SendError
from aftercart.plumbing import clock


def compose(message: Message) -> EmailMessage:
    """The mail for a message. An address that cannot be one is refused here, before anything is sent."""
    mail = EmailMessage(policy=SMTP)
    mail["Message-ID"] = message.key
    mail["Date"] = clock.machine()
    mail["From"] = _address(message.sender, "sender")
    mail["To"] = _address(message.to, "recipient")
    mail["Subject"] = " ".join(message.subject.split())
    # Service mail, sent by a machine: responders should keep quiet (RFC 3834).
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(message.text)
    if message.html:
        mail.add_alternative(message.html, subtype="html")
    # Last: becoming an alternative, a mail hands its Content-… headers down to the first part.
    mail["Content-Language"] = message.language
    return mail


def _address(value: str, field: str) -> Address:
    name, spec = parseaddr(value)
    try:
        address = Address(display_name=name, addr_spec=spec)
    except (ValueError, IndexError) as error:
        raise SendError(f"{field}: {value!r} is not an address ({error})", permanent=True) from None
    if not address.domain or not address.username:
        raise SendError(f"{field}: {value!r} is not an address", permanent=True)
    return address
