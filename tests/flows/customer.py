"""Looking at a page as its customer does."""

from __future__ import annotations

import re
from html import unescape
from typing import Any
from urllib.parse import urlsplit

from django.test import Client
from django.utils.html import strip_tags

from aftercart.brands.models import Brand
from aftercart.orders.models import Order
from aftercart.people.links import tracking_url


def path_of(shop: Brand, order: Order) -> str:
    return urlsplit(tracking_url(shop, order.id)).path


def text_of(response: Any) -> str:
    main = response.content.decode().split("<main", 1)[1]
    return re.sub(r"\s+", " ", unescape(strip_tags(main)))


def see(client: Client, path: str, status: int = 200, **headers: Any) -> str:
    response = client.get(path, **headers)
    assert response.status_code == status
    return text_of(response)
