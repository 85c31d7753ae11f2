"""`steppewatch story`: what a person decides about an original and its reprints: merge, split, undo."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from cli.article.remove import ARTICLE, article_id_of
from cli.shared.output import fail
from cli.shared.output import note as tell
from cli.shared.store import open_store
from cli.story.show import show_story

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from db.engine import Database

T = TypeVar("T")
NOTE = Annotated[str | None, typer.Option("--note", help="Why; kept with the decision.")]


def story_split(article: ARTICLE, note: NOTE = None) -> None:
    """Take an article out of its story. It stays out, whatever is found later, until the decision is undone.

    Example: steppewatch story split 17 --note "same agenda, another meeting"
    """
    from worker.stories.edits import split

    database = open_store()
    article_id = database.read(lambda conn: article_id_of(conn, article))
    decision = _done(database, lambda conn: split(conn, article_id, note=note, now=datetime.now(UTC)))
    _tell(database, decision, article_id)


def story_merge(
    article: ARTICLE,
    other: Annotated[str, typer.Argument(metavar="OTHER", help="Id or address of an article of the other story.")],
    note: NOTE = None,
) -> None:
    """Make one story of the stories of two articles: a translation, a rewritten agency report.

    Example: steppewatch story merge 17 42
    """
    from worker.stories.edits import merge

    database = open_store()
    one, two = database.read(lambda conn: (article_id_of(conn, article), article_id_of(conn, other)))
    decision = _done(database, lambda conn: merge(conn, one, two, note=note, now=datetime.now(UTC)))
    _tell(database, decision, one)


def story_undo(
    decision: Annotated[int, typer.Argument(help="Number of the decision, as `story show` has it.")],
) -> None:
    """Take a merge or a split back; the evidence and the other decisions count again.

    Example: steppewatch story undo 3
    """
    from worker.stories.edits import undo

    database = open_store()
    _done(database, lambda conn: undo(conn, decision, now=datetime.now(UTC)))
    tell(f"decision {decision} is undone")


def _done(database: Database, deed: Callable[[Connection], T]) -> T:
    """Return what the deed returned, when coverage is counted anew; end the command if it is not possible."""
    from worker.coverage.recount import recount
    from worker.stories.edits import NotPossible

    try:
        result = database.write(deed)
    except NotPossible as error:
        fail(str(error))
    recount(database)
    return result


def _tell(database: Database, decision: int, article_id: int) -> None:
    tell(f"decision {decision}; steppewatch story undo {decision} takes it back")
    show_story(database, article_id, None)
