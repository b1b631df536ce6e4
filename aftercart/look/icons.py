"""Our one set of icons, drawn in `icons.svg`, put into the page as inline SVG."""

from __future__ import annotations

from functools import cache
from html import escape
from pathlib import Path
from xml.etree import ElementTree

from django.utils.safestring import SafeString, mark_safe

_SVG = "{http://www.w3.org/2000/svg}"


def _markup(shape: ElementTree.Element) -> str:
    return ElementTree.tostring(shape, encoding="unicode").strip().replace(' xmlns="http://www.w3.org/2000/svg"', "")


@cache
def drawings() -> dict[str, str]:
    """Each icon's shapes as markup, by name."""
    ElementTree.register_namespace("", _SVG.strip("{}"))
    sprite = ElementTree.fromstring((Path(__file__).parent / "icons.svg").read_text())
    return {symbol.attrib["id"]: "".join(map(_markup, symbol)) for symbol in sprite.iter(f"{_SVG}symbol")}


def icon(name: str, label: str = "") -> SafeString:
    """The icon as SVG: hidden from screen readers, unless it stands alone and so has a label. KeyError: none such."""
    said = f'role="img" aria-label="{escape(label)}"' if label else 'aria-hidden="true"'
    return mark_safe(f'<svg class="icon" viewBox="0 0 24 24" {said}>{drawings()[name]}</svg>')
