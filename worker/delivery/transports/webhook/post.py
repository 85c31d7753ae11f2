"""Posting JSON to an address of a subscriber, under the same rules as every page that the crawler fetches.

The name is looked up once, each address is checked, and the connection goes to one that passed: a name cannot change
its address in between. Redirects are not followed, and no proxy of the environment is used.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Collection, Mapping
from dataclasses import dataclass

import httpx

from db.net.address_policy import SCHEMES, is_allowed, refusal_of_address, refusal_of_url
from worker.delivery.transports.errors import AddressRefused, MessageFailed, TransportError
from worker.delivery.transports.tls import trust

_READ_MAX = 65_536
_RETRY_AFTER_MAX_S = 3_600.0
_NOT_THIS_BODY = frozenset({400, 413, 415, 422})
"""Statuses that concern this body; the next message may be accepted."""


@dataclass(frozen=True, slots=True)
class Caller:
    """Settings for calls: the user agent, the allowed private addresses, and the time limit."""

    user_agent: str
    allowed: Collection[tuple[str, int]]
    timeout_s: float

    def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> None:
        """Post a body; returning means that the receiver responded with success. Raises TransportError."""
        try:
            answer = asyncio.run(self._post(httpx.URL(url), body, headers))
        except TimeoutError as error:
            raise TransportError(f"no answer within {self.timeout_s:g} s") from error
        except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
            raise TransportError(f"not reached: {error or type(error).__name__}") from error
        _judge(answer)

    async def _post(self, url: httpx.URL, body: bytes, headers: Mapping[str, str]) -> httpx.Response:
        async with asyncio.timeout(self.timeout_s):
            address = await self._checked_address(url)
            pinned = url.copy_with(host=address)
            host = url.netloc.decode()
            async with httpx.AsyncClient(verify=trust(), trust_env=False, follow_redirects=False) as client:
                request = client.build_request(
                    "POST",
                    pinned,
                    content=body,
                    headers={**headers, "Host": host, "User-Agent": self.user_agent},
                    extensions={"sni_hostname": url.host, "timeout": httpx.Timeout(self.timeout_s).as_dict()},
                )
                answer = await client.send(request, stream=True)
                try:
                    await _read_some(answer)
                finally:
                    await answer.aclose()
        return answer

    async def _checked_address(self, url: httpx.URL) -> str:
        """Return a permitted IP address of the host. Raises AddressRefused or OSError."""
        refusal = refusal_of_url(str(url), self.allowed)
        if refusal:
            raise AddressRefused(refusal)
        port = url.port or SCHEMES[url.scheme]
        loop = asyncio.get_running_loop()
        found = await loop.getaddrinfo(url.host, port, type=socket.SOCK_STREAM)
        addresses = [str(entry[4][0]) for entry in found]
        if is_allowed(url.host, port, self.allowed):
            return addresses[0]
        refusals = [refusal_of_address(address) for address in addresses]
        for address, reason in zip(addresses, refusals, strict=True):
            if reason is None:
                return address
        raise AddressRefused(refusals[0] or "refused: it has no address")


async def _read_some(answer: httpx.Response) -> None:
    """Read the beginning of the response, so that the connection ends in good order; the content is ignored."""
    read = 0
    async for chunk in answer.aiter_raw():
        read += len(chunk)
        if read > _READ_MAX:
            break


def _judge(answer: httpx.Response) -> None:
    if answer.is_success:
        return
    said = f"it answered {answer.status_code} {answer.reason_phrase}"
    if answer.status_code == 410:
        raise AddressRefused(f"{said}: it does not want any more")
    if answer.is_redirect:
        raise TransportError(f"{said}; redirects are not followed: subscribe the address itself")
    wait_s = _retry_after(answer.headers.get("retry-after", ""))
    if answer.status_code in _NOT_THIS_BODY:
        raise MessageFailed(said, wait_s, blames_address=True)
    raise TransportError(said, wait_s)


def _retry_after(value: str) -> float:
    """Return the seconds in `Retry-After` (RFC 9110 §10.2.3, seconds only), at most an hour."""
    return min(float(value), _RETRY_AFTER_MAX_S) if value.isdecimal() else 0.0
