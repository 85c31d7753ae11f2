"""Stories: an original and its reprints as a record, and the changes in a reprint."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import Connection

from db.articles.details import read_articles, read_evidence
from db.articles.former_texts import FormerText, RevisionSeen, find_revisions, read_former_text
from db.stories.clusters import find_members
from db.stories.judgements import Judgement, list_decisions
from worker.lib.plain_values import to_plain
from worker.search.records import article_record
from worker.text.word_diff import Change, changes_between

_TEXTS_MAX = 5
"""Number of latest texts of the original to compare a reprint with."""


def read_story_record(conn: Connection, article_id: int) -> dict[str, Any]:
    """Return the story of an existing article: its articles, the evidence between them, and people's decisions."""
    members = find_members(conn, article_id)
    articles = [article_record(row) for row in read_articles(conn, members)]
    story = next(row["story"] for row in articles if row["article_id"] == article_id)
    evidence = [asdict(link) for link in read_evidence(conn, members)]
    decisions = [decision_record(decision) for decision in list_decisions(conn, members)]
    return {"story": story, "articles": articles, "evidence": evidence, "decisions": decisions}


def decision_record(decision: Judgement) -> dict[str, Any]:
    """Return a person's decision for JSON."""
    times = {"decided_at": to_plain(decision.decided_at), "undone_at": to_plain(decision.undone_at)}
    return asdict(decision) | times


def select_scores(evidence: Iterable[Mapping[str, Any]], original: int) -> dict[int, Mapping[str, Any]]:
    """Return the similarity of each article to the original, by article id."""
    scores = {}
    for link in evidence:
        ends = {link["article_a"], link["article_b"]}
        if original in ends:
            scores[(ends - {original}).pop()] = link
    return scores


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


def load_texts(conn: Connection, article_id: int) -> list[tuple[RevisionSeen, FormerText]]:
    """Return the latest texts of an original, current one first; at most a few, however often it changed."""
    revisions = find_revisions(conn, article_id)[: -_TEXTS_MAX - 1 : -1]
    return [(revision, read_former_text(conn, revision.revision_id)) for revision in revisions]


def find_closest(texts: Sequence[tuple[RevisionSeen, FormerText]], copy: str) -> TextComparison:
    """Return the comparison of a reprint with the text of the original that it is closest to."""
    compared = [TextComparison(revision, text, copy, changes_between(text.text, copy)) for revision, text in texts]
    return min(compared, key=lambda comparison: comparison.distance)
