"""What a carrier can say about a parcel, and what that means to its customer."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from aftercart.facts import Attention, State


@dataclass(frozen=True, slots=True)
class Words:
    state: State
    status: str  # EasyPost's status and detail; "status/detail" is also the code in our own JSON
    detail: str
    text: str
    reason: str = ""
    attention: Attention = Attention.NONE

    @property
    def code(self) -> str:
        return f"{self.status}/{self.detail}"


class What(Enum):
    LABEL = Words(State.LABEL_CREATED, "pre_transit", "label_created", "Label printed by the sender")
    ACCEPTED = Words(State.ACCEPTED, "in_transit", "received_at_origin_facility", "Picked up by the carrier")
    ARRIVED = Words(State.IN_TRANSIT, "in_transit", "arrived_at_facility", "Arrived at sorting centre")
    DEPARTED = Words(State.IN_TRANSIT, "in_transit", "departed_facility", "Left sorting centre")
    AT_DEPOT = Words(
        State.IN_TRANSIT, "in_transit", "received_at_destination_facility", "Arrived at local delivery depot"
    )
    CUSTOMS = Words(State.IN_CUSTOMS, "in_transit", "held", "Presented to customs", "customs", Attention.WATCH)
    RELEASED = Words(State.IN_TRANSIT, "in_transit", "status_update", "Released by customs")
    PAPERS = Words(
        State.HELD,
        "in_transit",
        "awaiting_information",
        "Customs asks for a document",
        "customs_documents",
        Attention.ACTION,
    )
    OUT = Words(State.OUT_FOR_DELIVERY, "out_for_delivery", "out_for_delivery", "Out for delivery")
    ATTEMPT = Words(
        State.ATTEMPT_FAILED,
        "in_transit",
        "delivery_exception",
        "Delivery attempted: nobody at home",
        "not_home",
        Attention.WATCH,
    )
    ADDRESS = Words(
        State.HELD,
        "in_transit",
        "address_correction",
        "Address incomplete: a flat number is missing",
        "address",
        Attention.ACTION,
    )
    PICKUP = Words(
        State.AVAILABLE_FOR_PICKUP,
        "available_for_pickup",
        "arrived_at_pickup_location",
        "Ready for collection at the parcel shop",
        attention=Attention.ACTION,
    )
    COLLECTED = Words(State.DELIVERED, "delivered", "arrived_at_destination", "Collected by the customer")
    DELIVERED = Words(State.DELIVERED, "delivered", "arrived_at_destination", "Delivered")
    DELAYED = Words(State.DELAYED, "in_transit", "delayed", "Delayed at the sorting centre", "carrier", Attention.WATCH)
    REFUSED = Words(
        State.RETURNING, "return_to_sender", "refused", "Refused at the door: going back", "refused", Attention.WATCH
    )
    UNCLAIMED = Words(
        State.RETURNING, "return_to_sender", "return", "Not collected in time: going back", "unclaimed", Attention.WATCH
    )
    RETURNED = Words(State.RETURNED, "return_to_sender", "return", "Delivered to the sender", attention=Attention.WATCH)
    LOST = Words(State.LOST, "failure", "lost", "Declared lost", attention=Attention.WATCH)
    DAMAGED = Words(State.DAMAGED, "failure", "damaged", "Damaged in the network", attention=Attention.WATCH)
