"""People's decisions about stories."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from db.models.base import Base, RowId


class StoryDecision(Base):
    """A merge or a split by a person. It outlives revisions and new evidence until it is undone."""

    __tablename__ = "story_decisions"

    id: Mapped[RowId]
    kind: Mapped[str] = mapped_column(String(10))
    """A `db.enums.stories.StoryDecisionKind`."""
    decided_at: Mapped[datetime]
    note: Mapped[str | None]
    undone_at: Mapped[datetime | None]


class StoryPair(Base):
    """Two articles that a decision joins or separates; the lower id first."""

    __tablename__ = "story_pairs"

    decision_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("story_decisions.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    article_a: Mapped[int] = mapped_column(
        BigInteger,
        ForeignKey("articles.id", ondelete="CASCADE"),
        primary_key=True,
        autoincrement=False,
        index=True,
    )
    article_b: Mapped[int] = mapped_column(
        BigInteger,
        ForeignKey("articles.id", ondelete="CASCADE"),
        primary_key=True,
        autoincrement=False,
        index=True,
    )
