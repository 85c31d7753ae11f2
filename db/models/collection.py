"""What crawlers work on: feeds to poll, pages to fetch, hosts to share, and the captures they leave for the workers."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from db.models.base import Base, PartialIndex, RowId, Url


class Feed(Base):
    """One RSS or Atom address of an outlet, with all that the next poll needs."""

    __tablename__ = "feeds"

    id: Mapped[RowId]
    source_id: Mapped[str] = mapped_column(ForeignKey("sources.id", ondelete="CASCADE"), index=True)
    url: Mapped[Url] = mapped_column(unique=True)
    title: Mapped[str | None]
    confidence: Mapped[str | None] = mapped_column(String(20))
    """How sure the catalogue is of the address: `certain`, `likely` or `guess`."""
    state: Mapped[str] = mapped_column(String(20), default="active")
    """`active`, `paused` (by a person), `gone` (the server said 410) or `retired` (its catalogue names another)."""
    next_poll_at: Mapped[datetime] = mapped_column(index=True)
    claimed_until: Mapped[datetime | None]
    etag: Mapped[str | None]
    last_modified: Mapped[str | None]
    body_hash: Mapped[str | None] = mapped_column(String(32))
    failures: Mapped[int] = mapped_column(default=0)
    """Failed polls in a row."""
    polled_at: Mapped[datetime | None]
    succeeded_at: Mapped[datetime | None]
    followed_since: Mapped[datetime | None]
    """The first poll that succeeded: what it brought was there before us, and is no news."""
    changed_at: Mapped[datetime | None]
    last_outcome: Mapped[str | None] = mapped_column(String(40))
    last_error: Mapped[str | None]
    unverified: Mapped[str | None] = mapped_column(String(100))
    """What was wrong with a certificate at the last poll that succeeded; null if nothing was."""


class Page(Base):
    """An address worth fetching: named by a feed, and fetched again later to notice silent edits."""

    __tablename__ = "pages"
    __table_args__ = (
        Index("ix_pages_due", "state", "next_fetch_at", "host"),
        Index("ix_pages_host_next_fetch_at", "host", "next_fetch_at"),
        Index("ix_pages_host_shown_hash", "host", "shown_hash"),
    )

    id: Mapped[RowId]
    canonical_url: Mapped[Url] = mapped_column(unique=True)
    url: Mapped[Url]
    """As the feed spelled it: what is asked for."""
    host: Mapped[str] = mapped_column(String(253))
    source_id: Mapped[str | None] = mapped_column(ForeignKey("sources.id", ondelete="SET NULL"), index=True)
    state: Mapped[str] = mapped_column(String(20), default="active")
    """`active`; `refused` (robots.txt, private address …) or `gone` (404, 410), asked for ever more rarely; or
    `settled` (no more checks)."""
    first_seen_at: Mapped[datetime]
    next_fetch_at: Mapped[datetime]
    claimed_until: Mapped[datetime | None]
    fetched_at: Mapped[datetime | None]
    changed_at: Mapped[datetime | None]
    """When the body last differed from the one before."""
    etag: Mapped[str | None]
    last_modified: Mapped[str | None]
    body_hash: Mapped[str | None] = mapped_column(String(32))
    feed_hash: Mapped[str | None] = mapped_column(String(32))
    """The feed's own text when it was last handed to the workers."""
    fetches: Mapped[int] = mapped_column(default=0)
    failures: Mapped[int] = mapped_column(default=0)
    last_outcome: Mapped[str | None] = mapped_column(String(40))
    last_error: Mapped[str | None]
    doubts: Mapped[int] = mapped_column(default=0, server_default="0")
    """Looks in a row that brought a page which is no article, or not the one that it was."""
    shown_hash: Mapped[str | None] = mapped_column(String(32))
    """xxh3-128 of the text that the page showed last, digits left out: error pages of a host show one text."""
    unverified: Mapped[str | None] = mapped_column(String(100))
    """What was wrong with the certificate of whoever sent what workers were given last; null if nothing was."""


class HostLease(Base):
    """A host while a crawler asks it and for the pause after that: no two crawlers ask one host together."""

    __tablename__ = "host_leases"

    host: Mapped[str] = mapped_column(String(253), primary_key=True)
    holder: Mapped[str | None] = mapped_column(String(40))
    """The crawler that has it; None when it was given back."""
    free_at: Mapped[datetime] = mapped_column(index=True)
    """From when on anybody may take it: the end of the pause, or of a claim that nobody renews, with a pause."""


class Sighting(Base):
    """An entry of a feed: this feed named this page, and said this about it."""

    __tablename__ = "sightings"
    __table_args__ = (
        UniqueConstraint("feed_id", "page_id"),
        PartialIndex(
            "ix_sightings_bodies",
            "last_seen_at",
            where="body IS NOT NULL",
        ),
    )

    id: Mapped[RowId]
    feed_id: Mapped[int] = mapped_column(ForeignKey("feeds.id", ondelete="CASCADE"))
    page_id: Mapped[int] = mapped_column(ForeignKey("pages.id", ondelete="CASCADE"), index=True)
    guid: Mapped[str | None]
    title: Mapped[str | None]
    author: Mapped[str | None]
    published_at: Mapped[datetime | None]
    published_as: Mapped[str | None] = mapped_column(String(40))
    """As exactly as the entry says it, in ISO 8601: a day, a clock without zone, an instant on its own clock."""
    body: Mapped[str | None]
    """The article as the feed carries it, whole or in part: HTML, as it came."""
    language: Mapped[str | None] = mapped_column(String(20))
    """What the entry, else its feed, declares."""
    first_seen_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]


class Capture(Base):
    """A response as it came, and the worker's progress with it. The row is the queue; messages are hints."""

    __tablename__ = "captures"
    __table_args__ = (
        UniqueConstraint("page_id", "body_hash", "fetched_at"),
        PartialIndex(
            "ix_captures_waiting",
            "id",
            where="stage = 'fetched'",
        ),
    )

    id: Mapped[RowId]
    page_id: Mapped[int | None] = mapped_column(ForeignKey("pages.id", ondelete="SET NULL"))
    source_id: Mapped[str | None] = mapped_column(ForeignKey("sources.id", ondelete="SET NULL"), index=True)
    url: Mapped[Url]
    """Where the bytes finally came from, after redirects."""
    fetched_at: Mapped[datetime]
    status: Mapped[int]
    content_type: Mapped[str | None]
    headers: Mapped[dict[str, Any]] = mapped_column(default=dict)
    hints: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """What the feed entry said: `title`, `author`, `published_at` (ISO 8601), `body` (HTML), `language`.

    `page_trouble` says why there is no page: the body is empty then, and the article is what the feed said;
    `page_unverified` and `feed_unverified` what was wrong with the certificate of whoever sent it.
    """
    body: Mapped[bytes]
    """zlib-compressed, decoded of any HTTP content encoding."""
    body_hash: Mapped[str] = mapped_column(String(32))
    size: Mapped[int]
    """Bytes of the body before compression."""
    hints_size: Mapped[int | None]
    """Bytes of the text that the feed carries; None for captures of before."""
    stage: Mapped[str] = mapped_column(String(20), default="fetched")
    """`fetched` until everything that follows from it is stored, then `done`."""
    claimed_until: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(default=0)
    """How often a worker began with it."""
    outcome: Mapped[str | None] = mapped_column(String(20))
    reason: Mapped[str | None]
