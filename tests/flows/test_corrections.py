"""From a notice to what the courier needs: the link does it, and whoever acts for the brand is told once a version."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.test import Client

from aftercart import pipeline
from aftercart.brands.models import AuditEntry, Brand
from aftercart.brands.services import hire, set_clock
from aftercart.facts import Attention, State
from aftercart.ops.books import imbalances
from aftercart.orders.models import Order
from aftercart.outbox import lines
from aftercart.outbox.models import Outgoing, OutgoingBody
from aftercart.outreach.models import Correction, Decision
from aftercart.people.links import Link, tracking_token
from tests.flows import giving_world as giving
from tests.flows.correcting_world import STOPPED, on_hold
from tests.flows.customer import path_of, see, text_of
from tests.flows.test_watch import MOVING, hear
from tests.gateway import Answer, Gateway, gateway
from tests.telling import days, placed, promised, scanned, shipped
from tests.world import NOW

FULL = {
    "name": "Noor Haddad",
    "street": "1200 W Lake St\r\nFlat 4",
    "postal_code": "60607",
    "city": "Chicago",
    "phone": "+1 312 555 0147",
    "note": "Gate code 4711",
}


@pytest.fixture
def there(settings: Any) -> Iterator[Gateway]:
    settings.WEBHOOK_DOORS = "loopback"
    with gateway() as found:
        found.usual = Answer(204, b"")
        yield found


@pytest.fixture
def stopped(brand: Brand) -> Brand:
    """UPS holds a parcel for want of an address, and its customer has been told."""
    giving.speaks(brand)
    on_hold(brand)
    set_clock(brand, STOPPED + timedelta(hours=1), rate=0)
    return brand


def in_the_mail() -> str:
    """The path that its button opens."""
    found = re.search(r"Complete the address: (\S+)", OutgoingBody.objects.get().text)
    assert found, OutgoingBody.objects.get().text
    return urlsplit(found[1]).path


def told(there: Gateway) -> list[dict[str, Any]]:
    bodies = [json.loads(asked.body) for asked in there.asked]
    return [body["data"] for body in bodies if body["type"] == "address.corrected"]


def test_the_notice_s_link_opens_a_form_with_what_is_known_and_the_brand_s_system_is_told(
    stopped: Brand, there: Gateway, client: Client
) -> None:
    giving.has_system(stopped, there.url)
    form = in_the_mail()
    page = client.get(form).content.decode()
    assert 'value="60601"' in page and 'value="Chicago"' in page and "United States" in text_of(client.get(form))

    answer = client.post(form, FULL)
    assert answer.status_code == 303 or answer.status_code == 302
    pipeline.send(STOPPED)
    (task,) = told(there)
    assert task["order"] == "101" and task["tracking_number"] == "1Z999AA1" and task["version"] == 1
    assert task["address"] == {
        "name": "Noor Haddad", "street": "1200 W Lake St\nFlat 4", "postal_code": "60607", "city": "Chicago",
        "country": "US",
    }  # fmt: skip
    assert task["phone"] == "+1 312 555 0147" and task["note"] == "Gate code 4711" and task["to"] == "noor@example.com"
    page = see(client, answer["location"].partition("#")[0])
    assert "What you told us goes to the carrier" in page
    assert "You sent us this on Wednesday, March 11. UPS gets it from us." in page
    assert "1200 W Lake St" in page and "Gate code 4711" in page and "Change it" in page
    entry = AuditEntry.objects.get(action="address.correct")
    assert entry.actor == "customer" and "Lake" not in str(entry.detail) and imbalances() == []


def test_the_same_again_is_one_and_a_change_is_a_version_told_by_itself(
    stopped: Brand, there: Gateway, client: Client
) -> None:
    giving.has_system(stopped, there.url)
    form = in_the_mail()
    for _ in range(2):
        client.post(form, FULL)
    client.post(form, FULL | {"note": "Ring twice"})
    assert 'value="Ring twice"' in client.get(form).content.decode()
    for _ in range(3):
        pipeline.send(STOPPED)
    assert sorted((one["version"], one["note"]) for one in told(there)) == [(1, "Gate code 4711"), (2, "Ring twice")]
    assert len({asked.headers["webhook-id"] for asked in there.asked if b"address.corrected" in asked.body}) == 2


def test_a_brand_without_a_system_of_its_own_has_it_in_the_mail_with_all_that_is_needed(
    stopped: Brand, client: Client
) -> None:
    told = {"api_key": "pk"}
    lines.add(
        stopped, provider="klaviyo", channel="event", settings=told, by="tests"
    )  # it sends words, and does nothing
    form = in_the_mail()
    for _ in range(2):
        client.post(form, FULL)
    owed = Outgoing.objects.get(kind="address.corrected")
    body = OutgoingBody.objects.get(id=owed.id)
    assert (owed.channel, body.address) == ("email", "help@juniper-and-clay.example")
    assert owed.customer_id == body.person_id == Order.objects.get().customer_id, "blanked with all else of theirs"
    for words in ("UPS", "1Z999AA1", "1200 W Lake St", "60607 Chicago", "US", "Gate code 4711", "+1 312 555 0147"):
        assert words in body.text
    assert f"/ops/juniper/orders/{Order.objects.get().id}/" in body.text
    pipeline.send(STOPPED)
    owed.refresh_from_db()
    assert owed.state == Outgoing.SENT and owed.purpose == "team"


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("name", " ", "Enter the name at the door."),
        ("street", "", "Enter the street and the house number."),
        ("postal_code", "", "Enter the postcode."),
        ("city", "", "Enter the town."),
        ("phone", "call me", "Enter a phone number in digits, or leave it out."),
        ("phone", "12", "Enter a phone number in digits, or leave it out."),
        ("note", "x" * 301, "at most 300"),
        ("street", "a\0b", "Null characters"),
    ],
)
def test_each_field_has_one_clear_error_and_nothing_is_kept(
    stopped: Brand, client: Client, field: str, value: str, words: str
) -> None:
    answer = client.post(in_the_mail(), FULL | {field: value})
    page = answer.content.decode()
    assert answer.status_code == 200 and words in text_of(answer) and page.count('class="wrong"') == 1
    assert 'aria-invalid="true"' in page and ("Chicago" in page or "60607" in page), "what was right is kept"
    assert not Correction.objects.exists() and not Outgoing.objects.filter(kind="address.corrected").exists()


def test_a_postcode_that_looks_wrong_is_asked_for_once_more_and_taken(stopped: Brand, client: Client) -> None:
    form = in_the_mail()
    odd = FULL | {"postal_code": "6060"}
    asked = client.post(form, odd)
    assert "Postcodes there look like 60601. If yours is right, send it once more." in text_of(asked)
    sure = re.search(r'name="sure" value="([^"]+)"', asked.content.decode())
    assert sure
    client.post(form, odd | {"postal_code": "606", "sure": sure[1]})
    assert not Correction.objects.exists(), "another one is asked about again"
    client.post(form, odd | {"sure": sure[1]})
    assert Correction.objects.get().postal_code == "6060"


def test_who_has_answered_is_not_asked_again_until_the_carrier_stops_it_again(stopped: Brand, client: Client) -> None:
    client.post(in_the_mail(), FULL)
    Decision.objects.filter(kind="address_problem").update(spoken=False, outgoing_id=None, waits_until=STOPPED)
    giving.looked(STOPPED + timedelta(hours=2))
    decision = Decision.objects.get(kind="address_problem")
    assert not decision.spoken and decision.reason == "they have told us what the courier needs"

    moved = STOPPED + days(1)
    hear(stopped, moved, scanned(MOVING, moved, number="1Z999AA1", city="Gary"))
    again = STOPPED + days(3)
    hear(stopped, again, scanned(State.HELD, again, number="1Z999AA1", reason="address", attention=Attention.ACTION))
    set_clock(stopped, again, rate=0)
    assert Decision.objects.filter(kind="address_problem", spoken=True).count() == 1
    page = see(client, path_of(stopped, Order.objects.get()))
    assert "Waiting for you" in page and "Complete the address" in page
    client.post(in_the_last_mail(), FULL)
    assert Correction.objects.count() == 2, "the same words answer another question now"


def in_the_last_mail() -> str:
    text = OutgoingBody.objects.filter(text__contains="Complete the address").latest("id").text
    found = re.search(r"Complete the address: (\S+)", text)
    assert found
    return urlsplit(found[1]).path


def test_staff_see_it_pass_it_on_and_then_it_stands(stopped: Brand, client: Client, admin_client: Client) -> None:
    hire(stopped, "admin", "unused-but-long")
    form = in_the_mail()
    client.post(form, FULL)
    order, row = Order.objects.get(), Correction.objects.get()
    page = f"/ops/juniper/orders/{order.id}/"
    assert "The customer sent an address" in see(admin_client, page)
    assert "The customer sent an address" in see(admin_client, "/ops/juniper/concerns/")
    there = f"{page}corrections/{row.id}/"
    assert client.post(there).status_code == 302 and Correction.objects.get().handled_at is None, "staff only"
    for words in ("The customer sees now that the carrier has it.", "Not changed"):
        assert words in text_of(admin_client.post(there, follow=True))
    assert "UPS has had it from us since Wednesday, March 11." in see(client, path_of(stopped, order))
    client.post(form, FULL | {"city": "Elsewhere"})
    assert Correction.objects.get().city == "Chicago"
    assert AuditEntry.objects.filter(action="address.passed_on", actor="admin").count() == 1


def test_only_the_whole_link_opens_the_form_and_only_while_it_is_asked_for(stopped: Brand, client: Client) -> None:
    order = Order.objects.get()
    little = tracking_token(stopped, Link(order.id, full=False))
    assert client.post(f"/t/juniper/{little}/address/", FULL).status_code == 302
    assert client.get("/t/juniper/x/address/").status_code == 404
    form = in_the_mail()
    assert "Complete the address" not in see(client, f"/t/juniper/{little}/")
    hear(stopped, STOPPED + days(1), scanned(MOVING, STOPPED + days(1), number="1Z999AA1", city="Gary"))
    assert client.get(form).status_code == 302 and client.post(form, FULL).status_code == 302
    assert not Correction.objects.exists()


@pytest.mark.parametrize("language", ["en", "es", "fr", "de", "pt", "ja"])
def test_it_speaks_the_customers_language(stopped: Brand, client: Client, language: str) -> None:
    form = in_the_mail() + f"?lang={language}"
    asked = see(client, form) + text_of(client.post(form, FULL | {"city": "", "postal_code": "1"}))
    after = see(client, client.post(form, FULL)["location"].partition("#")[0])
    english = ("What the courier needs", "House number", "Enter the town", "send it once more", "Send this",
               "You sent us this", "Change it", "What you told us")  # fmt: skip
    found = [word for word in english if word in asked + after]
    assert found == ([word for word in english if word != "House number"] if language == "en" else [])


@pytest.mark.parametrize(
    ("state", "reason", "attention", "label"),
    [
        (State.ATTEMPT_FAILED, "not_home", Attention.NONE, "Choose another day or place"),
        (State.AVAILABLE_FOR_PICKUP, "", Attention.ACTION, "See the pick-up point"),
        (State.IN_CUSTOMS, "docs", Attention.ACTION, "Give customs what is missing"),
        (State.HELD, "payment", Attention.ACTION, "Settle it on the carrier’s page"),
    ],
)
def test_all_else_is_done_on_the_carrier_s_own_page_of_this_parcel(
    brand: Brand, client: Client, state: State, reason: str, attention: Attention, label: str
) -> None:
    giving.speaks(brand)
    on_hold(brand, reason, state, attention=attention)
    set_clock(brand, STOPPED + timedelta(hours=1), rate=0)
    page = client.get(path_of(brand, Order.objects.get())).content.decode()
    theirs = "https://www.ups.com/track?tracknum=1Z999AA1"
    assert re.search(rf'data-kind="primary" href="{re.escape(theirs)}"[^>]*>{label}', page)
    giving.looked(STOPPED + days(4))
    assert theirs in OutgoingBody.objects.latest("id").text
    assert path_of(brand, Order.objects.get()).split("/")[2] in OutgoingBody.objects.latest("id").text


def test_no_button_leads_to_a_carrier_that_we_do_not_know(brand: Brand, client: Client) -> None:
    giving.speaks(brand)
    facts = (placed(), promised(NOW.date() + days(9)), shipped(NOW, number="https://evil.example", carrier="Wagon"))
    hear(brand, NOW, *facts)
    tried = scanned(State.ATTEMPT_FAILED, STOPPED, number="https://evil.example", carrier="wagon")
    hear(brand, STOPPED, tried)
    set_clock(brand, STOPPED, rate=0)
    assert "evil.example" not in OutgoingBody.objects.get().text
    assert 'href="https://evil' not in client.get(path_of(brand, Order.objects.get())).content.decode()
