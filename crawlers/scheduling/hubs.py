"""WebSub: how far a feed's hub is believed, and when it is asked, renewed and followed. Pure.

A hub tells of new entries, so that a feed needs fewer polls; but a hub may fall silent, and nobody would tell. So a
feed is always polled too, and what its polls find without a word from the hub costs the hub its trust.

Source: WebSub (W3C Recommendation of 23 January 2018), §5 and §7.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from crawlers.scheduling.interval import PollInterval

SLOWER = 3.0
"""A feed with a trusted hub is polled so many times more rarely."""
PROOFS = 8
"""Times in a row that a hub must have told of new entries before it is trusted."""
GRACE = timedelta(minutes=10)
"""A hub may tell of an entry this much later than a poll finds it, and a feed may show it this much later."""
TOGETHER = timedelta(minutes=3)
"""Entries of one push are published within this time."""
PUSH_PAUSE_S = 60.0
"""Shortest pause between a poll and one that a push asks for, while pushes bring something new."""
_IDLE_MAX = 10

WISHED_LEASE_S = 10 * 86_400
_USUAL_LEASE_S = 86_400
_LEASE_MIN_S, _LEASE_MAX_S = 60, 366 * 86_400
_RENEWED_AT = 0.75
"""Share of a lease after which it is renewed."""
_RENEWAL_MIN_S = 600.0
_RETRY_S, _RETRY_MAX_S = 3_600.0, 7 * 86_400.0
DENIED_RETRY_S = 7 * 86_400.0
"""Pause after a hub denied a subscription."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HubTerms:
    """The state of a subscription at a hub, as far as polls depend on it."""

    lease_until: datetime | None = None
    """The end of the subscription that the hub confirmed; None if there is none."""
    pushed_at: datetime | None = None
    """The last push with a valid signature."""


def is_trusted(hub: HubTerms | None, told: int, now: datetime) -> bool:
    """Return whether a hub is relied on; `told` is how often in a row it told of what polls then found."""
    return hub is not None and hub.lease_until is not None and now < hub.lease_until and told >= PROOFS


def learn_told(
    told: int, hub: HubTerms | None, fresh: Iterable[datetime | None], *, since: datetime | None, now: datetime
) -> int:
    """Return the new `told` after a poll that found entries with these dates and not those at `since`.

    What was published just now may yet be told, and judges nobody. A push has its feed polled, so an entry that was
    published well before the newest one that is found with it had no push of its own. Several without dates prove
    nothing.
    """
    if hub is None or hub.lease_until is None or now >= hub.lease_until:
        return 0
    found = list(fresh)
    if since is None or not found:
        return told
    dates = [at for at in found if at is not None]
    if has_told(hub, since):
        if len(dates) < len(found) and len(found) > 1:
            return told
        newest = max(dates, default=since)
        return 0 if any(since <= at < newest - TOGETHER for at in dates) else told + 1
    return told if len(dates) == len(found) and all(abs(now - at) < GRACE for at in dates) else 0


def has_told(hub: HubTerms | None, since: datetime) -> bool:
    """Return whether a push came after a poll, or so shortly before that the feed did not show it yet."""
    return hub is not None and hub.pushed_at is not None and hub.pushed_at >= since - GRACE


def with_hub(
    wish: PollInterval,
    hub: HubTerms | None,
    told: int,
    *,
    since: datetime | None,
    now: datetime,
    is_unchanged: bool,
    floor_s: float,
) -> PollInterval:
    """Return the interval with what the hub saves, or with the second look that its word is worth."""
    if hub is not None and hub.pushed_at is not None and is_unchanged and since is not None and hub.pushed_at >= since:
        soon = max(floor_s, PUSH_PAUSE_S)
        if soon < wish.seconds:
            return PollInterval(soon, "its hub told of something that the feed does not show yet")
    if not is_trusted(hub, told, now):
        return wish
    return PollInterval(
        wish.seconds * SLOWER, f"{wish.reason}; its hub tells of new ones, so it is polled {SLOWER:g} times more rarely"
    )


def read_lease(text: str | None) -> int:
    """Return the seconds of a lease as a hub states it, within bounds; a day if it states none."""
    digits = (text or "").strip()
    if not digits.isascii() or not digits.isdecimal() or len(digits) > 18 or int(digits) == 0:
        return _USUAL_LEASE_S
    return min(max(int(digits), _LEASE_MIN_S), _LEASE_MAX_S)


def renew_at(now: datetime, lease_s: int) -> datetime:
    """Return when a lease that was confirmed now is renewed: early enough for several tries before its end."""
    return now + timedelta(seconds=max(lease_s * _RENEWED_AT, _RENEWAL_MIN_S))


def ask_again_at(now: datetime, *, failures: int, retry_after_s: float | None = None) -> datetime:
    """Return when a hub is asked again after `failures` (≥ 1) requests in a row that it did not confirm."""
    pause_s = min(_RETRY_S * 4.0 ** min(failures - 1, 10), _RETRY_MAX_S)
    return now + timedelta(seconds=max(pause_s, min(retry_after_s or 0.0, _RETRY_MAX_S)))


@dataclass(frozen=True, slots=True, kw_only=True)
class PushedFeed:
    """A feed that a push is about."""

    polled_at: datetime | None
    next_poll_at: datetime
    failures: int
    floor_s: float | None
    """A person's shortest pause between two polls of it."""
    idle_pushes: int
    """Polls in a row that pushes asked for and that found nothing."""


def plan_push(feed: PushedFeed, now: datetime) -> datetime | None:
    """Return when a push has the feed polled; None if the planned poll stays.

    A push does not shorten the pause after a failure, which may be what the server asked for; and pushes that bring
    nothing are followed ever more rarely.
    """
    if feed.failures:
        return None
    pause_s = max(PUSH_PAUSE_S * 2.0 ** min(feed.idle_pushes, _IDLE_MAX), feed.floor_s or 0.0)
    at = now if feed.polled_at is None else max(now, feed.polled_at + timedelta(seconds=pause_s))
    return at if at < feed.next_poll_at else None
