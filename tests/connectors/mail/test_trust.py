from __future__ import annotations

from aftercart.connectors.mail.inbound import read
from aftercart.connectors.mail.inbound.shapes import Verdict
from tests.connectors.mail.writing import mail

OURS = "mx.nordwind.example"
GOOD = (
    f"{OURS}; spf=pass smtp.mailfrom=berg.example; dkim=pass header.d=berg.example; dmarc=pass header.from=berg.example"
)


def verdict(*lines: str, authserv_id: str | None = OURS) -> Verdict:
    head = "".join(f"{line}\r\n" for line in lines).encode()
    return read(head + mail(), authserv_id=authserv_id).verdict


def said(text: str) -> str:
    return f"Authentication-Results: {text}"


def test_the_verdict_is_that_of_the_receiving_server() -> None:
    assert verdict(said(GOOD)) == Verdict("pass", "pass", "pass", "berg.example")
    assert verdict(said(GOOD), authserv_id="MX.Nordwind.Example").dmarc == "pass"
    assert verdict(said(GOOD.replace("; ", " 1; ", 1))).dmarc == "pass"  # a version


def test_nobody_is_believed_unless_we_were_told_whom_to_believe() -> None:
    assert verdict(said(GOOD), authserv_id=None) == Verdict()
    assert verdict(said(GOOD), authserv_id="other.example") == Verdict()
    assert verdict(said(GOOD.replace(OURS, f"evil.example ({OURS})"))) == Verdict()
    assert verdict(said(GOOD.replace(OURS, f"evil.{OURS}"))) == Verdict()
    assert verdict() == Verdict()


def test_what_a_sender_wrote_below_does_not_count() -> None:
    hop = "Received: from evil.example by mx.nordwind.example; Tue, 03 Mar 2026 09:14:55 +0100"
    bad = f"{OURS}; spf=fail; dmarc=fail"
    assert verdict(said(bad), hop, said(GOOD)) == Verdict("fail", "", "fail")
    assert verdict(said(bad), said(GOOD)).dmarc == "fail"
    assert verdict(said(GOOD), said(bad)).dmarc == "fail"


def test_a_comment_is_no_result() -> None:
    assert verdict(said(f"{OURS}; spf=fail (x; dmarc=pass (y; dkim=pass)); dkim=none")) == Verdict("fail", "none", "")


def test_one_signature_that_fits_is_enough() -> None:
    assert verdict(said(f"{OURS}; dkim=fail header.d=old.example; dkim=pass header.i=@berg.example")) == (
        Verdict("", "pass", "", "berg.example")
    )


def test_servers_that_say_each_thing_in_a_line_of_its_own_are_read_whole() -> None:
    assert verdict(said(f"{OURS}; spf=pass"), said(f"{OURS}; dkim=none"), said(f"{OURS}; dmarc=fail (p=none)")) == (
        Verdict("pass", "none", "fail")
    )
