"""Everything that a tracking page shows of one order, read in one statement."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

import msgspec

from aftercart.brands.models import Brand
from aftercart.facts import Attention, State
from aftercart.orders.rules import Scanned, order_number
from aftercart.outreach.corrections.queries import GIVEN, Correct
from aftercart.people.rules import normal_email
from aftercart.plumbing import bulk
from aftercart.plumbing.signing import same
from aftercart.promises.returning import WINDOW
from aftercart.watch.disruptions.series import Series
from aftercart.watch.disruptions.standing import Disruption


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    external_id: str
    title: str
    variant: str
    quantity: int
    image_url: str
    price: int | None
    currency: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    at: datetime
    found: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Parcel:
    id: UUID
    fulfilment_id: UUID
    number: str
    carrier: str
    state: State
    reason: str
    attention: Attention
    state_at: datetime | None
    shipped_at: datetime
    handed_over_at: datetime | None
    moved_at: datetime | None
    delivered_at: datetime | None
    city: str
    country: str
    service: str
    lines: list[tuple[str, int]]
    here_at: datetime | None = None
    again_at: datetime | None = None
    collect_by: date | None = None
    said: Said | None = None  # what the customer said last of it
    look_until: date | None = None  # until when it may yet turn up, where it is missed
    scans: list[Scanned] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    earliest: date | None
    latest: date
    made_by: str
    surface: str
    told_at: datetime
    why: str
    parcel_id: UUID | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Believed:
    id: UUID  # of the parcel, or of the order before it has left
    earliest: date
    latest: date
    basis: str
    likely: date
    version: int
    confidence: float | None = None
    renewed_latest: date | None = None  # the last day to tell instead of the one told
    because: str = ""
    leaves_on: date | None = None
    note: str = ""  # the brand's own words about that, in its language


@dataclass(frozen=True, slots=True, kw_only=True)
class Concern:
    subject_id: UUID
    kind: str
    since: datetime
    closed_at: datetime | None = None
    collect_by: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    kind: str
    sent_at: datetime
    subject: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Slowing:
    """An open disruption of the brand's parcels."""

    id: UUID
    kind: str
    part: str
    scope: str
    began: date
    slow: float

    @property
    def standing(self) -> Disruption:
        return Disruption(
            id=self.id, kind=self.kind, series=Series(self.part, self.scope), began=self.began, slow=self.slow
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    id: UUID
    customer_id: UUID | None = None
    number: str
    placed_at: datetime
    cancelled_at: datetime | None
    locale: str
    city: str
    region: str
    country: str
    postal_code: str
    total: int | None
    currency: str
    street: str
    name: str
    items: list[Item]
    parcels: list[Parcel]
    told: list[Told]  # oldest first
    believed: list[Believed]
    concerns: list[Concern]  # those that are over, too
    notices: list[Notice]
    brands_language: str = ""
    disruptions: list[Slowing] = field(default_factory=list)
    return_days: int | None = None  # in which it can be sent back
    given: list[Correct] = field(default_factory=list)  # the newest last


# In the order of Scanned's fields. Numbers are used again: what comes after the last scan of this parcel is somebody
# else's. What is said of a consignment is said of its parcel, unless it has several and this one has scans of its own.
_SCANS = """
SELECT coalesce(json_agg(json_build_array(
    s.at, s.id, s.state, s.code, s.source, s.carrier, s.zone, s.local, s.reason, s.attention, s.description,
    s.city, s.region, s.country)), '[]')
FROM orders_scan s
WHERE s.brand_id = p.brand_id AND s.at BETWEEN p.shipped_at - interval '10 days' AND p.last_scan_at
    AND (s.track_id = p.track_id OR s.track_id = p.fulfilment_id AND (
        NOT EXISTS (SELECT FROM orders_parcel q
            WHERE q.brand_id = p.brand_id AND q.fulfilment_id = f.id AND q.version = f.version AND q.id <> p.id)
        OR NOT EXISTS (SELECT FROM orders_scan x WHERE x.brand_id = p.brand_id AND x.track_id = p.track_id
            AND x.at BETWEEN p.shipped_at - interval '10 days' AND p.last_scan_at)))"""

_SAID = """
SELECT json_build_object('at', r.reported_at, 'found', r.found) FROM orders_notreceived r
WHERE r.brand_id = o.brand_id AND r.order_id = o.id AND r.number IN ('', p.number)
ORDER BY r.reported_at DESC LIMIT 1"""

_PARCELS = f"""
SELECT coalesce(json_agg(json_build_object(
    'id', p.id, 'fulfilment_id', f.id, 'number', p.number, 'carrier', p.carrier, 'state', p.state, 'reason', p.reason,
    'attention', p.attention, 'state_at', p.state_at, 'shipped_at', p.shipped_at,
    'handed_over_at', p.handed_over_at, 'moved_at', p.moved_at, 'delivered_at', p.delivered_at,
    'city', p.city, 'country', p.place_country, 'service', coalesce(nullif(p.service, ''), o.service),
    'lines', f.lines, 'here_at', p.here_at, 'again_at', p.again_at,
    'collect_by', p.collect_by, 'said', ({_SAID}), 'scans', ({_SCANS})
    ) ORDER BY p.shipped_at, f.id, p.position), '[]')
FROM orders_parcel p JOIN orders_fulfilment f ON f.id = p.fulfilment_id
WHERE p.brand_id = o.brand_id AND p.order_id = o.id AND p.version = f.version AND NOT f.cancelled"""

_ITEMS = """
SELECT coalesce(json_agg(json_build_object(
    'external_id', l.external_id, 'title', l.title, 'variant', l.variant, 'quantity', l.quantity,
    'image_url', coalesce(nullif(l.image_url, ''), d.image_url, ''), 'price', l.price, 'currency', l.currency
    ) ORDER BY l.position, l.id), '[]')
FROM orders_orderline l
LEFT JOIN LATERAL (
    SELECT image_url FROM orders_product
    WHERE brand_id = l.brand_id AND external_id = l.product_id AND l.product_id <> '' AND source = o.source LIMIT 1
) d ON true
WHERE l.brand_id = o.brand_id AND l.order_id = o.id AND l.version = o.version"""

_TOLD = """
SELECT coalesce(json_agg(json_build_object(
    'earliest', t.earliest, 'latest', t.latest, 'made_by', t.made_by, 'surface', t.surface, 'told_at', t.told_at,
    'why', t.why, 'parcel_id', t.parcel_id) ORDER BY t.told_at, t.id), '[]')
FROM promises_promise t WHERE t.brand_id = o.brand_id AND t.order_id = o.id"""

_BELIEVED = """
SELECT coalesce(json_agg(json_build_object('id', b.id, 'earliest', b.earliest, 'latest', b.latest, 'basis', b.basis,
    'likely', b.likely, 'version', b.version, 'confidence', b.confidence, 'renewed_latest', b.renewed_latest,
    'because', b.because, 'leaves_on', b.leaves_on, 'note', b.note)), '[]')
FROM promises_forecast b WHERE b.brand_id = o.brand_id AND b.order_id = o.id"""

_CONCERNS = """
SELECT coalesce(json_agg(json_build_object('subject_id', w.subject_id, 'kind', w.kind, 'closed_at', w.closed_at,
    'since', coalesce((w.evidence->>'since')::timestamptz, w.opened_at),
    'collect_by', w.evidence->>'collect_by')), '[]')
FROM watch_concern w WHERE w.brand_id = o.brand_id AND w.order_id = o.id"""

_NOTICES = """
SELECT coalesce(json_agg(json_build_object('kind', n.kind, 'sent_at', n.sent_at, 'subject', b.subject)
    ORDER BY n.sent_at), '[]')
FROM outreach_decision y JOIN outbox_outgoing n ON n.id = y.outgoing_id JOIN outbox_outgoingbody b ON b.id = n.id
WHERE y.brand_id = o.brand_id AND y.order_id = o.id AND n.sent_at IS NOT NULL"""

_DISRUPTIONS = """
SELECT coalesce(json_agg(json_build_object('id', x.id, 'kind', x.kind, 'part', x.part, 'scope', x.scope,
    'began', x.began, 'slow', x.slow)), '[]')
FROM watch_disruption x WHERE x.brand_id = o.brand_id AND x.closed_at IS NULL"""

_PICTURE = f"""
SELECT json_build_object(
    'id', o.id, 'customer_id', u.id, 'number', o.number, 'placed_at', o.placed_at,
    'cancelled_at', coalesce(o.cancelled_at, c.cancelled_at),
    'locale', coalesce(nullif(o.locale, ''), u.locale, ''), 'city', o.city, 'region', o.region,
    'country', o.country, 'postal_code', o.postal_code, 'total', o.total, 'currency', o.currency,
    'street', coalesce(a.street, ''), 'name', coalesce(a.name, ''),
    'items', ({_ITEMS}), 'parcels', ({_PARCELS}), 'told', ({_TOLD}), 'believed', ({_BELIEVED}),
    'concerns', ({_CONCERNS}), 'notices', ({_NOTICES}),
    'given', ({GIVEN}), 'disruptions', ({_DISRUPTIONS}), 'return_days', ({WINDOW}),
    'brands_language', (SELECT language FROM brands_brand WHERE id = o.brand_id))::text
FROM orders_order o
LEFT JOIN orders_cancellation c ON c.id = o.id
LEFT JOIN orders_deliveryaddress a ON a.id = o.id
LEFT JOIN people_customer u ON u.id = o.customer_id
WHERE o.brand_id = %s AND o.id = %s"""

_decoder = msgspec.json.Decoder(Picture)


def picture(brand: Brand, order_id: UUID) -> Picture | None:
    """The order as its customer may see it, or None where there is none."""
    with bulk.cursor() as cursor:
        # Planning costs more than running it: let the server keep the plan.
        row = cursor.execute(_PICTURE, [brand.id, order_id], prepare=True).fetchone()
    return _decoder.decode(row[0]) if row else None


_PROOFS = """
SELECT o.id, coalesce(u.email, ''), o.postal_code
FROM orders_order o LEFT JOIN people_customer u ON u.id = o.customer_id
WHERE o.brand_id = %s AND o.number_key = %s ORDER BY o.placed_at DESC LIMIT 5"""


def find(brand: Brand, number: str, proof: str) -> UUID | None:
    """The order of a number whose e-mail or postal code is `proof`. A wrong one costs what a right one does."""
    with bulk.cursor() as cursor:
        found = cursor.execute(_PROOFS, [brand.id, order_number(number)], prepare=True).fetchall()
    found += [(None, "", "")] * (5 - len(found))
    given = (normal_email(proof), order_number(proof))
    matches = [
        order if same(given[0], normal_email(email)) | same(given[1], order_number(postal_code)) else None
        for order, email, postal_code in found
    ]
    return next((order for order in matches if order), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipient:
    customer_id: UUID
    email: str
    number: str
    locale: str


def recipient(brand: Brand, order_id: UUID) -> Recipient | None:
    """Who gets messages about this order; None where no address is known."""
    with bulk.cursor() as cursor:
        row = cursor.execute(
            "SELECT u.id, u.email, o.number, coalesce(nullif(o.locale, ''), u.locale)"
            " FROM orders_order o JOIN people_customer u ON u.id = o.customer_id"
            " WHERE o.brand_id = %s AND o.id = %s AND u.email <> ''",
            [brand.id, order_id],
        ).fetchone()
    return Recipient(customer_id=row[0], email=row[1], number=row[2], locale=row[3]) if row else None
