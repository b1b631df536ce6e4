"""HTML of strangers, made fit to be shown: no script, no style sheet, no form, nothing loaded from anywhere unasked.

Pure: what comes out depends on the arguments alone. A page that shows it still has a content policy of its own.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from html import escape

import nh3

from aftercart.connectors.mail.inbound.markup import is_tangled, stripped

_TAGS = frozenset((
    "a", "abbr", "address", "b", "bdi", "bdo", "big", "blockquote", "br", "caption", "center", "cite", "code", "col",
    "colgroup", "dd", "del", "dfn", "div", "dl", "dt", "em", "figcaption", "figure", "font", "h1", "h2", "h3", "h4",
    "h5", "h6", "hr", "i", "img", "ins", "kbd", "li", "mark", "ol", "p", "pre", "q", "rp", "rt", "ruby", "s", "samp",
    "small", "span", "strike", "strong", "sub", "sup", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "tt",
    "u", "ul", "var", "wbr",
))  # fmt: skip
_REMOVED_WHOLE = frozenset((
    "script", "style", "title", "head", "noscript", "template", "iframe", "object", "embed", "svg", "math", "form",
    "select", "textarea",
)) - {"head", "form"}  # fmt: skip
_ATTRIBUTES = {
    "*": {"dir", "lang", "title", "style", "align", "valign"},
    "a": {"href"},
    "img": {"src", "alt", "width", "height"},
    "font": {"color", "size"},
    "td": {"colspan", "rowspan", "width", "bgcolor"},
    "th": {"colspan", "rowspan", "width", "bgcolor"},
    "table": {"border", "cellpadding", "cellspacing", "width", "bgcolor"},
    "ol": {"start", "type"},
}
# Answers "in red below" must stay red; nothing in these can load, move or hide anything.
_STYLES = frozenset(("color", "background-color", "font-weight", "font-style", "text-decoration", "text-align"))
_VALUE = re.compile(r"#[0-9a-fA-F]{3,8}|[a-zA-Z-]{1,30}|[1-9]00|rgba?\([\d\s.,%]{1,40}\)")
_LINKS = ("http://", "https://", "mailto:", "tel:")
_PICTURE = re.compile(r"data:image/(?:png|jpe?g|gif|webp);base64,[A-Za-z0-9+/=\s]*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Shown:
    """`html` to put into a page; how many pictures from elsewhere were left out of it."""

    html: str
    blocked: int = 0


def shown(html: str, pictures: Mapping[str, str] | None = None, *, remote: bool = False) -> Shown:
    """Sanitised HTML. `pictures`: where those of the mail itself lie, by content id; `remote`: others are wanted.

    What is too tangled to be parsed safely comes back as its text.
    """
    if is_tangled(html):
        return Shown(f"<pre>{escape(stripped(html))}</pre>")
    filtered = _Filter({key.lower(): place for key, place in (pictures or {}).items()}, remote)
    cleaner = nh3.Cleaner(
        tags=_TAGS,
        clean_content_tags=_REMOVED_WHOLE,
        attributes=_ATTRIBUTES,
        attribute_filter=filtered,
        link_rel="noopener noreferrer nofollow",
        set_tag_attribute_values={"a": {"target": "_blank"}},
        url_schemes={"http", "https", "mailto", "tel", "cid", "data"},
        url_relative=filtered.own,
    )
    return Shown(cleaner.clean(html), filtered.blocked)


class _Filter:
    """Decides about each attribute that the lists above let pass."""

    def __init__(self, pictures: Mapping[str, str], remote: bool) -> None:
        self.pictures = pictures
        self.remote = remote
        self.blocked = 0

    def __call__(self, tag: str, name: str, value: str) -> str | None:
        if name == "style":
            return _style(value) or None
        if name == "href":
            return value if value.strip().lower().startswith(_LINKS) else None
        if name == "src":
            return self._source(value.strip())
        return value

    def _source(self, value: str) -> str | None:
        if value.lower().startswith("cid:"):
            return self.pictures.get(value[4:].strip("<>").lower())
        if _PICTURE.fullmatch(value) or value in self.pictures.values():
            return value
        if value.lower().startswith(("http://", "https://", "//")):
            self.blocked += not self.remote
            return value if self.remote else None
        return None

    def own(self, value: str) -> str | None:
        """A relative address: ours or nobody's."""
        return value if value in self.pictures.values() else None


def _style(value: str) -> str:
    kept = []
    for declaration in value[:2000].split(";"):
        name, _, meant = declaration.partition(":")
        name, meant = name.strip().lower(), meant.replace("!important", "").strip()
        if name in _STYLES and _VALUE.fullmatch(meant):
            kept.append(f"{name}:{meant}")
    return ";".join(kept)
