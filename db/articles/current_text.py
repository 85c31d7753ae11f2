"""Which text of an article is the current one, and what the article's row repeats of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Protocol

from sqlalchemy import Connection, Row, delete, select, update

from db.articles.counting_day import counts_on, zone_of
from db.dialect import insert
from db.models import Article, FingerprintRow, Revision, SketchHash
from db.stories.commonplaces import doubt

_MISSING_FIRST = datetime(1, 1, 1, tzinfo=UTC)

Standing = tuple[bool, datetime, datetime, str]


def standing_of(
    *,
    text_from: str,
    returned_at: datetime | None,
    observed_at: datetime,
    published_at: datetime | None,
    content_hash: str,
) -> Standing:
    """Return by what the texts of an article are ordered: the last one is current.

    That is the one observed last, or seen again last after another; another form of the page only while there is
    nothing else. Among texts observed at the same instant (documents of one intake) the publication date decides, then
    the content, so that it does not matter which of several workers came first.
    """
    return text_from != "form", returned_at or observed_at, published_at or _MISSING_FIRST, content_hash


def count_texts(kinds: Iterable[str]) -> int:
    """Return how many texts stood at an address: what stood in for a page, or is a form of it, counts until it came."""
    counts = Counter(kinds)
    return counts["page"] or counts.total()


class DatedText(Protocol):
    """What a text says of when it appeared."""

    @property
    def observed_at(self) -> datetime: ...
    @property
    def published_at(self) -> datetime | None: ...
    @property
    def is_undated(self) -> bool: ...


def is_of_no_day(texts: Sequence[DatedText]) -> bool:
    """Return whether an article with these texts counts on no day: none has a date, nor was it new when first seen."""
    if any(text.published_at is not None for text in texts):
        return False
    first = min(text.observed_at for text in texts)
    return all(text.is_undated for text in texts if text.observed_at == first)


def refresh_articles(
    conn: Connection, sources: Mapping[int, Mapping[int, str]], *, sketch_of: Callable[[bytes], Sequence[int]]
) -> None:
    """Let articles say anew what follows from their revisions. Mark them for a recount.

    `sources` are the articles, and for each the outlets of revisions that may have become the current one.
    """
    columns = [column for column in Revision.__table__.columns if column.name != "text"]
    query = select(*columns).where(Revision.article_id.in_(sorted(sources))).order_by(Revision.id)
    texts: dict[int, list[Row[Any]]] = {}
    for row in conn.execute(query):
        texts.setdefault(row.article_id, []).append(row)
    zone = zone_of(conn)
    rows = []
    for article_id, mine in sorted(texts.items()):
        current = max(mine, key=_standing)
        published_at, is_day = current.published_at, current.published_is_day
        if published_at is None:
            dated = [(row.published_at, row.published_is_day) for row in mine if row.published_at is not None]
            published_at, is_day = min(dated, default=(None, False))
        collected_at = min(row.observed_at for row in mine)
        values = {name: getattr(current, name) for name in ("language", "genre", "in_scope", "title", "author")}
        values |= {
            "revision_id": current.id,
            "collected_at": collected_at,
            "published_at": published_at,
            "published_is_day": is_day,
            "counts_on": counts_on(published_at, collected_at, is_day=is_day, zone=zone),
            "is_undated": is_of_no_day(mine),
            "revisions": count_texts(row.text_from for row in mine),
        }
        if current.id in sources[article_id]:
            values["source_id"] = sources[article_id][current.id]
        conn.execute(update(Article).where(Article.id == article_id).values(values))
        rows.append((article_id, current.id))
    _write_sketches(conn, dict(rows), sketch_of)


def _standing(row: Row[Any]) -> Standing:
    return standing_of(
        text_from=row.text_from,
        returned_at=row.returned_at,
        observed_at=row.observed_at,
        published_at=row.published_at,
        content_hash=row.content_hash,
    )


def _write_sketches(conn: Connection, current: Mapping[int, int], sketch_of: Callable[[bytes], Sequence[int]]) -> None:
    query = select(FingerprintRow.revision_id, FingerprintRow.data)
    prints = dict(conn.execute(query.where(FingerprintRow.revision_id.in_(sorted(current.values())))).all())
    write_sketches(
        conn,
        {
            article_id: sketch_of(prints[revision_id]) if revision_id in prints else ()
            for article_id, revision_id in current.items()
        },
    )


def write_sketches(conn: Connection, sketches: Mapping[int, Sequence[int]]) -> None:
    """Store the samples of articles' current texts, instead of what was stored for them."""
    forget_sketches(conn, sketches)
    rows = sorted({(value, article_id) for article_id, sketch in sketches.items() for value in sketch})
    if rows:
        conn.execute(insert(conn, SketchHash), [{"hash": value, "article_id": i} for value, i in rows])


def forget_sketches(conn: Connection, article_ids: Collection[int]) -> None:
    """Delete the samples of articles; what they had in common with many is in doubt then."""
    doubt(conn, article_ids)
    conn.execute(delete(SketchHash).where(SketchHash.article_id.in_(sorted(article_ids))))
