"""`steppewatch article diff`: the changes between two texts of an article."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from cli.article.remove import ARTICLE, find_article_id
from cli.shared.output import emit, escape_controls, fail
from cli.shared.store import open_store
from cli.shared.tables import Format, wants_json

if TYPE_CHECKING:
    from rich.text import Text
    from sqlalchemy import Connection

    from worker.search.revisions import TextDifference
    from worker.text.word_diff import Passage


def article_diff(
    article: ARTICLE,
    revisions: Annotated[
        list[int] | None,
        typer.Argument(metavar="[REV REV]", help="Two of its revisions (as in export revisions), the older first."),
    ] = None,
    format: Annotated[Format | None, typer.Option(help="json, or table: words in place; that on a terminal.")] = None,
) -> None:
    """Show which words of an article changed, and which entities were added or removed; by default the latest change.

    On a terminal, `[-words-]` were removed and `{+words+}` added.

    Example: steppewatch article diff 17

    Example: steppewatch article diff https://example.org/news/17 --format json
    """
    from worker.search.revisions import compare_revisions

    if len(revisions or ()) not in (0, 2):
        raise typer.BadParameter("pass two revisions, or none for the latest change", param_hint="REV REV")
    with open_store().reading() as conn:
        article_id = find_article_id(conn, article)
        before, after = _choose_revisions(conn, article_id, revisions or ())
        difference = compare_revisions(conn, before, after)
    record = {"article_id": article_id, "from": before, "to": after} | difference.record()
    if wants_json(format):
        emit(record)
    else:
        _print(difference)


def _choose_revisions(conn: Connection, article_id: int, revisions: Sequence[int]) -> tuple[int, int]:
    """Return the two revisions to compare. Exit if the article does not have them."""
    from worker.search.revisions import NoRevision, choose_revisions

    try:
        return choose_revisions(conn, article_id, revisions)
    except NoRevision as error:
        fail(error.message, hint=error.hint)


def _print(difference: TextDifference) -> None:
    from rich.console import Console
    from rich.text import Text

    from worker.text.word_diff import passages

    console = Console()
    old, new = difference.old, difference.new
    if difference.has_other_title:
        console.print(Text("title: ").append_text(mark_replacement(old.title or "", new.title or "")))
    for passage in passages(old.text, new.text, difference.changes):
        console.print(mark_passage(passage))
    for sign, names in (("+", difference.added_entities), ("-", difference.removed_entities)):
        if names:
            console.print(Text(f"{sign} " + ", ".join(names)))
    if not difference.changes and not difference.has_other_title:
        console.print("no word changed")


def mark_passage(passage: Passage) -> Text:
    """Return a change in its context: `[-removed-]` in red, `{+added+}` in green."""
    from rich.text import Text

    text = Text(escape_controls(passage.before)).append_text(mark_replacement(passage.removed, passage.added))
    return text.append(escape_controls(passage.after))


def mark_replacement(removed: str, added: str) -> Text:
    """Return the removed and added words, marked."""
    from rich.text import Text

    text = Text()
    if removed:
        text.append(f"[-{escape_controls(removed)}-]", "red")
    if added:
        text.append(f"{{+{escape_controls(added)}+}}", "green")
    return text
