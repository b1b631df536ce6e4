"""What the writer of a mail wrote, and what was quoted or is always below it. Lines are sorted, never dropped.

Quotation is recognised by how programs introduce it (`markers`), by quote marks, and by what stands around it:

- an introduction or a block of headers with something written above it folds away what it introduces; with nothing
  above it, only itself, for then what follows is the message (an answer below, a forwarded mail);
- marked lines with an answer below them stay, as context, unless they are the one quotation that heads the mail;
  marked lines with nothing written below them are folded.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import groupby

from aftercart.connectors.mail.inbound.markers import Marker, ends_one, marker_at, quote_lines
from aftercart.connectors.mail.inbound.shapes import Part, Segment
from aftercart.connectors.mail.inbound.signatures import signature_starts

# A quotation longer than this is no context that anybody would read above an answer.
_LONGEST_CONTEXT = 40
# Nobody reads so many; those beyond stay with what stands above them.
_MOST_LINES = 20_000
# How far into marked lines an introduction may stand: those further down introduce what was quoted before.
_INTO_QUOTATION = 4
_DIRECTIONS = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_W, _C, _Q, _S = Part.WRITTEN, Part.CONTEXT, Part.QUOTE, Part.SIGNATURE


def folded(text: str) -> tuple[Segment, ...]:
    """The lines of `text`, in order, each in exactly one segment."""
    whole = text.split("\n")
    # Marks of direction stand anywhere in Hebrew and Arabic mails and mean nothing here.
    lines = (whole if text.isascii() else _DIRECTIONS.sub("", text).split("\n"))[:_MOST_LINES]
    quoted = quote_lines(lines)
    parts, announcing = _sorted(lines, quoted)
    _mark_signatures(lines, parts)
    _keep_context(lines, parts, quoted, announcing)
    _join_blanks(lines, parts)
    parts += parts[-1:] * (len(whole) - len(lines))
    position, found = 0, []
    for part, group in groupby(parts):
        count = len(list(group))
        found.append(Segment(part, "\n".join(whole[position : position + count])))
        position += count
    return tuple(found)


def _sorted(lines: Sequence[str], quoted: Sequence[bool]) -> tuple[list[Part], set[int]]:
    """Written or quote, for each line; and which lines announce a quotation."""
    parts = [_Q if is_quoted else _W for is_quoted in quoted]
    announcing: set[int] = set()
    position, above, depth = 0, False, 0
    ends = cache(lambda at: ends_one(lines[at]))
    while position < len(lines):
        depth = depth + 1 if quoted[position] else 0
        marker = marker_at(lines, position, quoted, ends) if depth <= _INTO_QUOTATION else None
        if marker is None:
            above = above or (not quoted[position] and bool(lines[position].strip()))
            position += 1
            continue
        parts[position : marker.end] = [_Q] * (marker.end - position)
        announcing.update(range(position, marker.end))
        if above and not _is_marked_below(lines, marker, quoted):
            parts[marker.end :] = [_Q] * (len(lines) - marker.end)
            break
        position = marker.end
    return parts, announcing


def _is_marked_below(lines: Sequence[str], marker: Marker, quoted: Sequence[bool]) -> bool:
    """Whether the introduced quotation bears quote marks: then it ends where they end."""
    following = next((at for at in range(marker.end, len(lines)) if lines[at].strip()), None)
    return not marker.whole and following is not None and quoted[following]


def _keep_context(lines: Sequence[str], parts: list[Part], quoted: Sequence[bool], announcing: set[int]) -> None:
    runs = list(_runs(lines, parts))
    written = [index for index, (part, _, _) in enumerate(runs) if part is _W]
    if not written:
        if not announcing:
            parts[:] = [_C if part is _Q else part for part in parts]  # nobody announced them: somebody sent that
        return
    answered = [index for index, (part, _, _) in enumerate(runs) if part is _Q and index < written[-1]]
    for index in answered:
        _, start, end = runs[index]
        heads = index < written[0] and len(answered) == 1 and not announcing.isdisjoint(range(start, end))
        if not heads and end - start <= _LONGEST_CONTEXT:
            for at in range(start, end):
                if quoted[at] and at not in announcing:
                    parts[at] = _C


def _runs(lines: Sequence[str], parts: Sequence[Part]) -> Iterator[tuple[Part, int, int]]:
    """(part, from, until) of neighbouring lines alike; blank lines count for nothing."""
    current: Part | None = None
    start = end = 0
    for at, part in enumerate(parts):
        if not lines[at].strip():
            continue
        if part is not current:
            if current is not None:
                yield current, start, end
            current, start = part, at
        end = at + 1
    if current is not None:
        yield current, start, end


def _mark_signatures(lines: Sequence[str], parts: list[Part]) -> None:
    """In the last written lines; where they are nothing else, in those before them too."""
    written = [(start, end) for part, start, end in _runs(lines, parts) if part is _W]
    while written:
        start, end = written.pop()
        at = signature_starts(lines[start:end])
        if at is None or (at == 0 and not written):
            return  # a mail that is nothing but a signature is shown
        parts[start + at : end] = [_S] * (end - start - at)
        if at > 0:
            return


def _join_blanks(lines: Sequence[str], parts: list[Part]) -> None:
    """Blank lines belong to what stands above them."""
    for at in range(1, len(lines)):
        if not lines[at].strip():
            parts[at] = parts[at - 1]
