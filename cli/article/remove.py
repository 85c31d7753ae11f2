"""`steppewatch article remove`, and the lookup of an article."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from cli.shared.output import fail, note
from cli.shared.store import open_store

if TYPE_CHECKING:
    from sqlalchemy import Connection

ARTICLE = Annotated[str, typer.Argument(metavar="ARTICLE", help="Its id (as in the exports) or its address.")]


def article_remove(
    article: ARTICLE,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask for confirmation.")] = False,
) -> None:
    """Remove an article with its revisions, mentions and raw captures, and update coverage.

    Its address is not fetched again automatically. Its reprints stay, and are compared with each other again.

    Example: steppewatch article remove https://example.org/news/17 --yes
    """
    from datetime import UTC, datetime

    from db.articles.details import read_articles
    from db.text.headlines import headline
    from worker.coverage.recount import recount
    from worker.stories.commonplaces import settle
    from worker.stories.edits import remove

    database = open_store()
    with database.reading() as conn:
        article_id = find_article_id(conn, article)
        [row] = read_articles(conn, [article_id])
    if not yes:
        called = headline(row.title, row.beginning) or row.url
        typer.confirm(f"Remove {called} ({row.source_name}, {row.counts_on})?", abort=True, err=True)
    database.write(lambda conn: remove(conn, article_id))
    settle(database, (), now=datetime.now(UTC))
    recount(database)
    note(f"removed article {article_id}: {row.url}")


def find_article_id(conn: Connection, text: str) -> int:
    """Return the id of an article. Exit if it does not exist."""
    from db.articles.details import find_article

    article_id = find_article(conn, text)
    if article_id is None:
        fail(f"there is no article {text}", hint="steppewatch export articles lists ids and addresses")
    return article_id
