"""The other end of the demo's lines: a mail server that delivers into a folder, and a gateway for text messages.

Both take messages over real sockets, as providers do; the gateway reports back, signed as Twilio signs.
"""

from __future__ import annotations

import base64
import hmac
import json
import logging
import re
import secrets
import threading
from collections.abc import Mapping
from email import message_from_bytes
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import parse_qsl, urlencode

import httpx

if TYPE_CHECKING:
    from aiosmtpd.smtp import SMTP, Envelope, Session

logger = logging.getLogger("aftercart.catching")

MAIL, SMS = "mail", "sms"
EVENTS = "/api/events"
DELIVERED_AFTER_SECONDS = 1.0
_LARGEST = 100_000


class MailCatcher:
    """aiosmtpd's handler: each mail becomes a file, named as the file channel names it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        content = cast(bytes, envelope.content)
        key = str(message_from_bytes(content)["Message-ID"] or secrets.token_hex(8))
        keep(self.folder, re.sub(r"[^A-Za-z0-9.-]", "_", key.strip("<> ")) + ".eml", content)
        return "250 Taken"


class SmsGateway(ThreadingHTTPServer):
    """As much of Twilio's API as sending needs, and of Klaviyo's: events are for the brand's own flows, not to read."""

    daemon_threads = True

    def __init__(self, port: int, folder: Path) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.folder = folder

    def take(self, told: Mapping[str, str], token: str) -> str:
        sid = "SM" + secrets.token_hex(16)
        keep(self.folder, f"{sid}.json", json.dumps({"sid": sid, **told}, ensure_ascii=False).encode())
        if callback := told.get("StatusCallback"):
            status = {"MessageSid": sid, "MessageStatus": "delivered", "To": told["To"], "From": told.get("From", "")}
            threading.Timer(DELIVERED_AFTER_SECONDS, report, (callback, status, token)).start()
        return sid


class _Handler(BaseHTTPRequestHandler):
    server: SmsGateway

    def do_POST(self) -> None:
        length = int(self.headers.get("content-length") or 0)
        body = self.rfile.read(min(length, _LARGEST)).decode("utf-8", "replace")
        if self.path == EVENTS:
            self._answer(202, {})
            return
        told = dict(parse_qsl(body))
        proof = self.headers.get("authorization", "").removeprefix("Basic ")
        _, _, token = base64.b64decode(proof).decode("utf-8", "replace").partition(":")
        if not token:
            self._answer(401, {"code": 20003, "message": "Authenticate"})
        elif not re.fullmatch(r"(whatsapp:)?\+\d{8,15}", told.get("To", "")):
            self._answer(400, {"code": 21211, "message": f"The 'To' number {told.get('To')} is not valid."})
        else:
            self._answer(201, {"sid": self.server.take(told, token), "status": "queued"})

    def _answer(self, status: int, body: Mapping[str, object]) -> None:
        content = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: Any) -> None: ...


def report(address: str, told: Mapping[str, str], token: str) -> None:
    """Tell Aftercart what became of a message, or what somebody wrote."""
    signed = address + "".join(name + value for name, value in sorted(told.items()))
    proof = base64.b64encode(hmac.digest(token.encode(), signed.encode(), "sha1")).decode()
    headers = {"content-type": "application/x-www-form-urlencoded", "x-twilio-signature": proof}
    try:
        answer = httpx.post(address, content=urlencode(told), headers=headers, timeout=10, trust_env=False)
        if answer.status_code != 200:
            logger.warning("catching: a report was answered with %d", answer.status_code)
    except httpx.HTTPError as error:
        logger.warning("catching: a report did not get through (%s)", type(error).__name__)


def keep(folder: Path, name: str, content: bytes) -> None:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    unfinished = folder / f".{name}.{secrets.token_hex(4)}"
    unfinished.write_bytes(content)
    unfinished.replace(folder / name)


def catch(var: Path, *, smtp_port: int, sms_port: int, stop: threading.Event) -> None:
    """Take what comes until told to stop."""
    from aiosmtpd.controller import Controller

    mail = Controller(MailCatcher(var / MAIL), hostname="127.0.0.1", port=smtp_port, ready_timeout=10)
    gateway = SmsGateway(sms_port, var / SMS)
    mail.start()
    threading.Thread(target=gateway.serve_forever, kwargs={"poll_interval": 0.2}, daemon=True).start()
    stop.wait()
    gateway.shutdown()
    gateway.server_close()
    mail.stop()
