"""Names are looked up here, and here it is decided whether what DNS answered may be connected to.

Twisted connects to exactly the addresses that this resolver hands on, for names and for literals alike and at every
hop of a redirect, so a name cannot change its address between the check and the connection (DNS rebinding).
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, cast

from twisted.internet.interfaces import IHostnameResolver, IResolutionReceiver
from zope.interface.declarations import implementer

from db.guard import is_allowed, parse_allowed, refusal_of_address

if TYPE_CHECKING:
    from scrapy.crawler import CrawlerProcess
    from twisted.internet.base import ReactorBase

ALLOWED_SETTING = "STEPPEWATCH_ALLOWED_HOSTS"


class Refusals:
    """Why names were refused, for those who only see that no address came back. Bounded; newest stay."""

    _MOST = 1_000

    def __init__(self) -> None:
        self._reasons: OrderedDict[str, str] = OrderedDict()

    def note(self, host: str, reason: str | None) -> None:
        """Remember the reason, or that there is none."""
        self._reasons.pop(host, None)
        if reason is not None:
            self._reasons[host] = reason
            if len(self._reasons) > self._MOST:
                self._reasons.popitem(last=False)

    def find(self, host: str) -> str | None:
        """Return why the last look-up of a name gave nothing; None if nothing was refused."""
        return self._reasons.get(host.rstrip(".").lower())


refusals = Refusals()
"""One for the process, because Scrapy makes the resolver for the process and middlewares for the spider."""


@implementer(IHostnameResolver)
class GuardedResolver:
    """Looks names up with the system's resolver, IPv4 and IPv6, and passes on only addresses that are public.

    Keeps no cache: a long-lived process must follow changes, and the system caches already.
    """

    def __init__(self, reactor: ReactorBase, allowed: frozenset[tuple[str, int]]) -> None:
        self._reactor = reactor
        self._inner: Any = reactor.nameResolver
        self._allowed = allowed

    @classmethod
    def from_crawler(cls, crawler: CrawlerProcess, reactor: ReactorBase) -> GuardedResolver:
        """Scrapy's way of making one; it passes the process in place of a crawler."""
        return cls(reactor, parse_allowed(crawler.settings.get(ALLOWED_SETTING, "")))

    def install_on_reactor(self) -> None:
        """Make the reactor ask us."""
        self._reactor.installNameResolver(cast(Any, self))

    def resolveHostName(
        self,
        resolutionReceiver: Any,
        hostName: str,
        portNumber: int = 0,
        addressTypes: Sequence[type] | None = None,
        transportSemantics: str = "TCP",
    ) -> Any:
        """Look `hostName` up; see IHostnameResolver."""
        receiver = resolutionReceiver
        if not is_allowed(hostName, portNumber, self._allowed):
            receiver = _PublicOnly(resolutionReceiver, hostName)
        return self._inner.resolveHostName(receiver, hostName, portNumber, addressTypes, transportSemantics)


@implementer(IResolutionReceiver)
class _PublicOnly:
    def __init__(self, receiver: Any, host: str) -> None:
        self._receiver = receiver
        self._host = host.rstrip(".").lower()
        self._refusal: str | None = None
        self._passed = False

    def resolutionBegan(self, resolutionInProgress: Any) -> None:
        self._receiver.resolutionBegan(resolutionInProgress)

    def addressResolved(self, address: Any) -> None:
        refusal = refusal_of_address(str(getattr(address, "host", "")))
        if refusal is None:
            self._passed = True
            self._receiver.addressResolved(address)
        else:
            self._refusal = self._refusal or refusal

    def resolutionComplete(self) -> None:
        refusals.note(self._host, None if self._passed else self._refusal)
        self._receiver.resolutionComplete()
