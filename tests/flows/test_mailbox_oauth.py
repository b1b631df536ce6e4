"""A mailbox that is opened with an access token: Dovecot asks a local endpoint about it."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs

import pytest

from aftercart.brands.models import Brand
from aftercart.connectors.mail.faults import MailboxError
from aftercart.intake.mailboxes import keeping, services
from aftercart.intake.mailboxes.models import Mailbox
from tests.dovecot import dovecot, needs_dovecot

HELP = "help@juniper-and-clay.example"


@dataclass
class Authority:
    """Gives out tokens for the refresh token that it gave last, and knows those that it gave."""

    refresh: str = "refresh-1"
    given: list[str] = field(default_factory=list)
    asked: list[dict[str, str]] = field(default_factory=list)
    url: str = ""
    fails: tuple[int, bytes] | None = None

    def token(self, form: dict[str, str]) -> tuple[int, bytes]:
        self.asked.append(form)
        if self.fails:
            return self.fails
        wanted = {"refresh_token": form.get("refresh_token") == self.refresh, "client_credentials": True}
        if not wanted.get(form.get("grant_type", "")):
            return 400, b'{"error":"invalid_grant","error_description":"The refresh token has expired."}'
        self.given.append(f"access-{len(self.given)}")
        self.refresh = f"refresh-{len(self.given) + 1}"
        told = {
            "access_token": self.given[-1],
            "expires_in": 3600,
            "refresh_token": self.refresh,
            "token_type": "Bearer",
        }
        return 200, json.dumps(told).encode()


@contextmanager
def authority() -> Iterator[Authority]:
    known = Authority()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length") or 0)).decode()
            form = {name: values[0] for name, values in parse_qs(body).items()}
            if self.path == "/token":
                status, answer = known.token(form)
            else:
                status, answer = (
                    200,
                    json.dumps({"active": form.get("token") in known.given, "username": "help"}).encode(),
                )
            self.send_response(status)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    known.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield known
    finally:
        server.shutdown()
        thread.join(10)
        server.server_close()


@pytest.fixture
def there() -> Iterator[Authority]:
    with authority() as known:
        yield known


def mailbox(brand: Brand, there: Authority, port: int, **more: str) -> Mailbox:
    told = {
        "host": "127.0.0.1", "port": str(port), "security": "none", "user": "help", "client_id": "aftercart",
        "token_url": f"{there.url}/token", "scope": "imap", "refresh_token": "refresh-1",
    }  # fmt: skip
    settings = {name: value for name, value in (told | more).items() if value}
    return services.add(brand, name="help", way="imap", addresses=[HELP], settings=settings, by="maren")


@needs_dovecot
def test_a_mailbox_is_opened_with_a_token_and_the_new_refresh_token_is_kept(brand: Brand, there: Authority) -> None:
    with dovecot(tokens_at=f"{there.url}/introspect") as server:
        box = mailbox(brand, there, server.port)
        assert keeping.check(box) == "INBOX of help is open"
        assert there.asked[0] == {
            "client_id": "aftercart", "scope": "imap", "grant_type": "refresh_token", "refresh_token": "refresh-1"
        }  # fmt: skip
        box.refresh_from_db()
        assert box.settings["refresh_token"] == "refresh-2"
        assert keeping.check(box) == "INBOX of help is open"

        there.given.clear()
        there.given.append("something else")
        with pytest.raises(MailboxError, match="does not let help in") as error:
            there.token = lambda form: (200, b'{"access_token":"stale"}')  # type: ignore[method-assign]
            keeping.check(box)
        assert error.value.refused


@needs_dovecot
def test_a_program_may_be_let_in_by_itself(brand: Brand, there: Authority) -> None:
    with dovecot(tokens_at=f"{there.url}/introspect") as server:
        box = mailbox(brand, there, server.port, refresh_token="", client_secret="s3cret")
        assert keeping.check(box) == "INBOX of help is open"
        assert there.asked[0]["grant_type"] == "client_credentials" and there.asked[0]["client_secret"] == "s3cret"


@pytest.mark.parametrize(
    ("answer", "reason", "refused"),
    [
        (
            (400, b'{"error":"invalid_grant","error_description":"AADSTS70008: expired"}'),
            "invalid_grant: AADSTS70008",
            True,
        ),
        ((401, b'{"error":"invalid_client"}'), "invalid_client", True),
        ((403, b"no"), "HTTP status 403", True),
        ((503, b"<html>"), "HTTP status 503", False),
        ((200, b'{"token":"?"}'), "HTTP status 200", False),
        ((400, b'{"error":"temporarily_unavailable"}'), "temporarily_unavailable", False),
    ],
)
def test_what_hinders_is_said_and_whether_it_would_be_better_later(
    brand: Brand, there: Authority, answer: tuple[int, bytes], reason: str, refused: bool
) -> None:
    there.fails = answer
    with pytest.raises(MailboxError, match="gives no access token") as error:
        keeping.check(mailbox(brand, there, 1))
    assert reason in str(error.value) and error.value.refused is refused
    assert "refresh-1" not in str(error.value)


def test_a_token_endpoint_that_is_away_is_tried_again(brand: Brand) -> None:
    with authority() as gone:
        box = mailbox(brand, gone, 1)
    with pytest.raises(MailboxError, match=r"127\.0\.0\.1 gives no access token: it cannot be reached") as error:
        keeping.check(box)
    assert not error.value.refused
