"""A mail as a fact: who, to which address of ours, when, and which mail it is."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aftercart.connectors.contract import BELIEVED, CUT, DELIVERED_TO, OURS, RECEIVED_AT
from aftercart.connectors.mail import delivery_id, parse
from aftercart.connectors.mail.inbound.received import outcome_of
from aftercart.connectors.mail.inbound.shapes import Report
from aftercart.facts import MessageReceived, MessageReported, Nature, Outcome
from tests.connectors.mail.writing import mail, multipart, part, whole
from tests.connectors.payloads import body

HELP, ORDERS = "help@nordwind.example", "orders@nordwind.example"
HEARD = {RECEIVED_AT: "2026-03-03T08:15:30+00:00"}


def message(content: bytes, **headers: str) -> MessageReceived:
    found = parse(content, HEARD | headers)[0]
    assert isinstance(found, MessageReceived)
    return found


def hop(server: str, at: str, extra: bytes = b"") -> bytes:
    return f"Delivered-To: x@{server}\r\nReceived: from a by {server}; {at}\r\n".encode() + extra


def test_all_that_a_mail_says_is_in_the_fact() -> None:
    found = message(
        body("mail", "question"), **{OURS: "help@juniper-and-clay.example", BELIEVED: "mail.juniper-and-clay.example"}
    )
    assert (found.customer.email, found.customer.name) == ("noor@example.com", "Noor Haddad")
    assert (found.subject, found.text) == ("Re: Order 1042 will be late", "Will it be here before Friday?")
    assert "held up" in found.quoted and found.nature is Nature.PERSON
    assert found.answers == ("late-1042@juniper-and-clay.example", "first-1042@juniper-and-clay.example")
    assert (found.message_id, found.to) == ("b7c1@example.com", ("help@juniper-and-clay.example",))
    assert (found.proven, found.doubted) == (True, False)


@pytest.mark.parametrize(
    ("verdict", "believed", "proven", "doubted"),
    [
        ("mx; dmarc=pass", "mx", True, False),
        ("mx; dmarc=fail", "mx", False, True),
        ("mx; spf=pass; dkim=pass", "mx", False, False),
        ("mx; dmarc=none", "mx", False, False),
        ("elsewhere; dmarc=pass", "mx", False, False),
        ("mx; dmarc=pass", "", False, False),
    ],
)
def test_only_the_believed_server_vouches_for_a_sender(
    verdict: str, believed: str, proven: bool, doubted: bool
) -> None:
    found = message(mail(authentication_results=verdict), **{BELIEVED: believed})
    assert (found.proven, found.doubted) == (proven, doubted)


def test_which_of_our_addresses_it_was_sent_to() -> None:
    ours = {OURS: f"{HELP},{ORDERS}"}
    assert message(mail(to=f"{HELP}, someone@else.example", cc=ORDERS), **ours).to == (HELP, ORDERS)
    assert message(mail(to="undisclosed"), **ours, **{DELIVERED_TO: "help+r.x@nordwind.example"}).to == (
        "help+r.x@nordwind.example",
    )
    assert message(mail(to="list@else.example"), **ours).to == ()
    assert "r.x" in message(mail(), **{DELIVERED_TO: "help+r.x@nordwind.example"}).tokens


@pytest.mark.parametrize(
    ("date", "first", "expected"),
    [
        ("Tue, 03 Mar 2026 09:14:55 +0100", "Tue, 3 Mar 2026 08:15:00 +0000", "2026-03-03T08:14:55"),
        ("Sun, 01 Mar 2026 09:14:55 +0000", "Tue, 3 Mar 2026 08:15:00 +0000", "2026-03-01T09:14:55"),  # out of reach
        ("Thu, 01 Jan 1970 00:00:00 +0000", "Tue, 3 Mar 2026 08:15:00 +0000", "2026-03-03T08:15:00"),
        ("Tue, 03 Mar 2099 09:14:55 +0100", "Tue, 3 Mar 2026 08:15:00 +0000", "2026-03-03T08:15:00"),
        ("", "Tue, 3 Mar 2026 08:15:00 +0000", "2026-03-03T08:15:00"),
        ("yesterday", "", "2026-03-03T08:15:30"),
        ("Tue, 03 Mar 2099 09:14:55 +0100", "", "2026-03-03T08:15:30"),
        ("Tue, 03 Mar 2099 09:14:55 +0100", "Tue, 3 Mar 2099 08:15:00 +0000", "2026-03-03T08:15:30"),
    ],
)
def test_the_moment_that_counts(date: str, first: str, expected: str) -> None:
    sent = mail(date=date)
    passed = hop("first.example", first) + sent if first else sent
    at = datetime.fromisoformat(expected).replace(tzinfo=UTC)
    assert message(passed).happened_at == at
    if first:
        late = hop("two.example", "Tue, 3 Mar 2026 08:15:20 +0000") + passed
        assert message(late).happened_at == at, "the same in each of our mailboxes"


BODIES = st.text(st.characters(exclude_characters="\r", exclude_categories=["Cs"]), max_size=200)


@given(
    BODIES, st.lists(st.sampled_from(["mx1.example", "mx2.example", "list.example"]), max_size=3), st.booleans(),
    st.booleans(), st.sampled_from(["<1@berg.example>", ""]),
)  # fmt: skip
def test_a_mail_is_known_again_whatever_servers_added_and_did_to_its_line_ends(
    text: str, servers: list[str], unix: bool, trailing: bool, message_id: str
) -> None:
    sent = mail(text.replace("\n", "\r\n"), message_id=message_id)
    seen = b"".join(hop(one, "Tue, 3 Mar 2026 08:15:00 +0000", b"X-Spam: no\r\n") for one in servers) + sent
    seen = seen.replace(b"\r\n", b"\n") if unix else seen
    assert delivery_id(seen + b"\r\n" * trailing, {}) == delivery_id(sent, {})


@pytest.mark.parametrize(
    "other",
    [{"from": "Eve <eve@berg.example>"}, {"date": "Tue, 03 Mar 2026 09:14:56 +0100"}, {"message_id": "<2@b.c>"}],
)
def test_what_differs_in_what_its_writer_wrote_is_another_mail(other: dict[str, str]) -> None:
    assert delivery_id(mail(**other), {}) != delivery_id(mail(), {})


def test_two_mails_under_one_name_are_two() -> None:
    """There are programs that give all their mails the same Message-ID."""
    one, two = message(mail("One")), message(mail("Two"))
    assert one.message_id == two.message_id and one.digest != two.digest
    assert delivery_id(mail("One"), {}) != delivery_id(mail("Two"), {})


@pytest.mark.parametrize(
    "content", [b"no head at all", b"Subject: only a head", b"\r\n\r\nonly a text", b"\xff\x00\x01", b"{}"]
)
def test_whatever_comes_in_is_a_message_with_a_name_of_its_own(content: bytes) -> None:
    found = message(content)
    assert found.message_id.endswith("@unnamed") and (found.text or found.subject)
    assert delivery_id(content, {}) != delivery_id(content + b"!", {})


def test_files_come_with_it_and_what_was_cut_is_said() -> None:
    sent = whole(multipart(part("Look", "text/plain"), part(b"%PDF-1.7", 'application/pdf; name="a.pdf"')))
    found = message(sent, **{CUT: "90000000"})
    assert [(one.name, one.type, one.content) for one in found.files] == [("a.pdf", "application/pdf", b"%PDF-1.7")]
    assert any("90000000 bytes" in note for note in found.notes)


def bounce(status: str, action: str = "failed", to: str = "noor@example.com") -> bytes:
    told = f"Reporting-MTA: dns; mx\r\n\r\nFinal-Recipient: rfc822; {to}\r\nAction: {action}\r\nStatus: {status}\r\n"
    original = "Message-ID: <late-1042@nordwind.example>\r\nSubject: Order 1042 will be late\r\n\r\n"
    parts = [
        part("It could not be delivered.", "text/plain"),
        f"Content-Type: message/delivery-status\r\n\r\n{told}".encode(),
        f"Content-Type: text/rfc822-headers\r\n\r\n{original}".encode(),
    ]
    content = multipart(*parts, kind="report", parameters="; report-type=delivery-status")
    return whole(content, **{"from": "Mailer <mailer-daemon@mx.example>"})


def test_a_bounce_is_a_message_and_a_report_about_the_mail_that_it_names_and_no_address() -> None:
    received, reported = parse(bounce("5.1.1"), HEARD)
    assert isinstance(received, MessageReceived) and received.nature is Nature.BOUNCE
    assert received.answers == ("late-1042@nordwind.example",)
    assert isinstance(reported, MessageReported)
    assert (reported.message_id, reported.address) == ("late-1042@nordwind.example", "")
    assert reported.outcome is Outcome.HARD_BOUNCED


@pytest.mark.parametrize(
    ("report", "outcome"),
    [
        (Report(action="failed", status="5.1.1"), Outcome.HARD_BOUNCED),
        (Report(action="failed", status="5.1.10"), Outcome.HARD_BOUNCED),
        (Report(action="failed", status="5.2.2"), Outcome.FAILED),
        (Report(action="failed", status="5.7.1"), Outcome.FAILED),
        (Report(action="failed"), Outcome.FAILED),
        (Report(action="failed", status="4.4.7"), Outcome.SOFT_BOUNCED),
        (Report(action="delayed", status="4.4.1"), Outcome.SOFT_BOUNCED),
        (Report(action="delivered", status="2.0.0"), Outcome.DELIVERED),
        (Report(), Outcome.FAILED),
    ],
)
def test_what_became_of_a_mail_of_ours(report: Report, outcome: Outcome) -> None:
    assert outcome_of(report) is outcome
