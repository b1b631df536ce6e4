"""What came attached: a name that is safe to save under, and the type that the first bytes tell."""

from __future__ import annotations

import re
import unicodedata

_UNSAFE = re.compile(r'[\x00-\x1f\x7f<>:"/\\|?*\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]+')
_RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\.|$)", re.IGNORECASE)
_LONGEST = 120
_EXTENSIONS = {
    "image/jpeg": "jpg", "image/jpg": "jpg", "image/png": "png", "image/gif": "gif", "image/webp": "webp",
    "image/heic": "heic",
    "image/svg+xml": "svg", "application/pdf": "pdf", "text/plain": "txt", "text/html": "html", "text/csv": "csv",
    "text/calendar": "ics", "text/vcard": "vcf", "text/x-vcard": "vcf", "message/rfc822": "eml", "video/mp4": "mp4",
    "video/quicktime": "mov", "audio/mpeg": "mp3", "audio/mp4": "m4a", "audio/wav": "wav", "application/zip": "zip",
    "application/rtf": "rtf", "application/pgp-signature": "asc", "application/pkcs7-signature": "p7s",
    "application/x-pkcs7-signature": "p7s", "application/pkcs7-mime": "p7m", "message/delivery-status": "txt",
}  # fmt: skip
# (offset, bytes, type): enough for what customers send, and for what must not pass for it. ISO media and RIFF below.
_MAGIC = (
    (0, b"\x89PNG\r\n\x1a\n", "image/png"), (0, b"\xff\xd8\xff", "image/jpeg"), (0, b"GIF87a", "image/gif"),
    (0, b"GIF89a", "image/gif"), (0, b"BM", "image/bmp"), (0, b"II*\x00", "image/tiff"), (0, b"MM\x00*", "image/tiff"),
    (0, b"%PDF-", "application/pdf"), (0, b"PK\x03\x04", "application/zip"), (0, b"PK\x05\x06", "application/zip"),
    (0, b"Rar!\x1a\x07", "application/vnd.rar"), (0, b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
    (0, b"\x1f\x8b", "application/gzip"), (0, b"BZh", "application/x-bzip2"), (0, b"{\\rtf", "application/rtf"),
    (0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/x-ole-storage"), (0, b"ID3", "audio/mpeg"),
    (0, b"\xff\xfb", "audio/mpeg"), (0, b"OggS", "application/ogg"), (0, b"\x1a\x45\xdf\xa3", "video/webm"),
    (0, b"MZ", "application/vnd.microsoft.portable-executable"), (0, b"\x7fELF", "application/x-elf"),
    (0, b"#!", "text/x-script"), (0, b"\x78\x9f\x3e\x22", "application/ms-tnef"),
    (0, b"BEGIN:VCALENDAR", "text/calendar"),
    (0, b"BEGIN:VCARD", "text/vcard"), (0, b"CWS", "application/x-shockwave-flash"),
)  # fmt: skip
_MEDIA = {b"heic": "image/heic", b"heix": "image/heic", b"mif1": "image/heif", b"avif": "image/avif",
          b"qt  ": "video/quicktime", b"M4A ": "audio/mp4", b"3gp4": "video/3gpp", b"3gp5": "video/3gpp"}  # fmt: skip
_RIFF = {b"WEBP": "image/webp", b"WAVE": "audio/wav", b"AVI ": "video/x-msvideo"}
_OFFICE = (
    (b"word/", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    (b"xl/", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    (b"ppt/", "application/vnd.openxmlformats-officedocument.presentationml.presentation"),
    (b"mimetypeapplication/vnd.oasis.opendocument.text", "application/vnd.oasis.opendocument.text"),
    (b"META-INF/MANIFEST.MF", "application/java-archive"),
)
_WRITTEN = ("application/json", "application/xml", "application/pgp-signature", "application/pgp-encrypted")
_MARKUP = re.compile(rb"<(?:!doctype\s+html|html|head|body|script|iframe|svg|\?xml)\b", re.IGNORECASE)


def sniffed(content: bytes) -> str:
    """The type that the content shows by itself, whatever it is called; '' where it shows none."""
    head = content[:4096]
    if head[4:8] == b"ftyp":
        return _MEDIA.get(head[8:12], "video/mp4")
    if head[:4] == b"RIFF":
        return _RIFF.get(head[8:12], "")
    for offset, magic, kind in _MAGIC:
        if head.startswith(magic, offset):
            return _archive(content) if kind == "application/zip" else kind
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n")
    if markup := _MARKUP.search(start[:1024]):
        return "image/svg+xml" if b"<svg" in start.lower() else "text/xml" if markup[0][1:2] == b"?" else "text/html"
    return "" if not head or b"\0" in head or _is_binary(head) else "text/plain"


def told(content: bytes, declared: str) -> str:
    """The type that the content shows, or which kind of text or message it is declared to be where it is text."""
    found = sniffed(content)
    family = declared.partition("/")[0]
    return declared if found == "text/plain" and (family in ("text", "message") or declared in _WRITTEN) else found


def _archive(content: bytes) -> str:
    head = content[:200] + content[-4096:]
    return next((kind for mark, kind in _OFFICE if mark in head), "application/zip")


def _is_binary(head: bytes) -> bool:
    odd = sum(byte < 9 or 13 < byte < 27 for byte in head)
    return odd * 50 > len(head)


def safe_name(name: str, declared: str, position: int) -> str:
    """A bare file name that any system takes and that hides nothing: no folder, no control or direction mark."""
    name = unicodedata.normalize("NFC", _UNSAFE.sub("_", name.replace("\\", "/").rstrip("/").rpartition("/")[2]))
    name = " ".join(name.split()).strip(". ")
    if not name.strip("_"):
        extension = _EXTENSIONS.get(declared, "")
        name = f"attachment-{position}" + (f".{extension}" if extension else "")
    if _RESERVED.match(name):
        name = f"_{name}"
    return name if len(name) <= _LONGEST else _shortened(name)


def _shortened(name: str) -> str:
    stem, dot, extension = name.rpartition(".")
    if not dot or len(extension) > 12:
        return name[:_LONGEST]
    return f"{stem[: _LONGEST - len(extension) - 1]}.{extension}"
