"""Webhooks as a transport."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

from db.net.address_policy import parse_allowed, refusal_of_url
from worker.delivery.transports.transport import (
    AddressError,
    Allowed,
    Limits,
    Session,
    Transport,
    compose_or_refuse,
)

if TYPE_CHECKING:
    from db.alerts.deliveries import DeliveryProgress
    from db.settings import Settings
    from worker.delivery.transports.webhook.post import Caller
    from worker.messages.message import Message


class WebhookTransport(Transport):
    """Signed JSON, posted to an address of the subscriber's under the rules of the address policy."""

    kind = "webhook"
    metavar = "URL"
    purpose = "post signed JSON to this URL"
    is_signed = True

    def recognizes(self, address: str) -> bool:
        """Return whether it is a web address."""
        return address.lower().startswith(("http://", "https://"))

    def check(self, address: str, allowed: Allowed) -> str:
        """Return the address unchanged. Raises AddressError for one that the address policy refuses."""
        refusal = refusal_of_url(address, allowed)
        if refusal:
            raise AddressError(f"{address}: {refusal}")
        return address

    def shown(self, address: str) -> str:
        """Return an address for display: its query may contain a password."""
        before, mark, _ = address.partition("?")
        return f"{before}?…" if mark else address

    def limits(self, settings: Settings) -> Limits:
        """Return the limit of calls to one address."""
        return Limits(settings.webhook_per_minute)

    def connect(self, settings: Settings, *, timeout_s: float) -> Session:
        """Return a session; each call opens a new connection."""
        from worker.delivery.transports.webhook.post import Caller

        return WebhookSession(Caller(settings.user_agent, parse_allowed(settings.allow_private_hosts), timeout_s))


class WebhookSession(Session):
    """Calls of webhooks."""

    def __init__(self, caller: Caller) -> None:
        self._caller = caller

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
        """Post a message as one body. Raises TransportError."""
        from db.alerts.deliveries import DeliveryProgress
        from worker.delivery.transports.webhook.body import sign_body, write_body

        body = compose_or_refuse(lambda: write_body(message))
        self._caller.post(address, body, sign_body(message.key, body, secret=secret or "", now=now))
        return DeliveryProgress(1, len(message.items), left_out=message.more)
