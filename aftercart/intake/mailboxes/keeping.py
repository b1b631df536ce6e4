"""Who fetches from which mailbox: each has one worker at a time, by a lease, and a line of its own that stays open."""

from __future__ import annotations

import logging
import threading
import time
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID, uuid4

from django.conf import settings
from django.db import Error, connections

from aftercart.connectors.mail import oauth
from aftercart.connectors.mail.accounts import Account
from aftercart.connectors.mail.faults import MailboxError
from aftercart.connectors.mail.imap import Folder, opened
from aftercart.intake.mailboxes import services
from aftercart.intake.mailboxes.fetching import Overtaken, take
from aftercart.intake.mailboxes.models import Mailbox
from aftercart.plumbing import clock

log = logging.getLogger(__name__)

# Who dies is followed by another after so long.
LEASE, RENEW_SECONDS = timedelta(seconds=30), 8.0
# A line, a thread and now and then a database connection each.
MOST = 40
TOKEN_SECONDS, PAUSE_SECONDS = 20.0, 1.0


@dataclass(slots=True)
class Keeper:
    """The mailboxes of one worker."""

    stop: threading.Event
    _sessions: dict[UUID, threading.Thread] = field(default_factory=dict)

    def step(self) -> bool:
        """Begin with those that nobody has. Always True: nothing more is to be done at once."""
        self._sessions = {id: thread for id, thread in self._sessions.items() if thread.is_alive()}
        free = [] if len(self._sessions) >= MOST else services.open_ones(clock.machine())
        for mailbox_id in free[: MOST - len(self._sessions)]:
            if mailbox_id not in self._sessions and (session := Session.claim(mailbox_id, self.stop)):
                thread = threading.Thread(target=session.run, name=f"mailbox-{mailbox_id}", daemon=True)
                self._sessions[mailbox_id] = thread
                thread.start()
        self.stop.wait(PAUSE_SECONDS)
        return True

    def finish(self) -> None:
        """After `stop`: each session gives its mailbox back."""
        ends = time.monotonic() + 5.0
        for thread in self._sessions.values():
            thread.join(max(0.0, ends - time.monotonic()))


@dataclass(slots=True)
class Session:
    """One mailbox, for as long as this worker has it."""

    mailbox_id: UUID
    me: UUID
    stop: threading.Event
    _renew_at: float = 0.0
    _mine: bool = True

    @classmethod
    def claim(cls, mailbox_id: UUID, stop: threading.Event) -> Session | None:
        """None where another was quicker."""
        now, me = clock.machine(), uuid4()
        free = Mailbox.objects.filter(id=mailbox_id, enabled=True).exclude(lease_until__gt=now)
        won = free.update(leased_by=me, lease_until=now + LEASE)
        return cls(mailbox_id, me, stop, time.monotonic() + RENEW_SECONDS) if won else None

    def run(self) -> None:
        """Fetch and wait, in turn, until told to stop, or the mailbox is in trouble, changed or somebody else's."""
        try:
            self._keep()
        except Error as error:
            log.warning("a mailbox is left: the database is away (%s)", str(error).strip().partition("\n")[0])
        except Exception:
            log.exception("a mailbox is left")
        finally:
            self._give_back()
            connections.close_all()

    def _keep(self) -> None:
        mailbox = Mailbox.objects.filter(id=self.mailbox_id, leased_by=self.me).first()
        if mailbox is None:
            return
        try:
            account = services.account_of(mailbox)
            with opened(account, _token(mailbox, account)) as folder:
                while self.go_on():
                    self._fetch(mailbox, folder)
                    folder.wait(settings.MAILBOX_POLL_SECONDS, self.go_on)
        except MailboxError as error:
            services.went_wrong(mailbox, error)
            log.warning("%s: %s", mailbox.name, services.clean(mailbox.settings, str(error)))

    def _fetch(self, mailbox: Mailbox, folder: Folder) -> None:
        """Until nothing more is there. Between two looks no database connection is held."""
        try:
            while self.go_on() and take(mailbox, folder):
                pass
            services.went_well(mailbox)
        except Overtaken:
            self._mine = False
        finally:
            connections.close_all()

    def go_on(self) -> bool:
        """Renews the lease when it is time."""
        if self._mine and not self.stop.is_set() and time.monotonic() >= self._renew_at:
            self._renew_at = time.monotonic() + RENEW_SECONDS
            mine = Mailbox.objects.filter(id=self.mailbox_id, leased_by=self.me, enabled=True)
            self._mine = bool(mine.update(lease_until=clock.machine() + LEASE))
            connections.close_all()
        return self._mine and not self.stop.is_set()

    def _give_back(self) -> None:
        try:
            Mailbox.objects.filter(id=self.mailbox_id, leased_by=self.me).update(leased_by=None, lease_until=None)
        except Error:
            pass  # then it is free when the lease ends


def check(mailbox: Mailbox) -> str:
    """Open it once and say what is there. Raises MailboxError."""
    account = services.account_of(mailbox)
    with opened(account, _token(mailbox, account)) as folder:
        return f"{account.folder} of {account.user} is open" + ("" if folder.waits else "; its server must be polled")


def _token(mailbox: Mailbox, account: Account) -> str:
    """A fresh access token, where the mailbox is opened with one."""
    if account.oauth is None:
        return ""
    found = oauth.access(account.oauth, seconds=TOKEN_SECONDS)
    services.keep_refresh_token(mailbox, found.refresh_token)
    return found.token
