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
    """How messages leave."""

    settings: Settings
    """The service's settings, from which each transport takes its own."""
    operator: str
    links: Links
    limits: dict[str, Limits]
    """By kind, for each transport of the table."""
    lease_s: float
    timeout_s: float
    """Longest time for one message; half of the lease, so that nobody else takes it meanwhile."""

    @classmethod
    def from_settings(cls, settings: Settings) -> SenderSettings:
        """Return the settings of the sender as the service's settings have them."""
        return cls(
            settings=settings,
            operator=settings.operator_email,
            links=Links(settings.public_url),
            limits={kind: transport.limits(settings) for kind, transport in TRANSPORTS.items()},
            lease_s=settings.lease_s,
            timeout_s=min(_TIMEOUT_MAX_S, settings.lease_s / 2),
        )
