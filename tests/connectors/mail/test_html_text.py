"""Letters that came as HTML only, after the habits of the programs that write them."""

from __future__ import annotations

from pathlib import Path

import pytest

from aftercart.connectors.mail.inbound import read
from aftercart.connectors.mail.inbound.htmltext import text_from
from tests.connectors.mail.writing import part, whole

OWN = "Hello,\n\nmy parcel has not come.\n\nAnna"
LETTERS = sorted((Path(__file__).parent / "letters").glob("*.html"))


def words(text: str) -> str:
    return " ".join(text.split())


@pytest.mark.parametrize("letter", LETTERS, ids=lambda letter: letter.stem)
def test_only_what_was_written_is_shown(letter: Path) -> None:
    found = read(whole(part(letter.read_bytes(), "text/html; charset=utf-8")))
    assert words(found.reply) == words(OWN)
    assert "Nordwind" in found.quoted


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>One</p><p>Two</p>", "One\n\nTwo"),
        ("<div>One</div><div>Two</div>", "One\nTwo"),
        ("One<br>Two<br><br>Three", "One\nTwo\n\nThree"),
        ("<ul><li>One<li>Two<ol><li>a<li>b</ol></ul>", "- One\n- Two\n  1. a\n  2. b"),
        ("<table><tr><td>Boots</td><td>89 €</td></tr><tr><td>Socks</td></tr></table>", "Boots 89 €\nSocks"),
        ("<blockquote>a<blockquote>b</blockquote></blockquote>c", "> a\n>\n>> b\n\nc"),
        ("<pre>a\n  b</pre>", "a\n  b"),
        ("<a href='https://t.example/1Z'>track</a>", "track <https://t.example/1Z>"),
        ("<a href='https://t.example'>t.example</a>", "t.example"),
        ("a &amp; b &lt;c&gt; &nbsp;d", "a & b <c>  d"),
        ("x<style>p{}</style><script>1</script><p style='display:none'>preview</p>y", "xy"),
        ("<p>Hello\n  there</p>", "Hello there"),
        ("<img alt='👍'>", "👍"),
        ("", ""),
    ],
)
def test_html_becomes_the_text_that_one_would_have_typed(html: str, text: str) -> None:
    assert text_from(html) == text
