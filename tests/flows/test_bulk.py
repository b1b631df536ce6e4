"""Lists that are sent as one text arrive as they were."""

from __future__ import annotations

from uuid import UUID

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from aftercart.plumbing import bulk

ANY = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12)
AWKWARD = st.sampled_from(["", "NULL", "null", '"', "\\", '\\"', "{", "}", ",", " a ", "\n", "'", '{"a": "\\u00e4"}'])


class Arrays(TestCase):
    @settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
    @given(st.lists(ANY | AWKWARD, max_size=6))
    def test_texts(self, values: list[str]) -> None:
        with bulk.cursor() as cursor:
            assert cursor.execute("SELECT %s::text[]", [bulk.texts(values)]).fetchone() == (values,)

    @given(st.lists(st.uuids(), max_size=6))
    def test_ids(self, values: list[UUID]) -> None:
        with bulk.cursor() as cursor:
            assert cursor.execute("SELECT %s::uuid[]", [bulk.array(values)]).fetchone() == (values,)
