"""Whom and where a large store is about: the outlets of the catalogue, and the names of the vocabulary."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random

import numpy as np
from sqlalchemy import Connection, select

from benchmarks.bigstore.cells import LEVELS
from benchmarks.bigstore.plan import Numbers
from benchmarks.bigstore.words import LANGUAGES
from db.models import Feed, Source, SourceDomain
from worker.vocabulary.entities import Entity, Vocabulary

ALIASES = 3
"""Spellings of an entity in one language that texts use, at most."""
_SPELLED = {"fa": "ru", "tk": "en", "tg": "ru", "uz": "en"}
"""Languages whose place another takes where the vocabulary has no name in them."""


@dataclass(frozen=True, slots=True)
class Outlet:
    """An outlet of the store."""

    id: str
    country: str | None
    host: str
    languages: Sequence[int]
    """Numbers of `LANGUAGES`."""
    feeds: Sequence[int]


@dataclass(frozen=True, slots=True)
class InventedName:
    """A name of an entity in a text, and its level."""

    text: str
    level: int


@dataclass(frozen=True, slots=True)
class Material:
    """Outlets and entities, the frequent ones first."""

    outlets: Sequence[Outlet]
    entities: Sequence[str]
    """In the order of ids."""
    by_rank: Numbers
    """The number of the entity that is frequent in that place."""
    spellings: Sequence[Sequence[Sequence[InventedName]]]
    """By language, entity and alias."""
    version: str

    def levels(self, language: Numbers, entity: Numbers, alias: Numbers) -> Numbers:
        """Return the levels of mentions."""
        table = np.array(
            [
                [[names[place % len(names)].level for place in range(ALIASES)] for names in each]
                for each in self.spellings
            ]
        )
        return np.asarray(table[language, entity, alias % ALIASES], dtype=np.int64)


def read_material(conn: Connection, vocabulary: Vocabulary, *, seed: int) -> Material:
    """Return the material of a store that was just prepared."""
    chance = Random(seed)
    entities = sorted(vocabulary.entities, key=lambda entity: entity.id)
    ranked = list(range(len(entities)))
    chance.shuffle(ranked)
    ranked.sort(key=lambda place: -entities[place].seed_mentions)
    spellings = [[_spellings(entity, code) for entity in entities] for code in LANGUAGES]
    outlets = _outlets(conn)
    chance.shuffle(outlets)
    return Material(outlets, [one.id for one in entities], np.array(ranked), spellings, vocabulary.version)


def _outlets(conn: Connection) -> list[Outlet]:
    feeds: dict[str, list[int]] = {}
    for source_id, feed_id in conn.execute(select(Feed.source_id, Feed.id).order_by(Feed.id)):
        feeds.setdefault(source_id, []).append(feed_id)
    hosts: dict[str, str] = {}
    for domain, source_id in conn.execute(select(SourceDomain.domain, SourceDomain.source_id).order_by("domain")):
        hosts.setdefault(source_id, domain)
    rows = conn.execute(select(Source.id, Source.country, Source.languages).order_by(Source.id))
    return [
        Outlet(
            source_id, country, hosts.get(source_id, f"{source_id}.example"), _spoken(said), feeds.get(source_id, ())
        )
        for source_id, country, said in rows
    ]


def _spoken(said: Sequence[str] | str) -> list[int]:
    codes = json.loads(said) if isinstance(said, str) else said
    local = sorted((code for code in codes if code in LANGUAGES), key=lambda code: code in ("en", "ru"))
    return [LANGUAGES.index(code) for code in local] or [LANGUAGES.index("en")]


def _spellings(entity: Entity, language: str) -> list[InventedName]:
    levels: Mapping[str, int] = {level: place for place, level in enumerate(LEVELS)}
    for code in (language, _SPELLED.get(language, "en"), "en"):
        found = [
            InventedName(alias.text, levels[alias.level])
            for alias in entity.aliases
            if alias.language == code and alias.level in levels and not alias.needs_context and not alias.generated
        ]
        found.sort(key=lambda one: one.level)
        if found:
            return [*found[: ALIASES - 1], found[-1]] if len(found) > ALIASES else found
    return [InventedName(entity.label, 2 if entity.type == "concept" else 0)]
