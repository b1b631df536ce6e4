"""A brand's mailboxes: opening one, changing it, and how each fares."""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping
from datetime import datetime
from uuid import UUID

from django.db.models import F, Q

from aftercart.brands.models import Brand
from aftercart.brands.services import audit
from aftercart.connectors.mail.accounts import SECRETS, Account, account
from aftercart.connectors.mail.faults import MailboxError
from aftercart.connectors.registry import MAIL_SOURCES
from aftercart.connectors.sending import SettingError
from aftercart.intake.mailboxes import rules
from aftercart.intake.mailboxes.models import Mailbox
from aftercart.plumbing import clock

LONGEST_ERROR = 300
WAYS = (Mailbox.IMAP, Mailbox.LMTP, *sorted(MAIL_SOURCES))


def add(
    brand: Brand,
    *,
    name: str,
    way: str,
    addresses: Iterable[str],
    by: str,
    authserv_id: str = "",
    settings: Mapping[str, str] | None = None,
    since: datetime | None = None,
) -> Mailbox:
    """Open a mailbox, or change the one of that name: what went wrong before is forgotten, how far it was taken is not.

    `since`: take what its server received from then on; not given: from now on. Raises SettingError.
    """
    ours, told = _checked(brand, way, addresses, settings or {})
    now = clock.machine()
    known = Mailbox.objects.filter(brand=brand, name=name).first()
    same = known is not None and _where(known.settings) == _where(told)
    change = {
        "way": way, "addresses": ours, "authserv_id": authserv_id.strip().lower(), "settings": told, "enabled": True,
        "leased_by": None, "lease_until": None, "failures": 0, "closed_until": None, "refused_at": None, "error": "",
    }  # fmt: skip
    if not same:
        change |= {"validity": None, "uid": 0}
    if since is not None or known is None:
        change |= {"since": since or now, "validity": None, "uid": 0}
    mailbox, _ = Mailbox.objects.update_or_create(
        brand=brand, name=name, defaults=change, create_defaults={**change, "made_at": now}
    )
    audit(brand, actor=by, action="mailbox.add", subject=name, detail={"way": way})
    return mailbox


def _checked(
    brand: Brand, way: str, addresses: Iterable[str], settings: Mapping[str, str]
) -> tuple[list[str], dict[str, str]]:
    if way not in WAYS:
        raise SettingError("way", f"{way!r} is none of {', '.join(WAYS)}")
    try:
        ours = list(dict.fromkeys(map(rules.address, addresses)))
    except ValueError as error:
        raise SettingError("address", str(error).partition(": ")[2]) from None
    if not ours:
        raise SettingError("address", "is missing: at which addresses is mail received there?")
    _check_free(brand, ours)
    if way == Mailbox.IMAP:
        account(settings)
    elif settings:
        raise SettingError(min(settings), f"a mailbox by {way} needs no settings")
    return ours, dict(settings)


def switch(brand: Brand, name: str, *, on: bool, by: str) -> bool:
    """Use a mailbox again, or no more; False where there is none of that name."""
    change = {"enabled": on, "leased_by": None, "lease_until": None, "closed_until": None}
    changed = Mailbox.objects.filter(brand=brand, name=name).update(**change)
    if changed:
        audit(brand, actor=by, action="mailbox.on" if on else "mailbox.off", subject=name)
    return bool(changed)


def remove(brand: Brand, name: str, *, by: str) -> bool:
    """Forget a mailbox and its secrets. What came in through it stays."""
    gone, _ = Mailbox.objects.filter(brand=brand, name=name).delete()
    if gone:
        audit(brand, actor=by, action="mailbox.remove", subject=name)
    return bool(gone)


def ours(brand_id: UUID) -> str:
    """All addresses at which a brand receives, as a header of a delivery holds them."""
    told = Mailbox.objects.filter(brand_id=brand_id, enabled=True).order_by("made_at", "id")
    return rules.joined(one for addresses in told.values_list("addresses", flat=True) for one in addresses)


def open_ones(now: datetime) -> list[UUID]:
    """The mailboxes that somebody should fetch from and nobody does."""
    found = Mailbox.objects.filter(way=Mailbox.IMAP, enabled=True)
    found = found.filter(Q(closed_until=None) | Q(closed_until__lte=now), Q(lease_until=None) | Q(lease_until__lte=now))
    return list(found.order_by("lease_until", "id").values_list("id", flat=True))


def account_of(mailbox: Mailbox) -> Account:
    """Raises MailboxError."""
    try:
        return account(mailbox.settings)
    except SettingError as error:
        raise MailboxError(str(error), refused=True) from None


def keep_refresh_token(mailbox: Mailbox, token: str) -> None:
    """A new one came with an access token, and the one before may hold no longer."""
    if token and token != mailbox.settings.get("refresh_token"):
        mailbox.settings["refresh_token"] = token
        Mailbox.objects.filter(id=mailbox.id, leased_by=mailbox.leased_by).update(settings=mailbox.settings)


def broke_at(mailbox: Mailbox, uid: int) -> None:
    """The line broke while this one mail was asked for."""
    mailbox.stuck = mailbox.stuck + 1 if mailbox.stuck_at == uid else 1
    mailbox.stuck_at = uid
    Mailbox.objects.filter(id=mailbox.id).update(stuck_at=uid, stuck=mailbox.stuck)


def went_well(mailbox: Mailbox) -> None:
    Mailbox.objects.filter(id=mailbox.id).update(
        looked_at=clock.machine(), failures=0, closed_until=None, refused_at=None, error=""
    )


def went_wrong(mailbox: Mailbox, error: MailboxError) -> None:
    """Leave it alone for a while. A refusal is tried again seldom, and whoever keeps the mailbox sees it."""
    now = clock.machine()
    row = Mailbox.objects.filter(id=mailbox.id)
    failures = (row.values_list("failures", flat=True).first() or 0) + 1
    wait = rules.pause(failures, random.random(), refused=error.refused)
    row.update(
        failures=F("failures") + 1 if failures < 30_000 else failures - 1, closed_until=now + wait,
        error=clean(mailbox.settings, str(error)),
    )  # fmt: skip
    if error.refused:
        row.filter(refused_at=None).update(refused_at=now)


def clean(settings: Mapping[str, str], text: str) -> str:
    """What may be written down: no server's sentence brings a secret back to us."""
    for name in SECRETS:
        secret = settings.get(name, "")
        text = text.replace(secret, "…") if len(secret) > 3 else text
    return " ".join(text.replace("\0", "").split())[:LONGEST_ERROR]


def _where(settings: Mapping[str, str]) -> tuple[str, ...]:
    """What its numbers hang on."""
    return tuple(settings.get(name, "") for name in ("provider", "host", "user", "folder"))


def _check_free(brand: Brand, addresses: Iterable[str]) -> None:
    """One address is one brand's: mail to it must never be taken for another's."""
    for address in addresses:
        other = Mailbox.objects.filter(addresses__contains=[address]).exclude(brand=brand).select_related("brand")
        if taken := other.first():
            raise SettingError("address", f"{address} is one of {taken.brand.slug}")
