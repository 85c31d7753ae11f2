"""The texts that stood at an article's address, one after the other."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, or_, select
from sqlalchemy.orm import aliased

from db.models import Article, MentionRow, Revision


@dataclass(frozen=True, slots=True)
class Former:
    """A text that stands at an address or stood there."""

    revision_id: int
    seen_at: datetime
    """When it was seen first, or came back."""
    is_current: bool


@dataclass(frozen=True, slots=True)
class FormerText:
    """A text whole, with the entities that it mentions; None until it is tagged."""

    title: str | None
    text: str
    entities: frozenset[str] | None


def read_formers(conn: Connection, article_id: int) -> list[Former]:
    """Return the texts of an article, the current one last; what only stood in for its page is none of them."""
    page = aliased(Revision)
    has_page = select(page.id).where(page.article_id == Article.id, page.text_from == "page").exists()
    is_current = Revision.id == Article.revision_id
    seen_at = func.coalesce(Revision.returned_at, Revision.observed_at, type_=Revision.observed_at.type)
    query = (
        select(Revision.id, seen_at, is_current)
        .join(Article, Article.id == Revision.article_id)
        .where(Article.id == article_id, or_(Revision.text_from == "page", is_current, ~has_page))
        .order_by(is_current, seen_at, Revision.id)
    )
    return [Former(*row) for row in conn.execute(query)]


def read_former_text(conn: Connection, revision_id: int) -> FormerText:
    """Return one of these texts."""
    row = conn.execute(select(Revision.title, Revision.text, Revision.stage).where(Revision.id == revision_id)).one()
    if row.stage != "done":
        return FormerText(row.title, row.text, None)
    entities = select(MentionRow.entity_id).where(MentionRow.revision_id == revision_id).distinct()
    return FormerText(row.title, row.text, frozenset(conn.scalars(entities)))
