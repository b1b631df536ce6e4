from __future__ import annotations

from aftercart.connectors import aftercart, aftership, easypost, seventeentrack, shippo, shopify
from aftercart.connectors.contract import FactSource

FACT_SOURCES: dict[str, FactSource] = {
    "17track": seventeentrack,
    "aftercart": aftercart,
    "aftership": aftership,
    "easypost": easypost,
    "shippo": shippo,
    "shopify": shopify,
}
