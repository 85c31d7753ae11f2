"""What follows from an answer to a poll."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest

from crawlers.http.results import FetchFailure, FetchResult
from crawlers.jobs.job import DecisionPlace
from crawlers.jobs.poll_job import PollJob
from crawlers.jobs.polls import body_hash, decide_poll, describe_lessons, listing_order, read_poll, restore_poll
from crawlers.reading.listings import read_listing
from crawlers.reading.parse import ParsedFeed
from crawlers.scheduling.history import FeedHistory, pack_keys, unpack_keys
from crawlers.scheduling.plan import PollLimits
from db.collection.feeds.polls import FeedDue, FeedPolled
from db.enums.outcomes import RequestOutcome

NOW = datetime(2022, 1, 6, 12, tzinfo=UTC)
LIMITS = PollLimits(900, 86_400)
RSS = b'<rss version="2.0"><channel><title>Courier</title><item><link>https://c.example/1</link></item></channel></rss>'
FEED = FeedDue(
    id=1,
    source_id="courier",
    url="https://c.example/rss",
    etag='"old"',
    last_modified="Wed, 05 Jan 2022 10:00:00 GMT",
    body_hash="0" * 32,
    failures=2,
    polled_at=NOW - timedelta(hours=1),
    succeeded_at=NOW - timedelta(days=1),
)


def poll(answer: FetchResult, feed: FeedDue = FEED) -> FeedPolled:
    return decide_poll(feed, answer, read_poll(feed, answer), now=NOW, limits=LIMITS, jitter=0.5)


def result(status: int, body: bytes = b"") -> FetchResult:
    return FetchResult(url="u", status=status, body=body)


def test_a_new_feed_body_is_a_change_and_clears_the_failures() -> None:
    polled = poll(FetchResult(url=FEED.url, status=200, body=RSS, headers={"etag": '"new"'}))
    assert (polled.outcome, polled.changed, polled.succeeded, polled.failures) == ("changed", True, True, 0)
    assert (polled.etag, polled.last_modified, polled.title) == ('"new"', None, "Courier")
    assert polled.body_hash == body_hash(RSS)
    assert NOW + timedelta(seconds=900) <= polled.next_poll_at <= NOW + timedelta(days=1)
    assert polled.because


def test_the_same_body_is_unchanged_even_without_validators() -> None:
    polled = poll(FetchResult(url=FEED.url, status=200, body=RSS), replace(LISTED, body_hash=body_hash(RSS)))
    assert (polled.outcome, polled.changed, polled.succeeded) == ("unchanged", False, True)


def test_the_same_body_is_read_once_more_if_its_entries_were_never_noted() -> None:
    polled = poll(FetchResult(url=FEED.url, status=200, body=RSS), replace(FEED, body_hash=body_hash(RSS)))
    assert polled.listing is not None


def test_304_is_unchanged_and_keeps_the_validators_it_does_not_repeat() -> None:
    polled = poll(FetchResult(url=FEED.url, status=304, body=b"", headers={"etag": '"newer"'}))
    assert (polled.outcome, polled.failures, polled.body_hash) == ("unchanged", 0, FEED.body_hash)
    assert (polled.etag, polled.last_modified) == ('"newer"', FEED.last_modified)


@pytest.mark.parametrize(
    ("answer", "outcome", "error"),
    [
        pytest.param(result(503), "server error", "the server answered 503", id="503"),
        pytest.param(result(403), "forbidden", "the server answered 403: it does not let us in", id="403"),
        pytest.param(result(404), "missing", "the server answered 404: it is not there", id="404"),
        pytest.param(result(200, b"<html>hi"), "not a feed", "an HTML page, not a feed", id="HTML"),
        pytest.param(result(200, b""), "not a feed", "empty body", id="empty"),
        pytest.param(replace(result(0), trouble=FetchFailure("timed out", "timed out after 30 s")), "timed out",
                     "timed out after 30 s", id="time out"),
    ],
)  # fmt: skip
def test_a_failed_poll_counts_and_keeps_what_is_known(answer: FetchResult, outcome: str, error: str) -> None:
    polled = poll(answer)
    assert (polled.outcome, polled.error, polled.state, polled.failures) == (outcome, error, "active", 3)
    assert (polled.etag, polled.body_hash, polled.succeeded) == (FEED.etag, FEED.body_hash, False)
    assert NOW + timedelta(seconds=900) <= polled.next_poll_at <= NOW + timedelta(days=1)
    assert "failures" in (polled.because or "")


def test_a_feed_that_is_gone_is_asked_for_again_in_a_month() -> None:
    gone = poll(result(410))
    assert (gone.state, gone.outcome, gone.next_poll_at) == ("gone", "gone", NOW + timedelta(days=30))
    still = poll(result(404), replace(FEED, state="gone"))
    assert (still.state, still.outcome, still.next_poll_at) == ("gone", "gone", NOW + timedelta(days=30))
    back = poll(FetchResult(url=FEED.url, status=200, body=RSS), replace(FEED, state="gone"))
    assert (back.state, back.outcome) == ("active", "changed")
    assert back.next_poll_at <= NOW + timedelta(days=1)


@pytest.mark.parametrize("status", [429, 503])
def test_retry_after_postpones_the_next_poll(status: int) -> None:
    polled = poll(FetchResult(url="u", status=status, body=b"", headers={"retry-after": "50000"}))
    assert NOW + timedelta(seconds=50_000) <= polled.next_poll_at <= NOW + timedelta(seconds=55_000)


VALIDATORS = ("If-None-Match", "If-Modified-Since")
LISTED = replace(FEED, listing=pack_keys([1, 2, 3]), history=FeedHistory(whole_at=NOW).to_json())


def test_a_poll_notes_its_entries_and_what_was_new_among_them() -> None:
    answer = FetchResult(url=FEED.url, status=200, body=RSS)
    first = poll(answer)
    assert first.listed is not None
    assert (first.listed.listed, first.listed.fresh, len(unpack_keys(first.listing))) == (1, 0, 1)
    again = poll(answer, replace(FEED, listing=first.listing, history=first.history or {}))
    assert again.listed is not None
    assert (again.listed.listed, again.listed.fresh, again.listed.kept_all) == (1, 0, 1.0)
    other = poll(FetchResult(url=FEED.url, status=200, body=RSS.replace(b"/1", b"/2")), replace(LISTED))
    assert (other.listed and other.listed.fresh) == 1


@pytest.mark.parametrize(
    ("history", "names"),
    [
        pytest.param({}, {"Accept"}, id="for the first time"),
        pytest.param(FeedHistory(whole_at=NOW).to_json(), {"Accept", *VALIDATORS}, id="usually"),
        pytest.param(FeedHistory(whole_at=NOW, conditional=9).to_json(), {"Accept"}, id="every tenth time"),
        pytest.param(FeedHistory(whole_at=NOW, lying_since=NOW).to_json(), {"Accept"}, id="of a server that lies"),
    ],
)  # fmt: skip
def test_validators_are_sent_except_where_the_whole_feed_is_wanted(history: dict[str, Any], names: set[str]) -> None:
    assert set(PollJob(replace(FEED, history=history), NOW).headers()) == names


def test_a_server_that_is_found_lying_loses_its_validators_and_that_is_told() -> None:
    answer = FetchResult(url=FEED.url, status=200, body=RSS, headers={"etag": '"old"'})
    polled = decide_poll(
        LISTED, answer, read_poll(LISTED, answer), now=NOW, limits=LIMITS, jitter=0.5, asked_whole=True
    )
    assert (polled.etag, polled.last_modified, polled.outcome) == (None, None, "changed")
    assert describe_lessons(LISTED, polled) == (
        "the server says 304 although the feed has changed: it is asked for the whole feed",
    )


NEW_URL = "https://c.example/feed"


@pytest.mark.parametrize(
    ("before", "answer", "adopted"),
    [
        pytest.param(2, {"moved_to": NEW_URL}, NEW_URL, id="the third time"),
        pytest.param(1, {"moved_to": NEW_URL}, None, id="the second time"),
        pytest.param(2, {"moved_to": NEW_URL, "unverified": "is bad"}, None, id="by a server that proves nothing"),
        pytest.param(2, {}, None, id="no redirect"),
        pytest.param(2, {"moved_to": NEW_URL, "body": b"<html>hi"}, None, id="to something else"),
    ],
)
def test_a_permanent_redirect_is_adopted_once_it_is_confirmed(
    before: int, answer: dict[str, Any], adopted: str | None
) -> None:
    feed = replace(FEED, history=FeedHistory(moved_to=NEW_URL, moved_times=before).to_json())
    polled = poll(FetchResult(**{"url": NEW_URL, "status": 200, "body": RSS, **answer}), feed)
    assert polled.moved_to == adopted
    assert bool(describe_lessons(feed, polled)) is bool(adopted)


@pytest.mark.parametrize(
    "answer",
    [
        FetchResult(url=FEED.url, status=200, body=RSS, headers={"cache-control": "max-age=14400"}),
        FetchResult(url=FEED.url, status=304, headers={"cache-control": "max-age=14400"}),
        FetchResult(url=FEED.url, status=200, body=RSS.replace(b"<item>", b"<ttl>240</ttl><item>")),
    ],
    ids=["max-age", "max-age of a 304", "ttl"],
)
def test_the_publishers_pause_is_kept(answer: FetchResult) -> None:
    read = poll(FetchResult(url=FEED.url, status=200, body=RSS))
    feed = replace(FEED, history=read.history or {}, listing=read.listing)
    assert timedelta(hours=4) <= poll(answer, feed).next_poll_at - NOW <= timedelta(hours=4.4)


def test_only_a_body_that_is_new_waits_for_a_parser() -> None:
    """So that no other poll waits for a feed that is slow to read."""
    known = replace(LISTED, body_hash=body_hash(RSS))
    trouble = FetchResult(url="u", status=0, trouble=FetchFailure(RequestOutcome.TIMED_OUT, "timed out"))
    at_once = [(known, result(200, RSS)), *((known, answer) for answer in (result(304), result(500), trouble))]
    to_parse = [
        (known, result(200, RSS + b" ")),
        (FEED, result(200, RSS)),
        (replace(known, listing=None), result(200, RSS)),
    ]
    places = [[PollJob(feed, NOW).choose_place(answer) for feed, answer in some] for some in (at_once, to_parse)]
    assert places == [[DecisionPlace.LOOP] * 4, [DecisionPlace.PARSER] * 3]
    for feed, answer in at_once:

        def refuse(*_: object, **__: object) -> ParsedFeed:
            raise AssertionError("parsed")

        assert read_poll(feed, answer, refuse).feed is None


def test_a_persons_limits_for_a_feed_come_before_the_settings() -> None:
    feed = replace(FEED, floor_s=40_000, ceiling_s=50_000)
    polled = poll(FetchResult(url=FEED.url, status=200, body=RSS), feed)
    assert timedelta(seconds=40_000) <= polled.next_poll_at - NOW <= timedelta(seconds=50_000)


def test_304_to_a_feed_that_was_never_read_is_a_failure() -> None:
    assert poll(result(304), replace(FEED, succeeded_at=None)).outcome == "server error"


def test_an_outage_of_ours_is_not_held_against_a_feed() -> None:
    polled = restore_poll(FEED, "no network", now=NOW)
    assert (polled.outcome, polled.failures, polled.etag) == ("no network", 2, FEED.etag)
    assert polled.next_poll_at == NOW + timedelta(seconds=60)
    assert polled.history is None


def test_the_sitemaps_of_an_index_are_not_counted_as_entries() -> None:
    body = b"<sitemapindex><sitemap><loc>https://c.example/news-1.xml</loc></sitemap></sitemapindex>"
    feed = replace(FEED, kind="sitemap", url="https://c.example/sitemap.xml", domains=("c.example",))
    answer = FetchResult(url=feed.url, status=200, body=body)
    reading = read_poll(feed, answer, partial(read_listing, order=listing_order(feed, NOW)))
    polled = decide_poll(feed, answer, reading, now=NOW, limits=LIMITS, jitter=0.5)
    assert (polled.outcome, polled.listing is not None, polled.listed) == ("changed", True, None)
