"""Slots for requests: never too many under way, and none wasted on a request that waits for its host."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable

import pytest

from crawlers.hosts.delays import HostDelays
from crawlers.hosts.limiter import HostLimiter
from crawlers.hosts.slots import RequestSlots


async def _let_others_run() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


def _play(scene: Callable[[], Awaitable[None]]) -> None:
    async def bounded() -> None:
        await asyncio.wait_for(scene(), 30)

    asyncio.run(bounded())


def test_no_more_are_under_way_than_there_are_slots_and_all_get_one_in_turn() -> None:
    slots, under_way, most, order = RequestSlots(3), 0, 0, list[int]()

    async def ask(number: int) -> None:
        nonlocal under_way, most
        await slots.acquire()
        order.append(number)
        under_way += 1
        most = max(most, under_way)
        await _let_others_run()
        under_way -= 1
        slots.release()

    async def scene() -> None:
        await asyncio.gather(*map(ask, range(20)))

    _play(scene)
    assert (most, order, slots.is_full) == (3, list(range(20)), False)


def test_an_answer_that_is_being_recorded_takes_the_place_of_a_request() -> None:
    async def scene() -> None:
        slots = RequestSlots(1)
        await slots.acquire()
        slots.take()  # its answer is there
        slots.release()  # the request has ended
        next_one = asyncio.ensure_future(slots.acquire())
        await _let_others_run()
        assert not next_one.done()
        slots.release()
        await next_one

    _play(scene)


def test_a_slot_that_nobody_waits_for_is_announced() -> None:
    async def scene() -> None:
        slots = RequestSlots(1)
        await slots.acquire()
        watching = asyncio.ensure_future(slots.wait_for_release())
        waiting = asyncio.ensure_future(slots.acquire())
        await _let_others_run()
        slots.release()
        await waiting
        assert not watching.done(), "it was handed over"
        slots.release()
        await watching

    _play(scene)


@pytest.mark.parametrize("is_handed_over", [False, True])
def test_a_request_that_gives_up_takes_no_slot_along(is_handed_over: bool) -> None:
    async def scene() -> None:
        slots = RequestSlots(1)
        await slots.acquire()
        impatient, patient = (asyncio.ensure_future(slots.acquire()) for _ in range(2))
        await _let_others_run()
        if is_handed_over:
            slots.release()
        impatient.cancel()
        await _let_others_run()
        if not is_handed_over:
            slots.release()
        await patient
        assert impatient.cancelled()
        assert slots.is_full
        slots.release()
        assert not slots.is_full

    _play(scene)


def test_a_request_that_waits_for_its_host_leaves_the_slot_to_others() -> None:
    async def scene() -> None:
        slots, hosts = RequestSlots(1), HostDelays(3_600.0)
        limiter = HostLimiter(hosts, slots=slots)
        hosts.answered("a.kz", time.monotonic())
        waiting = asyncio.ensure_future(limiter.acquire("a.kz"))
        await _let_others_run()
        for host in ("b.kz", "c.kz"):
            await limiter.acquire(host)
            limiter.release(host)
        assert not waiting.done()
        waiting.cancel()

    _play(scene)


def test_a_host_that_has_to_rest_meanwhile_is_not_asked_when_the_slot_comes() -> None:
    async def scene() -> None:
        slots = RequestSlots(1)
        limiter = HostLimiter(HostDelays(0.0), slots=slots)
        await limiter.acquire("a.kz")
        waiting = asyncio.ensure_future(limiter.acquire("b.kz"))
        await _let_others_run()
        limiter.rest("b.kz", 100)
        limiter.release("a.kz")
        await _let_others_run()
        assert not waiting.done()
        assert not slots.is_full
        waiting.cancel()

    _play(scene)
