"""`steppewatch story show`: an original, its reprints, and the changes in each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.article.remove import ARTICLE, find_article_id
from cli.shared.output import emit, escape_controls
from cli.shared.store import open_store
from cli.shared.tables import Format, wants_json

if TYPE_CHECKING:
    from rich.text import Text
    from sqlalchemy import Connection

    from db.articles.former_texts import FormerText, RevisionSeen
    from db.engine import Database
    from worker.text.word_diff import Change

_MOST_CHANGES = 6
_MOST_TEXTS = 5
"""Number of latest texts of the original to compare a reprint with."""
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

    with database.reading() as conn:
        story = _story(conn, article_id)
        if wants_json(format):
            emit(story)
            return
        console = Console(highlight=False)
        for line in _lines(conn, story):
            console.print(line, markup=False, soft_wrap=not console.is_terminal)


def _story(conn: Connection, article_id: int) -> dict[str, Any]:
    from dataclasses import asdict

    from db.articles.details import read_articles, read_evidence
    from db.stories.clusters import find_members
    from db.stories.judgements import list_decisions
    from worker.search.records import article_record

    members = find_members(conn, article_id)
    articles = [article_record(row) for row in read_articles(conn, members)]
    decisions = [
        asdict(decision) | {"decided_at": _instant(decision.decided_at), "undone_at": _instant(decision.undone_at)}
        for decision in list_decisions(conn, members)
    ]
    story = next(row["story"] for row in articles if row["article_id"] == article_id)
    evidence = [asdict(link) for link in read_evidence(conn, members)]
    return {"story": story, "articles": articles, "evidence": evidence, "decisions": decisions}


def _instant(moment: datetime | None) -> str | None:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if moment else None


def _lines(conn: Connection, story: Mapping[str, Any]) -> Iterator[Text | str]:
    """Yield the lines of a story: the original first, then its reprints by date."""
    from db.articles.details import read_text

    by_id = {row["article_id"]: row for row in story["articles"]}
    original = by_id.pop(story["story"], None) or by_id.pop(next(iter(by_id)))
    scores = _scores(story["evidence"], original["article_id"])
    texts = _load_texts(conn, original["article_id"]) if scores else []
    yield from _describe(original, "original" if by_id else "alone in its story")
    for article_id, row in by_id.items():
        score = scores.get(article_id)
        yield ""
        yield from _describe(row, _describe_similarity(score))
        if score is not None:
            yield from _changes(row, _find_closest(texts, read_text(conn, article_id)[0]))
    for decision in story["decisions"]:
        yield ""
        yield _describe_decision(decision)


def _scores(evidence: list[dict[str, Any]], original: int) -> dict[int, dict[str, Any]]:
    """Return the similarity of each article to the original, by article id."""
    comparison = {}
    for link in evidence:
        ends = {link["article_a"], link["article_b"]}
        if original in ends:
            comparison[(ends - {original}).pop()] = link
    return comparison


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


def _load_texts(conn: Connection, article_id: int) -> list[tuple[RevisionSeen, FormerText]]:
    """Return the latest texts of an original, current one first; at most a few, however often it changed."""
    from db.articles.former_texts import find_revisions, read_former_text

    revisions = find_revisions(conn, article_id)[: -_MOST_TEXTS - 1 : -1]
    return [(revision, read_former_text(conn, revision.revision_id)) for revision in revisions]


def _find_closest(texts: Sequence[tuple[RevisionSeen, FormerText]], copy: str) -> TextComparison:
    """Return the comparison of a reprint with the text of the original that it is closest to."""
    from worker.text.word_diff import changes_between

    compared = [TextComparison(revision, text, copy, changes_between(text.text, copy)) for revision, text in texts]
    return min(compared, key=lambda comparison: comparison.distance)


@dataclass(frozen=True, slots=True)
class TextComparison:
    """A text of the original, the text of a reprint, and their differences."""

    revision: RevisionSeen
    old: FormerText
    new: str
    changes: Sequence[Change]

    @property
    def distance(self) -> int:
        """Return the number of removed and added characters."""
        return sum(c.old_end - c.old_start + c.new_end - c.new_start for c in self.changes)


def _changes(copy: Mapping[str, Any], comparison: TextComparison) -> Iterator[Text | str]:
    """Yield the changes of a reprint: its headline, then the first changes of its text."""
    from rich.text import Text

    from cli.article.diff import mark_passage, mark_replacement
    from worker.text.word_diff import passages

    if not comparison.revision.is_current:
        yield f"  taken from an earlier text of the original, that of {_instant(comparison.revision.seen_at)}"
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
