"""`aftercart lmtp`: the listener to which mail servers hand over mail."""

from __future__ import annotations

from typing import Annotated

import typer

from aftercart.cli import setup


def lmtp(
    port: Annotated[int, typer.Option(help="The port to listen on.")] = 2424,
    host: Annotated[str, typer.Option(help="The address to listen on. LMTP knows no log-in: keep it private.")] = (
        "127.0.0.1"
    ),
) -> None:
    """Take mail from a mail server of yours (LMTP), until SIGTERM or Ctrl-C."""
    setup.django()
    with setup.clear_errors():
        from django.conf import settings

        from aftercart.cli import serving
        from aftercart.intake import lmtp as listening
        from aftercart.plumbing.database import parameters

        serving.end_with_head()
        try:
            listening.run(parameters, host=host, port=port, largest=settings.MAIL_MAX_BYTES)
        except OSError as error:
            setup.fail(f"port: {host}:{port} cannot be listened on ({error.strerror})")
