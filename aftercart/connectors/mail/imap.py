"""One folder at an IMAP server, read only: nothing there is ever marked, moved or deleted."""

from __future__ import annotations

import contextlib
import imaplib
import ssl
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from imapclient import IMAPClient, SocketTimeout
from imapclient.exceptions import CapabilityError, IMAPClientAbortError, IMAPClientError, LoginError

from aftercart.connectors.mail.accounts import STARTTLS, TLS, Account
from aftercart.connectors.mail.faults import MailboxError, Unreadable

CONNECT_SECONDS, READ_SECONDS = 10.0, 60.0
# After so long it is asked all the same: the line may be dead without anybody having said so, and what came while
# the last question was answered may have been told with that answer.
IDLE_SECONDS, SLICE_SECONDS = 60.0, 1.0
# What servers say who would let us in at another time (RFC 5530), and what Gmail says in its own words.
_NOT_NOW = ("[UNAVAILABLE]", "[INUSE]", "[LIMIT]", "[SERVERBUG]", "Too many simultaneous connections")
_TROUBLE = (IMAPClientError, imaplib.IMAP4.error, OSError, EOFError)


@dataclass(frozen=True, slots=True)
class Seen:
    """A mail that is there: its number, its bytes, when the server received it."""

    uid: int
    size: int
    at: datetime | None


@dataclass(slots=True)
class Folder:
    """Open. `validity`: what its numbers belong to; with another one they mean other mails."""

    client: IMAPClient
    validity: int

    def after(self, uid: int, since: date) -> list[Seen]:
        """What has a higher number and was received on that day of the server's or later, by number."""
        with _named():
            # "n:*" means the last one too, whatever its number is.
            found = [one for one in self.client.search(["UID", f"{uid + 1}:*", "SINCE", since]) if one > uid]
            return sorted(self._seen(found), key=lambda one: one.uid)

    def _seen(self, uids: list[int]) -> Iterator[Seen]:
        for at in range(0, len(uids), 500):
            for uid, told in self.client.fetch(uids[at : at + 500], ["RFC822.SIZE", "INTERNALDATE"]).items():
                received = told.get(b"INTERNALDATE")
                yield Seen(uid, int(told.get(b"RFC822.SIZE", 0)), received and received.astimezone(UTC))

    def whole(self, uids: Iterable[int]) -> dict[int, bytes]:
        """The mails by number; one that was deleted meanwhile is not among them. Raises Unreadable or MailboxError."""
        return self._bodies(list(uids), "BODY.PEEK[]", b"BODY[]")

    def beginning(self, uid: int, size: int) -> bytes:
        return self._bodies([uid], f"BODY.PEEK[]<0.{size}>", b"BODY[]<0>").get(uid, b"")

    def _bodies(self, uids: list[int], asked: str, answered: bytes) -> dict[int, bytes]:
        with _named():
            try:
                told: Mapping[int, Mapping[bytes, Any]] = self.client.fetch(uids, [asked])
            except IMAPClientAbortError:
                raise
            except IMAPClientError as error:
                raise Unreadable(_said(error)) from None
            return {uid: one[answered] for uid, one in told.items() if one.get(answered)}

    def wait(self, seconds: float, go_on: Callable[[], bool]) -> None:
        """Until something may have come, so long at the most, and only while `go_on` says so. Without IDLE it waits."""
        with _named():
            ends = time.monotonic() + (IDLE_SECONDS if self.waits else seconds)
            if not self.waits:
                while go_on() and time.monotonic() < ends:
                    time.sleep(min(SLICE_SECONDS, seconds))
                return
            self.client.idle()
            try:
                while go_on() and time.monotonic() < ends:
                    asked = time.monotonic()
                    told = self.client.idle_check(timeout=SLICE_SECONDS)
                    # At once and nothing: the line is closed, and would be found so without end.
                    closed = not told and time.monotonic() - asked < SLICE_SECONDS / 2
                    if closed or any(b"EXISTS" in one for one in told):
                        break
            finally:
                self.client.idle_done()

    @property
    def waits(self) -> bool:
        return bool(self.client.has_capability("IDLE"))


@contextmanager
def opened(account: Account, token: str = "") -> Iterator[Folder]:
    """`token`: an access token, where the account has no password. Raises MailboxError."""
    client = _connected(account)
    try:
        yield _selected(client, account, token)
    finally:
        with contextlib.suppress(*_TROUBLE):
            client.logout()


def _connected(account: Account) -> IMAPClient:
    context = ssl.create_default_context()
    where = f"{account.host}:{account.port}"
    try:
        client = IMAPClient(
            account.host, account.port, ssl=account.security == TLS, ssl_context=context,
            timeout=SocketTimeout(CONNECT_SECONDS, READ_SECONDS), use_uid=True,
        )  # fmt: skip
        client.normalise_times = False
        if account.security == STARTTLS:
            client.starttls(context)
        return client
    except CapabilityError:
        raise MailboxError(f"{where} offers no STARTTLS: use tls") from None
    except ssl.SSLError as error:
        raise MailboxError(f"{where} cannot be trusted ({error.reason or _said(error)})") from None
    except _TROUBLE as error:
        raise MailboxError(f"{where} cannot be reached ({_said(error)})") from None


def _selected(client: IMAPClient, account: Account, token: str) -> Folder:
    with _named():
        try:
            if token:
                client.oauth2_login(account.user, token)
            else:
                client.login(account.user, account.password)
        except LoginError as error:
            broke = isinstance(error.__context__, IMAPClientAbortError)
            refused = not broke and not any(one in str(error) for one in _NOT_NOW)
            reason = f"{account.host} does not let {account.user} in ({_said(error)})"
            raise MailboxError(reason, refused=refused) from None
        try:
            told = client.select_folder(account.folder, readonly=True)
        except IMAPClientAbortError:
            raise
        except IMAPClientError as error:
            raise MailboxError(f"folder: {account.folder!r} cannot be opened ({_said(error)})") from None
        return Folder(client, int(told[b"UIDVALIDITY"]))


@contextmanager
def _named() -> Iterator[None]:
    """Whatever goes wrong on the line is one kind of error, with its reason."""
    try:
        yield
    except _TROUBLE as error:
        raise MailboxError(f"the line to the mail server broke ({_said(error)})") from None


def _said(error: BaseException) -> str:
    return " ".join((str(error) or type(error).__name__).split())[:200]
