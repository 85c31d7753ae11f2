"""Check of the network: a few names are looked up, and a few feeds requested as the crawler does."""

from __future__ import annotations

import socket
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from queue import Empty, SimpleQueue
from threading import Thread
from time import monotonic

from cli.doctor.finding import Finding, ok, skipped, warning
from crawlers.http.results import FetchResult
from db.enums.collection import Confidence
from db.net.address_policy import literal_address, refusal_of_address, refusal_of_url
from db.net.urls import read_host

OUTLETS = 3
"""Number of outlets to contact: as many failures make the crawler conclude that it is offline."""
LOOK_UP_S = 5.0

_DNS, _HTTP = "DNS", "outgoing HTTP"
_NO_NETWORK = (
    "connect this machine, or allow outgoing traffic on ports 53, 80 and 443 (no proxy is used); "
    "“steppewatch demo” needs no network"
)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A feed that may be requested; the lowest `rank` is the most likely to respond."""

    url: str
    rank: tuple[int, float]


def choose_addresses(candidates: Iterable[Candidate], allowed: Collection[tuple[str, int]]) -> tuple[str, ...]:
    """Return up to `OUTLETS` feed URLs on different hosts that pass the crawler's guard, the most likely first."""
    chosen: dict[str, str] = {}
    for candidate in sorted(candidates, key=lambda candidate: (candidate.rank, candidate.url)):
        if refusal_of_url(candidate.url, allowed) is None:
            chosen.setdefault(read_host(candidate.url), candidate.url)
        if len(chosen) == OUTLETS:
            break
    return tuple(chosen.values())


def rank(confidence: str | None, succeeded_at: datetime | None) -> tuple[int, float]:
    """Return a rank: the most recent success first, then the catalogue's confidence."""
    if succeeded_at is not None:
        return 0, -succeeded_at.timestamp()
    ranks: dict[str | None, int] = {Confidence.CERTAIN: 1, None: 2, Confidence.LIKELY: 3}
    return ranks.get(confidence, 4), 0.0


def look_up(hosts: Sequence[str], *, patience_s: float = LOOK_UP_S) -> dict[str, tuple[str, ...] | str]:
    """Return the addresses of each host, or the error as text. All lookups together take at most `patience_s`."""
    results: SimpleQueue[tuple[str, tuple[str, ...] | str]] = SimpleQueue()
    for host in hosts:  # getaddrinfo cannot be interrupted, so a slow lookup stays behind in a daemon thread
        Thread(target=lambda host=host: results.put((host, _addresses(host))), daemon=True).start()
    found: dict[str, tuple[str, ...] | str] = {}
    give_up_at = monotonic() + patience_s
    while len(found) < len(set(hosts)):
        try:
            host, answer = results.get(timeout=max(give_up_at - monotonic(), 0.001))
        except Empty:
            break
        found[host] = answer
    return {host: found.get(host, f"no answer within {patience_s:g} s") for host in hosts}


def _addresses(host: str) -> tuple[str, ...] | str:
    try:
        return tuple(dict.fromkeys(str(info[4][0]) for info in socket.getaddrinfo(host, None)))
    except (OSError, UnicodeError) as error:
        return str(getattr(error, "strerror", None) or error).lower()


def judge_names(found: Mapping[str, tuple[str, ...] | str]) -> Finding:
    """Return the finding on DNS, from the results of `look_up`."""
    named = {host: answer for host, answer in found.items() if literal_address(host) is None}
    if not named:
        return skipped(_DNS, "no host name to look up")
    reasons = [f"{host}: {answer}" for host, answer in named.items() if isinstance(answer, str)]
    if len(reasons) == len(named):
        return warning(_DNS, f"no host name can be looked up ({'; '.join(reasons)})", _NO_NETWORK)
    private = [host for host, answer in named.items() if not isinstance(answer, str) and not _is_public(answer)]
    if private:
        problem = f"the name server returns private addresses for {', '.join(private)}, which are never fetched"
        return warning(_DNS, problem, "log in to the network, or use a name server that does not filter")
    if reasons:
        return warning(_DNS, f"not every host name was found ({'; '.join(reasons)})", "try again later; see: status")
    return ok(_DNS, f"found {', '.join(named)}")


def _is_public(addresses: Sequence[str]) -> bool:
    return any(refusal_of_address(address) is None for address in addresses)


def judge_answers(results: Mapping[str, FetchResult]) -> Finding:
    """Return the finding on outgoing HTTP, from the results by URL."""
    if not results:
        return skipped(_HTTP, "the store has no outlet with an active feed")
    summary = "; ".join(f"{read_host(url)}: {_describe(answer)}" for url, answer in results.items())
    served = [answer for answer in results.values() if answer.trouble is None]
    if len(served) == len(results):
        return ok(_HTTP, summary)
    if served:
        return ok(_HTTP, f"{len(served)} of {len(results)} outlets respond ({summary})")
    if all(answer.status == 0 for answer in results.values()):
        return warning(_HTTP, f"cannot reach any outlet ({summary})", _NO_NETWORK)
    return warning(
        _HTTP, f"the outlets respond, but refuse the request ({summary})", "set STEPPEWATCH_USER_AGENT; see: status"
    )


def _describe(answer: FetchResult) -> str:
    return answer.trouble.reason if answer.trouble else f"answered {answer.status}"
