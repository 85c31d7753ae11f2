"""A server that plays each behaviour of feeds, polled by the real crawler: when each is polled next, and why."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from functools import partial
from typing import Any

import pytest
from courier import store_for
from servers.answering import QuietHandler, answering
from sqlalchemy import Connection, Row, select, update

from crawlers.crawl_once import collect_once
from db.collection.feeds.losses import measure_feed_losses
from db.models import Feed, Problem
from db.settings import Settings

POLLS = 4
USUAL, LIMITED, BURST, CLOSED = "127.0.0.1", "127.0.0.2", "127.0.0.3", "127.0.0.4"
"""Hosts: an ordinary one, one that answers 429, one that answers 403 after many requests, and one that always does."""
HOUR = 3_600.0


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What the server says to one request."""

    entries: tuple[int, ...] = (1, 2, 3)
    status: int = 200
    head: str | Callable[[], str] = ""
    """Elements of the channel; these and headers are made when asked for, if they say the hour or the day."""
    headers: Mapping[str, str | Callable[[], str]] = field(default_factory=dict)
    honest: bool = True
    """False for a server that says 304 whatever it has, if asked with a validator."""


def in_hours(hours: float) -> str:
    return format_datetime(datetime.now(UTC) + timedelta(hours=hours), usegmt=True)


def skip_all_hours_but_the_sixth_from_now() -> str:
    open_hour = (datetime.now(UTC) + timedelta(hours=6)).hour
    return "".join(
        ["<skipHours>", *(f"<hour>{hour}</hour>" for hour in range(24) if hour != open_hour), "</skipHours>"]
    )


def skip_today() -> str:
    """Skip tomorrow too, if it begins before the poll may have ended."""
    days = {datetime.now(UTC).weekday(), (datetime.now(UTC) + timedelta(minutes=30)).weekday()}
    return "".join(["<skipDays>", *(f"<day>{WEEK[day]}</day>" for day in sorted(days)), "</skipDays>"])


SKEWED = {"Date": partial(in_hours, -9), "Expires": partial(in_hours, -6)}
WEEK = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
SY = 'xmlns:sy="http://purl.org/rss/1.0/modules/syndication/"'
TAGGED = {"ETag": '"1"'}

FLOORS: dict[str, tuple[Answer, float, float, str]] = {
    "max-age": (Answer(headers={"Cache-Control": "max-age=14400"}), 4, 4.4, "Cache-Control"),
    "max-age less age": (Answer(headers={"Cache-Control": "max-age=21600", "Age": "7200"}), 4, 4.4, "Cache-Control"),
    "max-age on 304": (Answer(headers={"Cache-Control": "max-age=14400", **TAGGED}), 4, 4.4, "Cache-Control"),
    "no-cache": (Answer(headers={"Cache-Control": "no-cache, max-age=14400"}), 0, 25, "expected"),
    "Expires of a slow clock": (Answer(headers=SKEWED), 3, 3.3, "Expires"),
    "Expires of long ago": (Answer(headers={"Expires": "0"}), 0, 25, "expected"),
    "ttl": (Answer(head="<ttl>240</ttl>"), 4, 4.4, "ttl"),
    "ttl before a 304": (Answer(head="<ttl>240</ttl>", headers=TAGGED), 4, 4.4, "ttl"),
    "updatePeriod": (Answer(head="<sy:updatePeriod>hourly</sy:updatePeriod>"), 1, 25, ""),
    "updateFrequency": (
        Answer(head="<sy:updatePeriod>daily</sy:updatePeriod><sy:updateFrequency>4</sy:updateFrequency>"), 6, 25, "",
    ),
    "skipHours": (Answer(head=skip_all_hours_but_the_sixth_from_now), 4.9, 25, "skip"),
    "skipDays": (Answer(head=skip_today), 0, 49, "skip"),
    "503 with seconds": (Answer(status=503, headers={"Retry-After": "100000"}), 27.7, 30.6, "Retry-After"),
    "503 with a date": (Answer(status=503, headers={"Retry-After": partial(in_hours, 48)}), 47, 53, "Retry-After"),
    "503 alone": (Answer(status=503), 0, 25, "failures"),
    "500": (Answer(status=500), 0, 25, "failures"),
    "404": (Answer(status=404), 0, 25, "failures"),
    "410": (Answer(status=410), 30 * 24, 30 * 24.1, "once a month"),
}  # fmt: skip
"""What is answered each time; the least and the most hours to the next poll; a word of the reason."""

SCRIPTS: dict[str, list[Answer]] = {
    **{name: [answer] for name, (answer, *_) in FLOORS.items()},
    "moved": [Answer(status=301, headers={"Location": "/new%20address"})],
    "new address": [Answer()],
    "moved for now": [Answer(status=302, headers={"Location": "/ttl"})],
    "moved once": [Answer(status=301, headers={"Location": "/max-age"}), Answer()],
    "lying, same tag": [Answer(headers=TAGGED, honest=False), Answer(entries=(4, 5, 6), headers=TAGGED, honest=False)],
    "honest": [Answer(headers={"ETag": '"1"'}), Answer(entries=(4, 3, 2), headers={"ETag": '"2"'})],
    "overlapping": [Answer(entries=(3, 2, 1)), Answer(entries=(5, 4, 3)), Answer(entries=(6, 5, 4))],
    "running away": [Answer(entries=(3, 2, 1)), Answer(entries=(90, 89, 88)), Answer(entries=(190, 189, 188))],
    "comes back": [Answer(), Answer(status=410), Answer(), Answer()],
}


@dataclass(frozen=True)
class Played:
    """The row of each feed after each poll, the headers of each request, and the problems told."""

    rows: list[dict[str, Row[Any]]]
    requests: dict[str, list[tuple[int, dict[str, str]]]]
    """By path: the status that was answered, with the headers of the request."""
    problems: dict[str, str]
    losses: dict[str, float]

    def pause_h(self, name: str, poll: int = 0) -> float:
        row = self.rows[poll][name]
        return float((row.next_poll_at - row.polled_at).total_seconds()) / HOUR


def body_of(name: str, answer: Answer) -> bytes:
    items = "".join(
        f"<item><title>Ferry {n} of {name}</title><guid>{name}-{n}</guid><link>http://{USUAL}/never/{n}</link>"
        f"<pubDate>{format_datetime(datetime.now(UTC) - timedelta(minutes=200 - n), usegmt=True)}</pubDate></item>"
        for n in answer.entries
    )
    head = answer.head() if callable(answer.head) else answer.head
    return f'<rss version="2.0" {SY}><channel><title>{name}</title>{head}{items}</channel></rss>'.encode()


def choose_answer(host: str, name: str, visits: int) -> Answer:
    if name == "robots.txt":
        return Answer(status=404)
    if host == LIMITED:
        return Answer(status=429, headers={"Retry-After": "7200"})
    if host == CLOSED or (host == BURST and name >= "feed 10"):
        return Answer(status=403)
    if host == BURST:
        return Answer()
    script = SCRIPTS.get(name, [Answer(status=404)])
    return script[min(visits, len(script) - 1)]


def let_hours_pass(conn: Connection) -> None:
    """Make the last poll of each feed one of before its newest entries, which are of the last three hours."""
    long_ago = datetime.now(UTC) - timedelta(minutes=195)
    conn.execute(update(Feed).where(Feed.succeeded_at.is_not(None)).values(succeeded_at=long_ago))


def let_a_day_pass(conn: Connection) -> None:
    """Make each feed with validators one that was asked whole the day before yesterday."""
    for row in conn.execute(select(Feed.id, Feed.history).where(Feed.etag.is_not(None))).all():
        history = {**row.history, "whole_at": (datetime.now(UTC) - timedelta(days=2)).isoformat()}
        conn.execute(update(Feed).where(Feed.id == row.id).values(history=history))


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Played]:
    requests: dict[str, list[tuple[int, dict[str, str]]]] = defaultdict(list)

    class Handler(QuietHandler):
        def do_GET(self) -> None:
            host, name = self.headers["Host"].partition(":")[0], self.path[1:].replace("%20", " ")
            answer = choose_answer(host, name, len(requests[name]))
            validator = self.headers.get("If-None-Match")
            is_known = validator is not None and (not answer.honest or validator == answer.headers.get("ETag"))
            status = 304 if is_known else answer.status
            if name != "robots.txt":
                requests[name].append((status, dict(self.headers)))
            body = body_of(name, answer) if status == 200 else b""
            self.send_response_only(status)
            for header, value in {"Content-Type": "application/rss+xml", **answer.headers}.items():
                self.send_header(header, value() if callable(value) else value)
            if status != 304:
                self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    with answering(Handler, host="0.0.0.0") as port:
        hosts = ",".join(f"{host}:{port}" for host in (USUAL, LIMITED, BURST, CLOSED))
        settings = Settings(
            data_dir=tmp_path_factory.mktemp("rules"), host_delay_s=0.0, allow_private_hosts=hosts, recheck=False
        )
        names = {f"http://{USUAL}:{port}/{name.replace(' ', '%20')}": name for name in SCRIPTS if name != "new address"}
        names[f"http://{LIMITED}:{port}/feed"] = "429"
        names[f"http://{CLOSED}:{port}/403"] = "403"
        names |= {f"http://{BURST}:{port}/feed%20{n:02}": f"burst {n}" for n in range(12)}
        database = store_for(settings, *names)
        with database.reading() as conn:
            ids = {row.id: names[row.url] for row in conn.execute(select(Feed.id, Feed.url))}
        rows = []
        for n in range(POLLS):
            if n == POLLS - 1:
                database.write(let_a_day_pass)
            database.write(let_hours_pass)
            collect_once(settings)
            with database.reading() as conn:
                rows.append({ids[row.id]: row for row in conn.execute(select(Feed.__table__))})
            time.sleep(0.01)
        with database.reading() as conn:
            problems = {names.get(p.subject, p.subject): p.reason for p in conn.execute(select(Problem.__table__))}
            losses = {ids[id]: loss.missed for id, loss in measure_feed_losses(conn, until=datetime.now(UTC)).items()}
        yield Played(rows, requests, problems, losses)


@pytest.mark.parametrize("name", FLOORS)
def test_a_publishers_wish_or_a_failure_sets_the_next_poll_and_the_reason_says_so(played: Played, name: str) -> None:
    _, least, most, word = FLOORS[name]
    for poll in range(1 if name == "410" else POLLS):
        assert least <= played.pause_h(name, poll) <= most
        assert word in played.rows[poll][name].next_poll_because


def test_a_wish_holds_on_a_304_too(played: Played) -> None:
    for name in ("max-age on 304", "ttl before a 304"):
        assert [status for status, _ in played.requests[name]] == [200, 304, 304, 200]


def test_failures_are_counted_and_make_the_pause_longer_but_never_stop(played: Played) -> None:
    for name in ("500", "404", "403", "503 alone"):
        assert [rows[name].failures for rows in played.rows] == [1, 2, 3, 4]
        assert {rows[name].state for rows in played.rows} == {"active"}
    hard, soft, temporary = (played.rows[-1][name].history["failures"] for name in ("403", "500", "503 alone"))
    assert (hard, soft, temporary) == (4.0, 2.0, 1.0)


def test_a_429_lets_the_whole_host_rest(played: Played) -> None:
    row = played.rows[0]["429"]
    assert (row.last_outcome, 2 <= played.pause_h("429") <= 2.2) == ("throttled", True)
    assert len(played.requests["feed"]) == 1


def test_a_403_after_many_requests_is_throttling_and_the_rest_of_the_host_waits(played: Played) -> None:
    rows = played.rows[0]
    assert [rows[f"burst {n}"].last_outcome for n in range(12)] == ["changed"] * 10 + ["throttled", None]
    assert rows["403"].last_outcome == "forbidden"


def test_a_permanent_redirect_is_followed_three_times_and_then_adopted(played: Played) -> None:
    paths = [rows["moved"].url.rpartition("/")[2] for rows in played.rows]
    assert paths == ["moved", "moved", "new%20address", "new%20address"]
    assert "moved for good" in played.problems["moved"]


@pytest.mark.parametrize("name", ["moved for now", "moved once"])
def test_other_redirects_are_not_adopted(played: Played, name: str) -> None:
    assert {rows[name].url.rpartition("/")[2] for rows in played.rows} == {name.replace(" ", "%20")}


def test_the_first_poll_and_one_each_day_send_no_validator(played: Played) -> None:
    sent = ["If-None-Match" in headers for _, headers in played.requests["max-age on 304"]]
    assert sent == [False, True, True, False]


def test_what_is_gone_is_asked_again_and_may_come_back(played: Played) -> None:
    states = [rows["comes back"].state for rows in played.rows]
    assert states[:2] == ["active", "gone"]


def test_overlapping_polls_lose_nothing(played: Played) -> None:
    assert played.losses["overlapping"] == 0
    assert played.rows[-1]["overlapping"].last_outcome == "changed"


def test_polls_without_overlap_may_have_lost_something(played: Played) -> None:
    assert played.losses["running away"] > 0


def test_a_server_that_says_304_although_it_has_changed_is_found_out_within_a_day(played: Played) -> None:
    assert [status for status, _ in played.requests["lying, same tag"]] == [200, 304, 304, 200]
    row = played.rows[-1]["lying, same tag"]
    assert (row.etag, row.last_outcome) == (None, "changed")
    assert "lying_since" in row.history
    assert "says 304 although" in played.problems["lying, same tag"]


def test_an_honest_server_keeps_its_validators(played: Played) -> None:
    row = played.rows[-1]["honest"]
    assert (row.etag, "lying_since" in row.history) == ('"2"', False)
