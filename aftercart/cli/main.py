"""The `aftercart` command. Each subcommand parses its arguments, makes one call and prints; nothing is decided here."""

from __future__ import annotations

from typing import Annotated

import typer

from aftercart.cli import (
    alerting,
    answering,
    backtest,
    calendar,
    channel,
    chatting,
    counting,
    demo,
    experimenting,
    founding,
    giving,
    importing,
    inspecting,
    machine,
    mailbox,
    mailing,
    parsing,
    promising,
    questioning,
    receiving,
    sending_back,
    setup,
    speaking,
    storefront,
    triaging,
    waiting,
    weighing,
    wording,
)

app = typer.Typer(
    name="aftercart",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Know that an order is in trouble before its customer does, and say so first.",
)

Host = Annotated[str, typer.Option(help="The address to listen on.")]
Port = Annotated[int, typer.Option(help="The port to listen on.")]


@app.command()
def migrate() -> None:
    """Create the tables, or bring them up to date."""
    setup.django()
    with setup.clear_errors():
        from django.core.management import call_command

        from aftercart.plumbing.jobs import make_all_months

        call_command("migrate", verbosity=0, interactive=False)
        made = make_all_months()
        typer.echo(f"The tables are up to date ({len(made)} new monthly partitions).")


@app.command()
def serve(
    host: Host = "127.0.0.1",
    port: Port = 8000,
    web_processes: Annotated[int, typer.Option(help="Processes that answer requests.")] = 1,
    workers: Annotated[int | None, typer.Option(help="Processes that work in the background.")] = None,
) -> None:
    """Run everything on one port: pages, intake, workers. Ends on Ctrl-C or SIGTERM."""
    setup.django()
    with setup.clear_errors():
        from django.conf import settings
        from django.core.management import call_command

        from aftercart.cli import serving

        call_command("migrate", verbosity=0, interactive=False)
        count = settings.WORKERS if workers is None else workers
        serving.serve(host=host, port=port, web_processes=web_processes, workers=count)


@app.command()
def web(
    host: Host = "127.0.0.1",
    port: Port = 8000,
    processes: Annotated[int, typer.Option(help="Processes that answer requests.")] = 1,
) -> None:
    """Only the web: pages, intake and static files."""
    setup.django()
    from aftercart.cli import serving

    serving.web(host=host, port=port, processes=processes)


@app.command()
def worker() -> None:
    """Only the worker: inbox, watch, outbox and periodic jobs."""
    setup.django()
    from aftercart.cli import worker as working

    working.run()


app.command()(receiving.lmtp)
app.command()(founding.brand)
app.command()(founding.connect)
app.command()(founding.staff)
app.command()(waiting.waits)
app.command()(promising.policy)
app.command()(speaking.outreach)
app.command()(sending_back.returns)
app.command()(questioning.questions)
app.command()(counting.contacts)
app.command()(answering.answer)
app.command("auto-answers")(machine.auto_answers)
app.command("on-call")(alerting.on_call)
app.add_typer(calendar.app, name="calendar")
app.add_typer(storefront.app, name="storefront")
app.add_typer(experimenting.app, name="experiment")
app.add_typer(giving.app, name="gesture")
app.add_typer(wording.app, name="words")
app.add_typer(channel.app, name="channel")
app.command()(chatting.chat)
app.command()(demo.demo)
app.command(hidden=True)(demo.living)
app.command(hidden=True)(demo.catching)
app.command()(parsing.parse)
app.add_typer(mailing.app, name="mail")
app.add_typer(mailbox.app, name="mailbox")
app.command("import")(importing.import_)
app.add_typer(backtest.app, name="backtest")
app.add_typer(triaging.app, name="triage")
app.command()(weighing.concerns)
app.command()(weighing.stakes)
app.command()(inspecting.audit)
app.command()(inspecting.status)
app.command()(inspecting.replay)


def main() -> None:
    app()
