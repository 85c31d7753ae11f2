"""Mentions of entities in revisions, with the rule behind each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, delete, func, select

from db.dialect import insert
from db.models import Article, EntityRow, MentionRow


@dataclass(frozen=True, slots=True, kw_only=True)
class MentionIn:
    """An occurrence of an entity; offsets count code points of the stored field (`title` or `text`)."""

    revision_id: int
    field: str
    start: int
    end: int
    entity_id: str
    surface: str
    alias: str
    language: str | None
    rule: str
    level: str
    metonym_of: str | None


@dataclass(frozen=True, slots=True)
class TaggedRevision:
    """The tags of a revision; `in_scope` is None if the vocabulary does not define a scope."""

    mentions: Sequence[MentionIn]
    in_scope: bool | None
    left_out: int = 0
    """Mentions beyond the limit per text."""


def record_mentions(
    conn: Connection, revision_ids: Sequence[int], mentions: Sequence[MentionIn], *, vocabulary_version: str
) -> None:
    """Store the mentions of revisions in place of those of an earlier run."""
    conn.execute(delete(MentionRow).where(MentionRow.revision_id.in_(revision_ids)))
    rows = [
        {
            "revision_id": mention.revision_id,
            "field": mention.field,
            "start": mention.start,
            "end": mention.end,
            "entity_id": mention.entity_id,
            "surface": mention.surface,
            "alias": mention.alias,
            "language": mention.language,
            "rule": mention.rule,
            "level": mention.level,
            "metonym_of": mention.metonym_of,
            "vocabulary_version": vocabulary_version,
        }
        for mention in mentions
    ]
    if rows:
        conn.execute(insert(conn, MentionRow), rows)


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedMention:
    """A mention with the label and the type of its entity."""

    field: str
    start: int
    end: int
    entity_id: str
    label: str
    type: str
    surface: str
    alias: str
    language: str | None
    rule: str
    level: str
    metonym_of: str | None
    vocabulary_version: str


def read_named(conn: Connection, article_id: int) -> list[NamedMention]:
    """Return the mentions in an article's current text, those of the title first, in reading order."""
    names = ("field", "start", "end", "entity_id", "surface", "alias", "language", "rule", "level", "metonym_of")
    query = (
        select(
            *(getattr(MentionRow, name) for name in names),
            MentionRow.vocabulary_version,
            EntityRow.label,
            EntityRow.type,
        )
        .join(Article, Article.revision_id == MentionRow.revision_id)
        .join(EntityRow, EntityRow.id == MentionRow.entity_id)
        .where(Article.id == article_id)
        .order_by(MentionRow.field.desc(), MentionRow.start, MentionRow.end, MentionRow.entity_id)
    )
    return [NamedMention(**row._asdict()) for row in conn.execute(query)]


def count_mentions(conn: Connection) -> int:
    """Return the number of mentions in the current revisions."""
    query = select(func.count()).select_from(MentionRow).join(Article, Article.revision_id == MentionRow.revision_id)
    return conn.scalar(query) or 0
