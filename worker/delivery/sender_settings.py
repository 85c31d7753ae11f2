"""The settings of the sender."""

from __future__ import annotations

from dataclasses import dataclass

from db.settings import Settings
from worker.delivery.transports.table import TRANSPORTS
from worker.delivery.transports.transport import Limits
from worker.messages.links import Links

_TIMEOUT_MAX_S = 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class SenderSettings:
    """Settings for sending messages."""

    settings: Settings
    """The service's settings, from which each transport takes its own."""
    operator: str
    links: Links
    limits: dict[str, Limits]
    """By kind, for each transport of the table."""
    lease_s: float
    timeout_s: float
    """Maximum time for one message; half of the lease, so that no other worker claims it in the meantime."""

    @classmethod
    def from_settings(cls, settings: Settings) -> SenderSettings:
        """Return the sender's settings from those of the service."""
        return cls(
            settings=settings,
            operator=settings.operator_email,
            links=Links(settings.public_url),
            limits={kind: transport.limits(settings) for kind, transport in TRANSPORTS.items()},
            lease_s=settings.lease_s,
            timeout_s=min(_TIMEOUT_MAX_S, settings.lease_s / 2),
        )
