"""Deliveries out of the outbox: claimed, composed, sent, accounted for. Each is claimed again just before it is sent,
and accounted for just after, so that whoever dies in between repeats one message, with the key it had."""

from __future__ import annotations

import logging
import random
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from sqlalchemy import Connection

from db import channels, deliveries, outbox
from db.deliveries import Aftermath, DeliveryOut
from db.engine import Database
from db.guard import parse_allowed
from db.outcomes import ProblemSeen, record_problems
from db.settings import Settings
from worker.delivery import mail, telling, webhook_body
from worker.delivery.addresses import shown
from worker.delivery.bulletin import Bulletin
from worker.delivery.cadence import next_due, parse_cadence
from worker.delivery.failing import ATTEMPTS_MAX, aftermath
from worker.delivery.letter import Letter
from worker.delivery.links import Links
from worker.delivery.transports.chat import lines_of, send_chat
from worker.delivery.transports.errors import MessageRefused, TransportError
from worker.delivery.transports.smtp import Mailer, SmtpServer
from worker.delivery.transports.webhook import Caller

log = logging.getLogger("worker")

_TIMEOUT_MAX_S = 30.0
Made = TypeVar("Made")


@dataclass(frozen=True, slots=True)
class Office:
    """How messages leave: what settings say about it."""

    smtp: SmtpServer
    sender: str
    operator: str
    links: Links
    caller: Caller
    per_minute: dict[str, int]
    lease_s: float
    timeout_s: float
    """Longest time for one message; half of the lease, so that nobody else takes it meanwhile."""

    @classmethod
    def of(cls, settings: Settings) -> Office:
        """Return what settings say."""
        timeout_s = min(_TIMEOUT_MAX_S, settings.lease_s / 2)
        return cls(
            smtp=SmtpServer(
                settings.smtp_host,
                settings.smtp_port,
                settings.smtp_tls,
                settings.smtp_user,
                settings.smtp_password_file,
            ),
            sender=settings.mail_from,
            operator=settings.operator_email,
            links=Links(settings.public_url),
            caller=Caller(settings.user_agent, parse_allowed(settings.allow_private_hosts), timeout_s),
            per_minute={
                "email": settings.mail_per_minute,
                "webhook": settings.webhook_per_minute,
                "chat": settings.chat_per_minute,
            },
            lease_s=settings.lease_s,
            timeout_s=timeout_s,
        )


class Postman:
    """Takes deliveries to where they go."""

    def __init__(
        self,
        database: Database,
        office: Office,
        *,
        clock: Callable[[], datetime],
        draw: Callable[[], float] = random.random,
    ) -> None:
        self.database = database
        self.office = office
        self.clock = clock
        self.draw = draw

    def make_digests(self) -> int:
        """Make the digests that are due; return for how many recipients that was decided."""
        return self.database.write(lambda conn: outbox.make_digests(conn, now=self.clock(), next_due=_next_due))

    def claim(self) -> tuple[str, list[list[int]]]:
        """Return a new claim and the ids of the deliveries it holds, one list for each channel."""
        claim = secrets.token_hex(8)

        def work(conn: Connection) -> list[list[int]]:
            deliveries.give_up_exhausted(conn, attempts=ATTEMPTS_MAX, now=self.clock())
            return deliveries.claim_due(
                conn, now=self.clock(), lease_s=self.office.lease_s, claim=claim, per_minute=self.office.per_minute
            )

        return claim, self.database.write(work)

    def deliver(self, claim: str, delivery_ids: Sequence[int]) -> int:
        """Send deliveries that `claim` holds, one after the other; return how many arrived."""
        arrived = 0
        with Mailer(self.office.smtp, timeout_s=self.office.timeout_s) as mailer:
            for delivery_id in delivery_ids:
                arrived += self._deliver(claim, delivery_id, mailer)
        return arrived

    def _deliver(self, claim: str, delivery_id: int, mailer: Mailer) -> bool:
        delivery = self.database.write(
            lambda conn: deliveries.begin(conn, delivery_id, claim, now=self.clock(), lease_s=self.office.lease_s)
        )
        if delivery is None:
            return False
        try:
            if not self._send(delivery, mailer):
                self.database.write(lambda conn: deliveries.cancel(conn, delivery))
                return False
        except Exception as error:  # one message that cannot be composed or sent must not stop the others
            self._account(delivery, claim, error)
            return False
        self.database.write(lambda conn: deliveries.finish_sent(conn, delivery, now=self.clock()))
        return True

    def _send(self, delivery: DeliveryOut, mailer: Mailer) -> bool:
        """Compose a delivery and hand it over; return False if there is nothing to tell. Raises TransportError."""
        if delivery.kind == "notice":
            mailer.send(_made(lambda: self._notice(delivery)))
            return True
        with self.database.reading() as conn:
            bulletin = telling.bulletin_of(conn, delivery, self.office.links)
        if delivery.kind != "quiet" and not bulletin.items and not bulletin.reprints:
            return False
        channel = delivery.channel
        send_bulletin(
            bulletin,
            channel.kind,
            channel.address,
            channel.secret,
            office=self.office,
            mailer=mailer,
            now=self.clock(),
        )
        return True

    def _notice(self, delivery: DeliveryOut) -> Letter:
        return mail.compose_notice(
            key=delivery.key,
            subject=delivery.notice["subject"],
            text=delivery.notice["text"],
            sender=self.office.sender,
            to=delivery.channel.address,
            created_at=delivery.created_at,
        )

    def _account(self, delivery: DeliveryOut, claim: str, error: Exception) -> None:
        now = self.clock()
        channel = delivery.channel
        name = shown(channel.kind, channel.address)
        if isinstance(error, TransportError):
            log.warning("%s to %s did not arrive: %s", delivery.kind, name, error)
        else:
            log.exception("%s to %s could not be sent", delivery.kind, name)
        after = aftermath(error, attempts=delivery.attempts, failures=channel.failures + 1, now=now, draw=self.draw())

        def work(conn: Connection) -> None:
            deliveries.finish_failed(conn, delivery, claim, after)
            record_problems(conn, "deliver", [ProblemSeen(name, after.reason)], at=now)
            if after.pauses:
                self._tell_operator(conn, delivery, name, after, now)

        self.database.write(work)

    def _tell_operator(
        self, conn: Connection, delivery: DeliveryOut, name: str, after: Aftermath, now: datetime
    ) -> None:
        operator = self.office.operator
        if not operator or operator == delivery.channel.address:
            return
        outbox.post_notice(
            conn,
            channels.record_channel(conn, "email", operator),
            key=outbox.key_of(delivery.key, f"paused at attempt {delivery.attempts}"),
            subject=f"{name} is paused",
            text=(
                f"Messages to {name} do not arrive, so nothing more is sent there for now:\n\n    {after.reason}\n\n"
                f"What waits is kept. When it is mended: steppewatch alert resume --address {name}"
            ),
            now=now,
        )


def send_bulletin(
    bulletin: Bulletin,
    kind: str,
    address: str,
    secret: str | None,
    *,
    office: Office,
    mailer: Mailer,
    now: datetime,
) -> None:
    """Send a bulletin to an address of some kind. Raises TransportError."""
    if kind == "email":
        mailer.send(_made(lambda: mail.compose(bulletin, sender=office.sender, to=address)))
    elif kind == "webhook":
        body = _made(lambda: webhook_body.body_of(bulletin))
        headers = webhook_body.headers_of(bulletin.key, body, secret=secret or "", now=now)
        office.caller.post(address, body, headers)
    else:
        send_chat(address, subject=bulletin.subject, text=lines_of(bulletin), timeout_s=office.timeout_s)


def _made(compose: Callable[[], Made]) -> Made:
    """Return what `compose` makes of rows. Raises MessageRefused: what cannot be made now never can, others can."""
    try:
        return compose()
    except Exception as error:
        log.exception("a message cannot be made")
        raise MessageRefused(f"this message cannot be made: {error!r}") from error


def _next_due(cadence: str, after: datetime) -> datetime | None:
    return next_due(parse_cadence(cadence), after)
