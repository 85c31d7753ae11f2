"""`steppewatch article diff`: the changes between two texts of an article."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.article.remove import ARTICLE, find_article_id
from cli.shared.output import emit, escape_controls, fail
from cli.shared.store import open_store
from cli.shared.tables import Format, wants_json

if TYPE_CHECKING:
    from rich.text import Text
    from sqlalchemy import Connection

    from db.articles.former_texts import FormerText, RevisionSeen
    from worker.text.word_diff import Change, Passage


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
    from db.articles.former_texts import read_former_text
    from worker.text.word_diff import changes_between

    if len(revisions or ()) not in (0, 2):
        raise typer.BadParameter("pass two revisions, or none for the latest change", param_hint="REV REV")
    with open_store().reading() as conn:
        article_id = find_article_id(conn, article)
        before, after = _choose_revisions(conn, article_id, revisions)
        old, new = read_former_text(conn, before), read_former_text(conn, after)
    changes = changes_between(old.text, new.text)
    record = {"article_id": article_id, "from": before, "to": after} | _record(old, new, changes)
    if wants_json(format):
        emit(record)
    else:
        _print(old, new, changes, record)


def _choose_revisions(conn: Connection, article_id: int, revisions: Sequence[int] | None) -> tuple[int, int]:
    """Return the two revisions to compare. Exit if the article does not have them."""
    from db.articles.former_texts import find_revisions

    stored = find_revisions(conn, article_id)
    known = {revision.revision_id for revision in stored}
    for revision_id in revisions or ():
        if revision_id not in known:
            fail(f"article {article_id} has no revision {revision_id}", hint=f"it has {_list_revisions(stored)}")
    if revisions:
        return revisions[0], revisions[1]
    if len(stored) < 2:
        fail(f"article {article_id} has only one text: nothing to compare")
    return stored[-2].revision_id, stored[-1].revision_id


def _list_revisions(revisions: Sequence[RevisionSeen]) -> str:
    from worker.search.records import to_plain

    shown = [f"{revision.revision_id} ({to_plain(revision.seen_at)})" for revision in revisions[-6:]]
    return ", ".join(shown)


def _record(old: FormerText, new: FormerText, changes: Sequence[Change]) -> dict[str, Any]:
    is_tagged = old.entities is not None and new.entities is not None
    before, after = old.entities or frozenset(), new.entities or frozenset()
    return {
        "changes": [
            {
                "op": change.op,
                "old": old.text[change.old_start : change.old_end],
                "new": new.text[change.new_start : change.new_end],
            }
            for change in changes
        ],
        "entities_added": sorted(after - before) if is_tagged else None,
        "entities_removed": sorted(before - after) if is_tagged else None,
        "title_changed": old.title != new.title,
    }


def _print(old: FormerText, new: FormerText, changes: Sequence[Change], record: dict[str, Any]) -> None:
    from rich.console import Console
    from rich.text import Text

    from worker.text.word_diff import passages

    console = Console()
    if record["title_changed"]:
        console.print(Text("title: ").append_text(mark_replacement(old.title or "", new.title or "")))
    for passage in passages(old.text, new.text, changes):
        console.print(mark_passage(passage))
    for sign, name in (("+", "entities_added"), ("-", "entities_removed")):
        if record[name]:
            console.print(Text(f"{sign} " + ", ".join(record[name])))
    if not changes and not record["title_changed"]:
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
