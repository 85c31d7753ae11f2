"""The successive texts at an article's address."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from sqlalchemy import ColumnElement, Connection, func, or_, select
from sqlalchemy.orm import aliased

from db.enums.articles import RevisionStage, TextFrom
from db.models import Article, MentionRow, Revision


@dataclass(frozen=True, slots=True)
class RevisionSeen:
    """A current or former text of an address."""

    revision_id: int
    seen_at: datetime
    """Time of the first sighting, or of its return."""
    is_current: bool


@dataclass(frozen=True, slots=True)
class FormerText:
    """A complete text with its entities, which are None until it is tagged."""

    title: str | None
    text: str
    entities: frozenset[str] | None


def is_text_of_article() -> ColumnElement[bool]:
    """Return the condition that a revision, joined to its article, was not only a substitute until the page came."""
    page = aliased(Revision)
    has_page = select(page.id).where(page.article_id == Article.id, page.text_from == TextFrom.PAGE).exists()
    return or_(Revision.text_from == TextFrom.PAGE, Revision.id == Article.revision_id, ~has_page)


def find_revisions(conn: Connection, article_id: int) -> list[RevisionSeen]:
    """Return the texts of an article, the current one last; without substitutes for its page."""
    is_current = Revision.id == Article.revision_id
    seen_at = func.coalesce(Revision.returned_at, Revision.observed_at, type_=Revision.observed_at.type)
    query = (
        select(Revision.id.label("revision_id"), seen_at.label("seen_at"), is_current.label("is_current"))
        .join(Article, Article.id == Revision.article_id)
        .where(Article.id == article_id, is_text_of_article())
        .order_by(is_current, seen_at, Revision.id)
    )
    return [RevisionSeen(**row._asdict()) for row in conn.execute(query)]


def read_predecessors(conn: Connection, article_id: int) -> dict[int, int]:
    """Return the predecessor of each revision: the text that it replaced at its first sighting or, if later, its
    return.
    """
    query = (
        select(Revision.id, Revision.observed_at, Revision.returned_at, Revision.id == Article.revision_id)
        .join(Article, Article.id == Revision.article_id)
        .where(Article.id == article_id, is_text_of_article())
    )
    events = []
    for revision_id, observed_at, returned_at, is_current in conn.execute(query):
        if returned_at is not None:
            events.append((False, observed_at, revision_id))
        events.append((is_current, returned_at or observed_at, revision_id))
    return predecessors([revision_id for *_, revision_id in sorted(events)])


def predecessors(sequence: Sequence[int]) -> dict[int, int]:
    """Return the predecessor of each item in a sequence of replacements; the last occurrence counts."""
    return {after: before for before, after in pairwise(sequence) if before != after}


def read_former_text(conn: Connection, revision_id: int) -> FormerText:
    """Return one of these texts."""
    row = conn.execute(select(Revision.title, Revision.text, Revision.stage).where(Revision.id == revision_id)).one()
    if row.stage != RevisionStage.DONE:
        return FormerText(row.title, row.text, None)
    entities = select(MentionRow.entity_id).where(MentionRow.revision_id == revision_id).distinct()
    return FormerText(row.title, row.text, frozenset(conn.scalars(entities)))
