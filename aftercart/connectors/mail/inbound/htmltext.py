"""HTML as the text that a person would have written instead: paragraphs, lists, rows; quotations marked with `>`."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from selectolax.lexbor import LexborHTMLParser, LexborNode

from aftercart.connectors.mail.inbound.markup import is_tangled, stripped

_SILENT = frozenset(
    ("script", "style", "head", "title", "noscript", "template", "select", "textarea", "object", "iframe")
)
_BLOCKS = frozenset((
    "address", "article", "aside", "blockquote", "center", "dd", "div", "dl", "dt", "fieldset", "figure", "footer",
    "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "li", "main", "nav", "ol", "p", "pre", "section",
    "table", "tbody", "thead", "tfoot", "tr", "ul",
))  # fmt: skip
_SPACED = frozenset(("p", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "table", "blockquote", "pre", "dl"))
_SPACE = re.compile(r" [ \t\r\n\f]+|[\t\r\n\f][ \t\r\n\f]*")  # what is not one blank, and should be
_SIGNATURE = ("gmail_signature", "moz-signature", "protonmail_signature_block", "signature", "mobile_signature")
_HIDDEN = re.compile(r"display\s*:\s*none|mso-hide\s*:\s*all|visibility\s*:\s*hidden", re.IGNORECASE)
_BLANKS = re.compile(r"(?:^(?:> ?)*\s*$\n){3,}", re.MULTILINE)
_LONGEST_LINE = 20_000
_INVISIBLE = re.compile("[\u200b\u200c\u200d\u2060\ufeff\u034f\u00ad]{2,}")


def text_from(html: str) -> str:
    """Every visible word of `html`, in order."""
    if is_tangled(html):
        return _tidy(stripped(html))
    tree = LexborHTMLParser(html)
    root = tree.body or tree.root
    writer = _Writer()
    if root is not None:
        _walk(root, writer)
    return _tidy(writer.text())


@dataclass(slots=True)
class _Writer:
    lines: list[str] = field(default_factory=list)
    line: str = ""
    depth: int = 0  # of quotation
    preformatted: int = 0
    items: list[int] = field(default_factory=list)  # the number of the next item of each open list; -1: not numbered

    def words(self, text: str) -> None:
        if self.preformatted:
            first, *rest = text.split("\n")
            self.line += first
            for line in rest:
                self.end(force=True)
                self.line += line
            return
        text = _SPACE.sub(" ", text)
        if len(self.line) > _LONGEST_LINE:
            self.end()  # nobody reads on, and whatever grows is copied with every word
        self.line += text.lstrip(" ") if not self.line or self.line[-1] in " \t" else text

    def end(self, *, force: bool = False) -> None:
        """Ends the line, if there is one; `force`: also if it is empty."""
        if self.line.strip() or force:
            marks = ">" * self.depth + " " if self.depth else ""
            self.lines.append((marks + self.line).rstrip())
        self.line = ""

    def space(self) -> None:
        """A blank line above what follows."""
        self.end()
        if self.lines and self.lines[-1].strip("> "):
            self.lines.append(">" * self.depth)
        elif self.lines:
            self.lines[-1] = ">" * min(self.depth, len(self.lines[-1].strip()))

    def text(self) -> str:
        self.end()
        return "\n".join(self.lines)


def _walk(root: LexborNode, writer: _Writer) -> None:
    """Without recursion: mails nest deeper than Python likes."""
    node: LexborNode | None = root
    entered = [root]
    _enter(root, writer)
    node = root.first_child
    while True:
        if node is None:
            left = entered.pop()
            _leave(left, writer)
            if not entered:
                return
            node = left.next
        elif node.is_text_node:
            writer.words(node.text_content or "")
            node = node.next
        elif not node.is_element_node or _is_silent(node, writer):
            node = node.next
        else:
            _enter(node, writer)
            entered.append(node)
            node = node.first_child


def _is_silent(node: LexborNode, writer: _Writer) -> bool:
    """Also writes what has no inside."""
    tag = node.tag or ""
    if tag == "br":
        writer.end(force=True)
    elif tag == "hr":
        writer.end()
        writer.line = "-" * 20
        writer.end()
    elif tag == "img":
        alternative = (node.attributes.get("alt") or "").strip()
        writer.words(alternative if len(alternative) <= 2 else "")  # emoji come as images
    elif tag in ("td", "th") and writer.line.strip():
        writer.line += " "
        return _is_hidden(node)
    else:
        return tag in _SILENT or _is_hidden(node)
    return True


def _is_hidden(node: LexborNode) -> bool:
    style = node.attributes.get("style")
    return bool(style) and _HIDDEN.search(style or "") is not None


def _enter(node: LexborNode, writer: _Writer) -> None:
    tag = node.tag or ""
    if tag not in _BLOCKS:
        return
    if tag in _SPACED and not (tag in ("ul", "ol") and writer.items):
        writer.space()
    else:
        writer.end()
    if tag == "blockquote":
        writer.depth += 1
    elif tag == "pre":
        writer.preformatted += 1
    elif tag in ("ul", "ol"):
        writer.items.append(1 if tag == "ol" else -1)
    elif tag == "li":
        _begin_item(writer)
    elif (
        tag in ("div", "p")
        and _is_signature(node)
        and not (writer.lines and writer.lines[-1].strip("> ") in ("--", "-- "))
    ):
        writer.line = "-- "
        writer.end()


def _begin_item(writer: _Writer) -> None:
    if not writer.items:
        writer.items.append(-1)
    number = writer.items[-1]
    indent = "  " * (len(writer.items) - 1)
    writer.line = f"{indent}- " if number < 0 else f"{indent}{number}. "
    writer.items[-1] += number > 0


def _is_signature(node: LexborNode) -> bool:
    names = f"{node.attributes.get('class') or ''} {node.attributes.get('id') or ''}".lower()
    return any(name in _SIGNATURE for name in names.split())


def _leave(node: LexborNode, writer: _Writer) -> None:
    tag = node.tag or ""
    if tag == "a":
        _write_address(node, writer)
    if tag not in _BLOCKS:
        return
    writer.end()
    if tag == "pre":
        writer.preformatted -= 1
    elif tag in ("ul", "ol") and writer.items:
        writer.items.pop()
    elif tag == "blockquote":
        writer.depth -= 1
    if tag in _SPACED and not writer.items:
        writer.space()


def _write_address(node: LexborNode, writer: _Writer) -> None:
    """Where a link leads, if its words do not say so: tracking numbers hide there."""
    address = (node.attributes.get("href") or "").strip()
    shown = _SPACE.sub(" ", node.text() or "").strip()
    if address.lower().startswith(("http://", "https://")) and shown and len(address) <= 300:
        bare = address.split("://", 1)[1].rstrip("/")
        if bare.lower() not in shown.lower():
            writer.line += f" <{address}>"


def _tidy(text: str) -> str:
    text = text.replace("\xa0", " ").replace("\r", "")
    text = text if text.isascii() else _INVISIBLE.sub("", text)
    return _BLANKS.sub("\n\n", text).strip("\n")
