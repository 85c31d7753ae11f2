"""The choice of an article's current text, and the columns of the article's row that repeat it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Protocol

from sqlalchemy import Connection, Row, delete, select, update

from db.articles.counting_day import counts_on, get_time_zone
from db.dialect import insert
from db.enums.articles import TextFrom
from db.models import Article, FingerprintRow, Revision, SketchHash
from db.stories.commonplaces import doubt

_MISSING_FIRST = datetime(1, 1, 1, tzinfo=UTC)

Standing = tuple[bool, datetime, datetime, str]


def rank_text(
    *,
    text_from: str,
    returned_at: datetime | None,
    observed_at: datetime,
    published_at: datetime | None,
    content_hash: str,
) -> Standing:
    """Return the sort key of an article's texts; the text with the highest key is current.

    That is the text observed last, or seen again last after another; another form of the page only while there is
    nothing else. Among texts observed at the same instant (documents of one intake) the publication date decides, then
    the content, so that the order in which workers write does not matter.
    """
    return text_from != TextFrom.FORM, returned_at or observed_at, published_at or _MISSING_FIRST, content_hash


def count_texts(kinds: Iterable[str]) -> int:
    """Return the number of texts at an address; substitutes and forms of a page count only without the page itself."""
    counts = Counter(kinds)
    return counts[TextFrom.PAGE] or counts.total()


class DatedText(Protocol):
    """A text with its dates."""

    @property
    def observed_at(self) -> datetime: ...
    @property
    def published_at(self) -> datetime | None: ...
    @property
    def is_undated(self) -> bool: ...


def is_of_no_day(texts: Sequence[DatedText]) -> bool:
    """Return whether an article with these texts counts on no day: no date, and not new at first sight."""
    if any(text.published_at is not None for text in texts):
        return False
    first = min(text.observed_at for text in texts)
    return all(text.is_undated for text in texts if text.observed_at == first)


def refresh_articles(
    conn: Connection, sources: Mapping[int, Mapping[int, str]], *, sketch_of: Callable[[bytes], Sequence[int]]
) -> None:
    """Update the columns of articles that follow from their revisions. Mark them for a recount.

    `sources` are the articles, and for each the outlets of revisions that may have become the current one.
    """
    columns = [column for column in Revision.__table__.columns if column.name != "text"]
    query = select(*columns).where(Revision.article_id.in_(sorted(sources))).order_by(Revision.id)
    texts: dict[int, list[Row[Any]]] = {}
    for row in conn.execute(query):
        texts.setdefault(row.article_id, []).append(row)
    zone = get_time_zone(conn)
    rows = []
    for article_id, revisions in sorted(texts.items()):
        current = max(revisions, key=_rank)
        published_at, is_day = current.published_at, current.published_is_day
        if published_at is None:
            dated = [(row.published_at, row.published_is_day) for row in revisions if row.published_at is not None]
            published_at, is_day = min(dated, default=(None, False))
        collected_at = min(row.observed_at for row in revisions)
        values = {name: getattr(current, name) for name in ("language", "genre", "in_scope", "title", "author")}
        values |= {
            "revision_id": current.id,
            "collected_at": collected_at,
            "published_at": published_at,
            "published_is_day": is_day,
            "counts_on": counts_on(published_at, collected_at, is_day=is_day, zone=zone),
            "is_undated": is_of_no_day(revisions),
            "revisions": count_texts(row.text_from for row in revisions),
        }
        if current.id in sources[article_id]:
            values["source_id"] = sources[article_id][current.id]
        conn.execute(update(Article).where(Article.id == article_id).values(values))
        rows.append((article_id, current.id))
    _write_sketches(conn, dict(rows), sketch_of)


def _rank(row: Row[Any]) -> Standing:
    return rank_text(
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
    """Replace the samples of articles' current texts."""
    forget_sketches(conn, sketches)
    rows = sorted({(value, article_id) for article_id, sketch in sketches.items() for value in sketch})
    if rows:
        conn.execute(insert(conn, SketchHash), [{"hash": value, "article_id": i} for value, i in rows])


def forget_sketches(conn: Connection, article_ids: Collection[int]) -> None:
    """Delete the samples of articles; samples shared with many become doubtful."""
    doubt(conn, article_ids)
    conn.execute(delete(SketchHash).where(SketchHash.article_id.in_(sorted(article_ids))))
