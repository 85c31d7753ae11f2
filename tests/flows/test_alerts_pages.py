"""What subscribers reach from outside: the feed, read by a real feed reader, and the end of a subscription."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import feedparser
import pytest
from alertdesk import Desk, small_store
from asgi import get
from samples import NOON, document, text
from servers.mailserver import Mailbox
from servers.webhookserver import Receiver

from db.alerts import channels
from db.alerts.channels import RecipientRow
from web.app import create_app
from worker.messages.compose import subscription_feed

HOSTILE = 'CSTO <script>alert(1)</script> & "quotes" ]]> \x0bend'


@pytest.fixture
def desk(sqlite_url: str) -> Iterator[Desk]:
    database = small_store(sqlite_url)
    yield Desk(database, Mailbox(port=1), Receiver(port=1))
    database.close()


def recipient(desk: Desk, number: int) -> RecipientRow:
    return desk.database.read(lambda conn: channels.find_recipients(conn, [number]))[0]


def test_the_feed_tells_what_was_found_the_newest_first(desk: Desk) -> None:
    token = recipient(desk, desk.subscribe(query="CSTO OR denied", on_revision=True, feed=True)).feed_token
    app = create_app(desk.database)
    path = f"/alerts/feed/{token}.atom"
    assert feedparser.parse(get(app, path).body).entries == []
    desk.bring(document())
    desk.bring(document("https://mirror.example/copy", title="Chairs", published_at=NOON + timedelta(hours=1)))
    desk.now = NOON + timedelta(hours=3)
    desk.bring(document(body=text(0, 1, 2, 3, 4, 5) + "\nAll was denied.", observed_at=desk.now))
    answer = get(app, path)
    assert answer.headers["content-type"].startswith("application/atom+xml")
    found = feedparser.parse(answer.body)
    assert not found.bozo
    assert found.feed.title == "drills"
    assert [entry.title for entry in found.entries] == ["Edited: A meeting on the lake", "A meeting on the lake"]
    assert {entry.link for entry in found.entries} == {"https://outlet.example/a"}
    assert "<b>CSTO</b>" in found.entries[1].content[0].value
    assert "mirror.example" in found.entries[1].content[0].value
    assert len({entry.id for entry in found.entries}) == 2


def test_what_others_wrote_stays_text(desk: Desk) -> None:
    token = recipient(desk, desk.subscribe(query="CSTO", feed=True)).feed_token
    desk.bring(document(title=HOSTILE, body=HOSTILE + "\n" + text(0, 1)))
    found = feedparser.parse(get(create_app(desk.database), f"/alerts/feed/{token}.atom").body, sanitize_html=False)
    assert not found.bozo
    assert "<script" not in found.entries[0].content[0].value
    assert found.entries[0].title.startswith("CSTO &lt;script&gt;") or "<script>" in found.entries[0].title_detail.value


def test_the_feed_of_a_subscription_that_has_ended_is_gone(desk: Desk) -> None:
    known = recipient(desk, desk.subscribe(feed=True))
    app = create_app(desk.database)
    assert get(app, "/alerts/feed/guessed.atom").status == 404
    desk.database.write(lambda conn: channels.unsubscribe(conn, [known.id]))
    assert get(app, f"/alerts/feed/{known.feed_token}.atom").status == 404


def test_whoever_reads_a_feed_cannot_end_it_and_passes_no_secret_on(desk: Desk) -> None:
    known = recipient(desk, desk.subscribe(query="CSTO", feed=True))
    assert known.feed_token
    app = create_app(desk.database)
    desk.bring(document())
    body = get(app, f"/alerts/feed/{known.feed_token}.atom").body
    assert feedparser.parse(body).entries
    assert known.feed_token.encode() not in body
    assert known.token.encode() not in body
    for method in ("GET", "POST"):
        assert get(app, f"/alerts/unsubscribe/{known.feed_token}", method).status == 404
    assert get(app, f"/alerts/feed/{known.token}.atom").status == 404
    assert get(app, f"/alerts/feed/{known.feed_token}.atom").body == body, "ids stay"
    assert get(app, f"/alerts/unsubscribe/{known.token}", "POST").status == 200
    assert get(app, f"/alerts/feed/{known.feed_token}.atom").status == 404


def test_a_mail_names_the_address_of_a_feed_that_ends_nothing(desk: Desk) -> None:
    number = desk.subscribe(query="CSTO", feed=True)
    feed = desk.database.read(lambda conn: subscription_feed(conn, number))
    found = desk.database.read(lambda conn: channels.find_recipients(conn, [number]))
    assert [one.feed_token for one in found if one.channel.kind == "feed"] == [feed]
    assert all(one.feed_token is None for one in found if one.channel.kind != "feed")
    assert feed not in [one.token for one in found]


def test_unsubscribing_takes_one_post_and_looking_changes_nothing(desk: Desk) -> None:
    number = desk.subscribe()
    path = f"/alerts/unsubscribe/{recipient(desk, number).token}"
    app = create_app(desk.database)
    page = get(app, path)
    assert page.status == 200
    assert "form-action 'self'" in page.headers["content-security-policy"]
    assert recipient(desk, number).state == "active"
    for _ in range(2):
        assert get(app, path, "POST").status == 200
        assert recipient(desk, number).state == "unsubscribed"
    assert get(app, "/alerts/unsubscribe/guessed", "POST").status == 404
