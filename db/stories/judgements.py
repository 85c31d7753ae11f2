"""People's decisions about stories: merges and splits, each of which can be undone. Evidence stays unchanged."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, delete, or_, select, update

from db.dialect import insert
from db.enums.stories import StoryDecisionKind
from db.models import StoryDecision, StoryPair


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """A person's decision, and the articles that it names."""

    id: int
    kind: str
    decided_at: datetime
    note: str | None
    undone_at: datetime | None
    articles: tuple[int, ...]


def record_decision(
    conn: Connection, kind: StoryDecisionKind, pairs: Iterable[tuple[int, int]], *, note: str | None, now: datetime
) -> int:
    """Record that the articles of each pair belong together (`merge`) or not (`split`); return the decision's id."""
    statement = insert(conn, StoryDecision).values(kind=kind, decided_at=now, note=note).returning(StoryDecision.id)
    decision: int = conn.execute(statement).scalar_one()
    rows = sorted({(min(pair), max(pair)) for pair in pairs})
    conn.execute(insert(conn, StoryPair), [{"decision_id": decision, "article_a": a, "article_b": b} for a, b in rows])
    return decision


def undo_decision(conn: Connection, decision: int, *, now: datetime) -> bool:
    """Undo a decision; return False if there is none in force."""
    in_force = update(StoryDecision).where(StoryDecision.id == decision, StoryDecision.undone_at.is_(None))
    return conn.execute(in_force.values(undone_at=now)).rowcount == 1


def read_judgements(conn: Connection, article_ids: Sequence[int]) -> dict[tuple[int, int], bool]:
    """Return the pairs with one of these articles: True for together, False for apart; the latest decision counts."""
    query = (
        select(StoryPair.article_a, StoryPair.article_b, StoryDecision.kind)
        .join(StoryDecision, StoryDecision.id == StoryPair.decision_id)
        .where(StoryDecision.undone_at.is_(None), _involves(article_ids))
        .order_by(StoryDecision.id)
    )
    return {(a, b): kind == StoryDecisionKind.MERGE for a, b, kind in conn.execute(query)}


def list_decisions(conn: Connection, article_ids: Sequence[int]) -> list[Judgement]:
    """Return the decisions about one of these articles, the oldest first, including undone ones."""
    ids = set(conn.scalars(select(StoryPair.decision_id).where(_involves(article_ids))))
    return [decision for number in sorted(ids) if (decision := find_decision(conn, number))]


def find_decision(conn: Connection, number: int) -> Judgement | None:
    """Return one decision, or None."""
    columns = (StoryDecision.kind, StoryDecision.decided_at, StoryDecision.note, StoryDecision.undone_at)
    row = conn.execute(select(*columns).where(StoryDecision.id == number)).first()
    if row is None:
        return None
    pairs = conn.execute(select(StoryPair.article_a, StoryPair.article_b).where(StoryPair.decision_id == number)).all()
    articles = tuple(sorted({article_id for pair in pairs for article_id in pair}))
    return Judgement(id=number, **row._asdict(), articles=articles)


def move_pairs(conn: Connection, *, keep: int, gone: int) -> None:
    """Transfer decisions about one article to another with which it was joined."""
    query = select(StoryPair.decision_id, StoryPair.article_a, StoryPair.article_b)
    rows = [tuple(row) for row in conn.execute(query.where(_involves([gone])))]
    conn.execute(delete(StoryPair).where(_involves([gone])))
    renamed = {(number, *sorted(keep if end == gone else end for end in pair)) for number, *pair in rows}
    moved = [{"decision_id": n, "article_a": a, "article_b": b} for n, a, b in sorted(renamed) if a != b]
    if moved:
        conn.execute(insert(conn, StoryPair).on_conflict_do_nothing(), moved)


def _involves(article_ids: Sequence[int]) -> ColumnElement[bool]:
    return or_(StoryPair.article_a.in_(article_ids), StoryPair.article_b.in_(article_ids))
