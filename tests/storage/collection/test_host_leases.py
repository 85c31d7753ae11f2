"""Hosts are one crawler's at a time, whatever the crawlers do and whoever dies."""

from __future__ import annotations

import asyncio
import threading
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, update
from templates import tables

from crawlers.async_store import AsyncStore
from crawlers.hosts.delays import HostDelays
from crawlers.hosts.leases import HostLeases
from crawlers.hosts.limiter import HostLimiter
from db.collection.host_leases import claim_hosts, find_resting_hosts, forget_hosts, release_hosts, rest_host
from db.engine import Database
from db.models import HostLease

NOW = datetime(2022, 1, 6, 12, tzinfo=UTC)
CRAWLERS = ("ann", "bob", "eve")
HOSTS = ("a.kz", "b.kz")


def seconds(number: float) -> timedelta:
    return timedelta(seconds=number)


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    opened = tables(database_url)
    yield opened
    opened.close()


def claim(database: Database, holder: str, *hosts: str, now: datetime = NOW, lease_s: float = 60) -> set[str]:
    until = dict.fromkeys(hosts, now + seconds(lease_s))
    return database.write(lambda conn: claim_hosts(conn, until, holder=holder, now=now))


def release(database: Database, holder: str, host: str, free_at: datetime) -> None:
    database.write(lambda conn: release_hosts(conn, {host: free_at}, holder=holder))


def test_a_host_is_one_crawlers_until_it_is_given_back(database: Database) -> None:
    assert claim(database, "ann", "a.kz", "b.kz") == {"a.kz", "b.kz"}
    assert claim(database, "bob", "a.kz", "c.kz") == {"c.kz"}
    release(database, "ann", "a.kz", NOW)
    assert claim(database, "bob", "a.kz", "b.kz") == {"a.kz"}


def test_who_claims_again_renews(database: Database) -> None:
    claim(database, "ann", "a.kz", lease_s=10)
    assert claim(database, "ann", "a.kz", now=NOW + seconds(9), lease_s=10) == {"a.kz"}
    assert claim(database, "bob", "a.kz", now=NOW + seconds(11)) == set()


def test_a_lease_that_nobody_renews_runs_out(database: Database) -> None:
    claim(database, "ann", "a.kz", lease_s=10)
    assert claim(database, "bob", "a.kz", now=NOW + seconds(10)) == {"a.kz"}
    assert claim(database, "ann", "a.kz", now=NOW + seconds(10)) == set()
    release(database, "ann", "a.kz", NOW)
    assert claim(database, "ann", "a.kz", now=NOW + seconds(11)) == set(), "who lost it cannot give it back"


def test_a_host_that_was_given_back_rests_first(database: Database) -> None:
    claim(database, "ann", "a.kz")
    release(database, "ann", "a.kz", NOW + seconds(5))
    for crawler in CRAWLERS:
        assert claim(database, crawler, "a.kz", now=NOW + seconds(4)) == set()
    assert claim(database, "bob", "a.kz", now=NOW + seconds(5)) == {"a.kz"}


def test_a_rest_may_become_longer_but_not_shorter_nor_touch_a_lease(database: Database) -> None:
    claim(database, "ann", "a.kz", "b.kz")
    release(database, "ann", "a.kz", NOW + seconds(5))
    for until in (20, 10):
        database.write(partial(rest_host, host="a.kz", until=NOW + seconds(until)))
    database.write(lambda conn: rest_host(conn, "b.kz", until=NOW + seconds(600)))
    assert database.read(lambda conn: find_resting_hosts(conn, now=NOW + seconds(19))) == {"a.kz", "b.kz"}
    assert database.read(lambda conn: find_resting_hosts(conn, now=NOW + seconds(61))) == set()


def test_hosts_of_long_ago_are_forgotten(database: Database) -> None:
    claim(database, "ann", "a.kz", lease_s=1)
    claim(database, "ann", "b.kz", lease_s=100)
    assert database.write(lambda conn: forget_hosts(conn, before=NOW + seconds(50))) == 1
    assert database.read(lambda conn: find_resting_hosts(conn, now=NOW)) == {"b.kz"}


def test_of_many_crawlers_at_once_one_gets_each_host(database: Database) -> None:
    hosts = [f"h{number}.kz" for number in range(40)]
    won: dict[str, set[str]] = {}

    def crawl(name: str) -> None:
        won[name] = {host for start in range(0, 40, 8) for host in claim(database, name, *hosts[start : start + 8])}

    crawlers = [threading.Thread(target=crawl, args=(f"crawler {number}",)) for number in range(4)]
    for crawler in crawlers:
        crawler.start()
    for crawler in crawlers:
        crawler.join()
    assert sorted(host for several in won.values() for host in several) == sorted(hosts)


steps = st.tuples(
    st.sampled_from(["claim", "release", "die", "nothing"]),
    st.sampled_from(CRAWLERS),
    st.sampled_from(HOSTS),
    st.integers(0, 7),
)


@given(st.lists(steps, max_size=25))
@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_history_gives_a_host_to_two_or_shortens_its_rest(
    database: Database, history: list[tuple[str, str, str, int]]
) -> None:
    """What a crawler may believe: a host is its own for 10 s after each claim; 5 s later, or after release, others'."""
    database.write(lambda conn: conn.execute(delete(HostLease)))
    now = NOW
    believed: dict[tuple[str, str], datetime] = {}
    asked_at: dict[str, datetime] = {}
    starts: Counter[str] = Counter()
    for what, name, host, pause in history:
        now += seconds(pause)
        crawler = f"{name} {starts[name]}"  # each start of a crawler has a name of its own
        if what == "claim" and claim(database, crawler, host, now=now, lease_s=15):
            others = [until for (other, at), until in believed.items() if at == host and other != crawler]
            assert all(until <= now for until in others), "nobody else believes that it is theirs"
            is_renewal = (crawler, host) in believed
            assert is_renewal or now - asked_at.get(host, NOW - seconds(99)) >= seconds(5)
            believed[crawler, host] = now + seconds(10)
        elif what == "release" and (crawler, host) in believed:
            release(database, crawler, host, now + seconds(5))
            if believed.pop((crawler, host)) > now:
                asked_at[host] = now
        elif what == "die":
            starts[name] += 1
            believed = {key: until for key, until in believed.items() if key[0] != crawler}
        for (_, at), until in believed.items():
            if until > now:
                asked_at[at] = now  # whoever believes that a host is its own asks it at any moment


# the crawler's side


def leases(database: Database, holder: str, lease_s: float = 60) -> tuple[AsyncStore, HostLeases]:
    desk = AsyncStore(database, lambda: NOW)
    return desk, HostLeases(desk, HostDelays(0.0), lambda: datetime.now(UTC), holder=holder, lease_s=lease_s)


def test_a_host_given_back_while_it_is_being_renewed_is_not_ours(database: Database) -> None:
    desk, ours = leases(database, "ann")

    async def play() -> None:
        await ours.claim(["a.kz", "b.kz"], lambda *_: None)
        renewal = asyncio.ensure_future(ours.renew())
        await asyncio.sleep(0)
        ours.release("a.kz")
        await renewal
        assert (ours.hold("a.kz"), ours.hold("b.kz")) == (False, True)

    asyncio.run(play())
    desk.close()
    assert claim(database, "bob", "a.kz", "b.kz", now=datetime.now(UTC)) == {"a.kz"}


def test_what_another_took_is_not_ours_any_more(database: Database) -> None:
    desk, ours = leases(database, "ann")

    async def play() -> None:
        await ours.claim(["a.kz"], lambda *_: None)
        database.write(lambda conn: conn.execute(update(HostLease).values(holder="bob")))
        assert ours.hold("a.kz"), "not known yet"
        await ours.renew()
        assert not ours.hold("a.kz")

    asyncio.run(play())
    desk.close()


def test_nothing_is_asked_under_a_lease_that_may_have_run_out(database: Database) -> None:
    desk, ours = leases(database, "ann", lease_s=0.05)

    async def play() -> None:
        await ours.claim(["a.kz"], lambda *_: None)
        await asyncio.sleep(0.06)
        assert not ours.hold("a.kz")

    asyncio.run(play())
    desk.close()


def test_requests_of_several_crawlers_to_one_host_take_turns(database: Database) -> None:
    """Two crawlers, three requests each, to two hosts: never two under way at one host."""
    under_way: list[str] = []
    done: list[str] = []

    async def ask(limiter: HostLimiter, host: str) -> None:
        await limiter.acquire(host)
        assert host not in under_way
        under_way.append(host)
        await asyncio.sleep(0.01)
        under_way.remove(host)
        done.append(host)
        limiter.release(host)

    async def play() -> None:
        crawlers = [leases(database, name) for name in ("ann", "bob")]
        several = [HostLimiter(HostDelays(0.0), ours) for _, ours in crawlers]
        await asyncio.gather(*(ask(limiter, host) for limiter in several for host in HOSTS * 3))
        for desk, _ in crawlers:
            desk.close()

    asyncio.run(play())
    assert sorted(done) == sorted(HOSTS * 6)


def test_a_turn_that_is_not_waited_for_any_more_blocks_nobody() -> None:
    async def play() -> None:
        limiter = HostLimiter(HostDelays(0.0))
        await limiter.acquire("a.kz")
        impatient = asyncio.ensure_future(limiter.acquire("a.kz"))
        await asyncio.sleep(0)
        impatient.cancel()
        with pytest.raises(asyncio.CancelledError):
            await impatient
        limiter.release("a.kz")
        await asyncio.wait_for(limiter.acquire("a.kz"), 5)

    asyncio.run(play())
