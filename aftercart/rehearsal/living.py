"""The outside world going on: signed webhooks over HTTP, on the brand's clock.

The clock never runs ahead of the news. After a pause it is held where the news stopped and led forward step by step,
each step being told and taken in before the next; otherwise every parcel would seem to have stood still meanwhile.
"""

from __future__ import annotations

import logging
import threading
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from django.db import InterfaceError, OperationalError, connections

from aftercart.brands.models import Brand
from aftercart.brands.services import set_clock
from aftercart.intake.models import Delivery
from aftercart.plumbing import clock
from aftercart.rehearsal.bookmark import Bookmark
from aftercart.rehearsal.posting import Poster
from aftercart.rehearsal.rendering import render
from aftercart.rehearsal.services import SHOP
from aftercart.rehearsal.world import World

logger = logging.getLogger("aftercart.living")

POLL_SECONDS = 1.0
CATCH_UP_STEP = timedelta(hours=2)
PATIENCE_SECONDS = 5.0


@dataclass(slots=True)
class Living:
    brand: Brand
    bookmark: Bookmark
    kept_in: Path
    poster: Poster
    world: World
    speed: float
    stop: threading.Event

    def run(self) -> None:
        """Until told to stop. When the database goes away it waits."""
        while not self.stop.is_set():
            try:
                self._live()
            except (OperationalError, InterfaceError) as error:
                logger.warning("living: the database is away, trying again (%s)", str(error).strip().split("\n")[0])
                self.stop.wait(PATIENCE_SECONDS)
            finally:
                connections.close_all()
        self.poster.close()

    def _live(self) -> None:
        self.brand.refresh_from_db()
        if self.brand.clock_rate == 0:
            self._catch_up()
        while not self.stop.is_set():
            self.brand.refresh_from_db()
            self._tell(clock.business(self.brand))
            self.stop.wait(POLL_SECONDS)

    def _catch_up(self) -> None:
        """From where the news stopped to where the time since then has come, however long that was."""
        while not self.stop.is_set():
            behind = clock.machine() - self.bookmark.written_at
            if behind <= timedelta(seconds=2 * POLL_SECONDS):
                break
            then = self.bookmark.told_until + min(behind, CATCH_UP_STEP)
            set_clock(self.brand, then, rate=0)
            self._tell(then, took=min(behind, CATCH_UP_STEP))
            self._until_taken_in()
        if not self.stop.is_set():
            set_clock(self.brand, self.bookmark.told_until, rate=self.speed)

    def _tell(self, until: datetime, *, took: timedelta | None = None) -> None:
        """Send what is told up to `until`. `took`: the machine time that this stands for, where it is led."""
        facts = self.world.facts(self.bookmark.told_until, until)
        for sent in render(facts, shop=SHOP):
            if not self.poster.post(sent, self.stop):
                return
        if until > self.bookmark.told_until:
            at = clock.machine() if took is None else self.bookmark.written_at + took
            self.bookmark = self.bookmark.moved(until, at=at)
            self.bookmark.write(self.kept_in)

    def _until_taken_in(self) -> None:
        while Delivery.objects.filter(brand=self.brand, state=Delivery.WAITING).exists():
            if self.stop.wait(0.05):
                return


def living(
    brand: Brand, bookmark: Bookmark, kept_in: Path, *, address: str, speed: float, stop: threading.Event
) -> Living:
    return Living(
        brand=brand,
        bookmark=bookmark,
        kept_in=kept_in,
        poster=Poster(brand, address),
        world=World(bookmark.scenario(), since=bookmark.told_until),
        speed=speed,
        stop=stop,
    )
