"""Articles of a large store as rows of the tables that belong to them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any, NamedTuple

import xxhash

from benchmarks.bigstore.cells import LEVELS
from benchmarks.bigstore.loading import Row
from benchmarks.bigstore.material import ALIASES, Material
from benchmarks.bigstore.plan import Plan
from benchmarks.bigstore.texts import PlacedMention, PlannedMention, Text, compose
from benchmarks.bigstore.words import LANGUAGES, Language
from db.enums.articles import Genre

COLUMNS: Mapping[str, str] = {
    "articles": (
        "id, canonical_url, url, source_id, revision_id, collected_at, published_at, published_is_day, counts_on,"
        " is_undated, language, genre, in_scope, cluster_id, title, author, revisions, changed"
    ),
    "revisions": (
        "id, article_id, content_hash, observed_at, title, author, language, published_at, published_is_day, stage,"
        " vocabulary_version, genre, in_scope, is_undated, text"
    ),
    "mentions": (
        'revision_id, field, start, "end", entity_id, surface, alias, language, rule, level, vocabulary_version'
    ),
    "pages": (
        "id, canonical_url, url, host, source_id, state, first_seen_at, next_fetch_at, fetched_at, fetches, failures,"
        " last_outcome"
    ),
    "sightings": "id, feed_id, page_id, guid, title, author, published_at, published_as, first_seen_at, last_seen_at",
    "cluster_links": "revision_a, revision_b, containment, jaccard, shared, relation, method",
}
_AUTHORS = [
    f"{first}. {last}" for first in "ABDEGKMNRS" for last in ("Orlan", "Tesik", "Varo", "Mirel", "Quint", "Ashby")
]
_GENRES = (*Genre, None)


class WatchedMention(NamedTuple):
    """A mention of an entity that somebody watches: the article, its time, and the mention."""

    article: int
    at: datetime
    field: str
    mention: PlacedMention


@dataclass(slots=True)
class Batch:
    """The rows of some articles."""

    tables: dict[str, list[Row]] = field(default_factory=lambda: {name: [] for name in COLUMNS})
    words: dict[int, Collection[str]] = field(default_factory=dict)
    hits: list[WatchedMention] = field(default_factory=list)


class RowWriter:
    """Makes the rows of articles by their numbers, which begin at 1; texts before an edit have numbers above all."""

    def __init__(self, plan: Plan, material: Material, *, first: date, seed: int, watched: Collection[int]) -> None:
        self._plan, self._material, self._seed, self._watched = plan, material, seed, watched
        self._first = datetime.combine(first, time())
        self._languages = [Language(code, seed) for code in LANGUAGES]
        self._edits = len(plan.day)

    def iter_batches(self, changes: Sequence[int], size: int) -> Iterator[Batch]:
        """Yield all rows; an article has one of the numbers of changes, those of `changes` in order."""
        articles = len(self._plan.day)
        for begin in range(0, articles, size):
            batch = Batch()
            end = min(begin + size, articles)
            names = list(_named_by(self._plan, self._material, begin, end))
            for place in range(begin, end):
                number = changes[place * len(changes) // articles]
                self._article(batch, place, names[place - begin], number)
            yield batch

    def _article(self, batch: Batch, place: int, named: Sequence[PlannedMention], change: int) -> None:
        plan, material = self._plan, self._material
        number, story = place + 1, int(plan.story[place])
        outlet = material.outlets[plan.outlet[place]]
        language = self._languages[plan.language[place]]
        is_dated, edited = bool(plan.is_dated[place]), bool(plan.is_edited[place])
        at = self._first + timedelta(days=int(plan.day[place]), microseconds=int(plan.time_us[place]))
        collected = at + timedelta(minutes=5 + place % 50) if is_dated else at
        lost = 0 if story == place else place % 3
        text = compose(language, story * 7_919 + self._seed, named, lost=lost)
        url = f"https://{outlet.host}/{at:%Y/%m/%d}/{place * 2_654_435_761 % 4_294_967_296:08x}-{number}"
        published, seen = f"{at}" if is_dated else None, f"{collected}"
        day = f"{at:%Y-%m-%d}"
        author = _AUTHORS[story % len(_AUTHORS)] if story % 3 else None
        genre, in_scope = _GENRES[plan.genre[place]], int(plan.in_scope[place])
        undated = int(plan.is_of_no_day[place])
        batch.tables["articles"].append((
            number, url, url, outlet.id, number, seen, published, 0, day,
            undated, language.code, genre, in_scope, story + 1, text.title, author, 1 + edited, change,
        ))  # fmt: skip
        observed = f"{collected + timedelta(hours=5)}" if edited else seen
        rest = (author, language.code, published, 0, "done", material.version, genre, in_scope, undated)
        self._revision(batch, number, number, text, observed, rest)
        if edited:
            self._edits += 1
            before = compose(language, story * 7_919 + self._seed, named, lost=lost, changed=True)
            self._revision(batch, self._edits, number, before, seen, rest)
        if story != place:
            row = story + 1, number, 0.97, 0.9 - 0.05 * lost, 300 - 15 * lost, "copy", "word-4-grams/6"
            batch.tables["cluster_links"].append(row)
        self._collected(batch, number, outlet.feeds, url, outlet.host, outlet.id, text.title, author, published, seen)
        batch.words[number] = text.words
        self._watch(batch, number, collected, text)

    def _revision(
        self, batch: Batch, revision: int, article: int, text: Text, observed: str, rest: tuple[Any, ...]
    ) -> None:
        hashed = xxhash.xxh3_128_hexdigest(f"{article} {text.title}\n{text.body}".encode())
        batch.tables["revisions"].append((revision, article, hashed, observed, text.title, *rest, text.body))
        ids, version = self._material.entities, self._material.version
        language = rest[1]
        batch.tables["mentions"].extend(
            (
                revision, "title" if named.in_title else "text", start, end, ids[named.entity], named.surface,
                named.surface, language, "exact", LEVELS[named.level].value, version,
            )
            for named, start, end in text.mentions
        )  # fmt: skip

    def _collected(
        self,
        batch: Batch,
        number: int,
        feeds: Sequence[int],
        url: str,
        host: str,
        outlet: str,
        title: str,
        author: str | None,
        published: str | None,
        seen: str,
    ) -> None:
        row = number, url, url, host, outlet, "settled", seen, seen, seen, 1 + number % 4, 0, "captured"
        batch.tables["pages"].append(row)
        if feeds:
            feed = feeds[number % len(feeds)]
            sighting = number, feed, number, url, title, author, published, published, seen, seen
            batch.tables["sightings"].append(sighting)

    def _watch(self, batch: Batch, number: int, at: datetime, text: Text) -> None:
        seen = set()
        for mention in text.mentions:
            entity = mention.named.entity
            if entity in self._watched and entity not in seen:
                seen.add(entity)
                batch.hits.append(WatchedMention(number, at, "title" if mention.named.in_title else "text", mention))


def _named_by(plan: Plan, material: Material, begin: int, end: int) -> Iterator[list[PlannedMention]]:
    """Yield the mentions of each article."""
    bounds = plan.begins[begin : end + 1].tolist()
    span = slice(bounds[0], bounds[-1])
    columns = (plan.entity[span].tolist(), plan.alias[span].tolist(), plan.in_title[span].tolist())
    mentions = list(zip(*columns, strict=True))
    for place, language in enumerate(plan.language[begin:end].tolist()):
        spelled = material.spellings[language]
        found = []
        for entity, alias, in_title in mentions[bounds[place] - bounds[0] : bounds[place + 1] - bounds[0]]:
            names = spelled[entity]
            name = names[alias % ALIASES % len(names)]
            found.append(PlannedMention(entity, name.text, name.level, in_title))
        yield found
