"""From documents to messages: matched in the chain, sent from the outbox by mail and webhook. On both databases."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta

import pytest
from alertdesk import QUERY, Desk, small_store
from samples import NOON, OTHER, document, text
from servers.mailserver import serving_mail
from servers.webhookserver import receiving
from sqlalchemy import delete, select

from db import channels, deliveries, outbox, subscriptions
from db.feeds import record_network
from db.models import Article, Channel, Delivery, MatchRow
from worker.delivery.silence import tell_silences
from worker.documents import Document

REPRINT = "https://mirror.example/copy"
LATER = NOON + timedelta(hours=3)


@contextmanager
def desk_over(url: str) -> Iterator[Desk]:
    with ExitStack() as stack:
        database = small_store(url)
        stack.callback(database.close)
        yield Desk(database, stack.enter_context(serving_mail()), stack.enter_context(receiving()))


@pytest.fixture
def desk(sqlite_url: str) -> Iterator[Desk]:
    """A desk over SQLite, for what does not depend on the database."""
    with desk_over(sqlite_url) as desk:
        yield desk


@pytest.fixture
def either(database_url: str) -> Iterator[Desk]:
    """A desk over each database."""
    with desk_over(database_url) as desk:
        yield desk


def edited() -> Document:
    return document(body=text(0, 1, 2, 3, 4, 5) + "\nThe CSTO denied that chairs had been borrowed.", observed_at=LATER)


def titled(number: int) -> Document:
    return document(f"https://outlet.example/{number}", title=f"CSTO chairs, part {number}", body="")


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


def test_digests_take_what_no_digest_had_and_are_never_empty(either: Desk) -> None:
    either.subscribe(cadence="daily 08:00 UTC")
    either.bring(document())
    assert either.post() == 0
    either.now = datetime(2022, 1, 7, 8, tzinfo=UTC)
    assert either.post() == 1
    assert either.mailbox.taken[0]["Subject"] == "[drills] 1 story"
    either.now += timedelta(days=1)
    assert either.post() == 0
    either.bring(document(REPRINT, title="Officers bring chairs", published_at=either.now, observed_at=either.now))
    either.now += timedelta(days=1)
    assert either.post() == 0, "a reprint alone is no reason for a mail"
    other = document("https://outlet.example/b", body="CSTO officers mend chairs.\n" + text(0, 1, 2, 3, of=OTHER))
    either.bring(other)
    either.now += timedelta(days=1)
    assert either.post() == 1
    assert either.mailbox.taken[1]["Subject"] == "[drills] 1 story, 1 reprint"


def test_a_digest_caps_what_it_tells_and_says_how_much_more_there_is(either: Desk) -> None:
    either.subscribe(cadence="hourly", **either.hook())
    either.bring(*(titled(number) for number in range(47)))
    either.now += timedelta(hours=1)
    assert either.post() == 1
    (body,) = either.receiver.bodies
    assert (len(body["items"]), body["more"], body["stories"]) == (40, 7, 47)


def test_all_quiet_is_said_only_to_whoever_wants_to_hear_it(desk: Desk) -> None:
    desk.subscribe("loud", all_quiet=True, cadence="daily 08:00 UTC")
    desk.subscribe("quiet", cadence="daily 08:00 UTC")
    desk.now = datetime(2022, 1, 7, 8, tzinfo=UTC)
    assert desk.post() == 1
    assert desk.post() == 0
    (mail,) = desk.mailbox.taken
    assert mail["Subject"] == "[loud] All quiet"


def test_a_digest_is_not_lost_when_its_subscription_changes_to_at_once(either: Desk) -> None:
    number = either.subscribe(cadence="daily 08:00 UTC")
    either.bring(document())
    either.database.write(lambda conn: channels.set_cadence_due(conn, number, due_at=None))
    assert either.post() == 1


def test_a_failing_address_is_tried_later_each_time_and_pauses_itself(either: Desk) -> None:
    either.subscribe(**either.hook())
    either.receiver.status = 500
    either.bring(document())
    waits = []
    for _ in range(12):
        assert either.post() == 0
        (due_at,) = either.column(Delivery.due_at)[:1]
        waits.append((due_at - either.now).total_seconds())
        either.now = due_at
    assert waits[:4] == [5, 10, 20, 40]
    assert max(waits) == 3_600
    assert either.column(Channel.state)[0] == "paused"
    assert either.post() == 1, "the notice to the operator"
    assert either.mailbox.taken[0]["Subject"] == f"[steppewatch] {either.receiver.url} is paused"
    either.receiver.status = 200
    either.now += timedelta(days=1)
    assert either.post() == 0
    (channel_id,) = either.column(Channel.id)[:1]
    either.database.write(lambda conn: channels.set_channel_state(conn, channel_id, "active"))
    assert either.post() == 1
    assert len(either.receiver.bodies) == 1


def test_a_receiver_that_wants_no_more_is_believed_and_what_waits_is_kept(desk: Desk) -> None:
    desk.subscribe(**desk.hook())
    desk.receiver.status = 410
    desk.bring(document())
    assert desk.post() == 0
    assert desk.column(Channel.state)[0] == "paused"
    assert desk.states() == {"waiting": 2}


def test_a_receiver_may_ask_for_time(desk: Desk) -> None:
    desk.subscribe(**desk.hook())
    desk.receiver.status, desk.receiver.headers = 429, {"Retry-After": "120"}
    desk.bring(document())
    desk.post()
    assert desk.column(Delivery.due_at) == [desk.now + timedelta(seconds=120)]


def test_redirects_are_not_followed(desk: Desk) -> None:
    desk.subscribe(**desk.hook())
    desk.receiver.status, desk.receiver.headers = 302, {"Location": "http://127.0.0.1:1/"}
    desk.bring(document())
    assert desk.post() == 0
    assert "redirects are not followed" in desk.column(Delivery.error)[0]


@pytest.mark.parametrize(
    ("rcpt", "data", "state", "channel"),
    [
        ("450 later", "", "waiting", "active"),
        ("550 no such user", "", "waiting", "paused"),
        ("", "451 later", "waiting", "active"),
        ("", "554 looks like spam", "dead", "active"),
    ],
)
def test_what_a_mail_server_refuses_is_kept_or_given_up(
    desk: Desk, rcpt: str, data: str, state: str, channel: str
) -> None:
    desk.subscribe()
    desk.mailbox.rcpt_answer, desk.mailbox.data_answer = rcpt, data
    desk.bring(document())
    assert desk.post() == 0
    assert desk.column(Delivery.state)[0] == state
    assert desk.column(Channel.state)[0] == channel
    assert (rcpt or data) in desk.column(Delivery.error)[0]
    desk.mailbox.rcpt_answer = desk.mailbox.data_answer = ""
    if state == "dead":
        assert desk.database.write(lambda conn: deliveries.resend(conn, None, now=desk.now)) == 1
        assert desk.post() == 1


def test_nobody_gets_anything_after_unsubscribing(either: Desk) -> None:
    number = either.subscribe()
    either.bring(document())
    claim, lists = either.postman.claim()
    (recipient,) = either.database.read(lambda conn: channels.recipients_of(conn, [number]))
    either.database.write(lambda conn: channels.unsubscribe(conn, [recipient.id]))
    assert [either.postman.deliver(claim, ids) for ids in lists] == [0]
    either.bring(document("https://outlet.example/b", body="CSTO officers mend chairs."))
    assert either.post() == 0
    assert either.states() == {"cancelled": 1}


def test_an_article_that_was_removed_is_not_told(desk: Desk) -> None:
    desk.subscribe()
    desk.bring(document())
    desk.database.write(lambda conn: conn.execute(delete(Article)))
    assert desk.post() == 0
    assert desk.states() == {"cancelled": 1}


def test_no_channel_gets_more_in_a_minute_than_it_may(either: Desk) -> None:
    either.subscribe()
    either.bring(*(titled(number) for number in range(70)))
    assert [either.post(), either.post(), either.post()] == [50, 10, 0]
    either.now += timedelta(seconds=61)
    assert either.post() == 10


def test_two_workers_never_have_one_message_in_hand(either: Desk) -> None:
    either.subscribe()
    either.bring(document())
    first_claim, first = either.postman.claim()
    assert either.postman.claim()[1] == []
    either.now += timedelta(seconds=11)
    second_claim, second = either.postman.claim()
    assert first == second
    assert either.postman.deliver(first_claim, first[0]) == 0, "it ran out of time and has lost it"
    assert either.postman.deliver(second_claim, second[0]) == 1
    assert len(either.mailbox.taken) == 1


def test_nothing_to_post_means_nothing_is_written(desk: Desk) -> None:
    assert not desk.database.read(lambda conn: outbox.is_digest_due(conn, now=desk.now))
    assert not desk.database.read(lambda conn: deliveries.is_any_due(conn, now=desk.now))


def test_an_outlet_that_falls_silent_is_told_once_for_each_silence(either: Desk) -> None:
    first = document()
    either.bring(first)
    either.subscribe("hush", "outlet.example", kind="silence", max_age_h=24)
    either.now = NOON + timedelta(hours=23)
    assert tell_silences(either.database, now=either.now) == 0
    either.now = NOON + timedelta(hours=25)
    assert [tell_silences(either.database, now=either.now) for _ in range(2)] == [1, 0]
    assert either.post() == 1
    assert either.mailbox.taken[0]["Subject"] == "[hush] outlet.example has been silent for 25 hours"
    either.bring(document("https://outlet.example/b", body=text(0, 1, of=OTHER), observed_at=either.now))
    either.now += timedelta(hours=30)
    assert tell_silences(either.database, now=either.now) == 1


def test_while_our_own_network_is_down_no_outlet_is_called_silent(desk: Desk) -> None:
    desk.bring(document())
    desk.subscribe("hush", "outlet.example", kind="silence", max_age_h=24)
    desk.database.write(lambda conn: record_network(conn, "no route", at=desk.now))
    assert tell_silences(desk.database, now=NOON + timedelta(days=9)) == 0
