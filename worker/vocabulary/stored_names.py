"""Names of entities in a stored vocabulary, read without the rest of it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from typing import Any

from db.enums.vocabulary import MentionLevel

NAMES = frozenset((str(MentionLevel.NAME), str(MentionLevel.CONCEPT)))
"""Levels of aliases that name an entity; a demonym (Kazakhs) is no name of a state."""
TEXT, LANGUAGE, LEVEL, _GENERATED = 0, 1, 2, 5
"""Their position in an alias as written by `worker.vocabulary.entities`."""
_BEGIN = re.compile(r'\s*\{\s*"entities"\s*:\s*\[\s*')
"""The entities come first, because the keys are sorted."""
_BETWEEN = re.compile(r"\s*,?\s*")


def iter_names(content: str) -> Iterator[tuple[str, str]]:
    """Yield (alias, id) of all names in a vocabulary written by `Vocabulary.to_json`."""
    for entity in iter_entities(content):
        for alias in entity["aliases"]:
            if alias[LEVEL] in NAMES and not is_generated(alias):
                yield alias[TEXT], entity["id"]


def iter_entities(content: str) -> Iterator[dict[str, Any]]:
    """Yield the entities of a stored vocabulary, one at a time: all at once take ten times the space of the text."""
    begin = _BEGIN.match(content)
    if begin is None:
        yield from json.loads(content)["entities"]
        return
    read, place = json.JSONDecoder().raw_decode, begin.end()
    while content[place] != "]":
        entity, end = read(content, place)
        yield entity
        between = _BETWEEN.match(content, end)
        assert between is not None
        place = between.end()


def is_generated(alias: Sequence[Any]) -> bool:
    """Return whether a stored alias was made by rules of the vocabulary, and not written by a person."""
    return len(alias) > _GENERATED and bool(alias[_GENERATED])
