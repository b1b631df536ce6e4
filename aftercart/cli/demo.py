"""`aftercart demo`: a brand with a history, ready to look at, and going on."""

from __future__ import annotations

import os
import signal
import socket
import threading
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from aftercart.cli import setup

if TYPE_CHECKING:
    from aftercart.rehearsal.bookmark import Bookmark
    from aftercart.rehearsal.demo import Progress

Speed = Annotated[
    float, typer.Option(help="How many times faster than yours the brand's clock runs.", min=0.1, max=3600)
]
Port = Annotated[int, typer.Option(help="The port to listen on.")]


def demo(
    speed: Speed = 1.0,
    port: Port = 8000,
    fresh: Annotated[bool, typer.Option("--fresh", help="Make the demo brand anew.")] = False,
    orders_a_day: Annotated[float, typer.Option(help="Orders on a usual weekday by now.", min=1)] = 64.0,
) -> None:
    """Load the demo brand Maren & Oak, serve it, and let its world go on."""
    os.environ.setdefault("AFTERCART_PUBLIC_URL", f"http://127.0.0.1:{port}")
    setup.django()
    with setup.clear_errors():
        from django.conf import settings
        from django.core.management import call_command

        from aftercart.cli import serving
        from aftercart.rehearsal import demo as maren_and_oak
        from aftercart.rehearsal import speaking

        _check_free(port)
        call_command("migrate", verbosity=0, interactive=False)
        if fresh:
            maren_and_oak.forget()
        try:
            with _progress_bar() as progress:
                bookmark = maren_and_oak.ready(orders_a_day=orders_a_day, progress=progress)
        except maren_and_oak.Lost as error:
            setup.fail(str(error))
        except KeyboardInterrupt:
            _stop_database()
            setup.fail("stopped while loading; the next start loads the rest")
        _say_where(bookmark, f"http://127.0.0.1:{port}")
        world = [*serving.ME, "living", "--port", str(port), "--speed", str(speed)]
        doors = [*serving.ME, "catching", *speaking.open_lines()]
        serving.serve(host="127.0.0.1", port=port, web_processes=1, workers=settings.WORKERS, extra=[doors, world])


def living(speed: Speed = 1.0, port: Port = 8000) -> None:
    """The demo brand's world: sends what its shop and carriers would, until SIGTERM."""
    setup.django()
    from aftercart.brands.models import Brand
    from aftercart.cli import serving
    from aftercart.rehearsal import demo as maren_and_oak
    from aftercart.rehearsal import living as life
    from aftercart.rehearsal.bookmark import Bookmark

    stop = threading.Event()
    for signum in (signal.SIGTERM, signal.SIGINT):
        signal.signal(signum, lambda *_: stop.set())
    serving.end_with_head()
    path = maren_and_oak.path()
    bookmark, brand = Bookmark.read(path), Brand.objects.filter(slug=maren_and_oak.SLUG).first()
    if bookmark is None or not bookmark.loaded or brand is None:
        setup.fail("there is no demo brand that could live: run `aftercart demo`")
    life.living(brand, bookmark, path, address=f"http://127.0.0.1:{port}", speed=speed, stop=stop).run()


def catching(smtp_port: int, sms_port: int) -> None:
    """The other end of the demo brand's lines: takes its mails and text messages, until SIGTERM."""
    setup.django()
    from pathlib import Path

    from django.conf import settings

    from aftercart.cli import serving
    from aftercart.rehearsal import catching as doors

    stop = threading.Event()
    for signum in (signal.SIGTERM, signal.SIGINT):
        signal.signal(signum, lambda *_: stop.set())
    serving.end_with_head()
    doors.catch(Path(settings.VAR), smtp_port=smtp_port, sms_port=sms_port, stop=stop)


def _check_free(port: int) -> None:
    """Said before a minute of loading, not after it."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            setup.fail(f"port {port} cannot be used ({error.strerror}): choose another with --port")


def _stop_database() -> None:
    from django.conf import settings

    from aftercart.plumbing import postgres

    if not settings.DATABASE_URL:
        postgres.stop(settings.VAR / "pg")


class _progress_bar:
    """Shown from the first step on: where everything is loaded already, nothing is."""

    def __enter__(self) -> Progress:
        from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

        from aftercart.rehearsal.services import Loaded

        said = TextColumn("{task.fields[day]} · {task.fields[facts]} facts · {task.fields[owed]} notices")
        self.bar = Progress(TextColumn("Sixty days of Maren & Oak"), BarColumn(), said, TimeRemainingColumn())
        first: list[datetime] = []

        def show(begun: Bookmark, done: Loaded) -> None:
            if not first:
                first.append(begun.told_until)
                self.bar.start()
                self.bar.add_task("load", total=(begun.began - first[0]).total_seconds(), day="", facts=0, owed=0)
            seconds, day = (done.until - first[0]).total_seconds(), f"{done.until:%d %b}"
            self.bar.update(self.bar.task_ids[0], completed=seconds, day=day, facts=done.facts, owed=done.owed)

        return show

    def __exit__(self, *_: object) -> None:
        self.bar.stop()


def _say_where(bookmark: Bookmark, here: str) -> None:
    from aftercart.brands.models import Brand, Source
    from aftercart.people.links import tracking_url
    from aftercart.rehearsal.demo import SLUG
    from aftercart.rehearsal.showcase import exhibits

    brand = Brand.objects.get(slug=SLUG)
    typer.echo(f"\nMaren & Oak      {here}/")
    typer.echo(f"Operations       {here}/ops/   log in as {bookmark.user} with {bookmark.password}")
    typer.echo(f"Its agents       {here}/desk/{SLUG}/   with the same log-in, and keys alone")
    typer.echo(f"Its shop         {here.replace('127.0.0.1', 'localhost')}/shop/{SLUG}/   dates asked across origins")
    typer.echo(f"Its customers    {here}/demo/inbox/   what they were told; write back, and ask where it is")
    typer.echo("\nTracking pages")
    for exhibit in exhibits(brand):
        typer.echo(f"  {exhibit.what:<32} {tracking_url(brand, exhibit.order_id)}")
    typer.echo("\nThe inbox takes signed webhooks at")
    for source in Source.objects.filter(brand=brand).order_by("kind"):
        typer.echo(f"  {source.kind:<10} {here}/in/{brand.slug}/{source.kind}/{source.token}")
    typer.echo("\nCtrl-C stops it; the next start goes on from here.\n")
