"""Carriers' vocabularies in ours: the words that matter to a customer, and what a new one does."""

from __future__ import annotations

import re

import pytest

from aftercart.connectors.canadapost import words as canadapost
from aftercart.connectors.dhl import words as dhl
from aftercart.connectors.doorsteps import left_at
from aftercart.connectors.fedex import words as fedex
from aftercart.connectors.royalmail import words as royalmail
from aftercart.connectors.scans import UNKNOWN, Meaning
from aftercart.connectors.ups import words as ups
from aftercart.connectors.usps import words as usps
from aftercart.facts import Attention, State
from tests.connectors.state_tables import TABLES
from tests.connectors.test_words import cases, told

UPS = """
M/MP/003 label_created none | MV//007 cancelled none | P/PU/038 accepted none | I/OR/ accepted none
I/DP/005 in_transit none | I/??/ in_transit none | I/??/021 out_for_delivery none | I/OT/ out_for_delivery none
O/OT/ out_for_delivery none | I/2Q/ available_for_pickup action | X/SR/003 in_customs none | X/DJ/ delayed watch
X/48/ attempt_failed watch | X/50/ attempt_failed action | X/??/029 held action | X/??/046 delayed watch
X/??/ - none | X/??/999 - none | D/FS/011 delivered none | D/??/ delivered none | RS/RS/035 returning watch
X/??/034 returned watch | W/??/016 held watch | NA// not_found none | Q/QQ/ - none | //011 - none
"""
USPS = """
GX label_created none | 03 accepted none | 10 in_transit none | NT in_transit none | OF out_for_delivery none
02 attempt_failed action | 51 attempt_failed watch | 08 delayed watch | 16 available_for_pickup action
01 delivered none | 04 returning watch | 09 returning watch | 21 returning watch | 27 returning watch
05 failed watch | DX - none | Z9 - none
"""
FEDEX = """
OC// label_created none | PU// accepted none | AR// in_transit none | DP// in_transit none | CC// in_customs none
CD// in_customs watch | OD// out_for_delivery none | HL// available_for_pickup action | DE// attempt_failed watch
DE/08/ attempt_failed watch | DE/03/ held action | DE/A47/ in_transit none | SE/10/ damaged watch
SE/Q7/ delayed watch | DY//WEATHER delayed watch | DL// delivered none | DL/08/ delivered none | RS// returning watch
CA// cancelled none | AO// - none | ZZ// - none
"""
EXPRESS = """
PU accepted none | AF in_transit none | IC in_customs none | CR in_customs none | UD in_customs watch
WC out_for_delivery none | NH attempt_failed watch | RD attempt_failed watch | CC available_for_pickup action
BA held action | HP held action | MS delayed watch | OH held watch | OK delivered none | DD delivered watch
DM damaged watch | RT returning watch | TI - none | ZZ - none
"""
CANADA = """
3000 label_created none | 2300 accepted none | 0100 in_transit none | 0174 out_for_delivery none
500 out_for_delivery none | 0173 delayed watch | 1479 available_for_pickup action | 1488 available_for_pickup action
4700 in_customs none | 810 in_customs watch | 1496 delivered none | 154 returning watch
1415 failed watch | 20 - none | 9999 - none
"""
ROYAL = """
EVAIE label_created none | EVPPA accepted none | EVORI in_transit none | EVGPD out_for_delivery none
EVNMI delayed watch | EVKNA attempt_failed watch | EVNDA available_for_pickup action | EVNRT held watch
EVKSP delivered none | EVKSF delivered none | RSRXS - none | EVZZZ - none
"""


@pytest.mark.parametrize(("code", "state", "attention"), cases(UPS))
def test_ups_says(code: str, state: State | None, attention: Attention) -> None:
    type_, letters, status = code.split("/")
    assert told(ups.meaning(type_, letters, status)) == (state, attention)


@pytest.mark.parametrize(("code", "state", "attention"), cases(USPS))
def test_usps_says(code: str, state: State | None, attention: Attention) -> None:
    assert told(usps.meaning(code, "")) == (state, attention)


@pytest.mark.parametrize(("code", "state", "attention"), cases(FEDEX))
def test_fedex_says(code: str, state: State | None, attention: Attention) -> None:
    event, exception, delay = code.split("/")
    assert told(fedex.meaning(event, exception, delay)) == (state, attention)


@pytest.mark.parametrize(("code", "state", "attention"), cases(EXPRESS))
def test_dhl_express_says(code: str, state: State | None, attention: Attention) -> None:
    assert told(dhl.checkpoint(code, "")) == (state, attention)


@pytest.mark.parametrize(("code", "state", "attention"), cases(CANADA))
def test_canada_post_says(code: str, state: State | None, attention: Attention) -> None:
    assert told(canadapost.meaning(code, "")) == (state, attention)


@pytest.mark.parametrize(("code", "state", "attention"), cases(ROYAL))
def test_royal_mail_says(code: str, state: State | None, attention: Attention) -> None:
    assert told(royalmail.meaning(code, "")) == (state, attention)


@pytest.mark.parametrize(
    ("status", "sentence", "state"),
    [
        ("transit", "The shipment was processed in the parcel center", State.IN_TRANSIT),
        ("transit", "The shipment has been loaded onto the delivery vehicle", State.OUT_FOR_DELIVERY),
        ("transit", "Shipment is out with courier for delivery", State.OUT_FOR_DELIVERY),
        ("transit", "Customs clearance completed", State.IN_CUSTOMS),
        ("transit", "The shipment is ready for pick-up at the PACKSTATION", State.AVAILABLE_FOR_PICKUP),
        ("transit", "The shipment could not be delivered: the recipient was not at home", State.ATTEMPT_FAILED),
        ("failure", "The shipment is being returned to the sender", State.RETURNING),
        ("failure", "", State.FAILED),
        ("delivered", "The shipment could not be delivered before, and has been now", State.DELIVERED),
        ("pre-transit", "Out for delivery", State.LABEL_CREATED),
        ("unknown", "Out for delivery", None),
        ("beamed", "Out for delivery", None),
    ],
)
def test_dhl_s_sentence_says_more_only_where_its_word_says_less(
    status: str, sentence: str, state: State | None
) -> None:
    assert dhl.unified(status, sentence).state is state


@pytest.mark.parametrize(
    ("meant", "state", "reason"),
    [
        (usps.meaning("NT", "In Transit, Arriving Late"), State.DELAYED, "carrier"),
        (usps.meaning("OF", "Out for Delivery, Arriving Late"), State.OUT_FOR_DELIVERY, ""),
        (usps.meaning("01", "Delivered, Parcel Locker"), State.DELIVERED, "locker"),
        (canadapost.meaning("1415", "Item refused. Being returned to sender"), State.RETURNING, "undeliverable"),
        (royalmail.meaning("EVKOP", "Delivered to your neighbour"), State.DELIVERED, "neighbour"),
    ],
)
def test_a_carrier_s_sentence_refines_its_own_word(meant: Meaning, state: State, reason: str) -> None:
    assert (meant.state, meant.reason) == (state, reason)


@pytest.mark.parametrize(
    ("sentence", "reason"),
    [
        ("FRONT DOOR", "front_door"), ("Left at front door. RESIDENCE", "front_door"),
        ("Met Customer At Door", "front_door"),
        ("Delivered, In/At Mailbox", "mailbox"), ("Delivered, PO Box", "po_box"), ("Mail Room", "mail_room"),
        ("Delivered to Neighbor", "neighbour"), ("Packstation 114", "locker"),
        ("Receptionist/Front Desk", "front_desk"),
        ("Delivered, Garage or Other Location at Address", "garage"), ("Delivered to Agent", "agent"),
        ("Delivered, Individual Picked Up at Post Office", "pickup_point"),
        ("Delivered", ""), ("R QUILL", ""), ("", ""),
    ],
)  # fmt: skip
def test_where_it_was_left_is_one_word(sentence: str, reason: str) -> None:
    assert left_at(sentence) == reason


@pytest.mark.parametrize(("sender", "title", "words"), [(s, t, w) for s, tables in TABLES for t, w in tables])
def test_every_word_means_something(sender: str, title: str, words: dict[str, Meaning]) -> None:
    assert words, (sender, title)
    for word, meaning in words.items():
        assert meaning != UNKNOWN or word in ("unknown", "expired"), word
        assert re.fullmatch(r"[a-z_]*", meaning.reason), word
