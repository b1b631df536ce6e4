from __future__ import annotations

import re
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.mofile import read_mo

from aftercart.look.compile import LOCALE, compile_catalogues
from aftercart.look.formats import LANGUAGES
from aftercart.look.messages import Message, catalogue, messages
from aftercart.selfservice.speaking import TONGUES

PLACEHOLDER = re.compile(r"\{\w+\}|%\(\w+\)s")


@pytest.fixture(scope="module")
def said() -> dict[Message, Path]:
    return dict(messages())


def _strings(catalog: Catalog, message: Message) -> list[str]:
    entry = catalog.get(message[0] if isinstance(message, tuple) else message)
    if entry is None or not entry.string:
        return []
    return list(entry.string) if isinstance(entry.string, tuple | list) else [entry.string]


def test_sentences_are_found_in_python_and_in_templates(said: dict[Message, Path]) -> None:
    assert {file.suffix for file in said.values()} == {".py", ".html", ".txt"}
    assert "Where is my order?" in said


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_sentence_is_translated(language: str, said: dict[Message, Path]) -> None:
    catalog = catalogue(language)
    missing = []
    for message in said:
        strings = _strings(catalog, message)
        wanted = catalog.num_plurals if isinstance(message, tuple) else 1
        if len(strings) != wanted or not all(string.strip() for string in strings):
            missing.append(message)
    assert missing == [], "run `python -m aftercart.look.messages` and translate what is empty"


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_translation_is_kept_of_what_nobody_says(language: str, said: dict[Message, Path]) -> None:
    kept = {tuple(entry.id) if isinstance(entry.id, list | tuple) else entry.id for entry in catalogue(language)}
    assert kept - {""} == set(said)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_translation_names_what_the_sentence_names(language: str, said: dict[Message, Path]) -> None:
    catalog = catalogue(language)
    wrong = []
    for message in said:
        source = message[0] if isinstance(message, tuple) else message
        for string in _strings(catalog, message):
            if set(PLACEHOLDER.findall(string)) != set(PLACEHOLDER.findall(source)):
                wrong.append((source, string))
    assert wrong == []


@pytest.mark.parametrize("language", [language for language in LANGUAGES if language != "en"])
def test_a_translation_is_not_the_english_sentence(language: str, said: dict[Message, Path]) -> None:
    catalog = catalogue(language)
    same = [message for message in said if isinstance(message, str) and _strings(catalog, message) == [message]]
    assert set(same) <= {"Total"}


def test_every_language_that_we_offer_has_a_catalogue_and_no_other() -> None:
    assert {path.name for path in LOCALE.iterdir() if path.is_dir()} == set(LANGUAGES)
    assert {tongue.code for tongue in TONGUES} == set(LANGUAGES)


def test_catalogues_compile_without_gnu_gettext(tmp_path: Path) -> None:
    target = tmp_path / "es" / "LC_MESSAGES"
    target.mkdir(parents=True)
    (target / "django.po").write_bytes((LOCALE / "es" / "LC_MESSAGES" / "django.po").read_bytes())
    assert compile_catalogues(tmp_path) == [target / "django.mo"]
    assert compile_catalogues(tmp_path) == [], "nothing is newer"
    with (target / "django.mo").open("rb") as file:
        compiled = read_mo(file)
    found = compiled.get("Where is my order?")
    assert found is not None and found.string == "¿Dónde está mi pedido?"
