"""The shape of a transport: a kind of address, and a session that sends to addresses of that kind.

Commands that only check addresses read these modules too: a transport imports what it sends with inside `connect` and
`send`, so that they start at once.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple, Protocol, TypeVar

from worker.delivery.transports.errors import MessageRefused

if TYPE_CHECKING:
    from db.alerts.deliveries import DeliveryTold
    from db.settings import Settings
    from worker.messages.message import Message

log = logging.getLogger("worker")

Composed = TypeVar("Composed")
Allowed = Collection[tuple[str, int]]
"""Host and port pairs on private addresses that settings let through."""


class RecipientAddress(NamedTuple):
    """One recipient: the kind of a transport, and an address of that kind."""

    kind: str
    address: str


class AddressError(ValueError):
    """An address that cannot be used; the text says why."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How much one address gets."""

    per_minute: int
    digest_messages: int = 1
    """The most messages that one digest takes."""


@dataclass(frozen=True, slots=True)
class Notice:
    """A plain message to the operator."""

    key: str
    subject: str
    text: str
    created_at: datetime


class Session(Protocol):
    """What sends a batch of messages, over one connection where the transport has connections."""

    def send(
        self,
        message: Message,
        address: str,
        *,
        secret: str | None,
        now: datetime,
        told: DeliveryTold,
        note: Callable[[DeliveryTold], object],
    ) -> DeliveryTold:
        """Send a message; return how much of it was taken. Raises TransportError.

        `secret` is the key to sign with, for a transport that signs. `told` is what was taken at earlier attempts;
        `note` is called whenever one of several parts was taken.
        """
        ...

    def send_notice(self, notice: Notice, address: str) -> None:
        """Send a notice to the operator. Raises TransportError."""
        raise MessageRefused("notices are not sent this way")

    def close(self) -> None:
        """Close the connection, if there is one."""
        return None


class Transport(Protocol):
    """A way to send. Everything else asks the table (`table.py`) and names no kind itself."""

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
        """Return what the option does, as the end of a sentence in help texts."""
        ...

    @property
    def is_signed(self) -> bool:
        """Return whether each address has a secret key of its own."""
        return False

    def recognizes(self, address: str) -> bool:
        """Return whether an address without a kind looks like one of this transport."""
        ...

    def check(self, address: str, allowed: Allowed) -> str:
        """Return the address as it is stored; it is printable and not too long. Raises AddressError."""
        ...

    def shown(self, address: str) -> str:
        """Return an address for people, without what is secret in it."""
        return address

    def limits(self, settings: Settings) -> Limits:
        """Return how much one address gets."""
        ...

    def missing(self, settings: Settings) -> str | None:
        """Return which setting is missing, so that messages wait; None if nothing is."""
        return None

    def connect(self, settings: Settings, *, timeout_s: float) -> Session:
        """Return a session, to be closed; no message of it may take longer than `timeout_s`."""
        ...


def compose_or_refuse(compose: Callable[[], Composed]) -> Composed:
    """Return what `compose` makes. Raises MessageRefused: what cannot be made now never can, others can."""
    try:
        return compose()
    except Exception as error:
        log.exception("a message cannot be made")
        raise MessageRefused(f"this message cannot be made: {error!r}") from error
