"""Outlets: from the catalogue, added by people, or found in documents."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, case, func, literal, null, select

from db.collection.feeds import LISTED
from db.dialect import insert
from db.enums.collection import FeedKind, FeedState, SourceOrigin
from db.models import Article, Feed, Source, SourceDomain, SourceRemoval
from db.net.urls import host_of, registrable_domain

UNKNOWN = "unknown"
"""The source of texts without address and outlet."""

MAX_ID = 200
"""Maximum length of an outlet's id."""

NOT_COLLECTED = "none"
WAYS = (FeedKind.FEED.value, FeedKind.SITEMAP.value, FeedKind.SECTION.value, NOT_COLLECTED)
"""The ways by which an outlet can be collected, the best first: the kind of an active feed, or none."""

_DOMAIN = re.compile(r"^(?:[\w-]+\.)+[^\W\d_]{2,}$")


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceIn:
    """An outlet to be stored."""

    id: str
    name: str
    domains: Sequence[str]
    origin: str
    country: str | None = None
    languages: Sequence[str] = ()
    kind: str | None = None
    homepage: str | None = None
    bias_note: str | None = None
    paywall: str | None = None
    time_zone: str | None = None


@dataclass(slots=True, kw_only=True)
class SourceBook:
    """A snapshot of outlets by domain and name, for looking up many documents."""

    by_domain: dict[str, str] = field(default_factory=dict)
    by_name: dict[str, str] = field(default_factory=dict)
    ids: set[str] = field(default_factory=set)
    kinds: dict[str, str] = field(default_factory=dict)
    time_zones: dict[str, str] = field(default_factory=dict)

    def find_by_url(self, url: str) -> str | None:
        """Return the outlet of an address by the longest known domain that its host ends with."""
        host = host_of(url)
        while host:
            found = self.by_domain.get(host)
            if found is not None:
                return found
            host = host.partition(".")[2]
        return None

    def find(self, hint: str | None, url: str | None) -> str | None:
        """Return the outlet of a document by its `hint` or its address."""
        known = self.find_by_hint(hint) if hint else None
        if known is None and url and not (hint and _as_host(hint)):
            known = self.find_by_url(url)  # the name may be a variant, while another domain means another outlet
        return known

    def find_by_hint(self, hint: str) -> str | None:
        """Return the outlet that matches a hint by id, name or domain."""
        plain = hint.strip()
        if plain in self.ids:
            return plain
        named = self.by_name.get(name_key(plain))
        if named is not None:
            return named
        host = _as_host(plain)
        return self.find_by_url(f"https://{host}/") if host else None


def name_key(name: str) -> str:
    """Return an outlet's name in normalised form for comparison."""
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())


def _as_host(hint: str) -> str | None:
    host = host_of(hint) if "://" in hint else hint.strip().lower().removeprefix("www.").rstrip("/.")
    return host if len(host) <= MAX_ID and _DOMAIN.match(host) else None


def slug(name: str) -> str:
    """Return an identifier derived from a name; letters of every script stay."""
    return re.sub(r"[^\w]+", "-", name_key(name)).strip("-")[:100] or UNKNOWN


def new_source(hint: str | None, url: str | None, name: str | None = None) -> SourceIn:
    """Return a new outlet for a document that matches no known outlet.

    Its id is the registrable domain of the document's hint, else of its address, else a slug of the hint. `name` is the
    display name, if the document has a separate one.
    """
    host = (_as_host(hint) if hint else None) or (host_of(url) if url else "")
    domain = registrable_domain(host)[:MAX_ID] if host else ""
    called = hint.strip()[:200] if hint and _as_host(hint) is None else domain
    if not called:
        return SourceIn(id=UNKNOWN, name="Unknown outlet", domains=(), origin=SourceOrigin.DOCUMENT)
    shown = (name or "").strip()[:200] or called
    return SourceIn(
        id=domain or slug(called), name=shown, domains=(domain,) if domain else (), origin=SourceOrigin.DOCUMENT
    )


def load_book(conn: Connection) -> SourceBook:
    """Return the names and domains of all outlets."""
    book = SourceBook()
    outlets = select(Source.id, Source.name, Source.kind, Source.time_zone).order_by(Source.id)
    for source_id, name, kind, time_zone in conn.execute(outlets):
        book.ids.add(source_id)
        if time_zone:
            book.time_zones[source_id] = time_zone
        if kind:
            book.kinds[source_id] = kind
        book.by_name.setdefault(name_key(name), source_id)
    for domain, source_id in conn.execute(select(SourceDomain.domain, SourceDomain.source_id)):
        book.by_domain[domain] = source_id
    return book


def find_names(conn: Connection) -> dict[str, str]:
    """Return the names of outlets by id."""
    return {source_id: name for source_id, name in conn.execute(select(Source.id, Source.name))}


def record_source(conn: Connection, source: SourceIn, *, now: datetime) -> bool:
    """Store an outlet with its domains unless it is known; return whether it was new."""
    added = conn.scalar(
        insert(conn, Source)
        .values(
            id=source.id,
            name=source.name,
            country=source.country,
            languages=list(source.languages),
            kind=source.kind,
            homepage=source.homepage,
            bias_note=source.bias_note,
            paywall=source.paywall,
            time_zone=source.time_zone,
            origin=source.origin,
            added_at=now,
        )
        .on_conflict_do_nothing(index_elements=["id"])
        .returning(Source.id)  # not every driver reports the count of rows
    )
    domains = sorted({domain.lower().removeprefix("www.") for domain in source.domains if domain})
    if domains:
        conn.execute(
            insert(conn, SourceDomain).on_conflict_do_nothing(index_elements=["domain"]),
            [{"domain": domain, "source_id": source.id} for domain in domains],
        )
    return added is not None


def resolve(
    conn: Connection,
    book: SourceBook,
    *,
    hint: str | None,
    url: str | None,
    now: datetime,
    name: str | None = None,
) -> str:
    """Return the source id of a document, creating its outlet if it is unknown."""
    known = book.find(hint, url)
    if known is not None:
        return known
    source = new_source(hint, url, name)
    if source.id not in book.ids:
        record_source(conn, source, now=now)
        book.ids.add(source.id)
        book.by_name.setdefault(name_key(source.name), source.id)
        for domain in source.domains:
            book.by_domain.setdefault(domain, source.id)
    return source.id


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceRow:
    """An outlet as shown in lists."""

    id: str
    name: str
    country: str | None
    languages: list[str]
    kind: str | None
    origin: str
    feeds: int
    articles: int
    latest_at: datetime | None
    last_error: str | None
    collected_by: str
    """The best way by which it is collected now: one of `WAYS`."""


def list_sources(conn: Connection, *, only: Iterable[str] | None = None) -> list[SourceRow]:
    """Return outlets by id, with the number of feeds and articles of each and its latest problem."""
    feeds = (
        select(
            Feed.source_id, func.count().label("n"), func.max(Feed.last_error).label("error"), _best_way().label("way")
        )
        .where(LISTED)
        .group_by(Feed.source_id)
        .subquery()
    )
    # of each outlet by itself: an index has both, so that no article is read
    articles = select(func.count()).where(Article.source_id == Source.id).select_from(Article).scalar_subquery()
    latest = select(func.max(Article.collected_at)).where(Article.source_id == Source.id).scalar_subquery()
    query = (
        select(
            Source.id,
            Source.name,
            Source.country,
            Source.languages,
            Source.kind,
            Source.origin,
            func.coalesce(feeds.c.n, 0).label("feeds"),
            articles.label("articles"),
            latest.label("latest_at"),
            feeds.c.error.label("last_error"),
            func.coalesce(feeds.c.way, NOT_COLLECTED).label("collected_by"),
        )
        .outerjoin(feeds, feeds.c.source_id == Source.id)
        .order_by(Source.id)
    )
    if only is not None:
        query = query.where(Source.id.in_(list(only)))
    return [SourceRow(**row._asdict()) for row in conn.execute(query)]


def _best_way() -> ColumnElement[str]:
    """Return the best kind of the active feeds of a group; null without an active one."""
    active = case((Feed.state == FeedState.ACTIVE, Feed.kind))
    ways = [(func.max(case((active == way, 1))) == 1, literal(way)) for way in WAYS if way != NOT_COLLECTED]
    return case(*ways, else_=null())


def count_collected(conn: Connection) -> dict[str, int]:
    """Return the number of outlets by the best way of their collection, those that never brought an article, and those
    that are removed; the removed are counted only as such.
    """
    removed = select(SourceRemoval.source_id).where(SourceRemoval.source_id == Source.id).exists()
    ways = select(Feed.source_id, _best_way().label("way")).group_by(Feed.source_id).subquery()
    way = func.coalesce(ways.c.way, NOT_COLLECTED)
    heard = select(Article.id).where(Article.source_id == Source.id).exists()
    here = select(way, func.count(), func.sum(case((heard, 0), else_=1))).select_from(Source)
    query = here.outerjoin(ways, ways.c.source_id == Source.id).where(~removed).group_by(way)
    counts = {way: 0 for way in WAYS} | {"never_heard": 0}
    for name, number, never in conn.execute(query):
        counts[name] = number
        counts["never_heard"] += int(never)
    return counts | {"removed": conn.scalar(select(func.count()).select_from(SourceRemoval)) or 0}


def list_names(conn: Connection) -> list[tuple[str, str, list[str]]]:
    """Return id, name and domains of every outlet, by id."""
    domains: dict[str, list[str]] = {}
    for domain, source_id in conn.execute(select(SourceDomain.domain, SourceDomain.source_id)):
        domains.setdefault(source_id, []).append(domain)
    named = conn.execute(select(Source.id, Source.name).order_by(Source.id))
    return [(source_id, name, sorted(domains.get(source_id, ()))) for source_id, name in named]


def find_source(conn: Connection, source_id: str) -> Source | None:
    """Return one outlet, or None."""
    row = conn.execute(select(Source.__table__).where(Source.id == source_id)).mappings().first()
    return Source(**row) if row else None


def domains_of(conn: Connection, source_id: str) -> list[str]:
    """Return the domains of an outlet in alphabetical order."""
    return list(
        conn.scalars(
            select(SourceDomain.domain).where(SourceDomain.source_id == source_id).order_by(SourceDomain.domain)
        )
    )


def count_sources(conn: Connection, *, known_at: datetime | None = None) -> int:
    """Return the number of outlets, now or at an instant."""
    query = select(func.count()).select_from(Source)
    return conn.scalar(query if known_at is None else query.where(Source.added_at <= known_at)) or 0


def latest_collected(conn: Connection, source_ids: Collection[str]) -> dict[str, datetime]:
    """Return the time of the last collected article by outlet, for outlets that have one."""
    query = select(Article.source_id, func.max(Article.collected_at)).where(Article.source_id.in_(source_ids))
    return {source_id: latest for source_id, latest in conn.execute(query.group_by(Article.source_id))}
