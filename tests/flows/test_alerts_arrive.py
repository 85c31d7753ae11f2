"""From documents to messages: matched in the chain, sent from the outbox by mail and webhook."""

from __future__ import annotations

from datetime import timedelta

import pytest
from alertdesk import QUERY, Desk
from samples import NOON, OTHER, document, text
from sqlalchemy import select

from db import outcomes
from db.alerts import subscriptions
from db.alerts.subscriptions import SubscriptionIn
from db.models import Channel, Delivery, MatchRow
from worker.chain.documents import Document

REPRINT = "https://mirror.example/copy"
LATER = NOON + timedelta(hours=3)


def edited() -> Document:
    return document(body=text(0, 1, 2, 3, 4, 5) + "\nThe CSTO denied that chairs had been borrowed.", observed_at=LATER)


def test_a_match_is_mailed_at_once_with_the_words_that_fired(either: Desk) -> None:
    either.subscribe()
    assert either.bring(document()) == ["new"]
    assert either.post() == 1
    (mail,) = either.mailbox.taken
    assert mail["Subject"] == "[drills] A meeting on the lake — outlet.example"
    assert mail["To"] == "analyst@office.example"
    plain, html = (part.get_content() for part in mail.iter_parts())
    assert "*CSTO*" in plain
    assert "Why: CSTO · chairs" in plain
    assert "https://outlet.example/a" in plain
    assert "<mark>chairs</mark>" in html
    assert either.states() == {"sent": 1}
    assert either.post() == 0


def test_a_query_that_would_be_refused_by_now_keeps_its_meaning_and_is_a_problem(desk: Desk) -> None:
    new = SubscriptionIn(name="drills", query="entity:csto и chairs")
    desk.database.write(lambda conn: subscriptions.record_subscription(conn, new, now=NOON))
    desk.bring(document(body=text(0, 1, 2) + "\nChairs и tables."))
    assert desk.statuses() == ["news"]
    [problem] = desk.database.read(outcomes.latest_problems)
    assert (problem.subject, "write AND" in problem.reason) == ("alert drills", True)


def test_a_mail_can_be_threaded_and_ended_with_one_click(desk: Desk) -> None:
    desk.subscribe(query="CSTO OR denied", on_revision=True)
    desk.bring(document())
    desk.post()
    desk.now = LATER
    assert desk.bring(edited()) == ["revised"]
    desk.post()
    first, second = desk.mailbox.taken
    assert first["References"] is None
    assert second["References"] == second["In-Reply-To"] == first["Message-ID"]
    assert second["Message-ID"] != first["Message-ID"]
    assert second["Subject"].startswith("[drills] Edited: ")
    for mail in (first, second):
        assert mail["Auto-Submitted"] == "auto-generated"
        assert mail["List-Unsubscribe"].strip().startswith("<https://watch.example/alerts/unsubscribe/")
        assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


def test_a_webhook_gets_signed_json(desk: Desk) -> None:
    desk.subscribe(**desk.hook())
    (desk.receiver.secret,) = desk.column(Channel.secret)
    desk.bring(document())
    assert desk.post() == 1
    assert desk.receiver.refused == 0
    (body,) = desk.receiver.bodies
    assert body["schema"] == "steppewatch.alert/1"
    assert body["subscription"] == {"name": "drills", "query": QUERY}
    (item,) = body["items"]
    assert (item["status"], item["url"], item["published_at"]) == (
        "news",
        "https://outlet.example/a",
        "2022-01-06T12:00:00Z",
    )
    assert {fired["surface"] for fired in item["because"]} == {"CSTO", "chairs"}
    assert desk.receiver.keys == [body["id"]] == desk.column(Delivery.key)


@pytest.mark.parametrize("together", [True, False])
def test_one_item_for_each_story_whether_copies_come_together_or_later(either: Desk, together: bool) -> None:
    either.subscribe(**either.hook())
    copy = document(REPRINT, title="Officers bring chairs", published_at=NOON + timedelta(hours=1))
    batches = [[document(), copy]] if together else [[document()], [copy]]
    for batch in batches:
        either.bring(*batch)
    either.post()
    assert either.statuses() == ["news", "also"]
    (body,) = either.receiver.bodies
    assert [place["url"] for place in body["items"][0]["also_in"]] == [REPRINT]


def test_an_original_that_comes_after_its_copy_is_no_second_item(either: Desk) -> None:
    either.subscribe()
    either.bring(document(REPRINT, title="Officers bring chairs", published_at=NOON - timedelta(hours=1)))
    either.bring(document(published_at=NOON - timedelta(hours=5)))
    assert either.statuses() == ["news", "also"]
    assert either.post() == 1


def test_what_is_older_than_wanted_is_kept_and_not_sent(desk: Desk) -> None:
    desk.subscribe(max_age_h=48)
    desk.bring(document(published_at=NOON - timedelta(days=3)))
    assert desk.statuses() == ["old"]
    assert desk.post() == 0
    desk.bring(document(REPRINT, title="Officers bring chairs"))
    assert desk.statuses() == ["old", "news"], "nobody has told the story yet"


def test_an_edit_is_told_to_whoever_asks_and_only_if_it_changes_the_match(either: Desk) -> None:
    either.subscribe("all", "CSTO", on_revision=True)
    either.subscribe("once", "CSTO")
    either.bring(document())
    either.now = LATER
    either.bring(document(body=text(0, 1, 2, 3), observed_at=LATER))
    assert either.statuses() == ["news", "news", "known", "known"]
    either.now = LATER + timedelta(hours=1)
    either.bring(document(body=text(0, 2, 3), observed_at=either.now))
    assert either.statuses()[4:] == ["withdrawn"]
    assert either.post() == 3


def test_an_edit_that_makes_an_article_match_is_news(desk: Desk) -> None:
    desk.subscribe("denial", "denied")
    desk.bring(document())
    desk.now = LATER
    desk.bring(edited())
    assert desk.statuses() == ["news"]


def test_subscriptions_change_between_two_batches(either: Desk) -> None:
    def change(**values: object) -> None:
        either.database.write(lambda conn: subscriptions.change_subscription(conn, number, **values))

    either.bring(document("https://outlet.example/1"))
    number = either.subscribe("apples", "apple*")
    either.bring(document("https://outlet.example/2", body=text(0, of=OTHER)))
    change(query="frost")
    either.bring(document("https://outlet.example/3", body=text(0, 2, of=OTHER)))
    either.bring(document("https://outlet.example/4", body=text(1, of=OTHER)))
    change(state="paused")
    either.bring(document("https://outlet.example/5", body=text(1, 3, of=OTHER)))
    with either.database.reading() as conn:
        found = conn.scalars(select(MatchRow.article_id).order_by(MatchRow.id)).all()
    assert len(found) == 2
