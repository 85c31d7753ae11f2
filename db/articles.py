"""Articles and their revisions: the first of the two transactions of a batch."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, bindparam, delete, func, select, update

from db.coverage import mark_articles
from db.dialect import insert
from db.models import Article, Capture, FingerprintRow, Page, Revision, SketchHash
from db.zones import counts_on, zone_of


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
    genre: str | None
    published_at: datetime | None
    published_is_day: bool
    fingerprint: bytes
    shingles: int
    sketch: Sequence[int]
    """Hashes for the inverted index, signed 64 bit."""
    text_from: str = "page"
    second_language: str | None = None


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


@dataclass(slots=True)
class _Stored:
    """A revision in the store, as deciding about another one needs it."""

    id: int
    stage: str
    capture_id: int | None
    content_hash: str
    observed_at: datetime
    published_at: datetime | None
    published_is_day: bool
    text_from: str = "page"
    returned_at: datetime | None = None

    @property
    def order(self) -> tuple[datetime, datetime, str]:
        """The last one is current: the one observed last, or seen again last after another.

        Among texts observed at the same instant (documents of one intake) the publication date decides, then the
        content, so that it does not matter which of several workers came first.
        """
        return self.returned_at or self.observed_at, self.published_at or _MISSING_FIRST, self.content_hash


_MISSING_FIRST = datetime(1, 1, 1, tzinfo=UTC)


def record_articles(conn: Connection, articles: Sequence[ArticleIn], *, lease_until: datetime) -> list[Recorded]:
    """Store each text as a new article or as a revision, unless a stored revision says the same.

    Results are in the order given. Rows are locked in one order everywhere (known articles by id, new ones by
    URL), so that two workers wait for each other rather than deadlock.
    """
    zone = zone_of(conn)
    ids, created, spellings = _lock_or_insert(conn, articles, zone)
    stored = _stored_revisions(conn, [article_id for article_id in ids.values() if article_id not in created])
    fresh: dict[tuple[int, str], ArticleIn] = {}
    for article in articles:
        key = (ids[article.canonical_url], article.content_hash)
        if key not in stored:
            fresh.setdefault(key, article)
    returned = _note_returned(conn, articles, ids, stored, lease_until)
    written = _insert_revisions(conn, fresh, lease_until)
    stored.update(written)
    _make_latest_current(conn, fresh | returned, stored, created, zone)
    _count_revisions(conn, fresh, stored)
    _keep_least_spelling(conn, articles, ids, spellings)
    recorded, told = [], set()
    for article in articles:
        key = (ids[article.canonical_url], article.content_hash)
        revision = stored[key]
        ours = article.capture_id is not None and revision.capture_id == article.capture_id
        is_first = key in written and key not in told
        told.add(key)
        if is_first or (ours and revision.stage == "stored"):  # the latter: our own work before a crash
            is_new = key[0] in created or (not is_first and _is_alone(stored, key[0]))
            outcome = "new" if is_new else "revised"
            created.discard(key[0])
            dated = revision.published_at or _earliest_date(stored, key[0])[0]
            recorded.append(Recorded(outcome, key[0], article.source_id, revision.id, dated))
        elif returned.get(key) is article:
            dated = revision.published_at or _earliest_date(stored, key[0])[0]
            recorded.append(Recorded("seen_again", key[0], article.source_id, revision.id, dated))
        else:
            recorded.append(Recorded("seen_again", key[0], article.source_id))
    return recorded


def _lock_or_insert(
    conn: Connection, articles: Sequence[ArticleIn], zone: ZoneInfo
) -> tuple[dict[str, int], set[int], dict[int, str]]:
    """Return the id of each canonical URL, with its row locked; which rows are new; how each address was spelled."""
    first: dict[str, ArticleIn] = {}
    for article in articles:
        first.setdefault(article.canonical_url, article)
    ids, spellings = _lock_known(conn, sorted(first))
    missing = sorted(first.keys() - ids.keys())
    created = {}
    if missing:
        rows = [
            {
                "canonical_url": url,
                "url": first[url].url,
                "source_id": first[url].source_id,
                "collected_at": first[url].observed_at,
                "published_is_day": False,
                "counts_on": counts_on(
                    first[url].published_at, first[url].observed_at, is_day=first[url].published_is_day, zone=zone
                ),
            }
            for url in missing
        ]
        statement = insert(conn, Article).on_conflict_do_nothing(index_elements=["canonical_url"])
        created = {url: i for i, url in conn.execute(statement.returning(Article.id, Article.canonical_url), rows)}
        ids |= created
        spellings |= {article_id: first[url].url for url, article_id in created.items()}
        faster, theirs = _lock_known(conn, sorted(first.keys() - ids.keys()))  # another worker was there meanwhile
        ids, spellings = ids | faster, spellings | theirs
    return ids, set(created.values()), spellings


def _lock_known(conn: Connection, urls: Sequence[str]) -> tuple[dict[str, int], dict[int, str]]:
    if not urls:
        return {}, {}
    query = select(Article.canonical_url, Article.id, Article.url).where(Article.canonical_url.in_(urls))
    rows = conn.execute(query.order_by(Article.id).with_for_update()).all()
    return {row[0]: row[1] for row in rows}, {row[1]: row[2] for row in rows}


def _keep_least_spelling(
    conn: Connection, articles: Sequence[ArticleIn], ids: Mapping[str, int], spellings: Mapping[int, str]
) -> None:
    """Show each article under the least spelling of its address, so that it does not matter whose came first."""
    least = dict(spellings)
    for article in articles:
        article_id = ids[article.canonical_url]
        least[article_id] = min(least[article_id], article.url)
    rows = [{"of_id": i, "url": url} for i, url in sorted(least.items()) if url != spellings[i]]
    if rows:
        conn.execute(update(Article).where(Article.id == bindparam("of_id")).values(url=bindparam("url")), rows)


def _stored_revisions(conn: Connection, article_ids: Sequence[int]) -> dict[tuple[int, str], _Stored]:
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
    ).where(Revision.article_id.in_(article_ids))
    rows = conn.execute(query).all() if article_ids else []
    return {
        (row.article_id, row.content_hash): _Stored(
            id=row.id,
            stage=row.stage,
            capture_id=row.capture_id,
            content_hash=row.content_hash,
            observed_at=row.observed_at,
            published_at=row.published_at,
            published_is_day=row.published_is_day,
            text_from=row.text_from,
            returned_at=row.returned_at,
        )
        for row in rows
    }


def _note_returned(
    conn: Connection,
    articles: Sequence[ArticleIn],
    ids: Mapping[str, int],
    stored: Mapping[tuple[int, str], _Stored],
    lease_until: datetime,
) -> dict[tuple[int, str], ArticleIn]:
    """Return the texts that stand at their address again after another one, and note when; they are read anew.

    Only looks at the address itself tell that; a document that somebody brings in again tells nothing of order.
    """
    latest: dict[int, _Stored] = {}
    for (article_id, _), revision in stored.items():
        if article_id not in latest or revision.order > latest[article_id].order:
            latest[article_id] = revision
    returned = {}
    for article in articles:
        key = (ids[article.canonical_url], article.content_hash)
        known, last = stored.get(key), latest.get(key[0])
        if article.capture_id is None or known is None or last is None or known is last:
            continue
        if known.stage == "done" and article.observed_at > last.order[0]:
            known.returned_at, known.stage = article.observed_at, "stored"
            latest[key[0]] = known
            returned[key] = article
            values = {"returned_at": article.observed_at, "stage": "stored", "claimed_until": lease_until}
            conn.execute(update(Revision).where(Revision.id == known.id).values(values))
    return returned


def _insert_revisions(
    conn: Connection, fresh: Mapping[tuple[int, str], ArticleIn], lease_until: datetime
) -> dict[tuple[int, str], _Stored]:
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
            "stage": "stored",
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
    return {
        key: _Stored(
            new_ids[key],
            "stored",
            article.capture_id,
            article.content_hash,
            article.observed_at,
            article.published_at,
            article.published_is_day,
            article.text_from,
        )
        for key, article in fresh.items()
    }


def _make_latest_current(
    conn: Connection,
    fresh: Mapping[tuple[int, str], ArticleIn],
    stored: Mapping[tuple[int, str], _Stored],
    created: set[int],
    zone: ZoneInfo,
) -> None:
    """Let each article say what its latest revision says, where that is one of the fresh ones."""
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
        article, mine = fresh[key], [revision for other, revision in stored.items() if other[0] == article_id]
        published_at, is_day = article.published_at, article.published_is_day
        if published_at is None:
            published_at, is_day = _earliest_date(stored, article_id)
        collected_at = min(revision.observed_at for revision in mine)
        rows.append(
            {
                "of_id": article_id,
                "revision_id": stored[key].id,
                "source_id": article.source_id,
                "collected_at": collected_at,
                "published_at": published_at,
                "published_is_day": is_day,
                "counts_on": counts_on(published_at, collected_at, is_day=is_day, zone=zone),
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
        conn.execute(delete(SketchHash).where(SketchHash.article_id.in_(older)))
    sketches = sorted({(value, article_id) for article_id, key in changed.items() for value in fresh[key].sketch})
    if sketches:
        conn.execute(insert(conn, SketchHash), [{"hash": value, "article_id": i} for value, i in sketches])


def _count_revisions(
    conn: Connection, fresh: Mapping[tuple[int, str], ArticleIn], stored: Mapping[tuple[int, str], _Stored]
) -> None:
    """Store how many texts stood at each address; what only stood in for a page until it came is none of them."""
    texts: defaultdict[int, Counter[str]] = defaultdict(Counter)
    for (article_id, _), revision in stored.items():
        texts[article_id][revision.text_from] += 1
    changed = sorted({article_id for article_id, _ in fresh})
    rows = [{"of_id": i, "texts": texts[i]["page"] or texts[i].total()} for i in changed if texts[i].total() > 1]
    if rows:
        conn.execute(update(Article).where(Article.id == bindparam("of_id")).values(revisions=bindparam("texts")), rows)


def _is_alone(stored: Mapping[tuple[int, str], _Stored], article_id: int) -> bool:
    return sum(1 for other, _ in stored if other == article_id) == 1


def _earliest_date(stored: Mapping[tuple[int, str], _Stored], article_id: int) -> tuple[datetime | None, bool]:
    dated = [
        (revision.published_at, revision.published_is_day)
        for (other, _), revision in stored.items()
        if other == article_id and revision.published_at is not None
    ]
    return min(dated, default=(None, False))


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


def remove_article(conn: Connection, article_id: int) -> None:
    """Remove an article and everything that is kept of it, raw captures too. Mark it for a recount first."""
    captured = select(Revision.capture_id).where(Revision.article_id == article_id, Revision.capture_id.is_not(None))
    url = select(Article.canonical_url).where(Article.id == article_id).scalar_subquery()
    conn.execute(delete(Capture).where(Capture.id.in_(captured)))
    conn.execute(update(Page).where(Page.canonical_url == url).values(state="settled"))
    conn.execute(delete(Article).where(Article.id == article_id))
