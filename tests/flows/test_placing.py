"""Messages become tickets, in the database."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random
from uuid import UUID, uuid5

import pytest
from django.db import connection, transaction

from aftercart.brands.models import Brand
from aftercart.facts import File as Sent
from aftercart.ops.books import imbalances
from aftercart.tickets import acting, replying
from aftercart.tickets import services as tickets
from aftercart.tickets.acting import NotPossible, Who
from aftercart.tickets.models import Act, File, Message, Search, Ticket
from aftercart.tickets.storing import Arrival, key

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)
SPACE = UUID(int=9)
ANN, BEN = uuid5(SPACE, "ann"), uuid5(SPACE, "ben")
ORDER = uuid5(SPACE, "1042")
pytestmark = pytest.mark.django_db


def wrote(brand: Brand, name: str, hours: float = 0, who: UUID = ANN, **more: object) -> Arrival:
    usual: dict[str, object] = {
        "text": f"Where is it? {name}", "channel": "email", "sender": f"{who}@mail.example",
        "known_at": NOW + hours * HOUR, "keys": (key(brand.id, "mail", name),), "category": "wismo_shipping_status",
    }  # fmt: skip
    return Arrival(
        brand_id=brand.id,
        source="mail",
        known_by=name,
        customer_id=who,
        at=NOW + hours * HOUR,
        **(usual | more),  # type: ignore[arg-type]
    )


def test_two_mails_about_one_parcel_are_one_ticket_whatever_they_came_by(brand: Brand) -> None:
    tickets.place(brand, [wrote(brand, "a", order_id=ORDER)], NOW)
    tickets.place(brand, [wrote(brand, "b", 5, channel="chat", order_id=ORDER)], NOW)
    (ticket,) = Ticket.objects.all()
    assert (ticket.messages, ticket.contacts, ticket.repeats, ticket.channel) == (2, 2, 1, "chat")
    assert ticket.state == Ticket.OPEN and ticket.waiting_since == NOW and ticket.number >= 1001
    assert [one["why"] for one in ticket.why] == ["first", "same_order"]


def test_the_same_mail_twice_is_one_message(brand: Brand) -> None:
    tickets.place(brand, [wrote(brand, "a"), wrote(brand, "a")], NOW)
    assert tickets.place(brand, [wrote(brand, "a")], NOW) == []
    assert Message.objects.count() == 1


def test_a_file_that_is_fetched_later_belongs_to_its_message_whatever_time_that_tells(brand: Brand) -> None:
    there = Sent(name="bowl.png", content=b"", url="https://files.example/1")
    tickets.place(brand, [wrote(brand, "a", files=(there,))], NOW)
    tickets.place(brand, [wrote(brand, "a", 1, files=(replace(there, content=b"\x89PNG"),))], NOW + HOUR)
    assert [(file.message_id, file.size) for file in File.objects.all()] == [(Message.objects.get().id, 4)]


def test_two_customers_never_share_a_ticket(brand: Brand) -> None:
    tickets.place(brand, [wrote(brand, "a", order_id=ORDER)], NOW)
    tickets.place(brand, [wrote(brand, "b", 1, BEN, order_id=ORDER, answers=(key(brand.id, "mail", "a"),))], NOW)
    assert Ticket.objects.count() == 2


def grouped(brand: Brand) -> list[tuple[object, ...]]:
    """The tickets, by what they hold and not by what they are called."""
    found = []
    for ticket in Ticket.objects.filter(brand=brand).exclude(state=Ticket.GONE):
        told = Message.objects.filter(brand=brand, ticket_id=ticket.id).order_by("at", "id")
        known = [(m.at, m.customer_id, m.direction, m.channel) for m in told]
        counted = (ticket.contacts, ticket.repeats, ticket.waiting_since, ticket.state)
        found.append((known, ticket.cause, ticket.order_id, *counted))
    return sorted(found, key=repr)


def life(chance: Random) -> list[tuple[str, float, UUID, dict[str, object]]]:
    """What two customers write in some weeks, as arguments for `wrote`."""
    told = []
    for n in range(chance.randint(3, 12)):
        who = chance.choice([ANN, ANN, BEN])
        more: dict[str, object] = {
            "category": chance.choice(["wismo_shipping_status", "returns_exchanges", ""]),
            "order_id": chance.choice([None, uuid5(who, "one"), uuid5(who, "two")]),
            "pleasant": chance.random() < 0.15,
            "nature": "person" if chance.random() < 0.85 else "auto_reply",
            "channel": chance.choice(["email", "chat", "sms"]),
            "known_at": NOW + 1000 * HOUR,
        }
        answers = f"m{chance.randrange(8)}" if chance.random() < 0.3 else ""
        told.append((f"m{n}", chance.uniform(0, 24 * 20), who, more | {"answers": answers}))
    return told


def arrival(brand: Brand, name: str, hours: float, who: UUID, more: dict[str, object]) -> Arrival:
    answers = (key(brand.id, "mail", str(more["answers"])),) if more["answers"] else ()
    return wrote(brand, name, hours, who, **(more | {"answers": answers}))


def another(brand: Brand, name: str) -> Brand:
    return Brand.objects.create(slug=name, name=name, from_email="Shop <shop@shop.example>", country="DE")


@pytest.mark.parametrize("seed", range(8))
def test_any_order_any_batches_and_any_duplication_make_the_same_tickets(brand: Brand, seed: int) -> None:
    chance = Random(seed)
    told = life(chance)
    calm, wild = another(brand, "calm"), another(brand, "wild")
    for one in told:
        tickets.place(calm, [arrival(calm, *one)], NOW)
    again = [*told, *chance.choices(told, k=4)]
    chance.shuffle(again)
    while again:
        batch = [again.pop() for _ in range(min(len(again), chance.randint(1, 4)))]
        tickets.place(wild, [arrival(wild, *one) for one in batch], NOW)
    assert grouped(calm) == grouped(wild)
    assert Message.objects.filter(brand=calm).count() == len(told)


def photograph(brand: Brand) -> list[tuple[object, ...]]:
    """Every row of the tickets that there are, but when it was written, and which message is in which."""
    rows: list[tuple[object, ...]] = []
    for ticket in Ticket.objects.filter(brand=brand).exclude(state=Ticket.GONE).order_by("id").values():
        rows.append(tuple(repr(item) for item in ticket.items() if item[0] != "changed_at"))
    rows += Message.objects.filter(brand=brand).order_by("id").values_list("id", "ticket_id")
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, last_at, words::text FROM tickets_search WHERE brand_id = %s ORDER BY id", [brand.id]
        )
        return [*rows, *cursor.fetchall()]


@pytest.mark.parametrize("seed", range(8))
def test_acts_that_are_undone_leave_no_trace(brand: Brand, seed: int) -> None:
    chance, who = Random(seed), Who(brand, 7)
    told = life(chance)
    late = [told.pop() for _ in range(2)]
    tickets.place(brand, [arrival(brand, *one) for one in told], NOW)
    before = photograph(brand)
    done = [act for _ in range(5) if (act := something(who, chance, NOW + 600 * HOUR)) is not None]
    if chance.random() < 0.5:
        # What was written meanwhile stays, where it would be if nothing had been done.
        tickets.place(brand, [arrival(brand, *one) for one in late], NOW)
        plain = another(brand, "plain")
        for one in [*told, *late]:
            tickets.place(plain, [arrival(plain, *one)], NOW)
        for act in reversed(done):
            acting.undo(who, act.id, NOW + 700 * HOUR)
        assert grouped(brand) == grouped(plain)
        return
    for act in chance.sample(done, k=len(done)):
        acting.undo(who, act.id, NOW + 700 * HOUR)
    assert photograph(brand) == before


def something(who: Who, chance: Random, now: datetime) -> Act | None:
    there = list(Ticket.objects.filter(brand=who.brand).exclude(state=Ticket.GONE).order_by("id"))
    one, other = chance.choice(there), chance.choice(there)
    messages = list(Message.objects.filter(brand=who.brand, ticket_id=one.id).values_list("id", flat=True))
    acts: list[Callable[[], Act]] = [
        lambda: acting.merge(who, one.id, other.id, now),
        lambda: acting.split(who, one.id, chance.sample(messages, k=max(1, len(messages) // 2)), now),
        lambda: acting.resolve(who, one.id, now),
        lambda: acting.relabel(who, one.id, now, cause="billing_payment"),
    ]
    try:
        return chance.choice(acts)()
    except NotPossible:
        return None


def test_merged_over_customers_and_undone_each_has_their_own_again(brand: Brand) -> None:
    who = Who(brand, 7)
    tickets.place(brand, [wrote(brand, "a"), wrote(brand, "b", 1, BEN)], NOW)
    ann, ben = Ticket.objects.order_by("opened_at")
    act = acting.merge(who, ann.id, ben.id, NOW + 2 * HOUR)
    assert tickets.current(brand, ben.id).id == ann.id and tickets.current(brand, ann.id).messages == 2
    tickets.place(brand, [wrote(brand, "c", 3, BEN)], NOW)
    assert tickets.current(brand, ann.id).messages == 3
    acting.undo(who, act.id, NOW + 4 * HOUR)
    ben.refresh_from_db()
    assert (ben.messages, tickets.current(brand, ann.id).messages) == (2, 1)


def test_an_answer_leaves_by_mail_with_a_token_and_the_ticket_waits_for_the_customer(brand: Brand) -> None:
    tickets.place(brand, [wrote(brand, "a")], NOW)
    (ticket,) = Ticket.objects.all()
    (first,) = Message.objects.all()
    said = replying.reply(Who(brand, 7), ticket.id, "It is in Leipzig.", NOW + HOUR, seen=first.id)
    ticket.refresh_from_db()
    assert (ticket.state, ticket.waiting_since, said.ticket_id) == (Ticket.WAITING, None, ticket.id)
    assert said.outgoing_id is not None
    tickets.place(brand, [wrote(brand, "b", 2)], NOW)
    with pytest.raises(NotPossible, match="written meanwhile"):
        replying.reply(Who(brand, 7), ticket.id, "Still there?", NOW + 3 * HOUR, seen=said.id)


def test_a_note_reaches_nobody_and_changes_nothing_of_who_waits(brand: Brand) -> None:
    tickets.place(brand, [wrote(brand, "a")], NOW)
    (ticket,) = Ticket.objects.all()
    replying.note(Who(brand, 7), ticket.id, "They called, too.", NOW + HOUR)
    ticket.refresh_from_db()
    assert (ticket.state, ticket.waiting_since, ticket.contacts, ticket.messages) == (Ticket.OPEN, NOW, 1, 2)


def test_what_is_snoozed_wakes_when_the_customer_writes_or_its_time_has_come(brand: Brand) -> None:
    who = Who(brand, 7)
    tickets.place(brand, [wrote(brand, "a")], NOW)
    (ticket,) = Ticket.objects.all()
    acting.snooze(who, ticket.id, NOW, until=NOW + 5 * HOUR)
    ticket.refresh_from_db()
    assert ticket.state == Ticket.SNOOZED
    assert acting.wake_due(brand, NOW + HOUR) == 0 and acting.wake_due(brand, NOW + 6 * HOUR) == 1
    acting.snooze(who, ticket.id, NOW + 7 * HOUR, until=NOW + 50 * HOUR)
    tickets.place(brand, [wrote(brand, "b", 8)], NOW)
    ticket.refresh_from_db()
    assert ticket.state == Ticket.OPEN and ticket.snoozed_until is None


def test_a_machine_that_says_they_are_away_wakes_nothing(brand: Brand) -> None:
    mine = key(brand.id, "mail", "a")
    tickets.place(brand, [wrote(brand, "a")], NOW)
    (ticket,) = Ticket.objects.all()
    acting.snooze(Who(brand, 7), ticket.id, NOW, until=NOW + 50 * HOUR)
    for name, hours, nature, state in (
        ("away", 1, "auto_reply", Ticket.SNOOZED), ("lost", 2, "bounce", Ticket.OPEN),
    ):  # fmt: skip
        tickets.place(brand, [wrote(brand, name, hours, nature=nature, answers=(mine,))], NOW)
        ticket.refresh_from_db()
        assert (ticket.state, ticket.messages) == (state, hours + 1), name


def test_tags_and_assignment_are_set_and_taken_back(brand: Brand) -> None:
    who = Who(brand, 7)
    tickets.place(brand, [wrote(brand, "a")], NOW)
    (ticket,) = Ticket.objects.all()
    acting.tag(who, ticket.id, NOW, add=["VIP", " Lost  parcel "])
    act = acting.assign(who, ticket.id, 9, NOW + HOUR)
    ticket.refresh_from_db()
    assert (ticket.tags, ticket.assignee_id) == (["lost parcel", "vip"], 9)
    acting.undo(who, act.id, NOW)
    ticket.refresh_from_db()
    assert ticket.assignee_id is None and [a.kind for a in acting.history(brand, ticket)] == ["tag", "assign"]


def test_a_ticket_is_found_by_its_words_its_sender_and_its_number(brand: Brand) -> None:
    tickets.place(brand, [wrote(brand, "a", text="Mein Paket hängt in Köln")], NOW)
    (ticket,) = Ticket.objects.all()
    for word in ("koln", str(ticket.number), f"{ANN}@mail.example"):
        assert Search.objects.extra(where=["words @@ plainto_tsquery('simple', %s)"], params=[word]).exists(), word


def test_files_are_kept_once_for_each_content(brand: Brand) -> None:
    from aftercart import facts as f

    photo = f.File(name="box.png", content=b"\x89PNG...", type="image/png")
    tickets.place(brand, [wrote(brand, "a", files=(photo, photo)), wrote(brand, "b", 1, files=(photo,))], NOW)
    assert File.objects.count() == 3 and File.objects.values("blob_id").distinct().count() == 1


def test_the_books_of_tickets_balance_and_say_so_when_they_do_not(brand: Brand) -> None:
    tickets.place(brand, [wrote(brand, "a"), wrote(brand, "b", 1, BEN)], NOW)
    ann, ben = Ticket.objects.order_by("opened_at")
    acting.merge(Who(brand, 7), ann.id, ben.id, NOW + HOUR)
    replying.reply(Who(brand, 7), ann.id, "It is in Leipzig.", NOW + 2 * HOUR)
    assert imbalances() == []
    for broken, rule in (
        ("UPDATE tickets_ticket SET messages = 9 WHERE state <> 'gone'", "counts its messages"),
        ("DELETE FROM tickets_search", "found by its words"),
        ("DELETE FROM tickets_body", "has its words"),
        ("DELETE FROM outbox_outgoing", "is in the outbox"),
    ):
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(broken)
            assert [one.rule for one in imbalances() if rule in one.rule], broken
            transaction.set_rollback(True)
