"""Subscriptions as they are kept: by name, with recipients, and with a version that every worker can follow."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from samplestore import NOON, empty_store

from db.alerts import channels, subscriptions
from db.alerts.subscriptions import NameTaken, SubscriptionIn
from db.engine import Database
from worker.delivery.transports.transport import RecipientAddress
from worker.subscriptions import definition
from worker.subscriptions.definition import References, SubscriptionDefinition

DRILLS = SubscriptionDefinition(
    SubscriptionIn(name="drills", query="entity:csto AND drill*", cadence="daily 08:00 Asia/Almaty"),
    (RecipientAddress("email", "analyst@office.example"), RecipientAddress("webhook", "https://hooks.example/in")),
    feed=True,
)
EIGHT_IN_ALMATY = datetime(2022, 1, 11, 2, tzinfo=UTC)  # UTC+6 until 2024


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    opened = empty_store(database_url)
    yield opened
    opened.close()


def store(database: Database, new: SubscriptionDefinition) -> int:
    return database.write(lambda conn: definition.create(conn, new, now=NOON))


def version(database: Database) -> int:
    return database.read(subscriptions.latest_version)


def test_what_is_stored_is_what_was_stated(database: Database) -> None:
    subscription_id = store(database, DRILLS)
    with database.reading() as conn:
        row = subscriptions.get_subscription(conn, subscription_id)
        recipients = channels.find_recipients(conn, [subscription_id])
    assert definition.to_definition(row, recipients) == DRILLS
    assert {r.channel.kind: r.due_at for r in recipients} == {
        "email": EIGHT_IN_ALMATY,
        "webhook": EIGHT_IN_ALMATY,
        "feed": None,
    }
    assert len({r.token for r in recipients}) == 3
    assert [bool(r.channel.secret) for r in recipients] == [False, True, False]


def test_a_name_is_given_once_until_its_subscription_is_removed(database: Database) -> None:
    first = store(database, DRILLS)
    with pytest.raises(NameTaken):
        store(database, DRILLS)
    row = database.read(lambda conn: subscriptions.get_subscription(conn, first))
    database.write(lambda conn: definition.remove(conn, row))
    assert database.read(lambda conn: subscriptions.find_subscription(conn, "drills")) is None
    assert store(database, DRILLS) != first


def test_each_change_has_a_higher_version_and_removals_are_told_too(database: Database) -> None:
    first = store(database, DRILLS)
    before = version(database)
    second = store(database, replace(DRILLS, subscription=replace(DRILLS.subscription, name="other")))
    database.write(lambda conn: subscriptions.change_subscription(conn, first, state="paused"))
    row = database.read(lambda conn: subscriptions.get_subscription(conn, second))
    database.write(lambda conn: definition.remove(conn, row))
    changes = database.read(lambda conn: subscriptions.iter_changes(conn, after=before))
    assert [(change.id, change.state) for change in changes] == [(first, "paused"), (second, "removed")]
    assert before < changes[0].version < changes[1].version == version(database)


def test_a_saved_query_changes_those_that_use_it_directly_or_not(database: Database) -> None:
    queries = {"pacts": "CSTO OR SCO", "watch": "@pacts AND drill"}
    database.write(lambda conn: subscriptions.record_saved_queries(conn, queries))
    users = {
        name: store(database, SubscriptionDefinition(SubscriptionIn(name=name, query=query)))
        for name, query in {"direct": "@pacts", "by-way-of": "@watch", "neither": "border"}.items()
    }
    before = version(database)
    database.write(lambda conn: subscriptions.record_saved_queries(conn, {"pacts": "CSTO"}))
    changed = database.read(lambda conn: subscriptions.iter_changes(conn, after=before))
    assert {row.id for row in changed} == {users["direct"], users["by-way-of"]}


def test_a_changed_statement_changes_recipients_and_cadence(database: Database) -> None:
    subscription_id = store(database, DRILLS)
    row = database.read(lambda conn: subscriptions.get_subscription(conn, subscription_id))
    new = replace(
        DRILLS,
        subscription=replace(DRILLS.subscription, cadence="at once", on_revision=True),
        recipients=(RecipientAddress("email", "second@office.example"), DRILLS.recipients[1]),
        feed=False,
    )
    database.write(lambda conn: definition.update(conn, row, new, now=NOON))
    with database.reading() as conn:
        after = subscriptions.get_subscription(conn, subscription_id)
        recipients = channels.find_recipients(conn, [subscription_id])
    assert definition.to_definition(after, recipients) == new
    assert all(recipient.due_at is None for recipient in recipients)
    assert {definition.get_address(r): r.state for r in recipients} == {
        ("email", "analyst@office.example"): "unsubscribed",
        ("email", "second@office.example"): "active",
        ("webhook", "https://hooks.example/in"): "active",
        ("feed", "drills"): "unsubscribed",
    }


def test_an_unchanged_statement_changes_nothing(database: Database) -> None:
    subscription_id = store(database, DRILLS)
    row = database.read(lambda conn: subscriptions.get_subscription(conn, subscription_id))
    database.write(lambda conn: definition.update(conn, row, DRILLS, now=NOON))
    assert version(database) == row.version


def test_everything_wrong_with_a_statement_is_said_at_once() -> None:
    def parse(query: str) -> None:
        raise ValueError(f"expected a word after AND, at the end of {query!r}")

    bad = SubscriptionDefinition(
        SubscriptionIn(name="Bad Name", query="csto AND", cadence="at once", all_quiet=True, max_age_h=0),
        (
            RecipientAddress("chat", "exec://rm"),
            RecipientAddress("email", "nobody"),
            RecipientAddress("webhook", "http://10.0.0.1/"),
            RecipientAddress("fax", "+7 700"),
        ),
    )
    _, problems = definition.validate(bad, References(parse))
    kinds = ("email:", "webhook:", "chat:", "fax:")
    assert [problem.split()[0] for problem in problems] == ["the", "query:", "the", "an", *kinds]
