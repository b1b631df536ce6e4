"""What DHL answers, whichever of its services was asked: XML of Express, JSON of MyDHL, JSON of the unified API."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from aftercart.connectors import elements
from aftercart.connectors.contract import PayloadError, Read
from aftercart.connectors.dhl import express, unified
from aftercart.connectors.faults import Fault, Trouble, answer
from aftercart.connectors.reading import Document, document, mapping, read_each, several

SOURCE, CARRIER = "dhl", "DHL"


def parse(body: bytes, headers: Mapping[str, str]) -> list[Read]:
    if elements.looks_like(body):
        root = _root(body)
        return answer(express.parcels(root, headers), express.faults(root), SOURCE, express.CARRIER, headers)
    payload = _payload(document(body))
    shipments = several(payload.get("shipments"))
    alone = len(shipments) == 1
    found = read_each(shipments, "shipments", lambda one: _shipment(mapping(one), headers, alone=alone))
    return answer(found, unified.faults(payload), SOURCE, CARRIER, headers)


def faults(body: bytes) -> list[Fault]:
    try:
        if elements.looks_like(body):
            return express.faults(_root(body))
        return unified.faults(_payload(document(body)))
    except PayloadError as error:
        return [Fault(error.field, "", error.reason, Trouble.BROKEN)]


def _root(body: bytes) -> elements.Element:
    root = elements.root(body)
    if root.find(".//AWBInfo") is None and not express.faults(root):
        raise PayloadError("body", "is no answer of DHL's tracking")
    return root


def _payload(given: Any) -> Document:
    payload = mapping(given)
    if not several(payload.get("shipments")) and not unified.faults(payload):
        raise PayloadError("body", "is no answer of DHL's tracking")
    return payload


def _shipment(given: Document, headers: Mapping[str, str], *, alone: bool) -> Any:
    of_express = "shipmentTrackingNumber" in given
    return express.shipment(given, headers) if of_express else unified.shipment(given, headers, alone=alone)
