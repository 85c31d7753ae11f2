"""Revisions tagged with another vocabulary than the current one: counted, claimed, read, retagged.

The version on each revision is the whole state of the work: any process can interrupt or resume it anywhere. Until it
is retagged a revision keeps the mentions of the previous version.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, func, or_, select, update

from db.articles.mentions import MentionIn, TaggedRevision, record_mentions
from db.articles.revisions import record_scope
from db.changes import note_changes
from db.coverage.cells import mark_articles
from db.enums.articles import RevisionStage
from db.enums.outcomes import Stage
from db.models import Article, MentionRow, Revision, VocabularyVersion
from db.outcomes import ProblemSeen, record_problems


@dataclass(frozen=True, slots=True, kw_only=True)
class RetagText:
    """A stored text, with the fields for tagging."""

    id: int
    title: str | None
    text: str
    language: str | None
    second_language: str | None = None
    published_at: datetime | None = None
    url: str = ""
    source_id: str | None = None


def request_retag(conn: Connection, *, now: datetime) -> None:
    """Request retagging: workers then tag the archive with the current vocabulary."""
    is_current = VocabularyVersion.is_current.is_(True)
    conn.execute(update(VocabularyVersion).where(is_current).values(retag_asked_at=now))


def is_retag_requested(conn: Connection) -> bool:
    """Return whether retagging with the current vocabulary is requested."""
    query = select(VocabularyVersion.version).where(
        VocabularyVersion.is_current.is_(True), VocabularyVersion.retag_asked_at.is_not(None)
    )
    return conn.scalar(query) is not None


def count_outdated(conn: Connection) -> int:
    """Return the number of revisions tagged with another vocabulary than the current one."""
    return conn.scalar(select(func.count()).select_from(Revision).where(_is_outdated(conn))) or 0


def count_held(conn: Connection, *, now: datetime) -> int:
    """Return the number of outdated revisions under a claim."""
    query = select(func.count()).select_from(Revision).where(_is_outdated(conn), Revision.claimed_until >= now)
    return conn.scalar(query) or 0


def claim_outdated(conn: Connection, *, now: datetime, lease_s: float, limit: int, claimed: bool = False) -> list[int]:
    """Claim outdated revisions; return their ids, possibly none.

    `claimed` includes revisions claimed by others: work done twice counts once.
    """
    query = select(Revision.id).where(_is_outdated(conn)).order_by(Revision.id).limit(limit)
    if not claimed:
        query = query.where(or_(Revision.claimed_until.is_(None), Revision.claimed_until < now))
    ids = list(conn.scalars(query.with_for_update(skip_locked=True)))
    if ids:
        until = now + timedelta(seconds=lease_s)
        conn.execute(update(Revision).where(Revision.id.in_(ids)).values(claimed_until=until))
    return ids


def read_outdated(conn: Connection, revision_ids: Sequence[int]) -> list[RetagText]:
    """Return the texts of these revisions; those retagged by now are left out."""
    columns = (Revision.id, Revision.title, Revision.text, Revision.language, Revision.second_language)
    of_article = (Article.published_at, Article.url, Article.source_id)
    query = select(*columns, *of_article).join(Article, Article.id == Revision.article_id)
    query = query.where(Revision.id.in_(revision_ids), _is_outdated(conn)).order_by(Revision.id)
    return [RetagText(**row._asdict()) for row in conn.execute(query)]


def record_retagged(
    conn: Connection,
    found: Mapping[int, TaggedRevision],
    *,
    vocabulary_version: str,
    now: datetime,
    remarks: Mapping[int, ProblemSeen] | None = None,
) -> int:
    """Store the mentions of another version, once per revision; return the number of revisions.

    Articles are marked for a recount if their current text counts differently. `remarks` are problems of some of the
    revisions.
    """
    of_revision = select(Revision.article_id).where(Revision.id.in_(found))
    # Each change of a current revision takes this lock; without it cells could be marked too early.
    conn.execute(select(Article.id).where(Article.id.in_(of_revision)).order_by(Article.id).with_for_update()).all()
    fresh = sorted(
        conn.scalars(
            update(Revision)
            .where(
                Revision.id.in_(found),
                Revision.stage == RevisionStage.DONE,
                Revision.vocabulary_version != vocabulary_version,
            )
            .values(vocabulary_version=vocabulary_version, claimed_until=None)
            .returning(Revision.id)
        )
    )
    if not fresh:
        return 0
    record_problems(conn, Stage.RETAG, [remark for id, remark in (remarks or {}).items() if id in set(fresh)], at=now)
    before = _read_mentions(conn, fresh)
    flags = {
        id: flag for id, flag in conn.execute(select(Revision.id, Revision.in_scope).where(Revision.id.in_(fresh)))
    }
    changed = [revision_id for revision_id in fresh if before[revision_id] != set(found[revision_id].mentions)]
    moved = [revision_id for revision_id in fresh if flags[revision_id] is not found[revision_id].in_scope]
    current = {
        of: id for of, id in conn.execute(select(Article.revision_id, Article.id).where(Article.revision_id.in_(fresh)))
    }
    # The version is a column of exports, also of revisions and of mentions of former texts.
    note_changes(conn, sorted(set(conn.scalars(select(Revision.article_id).where(Revision.id.in_(fresh))))))
    mark_articles(conn, [current[revision_id] for revision_id in {*changed, *moved} if revision_id in current])
    record_mentions(
        conn,
        changed,
        [mention for revision_id in changed for mention in found[revision_id].mentions],
        vocabulary_version=vocabulary_version,
    )
    same = sorted(set(fresh).difference(changed))
    conn.execute(
        update(MentionRow).where(MentionRow.revision_id.in_(same)).values(vocabulary_version=vocabulary_version)
    )
    record_scope(conn, {revision_id: found[revision_id].in_scope for revision_id in fresh})
    return len(fresh)


def _is_outdated(conn: Connection) -> ColumnElement[bool]:
    # named one by one, so that each is a step in the index of versions; most often none has any revisions
    others = conn.scalars(select(VocabularyVersion.version).where(VocabularyVersion.is_current.is_(False)))
    return (Revision.stage == RevisionStage.DONE) & Revision.vocabulary_version.in_(sorted(others))


def _read_mentions(conn: Connection, revision_ids: Sequence[int]) -> Mapping[int, set[MentionIn]]:
    columns = [getattr(MentionRow, name) for name in MentionIn.__slots__]
    found: dict[int, set[MentionIn]] = defaultdict(set)
    for row in conn.execute(select(*columns).where(MentionRow.revision_id.in_(revision_ids))):
        found[row.revision_id].add(MentionIn(**row._asdict()))
    return found
