"""A bulletin on its way to one address: composed, handed over, and how much of it was taken."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

from db.alerts.deliveries import DeliveryTold
from worker.delivery.sender_settings import SenderSettings
from worker.delivery.transports.chat import send_chat
from worker.delivery.transports.errors import AddressRefused, MessageRefused
from worker.delivery.transports.smtp import Mailer
from worker.messages import mail, webhook_body
from worker.messages.chats.lines import ChatMessage, messages_of
from worker.messages.chats.markup import MARKUPS
from worker.messages.message import Message
from worker.subscriptions.chat_address import ChatAddressError, parse_chat

log = logging.getLogger("worker")

Made = TypeVar("Made")


def send_message(
    bulletin: Message,
    kind: str,
    address: str,
    secret: str | None,
    *,
    office: SenderSettings,
    mailer: Mailer,
    now: datetime,
    told: DeliveryTold | None = None,
    note: Callable[[DeliveryTold], object] = lambda _: None,
) -> DeliveryTold:
    """Send a bulletin to an address of some kind; return how much of it was taken. Raises TransportError.

    `told` is what was taken at earlier attempts; `note` is told whenever one of several messages was taken.
    """
    if kind == "chat":
        return _into_chat(bulletin, address, office, told or DeliveryTold(), note)
    if kind == "email":
        mailer.send(made(lambda: mail.compose(bulletin, sender=office.sender, to=address)))
    else:
        body = made(lambda: webhook_body.body_of(bulletin))
        headers = webhook_body.headers_of(bulletin.key, body, secret=secret or "", now=now)
        office.caller.post(address, body, headers)
    return DeliveryTold(1, len(bulletin.items), left_out=bulletin.more)


def _into_chat(
    bulletin: Message, address: str, office: SenderSettings, told: DeliveryTold, note: Callable[[DeliveryTold], object]
) -> DeliveryTold:
    try:
        chat = parse_chat(address)
    except ChatAddressError as error:
        raise AddressRefused(str(error)) from error
    most = max(1, office.chat_messages - told.messages)
    messages: list[ChatMessage] = made(lambda: messages_of(bulletin, MARKUPS[chat.form], most=most, after=told.last))
    for message in messages:
        send_chat(chat, message.text, user_agent=office.caller.user_agent, timeout_s=office.timeout_s)
        told = DeliveryTold(told.messages + 1, told.stories + message.told, message.told_to, message.left_out)
        if message is not messages[-1]:
            note(told)
    return told


def made(compose: Callable[[], Made]) -> Made:
    """Return what `compose` makes of rows. Raises MessageRefused: what cannot be made now never can, others can."""
    try:
        return compose()
    except Exception as error:
        log.exception("a message cannot be made")
        raise MessageRefused(f"this message cannot be made: {error!r}") from error
