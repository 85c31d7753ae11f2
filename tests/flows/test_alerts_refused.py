"""Messages that are refused, limited, cancelled or contended for: each arrives once or is accounted for."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from alertdesk import Desk, titled
from headlines import headlines
from samples import document
from sqlalchemy import delete

from db.alerts import channels, deliveries, delivery_lists, outbox
from db.models import Article, Channel, Delivery
from worker.delivery.transports.mail import letters
from worker.delivery.transports.mail.mime import Letter
from worker.messages.message import Message


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
        assert desk.database.write(lambda conn: delivery_lists.resend(conn, None, now=desk.now)) == 1
        assert desk.post() == 1


def test_no_headline_delays_another(desk: Desk) -> None:
    """60 headlines with all that steers a mail, each of an article of its own: all arrive in the first round."""
    found = [f"{headline} CSTO chairs" for headline in headlines(60, seed=3)]
    desk.subscribe()
    desk.subscribe("others", email=("others@office.example",))
    texts = [found.encode("utf-8", "replace").decode() for found in found]  # no store holds halves of characters
    desk.bring(*(document(f"https://outlet.example/{n}", title=text, body="") for n, text in enumerate(texts)))
    posted = desk.post()
    desk.now += timedelta(seconds=61)
    posted += desk.post()
    assert desk.states() == {"sent": posted}
    assert len(desk.mailbox.taken) == posted == desk.statuses().count("news") >= 60
    assert {mail["To"] for mail in desk.mailbox.taken} == {"analyst@office.example", "others@office.example"}
    assert all(mail["Bcc"] is None for mail in desk.mailbox.taken)


def test_a_message_that_cannot_be_made_is_set_aside_and_overtaken(
    either: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No headline is known that cannot be mailed; should there be one, it costs nobody else anything."""
    make = letters.compose

    def compose(bulletin: Message, **rest: str) -> Letter:
        if "part 1" in bulletin.subject:
            raise UnicodeEncodeError("utf-8", bulletin.subject, 0, 1, "invented")
        return make(bulletin, **rest)

    monkeypatch.setattr(letters, "compose", compose)
    either.subscribe()
    either.bring(*(titled(number) for number in range(3)))
    assert either.post() == 2
    assert either.states() == {"sent": 2, "dead": 1}
    assert either.column(Channel.state)[0] == "active"
    assert either.column(Channel.rests_until)[0] is None
    (error,) = (reason for reason in either.column(Delivery.error) if reason)
    assert error.startswith("this message cannot be made: UnicodeEncodeError")
    monkeypatch.undo()
    assert either.database.write(lambda conn: delivery_lists.resend(conn, None, now=either.now)) == 1
    assert either.post() == 1


def test_bytes_that_must_not_be_sent_are_no_outage(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    make = letters.compose

    def compose(bulletin: Message, **rest: str) -> Letter:
        letter = make(bulletin, **rest)
        forged = letter.data.replace(b"Subject:", b"Bcc: all@office.example\r\nSubject:")
        return replace(letter, data=forged) if "part 0" in bulletin.subject else letter

    monkeypatch.setattr(letters, "compose", compose)
    desk.subscribe()
    desk.bring(*(titled(number) for number in range(3)))
    assert desk.post() == 2
    assert desk.states() == {"sent": 2, "dead": 1}
    assert "other fields than were meant" in desk.column(Delivery.error)[0]


def test_a_message_on_which_the_server_hangs_up_is_overtaken(either: Desk) -> None:
    either.subscribe()
    either.mailbox.hangs_up = b"part 0"
    either.bring(*(titled(number) for number in range(3)))
    assert either.post() == 2
    assert either.states() == {"waiting": 1, "sent": 2}
    assert either.column(Channel.state)[0] == "active"
    either.bring(titled(3))
    assert either.post() == 1, "the next is not made to wait"
    either.mailbox.hangs_up = b""
    either.now += timedelta(seconds=6)
    assert either.post() == 1


def test_an_address_that_no_server_can_be_told_is_no_outage(desk: Desk) -> None:
    """Such an address is refused where it is typed in; an older store may hold one."""
    number = desk.subscribe()
    with_it = channels.record_channel
    channel = desk.database.write(lambda conn: with_it(conn, "email", "учения@office.example"))
    desk.database.write(lambda conn: channels.record_recipient(conn, number, channel, due_at=None))
    desk.bring(document())
    assert desk.post() == 1
    assert desk.states() == {"sent": 1, "dead": 1}


@pytest.mark.parametrize("status", [400, 413, 422])
def test_a_body_that_a_receiver_does_not_want_is_overtaken(desk: Desk, status: int) -> None:
    desk.subscribe(**desk.hook())
    desk.receiver.status = status
    desk.bring(titled(0))
    assert desk.post() == 0
    desk.receiver.status = 200
    desk.bring(titled(1))
    assert desk.post() == 1, "the next is not made to wait"
    desk.now += timedelta(seconds=6)
    assert desk.post() == 1
    assert len(desk.receiver.bodies) == 2


def test_nobody_gets_anything_after_unsubscribing(either: Desk) -> None:
    number = either.subscribe()
    either.bring(document())
    claim, lists = either.sender.claim()
    (recipient,) = either.database.read(lambda conn: channels.find_recipients(conn, [number]))
    either.database.write(lambda conn: channels.unsubscribe(conn, [recipient.id]))
    assert [either.sender.deliver(claim, ids) for ids in lists] == [0]
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
    first_claim, first = either.sender.claim()
    assert either.sender.claim()[1] == []
    either.now += timedelta(seconds=11)
    second_claim, second = either.sender.claim()
    assert first == second
    assert either.sender.deliver(first_claim, first[0]) == 0, "it ran out of time and has lost it"
    assert either.sender.deliver(second_claim, second[0]) == 1
    assert len(either.mailbox.taken) == 1


def test_nothing_to_post_means_nothing_is_written(desk: Desk) -> None:
    assert not desk.database.read(lambda conn: outbox.is_digest_due(conn, now=desk.now))
    assert not desk.database.read(lambda conn: deliveries.is_any_due(conn, now=desk.now))
