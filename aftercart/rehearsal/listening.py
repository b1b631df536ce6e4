"""Where the demo brand is written to, and which of its questions a machine answers."""

from __future__ import annotations

import base64
import hmac
import secrets
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid, parseaddr

import httpx
import msgspec
from django.conf import settings

from aftercart.brands.models import Brand, Source
from aftercart.brands.services import connect
from aftercart.intake.mailboxes import services as mailboxes
from aftercart.intake.mailboxes.models import Mailbox
from aftercart.outreach.automatic import terms
from aftercart.people.models import Customer
from aftercart.plumbing import clock
from aftercart.rehearsal.mailbox import Letter

MACHINE_DAYS = 3  # at the end of a history: before, people answer everything
WHERE, SURE = "wismo_shipping_status", 0.9
CHANNELS = ("email", "form", "chat")
MAILBOX, WAY = "help", "mail"
SERVER = "mx.maren-and-oak.example"  # that receives the brand's mail and says whether senders are who they say
SIGNED_IN = timedelta(hours=1)
BY = "Maren"


def begin(brand: Brand, now: datetime) -> None:
    """A mailbox, and a machine for the easy ones from some days before `now`. Done once, however often it is asked."""
    source = Source.objects.filter(brand=brand, kind=WAY, name="main").first()
    if source is None:
        connect(brand, WAY, secret=f"{MAILBOX}:{secrets.token_urlsafe(16)}")
    if not Mailbox.objects.filter(brand=brand, name=MAILBOX).exists():
        ours = [parseaddr(one)[1] for one in (brand.help_email, brand.from_email)]
        mailboxes.add(brand, name=MAILBOX, way=WAY, addresses=ours, authserv_id=SERVER, by=BY)
    if not terms.terms_of(brand, now).on:
        at = now - timedelta(days=MACHINE_DAYS)
        terms.publish(brand, at=at, by=BY, categories={WHERE: SURE}, channels=CHANNELS)


def hand_over(brand: Brand, letter: Letter, text: str) -> bool:
    """Bring what the holder of a letter's address writes back, as a mail server would. True once it is stored."""
    source = Source.objects.get(brand=brand, kind=WAY, name="main")
    user, _, password = source.secrets[0].partition(":")
    address = f"{settings.PUBLIC_URL.rstrip('/')}/in/{brand.slug}/{WAY}/{source.token}"
    try:
        answer = httpx.post(
            address, content=written(brand, letter, text, clock.business(brand)), auth=(user, password),
            headers={"content-type": "message/rfc822"}, timeout=10, trust_env=False,
        )  # fmt: skip
    except httpx.HTTPError:
        return False
    return answer.is_success


def written(brand: Brand, letter: Letter, text: str, at: datetime) -> bytes:
    """The mail, with what the receiving server found out about its sender above it."""
    mail = EmailMessage()
    domain = letter.to.rpartition("@")[2]
    mail["Authentication-Results"] = f"{SERVER}; spf=pass smtp.mailfrom={letter.to}; dmarc=pass header.from={domain}"
    mail["From"] = letter.to
    mail["To"] = letter.answers_go_to or brand.help_email
    mail["Subject"] = letter.subject if letter.subject.lower().startswith("re:") else f"Re: {letter.subject}"
    mail["Date"] = format_datetime(at)
    mail["Message-ID"] = make_msgid(domain=domain)
    if letter.message_id:
        mail["In-Reply-To"] = mail["References"] = letter.message_id
    mail.set_content(text)
    return mail.as_bytes()


def signed_in(customer: Customer, secret: str, at: datetime) -> str:
    """With which the demo's shop says who is logged in: a JWT, as docs/how-to/connect-chat.md has it."""
    claims = {
        "sub": customer.external_id, "email": customer.email, "name": customer.name, "locale": customer.locale,
        "exp": int((at + SIGNED_IN).timestamp()),
    }  # fmt: skip
    signed = ".".join(_part(msgspec.json.encode(one)) for one in ({"alg": "HS256", "typ": "JWT"}, claims))
    return f"{signed}.{_part(hmac.digest(secret.encode(), signed.encode(), 'sha256'))}"


def _part(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).decode().rstrip("=")
