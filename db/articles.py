"""Articles and their revisions: the first of the two transactions of a batch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, delete, func, or_, select, update

from db.coverage import mark_articles
from db.dialect import insert
from db.models import Article, FingerprintRow, Revision, SketchHash


@dataclass(frozen=True, slots=True)
class ArticleIn:
    """A text that was read completely and is ready to be stored."""

    canonical_url: str
    url: str
    source_id: str
    content_hash: str
    observed_at: datetime
    capture_id: int | None
    title: str | None
    text: str
    author: str | None
    language: str | None
    published_at: datetime | None
    published_is_day: bool
    fingerprint: bytes
    shingles: int
    sketch: Sequence[int]
    """Hashes for the inverted index, signed 64 bit."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """What became of an article: `new`, `revised` or `seen_again`.

    `revision_id` is None when the stored text was this one already and nothing is left to do. `published_at` is
    what counts for the article: an older revision may know the date when this one does not.
    """

    outcome: str
    article_id: int
    source_id: str
    revision_id: int | None = None
    published_at: datetime | None = None


_MISSING_FIRST = datetime(1, 1, 1, tzinfo=UTC)


def record_articles(conn: Connection, articles: Sequence[ArticleIn], *, lease_until: datetime) -> list[Recorded]:
    """Store each text as a new article or as a revision, unless a stored revision says the same.

    Results are in the order given. Rows are locked in one order everywhere (known articles by id, new ones by
    URL), so that two workers wait for each other rather than deadlock.
    """
    urls = sorted({article.canonical_url for article in articles})
    known = _lock_known(conn, urls)
    created: set[str] = set()
    first: dict[str, ArticleIn] = {}
    for article in articles:
        first.setdefault(article.canonical_url, article)
    for url in urls:
        if url not in known:
            known[url], is_new = _insert(conn, first[url])
            if is_new:
                created.add(url)
    recorded: dict[int, Recorded] = {}
    for index in sorted(range(len(articles)), key=lambda i: known[articles[i].canonical_url]):
        article = articles[index]
        is_new = article.canonical_url in created
        recorded[index] = _record_revision(conn, known[article.canonical_url], article, is_new, lease_until)
        created.discard(article.canonical_url)
    return [recorded[index] for index in range(len(articles))]


def _lock_known(conn: Connection, urls: Sequence[str]) -> dict[str, int]:
    query = select(Article.canonical_url, Article.id).where(Article.canonical_url.in_(urls)).order_by(Article.id)
    return {url: article_id for url, article_id in conn.execute(query.with_for_update())}


def _insert(conn: Connection, article: ArticleIn) -> tuple[int, bool]:
    """Return the id of the article's row, locked, and whether it is ours."""
    new_id = conn.scalar(
        insert(conn, Article)
        .values(
            canonical_url=article.canonical_url,
            url=article.url,
            source_id=article.source_id,
            collected_at=article.observed_at,
            published_is_day=False,
            counts_on=counts_on(article.published_at, article.observed_at),
        )
        .on_conflict_do_nothing(index_elements=["canonical_url"])
        .returning(Article.id)
    )
    if new_id is not None:
        return new_id, True
    query = select(Article.id).where(Article.canonical_url == article.canonical_url).with_for_update()
    return conn.execute(query).scalar_one(), False


def _record_revision(
    conn: Connection, article_id: int, article: ArticleIn, is_new: bool, lease_until: datetime
) -> Recorded:
    same = conn.execute(
        select(Revision.id, Revision.stage, Revision.capture_id).where(
            Revision.article_id == article_id, Revision.content_hash == article.content_hash
        )
    ).first()
    if same is not None:
        ours = article.capture_id is not None and same.capture_id == article.capture_id
        if ours and same.stage == "stored":  # our own first transaction, before a crash: finish it
            outcome = outcome_of(conn, same.id)
            return Recorded(outcome, article_id, article.source_id, same.id, article.published_at)
        return Recorded("seen_again", article_id, article.source_id)
    revision_id = conn.execute(
        insert(conn, Revision)
        .values(
            article_id=article_id,
            content_hash=article.content_hash,
            observed_at=article.observed_at,
            capture_id=article.capture_id,
            title=article.title,
            text=article.text,
            author=article.author,
            language=article.language,
            published_at=article.published_at,
            published_is_day=article.published_is_day,
            stage="stored",
            claimed_until=lease_until,
        )
        .returning(Revision.id)
    ).scalar_one()
    conn.execute(
        insert(conn, FingerprintRow).values(revision_id=revision_id, size=article.shingles, data=article.fingerprint)
    )
    published_at = article.published_at
    if latest_revision(conn, article_id) == revision_id:
        published_at = _make_current(conn, article_id, revision_id, article)
    outcome = "new" if is_new else "revised"
    return Recorded(outcome, article_id, article.source_id, revision_id, published_at)


def latest_revision(conn: Connection, article_id: int) -> int:
    """Return the id of the revision that counts: the one observed last.

    Among texts observed at the same instant (documents of one intake) the publication date decides, then the
    content, so that it does not matter which of several workers came first.
    """
    rows = conn.execute(
        select(Revision.id, Revision.observed_at, Revision.published_at, Revision.content_hash).where(
            Revision.article_id == article_id
        )
    )
    return max(rows, key=lambda r: (r.observed_at, r.published_at or _MISSING_FIRST, r.content_hash))[0]


def _make_current(conn: Connection, article_id: int, revision_id: int, article: ArticleIn) -> datetime | None:
    """Let the article say what this revision says; return its publication date."""
    mark_articles(conn, [article_id])  # the cells of what it said before
    published_at, is_day = article.published_at, article.published_is_day
    if published_at is None:
        dated = conn.execute(
            select(Revision.published_at, Revision.published_is_day)
            .where(Revision.article_id == article_id, Revision.published_at.is_not(None))
            .order_by(Revision.published_at, Revision.published_is_day)
            .limit(1)
        ).first()
        if dated is not None:
            published_at, is_day = dated
    collected_at = conn.scalar(select(func.min(Revision.observed_at)).where(Revision.article_id == article_id))
    assert collected_at is not None
    conn.execute(
        update(Article)
        .where(Article.id == article_id)
        .values(
            revision_id=revision_id,
            url=article.url,
            source_id=article.source_id,
            collected_at=collected_at,
            published_at=published_at,
            published_is_day=is_day,
            counts_on=counts_on(published_at, collected_at),
            language=article.language,
        )
    )
    conn.execute(delete(SketchHash).where(SketchHash.article_id == article_id))
    if article.sketch:
        rows = [{"hash": value, "article_id": article_id} for value in sorted(set(article.sketch))]
        conn.execute(insert(conn, SketchHash).on_conflict_do_nothing(), rows)
    return published_at


def counts_on(published_at: datetime | None, collected_at: datetime) -> date:
    """Return the UTC day on which an article counts."""
    return (published_at or collected_at).astimezone(UTC).date()


def outcome_of(conn: Connection, revision_id: int) -> str:
    """Return `new` for the first revision of its article, `revised` for a later one."""
    article_id = select(Revision.article_id).where(Revision.id == revision_id).scalar_subquery()
    first = conn.scalar(select(func.min(Revision.id)).where(Revision.article_id == article_id))
    return "new" if first == revision_id else "revised"


@dataclass(frozen=True, slots=True)
class RevisionOut:
    """A stored text, as tagging and comparing need it."""

    id: int
    article_id: int
    capture_id: int | None
    source_id: str
    canonical_url: str
    published_at: datetime | None
    title: str | None
    text: str
    language: str | None
    fingerprint: bytes


def read_revisions(conn: Connection, revision_ids: Sequence[int]) -> list[RevisionOut]:
    """Return the revisions by id; those that are finished by now are left out."""
    query = (
        select(
            Revision.id,
            Revision.article_id,
            Revision.capture_id,
            Article.source_id,
            Article.canonical_url,
            Article.published_at,
            Revision.title,
            Revision.text,
            Revision.language,
            FingerprintRow.data,
        )
        .join(Article, Article.id == Revision.article_id)
        .join(FingerprintRow, FingerprintRow.revision_id == Revision.id)
        .where(Revision.id.in_(revision_ids), Revision.stage == "stored")
        .order_by(Revision.id)
    )
    return [RevisionOut(*tuple(row)) for row in conn.execute(query)]


def claim_revisions(conn: Connection, *, now: datetime, lease_s: float, limit: int) -> list[int]:
    """Return ids of revisions whose batch never finished them and that now are ours; may be empty."""
    free = or_(Revision.claimed_until.is_(None), Revision.claimed_until < now)
    query = select(Revision.id).where(Revision.stage == "stored", free).order_by(Revision.id).limit(limit)
    ids = list(conn.scalars(query.with_for_update(skip_locked=True)))
    if ids:
        until = now + timedelta(seconds=lease_s)
        conn.execute(update(Revision).where(Revision.id.in_(ids)).values(claimed_until=until))
    return ids


def finish_revisions(conn: Connection, revision_ids: Sequence[int], *, vocabulary_version: str) -> list[int]:
    """Mark revisions as understood; return those that were not so before (each is finished once)."""
    query = (
        update(Revision)
        .where(Revision.id.in_(revision_ids), Revision.stage == "stored")
        .values(stage="done", claimed_until=None, vocabulary_version=vocabulary_version)
        .returning(Revision.id)
    )
    return sorted(conn.scalars(query))


def count_articles(conn: Connection) -> Mapping[str, Any]:
    """Return how many articles, stories and revisions there are, and when the latest was collected."""
    row = conn.execute(
        select(
            func.count().label("articles"),
            func.count(func.distinct(Article.cluster_id)).label("stories"),
            func.max(Article.collected_at).label("latest_at"),
        )
    ).one()
    revisions = conn.scalar(select(func.count()).select_from(Revision)) or 0
    unfinished = conn.scalar(select(func.count()).select_from(Revision).where(Revision.stage == "stored")) or 0
    return {**row._mapping, "revisions": revisions, "unfinished": unfinished}
