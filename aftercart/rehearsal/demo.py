"""Maren & Oak, the brand that everybody can try: made, loaded, and picked up again where it was."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.contrib.auth.models import User
from django.db import connection, transaction

from aftercart.brands.models import Brand, Member, Owned
from aftercart.brands.services import set_clock
from aftercart.plumbing import clock
from aftercart.rehearsal import services
from aftercart.rehearsal.bookmark import Bookmark
from aftercart.rehearsal.services import Loaded
from aftercart.rehearsal.shop import open_shop

SLUG = "maren-oak"
USER = "maren"
ADDRESS = "maren@maren-and-oak.example"

Progress = Callable[[Bookmark, Loaded], None]


class Lost(Exception):
    """There is a demo brand, and nothing that says how far its world has been told."""


def path() -> Path:
    return Path(settings.VAR) / "demo.json"


def ready(*, orders_a_day: float, progress: Progress) -> Bookmark:
    """The brand loaded, by this start or an earlier one, its clock held where its news stopped."""
    brand, bookmark = Brand.objects.filter(slug=SLUG).first(), Bookmark.read(path())
    if bookmark is None and brand is not None:
        raise Lost(f"there is a demo brand but no {path()} that tells how far it is: start with --fresh")
    if bookmark is None or brand is None:
        bookmark = _begin(orders_a_day)
    if not bookmark.loaded:
        bookmark = _load(bookmark, progress)
    # What a later version adds to it is there as well.
    brand = services.found(bookmark.scenario(), slug=SLUG)
    set_clock(brand, bookmark.told_until, rate=0)
    open_shop(brand)
    return bookmark


def _begin(orders_a_day: float) -> Bookmark:
    now = clock.machine().replace(microsecond=0)
    bookmark = Bookmark(
        seed=SLUG,
        began=now,
        orders_a_day=orders_a_day,
        told_until=now,
        written_at=now,
        user=USER,
        password=secrets.token_urlsafe(9),
    )
    bookmark = replace(bookmark, told_until=services.first_moment(bookmark.scenario()))
    bookmark.write(path())
    return bookmark


def _load(begun: Bookmark, progress: Progress) -> Bookmark:
    """Load the history, or the rest of it where an earlier start was interrupted."""
    scenario = begun.scenario()
    brand = services.found(scenario, slug=SLUG)
    _let_in(brand, begun)

    def note(done: Loaded) -> None:
        begun.moved(done.until, at=begun.began).write(path())
        progress(begun, done)

    services.load(brand, scenario, after=begun.told_until, progress=note)
    bookmark = replace(begun.moved(scenario.now, at=begun.began), loaded=True)
    bookmark.write(path())
    return bookmark


def _let_in(brand: Brand, bookmark: Bookmark) -> None:
    user, _ = User.objects.get_or_create(username=bookmark.user, defaults={"first_name": "Maren", "is_staff": True})
    user.set_password(bookmark.password)
    user.email = user.email or ADDRESS
    user.save(update_fields=["password", "email"])
    Member.objects.get_or_create(brand=brand, user=user)


def forget() -> None:
    """Take the demo brand out of the database, and nothing else."""
    brand = Brand.objects.filter(slug=SLUG).first()
    if brand is not None:
        with transaction.atomic(), connection.cursor() as cursor:
            for model in apps.get_models():
                if issubclass(model, Owned):
                    cursor.execute(f'DELETE FROM "{model._meta.db_table}" WHERE brand_id = %s', [brand.id])
            cursor.execute('DELETE FROM "brands_brand" WHERE id = %s', [brand.id])
    path().unlink(missing_ok=True)
