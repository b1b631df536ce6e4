"""Short links to the page of an order, for messages that are counted by the letter.

A code is drawn at random, not signed: eleven letters carry no signature that would hold. So it is kept, one for each
order and channel, and opens what a signed link of the same age opens.
"""

from __future__ import annotations

import secrets
import string
from datetime import timedelta
from uuid import UUID

from django.conf import settings

from aftercart.brands.models import Brand
from aftercart.people.links import Link, tracking_token
from aftercart.people.models import ShortLink
from aftercart.plumbing import clock, ids
from aftercart.plumbing.bulk import cursor

LETTERS = string.digits + string.ascii_letters
LENGTH = 11  # 62 to the 11th: 65 bits
TO_ADDRESS = "/a"  # added to a short link: straight to what the courier needs to know
# What has expired is never given out again: an old message opens nothing because of a new one.
GIVE = """
INSERT INTO people_shortlink AS s (id, brand_id, order_id, channel, code, given_at) VALUES (%s, %s, %s, %s, %s, %s)
ON CONFLICT (brand_id, order_id, channel) DO UPDATE SET
    id = CASE WHEN s.given_at < %s THEN excluded.id ELSE s.id END,
    code = CASE WHEN s.given_at < %s THEN excluded.code ELSE s.code END,
    given_at = greatest(s.given_at, excluded.given_at)
RETURNING code
"""


def short_url(brand: Brand, order_id: UUID, channel: str) -> str:
    """The address to put into a text message to the order's customer, in the caller's transaction."""
    code, now = "".join(secrets.choice(LETTERS) for _ in range(LENGTH)), clock.machine()
    alive = now - timedelta(days=settings.TRACKING_LINK_DAYS)
    with cursor() as one:
        one.execute(GIVE, (_id(code), brand.id, order_id, channel, code, now, alive, alive))
        row = one.fetchone()
    assert row
    return f"{settings.PUBLIC_URL.rstrip('/')}/o/{row[0]}"


def opened(code: str) -> tuple[Brand, str] | None:
    """Whose link it is, and the token of the long one that it stands for, as old as it is; None: none of ours."""
    found = ShortLink.objects.select_related("brand").filter(id=_id(code)).first()
    if found is None:
        return None
    return found.brand, tracking_token(found.brand, Link(found.order_id, full=True), at=found.given_at)


def _id(code: str) -> UUID:
    """Found by its primary key: who comes with a code has not said of which brand."""
    return ids.mirrored("short link", code)
