"""What narrows the pages of lanes and of promises."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from django import forms
from django.http import QueryDict

from aftercart.ops.forms import ANY, Filter, _choice
from aftercart.ops.queries.outcomes import Wanted
from aftercart.ops.speeds import Speed
from aftercart.orders.carriers import carrier_name
from aftercart.promises.lanes import Lane
from aftercart.story.rules import MAKERS, lane_in_words, place_in_words

DAYS = {"7": "7 days", "28": "4 weeks", "56": "8 weeks"}
USUAL = 28
SORTS = {
    "": "Most under way too long",
    "slower": "Slower than before",
    "slow": "Slowest",
    "on-time": "Least on time",
    "parcels": "Most parcels",
    "to": "Destination",
}


def period(data: QueryDict) -> int:
    """The days that are asked for; what cannot be asked for is the usual four weeks."""
    return int(asked) if (asked := data.get("days", "")) in DAYS else USUAL


class LaneFilter(Filter):
    days = _choice(
        "Delivered in the last", [(d, n) for d, n in DAYS.items() if d != str(USUAL)], default=[("", "4 weeks")]
    )
    carrier = forms.ChoiceField(required=False, label="Carrier")
    service = forms.ChoiceField(required=False, label="Service")
    origin = forms.ChoiceField(required=False, label="From")
    to = forms.ChoiceField(required=False, label="To")
    sort = _choice("Order by", [(key, name) for key, name in SORTS.items() if key], default=[("", SORTS[""])])
    shade = _choice("Map shows", [("on-time", "Share on time")], default=[("", "Days")])

    def __init__(self, data: QueryDict, speeds: Sequence[Speed]) -> None:
        self.lanes = [speed.lane for speed in speeds]
        super().__init__(data)

    def offer(self) -> None:
        _offer(self, "carrier", {lane.carrier: carrier_name(lane.carrier) for lane in self.lanes})
        _offer(self, "service", {lane.service: lane.service for lane in self.lanes})
        _offer(self, "origin", {lane.origin: place_in_words(lane.origin) for lane in self.lanes})
        places = {part: place_in_words(part) for lane in self.lanes for part in _within(lane.destination)}
        _offer(self, "to", places)

    def narrowed(self, speeds: Iterable[Speed]) -> list[Speed]:
        asked = self.cleaned_data
        return [speed for speed in speeds if _fits(speed.lane, asked)]


def _within(destination: str) -> tuple[str, ...]:
    """A region, and the country that it lies in."""
    return (destination, destination.partition("-")[0])


def _fits(lane: Lane, asked: dict[str, str]) -> bool:
    same = all(not asked.get(name) or getattr(lane, name) == asked[name] for name in ("carrier", "service", "origin"))
    return same and (not asked.get("to") or asked["to"] in _within(lane.destination))


def _offer(form: Filter, name: str, known: dict[str, str]) -> None:
    asked = form.data.get(name)
    values = known | ({asked: asked} if asked and asked not in known else {})
    field = form.fields[name]
    assert isinstance(field, forms.ChoiceField)
    field.choices = [*ANY, *sorted(((v, words) for v, words in values.items() if v), key=lambda pair: pair[1])]


class PromiseFilter(Filter):
    """Which broken dates are listed."""

    days = _choice("Due in the last", [(d, n) for d, n in DAYS.items() if d != str(USUAL)], default=[("", "4 weeks")])
    carrier = forms.ChoiceField(required=False, label="Carrier")
    made_by = _choice("Told by", list(MAKERS.items()))
    surface = forms.CharField(
        required=False, label="On", max_length=40, widget=forms.TextInput({"placeholder": "checkout"})
    )
    week = forms.DateField(required=False, label="Week of", widget=forms.DateInput({"type": "date"}))
    lane = forms.ChoiceField(required=False, label="Lane")
    status = _choice("Show", [("waiting", "Not arrived yet")], default=[("", "All that were broken")])

    def __init__(self, data: QueryDict, carriers: Iterable[str]) -> None:
        self.carriers = set(carriers)
        super().__init__(data)

    def offer(self) -> None:
        _offer(self, "carrier", {carrier: carrier_name(carrier) for carrier in self.carriers})
        if lane := lane_of(self.data.get("lane", "")):
            _offer(self, "lane", {lane.key: lane_in_words(lane.key)})
        else:
            # There are too many to choose from: a link names one.
            del self.fields["lane"]

    def wanted(self, today: date, days: int) -> Wanted:
        asked = self.cleaned_data
        week: date | None = asked.get("week")
        # A week is shown whole, however far back the last days reach.
        since = today - timedelta(days=days - 1)
        return Wanted(
            since=min(since, week) if week else since,
            week=week - timedelta(days=week.weekday()) if week else None,
            carrier=asked.get("carrier") or None,
            made_by=asked.get("made_by") or None,
            surface=asked.get("surface") or None,
            lane=lane_of(asked.get("lane", "")),
            waiting=asked.get("status") == "waiting",
        )


def lane_of(key: str) -> Lane | None:
    """The lane that an address names; None where it names none."""
    return Lane.of(key) if key.count("|") == 3 else None
