"""Each sender's whole vocabulary in ours, as the reference maps it."""

from __future__ import annotations

import pytest

from aftercart.connectors.aftership import words as aftership
from aftercart.connectors.easypost import words as easypost
from aftercart.connectors.scans import Meaning, brought_back
from aftercart.connectors.seventeentrack import words as seventeentrack
from aftercart.connectors.shippo import words as shippo
from aftercart.connectors.shopify.fulfilments import SCANS
from aftercart.facts import Attention, State

EASYPOST = """
unknown/unknown not_found none | error/ not_found none | pre_transit/label_created label_created none
pre_transit/awaiting_information label_created none | in_transit/received_at_origin_facility accepted none
in_transit/arrived_at_facility in_transit none | in_transit/departed_facility in_transit none
in_transit/departed_origin_facility in_transit none | in_transit/arrived_at_destination in_transit none
in_transit/received_at_destination_facility in_transit none
in_transit/transferred_to_destination_carrier in_transit none | in_transit/in_transit in_transit none
in_transit/status_update in_transit none | in_transit/unknown in_transit none | in_transit/held held watch
in_transit/address_correction held action | in_transit/delayed delayed watch
in_transit/weather_delay delayed watch | in_transit/missorted delayed watch
in_transit/delivery_exception attempt_failed watch | failure/delivery_exception attempt_failed watch
out_for_delivery/out_for_delivery out_for_delivery none
available_for_pickup/arrived_at_pickup_location available_for_pickup action
delivered/arrived_at_destination delivered none | delivered/unknown delivered none
return_to_sender/return returning watch | return_to_sender/refused returning watch
return_to_sender/unknown returning watch | failure/lost lost watch | failure/damaged damaged watch
failure/failure failed watch | failure/transit_exception failed watch | cancelled/cancelled cancelled none
failure/expired - none | unknown/expired - none | beamed_up/in_transit - none
"""

SHIPPO = """
unknown/other not_found none | pre_transit/information_received label_created none
transit/package_accepted accepted none | transit/package_arrived in_transit none
transit/package_departed in_transit none | transit/package_forwarded in_transit none
transit/package_processed in_transit none | transit/package_processing in_transit none
transit/delivery_scheduled in_transit none | transit/ in_transit none | transit/package_held in_customs watch
transit/out_for_delivery out_for_delivery none | transit/delivery_attempted attempt_failed action
transit/notice_left attempt_failed action | transit/location_inaccessible attempt_failed action
transit/reschedule_delivery attempt_failed action | transit/pickup_available available_for_pickup action
transit/delayed delayed watch | transit/delivery_rescheduled delayed watch | transit/address_issue held action
transit/contact_carrier held action | transit/package_damaged damaged action
delivered/delivered delivered none | delivered/ delivered none | returned/return_to_sender returning watch
returned/package_unclaimed returning action | returned/ returned watch | failure/package_lost lost action
failure/package_disposed damaged watch | failure/package_undeliverable failed action
failure/other failed watch | delivered/information_received delivered none | beamed_up/other - none
"""

AFTERSHIP = """
Pending/Pending_001 not_found none | Pending/Pending_006 not_found none
InfoReceived/InfoReceived_001 label_created none | InTransit/InTransit_001 in_transit none
InTransit/InTransit_002 accepted none | InTransit/InTransit_003 in_transit none
InTransit/InTransit_004 in_transit none | InTransit/InTransit_005 in_customs none
InTransit/InTransit_006 in_customs none | InTransit/InTransit_007 in_transit none | InTransit/ in_transit none
OutForDelivery/OutForDelivery_001 out_for_delivery none
OutForDelivery/OutForDelivery_004 out_for_delivery none | AttemptFail/AttemptFail_001 attempt_failed watch
AttemptFail/AttemptFail_002 attempt_failed watch
AvailableForPickup/AvailableForPickup_001 available_for_pickup action | Delivered/Delivered_001 delivered none
Delivered/Delivered_005 delivered none | Exception/Exception_001 failed watch
Exception/Exception_002 failed watch | Exception/Exception_003 returning watch
Exception/Exception_004 in_customs watch | Exception/Exception_005 delayed watch
Exception/Exception_006 held action | Exception/Exception_007 held action | Exception/Exception_008 held action
Exception/Exception_009 failed watch | Exception/Exception_010 returning watch
Exception/Exception_011 returned watch | Exception/Exception_012 damaged watch
Exception/Exception_013 lost watch | Exception/Exception_016 delayed watch
Exception/Exception_017 delayed watch | Exception/Exception_018 held action | Expired/Expired_001 - none
BeamedUp/ - none | /Exception_013 lost watch
"""

SEVENTEENTRACK = """
NotFound not_found none | NotFound_Other not_found none | NotFound_InvalidCode not_found watch
InfoReceived label_created none | InTransit in_transit none | InTransit_Other in_transit none
InTransit_PickedUp accepted none | InTransit_Departure in_transit none | InTransit_Arrival in_transit none
InTransit_CustomsProcessing in_customs none | InTransit_CustomsReleased in_customs none
InTransit_CustomsRequiringInformation held action | Expired - none | Expired_Other - none
AvailableForPickup_Other available_for_pickup action | OutForDelivery_Other out_for_delivery none
DeliveryFailure attempt_failed watch | DeliveryFailure_Other attempt_failed watch
DeliveryFailure_NoBody attempt_failed watch | DeliveryFailure_Security attempt_failed watch
DeliveryFailure_Rejected attempt_failed watch | DeliveryFailure_InvalidAddress held action
Delivered delivered none | Delivered_Other delivered none | Exception_Other failed watch
Exception_Returning returning watch | Exception_Returned returned watch | Exception_NoBody failed watch
Exception_Security failed watch | Exception_Damage damaged watch | Exception_Damaged damaged watch
Exception_Rejected returning watch | Exception_Delayed delayed watch | Exception_Lost lost watch
Exception_Destroyed damaged watch | Exception_Cancel cancelled none | PickedUp accepted none
Returned returned watch | BeamedUp - none
"""

SHOPIFY = """
label_purchased label_created none | label_printed label_created none | confirmed label_created none
carrier_picked_up accepted none | in_transit in_transit none | out_for_delivery out_for_delivery none
attempted_delivery attempt_failed watch | ready_for_pickup available_for_pickup action | delayed delayed watch
delivered delivered none | failure failed watch | picked_up delivered none | buyer_action_required held action
ready_for_recipient_pickup available_for_pickup action | returning_to_sender returning watch
"""


def cases(table: str) -> list[tuple[str, State | None, Attention]]:
    rows = [row.split() for line in table.strip().splitlines() for row in line.split(" | ")]
    return [(code, None if state == "-" else State(state), Attention(attention)) for code, state, attention in rows]


def told(meaning: Meaning) -> tuple[State | None, Attention]:
    return meaning.state, meaning.attention


@pytest.mark.parametrize(("code", "state", "attention"), cases(EASYPOST))
def test_easypost_says(code: str, state: State | None, attention: Attention) -> None:
    status, _, detail = code.partition("/")
    assert told(easypost.meaning(status, detail)) == (state, attention)
    assert easypost.is_known_detail(detail)


@pytest.mark.parametrize(("code", "state", "attention"), cases(SHIPPO))
def test_shippo_says(code: str, state: State | None, attention: Attention) -> None:
    status, _, substatus = code.partition("/")
    assert told(shippo.meaning(status, substatus, action_required=False)) == (state, attention)
    assert shippo.is_known_substatus(substatus)


@pytest.mark.parametrize(("code", "state", "attention"), cases(AFTERSHIP))
def test_aftership_says(code: str, state: State | None, attention: Attention) -> None:
    tag, _, subtag = code.lower().partition("/")
    assert told(aftership.meaning(tag, subtag)) == (state, attention)
    assert aftership.is_known_subtag(subtag)


@pytest.mark.parametrize(("code", "state", "attention"), cases(SEVENTEENTRACK))
def test_17track_says(code: str, state: State | None, attention: Attention) -> None:
    assert told(seventeentrack.meaning(code)) == (state, attention)
    assert seventeentrack.is_known(code) == (code != "BeamedUp")


@pytest.mark.parametrize(("code", "state", "attention"), cases(SHOPIFY))
def test_shopify_says(code: str, state: State | None, attention: Attention) -> None:
    assert told(SCANS[code]) == (state, attention)


def test_shippo_asking_for_action_makes_it_one() -> None:
    assert shippo.meaning("transit", "package_held", action_required=True).attention is Attention.ACTION
    assert shippo.meaning("delivered", "delivered", action_required=True).attention is Attention.NONE


@pytest.mark.parametrize(
    ("state", "description", "expected"),
    [
        (State.DELIVERED, "Delivered, To Original Sender", State.RETURNED),
        (State.DELIVERED, "Delivered to sender", State.RETURNED),
        (State.DELIVERED, "Delivered to the shipper", State.RETURNED),
        (State.DELIVERED, "Handed back to sender", State.RETURNED),
        (State.RETURNING, "Delivered, to original sender", State.RETURNED),
        (State.RETURNING, "Return to sender", State.RETURNING),
        (State.DELIVERED, "Delivered, front door", State.DELIVERED),
        (State.DELIVERED, "Delivered to neighbour, sender informed", State.DELIVERED),
        (State.IN_TRANSIT, "Label sent to shipper", State.IN_TRANSIT),
    ],
)
def test_delivered_to_its_sender_is_returned(state: State, description: str, expected: State) -> None:
    assert brought_back(Meaning(state), description).state is expected
