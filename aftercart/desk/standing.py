"""What the rows of an order come to, for the sentence and the bar that stand over them."""

from __future__ import annotations

from datetime import date, datetime

from django.utils.safestring import SafeString, mark_safe

from aftercart.desk.bars import bar
from aftercart.desk.verdicts import Standing
from aftercart.outreach.rules import gravity
from aftercart.promises.queries import destination_zone
from aftercart.story.queries import Known


def standing(known: Known) -> Standing:
    order = known.order
    zone = destination_zone(order.country, order.region, order.postal_code)
    worries = [one for one in known.concerns if one.closed_at is None]
    concern = min(worries, key=lambda one: gravity(one.kind), default=None)
    parcels = [parcel for parcel in known.parcels if not parcel.cancelled]
    parcel = next((one for one in parcels if one.delivered_at is None), parcels[-1] if parcels else None)
    delivered = parcel.delivered_at if parcel else None
    forecast = max(known.forecasts, key=lambda one: one.latest, default=None)
    return Standing(
        order=order.number,
        concern=concern.kind if concern else "",
        evidence=concern.evidence if concern else None,
        state=parcel.state if parcel else "",
        place=parcel.city if parcel else "",
        promised=known.promises[-1].latest if known.promises else None,
        earliest=forecast.earliest if forecast else None,
        latest=forecast.latest if forecast else None,
        delivered=delivered.astimezone(zone).date() if delivered else None,
        cancelled=bool(known.cancellation or order.cancelled_at),
    )


def drawn(known: Known, now: datetime, standing: Standing) -> SafeString:
    """The way of the order from its placing to the last day that anybody named."""
    zone = destination_zone(known.order.country, known.order.region, known.order.postal_code)

    def day(moment: datetime | None) -> date | None:
        return moment.astimezone(zone).date() if moment else None

    handed = min((p.handed_over_at for p in known.parcels if p.handed_over_at), default=None)
    earliest, latest = standing.believed or (None, None)
    return mark_safe(
        bar(
            placed=known.order.placed_at.astimezone(zone).date(), now=now.astimezone(zone).date(), handed=day(handed),
            promised=standing.promised, earliest=earliest, latest=latest, delivered=standing.delivered,
        )
    )  # fmt: skip
