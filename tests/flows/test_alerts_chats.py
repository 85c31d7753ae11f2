"""Messages into chats: split where a service wants it, and what was not taken stays due."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from alertdesk import Desk, titled
from samples import document
from servers.chatserver import Services, serving_chats

from db.alerts import channels, delivery_lists
from db.models import Channel, Delivery
from worker.chain.documents import Document

DISCORD = "discord://123/token"
BUSY = (429, '{"retry_after": 20}', {})
BAD = (400, '{"message": "no"}', {})
FINE = (200, '{"id": "1"}', {})


@pytest.fixture
def services(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Services]:
    with serving_chats(tmp_path, monkeypatch) as found:
        yield found


def parts_told(services: Services) -> list[int]:
    """Return the stories told so far, in order."""
    return [int(number) for text in services.texts() for number in re.findall(r"part (\d+) \(", text)]


def long_titled(number: int) -> Document:
    return document(
        f"https://outlet.example/{number}", title=f"CSTO chairs {'and benches ' * 25} part {number}", body=""
    )


def bring_digest(desk: Desk, count: int, address: str = DISCORD) -> None:
    desk.subscribe(cadence="hourly", chat=(address,))
    desk.bring(*(long_titled(number) for number in range(count)))
    desk.now += timedelta(hours=1)


def row(desk: Desk) -> delivery_lists.DeliveryRow:
    return desk.database.read(lambda conn: delivery_lists.list_deliveries(conn))[-1]


def test_a_match_rings_nobody(desk: Desk, services: Services) -> None:
    desk.subscribe(chat=(DISCORD,))
    desk.bring(document(title="@everyone CSTO chairs <@1> **now**", body=""))
    assert desk.post() == 1
    (post,) = services.got
    assert post.json["allowed_mentions"] == {"parse": []}
    assert "@everyone" not in post.text
    assert "\\<@1\\> \\*\\*now\\*\\*" in post.text


def test_a_long_digest_is_several_messages(either: Desk, services: Services) -> None:
    bring_digest(either, 10)
    assert either.post() == 1
    assert 1 < len(services.got) <= 5
    assert parts_told(services) == list(range(10))
    assert (row(either).told, row(either).left_out, row(either).messages) == (10, 0, len(services.got))


def test_what_is_left_out_is_said_and_counted_as_not_told(either: Desk, services: Services) -> None:
    bring_digest(either, 60)
    assert either.post() == 1
    assert len(services.got) == 5
    told = parts_told(services)
    assert told == list(range(len(told)))
    assert services.texts()[-1].endswith(f"… and {60 - len(told)} more.")
    assert (row(either).told, row(either).left_out) == (len(told), 60 - len(told))


@pytest.mark.parametrize("answer", [BUSY, BAD])
def test_what_was_not_taken_stays_due_and_goes_on_where_it_ended(
    either: Desk, services: Services, answer: tuple[int, str, dict[str, str]]
) -> None:
    bring_digest(either, 10)
    services.answers = [FINE, answer]
    assert either.post() == 0
    before = parts_told(services)
    assert 0 < len(before) < 10
    assert (row(either).state, row(either).told, row(either).messages) == ("waiting", len(before), 1)
    either.now += timedelta(seconds=21)
    assert either.post() == 1
    assert parts_told(services) == list(range(10)), "each story once, in order"
    assert (row(either).state, row(either).told, row(either).left_out) == ("sent", 10, 0)
    assert len({post.text for post in services.got}) == len(services.got)


def test_whoever_dies_between_two_parts_repeats_none(
    either: Desk, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    bring_digest(either, 10)
    note = either.sender._note

    def dying(*args: object) -> None:
        note(*args)
        raise SystemExit

    monkeypatch.setattr(either.sender, "_note", dying)
    with pytest.raises(SystemExit):
        either.post()
    monkeypatch.setattr(either.sender, "_note", note)
    either.now += timedelta(seconds=11)
    assert either.post() == 1
    assert parts_told(services) == list(range(10))


def test_a_text_that_a_service_does_not_take_is_overtaken(desk: Desk, services: Services) -> None:
    desk.subscribe(chat=("tgram://1:a/-5",))
    services.fails = "part 0"
    desk.bring(titled(0), titled(1))
    assert desk.post() == 1
    desk.bring(titled(2))
    assert desk.post() == 1, "the next is not made to wait"
    assert parts_told(services) == [1, 2]
    services.fails = ""
    desk.now += timedelta(seconds=6)
    assert desk.post() == 1
    assert parts_told(services) == [1, 2, 0]


def test_the_parts_of_a_digest_count_for_the_limit(desk: Desk, services: Services) -> None:
    bring_digest(desk, 60)
    for number in range(60, 85):
        desk.subscribe(f"s{number}", f"entity:csto AND chairs AND {number}", chat=(DISCORD,))
    desk.bring(*(titled(number) for number in range(60, 85)))
    for _ in range(4):
        desk.post()
    assert len(services.got) <= 20, "no chat gets more in a minute than it may"
    for _ in range(3):
        desk.now += timedelta(seconds=61)
        desk.post()
    assert desk.states() == {"sent": 26}


def test_an_old_address_that_is_refused_now_pauses_with_its_reason(desk: Desk, services: Services) -> None:
    """It was stored when more was allowed."""
    number = desk.subscribe()
    old = "discord://1/2#/?template=/a/secret"
    channel = desk.database.write(lambda conn: channels.record_channel(conn, "chat", old))
    desk.database.write(lambda conn: channels.record_recipient(conn, number, channel, due_at=None))
    desk.bring(titled(0))
    assert desk.post() == 1, "the mail"
    assert desk.column(Channel.state)[1] == "paused"
    assert "option 'template' is not supported" in str(desk.column(Channel.reason)[1])
    assert services.got == services.refused == []
    assert desk.column(Delivery.state).count("sent") == 1
