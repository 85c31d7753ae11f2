"""The way out: names are looked up, and a few outlets asked, as the crawler would ask them."""

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
from db.net.address_policy import literal_address, refusal_of_address, refusal_of_url
from db.net.urls import host_of

OUTLETS = 3
"""So many are asked: as many as make the crawler believe that it is offline."""
LOOK_UP_S = 5.0

_DNS, _HTTP = "DNS", "outgoing HTTP"
_NO_NETWORK = (
    "connect this machine, or let it out on ports 53, 80 and 443 (no proxy is used); "
    "“steppewatch demo” needs no network"
)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A feed that could be asked; `rank` puts those first that will most likely answer."""

    url: str
    rank: tuple[int, float]


def choose_addresses(candidates: Iterable[Candidate], allowed: Collection[tuple[str, int]]) -> tuple[str, ...]:
    """Return at most `OUTLETS` addresses on different hosts that the crawler's guard lets pass, the likeliest first."""
    chosen: dict[str, str] = {}
    for candidate in sorted(candidates, key=lambda candidate: (candidate.rank, candidate.url)):
        if refusal_of_url(candidate.url, allowed) is None:
            chosen.setdefault(host_of(candidate.url), candidate.url)
        if len(chosen) == OUTLETS:
            break
    return tuple(chosen.values())


def rank(confidence: str | None, succeeded_at: datetime | None) -> tuple[int, float]:
    """Return a rank: what answered last first, then what the catalogue is certain of."""
    if succeeded_at is not None:
        return 0, -succeeded_at.timestamp()
    return {"certain": 1, None: 2, "likely": 3}.get(confidence, 4), 0.0


def look_up(hosts: Sequence[str], *, patience_s: float = LOOK_UP_S) -> dict[str, tuple[str, ...] | str]:
    """Return for each host its addresses, or in words why there are none. All of them together take `patience_s`."""
    answers: SimpleQueue[tuple[str, tuple[str, ...] | str]] = SimpleQueue()
    for host in hosts:  # the system's resolver cannot be interrupted; a daemon is left behind instead
        Thread(target=lambda host=host: answers.put((host, _addresses(host))), daemon=True).start()
    found: dict[str, tuple[str, ...] | str] = {}
    give_up_at = monotonic() + patience_s
    while len(found) < len(set(hosts)):
        try:
            host, answer = answers.get(timeout=max(give_up_at - monotonic(), 0.001))
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
    """Return whether names can be looked up; `found` is what `look_up` returned."""
    named = {host: answer for host, answer in found.items() if literal_address(host) is None}
    if not named:
        return skipped(_DNS, "no outlet with a name is to be asked")
    reasons = [f"{host}: {answer}" for host, answer in named.items() if isinstance(answer, str)]
    if len(reasons) == len(named):
        return warning(_DNS, f"no name can be looked up ({'; '.join(reasons)})", _NO_NETWORK)
    inward = [host for host, answer in named.items() if not isinstance(answer, str) and not _is_public(answer)]
    if inward:
        found_here = f"answers with private addresses for {', '.join(inward)}, which are never fetched"
        return warning(_DNS, found_here, "log in to the network, or use a name server that does not filter")
    if reasons:
        return warning(_DNS, f"not every name is found ({'; '.join(reasons)})", "look again later; see: status")
    return ok(_DNS, f"finds {', '.join(named)}")


def _is_public(addresses: Sequence[str]) -> bool:
    return any(refusal_of_address(address) is None for address in addresses)


def judge_answers(answers: Mapping[str, FetchResult]) -> Finding:
    """Return whether outlets can be reached; `answers` by address asked."""
    if not answers:
        return skipped(_HTTP, "the store has no outlet with an active feed")
    told = "; ".join(f"{host_of(url)}: {_words(answer)}" for url, answer in answers.items())
    served = [answer for answer in answers.values() if answer.trouble is None]
    if len(served) == len(answers):
        return ok(_HTTP, told)
    if served:
        return ok(_HTTP, f"{len(served)} of {len(answers)} outlets answer ({told})")
    if all(answer.status == 0 for answer in answers.values()):
        return warning(_HTTP, f"no outlet can be reached ({told})", _NO_NETWORK)
    return warning(_HTTP, f"outlets answer, but let nobody in ({told})", "set STEPPEWATCH_USER_AGENT; see: status")


def _words(answer: FetchResult) -> str:
    return answer.trouble.reason if answer.trouble else f"answered {answer.status}"
