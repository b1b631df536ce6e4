"""What is new in a folder is stored, and how far that got is written in the same transaction: a kill at any instant
neither loses a mail nor takes one twice.
"""

from __future__ import annotations

import logging
from datetime import timedelta
from email.utils import format_datetime

from django.conf import settings
from django.db import transaction

from aftercart.connectors import mail
from aftercart.connectors.contract import BELIEVED, CUT, OURS
from aftercart.connectors.mail.faults import MailboxError, Unreadable
from aftercart.connectors.mail.imap import Folder, Seen
from aftercart.intake import services as intake
from aftercart.intake.arrivals import Arrival, arrival
from aftercart.intake.mailboxes.models import Mailbox
from aftercart.intake.mailboxes.rules import AT_ONCE, PATIENCE, batches
from aftercart.intake.mailboxes.services import broke_at, ours
from aftercart.plumbing import clock

log = logging.getLogger(__name__)

# Of a mail that is too large, or that the server does not give out, so much is kept.
BEGINNING = 200_000
DAY = timedelta(days=1)


class Overtaken(Exception):
    """Somebody else has fetched from this mailbox meanwhile, or it was changed: begin again from what is written."""


def take(mailbox: Mailbox, folder: Folder) -> int:
    """Store what has come since the last time; how many mails. Raises Overtaken or MailboxError."""
    done = mailbox.uid if mailbox.validity == folder.validity else 0
    # A day earlier: SINCE goes by the server's own date, whatever its zone is.
    seen = folder.after(done, (mailbox.since - DAY).date())
    sizes = {one.uid: one for one in seen}
    headers = {OURS: ours(mailbox.brand_id), BELIEVED: mailbox.authserv_id}
    taken = 0
    # After trouble one by one: what comes before the mail at which the line breaks is then stored.
    for batch in batches([(one.uid, one.size) for one in seen], 1 if mailbox.failures else AT_ONCE):
        wanted = [sizes[uid] for uid, _ in batch if _is_new(sizes[uid], mailbox)]
        try:
            found = _fetched(mailbox, folder, wanted, headers)
        except MailboxError:
            if len(wanted) == 1:
                broke_at(mailbox, wanted[0].uid)
            raise
        with transaction.atomic():
            _advance(mailbox, folder.validity, batch[-1][0])
            taken += len([one for one in intake.store(found) if one])
    if not seen and mailbox.validity != folder.validity:
        _advance(mailbox, folder.validity, 0)
    return taken


def _is_new(one: Seen, mailbox: Mailbox) -> bool:
    return one.at is None or one.at >= mailbox.since.replace(microsecond=0)


def _advance(mailbox: Mailbox, validity: int, uid: int) -> None:
    """Where somebody else was quicker nothing changes, and nothing is stored."""
    mine = Mailbox.objects.filter(id=mailbox.id, uid=mailbox.uid, validity=mailbox.validity)
    if not mine.update(uid=uid, validity=validity):
        raise Overtaken
    mailbox.uid, mailbox.validity = uid, validity


def _fetched(mailbox: Mailbox, folder: Folder, wanted: list[Seen], headers: dict[str, str]) -> list[Arrival]:
    if mailbox.stuck >= PATIENCE and [one.uid for one in wanted] == [mailbox.stuck_at]:
        return [_note(mailbox, wanted[0], "it breaks the line each time", headers)]
    small = [one.uid for one in wanted if one.size <= settings.MAIL_MAX_BYTES]
    try:
        bodies = folder.whole(small) if small else {}
    except Unreadable:
        # One of them: each by itself, so that only the culprit is cut.
        bodies = {uid: body for uid in small for body in [_alone(folder, uid)] if body is not None}
    found = [_arrival(mailbox, bodies[one.uid], headers) for one in wanted if one.uid in bodies]
    for one in wanted:
        if one.uid not in bodies and (one.size > settings.MAIL_MAX_BYTES or _withheld(folder, one.uid)):
            found.append(_beginning(mailbox, folder, one, headers))
    return found


def _alone(folder: Folder, uid: int) -> bytes | None:
    try:
        return folder.whole([uid]).get(uid)
    except Unreadable:
        return None


def _withheld(folder: Folder, uid: int) -> bool:
    """Whether it is there and not given out; else it was deleted."""
    try:
        return bool(folder.whole([uid]))
    except Unreadable:
        return True


def _beginning(mailbox: Mailbox, folder: Folder, one: Seen, headers: dict[str, str]) -> Arrival:
    """Never a silent loss: what can be had of it is stored, and says how much is missing."""
    try:
        return _arrival(mailbox, folder.beginning(one.uid, BEGINNING), headers | {CUT: str(one.size)})
    except Unreadable as error:
        return _note(mailbox, one, str(error), headers)


def _note(mailbox: Mailbox, one: Seen, reason: str, headers: dict[str, str]) -> Arrival:
    """In place of a mail that cannot be had: where it is, and why."""
    log.warning("%s: mail %d is not given out: %s", mailbox.name, one.uid, reason)
    told = f"Number {one.uid} of the mailbox {mailbox.name}: {reason}. Please look for it there."
    date = f"Date: {format_datetime(one.at)}\r\n" if one.at else ""
    body = f"Subject: A mail that its server does not give out\r\n{date}\r\n{told}\r\n"
    return _arrival(mailbox, body.encode(), headers)


def _arrival(mailbox: Mailbox, body: bytes, headers: dict[str, str]) -> Arrival:
    return arrival(
        mailbox.brand_id, "mail", body, clock.machine(), topic=mail.topic(body, headers),
        key=mail.delivery_id(body, headers), headers=headers,
    )  # fmt: skip
