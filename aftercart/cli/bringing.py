"""Connecting who brings mail, and who keeps something of what it tells until we ask for it."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from aftercart.cli import asked, setup

if TYPE_CHECKING:
    from aftercart.brands.models import Brand, Source


def known(owner: Brand, kind: str, name: str) -> Source | None:
    from aftercart.brands.models import Source

    return Source.objects.filter(brand=owner, kind=kind, name=name).first()


def settings_of(kind: str, source: Source | None, told: Sequence[str]) -> dict[str, str]:
    """What it takes to ask it, as far as that was told now. Ends the command where something is missing or wrong."""
    from aftercart.connectors.registry import FETCHERS
    from aftercart.connectors.sending import SettingError

    fetcher = FETCHERS.get(kind)
    names = (*fetcher.NEEDED, *fetcher.OPTIONAL) if fetcher else ()
    if told and not names:
        setup.fail(f"set: {kind} takes no settings")
    found = asked.given(names, told)
    if fetcher is None or not (found or fetcher.ALWAYS):
        return found
    together = {**(source.settings if source else {}), **found}
    if missing := [name for name in fetcher.NEEDED if name not in together]:
        setup.fail(f"set: {', '.join(missing)} missing; write --set NAME=VALUE for each")
    try:
        fetcher.check(together)
    except SettingError as error:
        setup.fail(f"set: {error}")
    return found


def proof(owner: Brand, kind: str, source: Source | None, secret: str) -> str:
    """The secret, made where it is ours to make; '' where the one before stays. Ends the command where it is none."""
    from aftercart.connectors.mailhooks import HOOKS

    if secret == "-":
        secret = asked.line()
    hook = HOOKS.get(kind)
    if hook is None:
        return secret
    if not secret and source is None and hook.basic:
        return f"{owner.slug}:{secrets.token_urlsafe(18)}"
    if secret and (why := hook.wrong(secret)):
        setup.fail(f"secret: {why}")
    return secret


def shown(kind: str) -> bool:
    """Whether user and password are part of the address that the provider is given."""
    from aftercart.connectors.mailhooks import HOOKS

    return kind in HOOKS and HOOKS[kind].basic


def address(brand: Brand, source: Source, *, shown: bool = False) -> str:
    """`shown`: with the user and password that prove who reports."""
    from django.conf import settings

    parts = urlsplit(settings.PUBLIC_URL.rstrip("/"))
    proof = f"{source.secrets[0]}@" if shown else ""
    return f"{parts.scheme}://{proof}{parts.netloc}{parts.path}/in/{brand.slug}/{source.kind}/{source.token}"
