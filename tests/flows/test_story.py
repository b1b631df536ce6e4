"""One order's story over real sockets: `aftercart serve` as it is shipped, its own PostgreSQL, a real mail server."""

from __future__ import annotations

import re
import signal
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path
from urllib.request import urlopen

import psutil
import psycopg
import pytest
from procrastinate import App, SyncPsycopgConnector

from aftercart.plumbing import postgres
from benchmarks.crash.killing import processes
from benchmarks.crash.life import Life
from tests.flows.story_world import Outside
from tests.mailserver import Mailbox, mail_server
from tests.telling import days
from tests.world import NOW


@contextmanager
def serving(mailbox: Mailbox) -> Iterator[Life]:
    with tempfile.TemporaryDirectory(prefix="aftercart-story-") as name:
        room = Path(name)
        # As root, the server's account has to pass through.
        room.chmod(0o711)
        try:
            with Life(room / "shop", mailbox.url, "tests.flows.story_world") as life:
                yield life
        finally:
            postgres.remove(room / "shop" / "var" / "pg")


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    with mail_server() as box:
        yield box


@pytest.fixture(scope="module")
def shop() -> Iterator[Life]:
    with mail_server() as box, serving(box) as life:
        yield life


def page(address: str) -> str:
    with urlopen(address, timeout=15) as answer:
        return str(answer.read().decode())


def page_if_any(address: str) -> str:
    try:
        return page(address)
    except OSError:
        return ""


def open_concerns(life: Life) -> set[str]:
    return {kind for (kind,) in life.ask("SELECT kind FROM watch_concern WHERE closed_at IS NULL")}


def words(mail: EmailMessage) -> str:
    body = mail.get_body(("plain",))
    assert body is not None
    return " ".join(str(body.get_content()).split())


def on_its_way(outside: Outside) -> None:
    outside.placed(NOW)
    outside.promised(NOW + days(30), NOW)
    outside.life.set_clock(NOW + timedelta(hours=6))
    outside.shipped(NOW + timedelta(hours=5))
    outside.scanned("in_transit", "Zaragoza", NOW + timedelta(hours=6))
    assert outside.life.settle() == []


def test_from_the_shops_webhook_to_the_customers_page_and_mailbox(mailbox: Mailbox) -> None:
    with serving(mailbox) as life:
        outside = Outside(life, 2042)
        on_its_way(outside)
        told = page(outside.page)
        assert outside.parcel in told and "Zaragoza" in told and "2042" in told
        assert not mailbox.received and not open_concerns(life)

        life.set_clock(NOW + days(7))
        life.until("the silence is noticed", lambda: open_concerns(life) == {"stalled"}, patience=20)
        life.until("a mail arrives", lambda: len(mailbox.received) == 1, patience=20)
        link = expect_the_three_parts_in_spanish(mailbox.received[0])
        assert outside.parcel in page(link)

        life.set_clock(NOW + days(7.5))
        outside.scanned("out_for_delivery", "Valencia", NOW + days(7.4))
        life.until("the worry ends", lambda: not open_concerns(life), patience=20)
        assert "Valencia" in page(link)
        life.until("whoever was told hears that it moves", lambda: len(mailbox.received) == 2, patience=20)
        assert mailbox.received[1]["Subject"] == "El pedido 2042 vuelve a moverse"
        outside.scanned("delivered", "Valencia", NOW + days(7.45))
        assert life.settle() == [] and life.audit() == []
        assert len(mailbox.received) == 2

        expect_that_sigterm_ends_everything(life)


def expect_the_three_parts_in_spanish(mail: EmailMessage) -> str:
    """And a link, which is returned."""
    assert mail["To"] == "dolores@example.com" and mail["Content-Language"] == "es"
    assert mail["Subject"] == "Pedido 2042: su paquete se ha detenido en Zaragoza"
    text = words(mail)
    wrong = text.index("Su paquete del pedido 2042 no se mueve desde el martes 10 de marzo en Zaragoza.")
    changed = text.index("Le habíamos dicho el jueves 9 de abril.")
    expect = text.index("Todavía no podemos dar una fecha nueva. Si nada ha cambiado el viernes 20 de marzo")
    assert wrong < changed < expect
    link, choices = re.findall(r"https?://\S+/t/\S+", text)
    assert "/messages/" in choices
    return str(link)


def expect_that_sigterm_ends_everything(life: Life) -> None:
    group = [psutil.Process(life.supervisor.pid), *psutil.Process(life.supervisor.pid).children(recursive=True)]
    group += processes(life, "postgres")
    assert len(group) > 6

    life.supervisor.send_signal(signal.SIGTERM)
    assert life.supervisor.wait(12) == 0
    left = psutil.wait_procs(group, timeout=1)[1]
    assert [process for process in left if process.status() != psutil.STATUS_ZOMBIE] == []


def test_a_killed_workers_job_runs_again_within_half_a_minute(shop: Life) -> None:
    jobs = App(connector=SyncPsycopgConnector(conninfo=shop.cluster.url("aftercart")))
    running = "SELECT count(*) FROM procrastinate_jobs WHERE id = {} AND status = '{}'"

    # The job cannot end before its worker is killed: what it reads is locked. Others that read it wait too.
    with psycopg.connect(shop.cluster.url("aftercart")) as lock:
        lock.execute("LOCK TABLE orders_scan_default IN ACCESS EXCLUSIVE MODE")
        with jobs.open():
            for learning in (
                "watch.jobs.learn_where_due",
                "watch.jobs.look_for_disruptions_where_due",
                "risk.jobs.weigh",
            ):
                jobs.configure_task(f"aftercart.{learning}", queue="learning").defer(timestamp=0)
            named = jobs.configure_task("aftercart.plumbing.jobs.make_months", queue="housekeeping", lock="once")
            job = named.defer(timestamp=0)
        shop.until("the job runs", lambda: shop.count(running.format(job, "doing")) == 1, patience=20)
        (dead,) = shop.ask("SELECT worker_id FROM procrastinate_jobs WHERE id = %s", [job])
        for process in processes(shop, "worker"):
            process.kill()
    killed = time.monotonic()
    shop.until("the job is done", lambda: shop.count(running.format(job, "succeeded")) == 1, patience=30)

    (attempts,) = shop.ask("SELECT count(*) FROM procrastinate_events WHERE job_id = %s AND type = 'started'", [job])
    assert time.monotonic() - killed < 30 and dead[0] is not None and attempts == (2,)


def test_everything_goes_on_after_a_restart_of_the_database(shop: Life) -> None:
    outside = Outside(shop, 2043)
    on_its_way(outside)
    before = {process.pid for kind in ("web", "worker") for process in processes(shop, kind)}
    since = shop.ask("SELECT now()")[0][0]

    postgres.stop(shop.home / "var" / "pg")
    shop.until("the page is there again", lambda: outside.parcel in page_if_any(outside.page), patience=30)
    outside.scanned("out_for_delivery", "Valencia", NOW + days(1))
    shop.until("it is taken in", lambda: "Valencia" in page(outside.page), patience=20)
    alive = "SELECT count(*) FROM procrastinate_workers WHERE last_heartbeat > %s"
    shop.until("all four loops of both workers are back", lambda: shop.ask(alive, [since])[0][0] >= 8, patience=30)

    assert {process.pid for kind in ("web", "worker") for process in processes(shop, kind)} == before


def test_a_killed_supervisor_takes_its_group_with_it(mailbox: Mailbox) -> None:
    with serving(mailbox) as life:
        group = psutil.Process(life.supervisor.pid).children(recursive=True)
        assert len(group) >= 4

        life.supervisor.kill()
        life.supervisor.wait()
        left = psutil.wait_procs(group, timeout=20)[1]
        assert [process for process in left if process.status() != psutil.STATUS_ZOMBIE] == []
