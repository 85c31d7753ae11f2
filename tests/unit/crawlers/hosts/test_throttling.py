"""Throttling: which refusals mean too many requests, and how long a host rests."""

from __future__ import annotations

import pytest

from crawlers.hosts.delays import HostDelays
from crawlers.hosts.throttling import BURST, REST_MAX_S, REST_S, Throttling

HOST = "c.example"


def after_burst(count: int = BURST, *, every_s: float = 5.0) -> Throttling:
    throttling = Throttling()
    for n in range(count):
        assert throttling.answered(HOST, 200, n * every_s) is None
    return throttling


@pytest.mark.parametrize(
    ("throttling", "now", "rest_s"),
    [
        pytest.param(after_burst(), 60.0, REST_S, id="after a burst"),
        pytest.param(Throttling(), 60.0, None, id="the first answer of all"),
        pytest.param(after_burst(BURST - 1), 60.0, None, id="after a few requests"),
        pytest.param(after_burst(), 3_600.0, None, id="long after a burst"),
        pytest.param(after_burst(every_s=100.0), 1_000.0, None, id="after slow requests"),
    ],
)
def test_a_403_after_a_burst_is_throttling(throttling: Throttling, now: float, rest_s: float | None) -> None:
    assert throttling.answered(HOST, 403, now) == rest_s


def test_a_403_of_another_host_is_its_own() -> None:
    assert after_burst().answered("d.example", 403, 60.0) is None


@pytest.mark.parametrize(("wish", "rest_s"), [(None, REST_S), (60.0, 60.0), (1e9, REST_MAX_S)])
def test_a_429_is_throttling_always(wish: float | None, rest_s: float) -> None:
    assert Throttling().answered(HOST, 429, 0.0, retry_after_s=wish) == rest_s


def test_rests_double_until_the_host_answers() -> None:
    throttling, rests = after_burst(), []
    for n in range(7):
        rests.append(throttling.answered(HOST, 403, 60.0 + 40_000 * n))
    assert rests == [REST_S, 1_800, 3_600, 7_200, 14_400, REST_MAX_S, REST_MAX_S]
    assert throttling.answered(HOST, 304, 1e6) is None
    assert throttling.answered(HOST, 429, 1e6) == REST_S


@pytest.mark.parametrize("status", [0, 404, 500, 503])
def test_other_failures_are_no_throttling(status: int) -> None:
    assert after_burst().answered(HOST, status, 60.0) is None


def test_hosts_are_forgotten() -> None:
    throttling = Throttling()
    for n in range(5_000):
        throttling.answered(f"h{n}.example", 200, n * 5.0)
    assert len(throttling._welcomed) < 200


def test_a_resting_host_gets_no_job_until_its_rest_is_over() -> None:
    hosts = HostDelays(5.0)
    hosts.rest(HOST, 100.0)
    hosts.rest(HOST, 50.0)
    assert hosts.busy_hosts(60.0) == {HOST}
    assert hosts.remaining_delay_s(HOST, 60.0) == 40.0
    assert hosts.busy_hosts(100.0) == set()
