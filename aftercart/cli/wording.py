"""Texts on the command line: check, list, publish, history, roll back."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

from aftercart.cli import setup
from aftercart.cli.founding import Slug, brand_of

if TYPE_CHECKING:
    from aftercart.words.files import Written
    from aftercart.words.findings import Finding
    from aftercart.words.models import Wording
    from aftercart.words.wordings import Place

app = typer.Typer(no_args_is_help=True, help="What customers read: checked, published, rolled back.")
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for machines.")]
Kind = Annotated[str, typer.Argument(help="The kind of notice, as `list` prints it.")]
File = Annotated[str, typer.Argument(help="The text; `Subject:` and `Segments:` lines may stand first. - is stdin.")]
Language = Annotated[str, typer.Option(help="en, es, fr, de, pt or ja.")]
Channel = Annotated[str, typer.Option(help="email or sms.")]
BY = "aftercart words"


@app.command("check")
def check_(
    file: File,
    language: Language = "en",
    channel: Channel = "email",
    kind: Annotated[str, typer.Option(help="Only the variables of this kind of notice.")] = "",
    segments: Annotated[int, typer.Option(help="How many segments an SMS may take; the file's own line else.")] = 0,
    brand: Annotated[str, typer.Option(help="By this brand's voice guide.")] = "",
    as_json: AsJson = False,
) -> None:
    """Say what a text lacks. Exit code 1 if it could not be published. Needs no database but for --brand."""
    from aftercart.words.checking import check
    from aftercart.words.kinds import CHANNELS, KINDS, SMS
    from aftercart.words.samples import filled_size

    if channel not in CHANNELS:
        setup.fail(f"channel: {channel!r} is none of {', '.join(CHANNELS)}")
    if kind and kind not in KINDS:
        setup.fail(f"kind: {kind!r} is none of {', '.join(KINDS)}")
    written = _read(file)
    limit = segments or written.segments
    try:
        found = check(
            written.text, language=language, channel=channel, kind=kind, subject=written.subject, segments=limit,
            voice=_voice(brand, language),
        )  # fmt: skip
    except ValueError as error:
        setup.fail(str(error))
    _say(found, {"language": language, "channel": channel}, as_json)
    if channel == SMS and not as_json and (size := filled_size(written.text, language)):
        typer.echo(f"Filled in: {size.segments} segments, {size.units} signs of {size.encoding}.")
    raise typer.Exit(any(finding.refuses for finding in found))


def _say(found: list[Finding], about: dict[str, str], as_json: bool) -> None:
    refusing = [finding for finding in found if finding.refuses]
    advice = [finding for finding in found if not finding.refuses]
    if as_json:
        told = {"ok": not refusing, **about, "findings": _plain(refusing), "advice": _plain(advice)}
        typer.echo(json.dumps(told, ensure_ascii=False))
        return
    for finding in refusing:
        typer.echo(f"{finding.title}: {finding.reason} ({finding.excerpt})")
    for finding in advice:
        typer.echo(f"advice, {finding.title}: {finding.reason} ({finding.excerpt})")
    if not refusing:
        typer.echo("It says all that it should.")


def _plain(found: list[Finding]) -> list[dict[str, str]]:
    return [{"part": one.part, "reason": one.reason, "excerpt": one.excerpt} for one in found]


@app.command("list")
def list_(slug: Slug, as_json: AsJson = False) -> None:
    """Every kind of notice, and which texts of it are the brand's own."""
    setup.django()
    with setup.clear_errors():
        from aftercart.words.kinds import KINDS
        from aftercart.words.wordings import own_versions

        versions = own_versions(brand_of(slug))
    own: dict[str, list[dict[str, Any]]] = {kind: [] for kind in KINDS}
    for place, version in versions.items():
        own[place.kind].append({"channel": place.channel, "language": place.language, "version": version})
    if as_json:
        typer.echo(json.dumps([{"kind": kind, "label": KINDS[kind].label, "own": rows} for kind, rows in own.items()]))
        return
    for kind, rows in own.items():
        said = ", ".join(f"{row['channel']} {row['language']} v{row['version']}" for row in rows)
        typer.echo(f"{kind:20} {KINDS[kind].label:26} {said or 'as shipped'}")


@app.command()
def publish(
    slug: Slug, kind: Kind, file: File, language: Language = "en", channel: Channel = "email", as_json: AsJson = False
) -> None:
    """Make a text the one in use, as a new version. What the check refuses is not published."""
    setup.django()
    with setup.clear_errors():
        from aftercart.words import wordings

        written = _read(file)
        brand, place = brand_of(slug), _place(kind, channel, language)
        try:
            row = wordings.publish(
                brand, place, subject=written.subject, text=written.text, segments=written.segments, by=BY
            )
        except wordings.WordingError as error:
            _refuse(error.findings, str(error), as_json)
    typer.echo(json.dumps(_row(row)) if as_json else f"{place} v{row.version} is in use.")


@app.command()
def history(
    slug: Slug, kind: Kind, language: Language = "en", channel: Channel = "email", as_json: AsJson = False
) -> None:
    """Every version of a text, the newest first."""
    setup.django()
    with setup.clear_errors():
        from aftercart.words import wordings

        rows = wordings.history(brand_of(slug), _place(kind, channel, language))
    if as_json:
        typer.echo(json.dumps([_row(row) for row in rows], ensure_ascii=False))
        return
    for row in rows:
        restored = "" if row.restores is None else f", brings back {row.restores or 'the shipped text'}"
        begins = " ".join(row.text.split())[:70] or "the shipped text"
        typer.echo(f"v{row.version}  {row.published_at:%Y-%m-%d %H:%M}  {row.published_by}{restored}: {begins}")
    if not rows:
        typer.echo("As shipped: there is no version of its own.")


@app.command()
def rollback(
    slug: Slug,
    kind: Kind,
    version: Annotated[int, typer.Option(help="The version to bring back; 0 is the shipped text.")],
    language: Language = "en",
    channel: Channel = "email",
    as_json: AsJson = False,
) -> None:
    """Publish an older version again, as a new one."""
    setup.django()
    with setup.clear_errors():
        from aftercart.words import wordings

        place = _place(kind, channel, language)
        try:
            row = wordings.roll_back(brand_of(slug), place, version, by=BY)
        except wordings.WordingError as error:
            _refuse(error.findings, str(error), as_json)
    typer.echo(json.dumps(_row(row)) if as_json else f"{place} v{row.version} is in use: what {version} said.")


@app.command()
def voice(
    slug: Slug,
    file: Annotated[
        str, typer.Option(help="JSON by language: address, banned, allowed, terms. Replaces all of it.")
    ] = "",
) -> None:
    """Print what the brand says otherwise than the voice guides that ship; with --file, set it."""
    setup.django()
    with setup.clear_errors():
        from aftercart.policies import services as policies
        from aftercart.words import wordings
        from aftercart.words.voices import VoiceError

        brand = brand_of(slug)
        if file:
            try:
                own = json.loads(_content(file))
                if not isinstance(own, dict):
                    raise VoiceError("must be a table by language")
                wordings.set_voice(brand, own, by=BY)
            except (json.JSONDecodeError, VoiceError) as error:
                setup.fail(f"{file}: {error}")
        typer.echo(json.dumps(policies.newest(brand.id, wordings.VOICE), ensure_ascii=False))


def _place(kind: str, channel: str, language: str) -> Place:
    from aftercart.words.wordings import Place, WordingError

    try:
        return Place(kind, channel, language)
    except WordingError as error:
        setup.fail(str(error))


def _refuse(found: Any, reason: str, as_json: bool) -> NoReturn:
    if as_json:
        typer.echo(json.dumps({"ok": False, "findings": _plain(found), "error": reason}, ensure_ascii=False))
        raise SystemExit(1)
    setup.fail(reason)


def _row(row: Wording) -> dict[str, object]:
    return {
        "kind": row.kind, "channel": row.channel, "language": row.language, "version": row.version,
        "subject": row.subject, "text": row.text, "segments": row.segments,
        "published_at": row.published_at.isoformat(), "published_by": row.published_by, "restores": row.restores,
    }  # fmt: skip


def _read(file: str) -> Written:
    from aftercart.words import files

    try:
        return files.read(_content(file))
    except ValueError as error:
        setup.fail(f"{file}: {error}")


def _content(file: str) -> str:
    try:
        return (sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()).decode("utf-8")
    except OSError as error:
        setup.fail(f"{file}: {error.strerror}")
    except UnicodeDecodeError:
        setup.fail(f"{file}: is not UTF-8 text")


def _voice(slug: str, language: str) -> Any:
    if not slug:
        return None
    setup.django()
    with setup.clear_errors():
        from aftercart.words.wordings import voice_of

        return voice_of(brand_of(slug), language)
