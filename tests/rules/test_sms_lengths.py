"""How long shipped text messages are, with every fact known: docs/why/0021 says so."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

import pytest

from aftercart.words.kinds import KINDS
from aftercart.words.rules import say_sms
from aftercart.words.samples import LINK, SHORT_LINK, sample
from aftercart.words.shipped import shipped
from aftercart.words.sms import Size, plain, size
from aftercart.words.writing import day_writer, money_writer


def sizes(language: str, link: str) -> Mapping[str, Size]:
    day, money = day_writer(language, short=True), money_writer(language)
    found = {}
    for kind in KINDS:
        about = replace(sample(kind, today=date(2026, 3, 12), link=link), action="")
        found[kind] = size(plain(say_sms(about, shipped(language), day=day, money=money, language=language)))
    return found


@pytest.mark.parametrize(("language", "most"), [("en", 2), ("de", 2), ("fr", 4), ("pt", 4), ("es", 4), ("ja", 3)])
def test_a_short_link_spares_segments(language: str, most: int) -> None:
    before, after = sizes(language, LINK), sizes(language, SHORT_LINK)
    assert sum(one.segments for one in after.values()) < sum(one.segments for one in before.values())
    assert all(after[kind].segments <= before[kind].segments for kind in KINDS)
    assert max(one.segments for one in after.values()) <= most
