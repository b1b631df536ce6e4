"""Tickets for the shop of `seed`, in a process of its own.

`python -m tests.browser.tickets_seed SLUG` makes a brand like it, with a morning's tickets and ana who answers them,
and prints their numbers by who wrote; `… tickets_seed SLUG WHO TEXT` lets one of them write again.
"""

from __future__ import annotations

import json
import os
import sys

import django


def fill(slug: str) -> dict[str, str]:
    from django.contrib.auth.models import User

    from aftercart.brands.models import Brand, Member
    from aftercart.plumbing import ids
    from tests.flows.desk_rows import OTHERS, a_morning
    from tests.flows.ops_rows import staff

    brand = Brand.objects.get(slug="juniper")
    brand.pk, brand.slug = ids.new(), slug
    brand.save(force_insert=True)
    morning = a_morning(brand)
    ana = User.objects.filter(username="ana").first() or staff("ana")
    Member.objects.create(brand=brand, user=ana, role="agent")
    names = ["Bea Lund", *(name for name, _, _ in OTHERS)]
    return {name: str(morning.ticket(name).number) for name in names}


def arrives(slug: str, who: str, text: str) -> None:
    from aftercart.brands.models import Brand
    from aftercart.plumbing import clock
    from aftercart.tickets.models import Ticket
    from tests.flows.desk_rows import writes
    from tests.world import NOW

    brand = Brand.objects.get(slug=slug)
    row = Ticket.objects.filter(brand=brand, who=who).latest("last_at")
    about = {"sender_name": who, "sender": "again@post.example", "category": row.cause, "order_id": row.order_id}
    writes(brand, text, row.customer_id, NOW - clock.business(brand), **about)


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "aftercart.config.settings")
    django.setup()
    if len(sys.argv) == 2:
        print(json.dumps(fill(sys.argv[1])))
    else:
        arrives(*sys.argv[1:])
