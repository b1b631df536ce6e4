"""Orders in every state that the page knows, written into the tables: what the customer should see is known."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from aftercart.brands.models import Brand
from aftercart.brands.services import set_clock
from aftercart.facts import Attention, State, ZoneSource
from aftercart.orders import models as orders
from aftercart.orders.rules import order_number
from aftercart.people.models import Customer
from aftercart.plumbing import ids
from aftercart.plumbing.zones import zone_of
from aftercart.promises.models import Forecast, Promise
from aftercart.watch.models import Concern
from tests.browser import pictures
from tests.world import juniper

# A Tuesday, mid-morning in New York.
NOW = datetime(2026, 11, 24, 15, 20, tzinfo=UTC)


@dataclass(frozen=True, kw_only=True)
class Home:
    name: str
    email: str
    locale: str
    street: str
    city: str
    region: str
    country: str
    postal_code: str


ALICE = Home(
    name="Alice Moreau",
    email="alice@example.com",
    locale="en-GB",
    street="4 Quayside Walk",
    city="Bristol",
    region="",
    country="GB",
    postal_code="BS1 4QA",
)
DOLORES = Home(
    name="Dolores Iriarte",
    email="dolores@example.com",
    locale="es-ES",
    street="Calle del Olmo 12, 3.º B",
    city="Valencia",
    region="",
    country="ES",
    postal_code="46003",
)
HARU = Home(
    name="春野 遥",
    email="haru@example.com",
    locale="ja-JP",
    street="桜丘町 5-12",
    city="Yokohama",
    region="",
    country="JP",
    postal_code="231-0005",
)
WREN = Home(
    name="Wren Castellan",
    email="wren@example.com",
    locale="en-US",
    street="88 Larkspur Lane",
    city="Portland",
    region="OR",
    country="US",
    postal_code="97205",
)


@dataclass(frozen=True, kw_only=True)
class Thing:
    title: str
    variant: str
    picture: str
    price: int
    quantity: int = 1


BOWL = Thing(title="Salt-glazed serving bowl", variant="Ash white, 28 cm", picture="bowl.svg", price=6800)
THROW = Thing(title="Washed linen throw", variant="Oat, 140 × 200 cm", picture="throw.svg", price=11900)
CUPS = Thing(title="Espresso cup", variant="Juniper green", picture="cup.svg", price=2200, quantity=4)
VASE = Thing(title="Tall stoneware vase", variant="Iron oxide", picture="vase.svg", price=9400)


@dataclass(frozen=True, kw_only=True)
class Seen:
    state: State | None
    at: datetime
    city: str
    country: str
    region: str = ""
    words: str = ""


@dataclass(frozen=True, kw_only=True)
class Box:
    things: tuple[Thing, ...]
    seen: tuple[Seen, ...]
    carrier: str = "dhl"
    number: str = ""
    reason: str = ""
    attention: Attention = Attention.NONE
    concerns: tuple[str, ...] = ()
    believed: tuple[date, date] | None = None
    over: tuple[str, ...] = ()  # kinds of concerns that ended this morning
    missed: datetime | None = None  # when its customer said that it is not there
    parcel: tuple[tuple[str, object], ...] = ()  # what else its row says


@dataclass(frozen=True, kw_only=True)
class Tale:
    number: str
    home: Home
    placed: datetime
    boxes: tuple[Box, ...] = ()
    unsent: tuple[Thing, ...] = ()
    told: tuple[tuple[date | None, date, str, datetime, str], ...] = ()
    concerns: tuple[str, ...] = ()
    believed: tuple[date, date] | None = None
    cancelled: datetime | None = None
    things: tuple[Thing, ...] = field(init=False)

    def __post_init__(self) -> None:
        boxed = tuple(thing for box in self.boxes for thing in box.things)
        object.__setattr__(self, "things", boxed + self.unsent)


def shop() -> Brand:
    """Juniper & Clay on a known Tuesday."""
    brand = juniper()
    set_clock(brand, NOW)
    return brand


def tell(brand: Brand, tale: Tale) -> orders.Order:
    """Everything that the tables would hold about this order by now."""
    order = _order(brand, tale, _customer(brand, tale))
    for place, thing in enumerate(tale.things):
        _line(order, place, thing)
    for place, box in enumerate(tale.boxes):
        _box(order, place, box)
    for earliest, latest, surface, at, why in tale.told:
        made_by = Promise.SHOP if surface == "checkout" else Promise.US
        Promise.objects.create(
            id=ids.new(at), brand=brand, order_id=order.id, earliest=earliest, latest=latest, made_by=made_by,
            surface=surface, told_at=at, why=why,
        )  # fmt: skip
    _worry(order, order.id, tale.concerns, tale.believed)
    return order


def _customer(brand: Brand, tale: Tale) -> UUID:
    home = tale.home
    customer = ids.mirrored(brand.id, "email", home.email)
    known = {"name": home.name, "email": home.email, "locale": home.locale, "source": "shopify"}
    Customer.objects.get_or_create(id=customer, defaults={"brand": brand, "version": ids.new(tale.placed), **known})
    return customer


def _order(brand: Brand, tale: Tale, customer: UUID) -> orders.Order:
    home, version = tale.home, ids.new(tale.placed)
    order = orders.Order.objects.create(
        id=ids.mirrored(brand.id, "shopify", "order", tale.number), brand=brand, source="shopify",
        external_id=tale.number, version=version, number=tale.number, number_key=order_number(tale.number),
        customer_id=customer, placed_at=tale.placed, cancelled_at=tale.cancelled,
        total=sum(thing.price * thing.quantity for thing in tale.things),
        currency={"US": "USD", "GB": "GBP", "JP": "JPY"}.get(home.country, "EUR"),
        locale=home.locale, city=home.city, region=home.region, country=home.country,
        postal_code=home.postal_code, origin_country="US",
    )  # fmt: skip
    orders.DeliveryAddress.objects.create(
        id=order.id, brand=brand, person_id=customer, version=version, name=home.name, street=home.street
    )
    return order


def _line(order: orders.Order, place: int, thing: Thing) -> None:
    orders.OrderLine.objects.create(
        id=ids.mirrored(order.id, "line", place),
        brand_id=order.brand_id,
        order_id=order.id,
        external_id=thing.title,
        version=order.version,
        position=place,
        title=thing.title,
        variant=thing.variant,
        image_url=pictures.HOST + thing.picture,
        quantity=thing.quantity,
        price=thing.price,
        currency=order.currency,
    )


def _box(order: orders.Order, place: int, box: Box) -> None:
    number = box.number or f"JJD0{order.number}{place}7731"
    fulfilment = ids.mirrored(order.id, "fulfilment", place)
    parcel = ids.mirrored(fulfilment, "parcel", number)
    track = ids.mirrored(order.brand_id, "track", number)
    shipped = min((seen.at for seen in box.seen), default=order.placed_at + timedelta(hours=20))
    orders.Fulfilment.objects.create(
        id=fulfilment, brand_id=order.brand_id, source="shopify", external_id=f"{order.number}-{place}",
        version=order.version, order_id=order.id, shipped_at=shipped,
        lines=[[thing.title, thing.quantity] for thing in box.things],
    )  # fmt: skip
    for seen in box.seen:
        scan(order.brand_id, track, seen, box.carrier)
    orders.Parcel.objects.create(
        id=parcel, brand_id=order.brand_id, order_id=order.id, fulfilment_id=fulfilment, version=order.version,
        track_id=track, number=number, carrier=box.carrier, shipped_at=shipped, reason=box.reason,
        attention=box.attention, **folded(box.seen) | dict(box.parcel),
    )  # fmt: skip
    _worry(order, parcel, box.concerns, box.believed)
    _worry(order, parcel, box.over, None, closed_at=NOW - timedelta(hours=5))
    if box.missed:
        orders.NotReceived.objects.create(
            id=ids.mirrored(order.id, "not received"), brand_id=order.brand_id, order_id=order.id, number=number,
            version=ids.new(box.missed), reported_at=box.missed, found=False,
        )  # fmt: skip


def folded(seen: tuple[Seen, ...]) -> dict[str, object]:
    """The columns that the fold would write."""
    known = sorted((one for one in seen if one.state), key=lambda one: one.at)
    if not known:
        return {"state": State.LABEL_CREATED}
    last = known[-1]
    handed = [one.at for one in known if one.state is not State.LABEL_CREATED]
    return {
        "state": last.state,
        "state_at": last.at,
        "handed_over_at": min(handed, default=None),
        "moved_at": max(handed, default=None),
        "first_scan_at": known[0].at,
        "last_scan_at": max(one.at for one in seen),
        "delivered_at": last.at if last.state is State.DELIVERED else None,
        "scans": len(seen),
        "here_at": last.at,
        "city": last.city,
        "place_country": last.country,
    }


def scan(brand_id: UUID, track: UUID, seen: Seen, carrier: str) -> None:
    zone = zone_of(seen.country, seen.region) or UTC
    local = seen.at.astimezone(zone)
    offset = local.utcoffset()
    assert offset is not None
    orders.Scan.objects.create(
        id=ids.mirrored_event(seen.at, track, seen.state, seen.words),
        brand_id=brand_id,
        track_id=track,
        source="easypost",
        carrier=carrier,
        at=seen.at,
        local=local.replace(tzinfo=None).isoformat(),
        offset_minutes=offset // timedelta(minutes=1),
        zone=ZoneSource.EXPLICIT,
        state=seen.state,
        description=seen.words,
        city=seen.city,
        country=seen.country,
        reported_at=seen.at,
    )


def _worry(
    order: orders.Order,
    subject: UUID,
    kinds: tuple[str, ...],
    believed: tuple[date, date] | None,
    closed_at: datetime | None = None,
) -> None:
    for kind in kinds:
        Concern.objects.create(
            brand_id=order.brand_id, order_id=order.id, subject_id=subject, kind=kind,
            opened_at=NOW - timedelta(days=1), closed_at=closed_at,
        )  # fmt: skip
    if believed:
        Forecast.objects.create(
            id=subject, brand_id=order.brand_id, order_id=order.id, made_at=NOW, earliest=believed[0],
            latest=believed[1], likely=believed[1], basis="the carrier on this lane", version=1,
            renewed_latest=believed[1],
        )  # fmt: skip
