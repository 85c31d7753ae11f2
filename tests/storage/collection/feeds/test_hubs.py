"""Hubs in the store: who is asked, what a hub confirmed, and what its pushes change."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Row, insert, select, update
from templates import tables

from db.collection.feeds import feeds, hubs, polls
from db.collection.feeds.hubs import PUSHED, HubCall, HubDue
from db.collection.feeds.polls import OLDER_ENTRIES, HubKnown
from db.engine import Database
from db.models import Feed, HubSubscription, Source

NOW = datetime(2022, 1, 6, 12, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
HUB, TOPIC = "https://hub.example/", "https://courier.example/rss"


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    opened = tables(database_url)
    row = {"id": "courier", "name": "courier", "languages": [], "origin": "person", "added_at": NOW}
    opened.write(lambda conn: conn.execute(insert(Source), [row]))
    yield opened
    opened.close()


def add(database: Database, url: str = TOPIC, **values: Any) -> int:
    values = {"polled_at": NOW, "changed_at": NOW, "next_poll_at": NOW + DAY, **values}

    def write(conn: Any) -> int:
        feed_id = feeds.add_feed(conn, source_id="courier", url=url, now=NOW)
        conn.execute(update(Feed).where(Feed.id == feed_id).values(**values))
        return feed_id

    return database.write(write)


def name(database: Database, feed_id: int, *, url: str = HUB, topic: str = TOPIC, now: datetime = NOW) -> None:
    database.write(lambda conn: hubs.record_hub(conn, feed_id, url=url, topic_url=topic, now=now))


def due(database: Database, *, now: datetime = NOW, limit: int = 9, resting: tuple[str, ...] = ()) -> list[HubDue]:
    return database.read(lambda conn: hubs.find_due_hubs(conn, now=now, limit=limit, resting=resting))


def claim(database: Database, one: HubDue, *, now: datetime = NOW) -> set[int]:
    return database.write(lambda conn: hubs.claim_hubs(conn, [one.id], now=now, lease_s=60))


def row(database: Database, feed_id: int) -> Row[Any]:
    query = select(HubSubscription.__table__).where(HubSubscription.feed_id == feed_id)
    return database.read(lambda conn: conn.execute(query).one())


def asked(database: Database, one: HubDue, *, failures: int = 1, error: str | None = "silent") -> None:
    database.write(
        lambda conn: hubs.record_hub_asked(
            conn, one.id, public_url="https://w.example", next_at=NOW + HOUR, failures=failures, error=error
        )
    )


def verified(database: Database, one: HubDue, *, now: datetime) -> None:
    database.write(
        lambda conn: hubs.record_hub_verified(conn, one.id, now=now, lease_until=now + DAY, next_at=now + DAY / 2)
    )


def call(database: Database, token: str) -> HubCall | None:
    return database.read(lambda conn: hubs.find_hub_call(conn, token))


def test_a_named_hub_is_asked_once_until_its_time_comes_again(database: Database) -> None:
    feed_id = add(database)
    name(database, feed_id)
    (one,) = due(database)
    assert (one.url, one.host, one.topic_url, one.asked_at) == (HUB, "hub.example", TOPIC, None)
    assert len(one.token) >= 40
    assert len(one.secret) == 64
    assert claim(database, one) == {one.id}
    assert (due(database), claim(database, one)) == ([], set())
    asked(database, one)
    assert due(database, now=NOW + HOUR / 2) == []
    assert due(database, now=NOW + HOUR) == [replace(one, failures=1, asked_at=NOW)]


def test_a_claim_of_a_killed_crawler_runs_out(database: Database) -> None:
    name(database, add(database))
    (one,) = due(database)
    claim(database, one)
    assert [each.id for each in due(database, now=NOW + timedelta(seconds=61))] == [one.id]


def test_what_a_hub_confirms_before_it_answers_stays(database: Database) -> None:
    feed_id = add(database)
    name(database, feed_id)
    (one,) = due(database)
    claim(database, one)
    verified(database, one, now=NOW + timedelta(seconds=1))
    asked(database, one)
    known = row(database, feed_id)
    assert (known.failures, known.last_error, known.claimed_until) == (0, None, None)
    assert known.lease_until == NOW + timedelta(seconds=1) + DAY
    assert known.next_at == NOW + timedelta(seconds=1) + DAY / 2


def test_a_renewal_that_fails_keeps_the_lease_that_there_is(database: Database) -> None:
    feed_id = add(database)
    name(database, feed_id)
    (one,) = due(database)
    claim(database, one)
    verified(database, one, now=NOW)
    asked(database, one)
    (again,) = due(database, now=NOW + DAY / 2)
    claim(database, again, now=NOW + DAY / 2)
    asked(database, again, error="no answer")
    known = row(database, feed_id)
    assert (known.failures, known.last_error, known.lease_until) == (1, "no answer", NOW + DAY)


def test_hubs_are_asked_one_at_a_time(database: Database) -> None:
    for number in range(3):
        name(database, add(database, f"{TOPIC}{number}"), topic=f"{TOPIC}{number}")
    name(database, add(database, f"{TOPIC}x"), url="https://other.example/")
    assert [one.host for one in due(database)] == ["hub.example", "other.example"]
    assert [one.host for one in due(database, limit=1)] == ["hub.example"]
    assert [one.host for one in due(database, resting=("hub.example",))] == ["other.example"]


@pytest.mark.parametrize("state", ["paused", "retired", "gone"])
def test_a_feed_that_is_not_collected_is_not_subscribed_to(database: Database, state: str) -> None:
    name(database, add(database, state=state))
    assert due(database) == []


def test_a_hub_that_a_changed_feed_names_no_more_is_not_asked_again(database: Database) -> None:
    feed_id = add(database)
    name(database, feed_id)
    token = row(database, feed_id).token
    add(database, changed_at=NOW + HOUR)
    assert due(database, now=NOW + DAY) == []
    known = call(database, token)
    assert known is not None
    assert not known.is_wanted
    name(database, feed_id, now=NOW + 2 * HOUR)
    assert [one.token for one in due(database, now=NOW + DAY)] == [token]


@pytest.mark.parametrize("change", [{"url": "https://new.example/"}, {"topic": f"{TOPIC}2"}])
def test_another_hub_or_topic_has_secrets_of_its_own(database: Database, change: dict[str, str]) -> None:
    feed_id = add(database)
    name(database, feed_id)
    (one,) = due(database)
    claim(database, one)
    verified(database, one, now=NOW)
    asked(database, one)
    name(database, feed_id, **change)
    assert call(database, one.token) is None
    known = row(database, feed_id)
    assert known.secret != one.secret
    assert (known.lease_until, known.verified_at, known.asked_at) == (None, None, None)
    # a feed that names another hub each time does not have us ask each time
    assert due(database) == []
    assert len(due(database, now=NOW + HOUR)) == 1


def test_naming_the_same_hub_again_changes_no_secret(database: Database) -> None:
    feed_id = add(database)
    name(database, feed_id)
    before = row(database, feed_id)
    name(database, feed_id, now=NOW + HOUR)
    assert row(database, feed_id)._asdict() == {**before._asdict(), "named_at": NOW + HOUR}


def test_another_public_address_is_told_to_all_hubs_at_once(database: Database) -> None:
    name(database, add(database))
    (one,) = due(database)
    claim(database, one)
    verified(database, one, now=NOW)
    asked(database, one)
    for public_url, number in (("https://w.example", 0), ("https://new.example", 1), ("https://new.example", 0)):
        changed = database.write(lambda conn, url=public_url: hubs.ask_hubs_anew(conn, public_url=url, now=NOW))
        assert changed == number
    assert len(due(database)) == 1


def test_a_denied_subscription_has_no_lease(database: Database) -> None:
    feed_id = add(database)
    name(database, feed_id)
    (one,) = due(database)
    claim(database, one)
    verified(database, one, now=NOW)
    database.write(lambda conn: hubs.record_hub_denied(conn, one.id, now=NOW, reason="full", next_at=NOW + DAY))
    asked(database, one)
    known = row(database, feed_id)
    assert (known.lease_until, known.last_error, known.failures, known.next_at) == (None, "full", 1, NOW + DAY)


def push(database: Database, feed_id: int, poll_at: datetime | None) -> bool:
    known = call(database, row(database, feed_id).token)
    assert known is not None
    return database.write(lambda conn: hubs.record_push(conn, known, now=NOW, poll_at=poll_at, idle_pushes=2))


def test_a_push_brings_the_poll_forward_and_says_why(database: Database) -> None:
    feed_id = add(database)
    name(database, feed_id)
    assert push(database, feed_id, NOW)
    stored = database.read(lambda conn: conn.execute(select(Feed.__table__).where(Feed.id == feed_id)).one())
    assert (stored.next_poll_at, stored.next_poll_because) == (NOW, PUSHED)
    known = row(database, feed_id)
    assert (known.pushed_at, known.idle_pushes) == (NOW, 2)
    (found,) = database.read(lambda conn: hubs.with_hubs(conn, polls.find_due_feeds(conn, now=NOW, limit=9)))
    assert found.hub == HubKnown(None, NOW)


@pytest.mark.parametrize(
    "values",
    [
        {"next_poll_at": NOW},
        {"failures": 1},
        {"state": "paused"},
        {"next_poll_because": OLDER_ENTRIES},
    ],
)
def test_a_push_changes_no_other_plan(database: Database, values: dict[str, Any]) -> None:
    feed_id = add(database, **values)
    name(database, feed_id)
    assert not push(database, feed_id, NOW + HOUR / 60)
    stored = database.read(lambda conn: conn.execute(select(Feed.__table__).where(Feed.id == feed_id)).one())
    assert {**stored._asdict(), **values} == stored._asdict()
    assert row(database, feed_id).pushed_at == NOW


def test_a_push_during_a_poll_is_not_lost(database: Database) -> None:
    feed_id = add(database)
    name(database, feed_id)
    push(database, feed_id, NOW)
    add(database)  # the poll that was under way plans the next one

    def recall(asked_at: datetime) -> bool:
        return database.write(lambda conn: hubs.recall_push(conn, feed_id, asked_at=asked_at, poll_at=NOW + HOUR))

    assert not recall(NOW)
    assert recall(NOW - HOUR)
    assert database.read(lambda conn: conn.scalar(select(Feed.next_poll_at))) == NOW + HOUR


def test_hubs_are_listed_with_the_feeds_that_name_them(database: Database) -> None:
    feed_id, other = add(database), add(database, f"{TOPIC}2")
    name(database, feed_id)
    found = database.read(lambda conn: hubs.list_hubs(conn, [feed_id, other]))
    assert {key: one.hub_url for key, one in found.items()} == {feed_id: HUB}


def test_a_removed_feed_takes_its_subscription_along(database: Database) -> None:
    feed_id = add(database)
    name(database, feed_id)
    database.write(lambda conn: conn.execute(Feed.__table__.delete().where(Feed.id == feed_id)))
    assert database.read(lambda conn: conn.execute(select(HubSubscription.id)).all()) == []
