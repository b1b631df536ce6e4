"""Mail fetched from a real IMAP server (Dovecot) into a real PostgreSQL."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest

from aftercart.brands.models import Brand
from aftercart.connectors.mail.faults import MailboxError
from aftercart.connectors.mail.imap import opened
from aftercart.intake.mailboxes import fetching, keeping, services
from aftercart.intake.mailboxes.models import Mailbox
from aftercart.intake.models import Delivery
from aftercart.plumbing import clock
from tests import world
from tests.connectors.mail.writing import mail
from tests.dovecot import Dovecot, dovecot, needs_dovecot
from tests.flows.intake_world import database_url
from tests.flows.mail_world import messages

pytestmark = needs_dovecot
HELP, ORDERS = "help@juniper-and-clay.example", "orders@juniper-and-clay.example"


@pytest.fixture(scope="module")
def server() -> Iterator[Dovecot]:
    with dovecot() as server:
        yield server


@pytest.fixture
def brand(transactional_db: None) -> Brand:
    return world.juniper()


def letter(number: int, **more: str) -> bytes:
    return mail(f"Letter {number}", message_id=f"<{number}@berg.example>", to=HELP, **more)


def mailbox(brand: Brand, server: Dovecot, user: str, name: str = "help", **more: Any) -> Mailbox:
    return services.add(
        brand, name=name, way="imap", addresses=more.pop("addresses", [HELP]), settings=server.settings(user),
        by="maren", since=more.pop("since", clock.machine() - timedelta(days=1)), **more,
    )  # fmt: skip


def fetch(box: Mailbox) -> int:
    """Once, as a worker that begins anew."""
    box.refresh_from_db()
    with opened(services.account_of(box)) as folder:
        return fetching.take(box, folder)


@contextmanager
def kept() -> Iterator[None]:
    """A worker's keeper at work."""
    stop = threading.Event()
    keeper = keeping.Keeper(stop)

    def keep() -> None:
        from aftercart.cli.worker import forever

        forever(keeper.step, stop)
        keeper.finish()

    thread = threading.Thread(target=keep)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(20)
        assert not thread.is_alive()


def until(holds: Callable[[], object], seconds: float = 20.0) -> float:
    """How long it took."""
    began = time.monotonic()
    while not holds():
        assert time.monotonic() - began < seconds, "it never came true"
        time.sleep(0.05)
    return time.monotonic() - began


def test_what_is_there_comes_in_once_and_is_left_as_it_was(brand: Brand, server: Dovecot) -> None:
    server.deliver(letter(1), letter(2), user="once")
    box = mailbox(brand, server, "once")

    assert [fetch(box), fetch(box)] == [2, 0]
    server.deliver(letter(3), user="once")
    assert fetch(box) == 1
    assert sorted(m.text for m in messages()) == ["Letter 1", "Letter 2", "Letter 3"]
    client = server.client("once")
    assert all(b"\\Seen" not in told[b"FLAGS"] for told in client.fetch(client.search("ALL"), ["FLAGS"]).values())


def test_what_was_there_before_stays_there(brand: Brand, server: Dovecot) -> None:
    server.deliver(letter(1), user="before")
    time.sleep(1.1)
    box = services.add(brand, name="help", way="imap", addresses=[HELP], settings=server.settings("before"), by="maren")
    assert fetch(box) == 0
    server.deliver(letter(2), user="before")
    assert fetch(box) == 1


def test_one_mail_in_two_mailboxes_is_one_message(brand: Brand, server: Dovecot) -> None:
    server.deliver(letter(1, received="from x by one.example; Tue, 3 Mar 2026 08:15:00 +0000"), user="one")
    server.deliver(letter(1, received="from x by two.example; Tue, 3 Mar 2026 08:19:00 +0000"), user="two")
    assert fetch(mailbox(brand, server, "one")) == 1
    assert fetch(mailbox(brand, server, "two", name="orders", addresses=[ORDERS])) == 0
    assert len(messages()) == 1


def test_a_folder_that_was_made_anew_brings_nothing_twice_and_all_that_is_new(brand: Brand, server: Dovecot) -> None:
    server.deliver(letter(1), letter(2), user="anew")
    box = mailbox(brand, server, "anew")
    assert fetch(box) == 2
    client = server.client("anew")
    client.create_folder("Other")
    client.append("Other", letter(2))
    client.append("Other", letter(3))
    # As after a restore: same name, other numbers.
    Mailbox.objects.filter(id=box.id).update(settings=box.settings | {"folder": "Other"})

    assert fetch(box) == 1
    assert sorted(m.text for m in messages()) == ["Letter 1", "Letter 2", "Letter 3"]


def test_who_is_overtaken_stores_nothing(brand: Brand, server: Dovecot) -> None:
    server.deliver(letter(1), user="overtaken")
    box = mailbox(brand, server, "overtaken")
    slow = Mailbox.objects.get(id=box.id)
    assert fetch(box) == 1
    with pytest.raises(fetching.Overtaken), opened(services.account_of(slow)) as folder:
        fetching.take(slow, folder)
    assert Delivery.objects.count() == 1


def test_what_is_too_large_is_kept_with_its_head_and_says_so(brand: Brand, server: Dovecot, settings: Any) -> None:
    settings.MAIL_MAX_BYTES = 500_000
    server.deliver(letter(1), mail("long line\r\n" * 60_000, subject="Huge"), letter(2), user="large")
    assert fetch(mailbox(brand, server, "large")) == 3

    (huge,) = (one for one in messages() if one.subject == "Huge")
    assert huge.text.startswith("long line")
    assert any("660" in note and "more than are taken in" in note for note in huge.notes)


def test_a_mail_at_which_the_server_breaks_the_line_does_not_hold_up_the_others(brand: Brand, server: Dovecot) -> None:
    server.deliver(*(letter(n) for n in range(5)), user="broken")
    files = sorted((path for path in (server.place / "mail/broken/cur").iterdir()), key=lambda path: path.name)
    files[2].chmod(0)
    box = mailbox(brand, server, "broken")

    for _ in range(8):
        try:
            fetch(box)
        except MailboxError as error:
            services.went_wrong(box, error)
    assert sorted(m.text for m in messages() if m.customer.email) == [f"Letter {n}" for n in (0, 1, 3, 4)]
    (note,) = (m for m in messages() if not m.customer.email)
    assert "does not give out" in note.subject and "Number 3 of the mailbox help" in note.text


def test_a_worker_hears_of_new_mail_at_once(brand: Brand, server: Dovecot) -> None:
    box = mailbox(brand, server, "awake")
    with kept():
        until(lambda: Mailbox.objects.get(id=box.id).looked_at)
        time.sleep(1.5)
        server.deliver(letter(1), user="awake")
        took = until(lambda: Delivery.objects.exists())
        assert took < 5
        assert Mailbox.objects.get(id=box.id).lease_until is not None
    assert Mailbox.objects.get(id=box.id).leased_by is None


def test_a_server_that_cannot_say_that_mail_has_come_is_asked(brand: Brand, settings: Any) -> None:
    settings.MAILBOX_POLL_SECONDS = 0.5
    with dovecot(capability="IMAP4rev1") as plain:
        mailbox(brand, plain, "polled")
        with kept():
            plain.deliver(letter(1), user="polled")
            until(lambda: Delivery.objects.exists())
            plain.deliver(letter(2), user="polled")
            until(lambda: Delivery.objects.count() == 2)


def test_two_workers_do_not_fetch_from_one_mailbox(brand: Brand, server: Dovecot) -> None:
    box = mailbox(brand, server, "shared")
    first = keeping.Session.claim(box.id, threading.Event())
    assert first and keeping.Session.claim(box.id, threading.Event()) is None
    Mailbox.objects.filter(id=box.id).update(lease_until=clock.machine() - timedelta(seconds=1))
    assert keeping.Session.claim(box.id, threading.Event())
    first._renew_at = 0.0
    assert not first.go_on()


def test_a_wrong_password_is_said_and_not_tried_again_soon(brand: Brand, server: Dovecot) -> None:
    box = mailbox(brand, server, "locked")
    Mailbox.objects.filter(id=box.id).update(settings=server.settings("locked", password="not-the-password"))
    with kept():
        until(lambda: Mailbox.objects.get(id=box.id).refused_at)
    box.refresh_from_db()
    assert "does not let locked in" in box.error and "not-the-password" not in box.error
    assert box.closed_until and box.closed_until - clock.machine() > timedelta(minutes=50)
    with pytest.raises(MailboxError, match="does not let locked in") as error:
        keeping.check(box)
    assert error.value.refused


def test_a_server_that_is_away_is_tried_again(brand: Brand) -> None:
    with dovecot() as gone:
        box = mailbox(brand, gone, "away")
    with kept():
        until(lambda: Mailbox.objects.get(id=box.id).failures)
    box.refresh_from_db()
    assert "cannot be reached" in box.error and box.refused_at is None
    assert box.closed_until and box.closed_until - clock.machine() < timedelta(seconds=6)


FETCHING = """
import sys
from aftercart.cli import setup
setup.django()
from aftercart.connectors.mail.imap import opened
from aftercart.intake.mailboxes import fetching, services
from aftercart.intake.mailboxes.models import Mailbox
box = Mailbox.objects.get()
with opened(services.account_of(box)) as folder:
    fetching.take(box, folder)
"""


def test_a_worker_killed_at_any_moment_loses_nothing_and_takes_nothing_twice(brand: Brand, server: Dovecot) -> None:
    server.deliver(*(letter(n) for n in range(400)), user="killed")
    box = mailbox(brand, server, "killed")
    environment = os.environ | {"DATABASE_URL": database_url(), "AFTERCART_DATABASE_POOL": "0"}
    kills = 0
    for _ in range(4):
        worker = subprocess.Popen([sys.executable, "-c", FETCHING], env=environment)
        before = Delivery.objects.count()
        until(lambda: Delivery.objects.count() > before or worker.poll() is not None, 60)  # noqa: B023
        kills += worker.poll() is None
        worker.kill()
        worker.wait(20)
        box.refresh_from_db()
        assert Delivery.objects.count() == box.uid
    fetch(box)
    assert kills, "none was killed while it was at it"
    assert sorted(m.text for m in messages()) == sorted(f"Letter {n}" for n in range(400))
