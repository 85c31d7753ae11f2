"""The current text of an article, and a suspect text that waits for confirmation."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, select

from db.articles.recording.addresses import find_articles
from db.dialect import insert
from db.models import Article, Revision, Suspect

_ROWS = 400


@dataclass(frozen=True, slots=True, kw_only=True)
class SuspectRow:
    """A suspect text at an article's address."""

    reason: str
    looks: int
    first_seen_at: datetime
    last_seen_at: datetime
    title: str | None
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CurrentText:
    """An article's current text, and the suspect text that may replace it."""

    article_id: int
    title: str | None
    text: str
    content_hash: str
    text_from: str
    suspect: SuspectRow | None


def read_current(conn: Connection, canonical_urls: Collection[str]) -> dict[str, CurrentText]:
    """Return the current text of the articles asked for under these addresses."""
    urls_of: dict[int, list[str]] = {}
    for url, article_id in find_articles(conn, canonical_urls).items():
        urls_of.setdefault(article_id, []).append(url)
    ids = sorted(urls_of)
    found: dict[str, CurrentText] = {}
    for start in range(0, len(ids), _ROWS):
        query = (
            select(
                Article.id,
                Revision.title,
                Revision.text,
                Revision.content_hash,
                Revision.text_from,
                Suspect.reason,
                Suspect.looks,
                Suspect.first_seen_at,
                Suspect.last_seen_at,
                Suspect.title.label("suspect_title"),
                Suspect.text.label("suspect_text"),
            )
            .join(Revision, Revision.id == Article.revision_id)
            .outerjoin(Suspect, Suspect.article_id == Article.id)
            .where(Article.id.in_(ids[start : start + _ROWS]))
        )
        for row in conn.execute(query):
            waiting = None
            if row.looks is not None:
                waiting = SuspectRow(
                    reason=row.reason,
                    looks=row.looks,
                    first_seen_at=row.first_seen_at,
                    last_seen_at=row.last_seen_at,
                    title=row.suspect_title,
                    text=row.suspect_text,
                )
            current = CurrentText(
                article_id=row.id,
                title=row.title,
                text=row.text,
                content_hash=row.content_hash,
                text_from=row.text_from,
                suspect=waiting,
            )
            found |= dict.fromkeys(urls_of[row.id], current)
    return found


def record_suspects(conn: Connection, waiting: Mapping[int, SuspectRow]) -> None:
    """Store suspect texts by article id; an earlier suspect is replaced."""
    rows = [
        {
            "article_id": article_id,
            "reason": row.reason,
            "looks": row.looks,
            "first_seen_at": row.first_seen_at,
            "last_seen_at": row.last_seen_at,
            "title": row.title,
            "text": row.text,
        }
        for article_id, row in sorted(waiting.items())
    ]
    if rows:
        upsert = insert(conn, Suspect)
        columns = {name: upsert.excluded[name] for name in rows[0] if name != "article_id"}
        conn.execute(upsert.on_conflict_do_update(index_elements=["article_id"], set_=columns), rows)


def drop_suspects(conn: Connection, article_ids: Collection[int]) -> None:
    """Delete the suspects of these articles after their own text was seen again or the suspect was accepted."""
    if article_ids:
        conn.execute(delete(Suspect).where(Suspect.article_id.in_(sorted(article_ids))))


def find_suspect(conn: Connection, article_id: int) -> SuspectRow | None:
    """Return an article's suspect text; None if there is none."""
    row = conn.execute(select(Suspect.__table__).where(Suspect.article_id == article_id)).mappings().first()
    if row is None:
        return None
    return SuspectRow(**{name: value for name, value in row.items() if name != "article_id"})
