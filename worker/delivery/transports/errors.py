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
