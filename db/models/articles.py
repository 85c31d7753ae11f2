"""Articles, their revisions, and the evidence of who copied whom."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import BigInteger, ForeignKey, Index, String, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column

from db.models.base import Base, BytewiseUrl, PartialIndex, RowId, Url


class Article(Base):
    """One per canonical URL. What it says is its current revision; the columns here repeat that for queries."""

    __tablename__ = "articles"
    __table_args__ = (
        Index("ix_articles_counts_on_source_id", "counts_on", "source_id"),
        Index("ix_articles_counts_on_canonical_url", "counts_on", "canonical_url"),
    )

    id: Mapped[RowId]
    canonical_url: Mapped[BytewiseUrl] = mapped_column(unique=True)
    url: Mapped[Url]
    source_id: Mapped[str] = mapped_column(ForeignKey("sources.id"), index=True)
    revision_id: Mapped[int | None] = mapped_column(BigInteger, index=True)
    """The current revision: the latest observed one. Null only inside the transaction that creates both."""
    collected_at: Mapped[datetime]
    """When the article was first collected."""
    published_at: Mapped[datetime | None]
    published_is_day: Mapped[bool] = mapped_column(default=False)
    counts_on: Mapped[date]
    """The day on which it counts: of publication, or of collection when nobody says when it was published."""
    is_undated: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Whether it counts on no day, but in the period of the undated: `counts_on` only says when it was collected."""
    language: Mapped[str | None] = mapped_column(String(20))
    genre: Mapped[str | None] = mapped_column(String(20))
    in_scope: Mapped[bool | None]
    cluster_id: Mapped[int | None] = mapped_column(BigInteger, index=True)
    """The article id of the cluster's original; its own id for an original; null until compared."""
    title: Mapped[str | None]
    author: Mapped[str | None]
    revisions: Mapped[int] = mapped_column(default=1, server_default="1")
    """How many different texts stood at this address."""
    changed: Mapped[int] = mapped_column(BigInteger, default=0, server_default="0", index=True)
    """The number of the transaction that last changed anything about it, see `db.changes`."""


class ArticleAddress(Base):
    """An address of an article that has several. An article without rows has one: its canonical URL.

    An address that several articles name is nobody's, unless one of them was found there: their texts differ.
    """

    __tablename__ = "article_addresses"
    __table_args__ = (
        PartialIndex(
            "uq_article_addresses_asked",
            "canonical_url",
            unique=True,
            where="is_asked",
        ),
    )

    canonical_url: Mapped[BytewiseUrl] = mapped_column(primary_key=True)
    article_id: Mapped[int] = mapped_column(
        BigInteger,
        ForeignKey("articles.id", ondelete="CASCADE"),
        primary_key=True,
        autoincrement=False,
        index=True,
    )
    url: Mapped[BytewiseUrl]
    """The least of the spellings that were met."""
    is_asked: Mapped[bool]
    """Whether a text of the article was found under it: what it was asked for by, what a document said it was from."""
    is_declared: Mapped[bool]
    """Whether a page of the article names it as the article's own (`rel=canonical`)."""
    is_end: Mapped[bool]
    """Whether redirects ended there."""


class AddressState(Base):
    """One row: how far the store was brought over to the present rules of canonical URLs."""

    __tablename__ = "address_state"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    rules: Mapped[int]
    """The version of the rules, `db.net.urls.RULES`."""
    articles_to: Mapped[int | None] = mapped_column(BigInteger)
    """The last article that was; null when all were."""
    pages_to: Mapped[int | None] = mapped_column(BigInteger)
    """The last page that was; null when all were."""


class StoryState(Base):
    """One row: how far the store was brought over to the present rules of resemblance, see `recomparing`."""

    __tablename__ = "story_state"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    rules: Mapped[int]
    """Their version, `worker.dedup.compare.VERSION`."""
    texts_to: Mapped[int | None] = mapped_column(BigInteger)
    """The last text that was marked anew; null when all were."""
    articles_to: Mapped[int | None] = mapped_column(BigInteger)
    """The last article that was compared anew; null when all were."""


class Revision(Base):
    """A text as it stood at an article's address."""

    __tablename__ = "revisions"
    __table_args__ = (
        UniqueConstraint("article_id", "content_hash"),
        PartialIndex(
            "ix_revisions_waiting",
            "id",
            where="stage = 'stored'",
        ),
        Index("ix_revisions_vocabulary_version_id", "vocabulary_version", "id"),
    )

    id: Mapped[RowId]
    article_id: Mapped[int] = mapped_column(ForeignKey("articles.id", ondelete="CASCADE"))
    content_hash: Mapped[str] = mapped_column(String(32))
    """xxh3-128 of title and text with white space folded: two equal ones are the same revision."""
    observed_at: Mapped[datetime]
    """When this text was seen at the address; orders the revisions of an article."""
    capture_id: Mapped[int | None] = mapped_column(ForeignKey("captures.id", ondelete="SET NULL"), index=True)
    title: Mapped[str | None]
    author: Mapped[str | None]
    language: Mapped[str | None] = mapped_column(String(20))
    second_language: Mapped[str | None] = mapped_column(String(20))
    """Another language that it may be in as well: names of both are tagged; null where there is no doubt."""
    published_at: Mapped[datetime | None]
    published_is_day: Mapped[bool] = mapped_column(default=False)
    stage: Mapped[str] = mapped_column(String(20), default="stored")
    """`stored` until tagged, compared and counted, then `done`; `set aside` when no worker survives it."""
    claimed_until: Mapped[datetime | None]
    vocabulary_version: Mapped[str | None] = mapped_column(String(32))
    genre: Mapped[str | None] = mapped_column(String(20))
    """`analysis`, `opinion`, `news` or `statement`, by its page, its address or its outlet; null when none says so."""
    in_scope: Mapped[bool | None]
    """Whether it is commentary on Central Asian security, as its vocabulary defines that; null until tagged."""
    text_from: Mapped[str] = mapped_column(String(10), default="page", server_default="page")
    """`page`; `feed` where the page could not be had or was no article, `aggregator` where that feed is not its
    outlet's; or `form`: from a page that names another
    address as the article's own, such as an AMP page; it is the current text only until that one was read."""
    returned_at: Mapped[datetime | None]
    """When this text stood at the address again after another one; null if it never did."""
    is_undated: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Whether it has no date and no feed brought it newly: its day of collection says nothing of its age."""
    text: Mapped[str]
    """The last column: SQLite reads through it to reach what stands behind."""


class UnverifiedRevision(Base):
    """A text whose sender could not prove who it is: a bad certificate was put up with."""

    __tablename__ = "unverified_revisions"

    revision_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("revisions.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    reason: Mapped[str] = mapped_column(String(100))


class Suspect(Base):
    """A text at an article's address that has nothing in common with it: it waits, see `worker.judging`."""

    __tablename__ = "suspects"

    article_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("articles.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    reason: Mapped[str]
    """Why it does not follow, for people."""
    looks: Mapped[int]
    """How often it was seen in a row."""
    first_seen_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]
    title: Mapped[str | None]
    text: Mapped[str]


class RevisionAttempt(Base):
    """How often a worker began to finish what a batch had left behind; the row goes when it is finished."""

    __tablename__ = "revision_attempts"

    revision_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("revisions.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    attempts: Mapped[int]


class FingerprintRow(Base):
    """The shingles of a revision's text, for exact comparison."""

    __tablename__ = "fingerprints"

    revision_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("revisions.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    size: Mapped[int]
    """Distinct shingles."""
    data: Mapped[bytes]


class SketchHash(Base):
    """The inverted index over samples of shingles: which articles may resemble each other."""

    __tablename__ = "sketch_hashes"
    __table_args__ = ({"sqlite_with_rowid": False},)

    hash: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    article_id: Mapped[int] = mapped_column(
        BigInteger,
        ForeignKey("articles.id", ondelete="CASCADE"),
        primary_key=True,
        autoincrement=False,
        index=True,
    )


class Commonplace(Base):
    """A sample that stands in many articles of one outlet: a footer, say. It follows from `sketch_hashes`."""

    __tablename__ = "commonplaces"
    __table_args__ = (
        PartialIndex(
            "ix_commonplaces_doubted",
            "hash",
            where="is_doubted",
        ),
    )

    hash: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    is_doubted: Mapped[bool]
    """Whether an article lost it since it was counted."""


class ClusterLink(Base):
    """A verified resemblance between two revisions; the lower revision id first. Evidence, never a decision."""

    __tablename__ = "cluster_links"

    revision_a: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("revisions.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    revision_b: Mapped[int] = mapped_column(
        BigInteger,
        ForeignKey("revisions.id", ondelete="CASCADE"),
        primary_key=True,
        autoincrement=False,
        index=True,
    )
    containment: Mapped[float]
    """Share of the smaller text's shingles that the larger one holds."""
    jaccard: Mapped[float]
    shared: Mapped[int]
    """Shingles that both have."""
    relation: Mapped[str] = mapped_column(String(20))
    """`copy`, and `headline` where there is no text, join a cluster; `edition` (of one template), `background` (under
    other news), `commonplace` (what an outlet prints everywhere), `teaser` (the same few words) and `reuse` (of an
    outlet's own words) do not."""
    method: Mapped[str] = mapped_column(String(40))
    """By which measure and thresholds, with their version."""


class Intake(Base):
    """Documents brought in together: one run of `ingest`, or several that overlapped."""

    __tablename__ = "intakes"

    id: Mapped[RowId]
    opened_at: Mapped[datetime]
    heard_at: Mapped[datetime]
    """When one of its runs last said that it lives."""
    runs: Mapped[int]
    """How many runs are in it now."""
