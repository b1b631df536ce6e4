"""Where the signature begins: after its delimiter, or with what a telephone or a legal department always adds."""

from __future__ import annotations

import re
from collections.abc import Sequence

from aftercart.connectors.mail.inbound.signature_words import DISCLAIMERS, LINES

_DELIMITER = re.compile(r"\s*(?:-- ?|—|–|__|_{5,}|-{5,}|\*{3,}|#{4,}|~{4,}|={4,}|\+{4,})\s*")
_PROPER = re.compile(r"-- ?")
_ORNAMENT = re.compile(r"[\s\-_=*#~+ᐧ·•—–|]+")
_LINE = re.compile(r"[\s(<*_\[\"'-]*(?:" + "|".join(LINES) + r")[\s)>*_\]\"'.!]*", re.IGNORECASE)
_LINK = re.compile(r"[<(]?https?://[^\s>)]*[>)]?")
_DISCLAIMER = re.compile(r"[\s*_]*(?:" + "|".join(DISCLAIMERS) + ")", re.IGNORECASE)
# What stands below a delimiter is a signature while it is short; more is text, whatever stands above it.
_MOST_LINES, _MOST_BELOW_ORNAMENT = 16, 8
_LONGEST_LINE = 200


def signature_starts(lines: Sequence[str]) -> int | None:
    """The first line of the signature in the last written lines of a mail; None if there is none."""
    end = len(lines)
    delimited = _after_delimiter(lines)
    if delimited is not None:
        end = delimited
    end = _above_added_lines(lines, end)
    return end if end < len(lines) else None


def _after_delimiter(lines: Sequence[str]) -> int | None:
    below, paragraphs = _counted(lines)
    fenced = False
    for at, line in enumerate(lines):
        fenced ^= line.lstrip().startswith("```")
        if fenced or not _DELIMITER.fullmatch(line):
            continue
        most = _MOST_LINES if _PROPER.fullmatch(line.strip()) else _MOST_BELOW_ORNAMENT
        if below[at + 1] <= most and paragraphs[at + 1] <= 2:
            return at
    return None


def _counted(lines: Sequence[str]) -> tuple[list[int], list[int]]:
    """From each line on: how many say something, and how many of those are paragraphs, not names and addresses."""
    below, paragraphs = [0] * (len(lines) + 1), [0] * (len(lines) + 1)
    for at in range(len(lines) - 1, -1, -1):
        line = lines[at]
        says = bool(line.strip()) and not _ORNAMENT.fullmatch(line)
        below[at] = below[at + 1] + says
        paragraphs[at] = paragraphs[at + 1] + (says and len(line) > 120 and not _DISCLAIMER.match(line))
    return below, paragraphs


def _above_added_lines(lines: Sequence[str], end: int) -> int:
    """Goes up over blank lines, lines that programs add, ornaments and disclaimers; stays where there are none."""
    found = end
    at = end - 1
    while at >= 0:
        line = lines[at]
        if line.strip():
            added = len(line) <= _LONGEST_LINE and (_LINE.fullmatch(_LINK.sub("", line)) or _ORNAMENT.fullmatch(line))
            if not added and not _is_disclaimer(lines, at):
                break
            found = at
        at -= 1
    return found


def _is_disclaimer(lines: Sequence[str], at: int) -> bool:
    """Whether the paragraph that the line belongs to begins as one."""
    start = at
    while start > 0 and lines[start - 1].strip() and at - start < 20:
        start -= 1
    return bool(_DISCLAIMER.match(" ".join(lines[start : at + 1])[:1000]))
