"""Why a subscription told of an article: the query, the status by its rule, and what became of each message."""

from __future__ import annotations

from datetime import timedelta

import pytest
from alertdesk import Desk
from samples import NOON, OTHER, document, text

from db.alerts import subscriptions
from db.alerts.channels import find_recipients, record_channel, record_recipient, unsubscribe
from db.articles.details import find_article
from worker.chain.documents import Document
from worker.matching.why import Why, why

FIRST, REPRINT = "https://outlet.example/a", "https://mirror.example/copy"
LATER = NOON + timedelta(hours=3)


def asked(desk: Desk, url: str = FIRST, name: str = "drills") -> Why:
    with desk.database.reading() as conn:
        row = subscriptions.find_subscription(conn, name)
        article_id = find_article(conn, url)
        assert row is not None
        assert article_id is not None
        return why(conn, row, article_id)


def edited(*more: str) -> Document:
    return document(body="\n".join((text(0, 1, 2, 3, 4, 5), *more)), observed_at=LATER)


def test_what_was_told_and_taken(either: Desk) -> None:
    either.subscribe(email=("analyst@office.example",), feed=True)
    either.bring(document())
    found = asked(either)
    assert (found.matched, found.status, found.failings) == (True, "news", ())
    assert {fired[3] for fired in found.because} == {"CSTO", "chairs"}
    assert "first article of its story" in found.rule
    mail, feed = found.deliveries
    assert mail.rule.startswith("waits to be sent, due 2022-01-06 12:00")
    assert feed.rule == "the feed contains it"
    either.post()
    assert asked(either).deliveries[0].rule == "accepted by the receiver 2022-01-06 12:00 UTC"


def test_what_does_not_match_names_the_part_that_failed(desk: Desk) -> None:
    desk.subscribe(query="entity:csto AND submarine")
    desk.bring(document())
    found = asked(desk)
    assert (found.matched, found.status, found.noted) == (False, None, [])
    assert [failing.part for failing in found.failings] == ["submarine"]
    assert found.rule == "it does not match the query"
    assert [told.rule for told in found.deliveries] == ["nothing to send"]


def test_a_reprint(either: Desk) -> None:
    either.subscribe()
    either.bring(document())
    either.bring(document(REPRINT, title="Officers bring chairs", published_at=NOON + timedelta(hours=1)))
    found = asked(either, REPRINT)
    assert found.status == "also"
    assert "a reprint of article 1 of outlet.example, sent 2022-01-06 12:00 UTC" in found.rule
    assert [told.rule for told in found.deliveries] == [
        "a reprint has no message of its own where each story is sent at once"
    ]


def test_what_is_too_old(desk: Desk) -> None:
    desk.subscribe(max_age_h=24)
    desk.bring(document(published_at=NOON - timedelta(hours=30)))
    found = asked(desk)
    assert (found.matched, found.status) == (True, "old")
    assert found.rule == (
        "published 2022-01-05 06:00 UTC, seen 2022-01-06 12:00 UTC: more than 24 hours later (--max-age)"
    )
    assert [told.rule for told in found.deliveries] == ["nothing to send"]


def test_edits(desk: Desk) -> None:
    desk.subscribe("drills")
    desk.subscribe("edits", "CSTO OR denied", on_revision=True)
    desk.bring(document())
    desk.now = LATER
    desk.bring(edited("The CSTO denied that chairs had been borrowed."))
    quiet, keen = asked(desk), asked(desk, name="edits")
    assert [one.status for one in quiet.noted] == ["news", "known"]
    assert quiet.status == "news", "what was told speaks for the article"
    assert [one.status for one in keen.noted] == ["news", "revised"]
    assert "--on-revision" in keen.rule
    assert len(keen.deliveries) == 2


def test_a_query_that_is_another_by_now(desk: Desk) -> None:
    number = desk.subscribe()
    desk.bring(document())
    desk.database.write(lambda conn: subscriptions.change_subscription(conn, number, query="submarine"))
    found = asked(desk)
    assert (found.matched, found.status) == (False, "news")
    assert "the query or the text has changed since" in found.rule


@pytest.mark.parametrize(
    ("state", "made_at", "says"),
    [
        ("active", LATER, "created 2022-01-06 15:00 UTC, after this text was seen"),
        ("paused", NOON, "the subscription is paused"),
        ("active", NOON - timedelta(days=9), "the query, a saved query or the vocabulary has changed"),
    ],
)
def test_what_matches_and_was_never_noted(desk: Desk, state: str, made_at: object, says: str) -> None:
    desk.bring(document())
    desk.now = made_at  # type: ignore[assignment]
    number = desk.subscribe()
    desk.database.write(lambda conn: subscriptions.change_subscription(conn, number, state=state))
    found = asked(desk)
    assert (found.matched, found.status) == (True, None)
    assert says in found.rule


def test_digests_wait_and_paused_addresses_say_so(desk: Desk) -> None:
    number = desk.subscribe(cadence="daily 08:00 UTC")
    desk.bring(document())
    assert [told.rule for told in asked(desk).deliveries] == ["waits for the digest of 2022-01-07 08:00 UTC"]
    later = desk.database.write(lambda conn: record_channel(conn, "email", "late@office.example"))
    desk.database.write(lambda conn: record_recipient(conn, number, later, due_at=None))
    assert asked(desk).deliveries[1].rule == "was no recipient yet"
    with desk.database.reading() as conn:
        second = find_recipients(conn, [number])[1].id
    desk.database.write(lambda conn: unsubscribe(conn, [second]))
    assert asked(desk).deliveries[1].rule == "unsubscribed"


def test_a_query_that_would_be_refused_by_now_says_so(desk: Desk) -> None:
    desk.subscribe(query="entity:csto и chairs")
    desk.bring(document(body=text(0, 1, 2) + "\nChairs и tables."))
    found = asked(desk)
    assert found.matched
    assert "write AND" in (found.doubt or "")


def test_another_subscription_knows_nothing_of_it(desk: Desk) -> None:
    desk.subscribe()
    desk.subscribe("lakes", "poplar AND walnut")
    desk.bring(document(), document("https://outlet.example/b", title="Boats", body=text(0, 1, of=OTHER)))
    assert asked(desk, "https://outlet.example/b").status is None
    assert asked(desk, name="lakes").status is None
