"""`steppewatch article list|search`: the articles of the store, newest first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.article.remove import find_article_id, to_plain
from cli.export.options import Entities, Genres, InScope, Languages, ScopeFilter, Sources, build_filters
from cli.shared.day_options import Since, Until
from cli.shared.hits import article_cell, make_snippet, marked_hit
from cli.shared.output import emit, fail, note
from cli.shared.store import open_store
from cli.shared.tables import Format, print_table, wants_json

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from db.articles.listings import Listed
    from db.exports.read import Filters
    from worker.messages.snippet import Piece

    Hit = tuple[Listed, Sequence[Piece], Sequence[Piece]]
    """An article, its headline or first words, and a snippet around the matched words."""

Limit = Annotated[int, typer.Option(min=1, max=100_000, help="Maximum number of articles.")]
After = Annotated[
    str | None,
    typer.Option(metavar="CURSOR", help="Continue after this article: the article_id of the previous last line."),
]
Printed = Annotated[Format | None, typer.Option("--format", help="json or table; a table on a terminal.")]


def article_list(
    since: Since = None,
    until: Until = None,
    entity: Entities = None,
    source: Sources = None,
    lang: Languages = None,
    genre: Genres = None,
    scope: InScope = ScopeFilter.all,
    query: Annotated[
        str | None, typer.Option(metavar="Q", help="Only articles that match this query (as for alerts).")
    ] = None,
    limit: Limit = 20,
    after: After = None,
    format: Printed = None,
) -> None:
    """List articles, newest first: day, outlet, headline and address.

    Example: steppewatch article list --entity csto --since 2022-01 --until 2022-01

    Example: steppewatch article list --source eurasianet --lang ru --limit 100 --format json
    """
    database = open_store()
    filters = build_filters(database, since, until, entity, source, lang, genre, scope)
    with database.reading() as conn:
        if query is None:
            hits = _list_newest(conn, filters, _cursor(conn, after), limit + 1)
        else:
            hits = [(row, title, ()) for row, title, _ in _search(conn, filters, query, _cursor(conn, after), limit)]
    _print(hits, limit, is_search=False, as_json=wants_json(format))


def article_search(
    query: Annotated[str, typer.Argument(metavar="QUERY", help="Words, or a query as for alerts.")],
    since: Since = None,
    until: Until = None,
    entity: Entities = None,
    source: Sources = None,
    lang: Languages = None,
    genre: Genres = None,
    scope: InScope = ScopeFilter.all,
    limit: Limit = 20,
    after: After = None,
    format: Printed = None,
) -> None:
    """Find the articles that match a query, newest first, each with a snippet around the matched words.

    Queries are those of alerts and are matched in the same way: `article search` finds the articles that a subscription
    would have alerted on.

    Example: steppewatch article search 'entity:csto AND drill*' --since 2022-01

    Example: steppewatch article search '"border clashes"' --lang en --since 90d
    """
    database = open_store()
    filters = build_filters(database, since, until, entity, source, lang, genre, scope)
    with database.reading() as conn:
        hits = _search(conn, filters, query, _cursor(conn, after), limit)
    _print(hits, limit, is_search=True, as_json=wants_json(format))


def _cursor(conn: Connection, after: str | None) -> int | None:
    return None if after is None else find_article_id(conn, after)


def _list_newest(conn: Connection, filters: Filters, after: int | None, limit: int) -> list[Hit]:
    from db.articles.listings import read_newest
    from worker.messages.snippet import marked

    rows = read_newest(conn, filters, after=after, limit=limit)
    return [(row, marked(row.title, ()) if row.title else make_snippet(row.begins, None), ()) for row in rows]


def _search(conn: Connection, filters: Filters, query: str, after: int | None, limit: int) -> list[Hit]:
    """Return the newest hits, one more than the limit if there are more. Exit for an invalid query."""
    from db.articles.listings import read_listed
    from worker.export.by_query import newest
    from worker.query.errors import QueryError

    try:
        # keep the snippets and drop the texts, since a list may be long
        found = [
            (hit.row.article_id, *marked_hit(hit)) for hit in islice(newest(conn, filters, query, after), limit + 1)
        ]
    except QueryError as error:
        fail(f"query: {error}\n\n{error.pointed(query)}", code=2)
    hits: list[Hit] = []
    for start in range(0, len(found), 500):
        page = found[start : start + 500]
        rows = read_listed(conn, [article_id for article_id, _, _ in page])
        hits += [(rows[article_id], title, words or title) for article_id, title, words in page]
    return hits


def _print(hits: Sequence[Hit], limit: int, *, is_search: bool, as_json: bool) -> None:
    shown = hits[:limit]
    if as_json:
        for row, _, words in shown:
            emit(build_record(row) | ({"snippet": "".join(piece.text for piece in words)} if is_search else {}))
    else:
        print_table(("#id", "day", "outlet", "article"), list(_cells(shown)), empty="no article")
    if len(hits) > limit:
        note(f"there are more: --after {shown[-1][0].article_id}")


def _cells(hits: Sequence[Hit]) -> Iterator[tuple[object, ...]]:
    for row, title, words in hits:
        below = words if row.title else ()
        yield (
            row.article_id,
            "undated" if row.is_undated else row.counts_on,
            row.source,
            article_cell(title, row.url, below),
        )


def build_record(row: Listed) -> dict[str, Any]:
    """Return an article as a record for JSON; a publication date without a time is a day."""
    published_at = row.published_at
    is_day = published_at is not None and row.published_is_day
    return {
        "article_id": row.article_id,
        "url": row.url,
        "source": row.source,
        "title": row.title,
        "published_at": to_plain(published_at.date() if is_day and published_at else published_at),
        "counts_on": None if row.is_undated else row.counts_on.isoformat(),
        "language": row.language,
        "genre": row.genre,
        "cluster_id": row.cluster_id,
    }
