"""Feeds, sitemaps and section pages: how each outlet is collected, and how well."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from db.collection.feeds.feeds import LISTED, iter_feeds
from db.collection.feeds.losses import measure_feed_losses
from db.enums.collection import FeedState
from db.id_pages import read_ids
from db.models import Feed
from web.api.parts.answers import KNOWN_ONLY, LIMIT, Cursor, Limit, answer, documented, next_address, read_place
from web.api.parts.row_models import ApiModel, build_list_model, said
from web.shared.cursors import write_cursor
from web.shared.hidden import hide_passwords
from web.shared.hubs import describe_hubs
from web.shared.params import SourceName, get_source
from web.shared.store import Reading
from worker.catalogue.records import feed_record

router = APIRouter(tags=["feeds"], dependencies=KNOWN_ONLY)


class FeedOfOutlet(ApiModel):
    """A feed with its health, as in `source show`."""

    url: str = said("Address, without a password.", "https://example.org/rss")
    title: str | None = said("Its own title.", "Example Herald")
    confidence: str | None = said("Whether the catalogue is sure of it.", "verified")
    tried: str = said("Whether it was tried, and how that ended.", "succeeded")
    state: FeedState = said("Whether it is polled.", "active")
    failures: int = said("Failures in a row.", 0)
    last_outcome: str | None = said("Outcome of the last poll.", "changed")
    last_error: str | None = said("Error of the last poll.", None)
    unverified: bool = said("Whether its server's certificate is bad.", False)
    certificate: str | None = said("What is wrong with the certificate.", None)
    polled_at: str | None = said("Last poll.", "2022-01-06T10:00:00Z")
    succeeded_at: str | None = said("Last success.", "2022-01-06T10:00:00Z")
    changed_at: str | None = said("Last change.", "2022-01-06T10:00:00Z")
    next_poll_at: str | None = said("Next poll.", "2022-01-06T10:15:00Z")
    next_poll_because: str | None = said("Why then.", "its rate")
    kind: str = said("feed, sitemap or section.", "feed")
    newest_at: str | None = said("Publication of its newest entry.", "2022-01-06T09:50:00Z")
    validators_lie: bool = said("Whether it says 304 although it has changed.", False)
    hub: str | None = said("What its hub does, in words.", None)
    overlap: float | None = said("Share of entries seen twice, last seven days.", 0.8)
    complete: float | None = said("Share of entries believed to have been seen, last seven days.", 0.998)
    missed: float | None = said("Expected number of entries missed, last seven days.", 0.4)
    missed_any: float | None = said("Chance that any was missed.", 0.3)


class FeedInList(FeedOfOutlet):
    """A feed of a list."""

    source: str = said("Outlet: its id.", "example-herald")


FeedList = build_list_model("FeedList", "A page of feeds.", "feeds", FeedInList, "The feeds, the first added first.")


@router.get("/feeds", operation_id="list_feeds", **documented(FeedList, without=[404]))
def list_feeds(
    request: Request,
    store: Reading,
    source: SourceName = "",
    state: Annotated[FeedState | None, Query(description="Only feeds in this state.", examples=["active"])] = None,
    limit: Limit = LIMIT,
    cursor: Cursor = "",
) -> Response:
    """List feeds with their health, as in `source show`."""
    (after,) = read_place("feeds", cursor, [int]) or (None,)
    with store.reading() as conn:
        where: list[Any] = [LISTED]
        if source:
            where.append(Feed.source_id == get_source(conn, source))
        if state is not None:
            where.append(Feed.state == state)
        ids, last = read_ids(conn, Feed.id, after=after, limit=limit, where=where)
        feeds = sorted(iter_feeds(conn, feed_ids=ids), key=lambda feed: feed.id)
        losses, hubs = measure_feed_losses(conn, until=store.now()), describe_hubs(conn, ids, now=store.now())
    records = [
        {"source": feed.source_id, **feed_record(feed, losses.get(feed.id), hubs.get(feed.id))} for feed in feeds
    ]
    following = last and next_address(request, cursor=write_cursor("feeds", [last]))
    return answer(request, {"feeds": hide_passwords(records), "next": following})
