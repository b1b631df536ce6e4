"""What must be the same after a storm as after a calm, and what must be true after both."""

from __future__ import annotations

import json
from collections.abc import Iterable

from benchmarks.crash.life import Life
from benchmarks.crash.mail import Postbox
from benchmarks.crash.stream import Delivery

Picture = dict[str, list[str]]

# What facts fold to, whatever their order. Only when we were told of a scan may differ.
FOLDED = (
    "people_customer", "people_identity", "people_pagevisit", "orders_product", "orders_stock", "orders_order",
    "orders_cancellation", "orders_orderline", "orders_deliveryaddress", "orders_payment", "orders_fulfilment",
    "orders_track", "orders_parcel", "orders_carrierestimate", "orders_scan",
    "orders_notreceived", "returns_return", "returns_step", "returns_refund", "risk_contact", "outbox_reach",
    "people_consent", "people_heard", "tickets_known",
)  # fmt: skip
# What must have been counted exactly once, under names that do not depend on when it came.
COUNTED = {
    "deliveries": (
        "SELECT jsonb_build_array(s.source, s.key, s.content, d.topic, d.state, d.facts, d.unplaced)::text"
        " FROM intake_seen s JOIN intake_delivery d USING (id) JOIN intake_payload p USING (id) ORDER BY 1"
    ),
    "whose deliveries": (
        "SELECT jsonb_build_array(s.key, p.person_id)::text"
        " FROM intake_deliveryperson p JOIN intake_seen s ON s.id = p.delivery_id ORDER BY 1"
    ),
    "who is one person": (
        "SELECT jsonb_build_array(customer_id, other_id, way, proof)::text FROM people_join ORDER BY 1"
    ),
    "unknown words": (
        'SELECT jsonb_build_array(source, "where", what, count)::text FROM intake_unknownword ORDER BY 1'
    ),
    "the shop's promises": ("SELECT to_jsonb(p)::text FROM promises_promise p WHERE made_by = 'shop' ORDER BY 1"),
    "messages, and which are one ticket": (
        "SELECT jsonb_build_array(m.id, m.customer_id, m.direction, m.category, m.order_id, (SELECT min(o.id::text)"
        " FROM tickets_message o WHERE o.ticket_id = m.ticket_id))::text FROM tickets_message m ORDER BY 1"
    ),
    "what was written": "SELECT (to_jsonb(b) - 'reading')::text FROM tickets_body b ORDER BY 1",
    "files of messages": (
        "SELECT to_jsonb(f)::text FROM tickets_file f JOIN tickets_blob b ON b.id = f.blob_id ORDER BY 1"
    ),
    "tickets": (
        "SELECT jsonb_build_array(t.customer_id, t.order_id, t.cause, t.contacts, t.repeats, t.waiting_since)::text"
        " FROM tickets_ticket t JOIN tickets_search s USING (id) WHERE t.state <> 'gone' ORDER BY 1"
    ),
    "watched orders": "SELECT id::text FROM watch_watch ORDER BY 1",
}
# What tells when things came and what was thought then: it may differ, and is judged by other rules.
OF_THE_MOMENT = {
    "tickets_early": "what waits for what came before it: what came of it is in the messages",
    "intake_fault": "none may be left: every delivery has to be applied",
    "watch_concern": "opens by the clock that ran meanwhile",
    "outreach_machineanswer": "what a machine answered follows what was known when the message came",
    "outreach_decision": "follows the concerns; each must have had its message",
    "outbox_outgoing": "follows the concerns; each is received once or parked",
    "outbox_outgoingbody": "the words of those",
    "promises_forecast": "what was believed at the last look",
    "promises_outcome": "settled by the day of the last look, and of dates that we told ourselves",
    "watch_disruption": "opens by the day that ran meanwhile",
    "watch_progress": "what was expected by the tables of that day",
    "outreach_exposure": "follows the occasions to speak",
    "outreach_hold": "follows the concerns",
    "outreach_gesture": "follows the concerns, the clock and what was left of the budget",
    "outreach_gesture_budget": "the sum of those",
    "outreach_alert": "follows the troubles of the moment",
    "risk_assessment": "follows the concerns and what was learned by then",
    "risk_morning": "how a concern stood on a day that ran meanwhile",
    "risk_lesson": "learned once a day of the machine's",
    "promises_version": "what was in force when: one more with each lesson",
    "chat_conversation": "who looked when, and where an answer goes if they do no more",
    "promises_learned": "learned every five minutes of the machine's",
}
SHOWN, LONGEST = 3, 300


def picture(life: Life) -> Picture:
    """Every row that may not depend on what happened to us meanwhile."""
    queries = {table: f"SELECT (to_jsonb(t) - 'reported_at')::text FROM {table} t ORDER BY id" for table in FOLDED}
    return {name: [row for (row,) in life.ask(query)] for name, query in (queries | COUNTED).items()}


def differences(calm: Picture, stormy: Picture) -> list[str]:
    problems = []
    for name in calm:
        lost, added = set(calm[name]) - set(stormy[name]), set(stormy[name]) - set(calm[name])
        if lost or added or len(calm[name]) != len(stormy[name]):
            examples = [f"- {row}"[:LONGEST] for row in sorted(lost)[:SHOWN]]
            examples += [f"+ {row}"[:LONGEST] for row in sorted(added)[:SHOWN]]
            counts = f"{len(calm[name])} rows in calm, {len(stormy[name])} after the storm"
            problems.append("\n  ".join([f"{name}: {counts}, {len(lost)} lost, {len(added)} added", *examples]))
    return problems


def unanswered(life: Life, sent: Iterable[Iterable[Delivery]]) -> list[str]:
    """Each delivery that was acknowledged is in the inbox exactly once."""
    expected = len({(one.sent.kind, one.sent.body) for step in sent for one in step})
    found = life.count("SELECT count(*) FROM intake_delivery WHERE state = 'applied'")
    return [] if found == expected else [f"{expected} different deliveries were acknowledged, {found} are applied"]


def unsaid(life: Life, mail: Postbox) -> list[str]:
    """Each notice that is owed was received once, or is parked and says why; nothing else was received."""
    owed = life.ask(
        "SELECT o.message_id, o.state, o.reason FROM outreach_decision d JOIN outbox_outgoing o ON o.id = d.outgoing_id"
        " WHERE d.spoken"
    )
    spoken = life.count("SELECT count(*) FROM outreach_decision WHERE spoken")
    problems = [f"{spoken} decisions to speak have {len(owed)} messages"] if spoken != len(owed) else []
    problems += [f"{key} was received {times} times" for key, times in mail.received.items() if times > 1]
    for key, state, reason in owed:
        excused = state == "parked" and reason
        if not excused and not (state == "sent" and mail.received[key] == 1):
            problems.append(f"{key} is {state} ({json.dumps(reason)}) and was received {mail.received[key]} times")
    unknown = set(mail.received) - {key for key, _, _ in owed}
    return problems + [f"{key} was received and nobody owed it" for key in sorted(unknown)]
