"""Subscriptions to unusual attention: told once for each burst, by mail like any other."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.policy import default

import pytest
from alertdesk import VOCABULARY
from commandline import run
from samplestore import Sample, store_of
from sqlalchemy import select

from db.alerts.message_rows import read_subscription
from db.alerts.subscriptions import SubscriptionIn, record_subscription
from db.engine import Database
from db.models import MatchRow, Subscription
from worker.delivery.transports.mail.letters import compose, render_html
from worker.matching.burst import record_bursts
from worker.messages.compose import compose_items
from worker.messages.message import Message
from worker.setup import load_vocabulary

FIRST = datetime(2022, 1, 3, 12, tzinfo=UTC)
CSTO = ("CSTO", "csto")
FIRST_BURST, SECOND_BURST = 45, 63


def day(number: int) -> datetime:
    return FIRST + timedelta(days=number)


# Invented: none of this was ever published. One article about the CSTO a day, eight on the first days of two bursts.
SAMPLES = [
    Sample(
        f"https://herald.example/{n}-{copy}",
        title=f"Day {n}, part {copy}",
        text=f"CSTO {n} {copy}.",
        says=(CSTO,),
        published_at=day(n),
    )
    for n in range(70)
    for copy in range(8 if n in (FIRST_BURST, FIRST_BURST + 1, SECOND_BURST) else 1)
]


@pytest.fixture
def store(command_url: str) -> Iterator[Database]:
    database = store_of(command_url, SAMPLES, by_migrations=True)
    yield database
    database.close()


def test_each_burst_is_told_once_and_quiet_days_never(store: Database) -> None:
    new = SubscriptionIn(name="csto-peaks", query="csto", kind="burst")
    store.write(lambda conn: record_subscription(conn, new, now=day(40)))
    told = [number for number in range(40, 70) for _ in range(2) if record_bursts(store, now=day(number))]
    assert told == [FIRST_BURST, SECOND_BURST]
    with store.reading() as conn:
        events = conn.execute(select(MatchRow.event, MatchRow.facts).order_by(MatchRow.id)).all()
    assert [event for event, _ in events] == ["burst of csto since 2022-02-17", "burst of csto since 2022-03-07"]
    assert events[0].facts["headline"] == "Attention to CSTO is unusual"
    assert events[0].facts["detail"].startswith("8 articles on 17 February 2022, where about 1.0 are usual.")


def test_a_mail_links_the_stories_and_articles_of_a_burst(store: Database) -> None:
    new = SubscriptionIn(name="csto-peaks", query="csto", kind="burst")
    number = store.write(lambda conn: record_subscription(conn, new, now=day(40)))
    assert record_bursts(store, now=day(FIRST_BURST)) == 1
    with store.reading() as conn:
        items = compose_items(conn, read_subscription(conn, number, limit=9), set())
    bulletin = Message(
        key="key",
        kind="match",
        subscription="csto-peaks",
        question="attention to csto is unusual",
        created_at=day(FIRST_BURST),
        items=items,
    )
    html = render_html(bulletin)
    letter = compose(bulletin, sender="desk@steppe.example", to="analyst@office.example")
    plain = message_from_bytes(letter.data, policy=default).get_body(("plain",))
    assert plain is not None
    [item] = items
    assert (len(item.stories), len(item.articles)) == (3, 8)
    for place in (*(place for place, _ in item.stories), *item.articles):
        assert f'<a href="{place.url}">{place.title}</a>' in html
        assert place.url in plain.get_content()
    assert "8 articles on 17 February 2022, where about 1.0 are usual." in html
    assert "Steppe Herald: Day 45, part 0 https://herald.example/45-0" in plain.get_content()


def test_a_burst_that_began_while_nobody_looked_is_told_when_somebody_does(store: Database) -> None:
    new = SubscriptionIn(name="csto-peaks", query="csto", kind="burst")
    store.write(lambda conn: record_subscription(conn, new, now=day(40)))
    assert record_bursts(store, now=day(FIRST_BURST + 2)) == 1


def test_an_entity_is_subscribed_to_by_its_label(store_url: str) -> None:
    store = Database(store_url)
    store.write(lambda conn: load_vocabulary(conn, VOCABULARY, now=FIRST))
    added = run("alert", "add", "peaks", "--burst", "CSTO", "--every", "daily 08:00 Asia/Almaty")
    assert added.exit_code == 0, added.output
    refused = run("alert", "add", "none", "--burst", "Nowhere")
    assert (refused.exit_code, "no entity is called 'Nowhere'" in refused.output) == (2, True)
    with store.reading() as conn:
        assert conn.execute(select(Subscription.kind, Subscription.query)).all() == [("burst", "csto")]
    store.close()
