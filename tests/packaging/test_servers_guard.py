"""Tests stay on this machine, and the summary says what they ran on."""

from __future__ import annotations

import socket
from typing import Any, Literal

import pytest
from servers import loopback, tally


@pytest.mark.parametrize(
    ("family", "address"),
    [
        pytest.param(socket.AF_INET, ("192.0.2.1", 80), id="IPv4"),
        pytest.param(socket.AF_INET6, ("2001:db8::1", 80, 0, 0), id="IPv6"),
        pytest.param(socket.AF_INET, ("outlet.example", 80), id="name"),
    ],
)
@pytest.mark.parametrize("method", ["connect", "connect_ex"])
def test_another_machine_is_out_of_reach(family: socket.AddressFamily, address: tuple[Any, ...], method: str) -> None:
    with (
        socket.socket(family) as connection,
        pytest.raises(
            loopback.NetworkForbidden, match=rf"tried to connect to {address[0]}:80; serve it on 127\.0\.0\.1"
        ),
    ):
        getattr(connection, method)(address)


def test_this_machine_is_within_reach() -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as server,
        socket.create_connection(server.getsockname(), timeout=5) as connection,
    ):
        assert connection.getpeername() == server.getsockname()


def test_servers_that_were_named_are_within_reach() -> None:
    named = ["redis://localhost:6379/1", "postgresql+psycopg://u:p@127.0.0.1/db", "sqlite:///x", ""]
    assert {"localhost", "127.0.0.1"} <= loopback.addresses_of(named)


def report(when: Literal["setup", "call", "teardown"], *noted: tuple[str, str]) -> pytest.TestReport:
    properties = [(f"ran on {kind}", server) for kind, server in noted]
    return pytest.TestReport("test", ("", 0, ""), {}, "passed", None, when, user_properties=properties)


def test_a_test_counts_once_for_each_kind_of_server_and_only_when_it_was_called() -> None:
    on_both = [(tally.POSTGRESQL, "PostgreSQL 18.6"), (tally.REDIS, "Valkey 9.1.2"), (tally.REDIS, "Valkey 9.1.2")]
    reports = [report("call", *on_both), report("teardown", *on_both), report("call", *on_both[:1]), report("call")]
    assert tally.summary(reports) == (
        "ran on SQLite: 0, on PostgreSQL: 2 (PostgreSQL 18.6), over the Redis protocol: 1 (Valkey 9.1.2)"
    )
