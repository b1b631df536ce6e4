from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping, Sequence
from dataclasses import replace
from typing import Any, TypeVar

import pytest

from aftercart.brands.models import Brand
from aftercart.intake import batch
from aftercart.intake.arrivals import Arrival, arrival
from aftercart.intake.asgi import Intake
from aftercart.intake.batch import Writer
from aftercart.intake.connection import Connection, Row, Unavailable
from aftercart.intake.models import Seen
from aftercart.intake.room import Full
from aftercart.intake.sources import Inlets
from aftercart.plumbing import ids
from aftercart.plumbing.database import parameters
from tests import world

pytestmark = pytest.mark.django_db(transaction=True)

T = TypeVar("T")


class Counted(Connection):
    """The real connection, counting."""

    statements = 0

    async def run(self, statement: str, arguments: Sequence[Any] = ()) -> list[Row]:
        self.statements += 1
        return await super().run(statement, arguments)


def arrivals(count: int, size: int = 10) -> list[Arrival]:
    shop = ids.new()
    return [arrival(shop, "shopify", b"%d" % n + b"x" * size, world.NOW, key=f"w{n}") for n in range(count)]


def driven(story: Callable[[Counted], Awaitable[T]]) -> T:
    async def told() -> T:
        connection = Counted(parameters)
        try:
            return await story(connection)
        finally:
            await connection.close()

    return asyncio.run(told())


def keys() -> set[str]:
    return set(Seen.objects.values_list("key", flat=True))


def test_what_comes_together_shares_statements(transactional_db: None) -> None:
    async def story(connection: Counted) -> tuple[list[bool], int]:
        writer = Writer(connection)
        return await asyncio.gather(*map(writer.store, arrivals(1000))), connection.statements

    stored, statements = driven(story)
    assert stored == [True] * 1000 and statements <= 4 and len(keys()) == 1000


def test_a_poisoned_row_is_refused_and_its_neighbours_are_stored(transactional_db: None) -> None:
    poisoned = 7
    sent = arrivals(20)
    sent[poisoned] = replace(sent[poisoned], topic="far too long " * 20)

    async def story(connection: Counted) -> list[bool | BaseException]:
        writer = Writer(connection)
        return await asyncio.gather(*map(writer.store, sent), return_exceptions=True)

    outcomes = driven(story)
    assert isinstance(outcomes.pop(poisoned), Unavailable)
    assert outcomes == [True] * 19 and keys() == {f"w{n}" for n in range(20)} - {"w7"}


def test_whoever_stops_waiting_does_not_take_the_row_back(transactional_db: None) -> None:
    async def story(connection: Counted) -> bool:
        writer = Writer(connection)
        first, second = arrivals(2)
        gone = asyncio.create_task(writer.store(first))
        await asyncio.sleep(0)
        gone.cancel()
        return await writer.store(second)

    assert driven(story) is True and keys() == {"w0", "w1"}


def test_finishing_waits_for_what_was_begun(transactional_db: None) -> None:
    async def story(connection: Counted) -> list[bool]:
        writer = Writer(connection)
        begun = [asyncio.create_task(writer.store(a)) for a in arrivals(600)]
        await asyncio.sleep(0)
        await writer.finish()
        return [task.result() for task in begun if task.done()]

    driven(story)
    assert len(keys()) == 600


def test_a_shutdown_stores_what_still_waits_and_leaves_the_database(transactional_db: None) -> None:
    async def story() -> list[str]:
        intake, heard = Intake(parameters, 1000), asyncio.Queue[dict[str, Any]]()
        said: list[str] = []

        async def say(message: MutableMapping[str, Any]) -> None:
            said.append(message["type"])

        living = asyncio.create_task(intake({"type": "lifespan"}, heard.get, say))
        await heard.put({"type": "lifespan.startup"})
        left = [asyncio.create_task(intake.writer.store(a)) for a in arrivals(600)]
        await asyncio.sleep(0)
        for task in left:
            task.cancel()
        await heard.put({"type": "lifespan.shutdown"})
        await living
        return said

    assert asyncio.run(story()) == ["lifespan.startup.complete", "lifespan.shutdown.complete"]
    assert len(keys()) == 600


def test_no_more_waits_than_there_is_room_for(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batch, "WAITING_ROWS", 10)

    async def story(connection: Counted) -> tuple[list[bool | BaseException], bool]:
        writer = Writer(connection)
        *many, last = arrivals(16)
        outcomes = await asyncio.gather(*map(writer.store, many), return_exceptions=True)
        return outcomes, await writer.store(last)

    outcomes, afterwards = driven(story)
    assert outcomes[:10] == [True] * 10 and all(isinstance(outcome, Full) for outcome in outcomes[10:])
    assert afterwards is True and len(keys()) == 11


def test_a_commit_holds_no_more_bytes_than_it_may(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batch, "BATCH_BYTES", 5_000)

    async def story(connection: Counted) -> int:
        writer = Writer(connection)
        await asyncio.gather(*map(writer.store, arrivals(20, size=2_000)))
        return connection.statements

    assert driven(story) == 10 and len(keys()) == 20


def test_a_statement_without_an_answer_is_given_up_and_the_next_one_runs(
    transactional_db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("aftercart.intake.connection.PATIENCE_SECONDS", 0.3)

    async def story(connection: Counted) -> list[Row]:
        with pytest.raises(Unavailable):
            await connection.run("SELECT pg_sleep(3)")
        return await connection.run("SELECT 1")

    assert driven(story) == [(1,)]


def test_unknown_addresses_cost_no_query(brand: Brand) -> None:
    async def story(connection: Counted) -> tuple[bool, int]:
        inlets = Inlets(connection)
        found = await asyncio.gather(
            *(inlets.find(f"nobody-{n}", "shopify", "x") for n in range(500)),
            inlets.find("juniper", "shopify", "token-shopify"),
        )
        return found[-1] is not None and not any(found[:-1]), connection.statements

    assert driven(story) == (True, 1)


def test_a_source_that_is_closed_is_forgotten_within_seconds(brand: Brand, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("aftercart.intake.sources.FRESH_SECONDS", 0.0)
    close = "UPDATE brands_source SET enabled = false WHERE kind = 'shopify'"

    async def story(connection: Counted) -> tuple[bool, bool]:
        inlets = Inlets(connection)
        before = await inlets.find("juniper", "shopify", "token-shopify")
        await connection.run(close + " RETURNING 1")
        after = await inlets.find("juniper", "shopify", "token-shopify")
        return before is None, after is None

    assert driven(story) == (False, True)
