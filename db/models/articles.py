"""Articles, their revisions, and the evidence of copying."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import BigInteger, ForeignKey, Index, String, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column

from db.enums.articles import RevisionStage, TextFrom
from db.models.base import Base, BytewiseUrl, PartialIndex, RowId, Url


class Article(Base):
    """An article, one per canonical URL. Its content is the current revision, repeated in columns for queries."""

    __tablename__ = "articles"
    __table_args__ = (
        Index("ix_articles_counts_on_source_id", "counts_on", "source_id"),
        Index("ix_articles_counts_on_canonical_url", "counts_on", "canonical_url"),
        Index("ix_articles_source_id_counts_on", "source_id", "counts_on"),
        Index("ix_articles_source_id_collected_at", "source_id", "collected_at"),
        Index("ix_articles_language_counts_on", "language", "counts_on"),
        PartialIndex("ix_articles_reprints", "counts_on", "cluster_id", "id", where="cluster_id <> id"),
        PartialIndex("ix_articles_without_date", "counts_on", where="published_at IS NULL"),
    )

    id: Mapped[RowId]
    canonical_url: Mapped[BytewiseUrl] = mapped_column(unique=True)
    url: Mapped[Url]
    source_id: Mapped[str] = mapped_column(ForeignKey("sources.id"))
    revision_id: Mapped[int | None] = mapped_column(BigInteger, index=True)
    """The current revision: the latest observed one. Null only inside the transaction that creates both."""
    collected_at: Mapped[datetime]
    """Time of first collection."""
    published_at: Mapped[datetime | None]
    published_is_day: Mapped[bool] = mapped_column(default=False)
    counts_on: Mapped[date]
    """The day on which it counts: of publication, or of collection when no date of publication is known."""
    is_undated: Mapped[bool] = mapped_column(default=False, server_default=false())
    """True if it counts in the undated period and on no day; `counts_on` is then only the day of collection."""
    language: Mapped[str | None] = mapped_column(String(20))
    genre: Mapped[str | None] = mapped_column(String(20))
    in_scope: Mapped[bool | None]
    cluster_id: Mapped[int | None] = mapped_column(BigInteger, index=True)
    """The article id of the cluster's original; its own id for an original; null until compared."""
    title: Mapped[str | None]
    author: Mapped[str | None]
    revisions: Mapped[int] = mapped_column(default=1, server_default="1")
    """Number of different texts seen at this address."""
    changed: Mapped[int] = mapped_column(BigInteger, default=0, server_default="0", index=True)
    """The number of the last transaction that changed the article, see `db.changes`."""


class ArticleAddress(Base):
    """One of several addresses of an article. An article without rows has one: its canonical URL.

    An address that several articles name belongs to none of them, unless one of them was found there, because their
    texts differ.
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
    """The first spelling in code point order."""
    is_asked: Mapped[bool]
    """True if a text of the article was found under it: as the requested address or as a document's own URL."""
    is_declared: Mapped[bool]
    """True if a page of the article names it as its own (`rel=canonical`)."""
    is_end: Mapped[bool]
    """True if redirects ended there."""


class AddressState(Base):
    """Progress of rewriting the database to the current rules for canonical URLs (one row)."""

    __tablename__ = "address_state"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    rules: Mapped[int]
    """Version of the rules, `db.net.urls.RULES`."""
    articles_to: Mapped[int | None] = mapped_column(BigInteger)
    """The last article rewritten; null when all are."""
    pages_to: Mapped[int | None] = mapped_column(BigInteger)
    """The last page rewritten; null when all are."""


class StoryState(Base):
    """Progress of comparing the database again by the current rules of resemblance (one row), see `recomparing`."""

    __tablename__ = "story_state"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    rules: Mapped[int]
    """Version of the rules, `worker.dedup.compare.VERSION`."""
    texts_to: Mapped[int | None] = mapped_column(BigInteger)
    """The last text with a new fingerprint; null when all have one."""
    articles_to: Mapped[int | None] = mapped_column(BigInteger)
    """The last article compared again; null when all are."""


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
    """xxh3-128 of title and text with white space folded; equal hashes mean the same revision."""
    observed_at: Mapped[datetime]
    """Time at which this text was seen at the address; orders the revisions of an article."""
    capture_id: Mapped[int | None] = mapped_column(ForeignKey("captures.id", ondelete="SET NULL"), index=True)
    title: Mapped[str | None]
    author: Mapped[str | None]
    language: Mapped[str | None] = mapped_column(String(20))
    second_language: Mapped[str | None] = mapped_column(String(20))
    """A second possible language: names of both are tagged; null when there is no doubt."""
    published_at: Mapped[datetime | None]
    published_is_day: Mapped[bool] = mapped_column(default=False)
    stage: Mapped[str] = mapped_column(String(20), default=RevisionStage.STORED)
    """A `db.enums.articles.RevisionStage`."""
    claimed_until: Mapped[datetime | None]
    vocabulary_version: Mapped[str | None] = mapped_column(String(32))
    genre: Mapped[str | None] = mapped_column(String(20))
    """A `db.enums.articles.Genre`, by its page, its address or its outlet; null if none of them decides."""
    in_scope: Mapped[bool | None]
    """True for commentary on Central Asian security, as its vocabulary defines that; null until tagged."""
    text_from: Mapped[str] = mapped_column(String(10), default=TextFrom.PAGE, server_default=TextFrom.PAGE)
    """A `db.enums.articles.TextFrom`."""
    returned_at: Mapped[datetime | None]
    """Time at which this text came back after another one; null if it never did."""
    is_undated: Mapped[bool] = mapped_column(default=False, server_default=false())
    """True if it has no date and no feed brought it as new: its day of collection is no evidence of its age."""
    text: Mapped[str]
    """The last column, because SQLite reads through it to reach any column behind it."""


class UnverifiedRevision(Base):
    """A text from an unverified server: a bad certificate was accepted for it."""

    __tablename__ = "unverified_revisions"

    revision_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("revisions.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    reason: Mapped[str] = mapped_column(String(100))


class Suspect(Base):
    """A text at an article's address that has nothing in common with the article; it awaits confirmation, see
    `worker.judging`.
    """

    __tablename__ = "suspects"

    article_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("articles.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    reason: Mapped[str]
    """Readable explanation of the suspicion."""
    looks: Mapped[int]
    """Number of consecutive sightings."""
    first_seen_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]
    title: Mapped[str | None]
    text: Mapped[str]


class RevisionAttempt(Base):
    """Attempts to resume a revision that a batch left unfinished; the row is removed when it is finished."""

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
    """The inverted index of sampled shingles, which finds articles that may resemble each other."""

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
    """A sample that stands in many articles of one outlet, such as a footer. Derived from `sketch_hashes`."""

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
    """True if an article lost it since it was counted."""


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
    """Share of the smaller text's shingles that the larger one contains."""
    jaccard: Mapped[float]
    shared: Mapped[int]
    """Number of common shingles."""
    relation: Mapped[str] = mapped_column(String(20))
    """A `db.enums.stories.ReprintRelation`. `copy` and `headline` join a cluster."""
    method: Mapped[str] = mapped_column(String(40))
    """Name and version of the measure and its thresholds."""


class Intake(Base):
    """A batch of documents imported together: one run of `ingest`, or several that overlapped."""

    __tablename__ = "intakes"

    id: Mapped[RowId]
    opened_at: Mapped[datetime]
    heard_at: Mapped[datetime]
    """Time of the last heartbeat of any of its runs."""
    runs: Mapped[int]
    """Number of runs in progress."""
