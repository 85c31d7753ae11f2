"""Trust in a server's validators: some servers say 304 although the feed has changed. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from crawlers.scheduling.history import FeedHistory, is_lying

_MARGIN = timedelta(minutes=10)
"""An entry at least this much older than a 304 should have been there; clocks differ, and entries are written first."""
_SUSPICIONS = 2
"""Suspicions that convict: a single entry may be dated back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ValidatorsSeen:
    """A successful poll, as far as it tells about validators."""

    at: datetime
    asked_whole: bool
    is_not_modified: bool
    """True for a 304."""
    same_validators: bool = False
    """True if a 200 repeats the validators of the poll before, so that a conditional request would have got a 304."""
    fresh: Iterable[datetime | None] = ()
    """Publication of the entries that the poll before did not list, one each."""


def learn_validators(history: FeedHistory, seen: ValidatorsSeen) -> FeedHistory:
    """Return the history after a successful poll.

    A server lies if an unconditional request gets other entries under the same validators, or if twice it gets entries
    that were published well before the 304 that came last.
    """
    conditional = 0 if seen.asked_whole else history.conditional + 1
    whole_at = seen.at if seen.asked_whole else history.whole_at
    learnt = replace(history, conditional=conditional, whole_at=whole_at)
    if seen.is_not_modified:
        return replace(learnt, not_modified_at=seen.at)
    fresh = list(seen.fresh)
    if not seen.asked_whole or not fresh or is_lying(history, seen.at):
        return replace(learnt, not_modified_at=None)
    denied_at = history.not_modified_at
    is_late = denied_at is not None and any(at is not None and at < denied_at - _MARGIN for at in fresh)
    suspicions = history.suspicions + 1 if is_late else 0
    if seen.same_validators or suspicions >= _SUSPICIONS:
        return replace(learnt, lying_since=seen.at, suspicions=0, not_modified_at=None)
    return replace(learnt, suspicions=suspicions, not_modified_at=None)
