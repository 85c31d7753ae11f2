"""What entities are called in a stored vocabulary, read without all the rest of it."""

from __future__ import annotations

import json
from collections.abc import Iterator

NAMES = frozenset(("name", "concept"))
"""Levels of aliases that an entity may be called by; a demonym (Kazakhs) is no name of a state."""
_TEXT, _LEVEL, _GENERATED = 0, 2, 5
"""Where they stand in an alias as `worker.vocabulary.entities` writes it."""


def iter_names(content: str) -> Iterator[tuple[str, str]]:
    """Yield (alias, id) of all that entities are called in a vocabulary as `Vocabulary.to_json` writes it."""
    for entity in json.loads(content)["entities"]:
        for alias in entity["aliases"]:
            if alias[_LEVEL] in NAMES and not (len(alias) > _GENERATED and alias[_GENERATED]):
                yield alias[_TEXT], entity["id"]
