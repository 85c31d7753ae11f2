"""Sending a message to a chat. Hosts are the vendors' own, certificates are checked, redirects are not followed, and
every wait is limited. A proxy in the environment is used.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from dataclasses import dataclass

import httpx

from worker.delivery.transports.chat.address import ChatAddress
from worker.delivery.transports.chat.services import ChatRequest, build_chat_request, find_error
from worker.delivery.transports.errors import AddressRefused, MessageFailed, TransportError
from worker.delivery.transports.tls import trust
from worker.messages.plain_text import cut, one_line

_READ_MAX = 65_536
_REASON_MAX = 300
_RETRY_AFTER_MAX_S = 3_600.0
_NOT_THIS_TEXT = frozenset({400, 413, 415, 422})
_GONE = 10_015
"""Discord's error code for a deleted webhook."""


@dataclass(frozen=True, slots=True)
class ChatResult:
    """The response of a service."""

    status: int
    phrase: str
    body: bytes
    retry_after: str = ""


def send_chat(address: ChatAddress, text: str, *, user_agent: str, timeout_s: float) -> None:
    """Send a text to a chat; returning means that the service accepted it. Raises TransportError."""
    try:
        answer = asyncio.run(_post(build_chat_request(address, text), user_agent, timeout_s))
    except TimeoutError as error:
        raise TransportError(f"no answer within {timeout_s:g} s") from error
    except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
        raise TransportError(f"not reached: {str(error) or type(error).__name__}") from error
    judge(address, answer)


async def _post(request: ChatRequest, user_agent: str, timeout_s: float) -> ChatResult:
    headers = {
        **request.headers,
        "Content-Type": "application/json; charset=utf-8",
        "Accept-Encoding": "identity",
        "User-Agent": user_agent,
    }
    async with (
        asyncio.timeout(timeout_s),
        httpx.AsyncClient(verify=trust(), follow_redirects=False, timeout=timeout_s) as client,
        client.stream("POST", request.url, content=request.body, headers=headers) as answer,
    ):
        body = b""
        async for chunk in answer.aiter_bytes():
            body += chunk
            if len(body) > _READ_MAX:
                break
    return ChatResult(answer.status_code, answer.reason_phrase, body, answer.headers.get("retry-after", ""))


def judge(address: ChatAddress, answer: ChatResult) -> None:
    """Check that a response means success. Raises TransportError."""
    if 200 <= answer.status < 300:
        trouble = find_error(address, answer.body)
        if trouble is not None:
            raise TransportError(f"the chat service did not take it: {_short(trouble)}", _wait_s(answer))
        return
    words = _short(f"{answer.status} {answer.phrase} {answer.body.decode('utf-8', 'replace')}")
    said = f"the chat service did not take it: {words}"
    if answer.status == 410 or _field(answer.body, "code") == _GONE:
        raise AddressRefused(said)
    if answer.status in _NOT_THIS_TEXT:
        raise MessageFailed(said, blames_address=True)
    raise TransportError(said, _wait_s(answer))


def _short(words: str) -> str:
    return cut(one_line(words), _REASON_MAX)


def _wait_s(answer: ChatResult) -> float:
    """Return the seconds to wait that a service requests, at most an hour; services have several places for it."""
    given: Sequence[object] = (
        answer.retry_after,
        _field(answer.body, "retry_after"),
        _field(answer.body, "parameters", "retry_after"),
    )
    waits = [0.0]
    for value in given:
        try:
            waits.append(float(str(value)))
        except ValueError:
            continue
    return min(max(wait for wait in waits if wait == wait), _RETRY_AFTER_MAX_S)


def _field(body: bytes, *names: str) -> object:
    """Return a field of JSON; None without it."""
    try:
        value: object = json.loads(body)
    except (ValueError, RecursionError):
        return None
    for name in names:
        value = value.get(name) if isinstance(value, dict) else None
    return value
