"""What hubs call: confirmations of what we asked for, and pushes with a signature."""

from __future__ import annotations

import hmac
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from asgi import Answer, get
from sqlalchemy import Row, insert, select, update
from templates import tables

from db.collection.feeds import hubs
from db.collection.feeds.feeds import add_feed
from db.engine import Database
from db.models import Feed, HubSubscription, Outcome, Source
from web.app import create_app
from web.door import Door
from web.hubs import parse_signature
from web.limits import PUSH_MAX

NOW = datetime(2022, 1, 6, 12, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
TOPIC = "https://courier.example/rss?x=1&y=ü"
BODY = b"<rss version='2.0'><channel><title>Courier</title></channel></rss>"


@pytest.fixture
def database(sqlite_url: str) -> Iterator[Database]:
    opened = tables(sqlite_url)
    opened.write(_fill)
    yield opened
    opened.close()


def _fill(conn: Any) -> None:
    row = {"id": "courier", "name": "courier", "languages": [], "origin": "person", "added_at": NOW}
    conn.execute(insert(Source), [row])
    feed_id = add_feed(conn, source_id="courier", url=TOPIC, now=NOW + DAY)
    conn.execute(update(Feed).values(polled_at=NOW - 2 * HOUR, changed_at=NOW - 2 * HOUR))
    hubs.record_hub(conn, feed_id, url="https://hub.example/", topic_url=TOPIC, now=NOW - 2 * HOUR)
    conn.execute(update(HubSubscription).values(asked_at=NOW - HOUR))


def known(database: Database) -> Row[Any]:
    return database.read(lambda conn: conn.execute(select(HubSubscription.__table__)).one())


def next_poll(database: Database) -> datetime:
    return database.read(lambda conn: conn.execute(select(Feed.next_poll_at)).scalar_one())


def outcomes(database: Database) -> list[tuple[str, int]]:
    query = select(Outcome.outcome, Outcome.inputs).where(Outcome.stage == "push").order_by(Outcome.id)
    return [(outcome, inputs) for outcome, inputs in database.read(lambda conn: conn.execute(query).all())]


def verify(database: Database, token: str | None = None, **fields: str) -> Answer:
    asked = {"hub.mode": "subscribe", "hub.topic": TOPIC, "hub.challenge": "a <b> c", "hub.lease_seconds": "3600"}
    asked |= {f"hub.{name}": value for name, value in fields.items()}
    path = f"/hubs/{token or known(database).token}"
    return get(create_app(database, now=lambda: NOW), path, query=urlencode(asked))


def sign(secret: str, body: bytes = BODY, method: str = "sha256") -> str:
    return f"{method}={hmac.new(secret.encode(), body, method).hexdigest()}"


def push(
    database: Database,
    signatures: Sequence[str] | None = None,
    *,
    token: str | None = None,
    body: Sequence[bytes] = (BODY,),
    length: int | None = None,
    now: datetime = NOW,
) -> Answer:
    row = known(database)
    values = [sign(row.secret)] if signatures is None else signatures
    headers = [(b"host", b"localhost"), *((b"x-hub-signature", value.encode()) for value in values)]
    if length is not None:
        headers.append((b"content-length", str(length).encode()))
    app = create_app(database, now=lambda: now)
    return get(app, f"/hubs/{token or row.token}", "POST", headers=headers, body=body)


def test_a_subscription_that_we_asked_for_is_confirmed_with_the_challenge_as_text(database: Database) -> None:
    answer = verify(database)
    assert (answer.status, answer.text) == (200, "a <b> c")
    assert answer.headers["content-type"].startswith("text/plain")
    row = known(database)
    assert (row.verified_at, row.lease_until) == (NOW, NOW + HOUR)
    assert NOW < row.next_at < NOW + HOUR


@pytest.mark.parametrize(
    "fields",
    [
        {"topic": "https://other.example/"},
        {"topic": TOPIC + "/"},
        {"topic": ""},
        {"mode": "unsubscribe"},
        {"mode": "publish"},
        {"mode": ""},
        {"challenge": ""},
        {"token": "guessed"},
        {"mode": "denied", "topic": "https://other.example/"},
    ],
)
def test_what_we_did_not_ask_for_is_not_confirmed(database: Database, fields: dict[str, str]) -> None:
    before = known(database)
    answer = verify(database, **fields)
    assert answer.status == 404
    assert "a <b> c" not in answer.text
    assert known(database) == before


@pytest.mark.parametrize(
    ("table", "values"),
    [(HubSubscription, {"asked_at": None}), (Feed, {"state": "paused"}), (Feed, {"changed_at": NOW})],
)
def test_a_subscription_that_we_do_not_want_is_not_confirmed(
    database: Database, table: Any, values: dict[str, Any]
) -> None:
    database.write(lambda conn: conn.execute(update(table).values(**values)))
    assert verify(database).status == 404
    assert push(database).status == 410
    assert (known(database).lease_until, known(database).pushed_at) == (None, None)


def test_a_lease_without_a_length_lasts_a_day(database: Database) -> None:
    verify(database, lease_seconds="soon")
    assert known(database).lease_until == NOW + DAY


def test_a_denial_is_noted_with_its_reason_in_printable_letters(database: Database) -> None:
    verify(database)
    assert verify(database, mode="denied", reason="too\x1b[31m many" + "!" * 9_000).status == 200
    row = known(database)
    assert row.lease_until is None
    assert row.last_error.startswith("the hub refuses to tell of new entries: too[31m many!")
    assert len(row.last_error) < 400
    assert row.next_at == NOW + 7 * DAY


@pytest.mark.parametrize("method", ["sha1", "sha256", "sha384", "sha512"])
def test_a_signed_push_has_the_feed_polled_now(database: Database, method: str) -> None:
    answer = push(database, [sign(known(database).secret, method=method)])
    assert (answer.status, answer.body) == (202, b"")
    assert next_poll(database) == NOW
    assert known(database).pushed_at == NOW
    assert outcomes(database) == [("due", 1)]


@pytest.mark.parametrize("case", ["none", "wrong", "other body", "other secret", "md5", "two", "no mark", "letters"])
def test_a_push_without_a_valid_signature_is_answered_alike_and_ignored(database: Database, case: str) -> None:
    right = sign(known(database).secret)
    digest = right.partition("=")[2]
    signatures = {
        "none": [],
        "wrong": ["sha256=" + "0" * 64],
        "other body": [sign(known(database).secret, BODY + b" ")],
        "other secret": [sign("x")],
        "md5": [sign(known(database).secret, method="md5")],
        "two": [right, right],
        "no mark": [digest],
        "letters": [f"sha256=é{digest}"],
    }[case]
    answer = push(database, signatures)
    assert (answer.status, answer.body) == (202, b"")
    assert next_poll(database) == NOW + DAY
    assert known(database).pushed_at is None
    assert outcomes(database) == [("unsigned", 1)]


def test_a_push_in_many_parts_is_signed_as_a_whole(database: Database) -> None:
    parts = [bytes([n]) * 10_000 for n in range(100)]
    assert push(database, [sign(known(database).secret, b"".join(parts))], body=parts).status == 202
    assert outcomes(database) == [("due", 1)]


def test_a_push_may_be_large_but_not_boundless(database: Database) -> None:
    whole = b"x" * PUSH_MAX
    assert push(database, [sign(known(database).secret, whole)], body=[whole], length=PUSH_MAX).status == 202
    assert push(database, body=[whole, b"x"]).status == 413
    assert push(database, length=PUSH_MAX + 1).status == 413
    assert outcomes(database) == [("due", 1), ("too large", 1)]


def test_no_other_address_takes_large_bodies(database: Database) -> None:
    headers = [(b"host", b"localhost"), (b"content-length", b"20000")]
    app = create_app(database, now=lambda: NOW)
    assert get(app, "/alerts/unsubscribe/x", "POST", headers=headers).status == 413
    assert get(app, "/hubs/x", "POST", headers=headers).status == 410


def test_an_unknown_address_is_gone_for_hubs(database: Database) -> None:
    assert push(database, token="guessed").status == 410
    assert outcomes(database) == []


def test_pushes_that_bring_nothing_are_followed_ever_more_rarely(database: Database) -> None:
    polled: list[int] = []
    now = NOW
    for _ in range(120):  # a push a minute, and each poll finds the feed unchanged
        now += timedelta(minutes=1)
        push(database, now=now)
        if next_poll(database) <= now:
            polled.append(int((now - NOW).total_seconds() // 60))
            database.write(lambda conn, at=now: conn.execute(update(Feed).values(polled_at=at, next_poll_at=at + DAY)))
    assert len(polled) <= 7
    database.write(lambda conn: conn.execute(update(Feed).values(changed_at=now)))
    database.write(lambda conn: conn.execute(update(HubSubscription).values(named_at=now)))
    push(database, now=now + timedelta(minutes=1))
    assert known(database).idle_pushes <= 1


def test_hubs_reach_their_addresses_where_strangers_see_nothing_else(database: Database) -> None:
    app = create_app(database, now=lambda: NOW, door=Door(frozenset({"watch.example"}), bound_to="192.0.2.7"))
    headers = [(b"host", b"watch.example")]
    assert get(app, f"/hubs/{known(database).token}", "POST", headers=headers, server="192.0.2.7").status == 202
    assert get(app, "/", headers=headers, server="192.0.2.7", client="203.0.113.1").status == 403


@pytest.mark.parametrize(
    ("values", "parsed"),
    [
        (["sha1=AB"], ("sha1", "ab")),
        ([" SHA256=00 "], ("sha256", "00")),
        (["sha256="], ("sha256", "")),
        (["sha3_256=00"], None),
        (["=00"], None),
        (["sha256"], None),
        ([""], None),
        ([], None),
        (["sha1=00", "sha1=00"], None),
    ],
)
def test_signatures_are_read_as_the_recommendation_has_them(values: list[str], parsed: tuple[str, str] | None) -> None:
    assert parse_signature(values) == parsed
