"""Who speaks in a mail. The standard's own headers first (RFC 3834), then those of programs, then what subjects say."""

from __future__ import annotations

import re
from collections.abc import Iterator, Set

from aftercart.connectors.mail.inbound.class_words import AUTOMATIC, BOUNCED, MACHINES, SERVERS
from aftercart.connectors.mail.inbound.headers import Head
from aftercart.connectors.mail.inbound.shapes import Address, Class

_START = r"[\s\[(*「【<\"'!-]*"
_AUTOMATIC = re.compile(_START + "(?:" + "|".join(AUTOMATIC) + ")", re.IGNORECASE)
_BOUNCED = re.compile(_START + "(?:" + "|".join(BOUNCED) + ")", re.IGNORECASE)
_AUTO_HEADERS = (
    "x-autoreply", "x-autorespond", "x-autoresponder", "x-auto-reply", "x-autoreply-from", "x-mail-autoreply",
   
    "x-auto-response", "x-auto-reply-from", "x-vacation", "x-facebook-notify", "x-amazon-auto-reply",
    "x-mdautoresponse",
)  # fmt: skip
_LIST_HEADERS = (
    "list-id",
    "list-post",
    "mailing-list",
    "x-mailman-version",
    "x-campaign",
    "x-mailchimp-id",
    "x-mc-user",
    "x-campaignid",
    "list-unsubscribe",
)
# Looked for where one can begin alone: from every letter of a long word on it would take for ever.
_ADDRESS = re.compile(r"(?<![^\s<>:,;\"])[^\s<>:,;\"]+@[^\s<>:,;\"?]+")
_NO = ("no", "false", "0", "none", "")


def class_of(head: Head, sender: Address | None, subject: str, *, report: str, ours: Set[str]) -> tuple[Class, str]:
    """The class, and the header or word that says so. `report`: the report-type of a multipart/report; '' for no such.

    `ours`: addresses of our own; a list that is one of them is a way in to us, its mails are their writers'.
    """
    for kind, reasons in (
        (Class.BOUNCE, _bounced(head, sender, subject, report)),
        (Class.AUTO_REPLY, _automatic(head, sender, subject, report)),
        (Class.LIST, _listed(head, ours)),
        (Class.AUTO_REPLY, _unanswerable(head, sender)),
    ):
        if why := next(reasons, ""):
            return kind, why
    return Class.PERSON, ""


def _bounced(head: Head, sender: Address | None, subject: str, report: str) -> Iterator[str]:
    local = _local(sender)
    nobody = head.first("return-path").strip() == "<>"
    if report == "delivery-status":
        yield "report-type=delivery-status"
    if "x-failed-recipients" in head:
        yield "X-Failed-Recipients"
    told = _BOUNCED.match(subject)
    if told and (nobody or local in SERVERS or sender is None or not sender.address):
        yield f"subject: {told[0].strip()}"
    if local in SERVERS and (nobody or local.startswith(("mailer", "mail-", "maild", "mdae"))):
        yield f"from: {local}"


def _automatic(head: Head, sender: Address | None, subject: str, report: str) -> Iterator[str]:
    submitted = head.first("auto-submitted").partition(";")[0].strip().lower()
    if submitted not in _NO:
        yield f"Auto-Submitted: {submitted[:40]}"
    for name in _AUTO_HEADERS:
        if name in head and head.first(name).lower() not in ("no", "false", "0"):
            yield name
    if report:
        yield f"report-type={report[:40]}"
    precedence = (head.first("precedence") or head.first("x-precedence")).lower()
    if precedence in ("auto_reply", "auto-reply"):
        yield f"Precedence: {precedence}"
    if told := _AUTOMATIC.match(subject):
        yield f"subject: {told[0].strip()}"


def _unanswerable(head: Head, sender: Address | None) -> Iterator[str]:
    """What says no more than that nobody should answer: newsletters say so too, so they are looked for before."""
    if head.first("auto-submitted").strip().lower() != "no" and _is_suppressing(head):
        yield "X-Auto-Response-Suppress"
    local = _local(sender)
    # A form sends from such an address too, and says in Reply-To who wrote.
    if (local in MACHINES or local.startswith(("noreply", "no-reply", "donotreply"))) and "reply-to" not in head:
        yield f"from: {local}"


def _is_suppressing(head: Head) -> bool:
    """Exchange's own sign on what nobody should answer: all answers, or out-of-office notes and automatic replies."""
    asked = {word.strip() for word in head.first("x-auto-response-suppress").lower().split(",")}
    return "all" in asked or {"oof", "autoreply"} <= asked


def _listed(head: Head, ours: Set[str]) -> Iterator[str]:
    if "x-google-group-id" in head or "list-id" in head or "list-post" in head:
        posts = {
            address.lower()
            for name in ("list-post", "mailing-list")
            for value in head.every(name)
            for address in _ADDRESS.findall(value)
        }
        names = {value.rpartition("<")[2].partition(">")[0].lower() for value in head.every("list-id")}
        if any(address in posts or address.replace("@", ".") in names for address in ours):
            return
    for name in _LIST_HEADERS:
        if name in head:
            yield name
    precedence = (head.first("precedence") or head.first("x-precedence")).lower()
    if precedence in ("list", "bulk", "junk"):
        yield f"Precedence: {precedence}"


def _local(sender: Address | None) -> str:
    return sender.address.partition("@")[0] if sender else ""
