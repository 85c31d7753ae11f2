"""Pages that an older robots.txt forbade and the new one allows."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime

from sqlalchemy.exc import SQLAlchemyError

from crawlers.async_store import AsyncStore
from crawlers.http.robots import FORBIDDEN, get_site
from db.collection.pages.refusals import ask_for_pages, find_forbidden
from db.net.urls import read_host

log = logging.getLogger("crawler")


async def ask_for_allowed(store: AsyncStore, site: str, allows: Callable[[str], bool], *, now: datetime) -> None:
    """Make the pages of a site due that its robots.txt forbade and now allows."""
    host = read_host(site)
    try:
        pages = await store.read(lambda conn: find_forbidden(conn, host, FORBIDDEN, now=now))
        if not pages:
            return
        ids = await store.compute(lambda: [page_id for page_id, url in pages if get_site(url) == site and allows(url)])
        await store.write(lambda conn, _: ask_for_pages(conn, ids, now=now), rows=len(ids) or 1)
    except SQLAlchemyError as error:  # the database is away: their own time will come
        log.warning("%s: could not schedule the pages that its robots.txt allows now:  %s", site, error)
