"""The team hears of what needs somebody, once, by mail and where it talks; what comes right is not told of again."""

from __future__ import annotations

from datetime import timedelta

from aftercart.brands.models import Brand
from aftercart.brands.services import set_clock
from aftercart.outbox import lines
from aftercart.outbox.models import Outgoing, OutgoingBody
from aftercart.outreach.alerts import services
from aftercart.outreach.alerts.models import Alert
from aftercart.plumbing import clock, ids
from aftercart.returns import terms
from aftercart.returns.models import Return
from aftercart.returns.queries import breaches
from aftercart.watch.models import Disruption
from tests.world import NOW

HOUR = timedelta(hours=1)


def slow(brand: Brand, kind: str = "hub") -> Disruption:
    return Disruption.objects.create(
        brand=brand, kind=kind, part="hub", scope="dhl|Leipzig", began=NOW.date(), opened_at=NOW, slow=0.4,
        observed=4, expected=11, statistic=9, limit=5, parcels=37,
    )  # fmt: skip


def parked(brand: Brand) -> Outgoing:
    return Outgoing.objects.create(
        id=ids.new(NOW), brand=brand, channel="email", kind="late", customer_id=ids.new(), episode=ids.new(),
        state=Outgoing.PARKED, reason="It may have arrived.", created_at=NOW, due_at=clock.machine(),
        message_id="<x@y>",
    )  # fmt: skip


def told() -> list[str]:
    return list(OutgoingBody.objects.order_by("id").values_list("subject", flat=True))


def test_nobody_on_call_hears_nothing(brand: Brand) -> None:
    slow(brand)
    assert services.alert(brand, NOW) == 0 and not Alert.objects.exists()


def test_a_disruption_and_a_parked_message_are_one_mail_with_their_links(brand: Brand) -> None:
    services.publish(brand, at=NOW, by="Noor", mail=["lead@juniper.example", "ops@juniper.example"])
    found = slow(brand)
    parked(brand)

    assert services.alert(brand, NOW) == 2
    bodies = OutgoingBody.objects.all()
    assert {body.address for body in bodies} == {"lead@juniper.example", "ops@juniper.example"}
    text = bodies[0].text
    assert (
        "Parcels are slower than usual: dhl|Leipzig (37 of them)" in text
        and f"/ops/juniper/disruptions/{found.id}/" in text
    )
    assert "1 message is parked for a person to decide" in text and "/ops/juniper/notices/?state=parked" in text

    assert services.alert(brand, NOW + HOUR) == 0, "once"


def test_what_flaps_is_told_once_and_what_comes_back_later_again(brand: Brand) -> None:
    services.publish(brand, at=NOW, by="Noor", mail=["lead@juniper.example"])
    row = parked(brand)
    assert services.alert(brand, NOW) == 1
    for minutes in (10, 20, 30, 40):
        state = Outgoing.SENT if minutes % 20 else Outgoing.PARKED
        Outgoing.objects.filter(id=row.id).update(state=state, sent_at=NOW)
        assert services.alert(brand, NOW + timedelta(minutes=minutes)) == 0
    Outgoing.objects.filter(id=row.id).update(state=Outgoing.SENT)
    assert services.alert(brand, NOW + HOUR) == 0
    Outgoing.objects.filter(id=row.id).update(state=Outgoing.PARKED)
    assert services.alert(brand, NOW + 3 * HOUR) == 1
    assert len(told()) == 2


def test_a_line_of_the_team_hears_it_as_well(brand: Brand) -> None:
    lines.add(
        brand, provider="slack", channel="team", settings={"url": "https://hooks.example/services/x"}, by="Noor",
        name="care", position=None, per_minute=None,
    )  # fmt: skip
    slow(brand, kind="feed_outage")

    assert services.alert(brand, NOW) == 1
    assert Outgoing.objects.get().channel == "team" and told() == ["Juniper & Clay: No news comes in from carriers"]


def test_a_stage_of_returns_that_takes_longer_than_the_brand_has_set_itself_is_told_once(brand: Brand) -> None:
    services.publish(brand, at=NOW, by="Noor", mail=["lead@juniper.example"])
    set_clock(brand, NOW, rate=0)
    terms.publish(brand, at=NOW, by="Noor", check=2)
    for n, days in enumerate((6, 5, 4)):  # NOW is a Tuesday: what came on Friday may take until tonight
        Return.objects.create(
            id=ids.new(), brand=brand, source="shopify", external_id=str(n), state="received",
            received_at=NOW - timedelta(days=days),
        )  # fmt: skip
    Return.objects.create(id=ids.new(), brand=brand, source="shopify", external_id="9", state="requested", asked_at=NOW)

    assert services.alert(brand, NOW) == 1
    body = OutgoingBody.objects.get()
    assert body.subject.endswith("2 returns waited longer to be looked at than you have set yourself")
    assert services.alert(brand, NOW + HOUR) == 0, "once"

    Return.objects.filter(state="received").update(state="checked")
    assert breaches(brand, NOW) == []
