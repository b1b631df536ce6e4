"""What the page says of a parcel that shares in a disruption: one sentence more about what stands in the way."""

from __future__ import annotations

from django.utils.translation import gettext as _

from aftercart.facts import State
from aftercart.look.formats import Reader
from aftercart.promises.queries import lane
from aftercart.selfservice.queries import Parcel, Picture
from aftercart.watch.disruptions.standing import Disruption, affecting, disruption_of

SLOWED = frozenset({State.ACCEPTED, State.IN_TRANSIT, State.IN_CUSTOMS, State.DELAYED, State.HELD})


def sentence(parcel: Parcel, picture: Picture, reader: Reader, carrier: str) -> str:
    """Blank where nothing slows it."""
    found = _disruption(parcel, picture)
    if found is None:
        return ""
    date = reader.day(found.began)
    if found.town:
        return _("Parcels have been passing slowly through {place} since {date}.").format(place=found.town, date=date)
    return _("{carrier} has been slower than usual since {date}.").format(
        carrier=carrier or _("The carrier"), date=date
    )


def _disruption(parcel: Parcel, picture: Picture) -> Disruption | None:
    if not picture.disruptions or parcel.handed_over_at is None or parcel.state not in SLOWED:
        return None
    # Origins do not matter to any scope; a destination at home is written with its region.
    at_home = lane(parcel.carrier, parcel.service, picture.country, "", picture.country, picture.region)
    open_ones = affecting(one.standing for one in picture.disruptions)
    return disruption_of(open_ones, at_home, parcel.carrier, parcel.city)
