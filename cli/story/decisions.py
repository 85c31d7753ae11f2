"""`steppewatch story split|merge|undo`: corrections by a person to an original and its reprints."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from cli.article.remove import ARTICLE, find_article_id
from cli.shared.output import fail
from cli.shared.output import note as print_note
from cli.shared.store import open_store
from cli.story.show import show_story

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from db.engine import Database

T = TypeVar("T")
NOTE = Annotated[str | None, typer.Option("--note", help="Reason; stored with the decision.")]


def story_split(article: ARTICLE, note: NOTE = None) -> None:
    """Take an article out of its story. It stays out, whatever is found later, until you undo the decision.

    Example: steppewatch story split 17 --note "same agenda, another meeting"
    """
    from worker.stories.edits import split

    database = open_store()
    article_id = database.read(lambda conn: find_article_id(conn, article))
    decision = _apply(database, lambda conn: split(conn, article_id, note=note, now=datetime.now(UTC)))
    _report(database, decision, article_id)


def story_merge(
    article: ARTICLE,
    other: Annotated[str, typer.Argument(metavar="OTHER", help="Id or address of an article of the other story.")],
    note: NOTE = None,
) -> None:
    """Merge the stories of two articles, such as a translation or a rewritten agency report.

    Example: steppewatch story merge 17 42
    """
    from worker.stories.edits import merge

    database = open_store()
    one, two = database.read(lambda conn: (find_article_id(conn, article), find_article_id(conn, other)))
    decision = _apply(database, lambda conn: merge(conn, one, two, note=note, now=datetime.now(UTC)))
    _report(database, decision, one)


def story_undo(
    decision: Annotated[int, typer.Argument(help="Number of the decision, from `story show`.")],
) -> None:
    """Undo a merge or a split; the evidence and other decisions apply again.

    Example: steppewatch story undo 3
    """
    from worker.stories.edits import undo

    database = open_store()
    _apply(database, lambda conn: undo(conn, decision, now=datetime.now(UTC)))
    print_note(f"decision {decision} is undone")


def _apply(database: Database, change: Callable[[Connection], T]) -> T:
    """Return the result of a change after updating coverage. Exit if the change is not possible."""
    from worker.coverage.recount import recount
    from worker.stories.edits import NotPossible

    try:
        result = database.write(change)
    except NotPossible as error:
        fail(str(error))
    recount(database)
    return result


def _report(database: Database, decision: int, article_id: int) -> None:
    print_note(f"decision {decision}; undo it with steppewatch story undo {decision}")
    show_story(database, article_id, None)
