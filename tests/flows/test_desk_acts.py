"""What an agent does at the desk, and that it can be taken back."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from aftercart.brands.models import Brand
from aftercart.orders.models import Scan
from aftercart.outbox.models import Outgoing, OutgoingBody, OutgoingFile
from aftercart.plumbing import ids
from aftercart.tickets.models import Act, File, Message, Ticket
from tests.flows.desk_rows import PNG, WISMO, Morning, a_morning, writes
from tests.flows.ops_rows import staff
from tests.world import NOW


@pytest.fixture
def morning(brand: Brand) -> Morning:
    return a_morning(brand)


@pytest.fixture
def ana(client: Client, morning: Morning) -> Client:
    client.force_login(staff("ana", morning.brand))
    return client


def act(client: Client, row: Ticket, name: str, **told: Any) -> Any:
    return client.post(f"/desk/juniper/tickets/{row.number}/{name}/", {"in": "unassigned", **told}, follow=True)


def undo(client: Client) -> None:
    """The last act that is not undone."""
    last = Act.objects.filter(undone_at=None).latest("id")
    assert client.post(f"/desk/juniper/acts/{last.id}/undoing/", follow=True).status_code == 200


def test_an_answer_leaves_by_the_customers_channel_and_the_ticket_is_hers(ana: Client, morning: Morning) -> None:
    kenji = morning.ticket("Kenji Mori")
    act(ana, kenji, "replies", text="Your money is on its way.\n\nAna", began=NOW.isoformat())
    kenji.refresh_from_db()
    assert kenji.waiting_since is None and kenji.assignee_id is not None and kenji.state == Ticket.WAITING
    owed = Outgoing.objects.get(kind="reply")
    body = OutgoingBody.objects.get(id=owed.id)
    assert (owed.channel, body.address, body.text) == (
        "email",
        "kenji@post.example",
        "Your money is on its way.\n\nAna",
    )
    answer = Message.objects.get(ticket_id=kenji.id, direction="out")
    assert answer.outgoing_id == owed.id and "Leaves in a moment" in act(ana, kenji, "notes", text="x").content.decode()


def test_nobody_answers_what_they_have_not_read(ana: Client, morning: Morning) -> None:
    bea = morning.ticket("Bea Lund")
    page = ana.get(f"/desk/juniper/tickets/{bea.number}/").context
    about = {"category": WISMO, "order_id": morning.day.order, "sender": "bea@post.example"}
    writes(morning.brand, "It came!", morning.bea, -timedelta(seconds=60), **about)
    told = {"began": page["began"], "last": page["last"], "text": "It is in Leipzig."}
    held = act(ana, bea, "replies", **told)
    assert held.status_code == 409 and not Outgoing.objects.filter(kind="reply").exists()
    said = held.content.decode()
    assert "Not sent yet" in said and "The customer wrote" in said and "It is in Leipzig." in said, "the draft is kept"
    again = told | {"began": held.context["began"], "last": held.context["last"], "channel": "email"}
    assert act(ana, bea, "replies", **again).status_code == 200
    assert Outgoing.objects.filter(kind="reply").count() == 1


def test_a_parcel_that_moved_meanwhile_holds_the_answer(ana: Client, morning: Morning) -> None:
    bea = morning.ticket("Bea Lund")
    began = NOW - timedelta(minutes=10)
    track = Scan.objects.filter(brand=morning.brand).values_list("track_id", flat=True)[0]
    at = NOW - timedelta(minutes=1)
    Scan.objects.create(
        id=ids.new(at), brand=morning.brand, track_id=track, source="easypost", at=at, local="2026-03-10T07:59:00",
        zone="assumed", state="out_for_delivery", reported_at=at,
    )  # fmt: skip
    last = Message.objects.filter(ticket_id=bea.id).latest("at")
    held = act(ana, bea, "replies", text="It stands still.", began=began.isoformat(), last=str(last.id))
    assert (
        held.status_code == 409
        and "The parcel was scanned: out for delivery 60 s ago" in held.content.decode().replace("1 min", "60 s")
    )


def test_a_colleagues_answer_holds_ones_own(ana: Client, client: Client, morning: Morning) -> None:
    kenji = morning.ticket("Kenji Mori")
    page = ana.get(f"/desk/juniper/tickets/{kenji.number}/").context
    ben = Client()
    ben.force_login(staff("ben", morning.brand))
    act(ben, kenji, "replies", text="Tomorrow.", began=NOW.isoformat(), last=page["last"])
    held = act(
        ana, kenji, "replies", text="On Friday.", began=(NOW - timedelta(minutes=1)).isoformat(), last=page["last"]
    )
    assert held.status_code == 409 and "ben answered" in held.content.decode()
    assert Outgoing.objects.filter(kind="reply").count() == 1


def test_a_public_post_is_not_answered_with_what_everybody_could_read(ana: Client, morning: Morning) -> None:
    held = act(ana, morning.ticket("@clayfan"), "replies", text="Order 1001 is in Leipzig.", began=NOW.isoformat())
    assert held.status_code == 422 and "everybody would read it" in held.content.decode()
    assert not Outgoing.objects.filter(kind="reply").exists()


def test_a_note_stays_inside(ana: Client, morning: Morning) -> None:
    bea = morning.ticket("Bea Lund")
    page = act(ana, bea, "notes", text="She is a nurse: ring after six.").content.decode()
    assert "Internal note" in page and not Outgoing.objects.filter(kind="reply").exists()
    bea.refresh_from_db()
    assert bea.state == Ticket.OPEN and bea.waiting_since is not None, "she still waits"


def test_files_go_with_an_answer_typed_and_limited(ana: Client, morning: Morning) -> None:
    kenji = morning.ticket("Kenji Mori")
    files = [SimpleUploadedFile("../slip.png", PNG, "image/png")]
    act(ana, kenji, "replies", text="See the slip.", began=NOW.isoformat(), files=files)
    kept = File.objects.get(message_id=Message.objects.get(ticket_id=kenji.id, direction="out").id)
    assert (kept.name, kept.type) == ("slip.png", "image/png")
    (owed,) = OutgoingFile.objects.all()
    assert owed.plain == PNG and PNG not in bytes(owed.content)
    program = SimpleUploadedFile("slip.png", b"MZ" + b"\0" * 90, "image/png")
    held = act(ana, kenji, "replies", text="And this.", began=NOW.isoformat(), files=[program])
    assert held.status_code == 422 and "is a program" in held.content.decode()


def test_resolving_leads_to_the_next_ticket_and_z_takes_it_back(ana: Client, morning: Morning) -> None:
    dot, theo = morning.ticket("Dot Hale"), morning.ticket("Théo Roux")
    rows = ana.get("/desk/juniper/queues/unassigned/").context["side"].listed.rows
    at = [row.number for row in rows].index(theo.number)
    page = act(ana, theo, "resolutions")
    assert page.redirect_chain[-1][0].startswith(f"/desk/juniper/tickets/{rows[at + 1].number}/")
    assert f"#{theo.number} is resolved." in page.content.decode() and "Undo" in page.content.decode()
    theo.refresh_from_db()
    assert theo.state == Ticket.RESOLVED
    undo(ana)
    theo.refresh_from_db()
    assert theo.state == Ticket.OPEN
    act(ana, dot, "resolutions")
    act(ana, dot, "reopenings")
    dot.refresh_from_db()
    assert dot.state != Ticket.RESOLVED


def test_answer_and_resolve_in_one(ana: Client, morning: Morning) -> None:
    kenji = morning.ticket("Kenji Mori")
    act(ana, kenji, "replies", text="Done.", began=NOW.isoformat(), then="resolve")
    kenji.refresh_from_db()
    assert kenji.state == Ticket.RESOLVED and Outgoing.objects.filter(kind="reply").exists()


def test_tags_come_and_go(ana: Client, morning: Morning) -> None:
    dot = morning.ticket("Dot Hale")
    act(ana, dot, "tags", add="VIP, chargeback")
    dot.refresh_from_db()
    assert dot.tags == ["chargeback", "vip"]
    act(ana, dot, "tags", remove="vip")
    dot.refresh_from_db()
    assert dot.tags == ["chargeback"]
    undo(ana)
    dot.refresh_from_db()
    assert dot.tags == ["chargeback", "vip"]
    assert "Not done" in act(ana, dot, "tags", add="x" * 50).content.decode()


@pytest.mark.parametrize(
    ("told", "until", "wakes_on"),
    [
        ({"until": "reply"}, None, "reply"),
        ({"until": "scan"}, None, "scan"),
        ({"until": "tomorrow"}, "2026-03-11T13:00:00+00:00", "reply"),
        ({"until": "monday"}, "2026-03-16T13:00:00+00:00", "reply"),
        ({"until": "at", "at": "2026-03-10T18:30"}, "2026-03-10T22:30:00+00:00", "reply"),
    ],
)
def test_snoozing_until(told: dict[str, str], until: str | None, wakes_on: str, ana: Client, morning: Morning) -> None:
    """In the brand's zone: New York, in summer time since the 8th."""
    bea = morning.ticket("Bea Lund")
    act(ana, bea, "snoozes", **told)
    bea.refresh_from_db()
    found = bea.snoozed_until.isoformat() if bea.snoozed_until else None
    assert (bea.state, found, bea.wakes_on) == (Ticket.SNOOZED, until, wakes_on)
    act(ana, bea, "wakings")
    bea.refresh_from_db()
    assert bea.state == Ticket.OPEN


def test_merging_and_splitting_leave_no_trace_once_undone(ana: Client, morning: Morning) -> None:
    bea, dot = morning.ticket("Bea Lund"), morning.ticket("Dot Hale")
    homes = dict(Message.objects.values_list("id", "ticket_id"))
    found = ana.get(f"/desk/juniper/tickets/{bea.number}/merges/", {"find": "charged twice"}).content.decode()
    assert f"#{dot.number} Dot Hale" in found
    merged = act(ana, bea, "merges", other=str(dot.number)).content.decode()
    assert "I was charged twice." in merged and "was merged into it by hand" in merged
    moved = ana.get(f"/desk/juniper/tickets/{dot.number}/")
    assert moved.status_code == 302 and f"/tickets/{bea.number}/" in moved["Location"]
    undo(ana)
    assert dict(Message.objects.values_list("id", "ticket_id")) == homes
    first = Message.objects.filter(ticket_id=bea.id).earliest("at")
    assert "split off by hand" not in act(ana, bea, "splits", messages=str(first.id)).content.decode()
    assert len(set(Message.objects.filter(customer_id=morning.bea).values_list("ticket_id", flat=True))) == 2
    undo(ana)
    assert dict(Message.objects.values_list("id", "ticket_id")) == homes
    assert (
        "at least one has to stay"
        in act(ana, bea, "splits", messages=[str(one) for one in homes if homes[one] == bea.id]).content.decode()
    )


def test_relabelling_names_the_cause_and_the_order(ana: Client, morning: Morning) -> None:
    kenji = morning.ticket("Kenji Mori")
    act(ana, kenji, "labels", cause="billing_payment", order="#1001")
    kenji.refresh_from_db()
    assert (kenji.cause, kenji.order_id) == ("billing_payment", morning.day.order)
    assert "there is no order 777" in act(ana, kenji, "labels", order="777").content.decode()
    assert act(ana, kenji, "labels", cause="nonsense").status_code == 404


def test_a_ticket_goes_to_a_colleague_and_to_nobody_else(ana: Client, morning: Morning) -> None:
    dot, ben = morning.ticket("Dot Hale"), staff("ben", morning.brand)
    stranger = staff("charlie")
    assert "is ben’s" in act(ana, dot, "assignments", to=str(ben.id)).content.decode()
    assert act(ana, dot, "assignments", to=str(stranger.id)).status_code == 404
    act(ana, dot, "assignments", to="")
    dot.refresh_from_db()
    assert dot.assignee_id is None
