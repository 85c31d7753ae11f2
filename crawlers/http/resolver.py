"""Name resolution with a check of the resolved addresses.

Twisted connects only to the addresses that this resolver returns, for names and literals and at every hop of a
redirect, so the address cannot change between check and connection (DNS rebinding).
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, cast

from twisted.internet._resolver import GAIResolver  # as Scrapy does; there is no public name for it
from twisted.internet.abstract import isIPAddress, isIPv6Address
from twisted.internet.interfaces import IHostnameResolver, IResolutionReceiver
from twisted.python.threadpool import ThreadPool
from zope.interface.declarations import implementer

from crawlers.http.robots_rules import LruCache
from db.net.address_policy import is_allowed, parse_allowed, refusal_of_address

if TYPE_CHECKING:
    from scrapy.crawler import CrawlerProcess
    from twisted.internet.base import ReactorBase

ALLOWED_SETTING = "STEPPEWATCH_ALLOWED_HOSTS"
_THREADS_FOR_STRANGERS = 16
"""Number of threads for names never resolved before, which may block for half a minute; known names have their own."""
_MOST_KNOWN = 50_000


class Refusals:
    """The reasons for refused names, for code that only sees a failed lookup. Bounded; the oldest are dropped."""

    _MOST = 1_000

    def __init__(self) -> None:
        self._reasons: OrderedDict[str, str] = OrderedDict()

    def note(self, host: str, reason: str | None) -> None:
        """Record the reason, or clear it with None."""
        self._reasons.pop(host, None)
        if reason is not None:
            self._reasons[host] = reason
            if len(self._reasons) > self._MOST:
                self._reasons.popitem(last=False)

    def find(self, host: str) -> str | None:
        """Return the reason why the last lookup was refused; None if it was not."""
        return self._reasons.get(host.rstrip(".").lower())


refusals = Refusals()
"""One per process, because Scrapy creates the resolver per process and middlewares per spider."""


@implementer(IHostnameResolver)
class GuardedResolver:
    """Resolves names with the system's resolver, IPv4 and IPv6, and passes on public addresses only.

    It has no cache: a long-lived process must follow changes, and the system has one already.
    """

    def __init__(self, reactor: ReactorBase, allowed: frozenset[tuple[str, int]], strangers: Any = None) -> None:
        """`strangers` resolves names that never had an address; by default the same resolver as for all others."""
        self._reactor = reactor
        self._inner: Any = reactor.nameResolver
        self._strangers = strangers or self._inner
        self._known: LruCache[bool] = LruCache(_MOST_KNOWN)
        self._allowed = allowed

    @classmethod
    def from_crawler(cls, crawler: CrawlerProcess, reactor: ReactorBase) -> GuardedResolver:
        """Create the resolver (for Scrapy, which passes the process instead of a crawler)."""
        threads = ThreadPool(minthreads=0, maxthreads=_THREADS_FOR_STRANGERS, name="strangers")
        threads.start()
        reactor.addSystemEventTrigger("during", "shutdown", threads.stop)
        strangers = GAIResolver(cast(Any, reactor), lambda: threads)
        return cls(reactor, parse_allowed(crawler.settings.get(ALLOWED_SETTING, "")), strangers)

    def install_on_reactor(self) -> None:
        """Install this resolver on the reactor."""
        self._reactor.installNameResolver(cast(Any, self))

    def resolveHostName(
        self,
        resolutionReceiver: Any,
        hostName: str,
        portNumber: int = 0,
        addressTypes: Sequence[type] | None = None,
        transportSemantics: str = "TCP",
    ) -> Any:
        """Resolve `hostName`; see IHostnameResolver."""
        receiver = resolutionReceiver
        if not is_allowed(hostName, portNumber, self._allowed):
            receiver = _PublicOnly(receiver, hostName)
        name = hostName.rstrip(".").lower()
        is_literal = isIPAddress(hostName) or isIPv6Address(hostName)
        resolver = self._inner if is_literal or self._known.get(name) else self._strangers
        if not is_literal:
            receiver = _NotingResolver(receiver, partial(self._known.put, name, True, 1))
        return cast(Any, resolver).resolveHostName(receiver, hostName, portNumber, addressTypes, transportSemantics)


@implementer(IResolutionReceiver)
class _NotingResolver:
    """Receiver that passes everything on, and records that a name has an address."""

    def __init__(self, receiver: Any, note: Callable[[], None]) -> None:
        self._receiver, self._note = receiver, note

    def resolutionBegan(self, resolutionInProgress: Any) -> None:
        self._receiver.resolutionBegan(resolutionInProgress)

    def addressResolved(self, address: Any) -> None:
        self._note()
        self._receiver.addressResolved(address)

    def resolutionComplete(self) -> None:
        self._receiver.resolutionComplete()


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
