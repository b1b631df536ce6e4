"""Per kind the brand chooses that we speak, or that we feed its own sender: never both, and the audit would see it."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from typer.testing import CliRunner

from aftercart import pipeline
from aftercart.brands.models import Brand
from aftercart.cli.main import app
from aftercart.connectors.sending import EMAIL, EVENT
from aftercart.facts import State
from aftercart.orders.models import Order
from aftercart.outbox import lines
from aftercart.outbox.models import Line, Outgoing, OutgoingBody
from aftercart.outreach import services as outreach
from aftercart.outreach import terms
from aftercart.outreach.models import Decision, Hold
from aftercart.plumbing import ids
from aftercart.watch import services as watch
from tests.flows.test_milestone_notices import reach
from tests.flows.test_outreach import silent
from tests.flows.test_watch import hear
from tests.gateway import Answer, Gateway, gateway
from tests.telling import days, placed, scanned, shipped
from tests.world import NOW

YES = b'{"data":{"metafieldsSet":{"metafields":[{"id":"gid://shopify/Metafield/7"}],"userErrors":[]}}}'
BOTH = "what is said of an order is said by us or by the shop's sender, never by both"
UNCHOSEN = "what an order has reached is said by whom the brand chose for it"


@pytest.fixture
def shop(brand: Brand) -> Iterator[Gateway]:
    """A brand whose shop says by our metafield what has left and what has arrived."""
    brand.speaks_since = NOW
    brand.save()
    with gateway() as found:
        found.usual = Answer(200, YES)
        given = {"shop": "juniper.myshopify.com", "access_token": "shpat_secret_1", "address": found.url}
        lines.add(brand, provider="shopify", channel=EVENT, settings=given, by="tests")
        terms.publish(brand, at=NOW, by="tests", says={"shipped": EVENT, "delivered": EVENT})
        yield found


def written(there: Gateway) -> list[tuple[str, dict[str, str]]]:
    entries = [json.loads(asked.body)["variables"]["metafields"][0] for asked in there.asked]
    return [(entry["ownerId"], json.loads(entry["value"])) for entry in entries]


def test_what_is_left_to_the_shop_s_sender_is_written_to_its_order(brand: Brand, shop: Gateway) -> None:
    hear(brand, NOW, *silent())
    reach(brand, NOW + days(1), scanned(State.DELIVERED, NOW + days(1), number="1Z1"))
    assert pipeline.send(NOW + days(1)).sent == 1

    ((order, told),) = written(shop)
    assert order == "gid://shopify/Order/1"
    assert told["kind"] == "delivered" and told["headline"] == "Order 101 has been delivered"
    assert told["link"].startswith("http") and told["at"] == (NOW + days(1)).isoformat()
    sent = Outgoing.objects.get(kind="delivered")
    assert (sent.channel, sent.state, sent.provider_id) == (EVENT, Outgoing.SENT, "gid://shopify/Metafield/7")
    assert broken() == set()


def test_each_order_has_an_event_of_its_own(brand: Brand, shop: Gateway) -> None:
    facts = [fact for n in ("1", "2") for fact in (placed(order_id=n), shipped(NOW, n, f"1Z{n}"))]
    hear(brand, NOW, *facts, *(scanned(State.ACCEPTED, NOW, number=f"1Z{n}") for n in ("1", "2")))
    orders = list(Order.objects.values_list("id", flat=True))
    outreach.tell_milestones(brand, watch.reassess(brand, orders, NOW, restate=True).standing, NOW)

    pipeline.send(NOW)
    assert {order for order, _ in written(shop)} == {"gid://shopify/Order/1", "gid://shopify/Order/2"}
    assert {told["kind"] for _, told in written(shop)} == {"shipped"}
    assert Outgoing.objects.filter(state=Outgoing.SENT).count() == 2


def test_a_shop_that_refuses_is_a_person_s_and_one_that_is_busy_is_waited_for(brand: Brand, shop: Gateway) -> None:
    refused = {"data": {"metafieldsSet": {"userErrors": [{"field": ["ownerId"], "message": "Owner does not exist."}]}}}
    shop.answers = [Answer(429, b"", {"retry-after": "30"})]
    hear(brand, NOW, *silent())
    reach(brand, NOW + days(1), scanned(State.DELIVERED, NOW + days(1), number="1Z1"))
    assert pipeline.send(NOW + days(1)).retried == 1
    lines.add(brand, provider="shopify", channel=EVENT, settings=Line.objects.get().settings, by="tests")
    Outgoing.objects.update(due_at=NOW)
    shop.usual = Answer(200, json.dumps(refused).encode())
    assert pipeline.send(NOW + days(1)).parked == 1
    assert Outgoing.objects.get().reason == "ownerId: Owner does not exist."


def test_promotions_are_held_only_where_somebody_takes_it(brand: Brand, shop: Gateway) -> None:
    hear(brand, NOW, *silent())
    assert not Hold.objects.exists() and not Outgoing.objects.filter(purpose="hold").exists()


def broken() -> set[str]:
    """Of the rules of who speaks: these stories decide about no concern."""
    done = CliRunner().invoke(app, ["audit", "--json"])
    told = json.loads(done.output)
    assert done.exit_code == (0 if told["balanced"] else 1)
    return {one["rule"] for one in told["imbalances"]} & {BOTH, UNCHOSEN}


def delivered(brand: Brand, *, who: str) -> Outgoing:
    terms.publish(brand, at=NOW, by="tests", says={"delivered": who})
    hear(brand, NOW, *silent())
    reach(brand, NOW + days(1), scanned(State.DELIVERED, NOW + days(1), number="1Z1"))
    return Outgoing.objects.get(kind="delivered")


def again(said: Outgoing, **other: object) -> Outgoing:
    copy = Outgoing.objects.get(id=said.id)
    copy.id = ids.new(NOW)
    copy.customer_id = ids.new(NOW)  # or the database itself would not have it
    for name, value in other.items():
        setattr(copy, name, value)
    copy.save(force_insert=True)
    OutgoingBody.objects.create(id=copy.id, brand=copy.brand, person_id=copy.customer_id, address="noor@example.com")
    return copy


@pytest.mark.parametrize("who", ["us", EVENT])
def test_the_audit_sees_what_both_have_said(brand: Brand, shop: Gateway, who: str) -> None:
    said = delivered(brand, who=who)
    assert broken() == set()
    again(said, channel=EMAIL if who == EVENT else EVENT)
    assert broken() == {BOTH, UNCHOSEN}
    Outgoing.objects.exclude(id=said.id).update(state=Outgoing.CANCELLED, reason="broken on purpose")
    assert broken() == set()


def test_the_audit_sees_what_went_along_in_a_message_of_ours(brand: Brand, shop: Gateway) -> None:
    said = delivered(brand, who=EVENT)
    other = again(said, channel=EMAIL, kind="late", episode=ids.new(NOW))
    Decision.objects.filter(kind="delivered").update(outgoing_id=other.id)
    assert BOTH in broken()


def test_the_audit_sees_what_was_the_shop_s_to_say(brand: Brand, shop: Gateway) -> None:
    said = delivered(brand, who="us")
    terms.publish(brand, at=NOW + days(2), by="tests", says={"delivered": "shop"})
    assert broken() == set(), "it was ours when it was said"
    Outgoing.objects.filter(id=said.id).update(created_at=NOW + days(3))
    assert broken() == {UNCHOSEN}
