"""Edits of stories and articles by a person: merge, split, undo, remove. Clusters are recomputed each time."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import Connection

from db.articles.recording import recording
from db.coverage import cells
from db.enums.stories import StoryDecisionKind
from db.stories import clusters, judgements
from worker.matching.freeing import free
from worker.stories.linking import find_originals


class NotPossible(ValueError):
    """A request that is not possible, with the reason as message."""


def split(conn: Connection, article_id: int, *, note: str | None, now: datetime) -> int:
    """Remove an article from its story permanently; return the decision's id. Raises NotPossible for one that is
    alone.
    """
    others = [member for member in _lock_story(conn, article_id) if member != article_id]
    if not others:
        raise NotPossible(f"article {article_id} is alone in its story")
    decision = judgements.record_decision(
        conn, StoryDecisionKind.SPLIT, ((article_id, other) for other in others), note=note, now=now
    )
    free(conn, recluster(conn, [article_id, *others]), now=now, by_person=True)
    return decision


def merge(conn: Connection, one: int, other: int, *, note: str | None, now: datetime) -> int:
    """Merge the stories of two articles; return the decision's id. Raises NotPossible if they are one already."""
    own_members, members = _lock_story(conn, one), _lock_story(conn, other)
    if not own_members or not members:
        raise NotPossible(f"article {other if own_members else one} is gone")
    if other in own_members:
        raise NotPossible(f"articles {one} and {other} are of one story")
    judged = judgements.read_judgements(conn, own_members)
    across = {(min(a, b), max(a, b)) for a in own_members for b in members}
    taken_back = (pair for pair, together in judged.items() if pair in across and not together)
    decision = judgements.record_decision(
        conn, StoryDecisionKind.MERGE, [(one, other), *taken_back], note=note, now=now
    )
    recluster(conn, [one, other])
    return decision


def undo(conn: Connection, decision: int, *, now: datetime) -> None:
    """Undo a decision: evidence and the other decisions count. Raises NotPossible without one in force."""
    found = judgements.find_decision(conn, decision)
    if found is None:
        raise NotPossible(f"there is no decision {decision}")
    if not judgements.undo_decision(conn, decision, now=now):
        raise NotPossible(f"decision {decision} is undone already")
    free(conn, recluster(conn, found.articles), now=now, by_person=True)


def remove(conn: Connection, article_id: int) -> None:
    """Delete an article with its revisions, mentions, raw captures and links; its copies are compared again.

    Its address is not fetched again automatically; importing it again creates a new article. Its samples shared with
    many others must be counted again afterwards (`worker.stories.commonplaces`).
    """
    left = [member for member in _lock_story(conn, article_id) if member != article_id]
    cells.mark_articles(conn, [article_id])
    recording.remove_article(conn, article_id)
    recluster(conn, left)


def _lock_story(conn: Connection, article_id: int) -> list[int]:
    """Return the articles of a story, locked against removal until this transaction ends; empty if it is gone."""
    clusters.lock_connected(conn, [article_id])
    return clusters.find_members(conn, article_id)


def recluster(conn: Connection, article_ids: Iterable[int]) -> Sequence[int]:
    """Recompute the clusters of these articles and of all connected with them; return those that moved."""
    ids = sorted(set(article_ids))
    if not ids:
        return []
    connected = clusters.lock_connected(conn, ids)
    moved = clusters.record_clusters(conn, connected.members, find_originals(connected))
    cells.mark_articles(conn, moved)
    return moved
