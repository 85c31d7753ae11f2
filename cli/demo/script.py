"""The script of the demo: the web changes act by act; each act ends when everything is stored and processed."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from typing import TypeVar

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from cli.demo.outlets import Act, DemoError
from cli.demo.server import RunningWeb
from cli.demo.store import Knowledge, WaitingCounts, count_all_waiting
from cli.demo.web import DemoWeb
from db.collection.feeds.feeds import make_feeds_due
from db.collection.pages.pages import make_pages_due
from db.engine import Database
from db.net.urls import canonical_url
from db.totals import count_articles

T = TypeVar("T")

PATIENCE_S = 180.0
"""Seconds without any progress after which the demo is aborted; the leases of a killed process expire long before."""
_LOOK_S = 0.2

_DESCRIPTIONS = {
    Act.OPENING: "the feeds on the first visit",
    Act.NEWS: "new articles appear; one outlet shows a challenge in place of its own",
    Act.REPRINTS: "others reprint them, whole or in part, under their own headlines",
    Act.EDIT: "an article is silently edited, and its page fetched again; the challenge is over",
    Act.END: "everything is fetched once more: nothing may change",
}


def acts_to_play(web: DemoWeb, known: Knowledge) -> Sequence[Act]:
    """Return the acts from the first one not yet in the store; always including the last."""
    missing = (act for act in Act if act is Act.END or not _is_stored(web, act, known))
    first = next(missing)
    return [act for act in Act if act >= first]


def _is_stored(web: DemoWeb, act: Act, known: Knowledge) -> bool:
    for outlet in web.outlets:
        for article in outlet.articles:
            url = canonical_url(web.filed_at(outlet, article))
            filed = known.articles.get(url)
            if article.act == act and not (url in known.pages if article.leads_astray else filed):
                return False
            if act is Act.EDIT and article.edited and (filed is None or filed.revisions < 2):
                return False
    return True


class Director:
    """Plays the acts: changes the web, makes the crawler look at once, and waits until everything is processed."""

    def __init__(
        self, running: RunningWeb, database: Database, *, clock: Callable[[], datetime], patience_s: float = PATIENCE_S
    ) -> None:
        self._running, self._database, self._clock, self._patience_s = running, database, clock, patience_s

    async def play(self, acts: Sequence[Act], tell: Callable[[str], None], *, pause_s: float) -> None:
        """Play the acts with pauses between them. Raises DemoError if nothing moves for `patience_s`."""
        now = asyncio.get_running_loop().time
        self._running.act = acts[0]  # before the first request of the crawler, which is already starting
        for act in acts:
            began = now()
            self._running.act = act
            tell(f"act {act} of {len(Act)}: {_DESCRIPTIONS[act]}")
            await self._retry(partial(self._make_due, act))
            await self._until_quiet()
            counts = await self._retry(lambda: self._database.read(count_articles))
            tell(
                f"  everything is stored after {now() - began:.0f} s: {counts['articles']} articles in "
                f"{counts['stories']} stories, {counts['revisions']} revisions"
            )
            if act != acts[-1]:
                await asyncio.sleep(pause_s)

    def _make_due(self, act: Act) -> None:
        now = self._clock()
        urls = None if act is Act.END else self._pages_to_see_again(act)

        def make_due(conn: Connection) -> None:
            make_pages_due(conn, urls=urls, now=now)
            make_feeds_due(conn, now=now)

        self._database.write(make_due)

    def _pages_to_see_again(self, act: Act) -> set[str]:
        """Return the pages that are edited in an act, and those that a challenge hid in the act before."""
        web = self._running.web
        return {
            canonical_url(web.article_url(outlet, article))
            for outlet in web.outlets
            for article in outlet.articles
            if (article.edited and act is Act.EDIT)
            or (outlet.guarded_until and article.act < act <= outlet.guarded_until)
        }

    async def _until_quiet(self) -> None:
        now = asyncio.get_running_loop().time
        last, moved = None, now()
        while waiting := await self._retry(self._count_waiting):
            if waiting != last:
                last, moved = waiting, now()
            if now() - moved > self._patience_s:
                raise DemoError(f"nothing has moved for {self._patience_s:g} s; still waiting: {waiting}")
            await asyncio.sleep(_LOOK_S)

    def _count_waiting(self) -> WaitingCounts:
        return self._database.read(lambda conn: count_all_waiting(conn, now=self._clock()))

    async def _retry(self, work: Callable[[], T]) -> T:
        """Return the result of `work`, run in another thread; retries while the database is unavailable."""
        give_up_at = asyncio.get_running_loop().time() + self._patience_s
        while True:
            try:
                return await asyncio.to_thread(work)
            except DBAPIError:
                if asyncio.get_running_loop().time() > give_up_at:
                    raise
                await asyncio.sleep(1)
