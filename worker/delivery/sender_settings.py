"""What settings say about how messages leave."""

from __future__ import annotations

from dataclasses import dataclass

from db.net.address_policy import parse_allowed
from db.settings import Settings
from worker.delivery.transports.smtp import SmtpServer
from worker.delivery.transports.webhook import Caller
from worker.messages.chats.lines import MESSAGES_MAX
from worker.messages.links import Links

_TIMEOUT_MAX_S = 30.0


@dataclass(frozen=True, slots=True)
class SenderSettings:
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
    def from_settings(cls, settings: Settings) -> SenderSettings:
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

    @property
    def chat_messages(self) -> int:
        """Return the most messages into a chat that tell one bulletin."""
        return min(MESSAGES_MAX, self.per_minute["chat"])
