"""New texts of articles: recognise new and returning ones, and update the current text of the article's row."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, bindparam, select, update

from db.articles.counting_day import counts_on
from db.articles.recording.addresses import Claim
from db.articles.recording.current_text import Standing, count_texts, forget_sketches, is_of_no_day, rank_text
from db.collection.sources.unverified import record_unverified
from db.coverage.cells import mark_articles
from db.dialect import insert
from db.enums.articles import RevisionStage, TextFrom
from db.enums.outcomes import InputOutcome
from db.models import Article, FingerprintRow, Revision, SketchHash


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleIn:
    """A completely extracted text, ready to be stored."""

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
    genre: str | None
    published_at: datetime | None
    published_is_day: bool
    fingerprint: bytes
    shingles: int
    sketch: Sequence[int]
    """Hashes for the inverted index, signed 64 bit."""
    text_from: str = TextFrom.PAGE
    claims: Sequence[Claim] = ()
    """Other addresses of the same article."""
    second_language: str | None = None
    unverified: str | None = None
    """The fault of the sender's certificate."""
    is_verified: bool = False
    """True if the sender's certificate was valid."""
    is_undated: bool = False
    """As in `db.models.Revision`; derived from the database (`db.articles.recording.first_sight`)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """The result of recording an article: `new`, `revised` or `seen_again`.

    `revision_id` is None when this text was stored already and nothing is left to do. `published_at` is the article's
    date: an older revision may have it when this one does not.
    """

    outcome: InputOutcome
    article_id: int
    source_id: str
    revision_id: int | None = None
    published_at: datetime | None = None
    canonical_url: str = ""
    """The article's name."""
    others: tuple[int, ...] = ()
    """Revisions of other inputs that must be processed again because of this one."""


@dataclass(slots=True, kw_only=True)
class Stored:
    """A stored revision, with the fields that a decision about another one needs."""

    id: int
    stage: str
    capture_id: int | None
    content_hash: str
    observed_at: datetime
    published_at: datetime | None
    published_is_day: bool
    text_from: str = TextFrom.PAGE
    returned_at: datetime | None = None
    is_undated: bool = False

    @property
    def order(self) -> Standing:
        """Sort key; the revision with the highest one is current."""
        return rank_text(
            text_from=self.text_from,
            returned_at=self.returned_at,
            observed_at=self.observed_at,
            published_at=self.published_at,
            content_hash=self.content_hash,
        )

    @property
    def last_seen(self) -> datetime:
        """Time of the last sighting that matters for the order."""
        return self.returned_at or self.observed_at


def stored_revisions(conn: Connection, article_ids: Sequence[int]) -> dict[tuple[int, str], Stored]:
    """Return the texts of articles by article and content."""
    query = select(
        Revision.article_id,
        Revision.id,
        Revision.stage,
        Revision.capture_id,
        Revision.content_hash,
        Revision.observed_at,
        Revision.published_at,
        Revision.published_is_day,
        Revision.text_from,
        Revision.returned_at,
        Revision.is_undated,
    ).where(Revision.article_id.in_(article_ids))
    rows = conn.execute(query).all() if article_ids else []
    return {
        (row.article_id, row.content_hash): Stored(
            id=row.id,
            stage=row.stage,
            capture_id=row.capture_id,
            content_hash=row.content_hash,
            observed_at=row.observed_at,
            published_at=row.published_at,
            published_is_day=row.published_is_day,
            text_from=row.text_from,
            returned_at=row.returned_at,
            is_undated=row.is_undated,
        )
        for row in rows
    }


def note_returned(
    conn: Connection,
    articles: Sequence[ArticleIn],
    ids: Mapping[str, int],
    stored: Mapping[tuple[int, str], Stored],
    lease_until: datetime,
) -> dict[tuple[int, str], ArticleIn]:
    """Mark the texts that replaced another one again, with the time; return them for processing.

    Only fetches of the address itself are evidence of order; importing a document again is not.
    """
    latest: dict[int, Stored] = {}
    for (article_id, _), revision in stored.items():
        if article_id not in latest or revision.order > latest[article_id].order:
            latest[article_id] = revision
    returned = {}
    for article in articles:
        key = (ids[article.canonical_url], article.content_hash)
        known, last = stored.get(key), latest.get(key[0])
        if article.capture_id is None or known is None or last is None or known is last:
            continue
        is_behind = article.text_from == TextFrom.FORM and last.text_from != TextFrom.FORM
        if known.stage == RevisionStage.DONE and article.observed_at > last.last_seen and not is_behind:
            known.returned_at, known.stage = article.observed_at, RevisionStage.STORED
            latest[key[0]] = known
            returned[key] = article
            values = {"returned_at": article.observed_at, "stage": RevisionStage.STORED, "claimed_until": lease_until}
            conn.execute(update(Revision).where(Revision.id == known.id).values(values))
    return returned


def insert_revisions(
    conn: Connection, fresh: Mapping[tuple[int, str], ArticleIn], lease_until: datetime
) -> dict[tuple[int, str], Stored]:
    """Store new texts with their fingerprints; return them by article and content."""
    if not fresh:
        return {}
    rows = [
        {
            "article_id": article_id,
            "content_hash": content_hash,
            "observed_at": article.observed_at,
            "capture_id": article.capture_id,
            "title": article.title,
            "text": article.text,
            "author": article.author,
            "language": article.language,
            "second_language": article.second_language,
            "genre": article.genre,
            "published_at": article.published_at,
            "published_is_day": article.published_is_day,
            "text_from": article.text_from,
            "is_undated": article.is_undated,
            "stage": RevisionStage.STORED,
            "claimed_until": lease_until,
        }
        for (article_id, content_hash), article in fresh.items()
    ]
    returning = insert(conn, Revision).returning(Revision.id, Revision.article_id, Revision.content_hash)
    new_ids = {(article_id, key): revision_id for revision_id, article_id, key in conn.execute(returning, rows)}
    conn.execute(
        insert(conn, FingerprintRow),
        [
            {"revision_id": new_ids[key], "size": article.shingles, "data": article.fingerprint}
            for key, article in fresh.items()
        ],
    )
    record_unverified(conn, {new_ids[key]: article.unverified for key, article in fresh.items() if article.unverified})
    return {
        key: Stored(
            id=new_ids[key],
            stage=RevisionStage.STORED,
            capture_id=article.capture_id,
            content_hash=article.content_hash,
            observed_at=article.observed_at,
            published_at=article.published_at,
            published_is_day=article.published_is_day,
            text_from=article.text_from,
            is_undated=article.is_undated,
        )
        for key, article in fresh.items()
    }


def make_latest_current(
    conn: Connection,
    fresh: Mapping[tuple[int, str], ArticleIn],
    stored: Mapping[tuple[int, str], Stored],
    created: set[int],
    zone: ZoneInfo,
) -> None:
    """Copy the latest revision of each article to the article's row, if it is one of the fresh ones."""
    latest: dict[int, tuple[int, str]] = {}
    for key, revision in stored.items():
        if key[0] not in latest or revision.order > stored[latest[key[0]]].order:
            latest[key[0]] = key
    changed = {article_id: key for article_id, key in latest.items() if key in fresh}
    if not changed:
        return
    older = sorted(changed.keys() - created)
    mark_articles(conn, older)
    rows = []
    for article_id, key in sorted(changed.items()):
        article, revisions = fresh[key], [revision for other, revision in stored.items() if other[0] == article_id]
        published_at, is_day = article.published_at, article.published_is_day
        if published_at is None:
            published_at, is_day = earliest_date(stored, article_id)
        collected_at = min(revision.observed_at for revision in revisions)
        rows.append(
            {
                "of_id": article_id,
                "revision_id": stored[key].id,
                "source_id": article.source_id,
                "collected_at": collected_at,
                "published_at": published_at,
                "published_is_day": is_day,
                "counts_on": counts_on(published_at, collected_at, is_day=is_day, zone=zone),
                "is_undated": is_of_no_day(revisions),
                "language": article.language,
                "genre": article.genre,
                "in_scope": None,
                "title": article.title,
                "author": article.author,
            }
        )
    columns: dict[str, Any] = {name: bindparam(name) for name in rows[0] if name != "of_id"}
    conn.execute(update(Article).where(Article.id == bindparam("of_id")).values(columns), rows)
    if older:
        forget_sketches(conn, older)
    sketches = sorted({(value, article_id) for article_id, key in changed.items() for value in fresh[key].sketch})
    if sketches:
        conn.execute(insert(conn, SketchHash), [{"hash": value, "article_id": i} for value, i in sketches])


def count_revisions(
    conn: Connection, fresh: Mapping[tuple[int, str], ArticleIn], stored: Mapping[tuple[int, str], Stored]
) -> None:
    """Store the number of texts seen at each address."""
    kinds: defaultdict[int, list[str]] = defaultdict(list)
    for (article_id, _), revision in stored.items():
        kinds[article_id].append(revision.text_from)
    changed = sorted({article_id for article_id, _ in fresh})
    rows = [{"of_id": i, "texts": count_texts(kinds[i])} for i in changed if len(kinds[i]) > 1]
    if rows:
        conn.execute(update(Article).where(Article.id == bindparam("of_id")).values(revisions=bindparam("texts")), rows)


def is_alone(stored: Mapping[tuple[int, str], Stored], article_id: int) -> bool:
    """Return whether an article has only one text."""
    return sum(1 for other, _ in stored if other == article_id) == 1


def earliest_date(stored: Mapping[tuple[int, str], Stored], article_id: int) -> tuple[datetime | None, bool]:
    """Return the earliest date among the texts of an article, and whether it is only a day."""
    dated = [
        (revision.published_at, revision.published_is_day)
        for (other, _), revision in stored.items()
        if other == article_id and revision.published_at is not None
    ]
    return min(dated, default=(None, False))
