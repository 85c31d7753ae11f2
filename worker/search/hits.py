"""Lists of articles to read: the newest, and those that match a query, with the matched words marked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice

from sqlalchemy import Connection

from db.articles.filters import Filters
from db.articles.lists.listings import Listed, read_listed, read_newest
from worker.export.by_query import newest
from worker.matching.backtest import BacktestHit
from worker.messages.snippet import Piece, marked, snippet
from worker.query.evaluate import Verdict

_SNIPPET = 160
_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class FoundArticle:
    """An article in a list, in pieces of which the matched words are marked."""

    article: Listed
    title: Sequence[Piece]
    """The headline, or the first words of an article without one."""
    words: Sequence[Piece] = ()
    """A snippet of the text; empty in a list without a query."""


def list_newest(conn: Connection, filters: Filters, *, after: int | None, limit: int) -> list[FoundArticle]:
    """Return the newest articles that pass the filters, optionally only those after an article.

    Raises LookupError if that article does not exist.
    """
    rows = read_newest(conn, filters, after=after, limit=limit)
    return [_found(row) for row in rows]


def list_articles(conn: Connection, article_ids: Sequence[int]) -> list[FoundArticle]:
    """Return these articles in their order, without those that do not exist."""
    rows = read_listed(conn, article_ids)
    return [_found(rows[article_id]) for article_id in article_ids if article_id in rows]


def _found(row: Listed) -> FoundArticle:
    return FoundArticle(row, marked(row.title, ()) if row.title else make_snippet(row.begins, None))


def search(conn: Connection, filters: Filters, query: str, *, after: int | None, limit: int) -> list[FoundArticle]:
    """Return the newest articles that pass the filters and match the query. Raises QueryError and LookupError."""
    # keep the snippets and drop the texts, since a list may be long
    found = [(hit.row.article_id, *mark_hit(hit)) for hit in islice(newest(conn, filters, query, after), limit)]
    hits: list[FoundArticle] = []
    for start in range(0, len(found), _AT_ONCE):
        page = found[start : start + _AT_ONCE]
        rows = read_listed(conn, [article_id for article_id, _, _ in page])
        hits += [FoundArticle(rows[article_id], title, words or title) for article_id, title, words in page]
    return hits


def mark_hit(hit: BacktestHit) -> tuple[Sequence[Piece], Sequence[Piece]]:
    """Return the headline (or the first words) and a snippet, with the matched words marked."""
    words = make_snippet(hit.row.text, hit.verdict)
    return (marked(hit.row.title, _spans(hit.verdict, "title")), words) if hit.row.title else (words, ())


def make_snippet(text: str, verdict: Verdict | None) -> Sequence[Piece]:
    """Return a snippet around the matched words, which are marked; without a verdict, the first words."""
    return snippet(text, _spans(verdict, "text") if verdict else (), length=_SNIPPET)


def _spans(verdict: Verdict, field: str) -> list[tuple[int, int]]:
    return [
        (fired.start, fired.end)
        for fired in verdict.because
        if fired.field == field and fired.start is not None and fired.end is not None
    ]
