"""Migration of fingerprints and clusters to the current rules of resemblance.

One row holds the progress, so it can be interrupted anywhere and resumes. Data read outside of the writing transaction
is stale if another process was faster: `is_at` checks that.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, delete, or_, select, update

from db.articles.recording.current_text import write_sketches
from db.articles.revisions import WHOLE, RevisionOut
from db.dialect import insert
from db.enums.articles import RevisionStage
from db.models import Article, ClusterLink, FingerprintRow, Revision, StoryState

RULES = 6
"""Version of the rules, that of `worker.dedup.compare`; raise both when a rule or the content of a fingerprint
changes.
"""
_THE_ROW = StoryState.id == 1


@dataclass(frozen=True, slots=True)
class RecompareState:
    """Progress of the migration: the last text and the last article done; None when all are."""

    texts_to: int | None
    articles_to: int | None

    @property
    def is_done(self) -> bool:
        """True if nothing is left."""
        return self.texts_to is None and self.articles_to is None


@dataclass(frozen=True, slots=True)
class Recompared:
    """Result of the migration: texts with new fingerprints, articles compared again, and those with a changed story."""

    texts: int = 0
    articles: int = 0
    moved: int = 0
    alerts: int = 0
    """Matches that became news because these rules do not count their articles as reprints."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkedText:
    """A text with the fields for its fingerprint."""

    revision_id: int
    article_id: int
    is_current: bool
    url: str
    title: str | None
    text: str


@dataclass(frozen=True, slots=True)
class Mark:
    """A fingerprint in stored form."""

    size: int
    data: bytes
    sketch: Sequence[int]


def find_state(conn: Connection) -> RecompareState:
    """Return the progress under the current rules."""
    row = conn.execute(select(StoryState.rules, StoryState.texts_to, StoryState.articles_to)).first()
    if row is None or row.rules != RULES:
        return RecompareState(texts_to=0, articles_to=0)
    return RecompareState(texts_to=row.texts_to, articles_to=row.articles_to)


def is_at(conn: Connection, state: RecompareState) -> bool:
    """Return whether the progress is still this one, and lock it until this transaction ends."""
    start = {"rules": RULES, "texts_to": 0, "articles_to": 0}
    conn.execute(insert(conn, StoryState).values(id=1, **start).on_conflict_do_nothing(index_elements=["id"]))
    conn.execute(select(StoryState.id).where(_THE_ROW).with_for_update()).all()
    conn.execute(update(StoryState).where(_THE_ROW, StoryState.rules != RULES).values(start))
    return find_state(conn) == state


def record_state(conn: Connection, state: RecompareState) -> None:
    """Store the progress."""
    values = {"texts_to": state.texts_to, "articles_to": state.articles_to}
    conn.execute(update(StoryState).where(_THE_ROW).values(values))


def read_texts(conn: Connection, after: int, limit: int) -> list[MarkedText]:
    """Return the next texts, by id."""
    query = (
        select(
            Revision.id.label("revision_id"),
            Revision.article_id,
            (Article.revision_id == Revision.id).label("is_current"),
            Article.url,
            Revision.title,
            Revision.text,
        )
        .join(Article, Article.id == Revision.article_id)
        .where(Revision.id > after)
        .order_by(Revision.id)
        .limit(limit)
    )
    return [MarkedText(**row._asdict()) for row in conn.execute(query)]


def record_marks(conn: Connection, texts: Sequence[MarkedText], marks: Mapping[int, Mark]) -> None:
    """Store the fingerprints of texts, and the samples of those that are current."""
    there = set(conn.scalars(select(Revision.id).where(Revision.id.in_(sorted(marks)))))
    rows = [{"revision_id": key, "size": marks[key].size, "data": marks[key].data} for key in sorted(there)]
    if rows:
        upsert = insert(conn, FingerprintRow)
        changed = {name: upsert.excluded[name] for name in ("size", "data")}
        conn.execute(upsert.on_conflict_do_update(index_elements=["revision_id"], set_=changed), rows)
    current = {text.article_id: text.revision_id for text in texts if text.is_current and text.revision_id in there}
    write_sketches(conn, {article_id: marks[revision_id].sketch for article_id, revision_id in current.items()})


def read_articles(conn: Connection, after: int, limit: int) -> list[RevisionOut]:
    """Return the finished current texts of the next articles, by the articles' ids."""
    query = (
        select(*WHOLE)
        .join(Article, Article.revision_id == Revision.id)
        .join(FingerprintRow, FingerprintRow.revision_id == Revision.id)
        .where(Article.id > after, Revision.stage == RevisionStage.DONE)
        .order_by(Article.id)
        .limit(limit)
    )
    return [RevisionOut(**row._asdict()) for row in conn.execute(query)]


def forget_links(conn: Connection, revision_ids: Sequence[int], method: str) -> None:
    """Delete the links of these texts that were found by another method."""
    ends = or_(ClusterLink.revision_a.in_(revision_ids), ClusterLink.revision_b.in_(revision_ids))
    conn.execute(delete(ClusterLink).where(ends, ClusterLink.method != method))


def forget_other_links(conn: Connection, method: str) -> None:
    """Delete all links found by another method: of texts that are no longer current. If one returns, it is compared."""
    conn.execute(delete(ClusterLink).where(ClusterLink.method != method))
