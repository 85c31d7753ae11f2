"""Outlets and the domains by which they are recognised."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from db.models.base import Base


class Source(Base):
    """An outlet: from the catalogue, added by a person, or met in a document."""

    __tablename__ = "sources"

    id: Mapped[str] = mapped_column(String(200), primary_key=True)
    name: Mapped[str]
    country: Mapped[str | None] = mapped_column(String(20))
    languages: Mapped[list[str]] = mapped_column(default=list)
    kind: Mapped[str | None] = mapped_column(String(100))
    homepage: Mapped[str | None]
    bias_note: Mapped[str | None]
    paywall: Mapped[str | None] = mapped_column(String(20))
    time_zone: Mapped[str | None] = mapped_column(String(64))
    """By which clock its pages tell the time, as in `Asia/Almaty`; None where nobody knows."""
    unverified: Mapped[str | None] = mapped_column(String(20))
    """`never` or `always`: whether it is read although its certificate is bad; null: where no secret is sent."""
    origin: Mapped[str] = mapped_column(String(20))
    """`catalogue`, `person` or `document`."""
    added_at: Mapped[datetime]


class SourceDomain(Base):
    """A host name under which an outlet publishes, without `www.`."""

    __tablename__ = "source_domains"

    domain: Mapped[str] = mapped_column(String(253), primary_key=True)
    source_id: Mapped[str] = mapped_column(ForeignKey("sources.id", ondelete="CASCADE"), index=True)
