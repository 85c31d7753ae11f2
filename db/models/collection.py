"""The crawlers' work: feeds to poll, pages to fetch, hosts to share, and captures for the workers."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from db.enums.collection import BackfillState, CaptureStage, FeedKind, FeedState, PageState
from db.models.base import Base, BigId, PartialIndex, RowId, Url


class Feed(Base):
    """One address that lists an outlet's articles, with the state that the next poll needs."""

    __tablename__ = "feeds"

    id: Mapped[RowId]
    source_id: Mapped[str] = mapped_column(ForeignKey("sources.id", ondelete="CASCADE"), index=True)
    url: Mapped[Url] = mapped_column(unique=True)
    kind: Mapped[str] = mapped_column(String(20), default=FeedKind.FEED, server_default=FeedKind.FEED.value)
    """A `db.enums.collection.FeedKind`."""
    title: Mapped[str | None]
    confidence: Mapped[str | None] = mapped_column(String(20))
    """The catalogue's confidence in the address, a `db.enums.collection.Confidence`."""
    state: Mapped[str] = mapped_column(String(20), default=FeedState.ACTIVE)
    """A `db.enums.collection.FeedState`."""
    next_poll_at: Mapped[datetime] = mapped_column(index=True)
    claimed_until: Mapped[datetime | None]
    etag: Mapped[str | None]
    last_modified: Mapped[str | None]
    body_hash: Mapped[str | None] = mapped_column(String(32))
    failures: Mapped[int] = mapped_column(default=0)
    """Consecutive failed polls."""
    polled_at: Mapped[datetime | None]
    succeeded_at: Mapped[datetime | None]
    followed_since: Mapped[datetime | None]
    """Time of the first successful poll: its entries are older than our interest and are not news."""
    changed_at: Mapped[datetime | None]
    last_outcome: Mapped[str | None] = mapped_column(String(40))
    last_error: Mapped[str | None]
    unverified: Mapped[str | None] = mapped_column(String(100))
    """The fault of the certificate at the last successful poll; null if there was none."""
    history: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default="{}")
    """The lessons of earlier polls: rate and rhythm of publication, graded failures, doubts about validators."""
    listing: Mapped[bytes | None] = mapped_column(LargeBinary)
    """Keys of the entries at the last successful poll, 4 bytes each: the overlap with the next poll."""
    next_poll_because: Mapped[str | None]
    """The reason for the time of the next poll, for people."""
    newest_at: Mapped[datetime | None]
    """Publication of the newest entry that it ever listed."""
    floor_s: Mapped[int | None]
    """A person's shortest pause between two polls, in seconds; null: the setting."""
    ceiling_s: Mapped[int | None]
    """A person's longest pause; null: the setting."""
    link_pattern: Mapped[str | None] = mapped_column(String(500))
    """For a section page: the form of links to articles, as a shell pattern of path and query; null: as learnt."""
    parent_id: Mapped[int | None] = mapped_column(BigId, index=True)
    """For a sitemap: the index that named it; null for what a person or the catalogue named.

    Not a foreign key: SQLite adds one only by writing the table anew, with all that refers to it.
    """


class FeedDay(Base):
    """A feed on one day in UTC: its polls, and how much may have been missed between them.

    A count of events like `outcomes`: polls add to it in their own transaction.
    """

    __tablename__ = "feed_days"
    __table_args__ = (Index("ix_feed_days_day", "day"),)

    feed_id: Mapped[int] = mapped_column(ForeignKey("feeds.id", ondelete="CASCADE"), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    polls: Mapped[int] = mapped_column(default=0)
    failures: Mapped[int] = mapped_column(default=0)
    changed: Mapped[int] = mapped_column(default=0)
    """Polls with a changed feed."""
    listed: Mapped[int] = mapped_column(default=0)
    """Entries listed by the changed polls, each time anew."""
    fresh: Mapped[int] = mapped_column(default=0)
    """Of these, entries that the poll before did not list."""
    missed: Mapped[float] = mapped_column(default=0.0)
    """Expected number of entries that came and went between two polls."""
    kept_all: Mapped[float] = mapped_column(default=1.0)
    """Probability that no entry was missed: the product over its polls."""


class HubSubscription(Base):
    """A feed's hub, and our subscription there: what was asked, what the hub confirmed, and what it told.

    A row of its own, since it is found by the secret in our address and written by the web while polls write the feed.
    """

    __tablename__ = "hub_subscriptions"

    id: Mapped[RowId]
    feed_id: Mapped[int] = mapped_column(ForeignKey("feeds.id", ondelete="CASCADE"), unique=True)
    hub_url: Mapped[Url]
    host: Mapped[str] = mapped_column(String(253))
    """The host of the hub."""
    topic_url: Mapped[Url]
    """The address under which the hub knows the feed."""
    token: Mapped[str] = mapped_column(String(64), unique=True)
    """The secret in our address that the hub calls."""
    secret: Mapped[str] = mapped_column(String(100))
    """The key that the hub signs with."""
    named_at: Mapped[datetime]
    """The last poll that named it; one of a changed feed that does not ends the subscription."""
    public_url: Mapped[str | None]
    """Our public address when the hub was last asked; it is asked anew when that has changed."""
    asked_at: Mapped[datetime | None]
    verified_at: Mapped[datetime | None]
    """Time at which the hub last confirmed the subscription, or denied it."""
    lease_until: Mapped[datetime | None]
    """The end of the confirmed subscription; null if there is none."""
    pushed_at: Mapped[datetime | None]
    """Time of the last push with a valid signature."""
    idle_pushes: Mapped[int] = mapped_column(default=0)
    """Polls in a row that pushes asked for and that found the feed unchanged."""
    next_at: Mapped[datetime] = mapped_column(index=True)
    """Not before then is the hub asked."""
    claimed_until: Mapped[datetime | None]
    failures: Mapped[int] = mapped_column(default=0)
    """Consecutive requests that the hub did not confirm."""
    last_error: Mapped[str | None]


class Backfill(Base):
    """The collection of an outlet's older articles: what is left to read, and what was found so far.

    Its entries belong to a feed of kind `backfill` that is never polled.
    """

    __tablename__ = "backfills"

    id: Mapped[RowId]
    feed_id: Mapped[int] = mapped_column(ForeignKey("feeds.id", ondelete="CASCADE"), unique=True)
    since_on: Mapped[date]
    until_on: Mapped[date]
    """The first and the last day of publication, in UTC."""
    state: Mapped[str] = mapped_column(String(20), default=BackfillState.ACTIVE)
    """A `db.enums.collection.BackfillState`."""
    next_at: Mapped[datetime]
    """Not before then is the next document read."""
    claimed_until: Mapped[datetime | None]
    failures: Mapped[int] = mapped_column(default=0)
    """Consecutive failures with the first document that is left."""
    documents: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """`left`: the documents to read, in order, as pairs of kind and address; `read`: hashes of those read."""
    counts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """Documents by their outcome, and addresses by what became of them."""
    last_page_id: Mapped[int] = mapped_column(BigId, default=0)
    """Up to this page all of its pages were fetched."""
    last_error: Mapped[str | None]
    begun_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class Page(Base):
    """An address worth fetching: listed by a feed, and fetched again later to detect silent edits."""

    __tablename__ = "pages"
    __table_args__ = (
        Index("ix_pages_due", "state", "next_fetch_at", "host"),
        Index("ix_pages_host_next_fetch_at", "host", "next_fetch_at"),
        Index("ix_pages_host_shown_hash", "host", "shown_hash"),
    )

    id: Mapped[RowId]
    canonical_url: Mapped[Url] = mapped_column(unique=True)
    url: Mapped[Url]
    """The request URL, as the feed spelled it."""
    host: Mapped[str] = mapped_column(String(253))
    source_id: Mapped[str | None] = mapped_column(ForeignKey("sources.id", ondelete="SET NULL"), index=True)
    state: Mapped[str] = mapped_column(String(20), default=PageState.ACTIVE)
    """A `db.enums.collection.PageState`."""
    first_seen_at: Mapped[datetime]
    next_fetch_at: Mapped[datetime]
    claimed_until: Mapped[datetime | None]
    fetched_at: Mapped[datetime | None]
    changed_at: Mapped[datetime | None]
    """Time at which the body last differed from the one before."""
    etag: Mapped[str | None]
    last_modified: Mapped[str | None]
    body_hash: Mapped[str | None] = mapped_column(String(32))
    feed_hash: Mapped[str | None] = mapped_column(String(32))
    """Hash of the feed's own text when it was last passed to the workers."""
    fetches: Mapped[int] = mapped_column(default=0)
    failures: Mapped[int] = mapped_column(default=0)
    last_outcome: Mapped[str | None] = mapped_column(String(40))
    last_error: Mapped[str | None]
    doubts: Mapped[int] = mapped_column(default=0, server_default="0")
    """Consecutive fetches that returned a page which is no article, or not the known one."""
    shown_hash: Mapped[str | None] = mapped_column(String(32))
    """xxh3-128 of the text that the page showed last, without digits: the error pages of a host share one text."""
    unverified: Mapped[str | None] = mapped_column(String(100))
    """The fault of the certificate behind the last text passed to the workers; null if there was none."""


class HostLease(Base):
    """A crawler's lease of a host, including the pause after a request; no two crawlers share a host."""

    __tablename__ = "host_leases"

    host: Mapped[str] = mapped_column(String(253), primary_key=True)
    holder: Mapped[str | None] = mapped_column(String(40))
    """The crawler that holds it; None once released."""
    free_at: Mapped[datetime] = mapped_column(index=True)
    """Start of free use: the end of the pause, or of an expired lease plus a pause."""


class Sighting(Base):
    """An entry of a feed: this feed listed this page, with this metadata."""

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
    """As exactly as the entry has it, in ISO 8601: a day, a clock without zone, an instant on its own clock."""
    body: Mapped[str | None]
    """The article as the feed carries it, whole or in part: HTML, unchanged."""
    language: Mapped[str | None] = mapped_column(String(20))
    """The language declared by the entry, else by its feed."""
    first_seen_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]


class Capture(Base):
    """An unchanged response and its processing state. The row is the queue; broker messages are only hints."""

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
    """The final URL after redirects."""
    fetched_at: Mapped[datetime]
    status: Mapped[int]
    content_type: Mapped[str | None]
    headers: Mapped[dict[str, Any]] = mapped_column(default=dict)
    hints: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """Metadata from the feed entry: `title`, `author`, `published_at` (ISO 8601), `body` (HTML), `language`.

    `page_trouble` is the reason for a missing page: the body is empty then, and the article comes from the feed;
    `page_unverified` and `feed_unverified` name the fault of the sender's certificate.
    """
    body: Mapped[bytes]
    """zlib-compressed, decoded of any HTTP content encoding."""
    body_hash: Mapped[str] = mapped_column(String(32))
    size: Mapped[int]
    """Bytes of the body before compression."""
    hints_size: Mapped[int | None]
    """Bytes of the text that the feed carries; None for captures from before this column."""
    stage: Mapped[str] = mapped_column(String(20), default=CaptureStage.FETCHED)
    """A `db.enums.collection.CaptureStage`."""
    claimed_until: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(default=0)
    """Number of started attempts by workers."""
    outcome: Mapped[str | None] = mapped_column(String(20))
    reason: Mapped[str | None]
