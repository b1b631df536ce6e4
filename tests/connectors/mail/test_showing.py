from __future__ import annotations

import time
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser

from aftercart.connectors.mail.inbound.showing import shown

OURS = {"logo@x": "/files/1/logo.png"}
TAGS = {
    "a", "abbr", "address", "b", "bdi", "bdo", "big", "blockquote", "br", "caption", "center", "cite", "code", "col",
    "colgroup", "dd", "del", "dfn", "div", "dl", "dt", "em", "figcaption", "figure", "font", "h1", "h2", "h3", "h4",
    "h5", "h6", "hr", "i", "img", "ins", "kbd", "li", "mark", "ol", "p", "pre", "q", "rp", "rt", "ruby", "s", "samp",
    "small", "span", "strike", "strong", "sub", "sup", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "tt",
    "u", "ul", "var", "wbr", "html", "head", "body",
}  # fmt: skip
ATTRIBUTES = {
    "dir", "lang", "title", "style", "align", "valign", "href", "src", "alt", "width", "height", "color", "size",
    "colspan", "rowspan", "bgcolor", "border", "cellpadding", "cellspacing", "start", "type", "rel", "target",
}  # fmt: skip


class Tags(HTMLParser):
    """Each tag as a second, simpler parser sees it."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, {name: value or "" for name, value in attrs}))


def tags(html: str) -> list[tuple[str, dict[str, str]]]:
    """What a browser's parser and a simple one see."""
    simple = Tags()
    simple.feed(html)
    root = LexborHTMLParser(html).root
    nodes = list(root.traverse()) if root is not None else []
    strict = [(node.tag or "", {name: value or "" for name, value in node.attributes.items()}) for node in nodes]
    return simple.found + [(tag, attributes) for tag, attributes in strict if not tag.startswith(("-", "!"))]


def harmless(html: str, *, remote: bool = False) -> None:
    for tag, attributes in tags(html):
        assert tag in TAGS, tag
        assert set(attributes) <= ATTRIBUTES, attributes
        source = attributes.get("src", "")
        assert not source or source in OURS.values() or source.startswith("data:image/") or remote
        assert not remote or not source or source.lower().startswith(("http", "data:image/", "/files/"))
        if "href" in attributes:
            assert attributes["href"].strip().lower().startswith(("http://", "https://", "mailto:", "tel:"))
        if tag == "a":
            assert {"noopener", "noreferrer", "nofollow"} == set(attributes["rel"].split())
        assert not {"(", "\\", "/", "@"} & set(attributes.get("style", "").replace("rgb(", "").replace("rgba(", ""))


ATTACKS = (
    "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "<svg onload=alert(1)>",
    "<a href='javascript:alert(1)'>x</a>", "<a href='&#106;avascript:alert(1)'>x</a>",
    "<a href=' java\nscript:alert(1)'>x</a>", "<iframe src=//evil.example>", "<object data=x>", "<embed src=x>",
    "<link rel=stylesheet href=//evil.example/x.css>", "<style>@import '//evil.example'</style>",
    "<base href=//evil.example>", "<meta http-equiv=refresh content='0;url=//evil.example'>",
    "<form action=//evil.example><input type=submit>", "<img src='//evil.example/x.gif'>",
    "<img src='https://evil.example/x.gif'>", "<img srcset='https://evil.example/x.gif 1x'>",
    "<body background=https://evil.example/x.gif>", "<table background='https://evil.example/x.gif'>",
    "<div style='background:url(https://evil.example)'>", "<p style='background-color:url(//evil.example)'>",
    "<p style='color:red;behavior:url(x)'>", "<p style='width:expression(alert(1))'>",
    "<video poster=//evil.example src=//evil.example autoplay>", "<audio src=//evil.example>",
    "<math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
    "<svg><style><img src=x onerror=alert(1)></style>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>", "<input type=image src=//evil.example>",
    "<isindex action=//evil.example>", "<img src='data:text/html,<script>alert(1)</script>'>",
    "<img src='data:image/svg+xml;base64,AAAA'>", "<a href='data:text/html,x'>x</a>", "<img src='cid:logo@x'>",
    "<img src='cid:unknown'>", "<img src='/admin/delete'>", "<a href='/admin'>x</a>",
    "<!--[if IE]><script>x</script><![endif]-->", "<template><script>x</script></template>",
    "<xmp><script>x</script></xmp>", "<plaintext>", "<textarea></textarea><script>", "<title></title><script>",
    "<a href=x target=_self rel=opener>", "<p id=x class=y name=z data-x=1 onclick=x>", "<marquee onstart=alert(1)>",
    "<details open ontoggle=alert(1)>", "<image src=//evil.example>", "<a ping=//evil.example href=http://x>",
    "<img lowsrc=//evil.example dynsrc=//evil.example>", "<frameset onload=x><frame src=//evil.example>",
    "<portal src=//x>", "<img src=`x` onerror=x>", "</p onclick=x>",
)  # fmt: skip


@pytest.mark.parametrize("attack", ATTACKS)
def test_no_attack_gets_through(attack: str) -> None:
    for html in (attack, f"<p>Hello {attack} there", f"<table><tr>{attack}", f"<b title='{attack}'>", attack.upper()):
        harmless(shown(html, OURS).html)
        harmless(shown(html, OURS, remote=True).html, remote=True)


PIECES = st.one_of(
    st.sampled_from(ATTACKS),
    st.text(alphabet="<>/='\"& abcijnoprstvxl:;()!-\n\t\0", max_size=30),
    st.builds(
        lambda tag, name, value: f"<{tag} {name}={value!r}>",
        st.sampled_from(["a", "img", "p", "td", "svg", "math", "style", "font", "form", "script", "table", "select"]),
        st.sampled_from(["href", "src", "style", "onclick", "background", "srcset", "xlink:href", "title", "poster"]),
        st.sampled_from(["javascript:x", "https://x.example", "//x.example", "cid:logo@x", "><script>", "url(//x)"]),
    ),
)  # fmt: skip


@settings(max_examples=300)
@given(st.lists(PIECES, max_size=12).map("".join), st.booleans())
def test_nothing_that_runs_or_loads_gets_through(html: str, remote: bool) -> None:
    harmless(shown(html, OURS, remote=remote).html, remote=remote)


def test_the_pictures_of_the_mail_are_shown_and_others_when_they_are_asked_for() -> None:
    html = '<img src="CID:Logo@x" alt="logo"><img src="https://shop.example/a.png"><img src="cid:gone">'
    found = shown(html, {"logo@X": "/files/1/logo.png"})
    assert (found.html.count("/files/1/logo.png"), found.html.count("shop.example"), found.blocked) == (1, 0, 1)
    asked = shown(html, {"logo@X": "/files/1/logo.png"}, remote=True)
    assert (asked.html.count("https://shop.example/a.png"), asked.blocked) == (1, 0)


def test_what_people_mean_by_how_it_looks_stays() -> None:
    html = (
        '<p>My answers <span style="color: #FF0000; position: fixed">in red</span></p><ol start="3"><li>yes</li></ol>'
    )
    assert (
        shown(html).html == '<p>My answers <span style="color:#FF0000">in red</span></p><ol start="3"><li>yes</li></ol>'
    )


def test_links_keep_where_they_lead_and_tell_it_nothing() -> None:
    assert shown('<a href="https://track.example/1">here</a>').html == (
        '<a href="https://track.example/1" target="_blank" rel="noopener noreferrer nofollow">here</a>'
    )


@pytest.mark.parametrize(
    "html", ["<div>" * 100_000, "<b>" * 20_000 + "<p>" * 20_000, "x" * 6_000_000, "<table>" * 50_000]
)
def test_what_would_take_forever_is_shown_as_text(html: str) -> None:
    begun = time.process_time()
    assert shown(html).html.startswith("<pre>")
    assert time.process_time() - begun < 5


def test_a_newsletter_is_not_taken_for_an_attack() -> None:
    row = "<tr><td><table><tr><td><p><font color=red><b>Boots</b></font><br>89 €</td></tr></table></td></tr>"
    assert shown("<table>" + row * 2000 + "</table>").html.startswith("<table>")
