"""Subscriptions on the command line: made, looked at, paused, ended, kept in a file, and their messages followed."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from alertdesk import VOCABULARY
from commandline import run
from sqlalchemy import Connection, insert, select

from db.alerts.subscriptions import change_subscription
from db.engine import Database
from db.models import Delivery, Recipient
from db.settings import load
from worker.setup import load_vocabulary

NOW = datetime(2022, 1, 10, 12, tzinfo=UTC)
WEBHOOK = "https://hooks.example/in?key=hidden"
FILE = """
saved:
  pacts: entity:csto OR SCO
subscriptions:
  drills: {query: "saved:pacts AND drill*", email: [analyst@office.example]}
"""


@pytest.fixture
def store(store_url: str) -> Database:
    database = Database(store_url)
    database.write(lambda conn: load_vocabulary(conn, VOCABULARY, now=NOW))
    return database


def said(*arguments: str) -> list[dict[str, Any]]:
    """Return the lines that a command that went well prints."""
    result = run("alert", *arguments)
    assert result.exit_code == 0, result.output
    return [json.loads(line) for line in result.stdout.splitlines()]


def add(name: str = "drills", *more: str) -> dict[str, Any]:
    return said("add", name, "entity:csto AND drill*", "--email", "analyst@office.example", *more)[0]


def given_up(conn: Connection) -> None:
    """Leave a message to the only recipient that no attempt could deliver."""
    recipient, channel = conn.execute(select(Recipient.id, Recipient.channel_id)).one()
    dead = {"state": "dead", "attempts": 9, "error": "550 no such mailbox", "due_at": NOW, "created_at": NOW}
    conn.execute(insert(Delivery).values(recipient_id=recipient, channel_id=channel, key="k", kind="match", **dead))


def test_what_was_made_is_shown_paused_resumed_and_removed(store: Database) -> None:
    made = add("drills", "--every", "daily 8:00 asia/almaty", "--webhook", WEBHOOK, "--feed")
    assert (made["query"], made["cadence"], made["state"]) == (
        "entity:csto AND drill*",
        "daily 08:00 Asia/Almaty",
        "active",
    )
    [shown] = said("show", "drills")
    assert [one["kind"] for one in shown["recipients"]] == ["email", "webhook", "feed"]
    assert said("pause", "drills") == [{"name": "drills", "state": "paused"}]
    assert said("list")[0]["state"] == "paused"
    assert said("resume", "drills") == [{"name": "drills", "state": "active"}]
    assert said("remove", "drills") == [{"name": "drills", "state": "removed"}]
    assert said("list") == []


def test_secrets_are_told_when_made_and_afterwards_only_when_asked_for(store: Database) -> None:
    made = add("drills", "--webhook", WEBHOOK, "--feed")
    assert made["recipients"][1]["secret"]
    assert made["recipients"][2]["url"].endswith(".atom")
    [shown] = said("show", "drills")
    assert not any({"secret", "url"} & one.keys() for one in shown["recipients"])
    assert "hidden" not in json.dumps([shown, *said("list")])
    [told] = said("show", "drills", "--secrets")
    assert told["recipients"][1]["secret"] == made["recipients"][1]["secret"]
    assert told["recipients"][1]["url"] == WEBHOOK


def test_as_tables_for_a_terminal(store: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "120")
    assert "create one with steppewatch alert add" in run("alert", "list", "--format", "table").stdout
    add("drills")
    listed = run("alert", "list", "--format", "table").stdout
    assert "analyst@office.example" in listed
    assert "entity:csto AND drill*" in run("alert", "show", "drills", "--format", "table").stdout


def test_one_address_is_paused_for_all_its_subscriptions(store: Database) -> None:
    add("drills")
    add("borders")
    said("pause", "--address", "analyst@office.example")
    states = {row["name"]: row["recipients"][0]["state"] for row in said("list")}
    assert states == {"drills": "paused", "borders": "paused"}
    said("resume", "--address", "analyst@office.example")
    assert said("show", "drills")[0]["recipients"][0]["state"] == "active"


def test_mail_without_a_mail_server_and_nobody_to_tell_are_noted(
    store: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = run("alert", "add", "drills", "CSTO", "--email", "analyst@office.example").stderr
    assert "mail is not sent: set STEPPEWATCH_SMTP_HOST" in told
    assert "has no recipient" in run("alert", "add", "alone", "CSTO").stderr
    monkeypatch.setenv("STEPPEWATCH_SMTP_HOST", "mail.example")
    load.cache_clear()
    try:
        assert run("alert", "add", "second", "CSTO", "--email", "analyst@office.example").stderr == ""
    finally:
        load.cache_clear()


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["add", "drills", "CSTO AND"], "a word"),
        (["add", "Drills!", "CSTO"], "lower-case"),
        (["add", "drills", "entity:cstoo"], "csto"),
        (["add", "drills", "CSTO", "--every", "daily 25:00 Asia/Almaty"], "25:00"),
        (["add", "drills", "CSTO", "--every", "daily 08:00 Asia/Amlaty"], "Asia/Amlaty"),
        (["add", "drills", "CSTO", "--email", "analyst"], "analyst"),
        (["add", "drills", "CSTO", "--webhook", "http://192.168.0.1/in"], "192.168.0.1"),
        (["add", "drills", "CSTO", "--chat", "json://hooks.example/in"], "json"),
        (["add", "quiet", "--silence", "nobody"], "nobody"),
        (["add", "drills"], "pass exactly one of a query, --silence, --burst and --health"),
        (["add", "drills", "CSTO", "--burst", "CSTO"], "pass exactly one of a query, --silence, --burst and --health"),
        (["show", "drill"], "no subscription 'drill'"),
        (["pause"], "pass either a name or --address"),
        (["resume", "--address", "who@office.example"], "who@office.example is not a recipient"),
        (["resend"], "pass either ids or --dead"),
        (["resend", "7"], "do not exist"),
    ],
)
def test_what_cannot_be_is_told_and_nothing_is_stored(store: Database, arguments: list[str], complaint: str) -> None:
    result = run("alert", *arguments)
    assert result.exit_code in (1, 2)
    assert complaint in " ".join(result.stderr.replace("│", " ").split())
    assert said("list") == []


def test_a_name_is_taken_once_and_a_mistyped_one_is_suggested(store: Database) -> None:
    add("drills")
    assert "alert show drills" in run("alert", "add", "drills", "CSTO").stderr
    assert "did you mean drills?" in run("alert", "remove", "dril").stderr


def test_a_file_is_planned_first_and_done_when_asked(store: Database, tmp_path: Path) -> None:
    file = tmp_path / "alerts.yaml"
    file.write_text(FILE, encoding="utf-8")
    planned = run("alert", "sync", str(file))
    assert [(step["deed"], step["done"]) for step in map(json.loads, planned.stdout.splitlines())] == [
        ("add", False),
        ("add", False),
    ]
    assert "use --apply" in planned.stderr
    assert "mail is not sent: set STEPPEWATCH_SMTP_HOST" in planned.stderr
    assert said("list") == []
    assert all(step["done"] for step in said("sync", str(file), "--apply"))
    assert [(row["name"], row["file"]) for row in said("list")] == [("drills", "alerts.yaml")]
    assert "nothing to do" in run("alert", "sync", str(file), "--format", "table").stdout


@pytest.mark.parametrize(
    ("content", "complaint"),
    [(b"\xff\xfe", "not UTF-8"), (b"subscriptions: [", "line 2, column 1"), (None, "no such file")],
)
def test_a_file_that_cannot_be_read_is_refused(
    store: Database, tmp_path: Path, content: bytes | None, complaint: str
) -> None:
    file = tmp_path / "alerts.yaml"
    if content is not None:
        file.write_bytes(content)
    result = run("alert", "sync", str(file), "--apply")
    assert (result.exit_code, complaint in result.stderr) == (2, True), result.stderr


def test_messages_that_were_given_up_are_listed_and_sent_again(
    store: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "160")
    add("drills")
    store.write(given_up)
    [dead] = said("deliveries", "--state", "dead")
    assert (dead["subscription"], dead["address"], dead["error"]) == (
        "drills",
        "analyst@office.example",
        "550 no such mailbox",
    )
    assert "550 no such mailbox" in run("alert", "deliveries", "drills", "--format", "table").stdout
    assert said("deliveries", "--state", "sent") == []
    assert said("resend", "--dead") == [{"resent": 1}]
    [again] = said("deliveries")
    assert (again["id"], again["state"], again["attempts"]) == (dead["id"], "waiting", 0)
    assert said("resend", "--dead") == [{"resent": 0}]


def test_what_is_edited_changes_and_the_rest_stays(store: Database) -> None:
    add("drills", "--webhook", WEBHOOK, "--on-revision")
    [record] = said("edit", "drills", "entity:csto AND exercise*", "--every", "daily 8:00 asia/almaty")
    assert record["query"] == "entity:csto AND exercise*"
    assert record["changed"] == {
        "query": {"from": "entity:csto AND drill*", "to": "entity:csto AND exercise*"},
        "cadence": {"from": "at once", "to": "daily 08:00 Asia/Almaty"},
    }
    assert record["on_revision"] is True
    assert len(record["recipients"]) == 2
    [record] = said("edit", "drills", "--not-on-revision", "--max-age", "24", "--feed")
    assert set(record["changed"]) == {"on_revision", "max_age_h", "feed"}
    assert said("edit", "drills", "--max-age", "24")[0]["changed"] == {}
    assert said("show", "drills")[0]["query"] == "entity:csto AND exercise*"


def test_addresses_are_added_and_dropped(store: Database) -> None:
    add("drills", "--webhook", WEBHOOK)
    shown = next(one["address"] for one in said("show", "drills")[0]["recipients"] if one["kind"] == "webhook")
    assert "hidden" not in shown
    said("edit", "drills", "--email", "other@office.example", "--drop", "analyst@office.example", "--drop", shown)
    states = {one["address"]: one["state"] for one in said("show", "drills")[0]["recipients"]}
    assert states["other@office.example"] == "active"
    assert {state for address, state in states.items() if address != "other@office.example"} == {"unsubscribed"}
    refused = run("alert", "edit", "drills", "--drop", "nobody@office.example")
    assert refused.exit_code == 2
    assert "its recipients: other@office.example" in refused.stderr
    assert "hidden" not in refused.stderr


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ((), "nothing to change"),
        (("entity:csto w/5 drills",), "NEAR/5"),
        (("lang:english",), "did you mean en"),
        (("--every", "sometimes"), "cadence"),
        (("--email", "nobody"), "not a mail address"),
        (("--max-age", "0"), "the age"),
        (("--all-quiet",), "needs digests"),
    ],
)
def test_an_edit_that_would_be_wrong_changes_nothing(store: Database, arguments: tuple[str, ...], says: str) -> None:
    before = add()
    refused = run("alert", "edit", "drills", *arguments)
    assert refused.exit_code == 2
    assert says in refused.stderr
    assert said("show", "drills", "--secrets")[0]["query"] == before["query"]


def test_a_query_that_would_be_refused_by_now_does_not_keep_the_rest_from_being_edited(store: Database) -> None:
    add()
    old = {"query": "csto и drills"}
    store.write(lambda conn: change_subscription(conn, 1, **old))
    assert said("edit", "drills", "--max-age", "24")[0]["query"] == "csto и drills"
    assert run("alert", "edit", "drills", "csto и drill").exit_code == 2


def test_other_kinds_are_edited_too(store: Database) -> None:
    said("add", "peaks", "--burst", "CSTO")
    assert said("edit", "peaks", "Kazakhstan")[0]["query"] == "kazakhstan"
    assert said("edit", "peaks", "--feed")[0]["query"] == "kazakhstan"
    assert run("alert", "edit", "peaks", "Nowhere").exit_code == 2
    assert run("alert", "edit", "nothing", "--feed").exit_code == 1


def test_what_a_file_keeps_is_edited_with_a_word_about_it(store: Database, tmp_path: Path) -> None:
    file = tmp_path / "alerts.yaml"
    file.write_text(FILE, encoding="utf-8")
    said("sync", str(file), "--apply")
    edited = run("alert", "edit", "drills", "--max-age", "24")
    assert edited.exit_code == 0
    assert "managed by alerts.yaml" in edited.stderr
