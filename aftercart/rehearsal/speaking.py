"""The demo brand's lines: to a mail server and a gateway of its own, which stand where its providers would."""

from __future__ import annotations

import secrets
import socket

from django.conf import settings

from aftercart.brands.models import Brand, Source
from aftercart.brands.services import connect
from aftercart.connectors.sending import EMAIL, SMS, WHATSAPP
from aftercart.outbox import lines
from aftercart.rehearsal import giving
from aftercart.rehearsal.demo import SLUG

BY = "demo"
NUMBER = "+31201234567"


def open_lines() -> list[str]:
    """Point the lines at free ports of this machine; the arguments of the process that has to listen there."""
    brand = Brand.objects.get(slug=SLUG)
    smtp, gateway = _free_port(), _free_port()
    url = f"smtp://127.0.0.1:{smtp}"
    lines.add(brand, provider="smtp", channel=EMAIL, settings={"url": url}, name="catcher", by=BY)
    source = _source(brand)
    told = {
        "account_sid": "ACmarenoak",
        "auth_token": source.secrets[0],
        "from": NUMBER,
        "callback": f"{settings.PUBLIC_URL.rstrip('/')}/in/{brand.slug}/twilio/{source.token}",
        "address": f"http://127.0.0.1:{gateway}",
    }
    for channel in (SMS, WHATSAPP):
        lines.add(brand, provider="twilio", channel=channel, settings=told, name="gateway", by=BY)
    giving.open_line(brand, told["address"])
    return [str(smtp), str(gateway)]


def _source(brand: Brand) -> Source:
    found = Source.objects.filter(brand=brand, kind="twilio", name="main").first()
    return found or connect(brand, "twilio", secret=secrets.token_hex(16))


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port
