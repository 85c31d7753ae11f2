"""Subscriptions kept in a file: planned first, then made true, and only what the file brought is touched."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from alertdesk import small_store
from samples import NOON

from db.alerts import subscriptions
from db.alerts.subscriptions import SubscriptionIn
from db.engine import Database
from worker.subscriptions import definition, manifest
from worker.subscriptions.definition import SubscriptionDefinition
from worker.subscriptions.manifest import ManifestError, read_manifest

FILE = """
saved:
  pacts: entity:csto OR SCO
subscriptions:
  drills:
    query: saved:pacts AND drill*
    email: [analyst@office.example, second@office.example]
    every: daily 8:00 asia/almaty
    on_revision: true
  chairs:
    query: chairs
    feed: true
"""


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    opened = small_store(database_url)
    yield opened
    opened.close()


def sync(database: Database, text: str) -> dict[str, str]:
    """Apply a file; return what was done about each name."""
    read = read_manifest(text, "alerts.yaml")
    steps, stated = database.read(lambda conn: manifest.plan(conn, read, allow_private_hosts=""))
    database.write(lambda conn: manifest.apply(conn, stated, steps, now=NOON))
    return {step.name: f"{step.action} {', '.join(step.changes)}".strip() for step in steps}


def test_a_file_is_made_true_and_again_changes_nothing(database: Database) -> None:
    assert sync(database, FILE) == {"pacts": "add", "drills": "add", "chairs": "add"}
    before = database.read(subscriptions.latest_version)
    assert sync(database, FILE) == {"pacts": "keep", "drills": "keep", "chairs": "keep"}
    assert database.read(subscriptions.latest_version) == before
    (drills,) = [row for row in database.read(subscriptions.list_subscriptions) if row.name == "drills"]
    assert (drills.cadence, drills.on_revision, drills.origin) == ("daily 08:00 Asia/Almaty", True, "alerts.yaml")


def test_what_the_file_does_not_hold_any_more_is_removed_and_others_are_left_alone(database: Database) -> None:
    mine = SubscriptionDefinition(SubscriptionIn(name="mine", query="CSTO"))
    database.write(lambda conn: definition.create(conn, mine, now=NOON))
    sync(database, FILE)
    changed = """
subscriptions:
  chairs: {query: chairs AND tables, feed: true, webhook: "https://hooks.example/in"}
"""
    assert sync(database, changed) == {"pacts": "remove", "chairs": "change query, webhook", "drills": "remove"}
    assert [row.name for row in database.read(subscriptions.list_subscriptions)] == ["chairs", "mine"]
    assert database.read(subscriptions.saved_queries) == {}
    with pytest.raises(ManifestError, match="added by a person"):
        sync(database, "subscriptions: {mine: {query: tables}}")


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("subscriptions: {a: {query: x}, a: {query: y}}", "'a' comes twice"),
        ("subscriptions: [1]", "must hold fields"),
        ("alerts: {}", "nothing else"),
        ("subscriptions: {a: {query: x, colour: red}}", "no field 'colour'"),
        ("subscriptions: {a: {email: x@y.example}}", "needs exactly one of query, silence, burst or health"),
        ("subscriptions: {a: {query: x, silence: y}}", "needs exactly one of query, silence, burst or health"),
        ("subscriptions: {a: {query: x, max_age_h: yes}}", "max_age_h must be a whole number"),
        ("subscriptions: {a: {query: !!python/name:os.system ''}}", "the tag .* is not taken"),
        ("{", "expect"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_with_reasons(text: str, complaint: str) -> None:
    with pytest.raises(ManifestError, match=complaint):
        read_manifest(text, "alerts.yaml")


def test_a_file_with_one_bad_query_changes_nothing(sqlite_url: str) -> None:
    database = small_store(sqlite_url)
    with pytest.raises(ManifestError, match=r"bad: query: at character 11: nothing stands after AND"):
        sync(database, FILE + "  bad: {query: chairs AND}\n")
    assert database.read(subscriptions.list_subscriptions) == []
    database.close()
