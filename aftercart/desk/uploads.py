"""Files that go with an answer: few, not too large, and what their first bytes say that they are."""

from __future__ import annotations

from collections.abc import Sequence

from django.core.files.uploadedfile import UploadedFile

from aftercart.connectors.files import safe_name, told
from aftercart.facts import File

MOST, LARGEST = 10, 20_000_000  # files, and bytes of all together: what mail servers take
PROGRAMS = frozenset({"application/vnd.microsoft.portable-executable", "application/x-elf"})


class Refused(ValueError):
    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def taken(files: Sequence[UploadedFile[bytes]]) -> list[File]:
    """Raises Refused with the reason."""
    if len(files) > MOST:
        raise Refused(f"{len(files)} files: no more than {MOST} go with one answer")
    if sum(file.size or 0 for file in files) > LARGEST:
        raise Refused(f"the files have more than {LARGEST // 1_000_000} MB together")
    return [_file(position, file) for position, file in enumerate(files, 1)]


def _file(position: int, upload: UploadedFile[bytes]) -> File:
    content = upload.read()
    declared = upload.content_type or ""
    type_ = told(content, declared)
    if type_ in PROGRAMS:
        raise Refused(f"{upload.name} is a program")
    return File(name=safe_name(upload.name or "", type_, position), type=type_, declared=declared, content=content)
