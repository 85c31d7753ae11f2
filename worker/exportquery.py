"""Which articles of the store answer a query of the alert language: judged one by one, as alerts judge them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import Connection

from db.exports import Filters
from db.exporttexts import ArticleOut, domains_by_source, iter_texts, names_by_source
from db.subscriptions import saved_queries
from db.vocabularies import current_version, get_content
from worker.alerts.article import Article, Mentioned, Outlet
from worker.alerts.evaluate import evaluate
from worker.alerts.known import Known
from worker.alerts.query import parse
from worker.tagging.vocabulary import Vocabulary


def matching_ids(conn: Connection, filters: Filters, text: str) -> list[int]:
    """Return the ids of the articles that pass the filters and answer the query. Raises QueryError."""
    version = current_version(conn)
    known = Known.of(Vocabulary.from_json(get_content(conn, version)), names_by_source(conn)) if version else None
    query = parse(text, saved_queries(conn), known)
    domains = domains_by_source(conn)
    return [row.id for row in iter_texts(conn, filters) if evaluate(query, _article(row, domains)).matched]


def _article(row: ArticleOut, domains: Mapping[str, Sequence[str]]) -> Article:
    return Article(
        title=row.title,
        text=row.text,
        author=row.author,
        source=Outlet(row.source_id, (row.source_name, *domains.get(row.source_id, ())), row.country),
        language=row.language,
        genre=row.genre,
        url=row.url,
        published_at=row.published_at,
        mentions=tuple(Mentioned(m.field, m.start, m.end, m.entity, m.type, m.level) for m in row.mentions),
    )
