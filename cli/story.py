"""`steppewatch story`: an original and its reprints; a person may merge, split, and undo either."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer

from cli.article import ARTICLE, article_id_of, described
from cli.output import emit, fail
from cli.output import note as tell
from cli.store import open_store

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from db.engine import Database

T = TypeVar("T")
NOTE = Annotated[str | None, typer.Option("--note", help="Why; kept with the decision.")]


def story_show(article: ARTICLE) -> None:
    """Print the story of an article as a line of JSON: its articles, how much they share, what people decided.

    Example: steppewatch story show 17
    """
    with open_store().reading() as conn:
        emit(_story(conn, article_id_of(conn, article)))


def story_split(article: ARTICLE, note: NOTE = None) -> None:
    """Take an article out of its story. It stays out, whatever is found later, until the decision is undone.

    Example: steppewatch story split 17 --note "same agenda, another meeting"
    """
    from worker.stories import split

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
    from worker.stories import merge

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
    from worker.stories import undo

    database = open_store()
    _done(database, lambda conn: undo(conn, decision, now=datetime.now(UTC)))
    tell(f"decision {decision} is undone")


def _done(database: Database, deed: Callable[[Connection], T]) -> T:
    """Return what the deed returned, when coverage is counted anew; end the command if it is not possible."""
    from worker.recount import recount
    from worker.stories import NotPossible

    try:
        result = database.write(deed)
    except NotPossible as error:
        fail(str(error))
    recount(database)
    return result


def _tell(database: Database, decision: int, article_id: int) -> None:
    tell(f"decision {decision}; steppewatch story undo {decision} takes it back")
    with database.reading() as conn:
        emit(_story(conn, article_id))


def _story(conn: Connection, article_id: int) -> dict[str, Any]:
    from dataclasses import asdict

    from db.clusters import find_members
    from db.judgements import list_decisions
    from db.stories import read_articles, read_evidence

    members = find_members(conn, article_id)
    articles = [described(row) for row in read_articles(conn, members)]
    decisions = [
        asdict(decision) | {"decided_at": _instant(decision.decided_at), "undone_at": _instant(decision.undone_at)}
        for decision in list_decisions(conn, members)
    ]
    story = next(row["story"] for row in articles if row["article_id"] == article_id)
    evidence = [asdict(link) for link in read_evidence(conn, members)]
    return {"story": story, "articles": articles, "evidence": evidence, "decisions": decisions}


def _instant(moment: datetime | None) -> str | None:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if moment else None
