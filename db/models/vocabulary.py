"""Vocabulary versions, their entities, and the mentions found with them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, Boolean, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from db.models.base import Base


class VocabularyVersion(Base):
    """One state of the whole vocabulary, kept so that every mention can be explained later."""

    __tablename__ = "vocabulary_versions"

    version: Mapped[str] = mapped_column(String(32), primary_key=True)
    """Hash of the content: the same files are the same version."""
    loaded_at: Mapped[datetime]
    entities: Mapped[int]
    aliases: Mapped[int]
    content: Mapped[bytes]
    """zlib-compressed JSON."""
    is_current: Mapped[bool] = mapped_column(Boolean, default=False)
    retag_asked_at: Mapped[datetime | None]
    """Start of retagging: workers retag revisions of other versions with this one; null if not requested."""


class EntityRow(Base):
    """A member of the vocabulary, with the columns that queries need."""

    __tablename__ = "entities"

    id: Mapped[str] = mapped_column(String(200), primary_key=True)
    type: Mapped[str] = mapped_column(String(40))
    label: Mapped[str]
    wikidata: Mapped[str | None] = mapped_column(String(20))
    description: Mapped[str | None]
    in_seed: Mapped[bool] = mapped_column(default=False)


class MentionRow(Base):
    """An occurrence of an entity in a revision. Offsets count code points of the stored field."""

    __tablename__ = "mentions"
    __table_args__ = (Index("ix_mentions_entity_id_revision_id", "entity_id", "revision_id"),)

    revision_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("revisions.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    field: Mapped[str] = mapped_column(String(8), primary_key=True)
    """A `db.enums.vocabulary.MentionField`."""
    start: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    end: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    entity_id: Mapped[str] = mapped_column(ForeignKey("entities.id"), primary_key=True)
    surface: Mapped[str]
    alias: Mapped[str]
    language: Mapped[str | None] = mapped_column(String(20))
    rule: Mapped[str] = mapped_column(String(40))
    level: Mapped[str] = mapped_column(String(10))
    """A `db.enums.vocabulary.MentionLevel`."""
    metonym_of: Mapped[str | None] = mapped_column(String(200))
    vocabulary_version: Mapped[str] = mapped_column(ForeignKey("vocabulary_versions.version"))
