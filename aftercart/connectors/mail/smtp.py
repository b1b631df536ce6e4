"""Mail by SMTP. Step by step, so that what is known of a failed message is known exactly."""

from __future__ import annotations

import contextlib
import smtplib
from dataclasses import dataclass
from email.utils import parseaddr
from urllib.parse import unquote, urlsplit

from aftercart.connectors.composing import compose
from aftercart.connectors.sending import Message, SendError, Unknowable


@dataclass(frozen=True, slots=True)
class Smtp:
    """`url`: smtp://user:password@host:port (STARTTLS where offered) or smtps://…; `timeout` in seconds."""

    url: str
    timeout: float = 20.0

    def __call__(self, message: Message) -> str:
        mail = compose(message)
        content = mail.as_bytes()
        server = self._connect()
        try:
            try:
                _accepted(server.mail(parseaddr(message.sender)[1]), "sender")
                _accepted(server.rcpt(parseaddr(message.to)[1]), "recipient")
                _accepted(server.docmd("data"), "message")
            except (OSError, smtplib.SMTPException) as error:
                reason = f"the mail server hung up before it took the message ({error})"
                raise SendError(reason, permanent=False, of_line=True) from None
            _hand_over(server, content)
        finally:
            # What the server thinks of our good-bye says nothing about the message.
            with contextlib.suppress(OSError, smtplib.SMTPException):
                server.quit()
            server.close()
        return ""

    def _connect(self) -> smtplib.SMTP:
        parts = urlsplit(self.url)
        host = parts.hostname or "127.0.0.1"
        try:
            server: smtplib.SMTP
            if parts.scheme == "smtps":
                server = smtplib.SMTP_SSL(host, parts.port or 465, timeout=self.timeout)
            else:
                server = smtplib.SMTP(host, parts.port or 25, timeout=self.timeout)
            server.ehlo_or_helo_if_needed()
            if parts.scheme == "smtp" and server.has_extn("starttls"):
                server.starttls()
                server.ehlo()
            if parts.username:
                server.login(unquote(parts.username), unquote(parts.password or ""))
        except smtplib.SMTPAuthenticationError as error:
            reason = f"the mail server refused our log-in ({error.smtp_code})"
            raise SendError(reason, permanent=False, of_line=True) from None
        except (OSError, smtplib.SMTPException) as error:
            raise SendError(f"the mail server cannot be reached ({error})", permanent=False, of_line=True) from None
        return server


def _accepted(answer: tuple[int, bytes], what: str) -> None:
    code, text = answer
    if code >= 400 or code < 0:
        reason = f"{what}: the mail server answered {code} {text.decode(errors='replace')[:160]}"
        # 421: it is closing (RFC 5321, 3.8), whatever the message was.
        raise SendError(reason, permanent=code >= 500, of_line=code == 421)


def _hand_over(server: smtplib.SMTP, content: bytes) -> None:
    try:
        server.send(_dotted(content))
        code, text = server.getreply()
    except (OSError, smtplib.SMTPException) as error:
        raise Unknowable(f"the line broke before the mail server acknowledged the message ({error})") from None
    _accepted((code, text), "message")


def _dotted(content: bytes) -> bytes:
    """The content as it goes over the wire: lines that begin with a dot get a second one, then the end mark."""
    lines = content.replace(b"\r\n", b"\n").replace(b"\r", b"\n").rstrip(b"\n").split(b"\n")
    return b"\r\n".join(b"." + line if line.startswith(b".") else line for line in lines) + b"\r\n.\r\n"
