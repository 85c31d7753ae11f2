"""The packaged vocabulary, the rules of inflection, and vocabularies made of spellings, for tests of tagging."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache, lru_cache
from pathlib import Path

import pytest

from worker.tagging.tagger import Tagger
from worker.vocabulary.entities import Alias, Entity, Vocabulary
from worker.vocabulary.languages.inflection import Inflection, read_inflection
from worker.vocabulary.loader import packaged_folder, read_vocabulary
from worker.vocabulary.toml_table import read_toml


@cache
def packaged_vocabulary() -> Vocabulary:
    """Return the vocabulary that came with the product, read once."""
    return read_vocabulary(packaged_folder())


@cache
def packaged_tagger() -> Tagger:
    """Return a tagger for the packaged vocabulary, compiled once: that takes two seconds."""
    return Tagger(packaged_vocabulary())


@contextmanager
def reading_once() -> Iterator[None]:
    """Have a vocabulary read once in this process while the block runs, stored or packaged: it never changes."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Vocabulary, "from_json", staticmethod(lru_cache(maxsize=4)(Vocabulary.from_json)))
        for reader in ("worker.setup.read_vocabulary", "worker.vocabulary.loader.read_vocabulary"):
            patch.setattr(reader, _read)
        yield


def _read(folder: Path) -> Vocabulary:
    return packaged_vocabulary() if folder == packaged_folder() else read_vocabulary(folder)


def _packaged() -> Inflection:
    problems: list[str] = []
    inflection = read_inflection(read_toml(packaged_folder() / "inflection.toml"), "inflection.toml", problems)
    assert not problems
    return inflection


INFLECTION = _packaged()


def one_name(text: str, language: str, kind: str = "state", level: str = "name", *, case: bool = False) -> Vocabulary:
    """Return a vocabulary of a single alias, inflected; its entity is `it`."""
    alias = Alias(text=text, language=language, level=level, case_sensitive=case)
    return Vocabulary(
        entities=(Entity(id="it", type=kind, label="It", description="for tests", aliases=(alias,)),),
        inflection=INFLECTION,
    )
