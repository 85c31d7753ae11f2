"""`steppewatch article list|search`: the articles of the store, newest first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from cli.article.remove import find_article_id
from cli.export.options import (
    Entities,
    Genres,
    InScope,
    Languages,
    Level,
    ReprintedBy,
    ReprintsOf,
    Sources,
    build_filters,
)
from cli.shared.day_options import Since, Until
from cli.shared.hits import article_cell
from cli.shared.output import emit, fail, note
from cli.shared.store import open_store
from cli.shared.tables import Format, print_table, wants_json
from worker.search.scope import ScopeFilter

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from db.articles.filters import Filters
    from worker.search.hits import FoundArticle

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
    level: Level = None,
    reprints_of: ReprintsOf = None,
    reprinted_by: ReprintedBy = None,
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

    Example: steppewatch article list --source eurasianet --reprints-of any --since 90d
    """
    from worker.search.hits import list_newest

    database = open_store()
    filters = build_filters(
        database,
        since,
        until,
        entity=entity,
        source=source,
        lang=lang,
        genre=genre,
        scope=scope,
        level=level,
        reprints_of=reprints_of,
        reprinted_by=reprinted_by,
    )
    with database.reading() as conn:
        if query is None:
            hits = list_newest(conn, filters, after=_cursor(conn, after), limit=limit + 1)
        else:
            hits = _search(conn, filters, query, _cursor(conn, after), limit + 1)
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
    level: Level = None,
    reprints_of: ReprintsOf = None,
    reprinted_by: ReprintedBy = None,
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
    filters = build_filters(
        database,
        since,
        until,
        entity=entity,
        source=source,
        lang=lang,
        genre=genre,
        scope=scope,
        level=level,
        reprints_of=reprints_of,
        reprinted_by=reprinted_by,
    )
    with database.reading() as conn:
        hits = _search(conn, filters, query, _cursor(conn, after), limit + 1)
    _print(hits, limit, is_search=True, as_json=wants_json(format))


def _cursor(conn: Connection, after: str | None) -> int | None:
    return None if after is None else find_article_id(conn, after)


def _search(conn: Connection, filters: Filters, query: str, after: int | None, limit: int) -> list[FoundArticle]:
    """Return the newest hits. Exit for an invalid query."""
    from worker.query.errors import QueryError
    from worker.search.hits import search

    try:
        return search(conn, filters, query, after=after, limit=limit)
    except QueryError as error:
        fail(f"query: {error}\n\n{error.pointed(query)}", code=2)


def _print(hits: Sequence[FoundArticle], limit: int, *, is_search: bool, as_json: bool) -> None:
    from worker.search.records import list_record

    shown = hits[:limit]
    if as_json:
        for hit in shown:
            words = {"snippet": "".join(piece.text for piece in hit.words)} if is_search else {}
            emit(list_record(hit.article) | words)
    else:
        print_table(("#id", "day", "outlet", "article"), list(_cells(shown, is_search=is_search)), empty="no article")
    if len(hits) > limit:
        note(f"there are more: --after {shown[-1].article.article_id}")


def _cells(hits: Sequence[FoundArticle], *, is_search: bool) -> Iterator[tuple[object, ...]]:
    for hit in hits:
        row = hit.article
        below = hit.words if row.title and is_search else ()
        yield (
            row.article_id,
            "undated" if row.is_undated else row.counts_on,
            row.source,
            article_cell(hit.title, row.url, below),
        )
