"""Feeds with their outlets, as lists for feed readers have them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import Connection, func, select

from db.enums.collection import FeedKind, FeedState
from db.models import Feed, Source, SourceDomain


@dataclass(frozen=True, slots=True)
class ListedAddress:
    """A feed with its outlet's name, site and first language."""

    url: str
    outlet: str
    site: str | None
    language: str | None


def list_addresses(conn: Connection, source_ids: Collection[str] = ()) -> list[ListedAddress]:
    """Return the feeds (of some outlets) that are not retired, by outlet and address; no sitemaps and pages."""
    domains = select(SourceDomain.source_id, func.min(SourceDomain.domain).label("domain"))
    first = domains.group_by(SourceDomain.source_id).subquery()
    query = (
        select(Feed.url, Source.name, Source.homepage, first.c.domain, Source.languages)
        .join(Source, Source.id == Feed.source_id)
        .outerjoin(first, first.c.source_id == Source.id)
        .where(Feed.kind == FeedKind.FEED, Feed.state != FeedState.RETIRED)
        .order_by(Source.id, Feed.url)
    )
    if source_ids:
        query = query.where(Source.id.in_(source_ids))
    return [
        ListedAddress(
            row.url,
            row.name,
            row.homepage or (f"https://{row.domain}/" if row.domain else None),
            row.languages[0] if row.languages else None,
        )
        for row in conn.execute(query)
    ]
