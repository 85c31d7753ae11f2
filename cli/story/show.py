"""`steppewatch story show`: an original, its reprints, and the changes in each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.article.remove import ARTICLE, find_article_id
from cli.shared.output import emit, escape_controls
from cli.shared.store import open_store
from cli.shared.tables import Format, wants_json

if TYPE_CHECKING:
    from rich.text import Text
    from sqlalchemy import Connection

    from db.engine import Database
    from worker.search.stories import TextComparison

_MOST_CHANGES = 6
_LENGTH_MAX = 120
"""Maximum length of changed words, in characters."""


def story_show(
    article: ARTICLE,
    format: Annotated[Format | None, typer.Option(help="json, or table: to be read; that on a terminal.")] = None,
) -> None:
    """Show the story of an article: the original, its reprints, their similarity, their changes, and your decisions.

    Prints JSON for scripts. On a terminal, `[-words-]` were left out of a reprint and `{+words+}` added.

    Example: steppewatch story show 17

    Example: steppewatch story show https://example.org/news/17 --format json
    """
    database = open_store()
    show_story(database, database.read(lambda conn: find_article_id(conn, article)), format)


def show_story(database: Database, article_id: int, format: Format | None) -> None:
    """Print the story of an article."""
    from rich.console import Console

    from worker.search.stories import read_story_record

    with database.reading() as conn:
        story = read_story_record(conn, article_id)
        if wants_json(format):
            emit(story)
            return
        console = Console(highlight=False)
        for line in _lines(conn, story):
            console.print(line, markup=False, soft_wrap=not console.is_terminal)


def _lines(conn: Connection, story: Mapping[str, Any]) -> Iterator[Text | str]:
    """Yield the lines of a story: the original first, then its reprints by date."""
    from db.articles.details import read_text
    from worker.search.stories import find_closest, load_texts, select_scores

    by_id = {row["article_id"]: row for row in story["articles"]}
    original = by_id.pop(story["story"], None) or by_id.pop(next(iter(by_id)))
    scores = select_scores(story["evidence"], original["article_id"])
    texts = load_texts(conn, original["article_id"]) if scores else []
    yield from _describe(original, "original" if by_id else "alone in its story")
    for article_id, row in by_id.items():
        score = scores.get(article_id)
        yield ""
        yield from _describe(row, _describe_similarity(score))
        if score is not None:
            yield from _changes(row, find_closest(texts, read_text(conn, article_id)[0]))
    for decision in story["decisions"]:
        yield ""
        yield _describe_decision(decision)


def _describe(row: Mapping[str, Any], role: str) -> Iterator[Text | str]:
    from rich.text import Text

    day = row["published_at"] or row["counts_on"]
    when = day[:10] if row["published_is_day"] or not row["published_at"] else day
    assumed = "" if row["published_at"] else " (collected)"
    yield Text(f"{when}{assumed}  {escape_controls(row['source_name'])}, article {row['article_id']}: {role}")
    if row["headline"]:
        yield Text(f"  {escape_controls(row['headline'])}", "bold")
    yield f"  {escape_controls(row['url'])}"


def _describe_similarity(score: Mapping[str, Any] | None) -> str:
    if score is None:
        return "added by a person"
    return f"reprint, containment {score['containment']:.2f}, jaccard {score['jaccard']:.2f}"


def _changes(copy: Mapping[str, Any], comparison: TextComparison) -> Iterator[Text | str]:
    """Yield the changes of a reprint: its headline, then the first changes of its text."""
    from rich.text import Text

    from cli.article.diff import mark_passage, mark_replacement
    from worker.lib.plain_values import to_plain
    from worker.text.word_diff import passages

    if not comparison.revision.is_current:
        yield f"  taken from an earlier text of the original, that of {to_plain(comparison.revision.seen_at)}"
    has_other_title = comparison.old.title != copy["title"]
    if has_other_title:
        yield Text("  headline: ").append_text(mark_replacement(comparison.old.title or "", copy["title"] or ""))
    for passage in passages(comparison.old.text, comparison.new, comparison.changes[:_MOST_CHANGES]):
        yield Text("  ").append_text(mark_passage(passage.shortened(_LENGTH_MAX)))
    if len(comparison.changes) > _MOST_CHANGES:
        yield f"  and {len(comparison.changes) - _MOST_CHANGES} more changes"
    if not comparison.changes:
        yield "  word for word" + (" apart from the headline" if has_other_title else "")


def _describe_decision(decision: Mapping[str, Any]) -> str:
    articles = ", ".join(map(str, decision["articles"]))
    why = f" ({escape_controls(decision['note'])})" if decision["note"] else ""
    undone = f", undone {decision['undone_at']}" if decision["undone_at"] else ""
    return f"decision {decision['id']}: {decision['kind']} of {articles}, {decision['decided_at']}{undone}{why}"
