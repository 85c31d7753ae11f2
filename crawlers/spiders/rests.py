"""Rests of hosts that answered that there were too many requests."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from crawlers.hosts.limiter import HostLimiter
from crawlers.hosts.throttling import Throttling
from crawlers.http.results import FetchFailure, FetchResult
from crawlers.scheduling.hints import retry_after_s
from crawlers.scheduling.plan import span
from db.enums.outcomes import RequestOutcome
from db.net.urls import read_host

log = logging.getLogger("crawler")


class HostRests:
    """Watches results for throttling, and lets the hosts rest."""

    def __init__(self, limiter: HostLimiter, clock: Callable[[], datetime]) -> None:
        self._limiter, self._clock = limiter, clock
        self._throttling = Throttling()

    def watch(self, answer: FetchResult) -> FetchResult:
        """Let the host rest if it asks for fewer requests; return the result, with a 403 after a burst as just that."""
        host = read_host(answer.url)
        wish = retry_after_s(answer.header("retry-after"), self._clock()) if answer.status == 429 else None
        rest_s = self._throttling.answered(host, answer.status, time.monotonic(), retry_after_s=wish)
        if rest_s is None:
            return answer
        self._limiter.rest(host, rest_s)
        log.warning("%s answered %s: it rests for %s", host, answer.status, span(rest_s))
        if answer.status == 429:
            return answer
        reason = "the server answered 403 after many requests: it wants fewer"
        return replace(answer, trouble=FetchFailure(RequestOutcome.THROTTLED, reason))
