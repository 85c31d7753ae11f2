"""Errors of sending, by their consequences."""

from __future__ import annotations


class TransportError(Exception):
    """A message did not arrive this time; the text is a readable reason. It is tried again, later each time."""

    def __init__(self, reason: str, retry_after_s: float = 0) -> None:
        super().__init__(reason, retry_after_s)
        self.reason = reason
        self.retry_after_s = retry_after_s
        """Pause requested by the receiver."""

    def __str__(self) -> str:
        return self.reason


class TransportDown(TransportError):
    """The address is not at fault: our own mail server is unavailable, for example. It does not count as a failure of
    the address.
    """


class AddressRefused(TransportError):
    """The address will never accept messages: it is paused, and its messages wait."""


class MessageRefused(TransportError):
    """This message will never be accepted; others may be."""


class MessageFailed(TransportError):
    """This message was not accepted this time; others may be. It is tried again while they overtake it."""

    def __init__(self, reason: str, retry_after_s: float = 0, *, blames_address: bool = False) -> None:
        super().__init__(reason, retry_after_s)
        self.blames_address = blames_address
        """True if it counts as a failure of the address, for the case that all messages fail like this."""
