"""The interface of a transport: a kind of address, and a session that sends to addresses of that kind.

Commands that only check addresses import these modules too: for a quick start a transport imports its libraries for
sending inside `connect` and `send`.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple, Protocol, TypeVar

from worker.delivery.transports.errors import MessageRefused

if TYPE_CHECKING:
    from db.alerts.deliveries import DeliveryProgress
    from db.settings import Settings
    from worker.messages.message import Message

log = logging.getLogger("worker")

Composed = TypeVar("Composed")
Allowed = Collection[tuple[str, int]]
"""Host and port pairs on private addresses that the settings allow."""


class RecipientAddress(NamedTuple):
    """One recipient: the kind of a transport, and an address of that kind."""

    kind: str
    address: str


class AddressError(ValueError):
    """An unusable address, with the reason as text."""


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits for one address."""

    per_minute: int
    digest_messages: int = 1
    """Maximum of messages per digest."""


@dataclass(frozen=True, slots=True)
class Notice:
    """A plain message to the operator."""

    key: str
    subject: str
    text: str
    created_at: datetime


class Session(Protocol):
    """A session that sends a batch of messages, over one connection if the transport has connections."""

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
        """Send a message; return the accepted part. Raises TransportError.

        `secret` is the key to sign with, for a transport that signs. `progress` is the part accepted at earlier
        attempts; `note` is called whenever one of several parts was accepted.
        """
        ...

    def send_notice(self, notice: Notice, address: str) -> None:
        """Send a notice to the operator. Raises TransportError."""
        raise MessageRefused("notices are not sent this way")

    def close(self) -> None:
        """Close the connection, if there is one."""
        return None


class Transport(Protocol):
    """A way to send. All other code uses the table (`table.py`) and names no kind itself."""

    @property
    def kind(self) -> str:
        """Return its name: in the database, in manifests and as an option of the command line."""
        ...

    @property
    def metavar(self) -> str:
        """Return the word for an address in help texts."""
        ...

    @property
    def purpose(self) -> str:
        """Return the purpose of the option, as the end of a sentence in help texts."""
        ...

    @property
    def is_signed(self) -> bool:
        """Return whether each address has a secret key of its own."""
        return False

    def recognizes(self, address: str) -> bool:
        """Return whether an address without a kind looks like one of this transport."""
        ...

    def check(self, address: str, allowed: Allowed) -> str:
        """Return the address in stored form; it is printable and not too long. Raises AddressError."""
        ...

    def shown(self, address: str) -> str:
        """Return an address for display, without its secrets."""
        return address

    def limits(self, settings: Settings) -> Limits:
        """Return the limits for one address."""
        ...

    def missing(self, settings: Settings) -> str | None:
        """Return the name of a missing setting, without which messages wait; None if there is none."""
        return None

    def connect(self, settings: Settings, *, timeout_s: float) -> Session:
        """Return a session, to be closed; no message of it may take longer than `timeout_s`."""
        ...


def compose_or_refuse(compose: Callable[[], Composed]) -> Composed:
    """Return the result of `compose`. Raises MessageRefused: a message that fails now always will, others may not."""
    try:
        return compose()
    except Exception as error:
        log.exception("a message cannot be made")
        raise MessageRefused(f"this message cannot be made: {error!r}") from error
