"""Names in the languages of Central Asia and the Caucasus: found in every form, and nothing beside them."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from vocabularies import packaged_tagger

SENTENCES = Path(__file__).parents[3] / "data" / "names_in_sentences.toml"


def _cases() -> Iterator[object]:
    for language, sentences in tomllib.loads(SENTENCES.read_text("utf-8")).items():
        for number, (sentence, expected) in enumerate(sentences.items(), 1):
            yield pytest.param(language, sentence, expected, id=f"{language} {number}")


@pytest.mark.parametrize(("language", "sentence", "expected"), list(_cases()))
def test_names_are_found_and_nothing_else(language: str, sentence: str, expected: str) -> None:
    assert {mention.entity for mention in packaged_tagger().tag(sentence, language)} == set(expected.split())
