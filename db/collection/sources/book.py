"""The outlet of a document: recognised by its id, its name or its address, else made of them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection, select

from db.dialect import insert
from db.enums.collection import SourceOrigin
from db.models import Source, SourceDomain
from db.net.urls import read_host, registrable_domain

UNKNOWN = "unknown"
"""The source of texts without address and outlet."""

MAX_ID = 200
"""Maximum length of an outlet's id."""

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
        host = read_host(url)
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
    host = read_host(hint) if "://" in hint else hint.strip().lower().removeprefix("www.").rstrip("/.")
    return host if len(host) <= MAX_ID and _DOMAIN.match(host) else None


def slug(name: str) -> str:
    """Return an identifier derived from a name; letters of every script stay."""
    return re.sub(r"[^\w]+", "-", name_key(name)).strip("-")[:100] or UNKNOWN


def new_source(hint: str | None, url: str | None, name: str | None = None) -> SourceIn:
    """Return a new outlet for a document that matches no known outlet.

    Its id is the registrable domain of the document's hint, else of its address, else a slug of the hint. `name` is the
    display name, if the document has a separate one.
    """
    host = (_as_host(hint) if hint else None) or (read_host(url) if url else "")
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
