"""Outlets and the domains by which they are recognised."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String, false
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


class CatalogueOutlet(Base):
    """What a catalogue said of an outlet when it was merged last: what differs from it now, a person changed.

    It outlives the outlet: one that a person removed is not brought again.
    """

    __tablename__ = "catalogue_outlets"

    catalogue: Mapped[str] = mapped_column(String(20), primary_key=True)
    """`packaged` (the program's), `folder` (a person's files) or `demo`."""
    outlet_id: Mapped[str] = mapped_column(String(200), primary_key=True)
    source_id: Mapped[str] = mapped_column(String(200))
    """Under which id the store has it: its own, or that of an outlet which was there under one of its domains."""
    said: Mapped[dict[str, Any]]
    is_gone: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Whether the catalogue does not have it any more."""
