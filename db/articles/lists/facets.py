"""Counts of given articles by outlet, country, language, genre, scope, entity and reprints."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, func, select

from db.articles.filters import ANY_OUTLET, Filters, conditions_on_articles
from db.dialect.functions import is_one_of_few
from db.models import Article, EntityRow, MentionRow, Source


@dataclass(frozen=True, slots=True)
class FacetCount:
    """A value that some of the articles have."""

    value: str
    label: str
    articles: int


_REPRINTS = (
    ("reprints_of", "of other outlets", Filters(reprints_of=[ANY_OUTLET])),
    ("reprinted_by", "that others reprinted", Filters(reprinted_by=[ANY_OUTLET])),
)
Facets = Mapping[str, Sequence[FacetCount]]
"""By the name of the property, the values that most articles have, the most frequent first."""


def count_facets(conn: Connection, article_ids: Collection[int], *, limit: int) -> Facets:
    """Return how many of at most some thousand articles have each value; at most `limit` values of a property."""
    if not article_ids:
        return {}
    query = (
        select(Article.source_id, Source.name, Source.country, Article.language, Article.genre, Article.in_scope)
        .join(Source, Source.id == Article.source_id)
        .where(is_one_of_few(Article.id, article_ids))
    )
    counts: dict[str, Counter[tuple[str, str]]] = {
        name: Counter() for name in ("source", "lang", "country", "genre", "scope")
    }
    for source_id, name, country, language, genre, in_scope in conn.execute(query):
        counts["source"][source_id, name] += 1
        for property, value in (("lang", language), ("country", country), ("genre", genre)):
            if value:
                counts[property][value, value] += 1
        if in_scope is not None:
            counts["scope"][("in", "in scope") if in_scope else ("out", "out of scope")] += 1
    for property, label, filters in _REPRINTS:
        reprints = select(func.count()).select_from(Article).where(is_one_of_few(Article.id, article_ids))
        number = conn.scalar(reprints.where(*conditions_on_articles(filters)))
        if number:
            counts[property] = Counter({(ANY_OUTLET, label): number})
    shown = {name: _most_frequent(counter, limit) for name, counter in counts.items()}
    return {"entity": _count_entities(conn, article_ids, limit), **shown}


def _most_frequent(counts: Counter[tuple[str, str]], limit: int) -> list[FacetCount]:
    found = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return [FacetCount(value, label, articles) for (value, label), articles in found[:limit]]


def _count_entities(conn: Connection, article_ids: Collection[int], limit: int) -> list[FacetCount]:
    articles = func.count(MentionRow.revision_id.distinct())
    query = (
        select(MentionRow.entity_id, articles)
        .join(Article, Article.revision_id == MentionRow.revision_id)
        .where(is_one_of_few(Article.id, article_ids))
        .group_by(MentionRow.entity_id)
        .order_by(articles.desc(), MentionRow.entity_id)
        .limit(limit)
    )
    counts = {entity_id: count for entity_id, count in conn.execute(query)}
    labels = dict(conn.execute(select(EntityRow.id, EntityRow.label).where(EntityRow.id.in_(counts))).all())
    return [FacetCount(entity_id, labels[entity_id], count) for entity_id, count in counts.items()]
