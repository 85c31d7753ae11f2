"""Chats as a transport."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

from worker.delivery.transports.chat.address import SCHEMES, ChatAddress, ChatAddressError, parse_chat
from worker.delivery.transports.chat.lines import MESSAGES_MAX, ChatMessage, write_messages
from worker.delivery.transports.chat.markup import MARKUPS
from worker.delivery.transports.errors import AddressRefused
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
    from worker.messages.message import Message


class ChatTransport(Transport):
    """Messages to chats of the services in `address.FORMS`; a long digest is several messages."""

    kind = "chat"
    metavar = "URL"
    purpose = "send to this chat (slack://…, tgram://…, discord://… …)"

    def recognizes(self, address: str) -> bool:
        """Return whether the address has the scheme of a service."""
        scheme, separator, _ = address.partition("://")
        return bool(separator) and scheme.lower() in SCHEMES

    def check(self, address: str, allowed: Allowed) -> str:
        """Return the address with its scheme in lower case. Raises AddressError."""
        try:
            parse_chat(address)
        except ChatAddressError as error:
            raise AddressError(str(error)) from error
        scheme, _, rest = address.partition("://")
        return f"{scheme.lower()}://{rest}"

    def shown(self, address: str) -> str:
        """Return an address for display: after the scheme is a password."""
        return f"{address.partition('://')[0]}://…"

    def limits(self, settings: Settings) -> Limits:
        """Return the limit of messages to one chat."""
        return Limits(settings.chat_per_minute, min(MESSAGES_MAX, settings.chat_per_minute))

    def connect(self, settings: Settings, *, timeout_s: float) -> Session:
        """Return a session; each message opens a new connection."""
        most = self.limits(settings).digest_messages
        return ChatSession(most=most, user_agent=settings.user_agent, timeout_s=timeout_s)


class ChatSession(Session):
    """Messages to chats, at most `most` for one digest."""

    def __init__(self, *, most: int, user_agent: str, timeout_s: float) -> None:
        self._most = most
        self._user_agent = user_agent
        self._timeout_s = timeout_s

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
        """Send the part not accepted at earlier attempts, in as many messages as it needs. Raises TransportError."""
        from db.alerts.deliveries import DeliveryProgress
        from worker.delivery.transports.chat.post import send_chat

        chat = _parse(address)
        most = max(1, self._most - progress.messages)
        parts: list[ChatMessage] = compose_or_refuse(
            lambda: write_messages(message, MARKUPS[chat.form], most=most, after=progress.last)
        )
        for part in parts:
            send_chat(chat, part.text, user_agent=self._user_agent, timeout_s=self._timeout_s)
            progress = DeliveryProgress(
                progress.messages + 1, progress.stories + part.stories, part.last_story, part.left_out
            )
            if part is not parts[-1]:
                note(progress)
        return progress


def _parse(address: str) -> ChatAddress:
    try:
        return parse_chat(address)
    except ChatAddressError as error:
        raise AddressRefused(str(error)) from error
