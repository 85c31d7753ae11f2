"""The pages of alerts: what matched and why, and no secret on them."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from asgi import Answer, get
from samplestore import NOON, Sample, empty_store, fill
from sqlalchemy import Connection, select
from webpages import HOSTILE, assert_inert, links_of, words_of

from db.alerts.channels import record_channel, record_recipient
from db.alerts.matches import MatchIn, record_match
from db.alerts.outbox import post
from db.alerts.subscriptions import SubscriptionIn, record_subscription
from db.engine import Database
from db.enums.alerts import SubscriptionKind
from db.models import Article, Channel, Recipient
from web.app import create_app

NOW = NOON + timedelta(hours=2)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Database]:
    database = empty_store(f"sqlite:///{tmp_path / 'steppewatch.db'}")
    yield database
    database.close()


def ask(store: Database, path: str, query: str = "") -> Answer:
    return get(create_app(store, now=lambda: NOW), path, query=query)


def subscribe(store: Database, name: str = "drills", query: str = "CSTO") -> int:
    def add(conn: Connection) -> int:
        number = record_subscription(conn, SubscriptionIn(name=name, query=query), now=NOON)
        channel = record_channel(conn, "webhook", "https://hooks.example/news", is_signed=True)
        record_recipient(conn, number, channel, due_at=None)
        return number

    return store.write(add)


def match(store: Database, number: int, count: int = 1, surface: str = "CSTO") -> None:
    """Add articles that match a subscription."""
    first = store.read(lambda conn: len(list(conn.scalars(select(Article.id)))))
    fill(store, [Sample(f"https://herald.example/{first + n}", title=f"Drill {first + n}") for n in range(count)])

    def record(conn: Connection) -> None:
        rows = conn.execute(select(Article.id, Article.revision_id).order_by(Article.id).offset(first)).all()
        for article, revision in rows:
            new = MatchIn(
                subscription_id=number,
                event=f"revision {revision}",
                status="news",
                article_id=article,
                revision_id=revision,
                because=[["text", 0, 4, surface, "csto"]],
            )
            found = record_match(conn, new, now=NOON)
            assert found is not None
            post(conn, [(number, found, "news")], now=NOON)

    store.write(record)


def test_without_alerts_it_says_how_to_make_one(store: Database) -> None:
    words = words_of(ask(store, "/alerts").text)
    assert "No alert yet" in words
    assert "steppewatch alert add" in words


def test_the_list_leads_to_each_alert(store: Database) -> None:
    number = subscribe(store)
    match(store, number)
    text = ask(store, "/alerts").text
    assert f"/alerts/{number}" in links_of(text)
    rows = list(csv.DictReader(ask(store, "/alerts", "format=csv").text.splitlines()))
    assert [(row["name"], row["query"], row["matches"]) for row in rows] == [("drills", "CSTO", "1")]


def test_a_match_names_its_article_and_the_words(store: Database) -> None:
    number = subscribe(store)
    match(store, number)
    answer = ask(store, f"/alerts/{number}")
    assert "Drill 0" in words_of(answer.text)
    assert "/articles/1" in links_of(answer.text)
    record = json.loads(ask(store, f"/alerts/{number}", "format=json").body)
    assert [(one["headline"], one["because"]) for one in record["latest"]] == [("Drill 0", ["CSTO"])]
    assert [one["state"] for one in record["deliveries"]] == ["waiting"]


def test_an_alert_without_matches_says_what_to_do(store: Database) -> None:
    answer = ask(store, f"/alerts/{subscribe(store, query='CSTO AND drill*')}")
    assert answer.status == 200
    assert "Nothing matched yet" in words_of(answer.text)
    assert "/search?q=CSTO+AND+drill%2A" in links_of(answer.text)


def test_an_alert_about_an_outlet_without_events(store: Database) -> None:
    silence = SubscriptionIn(name="silent", query="steppe-herald", kind=SubscriptionKind.SILENCE)
    number = store.write(lambda conn: record_subscription(conn, silence, now=NOON))
    answer = ask(store, f"/alerts/{number}")
    assert answer.status == 200
    assert "Nothing of the kind has happened yet" in words_of(answer.text)


def test_after_the_last_match_the_list_leads_back(store: Database) -> None:
    number = subscribe(store)
    match(store, number)
    answer = ask(store, f"/alerts/{number}", "after=1")
    assert "There are no older matches" in words_of(answer.text)
    assert f"/alerts/{number}" in links_of(answer.text)


def test_the_list_of_matches_continues_without_loss(store: Database) -> None:
    number = subscribe(store)
    match(store, number, count=60)
    seen: list[str] = []
    address = f"/alerts/{number}?"
    while address:
        path, _, query = address.partition("?")
        seen += [one["headline"] for one in json.loads(ask(store, path, query + "&format=json").body)["latest"]]
        following = [
            link for link in links_of(ask(store, path, query).text) if "after=" in link and "format" not in link
        ]
        address = following[0] if following else ""
    assert seen == [f"Drill {n}" for n in reversed(range(60))]


def test_no_secret_stands_on_any_of_them(store: Database) -> None:
    number = subscribe(store)
    match(store, number)
    secrets = store.read(lambda conn: [*conn.scalars(select(Channel.secret)), *conn.scalars(select(Recipient.token))])
    pages = [
        ask(store, path, f"format={kind}").text
        for path in ("/alerts", f"/alerts/{number}")
        for kind in ("html", "json", "csv")
    ]
    for secret in filter(None, secrets):
        assert not [page for page in pages if secret in page], secret


def test_an_unknown_alert(store: Database) -> None:
    answer = ask(store, "/alerts/7")
    assert answer.status == 404
    assert "There is no such alert" in words_of(answer.text)


def test_what_strangers_wrote_stays_text(store: Database) -> None:
    number = subscribe(store, name="<script>x</script>", query="CSTO")
    match(store, number, surface=HOSTILE)
    for path in ("/alerts", f"/alerts/{number}"):
        assert_inert(ask(store, path).text)
