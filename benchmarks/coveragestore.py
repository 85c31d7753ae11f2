"""A store of a given size for the coverage benchmark: generated mentions of two years, 150 outlets, 416 entities.

Everything the store would have come to by itself is written in bulk, cells by the product's own counting
(`worker.coverage.stats.cells`); a recount of one day afterwards must change none of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
import numpy.typing as npt

from db import migrate
from db.coverage.cells import TOTAL, period_start
from db.coverage.first_days import key_has_first_day
from db.dialect import is_sqlite
from db.engine import Database
from db.enums.coverage import Grain
from db.models import CoverageCell, CoverageFact, CoverageSeries
from db.models.base import Base
from worker.coverage.stats.cells import Counts, Key, count_cells

Numbers = npt.NDArray[np.int64]
Row = tuple[Any, ...]

FIRST, DAYS, OUTLETS, ENTITIES = date(2022, 1, 1), 730, 150, 416
NAMED, TIMES = 4, 2
"""Entities an article names, and mentions of each, on average."""
_LANGUAGES, _COUNTRIES, _GENRES = 12, 20, 4
_DAY = [FIRST + timedelta(days=n) for n in range(DAYS)]
_BUCKETS = {grain: {day: period_start(day, grain) for day in _DAY} for grain in Grain}
_ISO = {day: day.isoformat() for day in {*_DAY, *_BUCKETS[Grain.WEEK].values(), *_BUCKETS[Grain.MONTH].values()}}


def entity_name(number: int) -> str:
    """Return the id of an entity; ids sort as their numbers do."""
    return f"entity-{number:03}"


def _is_demonym(number: Any) -> Any:
    return number % 10 == 9


@dataclass(frozen=True, slots=True)
class Made:
    """Articles by number, less one, and their mentions by article."""

    days: Numbers
    outlets: Numbers
    stories: Numbers
    article: Numbers
    """Of each mention, like the next two."""
    entity: Numbers
    place: Numbers
    """How many mentions of the article come before; the first is in the title."""


def make(articles: int) -> Made:
    """Return articles by day: outlets differ in size, weekends are quiet, one in five is a reprint; few entities are
    everywhere, most are rare (Zipf). Seeds are fixed."""
    chance = np.random.default_rng(1)
    weights = np.array([0.6 if day.weekday() >= 5 else 1.0 for day in _DAY])
    days = np.sort(chance.choice(DAYS, articles, p=weights / weights.sum()))
    sizes = 1 / np.arange(1, OUTLETS + 1) ** 0.7
    outlets = chance.choice(OUTLETS, articles, p=sizes / sizes.sum())
    numbers = np.arange(1, articles + 1)
    stories = np.where(chance.random(articles) < 0.2, np.maximum(1, numbers - numbers % 7), numbers)
    shares = 1 / np.arange(1, ENTITIES + 1) ** 0.9
    named = chance.choice(ENTITIES, (articles, NAMED), p=shares / shares.sum())
    times = 1 + chance.poisson(TIMES - 1, (articles, NAMED))
    each = times.sum(axis=1)
    place = np.arange(each.sum()) - np.repeat(np.cumsum(each) - each, each)
    return Made(days, outlets, stories, np.repeat(numbers, each), np.repeat(named.ravel(), times.ravel()), place)


def fill(database: Database, articles: int) -> None:
    """Fill an empty store, past all checks."""
    migrate.upgrade(database)
    made = make(articles)
    with database.engine.connect() as conn:
        raw = conn.connection.driver_connection
        assert raw is not None
        write = _prepare(raw, lite=is_sqlite(conn))
        write("sources", _SOURCE, _outlets())
        write(
            "entities", "id, type, label, in_seed", ((entity_name(n), "state", "A state", 0) for n in range(ENTITIES))
        )
        write("articles", _ARTICLE, _articles(made))
        write("mentions", _MENTION, _mentions(made))
        facts = Facts.of(made)
        pairs = PairCounts.of(facts)
        write("coverage_facts", _names(CoverageFact), facts.rows(made))
        series = 0
        for entity in range(-1, ENTITIES):
            cells = facts.cells(made, entity) | pairs.cells(made, entity)
            keys = sorted({key[:4] for key in cells})
            numbers = {key: number for number, key in enumerate(keys, series + 1)}
            series += len(keys)
            days = sorted((key for key in cells if key_has_first_day(*key[:3])), key=lambda key: key[4], reverse=True)
            firsts = {key[:4]: _ISO[key[4]] for key in days}
            name = TOTAL if entity < 0 else entity_name(entity)
            write(
                "coverage_series",
                _names(CoverageSeries),
                ((numbers[key], name, *key, firsts.get(key)) for key in keys),
            )
            rows = sorted((numbers[key[:4]], _ISO[key[4]], *counts) for key, counts in cells.items())
            write("coverage_cells", _names(CoverageCell), rows)


def _names(model: type[Base]) -> str:
    return ", ".join(column.name for column in model.__table__.columns)


Writer = Callable[[str, str, Iterable[Row]], None]


def _prepare(raw: Any, *, lite: bool) -> Writer:
    """Return what writes rows of a table, by its columns, in a transaction of its own."""
    if lite:
        for pragma in ("foreign_keys = OFF", "synchronous = OFF", "cache_size = -400000"):
            raw.execute(f"PRAGMA {pragma}")
    else:
        raw.execute("SET session_replication_role = replica")
        raw.execute("SET TIME ZONE 'UTC'")

    def write_sqlite(table: str, columns: str, rows: Iterable[Row]) -> None:
        places = ", ".join("?" * (columns.count(",") + 1))
        raw.execute("BEGIN")
        raw.executemany(f"INSERT INTO {table} ({columns}) VALUES ({places})", rows)
        raw.execute("COMMIT")

    def write_postgresql(table: str, columns: str, rows: Iterable[Row]) -> None:
        with raw.cursor() as cursor, cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
        raw.commit()

    return write_sqlite if lite else write_postgresql


_SOURCE = "id, name, country, languages, origin, added_at"
_ARTICLE = (
    "id, canonical_url, url, source_id, revision_id, collected_at, published_at, published_is_day, counts_on,"
    " language, genre, in_scope, cluster_id"
)
_MENTION = 'revision_id, field, start, "end", entity_id, surface, alias, language, rule, level, vocabulary_version'


def _outlets() -> Iterator[Row]:
    for n in range(OUTLETS):
        yield f"outlet-{n}", f"Outlet {n}", _country(n), "[]", "person", "2022-01-01 00:00:00.000000"


def _country(outlet: int) -> str:
    return f"c{outlet % _COUNTRIES}"


def _language(outlet: int) -> str:
    return f"l{outlet % _LANGUAGES}"


def _genre(article: int) -> str:
    return f"genre-{article % _GENRES}"


def _in_scope(article: int) -> int:
    return int(article % 3 > 0)


def _articles(made: Made) -> Iterator[Row]:
    told = zip(made.days.tolist(), made.outlets.tolist(), made.stories.tolist(), strict=True)
    for number, (day, outlet, story) in enumerate(told, 1):
        url, at = f"https://outlet{outlet}.example/{number}", f"{_ISO[_DAY[day]]} 12:00:00.000000"
        yield (
            number, url, url, f"outlet-{outlet}", number, at, at, 0, _ISO[_DAY[day]],
            _language(outlet), _genre(number), _in_scope(number), story,
        )  # fmt: skip


def _mentions(made: Made) -> Iterator[Row]:
    names = [entity_name(n) for n in range(ENTITIES)]
    levels = ["demonym" if _is_demonym(n) else "name" for n in range(ENTITIES)]
    for article, entity, place in zip(made.article.tolist(), made.entity.tolist(), made.place.tolist(), strict=True):
        field = "text" if place else "title"
        yield article, field, place, place + 1, names[entity], "x", "x", "en", "exact", levels[entity], "v"


@dataclass(frozen=True, slots=True)
class Facts:
    """What each article says of each entity, ordered by entity and article."""

    entity: Numbers
    article: Numbers
    mentions: Numbers
    in_title: Numbers
    place: Numbers
    """Of the entity among those that the article names: 0 for the one named most often; -1 for a demonym."""

    @classmethod
    def of(cls, made: Made) -> Facts:
        """Return the facts of these mentions."""
        key, where, mentions = np.unique(
            made.entity * (len(made.days) + 1) + made.article, return_inverse=True, return_counts=True
        )
        entity, article = np.divmod(key, len(made.days) + 1)
        in_title = np.bincount(where, weights=made.place == 0).astype(np.int64)
        is_name = ~_is_demonym(entity)
        order = np.lexsort((entity, -mentions * is_name, article))
        begins = np.flatnonzero(np.diff(article[order], prepend=-1))
        rank = np.arange(len(order)) - np.repeat(begins, np.diff(begins, append=len(order)))
        place = np.empty_like(rank)
        place[order] = rank
        return cls(entity, article, mentions, in_title, np.where(is_name, place, -1))

    def rows(self, made: Made) -> Iterator[Row]:
        """Yield the rows of `coverage_facts`, in the order of its key; the totals first."""
        articles = len(made.days)
        of_names = np.where(self.place >= 0, self.mentions, 0), np.where(self.place >= 0, self.in_title, 0)
        sums = [
            np.bincount(self.article, weights=weights, minlength=articles + 1)[1:].astype(np.int64).tolist()
            for both in (of_names, (self.mentions - of_names[0], self.in_title - of_names[1]))
            for weights in both
        ]
        days = [_ISO[_DAY[day]] for day in made.days.tolist()]
        for article, (day, name, name_in_title, demonym, demonym_in_title) in enumerate(
            zip(days, *sums, strict=True), 1
        ):
            yield TOTAL, day, article, name, demonym, 0, name_in_title, demonym_in_title, 0, None
        columns = (self.entity, self.article, self.mentions, self.in_title, self.place)
        for entity, article, n, titled, place in zip(*(column.tolist() for column in columns), strict=True):
            counts = (n, 0, 0, titled, 0, 0, place) if place >= 0 else (0, n, 0, 0, titled, 0, None)
            yield entity_name(entity), days[article - 1], article, *counts

    def cells(self, made: Made, entity: int) -> dict[Key, Counts]:
        """Return the cells of an entity, of all articles for -1, as the product counts them; without pairs."""
        if entity < 0:
            articles = np.arange(1, len(made.days) + 1)
            mentions = np.bincount(self.article, weights=self.mentions, minlength=len(articles) + 1)[1:].astype(int)
            in_title = np.bincount(self.article, weights=self.in_title, minlength=len(articles) + 1)[1:].astype(int)
        else:
            mine = self._find_rows(entity)
            articles, mentions, in_title = self.article[mine], self.mentions[mine], self.in_title[mine]
        numbers, outlets = articles.tolist(), made.outlets[articles - 1].tolist()
        nothing = [0] * len(numbers)
        counted = (mentions.tolist(), nothing), (in_title.tolist(), nothing)
        names, demonyms = (1, 0) if entity >= 0 and _is_demonym(entity) else (0, 1)
        rows = zip(
            [_DAY[day] for day in made.days[articles - 1].tolist()],
            made.stories[articles - 1].tolist(),
            [f"outlet-{outlet}" for outlet in outlets],
            map(_language, outlets),
            map(_country, outlets),
            map(_genre, numbers),
            map(_in_scope, numbers),
            nothing,
            *(kind[which] for kind in counted for which in (names, demonyms, 1)),
            strict=True,
        )
        return count_cells(list(rows), _BUCKETS, is_total=entity < 0)

    def _find_rows(self, entity: int) -> slice:
        begin, end = np.searchsorted(self.entity, [entity, entity + 1])
        return slice(int(begin), int(end))


@dataclass(frozen=True, slots=True)
class PairCounts:
    """Articles that name two entities, ordered by the first of them."""

    entity: Numbers
    other: Numbers
    article: Numbers

    @classmethod
    def of(cls, facts: Facts) -> PairCounts:
        """Return the pairs of these facts."""
        named = np.flatnonzero(facts.place >= 0)
        named = named[np.lexsort((facts.entity[named], facts.article[named]))]
        entity, article = facts.entity[named], facts.article[named]
        found = []
        for apart in range(1, NAMED):
            same = np.flatnonzero(article[apart:] == article[:-apart])
            found.append(np.stack([entity[same], entity[same + apart], article[same]]))
        pairs = np.concatenate(found, axis=1)
        return cls(*pairs[:, np.lexsort(pairs[::-1])])

    def cells(self, made: Made, entity: int) -> dict[Key, Counts]:
        """Return the cells of an entity named together with others that come later."""
        begin, end = np.searchsorted(self.entity, [entity, entity + 1])
        article = self.article[begin:end]
        stories, in_scope = made.stories[article - 1], article % 3 > 0
        key, place = np.unique(self.other[begin:end] * DAYS + made.days[article - 1], return_inverse=True)

        def told(chosen: npt.NDArray[np.bool_]) -> Numbers:
            each = np.unique(place[chosen] * (len(made.days) + 1) + stories[chosen])
            return np.bincount(each // (len(made.days) + 1), minlength=len(key))

        counts = (
            np.bincount(place, minlength=len(key)),
            told(np.ones(len(place), bool)),
            np.bincount(place[in_scope], minlength=len(key)),
            told(in_scope),
        )
        cells: dict[Key, Counts] = {}
        for code, articles, distinct, scope, distinct_in_scope in zip(
            key.tolist(), *(column.tolist() for column in counts), strict=True
        ):
            other, day = divmod(code, DAYS)
            numbers = articles, distinct, 0, 0, scope, distinct_in_scope, 0
            cells["day", "entity", "name", entity_name(other), _DAY[day]] = numbers
        return cells
