from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from aftercart.connectors.aftercart import parts, schema
from aftercart.connectors.aftercart.kinds import FACTS, PARTS
from aftercart.connectors.contract import PayloadError, Read
from aftercart.connectors.files import safe_name
from aftercart.connectors.files import told as shown_type
from aftercart.connectors.scans import clocked
from aftercart.facts import Clocked, Fact, File, ParcelScanned, Place
from aftercart.plumbing.signing import unix_moment

_ENVELOPE = msgspec.json.Decoder(schema.Envelope)
_SINGLE: msgspec.json.Decoder[schema.AnyFact] = msgspec.json.Decoder(schema.AnyFact)


class _Head(msgspec.Struct):
    kind: Any = msgspec.UNSET


_HEAD = msgspec.json.Decoder(_Head)
_FIRST_YEAR, _LAST_YEAR = 1970, 2100
_PLACED = re.compile(r"^(?P<reason>.*?)(?: - at `(?:key in )?\$\.?(?P<path>.*)`)?$", re.DOTALL)
_FIELD = re.compile(r"(?:missing required|contains unknown) field `(?P<field>[^`]*)`")


def parse(body: bytes, headers: Mapping[str, str]) -> list[Read]:
    """One fact, or {"facts": [...]}. All of them or none: the first slip refuses the body."""
    if b"\\u0000" in body:
        raise PayloadError("body", "holds a NUL character")
    try:
        single = _HEAD.decode(body).kind is not msgspec.UNSET
        told = (_SINGLE.decode(body),) if single else _ENVELOPE.decode(body).facts
    except msgspec.ValidationError as error:
        raise _explained(error) from error
    except (msgspec.DecodeError, RecursionError) as error:
        raise PayloadError("body", f"is not JSON: {error}") from error
    sent = unix_moment(headers.get("webhook-timestamp", ""))
    return [_fact(one, "" if single else f"facts[{position}].", sent) for position, one in enumerate(told)]


def _explained(error: msgspec.ValidationError) -> PayloadError:
    """msgspec's message as the field and the reason."""
    found = _PLACED.match(str(error))
    reason, path = (found["reason"], found["path"] or "") if found else (str(error), "")
    named = _FIELD.search(reason)
    if named is None:
        return PayloadError(path or "body", reason[:1].lower() + reason[1:])
    field = ".".join(filter(None, (path, named["field"]))) or "body"
    return PayloadError(field, "is missing" if "missing" in reason else "is not known here")


def _fact(told: Any, path: str, sent: datetime | None) -> Fact:
    if isinstance(told, schema.ParcelScanned):
        return _scan(told, path, sent)
    values = {name: _plain(getattr(told, name)) for name in told.__struct_fields__ if name not in ("version", "files")}
    values["happened_at"] = _instant(told.happened_at, path, "happened_at")
    values["reported_at"] = told.reported_at or sent or values["happened_at"]
    if isinstance(told, schema.Versioned):
        values["as_of"] = told.as_of or values["reported_at"]
    for name, value in values.items():
        if isinstance(value, datetime):
            values[name] = _instant(value, path, name)
    if isinstance(told, schema.MessageReceived):
        values["files"] = tuple(_file(file, position) for position, file in enumerate(told.files, start=1))
    _check(told, path)
    return FACTS[type(told)](**values)


def _scan(told: schema.ParcelScanned, path: str, sent: datetime | None) -> ParcelScanned:
    """Written out field by field: most of what ever comes in is scans."""
    place = _place(told.place)
    at = _scan_time(told, place, path)
    happened_at = _instant(told.happened_at, path, "happened_at") if told.happened_at else at.instant
    reported_at = _instant(told.reported_at or sent or happened_at, path, "reported_at")
    _check_thread(told, path)
    return ParcelScanned(
        source=told.source,
        happened_at=happened_at,
        reported_at=reported_at,
        at=at,
        state=told.state,
        code=told.code or (told.state.value if told.state else ""),
        number=told.number,
        carrier=told.carrier,
        fulfilment_id=told.fulfilment_id,
        reason=told.reason,
        attention=told.attention,
        description=told.description,
        place=place,
        collect_by=told.collect_by,
    )


def _place(told: parts.Place) -> Place:
    return Place(city=told.city, region=told.region, country=told.country, postal_code=told.postal_code)


def _check(told: Any, path: str) -> None:
    if isinstance(told, schema.ArrivalEstimated):
        _check_thread(told, path)
    if isinstance(told, schema.ArrivalEstimated | schema.PromiseMade) and told.earliest and told.earliest > told.latest:
        raise PayloadError(f"{path}earliest", "is after latest")
    if isinstance(told, schema.MessageReported) and not (told.reference or told.message_id or told.address):
        raise PayloadError(f"{path}reference", "is missing, and so are message_id and address")
    if isinstance(told, schema.MessageReceived):
        _check_sender(told, path)


def _check_sender(told: schema.MessageReceived, path: str) -> None:
    if told.proven and told.doubted:
        raise PayloadError(f"{path}doubted", "contradicts proven")
    who = told.customer
    if told.proven and not (who.external_id or who.email or who.phone or told.handle):
        raise PayloadError(f"{path}proven", "is said of nobody: there is no handle, and customer names nobody either")


def _check_thread(told: schema.ArrivalEstimated | schema.ParcelScanned, path: str) -> None:
    if not (told.number or told.fulfilment_id):
        raise PayloadError(f"{path}number", "is missing, and so is fulfilment_id")


def _scan_time(told: schema.ParcelScanned, place: Place, path: str) -> Clocked:
    if told.at is None and told.happened_at is None:
        raise PayloadError(f"{path}at", "is missing, and so is happened_at")
    if not isinstance(told.at, parts.Clocked):
        at = clocked(told.at or told.happened_at, place, f"{path}at")
        _instant(at.instant, path, "at.instant")
        return at
    written = told.at
    instant = _instant(written.instant, path, "at.instant")
    if instant.replace(tzinfo=None) + timedelta(minutes=written.offset_minutes or 0) != written.local:
        raise PayloadError(f"{path}at", "has an instant that its local time and offset do not give")
    return Clocked(instant=instant, local=written.local, offset_minutes=written.offset_minutes, zone=written.zone)


def _file(told: parts.File, position: int) -> File:
    """As mail's files are: a name that is safe to save under, and the type that the bytes show."""
    return File(
        name=safe_name(told.name, told.declared, position),
        content=told.content,
        type=shown_type(told.content, told.declared),
        declared=told.declared,
        inline=told.inline,
        content_id=told.content_id,
        url=told.url,
    )


def _instant(moment: datetime, path: str, name: str) -> datetime:
    if not _FIRST_YEAR <= moment.year <= _LAST_YEAR:
        raise PayloadError(path + name, f"is not between {_FIRST_YEAR} and {_LAST_YEAR}")
    return moment if moment.tzinfo is UTC else moment.astimezone(UTC)


def _plain(value: Any) -> Any:
    """The fact's own class for a part, a tuple for a row."""
    if isinstance(value, parts.Part):
        names = value.__struct_fields__
        return PARTS[type(value)](**{name: _plain(getattr(value, name)) for name in names})
    if isinstance(value, parts.Row):
        return msgspec.structs.astuple(value)
    return tuple(map(_plain, value)) if isinstance(value, tuple) else value
