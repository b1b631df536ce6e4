from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from aftercart.connectors import shopify
from aftercart.connectors.contract import RECEIVED_AT, PayloadError
from aftercart.facts import (
    ArrivalEstimated,
    Attention,
    CustomerSeen,
    Line,
    Money,
    OrderCancelled,
    OrderEdited,
    OrderPlaced,
    ParcelScanned,
    ParcelsShipped,
    PaymentPosted,
    Place,
    ProductListed,
    RefundIssued,
    ReturnChanged,
    ReturnReceived,
    ReturnShipped,
    State,
    StockChanged,
    Unread,
    ZoneSource,
)
from tests.connectors.payloads import body, only, read, unread

TRIGGERED = {"x_shopify_triggered_at": "2026-03-11T08:00:00.123456789Z"}
TOLD = datetime(2026, 3, 11, 8, 0, 0, 123456, tzinfo=UTC)


def order() -> OrderPlaced:
    return only(OrderPlaced, read("shopify", "order", x_shopify_topic="orders/updated"))[0]


def test_an_order_says_who_bought_what_for_where() -> None:
    placed = order()
    assert (placed.order_id, placed.number, placed.service) == ("5820014477381", "JC1042", "Tracked 48")
    assert placed.happened_at == datetime(2026, 3, 2, 8, 15, 18, tzinfo=UTC)
    assert placed.as_of == placed.reported_at == datetime(2026, 3, 4, 15, 40, 5, tzinfo=UTC)
    assert placed.approved_at == placed.happened_at
    assert placed.ship_to == Place(city="Bath", region="ENG", country="GB", postal_code="BA1 2QH")
    assert placed.street == ("4 Quarry Steps", "Flat 2")
    assert placed.customer.external_id == "7044120931"
    assert placed.customer.email == "imogen.hartwell@juniper.example"
    assert (placed.customer.name, placed.customer.locale) == ("Imogen Hartwell", "en-GB")


def test_amounts_are_those_that_the_customer_paid() -> None:
    assert order().total == Money(amount=8895, currency="GBP")
    assert order().lines[0].price == Money(amount=2495, currency="GBP")
    assert order().lines[1].price == Money(amount=2020, currency="EUR")


def test_lines_are_what_left_as_ordered_and_what_has_not_as_it_stands_after_edits() -> None:
    assert [(line.external_id, line.quantity) for line in order().lines] == [("14100200301", 2), ("14100200302", 1)]
    assert order().lines[1] == Line(
        external_id="14100200302",
        title="Linen runner",
        quantity=1,
        product_id="812",
        variant_id="8120",
        price=Money(amount=2020, currency="EUR"),
    )


def test_an_order_carries_its_fulfilments_and_refunds() -> None:
    reads = read("shopify", "order")
    (shipped,) = only(ParcelsShipped, reads)
    assert (shipped.fulfilment_id, shipped.order_id) == ("5100700801", "5820014477381")
    assert (shipped.carrier, shipped.numbers) == ("Royal Mail", ("QQ004512377GB", "QQ004512378GB"))
    assert shipped.lines == (("14100200301", 2),)
    assert shipped.ship_from == Place(city="Rotterdam", country="NL", postal_code="3011 AA")
    (refund,) = only(RefundIssued, reads)
    assert (refund.amount, refund.lines) == (Money(amount=2495, currency="GBP"), (("14100200301", 1),))


def test_one_broken_fulfilment_does_not_cost_the_others() -> None:
    assert unread(read("shopify", "order")) == [("fulfillments[1].id", "is missing")]


def test_a_fulfilment_known_to_have_arrived_has_arrived() -> None:
    (scan,) = only(ParcelScanned, read("shopify", "order"))
    assert (scan.state, scan.fulfilment_id, scan.number) == (State.DELIVERED, "5100700801", "")
    assert scan.at.offset_minutes == 60
    assert only(ParcelScanned, read("shopify", "fulfillment")) == []  # in transit, but since when?


def test_a_cancelled_order_keeps_its_lines_and_says_why() -> None:
    placed, cancelled = read("shopify", "order_cancelled", x_shopify_topic="orders/cancelled")
    assert isinstance(placed, OrderPlaced) and isinstance(cancelled, OrderCancelled)
    assert placed.total == Money(amount=12800, currency="JPY")
    assert [line.title for line in placed.lines] == ["茶碗"]
    assert placed.approved_at is None
    assert cancelled.happened_at == placed.cancelled_at == datetime(2026, 3, 5, 10, 29, 58, tzinfo=UTC)
    assert cancelled.why == "customer"


def test_a_deleted_order_is_cancelled_when_it_was_told() -> None:
    (cancelled,) = read("shopify", "order_deleted", **TRIGGERED)
    assert isinstance(cancelled, OrderCancelled)
    assert (cancelled.order_id, cancelled.why, cancelled.happened_at) == ("5820014477399", "deleted", TOLD)


def test_an_edit_says_which_lines_changed_by_how_many() -> None:
    (edit,) = read("shopify", "order_edited", x_shopify_topic="orders/edited")
    assert isinstance(edit, OrderEdited)
    assert (edit.order_id, edit.changes) == ("5820014477381", (("14100200304", 1), ("14100200302", -2)))


def test_a_fulfilment_event_is_a_scan_and_may_estimate_the_arrival() -> None:
    scan, estimate = read("shopify", "fulfillment_event", x_shopify_topic="fulfillment_events/create", **TRIGGERED)
    assert isinstance(scan, ParcelScanned) and isinstance(estimate, ArrivalEstimated)
    assert (scan.state, scan.code, scan.fulfilment_id) == (State.OUT_FOR_DELIVERY, "out_for_delivery", "5100700802")
    assert (scan.at.local, scan.at.offset_minutes) == (datetime(2026, 3, 9, 7, 41), -300)
    assert (scan.at.zone, scan.reported_at) == (ZoneSource.EXPLICIT, TOLD)
    assert scan.place == Place(city="Columbus", region="OH", country="US", postal_code="43215")
    assert (estimate.latest, estimate.fulfilment_id) == (date(2026, 3, 9), "5100700802")


def test_a_deleted_fulfilment_event_changes_nothing_and_is_said() -> None:
    scan, said = read("shopify", "fulfillment_event", x_shopify_topic="fulfillment_events/delete")
    assert isinstance(scan, ParcelScanned) and scan.state is None
    assert said == Unread("topic", "fulfillment_events/delete")


def test_an_unknown_status_is_kept_and_changes_nothing() -> None:
    sent = body("shopify", "fulfillment_event").replace(b"out_for_delivery", b"BEAMED_UP")
    scan = only(ParcelScanned, shopify.parse(sent, {}))[0]
    assert (scan.state, scan.code, scan.attention) == (None, "beamed_up", Attention.NONE)


def test_a_status_in_capitals_is_the_same_status() -> None:
    sent = body("shopify", "fulfillment_event").replace(b"out_for_delivery", b"OUT_FOR_DELIVERY")
    assert only(ParcelScanned, shopify.parse(sent, {}))[0].state is State.OUT_FOR_DELIVERY


def test_a_refund_that_paid_nothing_back_yet_has_no_amount() -> None:
    (refund,) = read("shopify", "refund")
    assert isinstance(refund, RefundIssued)
    assert (refund.amount, refund.lines, refund.note) == (None, (("14100200302", 1),), "")


def test_returns_are_dated_by_their_header() -> None:
    (asked,) = read("shopify", "return_request", x_shopify_topic="returns/request", **TRIGGERED)
    assert isinstance(asked, ReturnChanged)
    assert (asked.return_id, asked.step, asked.order_id) == ("44001122", "request", "5820014477381")
    assert (asked.happened_at, asked.lines) == (TOLD, (("14100200301", 1, "color"),))
    (changed,) = read("shopify", "return_update", x_shopify_topic="returns/update", **TRIGGERED)
    assert isinstance(changed, ReturnChanged)
    assert (changed.return_id, changed.step, changed.lines) == ("44001122", "update", ())


def test_a_return_has_a_parcel_and_its_goods_end_somewhere() -> None:
    (shipped,) = read("shopify", "reverse_delivery", x_shopify_topic="reverse_deliveries/attach_deliverable")
    assert isinstance(shipped, ReturnShipped)
    assert (shipped.return_id, shipped.number, shipped.carrier) == ("44001122", "H00QZA0004512377", "Evri")
    received = only(ReturnReceived, read("shopify", "disposition", **TRIGGERED))
    assert [(one.disposition, one.quantity, one.line_id) for one in received] == [
        ("restocked", 1, "660031"),
        ("missing", 2, "660032"),
    ]
    assert received[0].return_id == "gid://shopify/ReverseFulfillmentOrder/66003"


def test_payments_products_stock_and_customers_are_read() -> None:
    (payment,) = read("shopify", "transaction", x_shopify_topic="order_transactions/create")
    assert isinstance(payment, PaymentPosted)
    assert (payment.kind, payment.succeeded, payment.amount) == ("capture", True, Money(amount=8895, currency="GBP"))
    (product,) = read("shopify", "product", x_shopify_topic="products/update")
    assert isinstance(product, ProductListed)
    assert product.variants == (("8111", "BOWL-SAND", "Sand"), ("8112", "BOWL-MOSS", "Moss"))
    assert product.image_url == "https://cdn.juniper.example/bowl.jpg"
    (variant,) = read("shopify", "variant", x_shopify_topic="variants/out_of_stock")
    (level,) = read("shopify", "inventory_level", x_shopify_topic="inventory_levels/update")
    assert isinstance(variant, StockChanged) and isinstance(level, StockChanged)
    assert (variant.item_id, variant.location_id, variant.available) == ("8112", "", 0)
    assert (level.item_id, level.location_id, level.available) == ("98112", "31", 17)
    (customer,) = read("shopify", "customer", x_shopify_topic="customers/update")
    assert isinstance(customer, CustomerSeen) and customer.person.name == "Imogen Hartwell"


@pytest.mark.parametrize("kind", ["order", "fulfillment", "fulfillment_event", "refund", "product", "customer"])
def test_the_rest_api_s_answers_read_like_webhooks(kind: str) -> None:
    bare = read("shopify", kind)
    plural = kind.encode() + b"s"
    assert shopify.parse(b'{"' + kind.encode() + b'":' + body("shopify", kind) + b"}", {}) == bare
    listed = shopify.parse(b'{"' + plural + b'":[' + body("shopify", kind) + b"]}", {})
    assert only(type(bare[0]), listed) == only(type(bare[0]), bare)


def test_a_list_keeps_what_can_be_read_and_says_what_cannot() -> None:
    sent = b'{"orders":[{"name":"#1"},7,' + body("shopify", "order_cancelled") + b"]}"
    reads = shopify.parse(sent, {})
    assert len(only(OrderPlaced, reads)) == 1
    assert unread(reads) == [("orders[0].id", "is missing"), ("orders[1].body", "is not an object")]


def test_ids_are_text_even_where_they_come_as_numbers_or_from_graphql() -> None:
    for written in (b"820982911946154508", b'"820982911946154508"', b'"gid://shopify/Order/820982911946154508"'):
        sent = b'{"id":' + written + b',"name":"#1","line_items":[],"order_number":1}'
        placed = only(OrderPlaced, shopify.parse(sent, {}))[0]
        assert placed.order_id == "820982911946154508"


def test_what_postgresql_cannot_keep_and_half_an_emoji_are_left_out() -> None:
    line = b'{"id":2,"title":"Bowl \\ud83d","sku":"\\ud83d\\ude00"}'
    sent = b'{"id":1,"name":"#\\u0000A7","order_number":1,"line_items":[' + line + b"]}"
    placed = only(OrderPlaced, shopify.parse(sent, {}))[0]
    assert (placed.number, placed.lines[0].title, placed.lines[0].sku) == ("A7", "Bowl \ufffd", "\U0001f600")


def test_what_names_no_time_is_dated_by_its_receipt() -> None:
    sent, topic = b'{"id":44001122,"status":"canceled"}', {"x-shopify-topic": "returns/cancel"}
    (read_late,) = only(ReturnChanged, shopify.parse(sent, {**topic, RECEIVED_AT: "2026-03-12T09:00:00+00:00"}))
    assert read_late.happened_at == datetime(2026, 3, 12, 9, tzinfo=UTC)
    (undated,) = only(ReturnChanged, shopify.parse(sent, topic))
    assert undated.happened_at == datetime(1970, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize("topic", ["fulfillment_orders/moved", "orders/risk_assessment_changed", "customers/redact"])
def test_a_topic_that_means_nothing_to_us_yet_is_said(topic: str) -> None:
    (said,) = shopify.parse(b'{"id":1}', {"x-shopify-topic": topic})
    assert isinstance(said, Unread)
    assert said.where == "topic" and said.what.startswith(topic)


def test_a_known_kind_without_its_id_is_refused_by_name() -> None:
    with pytest.raises(PayloadError, match="order_id: is missing"):
        shopify.parse(b'{"id":1}', {"x-shopify-topic": "fulfillments/create"})
