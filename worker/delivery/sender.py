"""Sender of deliveries from the outbox: claimed, composed, sent, recorded. Each is claimed again just before it is
sent, and recorded just after, so that a crash in between repeats one message at most, with the same key.
"""

from __future__ import annotations

import logging
import random
import secrets
from collections.abc import Callable, Sequence
from datetime import datetime

from sqlalchemy import Connection

from db.alerts import channels, deliveries, outbox
from db.alerts.deliveries import DeliveryOut, DeliveryProgress, RetryDecision
from db.engine import Database
from db.enums.alerts import DeliveryKind
from db.enums.outcomes import Stage
from db.outcomes import ProblemSeen, record_problems
from worker.delivery.retry import ATTEMPTS_MAX, decide_retry
from worker.delivery.send import Sessions
from worker.delivery.sender_settings import SenderSettings
from worker.delivery.transports.errors import MessageFailed, TransportError
from worker.delivery.transports.table import TRANSPORTS, guess_kind, shown
from worker.delivery.transports.transport import AddressError, Notice
from worker.lib.cadence import next_due, parse_cadence
from worker.messages import compose

log = logging.getLogger("worker")


class Sender:
    """Sends deliveries to their addresses."""

    def __init__(
        self,
        database: Database,
        settings: SenderSettings,
        *,
        clock: Callable[[], datetime],
        jitter: Callable[[], float] = random.random,
    ) -> None:
        self.database = database
        self.settings = settings
        self.clock = clock
        self.jitter = jitter

    def make_digests(self) -> int:
        """Create the due digests; return the number of recipients considered."""
        return self.database.write(lambda conn: outbox.make_digests(conn, now=self.clock(), next_due=_next_due))

    def claim(self) -> tuple[str, list[list[int]]]:
        """Return a new claim and the ids of its deliveries, one list for each channel."""
        claim = secrets.token_hex(8)

        def work(conn: Connection) -> list[list[int]]:
            deliveries.give_up_exhausted(conn, attempts=ATTEMPTS_MAX, now=self.clock())
            return deliveries.claim_due(
                conn,
                now=self.clock(),
                lease_s=self.settings.lease_s,
                claim=claim,
                per_minute={kind: limits.per_minute for kind, limits in self.settings.limits.items()},
                digest_messages={kind: limits.digest_messages for kind, limits in self.settings.limits.items()},
            )

        return claim, self.database.write(work)

    def deliver(self, claim: str, delivery_ids: Sequence[int]) -> int:
        """Send the deliveries of `claim`, one after the other; return the number of arrived ones."""
        arrived = 0
        with Sessions(self.settings) as sessions:
            for delivery_id in delivery_ids:
                arrived += self._deliver(claim, delivery_id, sessions)
        return arrived

    def _deliver(self, claim: str, delivery_id: int, sessions: Sessions) -> bool:
        delivery = self.database.write(
            lambda conn: deliveries.begin(conn, delivery_id, claim, now=self.clock(), lease_s=self.settings.lease_s)
        )
        if delivery is None:
            return False
        try:
            progress = self._send(delivery, claim, sessions)
        except Exception as error:  # one message that cannot be composed or sent must not stop the others
            self._account(delivery, claim, error)
            return False
        if progress is None:
            self.database.write(lambda conn: deliveries.cancel(conn, delivery))
            return False
        self.database.write(lambda conn: deliveries.finish_sent(conn, delivery, progress, now=self.clock()))
        return True

    def _send(self, delivery: DeliveryOut, claim: str, sessions: Sessions) -> DeliveryProgress | None:
        """Compose a delivery and send it; return None without content. Raises TransportError."""
        channel = delivery.channel
        if delivery.kind == DeliveryKind.NOTICE:
            notice = Notice(delivery.key, delivery.notice["subject"], delivery.notice["text"], delivery.created_at)
            return sessions.send_notice(notice, channel.kind, channel.address)
        with self.database.reading() as conn:
            message = compose.compose_message(conn, delivery, self.settings.links)
        if delivery.kind != DeliveryKind.QUIET and not message.items and not message.reprints:
            return None
        return sessions.send(
            message,
            channel.kind,
            channel.address,
            secret=channel.secret,
            now=self.clock(),
            progress=delivery.progress,
            note=lambda progress: self._note(delivery, claim, progress),
        )

    def _note(self, delivery: DeliveryOut, claim: str, progress: DeliveryProgress) -> None:
        """Record an accepted part, so that a retry continues after it. Raises TransportError if the claim is lost."""
        now, lease_s = self.clock(), self.settings.lease_s
        is_ours = self.database.write(
            lambda conn: deliveries.note_part(conn, delivery, claim, progress, now=now, lease_s=lease_s)
        )
        if not is_ours:
            raise MessageFailed("the claim expired while sending; another worker continues")

    def _account(self, delivery: DeliveryOut, claim: str, error: Exception) -> None:
        now = self.clock()
        channel = delivery.channel
        name = shown(channel.kind, channel.address)
        if isinstance(error, TransportError):
            log.warning("%s to %s did not arrive: %s", delivery.kind, name, error)
        else:
            log.exception("%s to %s could not be sent", delivery.kind, name)
        after = decide_retry(
            error, attempts=delivery.attempts, failures=channel.failures + 1, now=now, jitter=self.jitter()
        )

        def work(conn: Connection) -> None:
            deliveries.finish_failed(conn, delivery, claim, after)
            record_problems(conn, Stage.DELIVER, [ProblemSeen(name, after.reason)], at=now)
            if after.pauses:
                self._tell_operator(conn, delivery, name, after, now)

        self.database.write(work)

    def _tell_operator(
        self, conn: Connection, delivery: DeliveryOut, name: str, after: RetryDecision, now: datetime
    ) -> None:
        operator = self.settings.operator
        if not operator or operator == delivery.channel.address:
            return
        try:
            kind = guess_kind(operator)
        except AddressError as error:
            log.warning("cannot notify the operator that %s is paused: %s", name, error)
            return
        outbox.post_notice(
            conn,
            channels.record_channel(conn, kind, operator, is_signed=TRANSPORTS[kind].is_signed),
            key=outbox.make_key(delivery.key, f"paused at attempt {delivery.attempts}"),
            subject=f"{name} is paused",
            text=(
                f"Messages to {name} do not arrive, so nothing more is sent there for now:\n\n    {after.reason}\n\n"
                f"What waits is kept. When it is mended: steppewatch alert resume --address {name}"
            ),
            now=now,
        )


def _next_due(cadence: str, after: datetime) -> datetime | None:
    return next_due(parse_cadence(cadence), after)
