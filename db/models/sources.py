"""Outlets, and the domains that identify them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String, false
from sqlalchemy.orm import Mapped, mapped_column

from db.models.base import Base, Url


class Source(Base):
    """An outlet: from the catalogue, added by a person, or found in a document."""

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
    """The time zone of the clock times on its pages, as in `Asia/Almaty`; None if unknown."""
    unverified: Mapped[str | None] = mapped_column(String(20))
    """A `db.enums.collection.CertificateRule`; null: the usual one."""
    origin: Mapped[str] = mapped_column(String(20))
    """A `db.enums.collection.SourceOrigin`."""
    added_at: Mapped[datetime]


class SourceDomain(Base):
    """A host name under which an outlet publishes, without `www.`."""

    __tablename__ = "source_domains"

    domain: Mapped[str] = mapped_column(String(253), primary_key=True)
    source_id: Mapped[str] = mapped_column(ForeignKey("sources.id", ondelete="CASCADE"), index=True)


class CatalogueOutlet(Base):
    """The catalogue's entry for an outlet at the last merge: any difference from it now is a person's change.

    It outlives the outlet, so that an outlet removed by a person does not come back.
    """

    __tablename__ = "catalogue_outlets"

    catalogue: Mapped[str] = mapped_column(String(20), primary_key=True)
    """`packaged` (the program's), `folder` (a person's files) or `demo`."""
    outlet_id: Mapped[str] = mapped_column(String(200), primary_key=True)
    source_id: Mapped[str] = mapped_column(String(200))
    """The outlet's id in the database: its own, or that of an existing outlet with one of its domains."""
    said: Mapped[dict[str, Any]]
    is_gone: Mapped[bool] = mapped_column(default=False, server_default=false())
    """True if the catalogue no longer contains it."""


class SourceRemoval(Base):
    """The removal of an outlet by a person: who, when, why. It can be taken back.

    It outlives the outlet, so that neither a catalogue nor a link to one of its domains brings it back.
    """

    __tablename__ = "source_removals"

    source_id: Mapped[str] = mapped_column(String(200), primary_key=True)
    decided_at: Mapped[datetime]
    decided_by: Mapped[str | None] = mapped_column(String(100))
    note: Mapped[str | None]
    with_articles: Mapped[bool] = mapped_column(default=False, server_default=false())
    """True if its articles are to be deleted, once a person confirms that."""
    outlet: Mapped[dict[str, Any]]
    """The outlet as it was: `facts`, `domains`, and the state and rules of each of its `feeds`."""
    confirmed_at: Mapped[datetime | None]
    """From then on its articles are being deleted."""
    finished_at: Mapped[datetime | None]
    """From then on it has no other row."""


class LinkedHost(Base):
    """A host without an outlet that articles of an outlet link to: a candidate to be collected.

    Counted when an article is first understood, for its links are not stored; a link that is not seen any more is
    forgotten after some months.
    """

    __tablename__ = "linked_hosts"

    host: Mapped[str] = mapped_column(String(253), primary_key=True)
    """Without `www.`."""
    source_id: Mapped[str] = mapped_column(ForeignKey("sources.id", ondelete="CASCADE"), primary_key=True, index=True)
    """The outlet that links to it."""
    articles: Mapped[int]
    last_at: Mapped[datetime] = mapped_column(index=True)
    example: Mapped[Url]
    """The address in the link seen last."""
