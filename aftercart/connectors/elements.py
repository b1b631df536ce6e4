"""Reading XML of strangers: names without their namespaces, no document types (so no entities of their own)."""

from __future__ import annotations

from xml.etree import ElementTree

from aftercart.connectors.contract import PayloadError

Element = ElementTree.Element
_DEEPEST = 200


class _Plain(ElementTree.TreeBuilder):
    """Builds elements by their local names, and no deeper than any answer is."""

    def __init__(self) -> None:
        super().__init__()
        self._depth = 0

    def start(self, tag: str, attrs: dict[str, str]) -> Element:
        self._depth += 1
        if self._depth > _DEEPEST:
            raise PayloadError("body", "is nested too deeply")
        return super().start(tag.rpartition("}")[2], {name.rpartition("}")[2]: text for name, text in attrs.items()})

    def end(self, tag: str) -> Element:
        self._depth -= 1
        return super().end(tag.rpartition("}")[2])

    def doctype(self, name: str, pubid: str | None, system: str | None) -> None:
        raise PayloadError("body", "declares a document type")


def root(body: bytes) -> Element:
    """The document. Whitespace before its declaration, which XML forbids and some senders write, is forgiven."""
    parser = ElementTree.XMLParser(target=_Plain())
    try:
        parser.feed(body.removeprefix(b"\xef\xbb\xbf").lstrip())
        found = parser.close()
    except (ElementTree.ParseError, ValueError, LookupError) as error:
        if isinstance(error, PayloadError):
            raise
        raise PayloadError("body", f"is not XML: {error}") from error
    if not isinstance(found, Element):
        raise PayloadError("body", "is not XML: no element")
    return found


def looks_like(body: bytes) -> bool:
    return body.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"<"


def said(element: Element | None, path: str, at_most: int = 300) -> str:
    """The text at a path, in one line; '' where there is none."""
    found = "" if element is None else element.findtext(path) or ""
    return " ".join(found.replace("\0", "").split())[:at_most]
