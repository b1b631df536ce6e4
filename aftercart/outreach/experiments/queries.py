"""What the arms of an experiment came to: affected orders, their contacts, and who bought again."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from aftercart.brands.models import Brand
from aftercart.outreach.experiments.estimate import Arm, Estimate, Tally, arm, estimate, split_chance
from aftercart.outreach.experiments.models import Experiment
from aftercart.outreach.experiments.rules import AGAIN
from aftercart.plumbing import bulk, ids
from aftercart.risk.contacts import UNNAMED

REPEAT_DAYS = 60
PACE_DAYS = 28
# An order is affected once, at its first exposure, and is that notice's, carrier's and month's. Nobody is in both arms;
# whom a later join of two customers put there is in neither.
AFFECTED = """
first AS MATERIALIZED (
  SELECT DISTINCT ON (order_id) order_id, customer_id, kind, carrier, held_out, at FROM outreach_exposure
  WHERE brand_id = %(brand)s AND experiment_id = %(experiment)s AND at <= %(now)s ORDER BY order_id, at, id
), torn AS MATERIALIZED (
  SELECT customer_id FROM first GROUP BY customer_id HAVING bool_or(held_out) AND NOT bool_and(held_out)
), affected AS MATERIALIZED (SELECT * FROM first WHERE customer_id NOT IN (SELECT customer_id FROM torn))
"""
# Only orders whose days are over, in both arms: else those of today would look as if nobody wrote about them.
# A contact that may be about several is about the one of which its customer heard, or would have, last.
COUNTED = f"""
WITH {AFFECTED}, mine AS MATERIALIZED (
  SELECT a.*, coalesce(o.number_key, '') AS number_key FROM affected a LEFT JOIN orders_order o ON o.id = a.order_id
  WHERE a.at <= %(ripe)s
), contact AS MATERIALIZED (
  SELECT k.id, k.at, k.order_key, k.customer_id, k.identity_id, NOT {UNNAMED} AS named FROM risk_contact k
  WHERE k.brand_id = %(brand)s AND k.id >= %(since)s AND k.at <= %(now)s
), whose AS (
  SELECT id, at, named, customer_id FROM contact
  UNION
  SELECT id, at, named, (SELECT i.customer_id FROM people_identity i WHERE i.id = c.identity_id) FROM contact c
), heard AS (
  SELECT m.order_id, m.at, k.id FROM mine m
  JOIN contact k ON k.order_key = m.number_key AND k.at >= m.at AND k.at < m.at + %(window)s WHERE m.number_key <> ''
  UNION
  SELECT m.order_id, m.at, k.id FROM mine m
  JOIN whose k ON k.customer_id = m.customer_id AND k.at >= m.at AND k.at < m.at + %(window)s WHERE NOT k.named
), meant AS (
  SELECT DISTINCT ON (id) id, order_id FROM heard ORDER BY id, at DESC, order_id
), counted AS MATERIALIZED (
  SELECT m.customer_id, m.held_out, m.kind, m.carrier, to_char(m.at AT TIME ZONE %(zone)s, 'YYYY-MM') AS month,
    coalesce(c.contacts, 0) AS contacts
  FROM mine m LEFT JOIN (SELECT order_id, count(*) AS contacts FROM meant GROUP BY 1) c ON c.order_id = m.order_id
), summed AS (
  SELECT CASE WHEN grouping(kind) = 0 THEN 'notice' WHEN grouping(carrier) = 0 THEN 'carrier'
      WHEN grouping(month) = 0 THEN 'month' ELSE 'all' END AS part,
    coalesce(kind, carrier, month, '') AS name, held_out, count(*) AS orders, sum(contacts) AS contacts
  FROM counted GROUP BY customer_id, held_out, GROUPING SETS ((), (kind), (carrier), (month))
)
SELECT part, name, held_out, orders::int, contacts::int, count(*)::int FROM summed GROUP BY 1, 2, 3, 4, 5
"""
# Whether who was affected bought again within REPEAT_DAYS, of all for whom these are over.
REPEATED = f"""
WITH {AFFECTED}, whose AS (
  SELECT customer_id, held_out, min(at) AS at FROM affected GROUP BY 1, 2 HAVING min(at) <= %(repeat)s
)
SELECT held_out, again::int, count(*)::int FROM (
  SELECT w.held_out, EXISTS (
    SELECT FROM orders_order o WHERE o.brand_id = %(brand)s AND o.customer_id = w.customer_id AND o.cancelled_at IS NULL
      AND o.placed_at > w.at AND o.placed_at <= w.at + %(repeat_days)s
  ) AS again FROM whose w
) known GROUP BY 1, 2
"""
TOLD = f"""
WITH {AFFECTED}
SELECT count(*) FILTER (WHERE at > %(lately)s), count(*) FILTER (WHERE at > %(ripe)s),
  count(DISTINCT customer_id) FILTER (WHERE held_out), count(DISTINCT customer_id) FILTER (WHERE NOT held_out),
  (SELECT count(*) FROM torn),
  EXISTS (SELECT FROM risk_contact k WHERE k.brand_id = %(brand)s AND k.id >= %(since)s AND k.at <= %(now)s)
FROM affected
"""


@dataclass(frozen=True, slots=True)
class Arms:
    """Customers by their affected orders and contacts, held out and notified."""

    held_out: Tally = field(default_factory=Counter)
    notified: Tally = field(default_factory=Counter)

    @property
    def arms(self) -> tuple[Arm, Arm]:
        return arm(self.held_out), arm(self.notified)

    @property
    def estimate(self) -> Estimate | None:
        return estimate(self.held_out, self.notified)


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What an experiment measured by `now`.

    `arms`: contacts per affected order, of orders exposed more than `window_days` ago; `slices` the same by notice,
    carrier and month. `again`: customers who bought again. `open`: affected orders whose days are not over; `lately`:
    affected in the last PACE_DAYS. `drawn`: customers affected in each arm, held out first; `torn`: in both, counted in
    neither. `contacts_told`: whether any contact of the brand is known since it began.
    """

    experiment: Experiment
    now: datetime
    arms: Arms
    slices: dict[str, dict[str, Arms]]
    again: Arms
    open: int
    lately: int
    drawn: tuple[int, int]
    torn: int
    contacts_told: bool

    @property
    def main(self) -> Arms:
        """What the experiment was started to show."""
        return self.again if self.experiment.aim == AGAIN else self.arms

    @property
    def load(self) -> Estimate | None:
        """Affected orders of a customer, in place of contacts: alike in both arms, unless rules treat them apart."""
        return Arms(_orders(self.arms.held_out), _orders(self.arms.notified)).estimate

    @property
    def split(self) -> float:
        """How often chance alone draws the arms as unevenly as they are."""
        return split_chance(self.drawn[0], sum(self.drawn), self.experiment.share)


def _orders(told: Tally) -> Counter[tuple[int, int]]:
    found: Counter[tuple[int, int]] = Counter()
    for (orders, _), customers in told.items():
        found[1, orders] += customers
    return found


def report(brand: Brand, experiment: Experiment, now: datetime) -> Report:
    values = _values(brand, experiment, now)
    found: dict[str, dict[str, tuple[Counter[tuple[int, int]], Counter[tuple[int, int]]]]] = {}
    for part, name, held, orders, contacts, customers in _rows(COUNTED, values):
        arms = found.setdefault(part, {}).setdefault(name, (Counter(), Counter()))
        arms[not held][orders, contacts] += customers
    again: tuple[Counter[tuple[int, int]], Counter[tuple[int, int]]] = (Counter(), Counter())
    for held, bought, customers in _rows(REPEATED, values):
        again[not held][1, bought] += customers
    ((lately, still_open, out, notified, torn, told),) = _rows(TOLD, values)
    return Report(
        experiment=experiment,
        now=now,
        arms=Arms(*found.get("all", {}).get("", ())),
        slices={
            part: {name: Arms(*arms) for name, arms in sorted(found.get(part, {}).items())}
            for part in ("notice", "carrier", "month")
        },
        again=Arms(*again),
        open=still_open,
        lately=lately,
        drawn=(out, notified),
        torn=torn,
        contacts_told=told,
    )


def _values(brand: Brand, experiment: Experiment, now: datetime) -> dict[str, Any]:
    window = timedelta(days=experiment.window_days)
    return {
        "brand": brand.id,
        "experiment": experiment.id,
        "now": now,
        "ripe": now - window,
        "window": window,
        "zone": brand.time_zone,
        # Partitions of contacts are pruned by it.
        "since": ids.floor(experiment.started_at),
        "lately": now - timedelta(days=PACE_DAYS),
        "repeat": now - timedelta(days=REPEAT_DAYS),
        "repeat_days": timedelta(days=REPEAT_DAYS),
    }


def _rows(statement: str, values: dict[str, Any]) -> list[tuple[Any, ...]]:
    with transaction.atomic(), bulk.cursor() as at:
        # How many rows the steps yield is unknown to the planner, who would compare each order with each contact.
        at.execute("SET LOCAL enable_nestloop = off")
        at.execute(statement.encode(), values)
        rows = at.fetchall()
        at.execute("SET LOCAL enable_nestloop = on")
        return rows
