"""Mail as a transport."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

from worker.delivery.transports.mail.address import check_mail_address
from worker.delivery.transports.transport import Allowed, Limits, Notice, Session, Transport, compose_or_refuse

if TYPE_CHECKING:
    from db.alerts.deliveries import DeliveryProgress
    from db.settings import Settings
    from worker.delivery.transports.mail.smtp import Mailer
    from worker.messages.message import Message


class MailTransport(Transport):
    """Mail, sent through the mail server of the settings."""

    kind = "email"
    metavar = "ADDRESS"
    purpose = "send mail to this address"

    def recognizes(self, address: str) -> bool:
        """Return whether the address has no scheme."""
        return "://" not in address

    def check(self, address: str, allowed: Allowed) -> str:
        """Return the address in its stored form. Raises AddressError."""
        return check_mail_address(address)

    def limits(self, settings: Settings) -> Limits:
        """Return the limit of mails to one address."""
        return Limits(settings.mail_per_minute)

    def missing(self, settings: Settings) -> str | None:
        """Return the name of a missing setting, without which mail waits; None if there is none."""
        return (
            None
            if settings.smtp_host
            else "no mail server is configured, so mail is not sent: set STEPPEWATCH_SMTP_HOST"
        )

    def connect(self, settings: Settings, *, timeout_s: float) -> Session:
        """Return a session that connects to the mail server at its first message."""
        from worker.delivery.transports.mail.smtp import Mailer, SmtpServer

        server = SmtpServer(
            host=settings.smtp_host,
            port=settings.smtp_port,
            tls=settings.smtp_tls,
            user=settings.smtp_user,
            password_file=settings.smtp_password_file,
        )
        return MailSession(Mailer(server, timeout_s=timeout_s), settings.mail_from)


class MailSession(Session):
    """One connection to the mail server."""

    def __init__(self, mailer: Mailer, sender: str) -> None:
        self._mailer = mailer
        self._sender = sender

    def send(
        self,
        message: Message,
        address: str,
        *,
        secret: str | None,
        now: datetime,
        progress: DeliveryProgress,
        note: Callable[[DeliveryProgress], object],
    ) -> DeliveryProgress:
        """Send a message as one mail. Raises TransportError."""
        from db.alerts.deliveries import DeliveryProgress
        from worker.delivery.transports.mail.letters import compose

        self._mailer.send(compose_or_refuse(lambda: compose(message, sender=self._sender, to=address)))
        return DeliveryProgress(1, len(message.items), left_out=message.more)

    def send_notice(self, notice: Notice, address: str) -> None:
        """Send a plain mail to the operator. Raises TransportError."""
        from worker.delivery.transports.mail.letters import compose_notice

        self._mailer.send(compose_or_refuse(lambda: compose_notice(notice, sender=self._sender, to=address)))

    def close(self) -> None:
        """Close the connection to the mail server."""
        self._mailer.close()
