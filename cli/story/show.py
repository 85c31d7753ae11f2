"""`steppewatch story show`: an original, its reprints, and what each of them changed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.article.remove import ARTICLE, article_id_of, described
from cli.shared.output import emit, escape_controls
from cli.shared.store import open_store
from cli.shared.tables import Format, wants_json

if TYPE_CHECKING:
    from rich.text import Text
    from sqlalchemy import Connection

    from db.articles.former_texts import Former, FormerText
    from db.engine import Database
    from worker.text.word_diff import Change

_MOST_CHANGES = 6
_MOST_TEXTS = 5
"""Texts of the original, the latest of them, that a reprint is compared with."""
_LONGEST = 120
"""Characters of words taken out or put in that are shown."""


def story_show(
    article: ARTICLE,
    format: Annotated[Format | None, typer.Option(help="json, or table: to be read; that on a terminal.")] = None,
) -> None:
    """Show the story of an article: the original, its reprints, how much they share, what they changed, who decided.

    A line of JSON for scripts. On a terminal `[-words-]` were left out of a reprint and `{+words+}` put in.

    Example: steppewatch story show 17

    Example: steppewatch story show https://example.org/news/17 --format json
    """
    database = open_store()
    show_story(database, database.read(lambda conn: article_id_of(conn, article)), format)


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


def _lines(conn: Connection, story: Mapping[str, Any]) -> Iterator[Text | str]:
    """Yield a story line by line: the original first, then its reprints as they were published."""
    from db.articles.details import read_text

    by_id = {row["article_id"]: row for row in story["articles"]}
    original = by_id.pop(story["story"], None) or by_id.pop(next(iter(by_id)))
    scores = _scores(story["evidence"], original["article_id"])
    texts = _texts_of(conn, original["article_id"]) if scores else []
    yield from _about(original, "original" if by_id else "alone in its story")
    for article_id, row in by_id.items():
        score = scores.get(article_id)
        yield ""
        yield from _about(row, _shared(score))
        if score is not None:
            yield from _changes(row, _nearest(texts, read_text(conn, article_id)[0]))
    for decision in story["decisions"]:
        yield ""
        yield _decided(decision)


def _scores(evidence: list[dict[str, Any]], original: int) -> dict[int, dict[str, Any]]:
    """Return by article id how much it and the original have in common."""
    found = {}
    for link in evidence:
        ends = {link["article_a"], link["article_b"]}
        if original in ends:
            found[(ends - {original}).pop()] = link
    return found


def _about(row: Mapping[str, Any], role: str) -> Iterator[Text | str]:
    from rich.text import Text

    day = row["published_at"] or row["counts_on"]
    when = day[:10] if row["published_is_day"] or not row["published_at"] else day
    assumed = "" if row["published_at"] else " (collected)"
    yield Text(f"{when}{assumed}  {escape_controls(row['source_name'])}, article {row['article_id']}: {role}")
    if row["headline"]:
        yield Text(f"  {escape_controls(row['headline'])}", "bold")
    yield f"  {escape_controls(row['url'])}"


def _shared(score: Mapping[str, Any] | None) -> str:
    if score is None:
        return "a person says that it belongs here"
    return f"reprint, containment {score['containment']:.2f}, jaccard {score['jaccard']:.2f}"


def _texts_of(conn: Connection, article_id: int) -> list[tuple[Former, FormerText]]:
    """Return the texts that reprints may have been made of, the current one first: a few, however often it changed."""
    from db.articles.former_texts import read_former_text, read_formers

    formers = read_formers(conn, article_id)[: -_MOST_TEXTS - 1 : -1]
    return [(former, read_former_text(conn, former.revision_id)) for former in formers]


def _nearest(texts: Sequence[tuple[Former, FormerText]], copy: str) -> TextComparison:
    """Return how a reprint differs from the text of the original that it was taken from: where that is least."""
    from worker.text.word_diff import changes_between

    compared = [TextComparison(former, text, copy, changes_between(text.text, copy)) for former, text in texts]
    return min(compared, key=lambda comparison: comparison.distance)


@dataclass(frozen=True, slots=True)
class TextComparison:
    """A text of the original, that of a reprint, and how they differ."""

    former: Former
    old: FormerText
    new: str
    changes: Sequence[Change]

    @property
    def distance(self) -> int:
        """Return how many characters were taken out and put in."""
        return sum(c.old_end - c.old_start + c.new_end - c.new_start for c in self.changes)


def _changes(copy: Mapping[str, Any], found: TextComparison) -> Iterator[Text | str]:
    """Yield what a reprint changed: its headline, then the first changes of its text."""
    from rich.text import Text

    from cli.article.diff import coloured, replaced
    from worker.text.word_diff import passages

    if not found.former.is_current:
        yield f"  taken from an earlier text of the original, that of {_instant(found.former.seen_at)}"
    has_other_title = found.old.title != copy["title"]
    if has_other_title:
        yield Text("  headline: ").append_text(replaced(found.old.title or "", copy["title"] or ""))
    for passage in passages(found.old.text, found.new, found.changes[:_MOST_CHANGES]):
        yield Text("  ").append_text(coloured(passage.shortened(_LONGEST)))
    if len(found.changes) > _MOST_CHANGES:
        yield f"  and {len(found.changes) - _MOST_CHANGES} more changes"
    if not found.changes:
        yield "  word for word" + (" but for that" if has_other_title else "")


def _decided(decision: Mapping[str, Any]) -> str:
    articles = ", ".join(map(str, decision["articles"]))
    why = f" ({escape_controls(decision['note'])})" if decision["note"] else ""
    undone = f", undone {decision['undone_at']}" if decision["undone_at"] else ""
    return f"decision {decision['id']}: {decision['kind']} of {articles}, {decision['decided_at']}{undone}{why}"
