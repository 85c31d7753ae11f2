"""A message on its way to one address: handed to the session of its transport."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from types import TracebackType

from db.alerts.deliveries import DeliveryProgress
from worker.delivery.sender_settings import SenderSettings
from worker.delivery.transports.errors import AddressRefused
from worker.delivery.transports.table import TRANSPORTS
from worker.delivery.transports.transport import Notice, Session
from worker.messages.message import Message


class Sessions:
    """The sessions of one batch, one for each transport that it needs. Close them after it."""

    def __init__(self, settings: SenderSettings) -> None:
        self._settings = settings
        self._open: dict[str, Session] = {}

    def send(
        self,
        message: Message,
        kind: str,
        address: str,
        *,
        secret: str | None,
        now: datetime,
        progress: DeliveryProgress | None = None,
        note: Callable[[DeliveryProgress], object] = lambda _: None,
    ) -> DeliveryProgress:
        """Send a message to an address of some kind; return the accepted part. Raises TransportError.

        `progress` is the part accepted at earlier attempts; `note` is called whenever one of
        several parts was accepted.
        """
        session = self._session(kind)
        return session.send(
            message, address, secret=secret, now=now, progress=progress or DeliveryProgress(), note=note
        )

    def send_notice(self, notice: Notice, kind: str, address: str) -> DeliveryProgress:
        """Send a notice to the operator. Raises TransportError."""
        self._session(kind).send_notice(notice, address)
        return DeliveryProgress(messages=1)

    def _session(self, kind: str) -> Session:
        if kind not in TRANSPORTS:
            raise AddressRefused(f"there is no transport {kind!r}; there are {', '.join(TRANSPORTS)}")
        if kind not in self._open:
            self._open[kind] = TRANSPORTS[kind].connect(self._settings.settings, timeout_s=self._settings.timeout_s)
        return self._open[kind]

    def __enter__(self) -> Sessions:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        for session in self._open.values():
            session.close()
