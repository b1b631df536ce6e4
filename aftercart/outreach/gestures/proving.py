"""What gestures have cost."""

from __future__ import annotations

from datetime import datetime, timedelta

from aftercart.brands.models import Brand
from aftercart.outreach.experiments.models import Experiment
from aftercart.outreach.experiments.queries import AFFECTED, REPEAT_DAYS
from aftercart.plumbing import bulk

# Of the customers whose days are over, as in `again`: what they were given in those days.
COST = f"""
WITH {AFFECTED}, whose AS (
  SELECT customer_id, min(at) AS at FROM affected WHERE NOT held_out GROUP BY 1 HAVING min(at) <= %(repeat)s
)
SELECT g.currency, sum(g.cost)::bigint FROM whose w JOIN outreach_gesture g
  ON g.brand_id = %(brand)s AND g.customer_id = w.customer_id AND g.state IN ('owed', 'granted')
  AND g.at >= w.at AND g.at <= w.at + %(repeat_days)s
GROUP BY 1 ORDER BY 1
"""


def cost(brand: Brand, experiment: Experiment, now: datetime) -> dict[str, int]:
    """By currency, in minor units: what was given to the customers who `Report.again` counts as given something."""
    days = timedelta(days=REPEAT_DAYS)
    values = {
        "brand": brand.id,
        "experiment": experiment.id,
        "now": now,
        "repeat": now - days,
        "repeat_days": days,
    }
    with bulk.cursor() as at:
        at.execute(COST.encode(), values)
        return {currency: int(spent) for currency, spent in at.fetchall()}
