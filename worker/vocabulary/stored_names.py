"""Names of entities in a stored vocabulary, read without the rest of it."""

from __future__ import annotations

import json
from collections.abc import Iterator

from db.enums.vocabulary import MentionLevel

NAMES = frozenset((str(MentionLevel.NAME), str(MentionLevel.CONCEPT)))
"""Levels of aliases that name an entity; a demonym (Kazakhs) is no name of a state."""
_TEXT, _LEVEL, _GENERATED = 0, 2, 5
"""Their position in an alias as written by `worker.vocabulary.entities`."""


def iter_names(content: str) -> Iterator[tuple[str, str]]:
    """Yield (alias, id) of all names in a vocabulary written by `Vocabulary.to_json`."""
    for entity in json.loads(content)["entities"]:
        for alias in entity["aliases"]:
            if alias[_LEVEL] in NAMES and not (len(alias) > _GENERATED and alias[_GENERATED]):
                yield alias[_TEXT], entity["id"]
