"""Recorded mails: every one is read, and of answers exactly what a person marked as written by hand is shown.

The rules were written with these answers in sight, language by language and program by program. What they reach on
answers that nobody looked at is less; that is why losing something counts apart from showing too much.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from aftercart.connectors.mail.inbound import read

# By whom an answer is from does not matter for what is quoted in it.
_HEAD = b"From: a@customer.example\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n"
ENOUGH = 58


def run(data: Path) -> dict[str, Any]:
    """Counts, and the names of the mails behind what is not as it should be."""
    mails = sorted((data / "mail/chatwoot").glob("*.eml"))
    found = {path.name: read(path.read_bytes()) for path in mails}
    answers = sorted((data / "mail/discourse_trimmer/emails").glob("*.txt"))
    unlike, lost = [], []
    for path in answers:
        shown = read(_HEAD + path.read_bytes()).reply
        wanted = (path.parent.parent / "trimmed" / path.name).read_text("utf-8")
        if shown.split() != wanted.split():
            unlike.append(path.name)
        if not _lines(wanted) <= _lines(shown):
            lost.append(path.name)
    return {
        "mails": len(mails),
        "unread": [name for name, mail in found.items() if not (mail.text.strip() or mail.attachments)],
        "classes": {
            kind: sum(mail.kind == kind for mail in found.values()) for kind in sorted({m.kind for m in found.values()})
        },
        "answers": len(answers),
        "unlike": unlike,
        "lost": lost,
    }


def _lines(text: str) -> set[str]:
    return {" ".join(line.split()) for line in text.split("\n") if line.strip()}


def targets(found: dict[str, Any]) -> list[tuple[str, str, str, bool, str]]:
    mails, answers = found["mails"], found["answers"]
    equal, whole = answers - len(found["unlike"]), answers - len(found["lost"])
    return [
        (
            "recorded mails that are read and shown",
            f"{mails - len(found['unread'])} of {mails}",
            "all",
            not found["unread"],
            "",
        ),
        (
            "answers shown exactly as written",
            f"{equal} of {answers}",
            f"≥ {ENOUGH}",
            equal >= ENOUGH,
            "28, best library",
        ),
        ("answers of which no line is lost", f"{whole} of {answers}", "all", whole == answers, ""),
    ]


if __name__ == "__main__":
    for title, shown, wanted, met, _ in targets(run(Path(__file__).parent.parent.parent / "shared/data")):
        print(f"{title}: {shown} (wanted {wanted}{'' if met else ', MISSED'})")
