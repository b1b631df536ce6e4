"""Bytes to text, whatever their sender says they are. Never fails; says what it had to assume."""

from __future__ import annotations

import codecs
import re
from functools import lru_cache

_MEANT = {  # what writers mean by names that no codec has, or that are too narrow for what is sent under them
    "ansi": "cp1252", "ascii": "cp1252", "us-ascii": "cp1252", "iso-8859-1": "cp1252", "latin1": "cp1252",
    "latin-1": "cp1252", "iso8859-1": "cp1252", "iso_8859-1": "cp1252", "iso-8859-1-windows-3.1-latin-1": "cp1252",
    "iso-8859-9": "cp1254", "iso-8859-11": "cp874", "tis-620": "cp874", "windows-874": "cp874",
    "gb2312": "gb18030", "gbk": "gb18030", "x-gbk": "gb18030", "gb_2312-80": "gb18030", "cp936": "gb18030",
    "big5": "big5hkscs", "x-x-big5": "big5hkscs", "cn-big5": "big5hkscs",
    "shift_jis": "cp932", "shift-jis": "cp932", "x-sjis": "cp932", "sjis": "cp932", "windows-31j": "cp932",
    "ms_kanji": "cp932", "iso-2022-jp": "iso2022_jp_ext", "cp50220": "iso2022_jp_ext", "cp50221": "iso2022_jp_ext",
    "ks_c_5601-1987": "cp949", "ks_c_5601": "cp949", "ksc5601": "cp949", "euc-kr": "cp949", "windows-949": "cp949",
    "utf8mb4": "utf-8", "utf-8-bom": "utf-8", "utf8-bom": "utf-8", "unicode-1-1-utf-7": "utf-7", "unicode": "utf-16",
    "unicode-1-1-utf-8": "utf-8", "x-unknown": "", "unknown-8bit": "", "unknown": "", "8bit": "", "binary": "",
    "default": "", "_autodetect": "", "x-user-defined": "", "iso-8859-8-i": "iso-8859-8", "iso-8859-6-i": "iso-8859-6",
    "x-mac-roman": "mac_roman", "macintosh": "mac_roman", "x-macroman": "mac_roman",
}  # fmt: skip
_SHIFTED = re.compile(rb"\x1b\$[@B]|\x1b\(J")  # ISO-2022-JP, which looks like ASCII
_HALF = re.compile("[\ud800-\udfff]")
_ONE_BYTE = re.compile(rb"[\x80-\x9f]")
_HIGH = re.compile(rb"[\x80-\xff]")
# Fewer letters beyond ASCII than this tell nothing: it is then most likely a western language.
_SAMPLE, _ENOUGH = 16_384, 8


def text_of(content: bytes, declared: str = "") -> tuple[str, str]:
    """The text, and a remark where the declared charset was not what it is in; '' where all is well."""
    name = declared.strip().strip("\"'").lower()
    codec = _codec(name)
    if codec and codec != "cp1252":
        try:
            return _whole(content.decode(codec)), ""
        except (UnicodeError, ValueError):
            pass
    elif content.isascii() and not _SHIFTED.search(content):
        remark = f"the charset {name[:40]!r} is unknown" if name and not codec and name not in _MEANT else ""
        return content.decode("ascii"), remark
    elif codec == "cp1252" and not _is_utf8(content):
        return content.decode("cp1252", "replace"), "" if _fits(content) else _replaced("windows-1252")
    found = _guessed(content)
    text = _whole(content.decode(found, "replace"))
    if not name or (codec == "cp1252" and found == "utf-8"):
        return text, _replaced(found) if "\ufffd" in text else ""
    return text, f"it is not in the charset it names, {name[:40]!r}: read as {found}"


@lru_cache(maxsize=256)
def _codec(name: str) -> str:
    """Python's name of a text codec; '' for none, or one that nobody should choose for us."""
    name = _MEANT.get(name, name)
    try:
        info = codecs.lookup(name) if name and name.isascii() and "\0" not in name else None
    except (LookupError, ValueError):
        return ""
    # What codecs.lookup finds besides charsets (zip, hex, rot13) has no business here, nor has Python's own.
    blocked = info is None or not info._is_text_encoding or info.name in ("idna", "punycode", "unicode_escape")
    return "" if info is None or blocked or info.name in ("raw_unicode_escape", "undefined") else info.name


def _guessed(content: bytes) -> str:
    if _SHIFTED.search(content):
        return "iso2022_jp_ext"
    if _is_utf8(content):
        return "utf-8"
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    if len(_HIGH.findall(content[:_SAMPLE])) < _ENOUGH:
        return "cp1252"
    from charset_normalizer import from_bytes  # slow to load, rarely needed

    best = from_bytes(content[:_SAMPLE]).best()
    return best.encoding if best is not None else "cp1252"


def _is_utf8(content: bytes) -> bool:
    """Whether it is; a sequence cut off at the very end does not matter."""
    try:
        codecs.getincrementaldecoder("utf-8")().decode(content)
    except UnicodeError:
        return False
    return True


def _fits(content: bytes) -> bool:
    return not _ONE_BYTE.search(content) or "\ufffd" not in content.decode("cp1252", "replace")


def _replaced(name: str) -> str:
    return f"some bytes are no {name}"


def _whole(text: str) -> str:
    """Without a byte order mark, and without halves of letters, which UTF-7 can spell."""
    text = text.removeprefix("\ufeff")
    try:
        text.encode()
    except UnicodeEncodeError:
        return _HALF.sub("\ufffd", text)
    return text
