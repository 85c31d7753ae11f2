"""What DNS answers is what is judged: names, literals, and answers that mix public with private."""

from __future__ import annotations

from typing import Any

import pytest
from twisted.internet.address import IPv4Address, IPv6Address

from crawlers.http.resolver import GuardedResolver, Refusals, refusals


class FakeDns:
    """Answers every question with the same addresses, as a reactor's resolver does."""

    def __init__(self, *addresses: str) -> None:
        self.addresses = addresses
        self.nameResolver = self

    def resolveHostName(self, receiver: Any, name: str, port: int, kinds: Any, semantics: str) -> None:
        receiver.resolutionBegan(None)
        for address in self.addresses:
            kind = IPv6Address if ":" in address else IPv4Address
            receiver.addressResolved(kind("TCP", address, port))
        receiver.resolutionComplete()


class Receiver:
    """Collects what may be connected to."""

    def __init__(self) -> None:
        self.hosts: list[str] = []
        self.is_complete = False

    def resolutionBegan(self, resolution: Any) -> None:
        pass

    def addressResolved(self, address: Any) -> None:
        self.hosts.append(address.host)

    def resolutionComplete(self) -> None:
        self.is_complete = True


def resolve(name: str, *addresses: str, port: int = 80, allowed: frozenset[tuple[str, int]] = frozenset()) -> list[str]:
    receiver = Receiver()
    dns: Any = FakeDns(*addresses)
    GuardedResolver(dns, allowed).resolveHostName(receiver, name, port)
    assert receiver.is_complete
    return receiver.hosts


def test_a_public_name_is_resolved() -> None:
    assert resolve("outlet.kz", "195.12.114.1", "2a00:1450::1") == ["195.12.114.1", "2a00:1450::1"]
    assert refusals.find("outlet.kz") is None


@pytest.mark.parametrize(
    ("address", "kind"), [("127.0.0.1", "loopback"), ("100.64.1.1", "private"), ("fd00::1", "private")]
)
def test_a_name_that_leads_inside_is_refused_by_name(address: str, kind: str) -> None:
    assert resolve("Evil.example.", address) == []
    assert refusals.find("evil.example") == f"refused: {kind} address {address}"


def test_of_a_mixed_answer_only_the_public_part_is_used() -> None:
    assert resolve("mixed.example", "10.0.0.1", "8.8.8.8") == ["8.8.8.8"]
    assert refusals.find("mixed.example") is None


def test_a_name_that_changes_its_address_is_judged_each_time() -> None:
    assert resolve("rebind.example", "8.8.8.8") == ["8.8.8.8"]
    assert resolve("rebind.example", "127.0.0.1") == []
    assert resolve("rebind.example", "8.8.4.4") == ["8.8.4.4"]
    assert refusals.find("rebind.example") is None


def test_settings_allow_one_host_at_one_port() -> None:
    allowed = frozenset({("intranet.kz", 8000)})
    assert resolve("intranet.kz", "10.0.0.1", port=8000, allowed=allowed) == ["10.0.0.1"]
    assert resolve("intranet.kz", "10.0.0.1", port=80, allowed=allowed) == []


def test_refusals_are_forgotten_oldest_first() -> None:
    kept = Refusals()
    for number in range(1_001):
        kept.note(f"{number}.kz", "no")
    assert kept.find("0.kz") is None
    assert kept.find("1000.kz") == "no"


class Unanswering:
    """Knows nobody, and notes who was asked for."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def resolveHostName(self, receiver: Any, name: str, port: int, kinds: Any, semantics: str) -> None:
        self.asked.append(name)
        receiver.resolutionBegan(None)
        receiver.resolutionComplete()


def test_names_that_never_had_an_address_are_looked_up_apart_from_all_others() -> None:
    dns: Any = FakeDns("195.12.114.1")
    strangers: Any = Unanswering()
    resolver = GuardedResolver(dns, frozenset(), strangers)
    resolver.resolveHostName(Receiver(), "outlet.kz", 80)
    strangers.resolveHostName = dns.resolveHostName  # somebody has registered it
    resolver.resolveHostName(Receiver(), "outlet.kz", 80)
    strangers.resolveHostName = Unanswering.resolveHostName.__get__(strangers)
    found = Receiver()
    for name in ("OUTLET.kz.", "93.184.216.34", "2606:2800:220:1::1"):
        resolver.resolveHostName(found, name, 80)
    assert strangers.asked == ["outlet.kz"]
    assert found.hosts == ["195.12.114.1"] * 3
