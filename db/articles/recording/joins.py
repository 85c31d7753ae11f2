"""Joining of duplicate articles: texts, matches, decisions and addresses move to the older row.

Nothing is sent or counted twice: of two rows with the same text one is deleted, and all references to it move to the
other.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, or_, select, update

from db.alerts.matches import move_matches
from db.articles.recording.addresses import find_neighbours, move_addresses
from db.articles.recording.current_text import is_of_no_day, refresh_articles
from db.changes import note_removal
from db.coverage.cells import mark_articles
from db.enums.articles import RevisionStage, TextFrom
from db.models import Article, ClusterLink, FingerprintRow, Revision, Suspect
from db.stories.commonplaces import doubt
from db.stories.judgements import move_pairs, read_judgements

_OF_FEEDS = {TextFrom.FEED, TextFrom.AGGREGATOR}
"""Kinds of text that substitute for a missing page (`Revision.text_from`)."""


@dataclass(frozen=True, slots=True)
class TextMark:
    """The fields by which two texts are compared."""

    title: str | None
    content_hash: str
    fingerprint: bytes


@dataclass(frozen=True, slots=True)
class Joining:
    """The functions for joining: comparing two texts, computing a text's sketch, and recomputing clusters."""

    is_same: Callable[[TextMark, TextMark], bool]
    sketch_of: Callable[[bytes], Sequence[int]]
    recluster: Callable[[Connection, Iterable[int]], object]


@dataclass(slots=True)
class Joined:
    """The result of joins: replaced articles and revisions, and the articles whose stories must be recomputed."""

    articles: dict[int, int] = field(default_factory=dict)
    revisions: dict[int, int] = field(default_factory=dict)
    stories: set[int] = field(default_factory=set)
    current: set[int] = field(default_factory=set)
    """Revisions that became current because of a join and must be compared again with later texts."""

    def article(self, article_id: int) -> int:
        """Return the article that now stands for this one."""
        while article_id in self.articles:
            article_id = self.articles[article_id]
        return article_id

    def revision(self, revision_id: int) -> int:
        """Return the revision that now stands for this one."""
        while revision_id in self.revisions:
            revision_id = self.revisions[revision_id]
        return revision_id


def join_same(conn: Connection, article_ids: Collection[int], joining: Joining) -> Joined:
    """Join these articles with neighbours by address that have the same text, until no pair is left."""
    joined = Joined()
    while pair := _find_pair(conn, {joined.article(article_id) for article_id in article_ids}, joining):
        join_articles(conn, *pair, joining, joined)
    return joined


def _find_pair(conn: Connection, article_ids: Collection[int], joining: Joining) -> tuple[int, int] | None:
    """Return two articles with the same text, the lower id first, unless a person separated them."""
    pairs = find_neighbours(conn, article_ids)
    if not pairs:
        return None
    marks = _read_marks(conn, {article_id for pair in pairs for article_id in pair})
    together = read_judgements(conn, sorted(marks))
    for one, other in pairs:
        if together.get((one, other), True) and _have_same_text(marks[one], marks[other], joining):
            return one, other
    return None


def _have_same_text(one: Sequence[TextMark], other: Sequence[TextMark], joining: Joining) -> bool:
    return any(joining.is_same(left, right) for left in one for right in other)


def _read_marks(conn: Connection, article_ids: Collection[int]) -> dict[int, list[TextMark]]:
    query = (
        select(Revision.article_id, Revision.title, Revision.content_hash, FingerprintRow.data)
        .join(FingerprintRow, FingerprintRow.revision_id == Revision.id)
        .where(Revision.article_id.in_(sorted(article_ids)))
    )
    marks: dict[int, list[TextMark]] = {article_id: [] for article_id in article_ids}
    for article_id, title, content_hash, data in conn.execute(query):
        marks[article_id].append(TextMark(title, content_hash, data))
    return marks


def join_articles(conn: Connection, keep: int, gone: int, joining: Joining, joined: Joined) -> None:
    """Join two articles and record it in `joined`. The caller names addresses and computes clusters."""
    pair = sorted((keep, gone))
    rows = conn.execute(
        select(Article.id, Article.cluster_id, Article.revision_id, Article.source_id)
        .where(Article.id.in_(pair))
        .order_by(Article.id)
        .with_for_update()
    ).all()
    clusters = {row.cluster_id for row in rows if row.cluster_id is not None}
    joined.stories.update(conn.scalars(select(Article.id).where(Article.cluster_id.in_(clusters))), [keep])
    joined.stories.discard(gone)
    mark_articles(conn, pair)
    sources = {row.revision_id: row.source_id for row in rows}
    before = set(sources)
    _move_revisions(conn, keep, gone, sources, joined)
    move_matches(conn, keep=keep, gone=gone)
    move_pairs(conn, keep=keep, gone=gone)
    _move_suspect(conn, keep, gone)
    move_addresses(conn, keep=keep, gone=gone)
    joined.articles[gone] = keep
    doubt(conn, pair)
    conn.execute(delete(Article).where(Article.id == gone))
    note_removal(conn, gone, joined_to=keep)
    refresh_articles(conn, {keep: sources}, sketch_of=joining.sketch_of)
    current = conn.scalar(select(Article.revision_id).where(Article.id == keep))
    if current is not None and current not in before:
        joined.current.add(current)


def _move_revisions(conn: Connection, keep: int, gone: int, sources: dict[int, str], joined: Joined) -> None:
    columns = (
        Revision.id,
        Revision.article_id,
        Revision.content_hash,
        Revision.stage,
        Revision.text_from,
        Revision.observed_at,
        Revision.returned_at,
        Revision.capture_id,
        Revision.published_at,
        Revision.published_is_day,
    )
    rows = conn.execute(select(*columns).where(Revision.article_id.in_([keep, gone])).order_by(Revision.id)).all()
    by_hash: dict[str, list[Any]] = {}
    for row in rows:
        by_hash.setdefault(row.content_hash, []).append(row)
    for same in by_hash.values():
        if len(same) == 2:
            kept, dropped = sorted(same, key=lambda row: (row.stage != RevisionStage.DONE, row.id))
            _merge_revisions(conn, kept, dropped, rows, joined)
            if dropped.id in sources:
                sources[kept.id] = min(filter(None, (sources[dropped.id], sources.get(kept.id))))
    conn.execute(update(Revision).where(Revision.article_id == gone).values(article_id=keep))
    ids = select(Revision.id).where(Revision.article_id == keep)
    within = (ClusterLink.revision_a.in_(ids), ClusterLink.revision_b.in_(ids))
    conn.execute(delete(ClusterLink).where(*within))
    _demote_feed_texts(conn, keep, gone, rows)


def _merge_revisions(conn: Connection, kept: Any, dropped: Any, rows: Sequence[Any], joined: Joined) -> None:
    """Merge two rows of a text that stood at two addresses: the first sighting of both, and the last of both."""
    first, later = sorted((kept, dropped), key=lambda row: (row.observed_at, row.id))
    seen = [row.returned_at for row in (kept, dropped) if row.returned_at is not None]
    seen += [later.observed_at] if later.capture_id is not None else []
    last = max(seen, default=first.observed_at)
    between = any(first.observed_at < _last_seen(row) < last for row in rows if row.content_hash != kept.content_hash)
    from_page = TextFrom.PAGE in (kept.text_from, dropped.text_from)
    move_matches(conn, keep=kept.article_id, gone=dropped.article_id, revisions=(kept.id, dropped.id))
    conn.execute(delete(Revision).where(Revision.id == dropped.id))
    dated = [(row.published_at, row.published_is_day) for row in (kept, dropped) if row.published_at is not None]
    published_at, is_day = min(dated, default=(None, False))
    values = {
        "observed_at": first.observed_at,
        "returned_at": last if between else None,
        "text_from": TextFrom.PAGE if from_page else min(kept.text_from, dropped.text_from),
        "capture_id": kept.capture_id or dropped.capture_id,
        "published_at": published_at,
        "published_is_day": is_day,
        "is_undated": is_of_no_day((kept, dropped)),
    }
    conn.execute(update(Revision).where(Revision.id == kept.id).values(values))
    joined.revisions[dropped.id] = kept.id


def _last_seen(row: Any) -> datetime:
    seen: datetime = row.returned_at or row.observed_at
    return seen


def _demote_feed_texts(conn: Connection, keep: int, gone: int, rows: Sequence[Any]) -> None:
    """Keep feed texts behind the text of a page if one of the articles had nothing else."""
    kinds: dict[int, set[str]] = {keep: set(), gone: set()}
    for row in rows:
        kinds[row.article_id].add(row.text_from)
    for one, other in ((keep, gone), (gone, keep)):
        if kinds[one] <= _OF_FEEDS and kinds[other] & {TextFrom.PAGE, TextFrom.FORM}:
            ids = [row.id for row in rows if row.article_id == one]
            conn.execute(
                update(Revision)
                .where(Revision.id.in_(ids), Revision.text_from.in_(_OF_FEEDS))
                .values(text_from=TextFrom.FORM)
            )


def _move_suspect(conn: Connection, keep: int, gone: int) -> None:
    """Move the waiting suspect to the joined article; of two keep the one seen last."""
    rows = conn.execute(
        select(Suspect.article_id, Suspect.last_seen_at)
        .where(or_(Suspect.article_id == keep, Suspect.article_id == gone))
        .order_by(Suspect.last_seen_at.desc(), Suspect.reason)
    ).all()
    for row in rows[1:]:
        conn.execute(delete(Suspect).where(Suspect.article_id == row.article_id))
    if rows and rows[0].article_id == gone:
        conn.execute(update(Suspect).where(Suspect.article_id == gone).values(article_id=keep))
