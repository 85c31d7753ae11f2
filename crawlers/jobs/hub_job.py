"""The job of subscribing to a feed at its hub (WebSub §5.1), and of renewing that."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from urllib.parse import urlencode

from sqlalchemy import Connection

from crawlers.async_store import OutcomeTally
from crawlers.http.cookies import JAR
from crawlers.http.results import FetchFailure, FetchResult, describe_status
from crawlers.jobs.job import DecisionContext, DueFilter, Job, JobResult
from crawlers.jobs.schedule import NETWORK_RETRY_S
from crawlers.scheduling.hints import retry_after_s
from crawlers.scheduling.hubs import WISHED_LEASE_S, ask_again_at
from db.collection.feeds.hubs import HubDue, claim_hubs, find_due_hubs, record_hub_asked, renew_hub_claims
from db.enums.outcomes import RequestOutcome, Stage
from db.net.callbacks import hub_callback

NOT_CONFIRMED = "the hub took the request and did not call back to confirm it"
_SHARE = 8
"""One of so many requests may be for hubs."""


class HubJob(Job):
    """A subscription to ask a hub for."""

    stage = Stage.HUB
    accept = "*/*"
    method = "POST"

    def __init__(self, hub: HubDue, public_url: str) -> None:
        super().__init__(hub)
        self._hub = hub
        self._public_url = public_url

    @property
    def body(self) -> bytes:
        """Return the form that asks for the subscription."""
        hub = self._hub
        fields = {
            "hub.callback": hub_callback(self._public_url, hub.token),
            "hub.mode": "subscribe",
            "hub.topic": hub.topic_url,
            "hub.lease_seconds": str(WISHED_LEASE_S),
            "hub.secret": hub.secret,
        }
        return urlencode(fields).encode("ascii")

    def headers(self) -> dict[str, str]:
        """Return the request headers."""
        return {"Accept": self.accept, "Content-Type": "application/x-www-form-urlencoded"}

    def meta(self, now: datetime) -> dict[str, Any]:
        """Return the request's meta; hubs get no cookies of outlets."""
        return super().meta(now) | {JAR: f"hub {self.host}"}

    @property
    def requested_at(self) -> datetime | None:
        """Return the time of the last request."""
        return self._hub.asked_at

    @property
    def used_to_answer(self) -> bool:
        """Return whether the hub ever confirmed."""
        return self._hub.verified_at is not None

    def decide(self, answer: FetchResult, now: datetime, context: DecisionContext) -> JobResult:
        """Return the new state: until the hub confirms a subscription, the request counts as failed."""
        hub = self._hub
        trouble = None if 200 <= answer.status < 300 else answer.trouble or describe_status(answer.status)
        if trouble is None and not 200 <= answer.status < 300:
            trouble = FetchFailure(RequestOutcome.SERVER_ERROR, f"the hub answered {answer.status}")
        failures = hub.failures + 1
        wish = retry_after_s(answer.header("retry-after"), now) if answer.status in (429, 503) else None
        next_at = ask_again_at(now, failures=failures, retry_after_s=wish)
        error = trouble.reason if trouble else NOT_CONFIRMED
        outcome = trouble.kind if trouble else RequestOutcome.ASKED
        said = error if trouble else None
        store = partial(_store, hub, self._public_url, next_at, failures, error, outcome, said)
        return JobResult(((1, store),), said or "asked for a subscription")

    def restore_after_outage(self, conn: Connection, reason: str, now: datetime) -> None:
        """Leave the request for later."""
        again_at = now + timedelta(seconds=NETWORK_RETRY_S)
        record_hub_asked(
            conn, self.id, public_url=self._public_url, next_at=again_at, failures=self._hub.failures, error=reason
        )

    @classmethod
    def limit(cls, room: int, *, in_flight: int, requests: int) -> int:
        """Return the rest of its share."""
        return min(room, max(1, requests // _SHARE) - in_flight)

    @classmethod
    def find_due(cls, conn: Connection, limit: int, wanted: DueFilter) -> list[HubJob]:
        """Return subscriptions to ask for; none without a public address, or in a run that ends."""
        if not wanted.public_url or wanted.is_once:
            return []
        found = find_due_hubs(conn, now=wanted.now, limit=limit, resting=wanted.resting)
        return [cls(hub, wanted.public_url) for hub in found]

    @classmethod
    def claim_rows(cls, conn: Connection, ids: Collection[int], *, now: datetime, lease_s: float) -> set[int]:
        """Return the subscriptions that are now claimed."""
        return claim_hubs(conn, ids, now=now, lease_s=lease_s)

    @classmethod
    def renew_rows(cls, conn: Connection, ids: Collection[int], *, until: datetime | None) -> None:
        """Renew the claims on subscriptions until then; None releases them."""
        renew_hub_claims(conn, ids, until=until)


def _store(
    hub: HubDue,
    public_url: str,
    next_at: datetime,
    failures: int,
    error: str,
    outcome: RequestOutcome,
    said: str | None,
    conn: Connection,
    tally: OutcomeTally,
) -> None:
    record_hub_asked(conn, hub.id, public_url=public_url, next_at=next_at, failures=failures, error=error)
    tally.count(Stage.HUB, hub.source_id, outcome)
    if said:
        tally.problem(Stage.HUB, hub.url, said, hub.source_id)
