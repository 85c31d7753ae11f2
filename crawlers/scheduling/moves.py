"""Permanent redirects of a feed: its new address is adopted once it is confirmed. Pure."""

from __future__ import annotations

from dataclasses import replace

from crawlers.scheduling.history import MOVES_CONFIRMED, FeedHistory


def learn_move(history: FeedHistory, url: str, moved_to: str | None) -> tuple[FeedHistory, str | None]:
    """Return the history after a successful poll, and the address to adopt (None: keep the old one).

    `moved_to` is where permanent redirects led this time. A single different answer starts the count again.
    """
    if moved_to is None or moved_to == url:
        return replace(history, moved_to=None, moved_times=0), None
    times = history.moved_times + 1 if history.moved_to == moved_to else 1
    if times >= MOVES_CONFIRMED:
        return replace(history, moved_to=None, moved_times=0), moved_to
    return replace(history, moved_to=moved_to, moved_times=times), None
