from __future__ import annotations

import pytest

from aftercart.words.findings import VOICE
from aftercart.words.kinds import LANGUAGES
from aftercart.words.voices import Guide, VoiceError, guide, shipped_guide, speak_check


def found(text: str, guide: Guide) -> list[tuple[str, bool]]:
    return [(one.excerpt, one.refuses) for one in speak_check(text, guide) if one.part == VOICE]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_a_guide_and_does_without_exclamation_marks(language: str) -> None:
    ours = shipped_guide(language)

    assert ours.banned and ours.terms
    assert found("A!", ours)[0][1], "refused"


@pytest.mark.parametrize(
    ("language", "text"),
    [("de", "Dein Paket ist da."), ("fr", "Ton colis est là."), ("es", "Tu paquete está aquí."), ("ja", "届いたよ。")],
)
def test_the_wrong_form_of_address_is_advised_against_and_refused_where_the_brand_has_set_it(
    language: str, text: str
) -> None:
    assert [refuses for _, refuses in found(text, guide(language))] == [False]
    assert [refuses for _, refuses in found(text, guide(language, {"address": "formal"}))] == [True]
    assert found(text, guide(language, {"address": "informal"})) == []


def test_a_brand_that_says_du_is_reminded_of_it() -> None:
    assert found("Wir haben Ihnen geschrieben.", guide("de", {"address": "informal"})) != []
    assert found("Wir haben dir geschrieben, dass sie kommen.", guide("de", {"address": "informal"})) == []


def test_a_brand_has_its_own_words() -> None:
    own = guide("en", {"banned": ["parcel"], "allowed": ["unfortunately"], "terms": {"return": "send-back"}})

    assert found("Unfortunately it is late.", own) == []
    assert found("Your parcel is late.", own) == [("Your parcel is late.", True)]
    assert found("Your return is here.", own) == [("Your return is here.", True)]
    assert found("Your returned parcels are here.", own) == [], "words at their edges"


def test_a_name_of_a_variable_is_not_a_word() -> None:
    assert found("{carrier} has it.", guide("en", {"banned": ["carrier"]})) == []


@pytest.mark.parametrize(
    ("own", "field"), [({"address": "royal"}, "address"), ({"banned": "soon"}, "banned"), ({"terms": ["a"]}, "terms")]
)
def test_a_voice_that_is_none_names_the_field(own: dict[str, object], field: str) -> None:
    with pytest.raises(VoiceError, match=f"^{field}: "):
        guide("en", own)
