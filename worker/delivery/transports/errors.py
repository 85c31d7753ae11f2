"""How sending can fail, as far as it matters for what happens next."""

from __future__ import annotations


class TransportError(Exception):
    """A message did not arrive this time; the text says why, for people. It is tried again, later each time."""

    def __init__(self, reason: str, retry_after_s: float = 0) -> None:
        super().__init__(reason, retry_after_s)
        self.reason = reason
        self.retry_after_s = retry_after_s
        """How long the other side wants to be left alone."""

    def __str__(self) -> str:
        return self.reason


class TransportDown(TransportError):
    """It is not the address: our own mail server cannot be used, say. It costs the address nothing."""


class AddressRefused(TransportError):
    """Nothing will ever arrive there: the address pauses, and what waits for it waits."""


class MessageRefused(TransportError):
    """This message will never be taken; others may."""


class MessageFailed(TransportError):
    """This message was not taken, this time; others may be. It is tried again while they overtake it."""

    def __init__(self, reason: str, retry_after_s: float = 0, *, blames_address: bool = False) -> None:
        super().__init__(reason, retry_after_s)
        self.blames_address = blames_address
        """Whether it counts among the failures of the address: where all messages end like that, the address does."""
