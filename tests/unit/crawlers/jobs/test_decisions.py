"""What follows from an answer to a poll or a fetch."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from crawlers.bounded_process import ProcessEnded
from crawlers.http.results import FetchFailure, FetchResult
from crawlers.jobs.fetch_job import FetchJob
from crawlers.jobs.fetches import decide_fetch, restore_fetch
from crawlers.jobs.job import DecisionContext, Job
from crawlers.jobs.poll_job import PollJob
from crawlers.jobs.polls import body_hash, decide_poll, read_poll
from crawlers.reading.entries import sort_entries
from crawlers.reading.parse import FeedEntry, ParsedFeed
from crawlers.scheduling.plan import PollLimits
from db.collection.feeds.polls import FeedDue, FeedPolled
from db.collection.pages.pages import NEVER, PageDue, PageFetched

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
PAGE = PageDue(
    id=7,
    source_id="courier",
    url="https://c.example/1",
    host="c.example",
    etag='"old"',
    last_modified=None,
    body_hash=body_hash(b"<p>old</p>"),
    fetches=3,
    failures=1,
    first_seen_at=NOW - timedelta(days=2),
    fetched_at=NOW - timedelta(hours=1),
    changed_at=NOW - timedelta(hours=2),
    last_outcome="captured",
    hints={"title": "One"},
)


def poll(answer: FetchResult, feed: FeedDue = FEED) -> FeedPolled:
    return decide_poll(feed, answer, read_poll(feed, answer), now=NOW, limits=LIMITS, jitter=0.5)


def fetch(answer: FetchResult, page: PageDue = PAGE) -> PageFetched:
    return decide_fetch(page, answer, now=NOW, jitter=0.5).page


def page_answer(body: bytes = b"<p>new</p>", status: int = 200, **headers: str) -> FetchResult:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return FetchResult(
        url="https://c.example/1",
        status=status,
        body=body,
        headers={"content-type": "text/html; charset=utf-8", **named},
    )


def result(status: int, body: bytes = b"") -> FetchResult:
    return FetchResult(url="u", status=status, body=body)


def entry(url: str | None, title: str = "t", published_at: datetime | None = None) -> FeedEntry:
    return FeedEntry(
        url=url,
        guid=None,
        title=title,
        author=None,
        published_at=published_at,
        updated_at=None,
        summary=None,
        content=None,
    )


def test_each_entry_ends_in_one_place() -> None:
    entries = sort_entries(
        FEED.url,
        [
            entry("https://c.example/1", "first"),
            entry("http://C.example/1?utm_source=rss#top", "First"),
            entry(None),
            entry(None, ""),
            entry("mailto:editor@c.example", "write to us"),
            entry("urn:isbn:123", ""),
            entry("http://10.0.0.1/x"),
        ],
        now=NOW,
    )
    assert [(page.canonical_url.partition("entry:")[0], page.title) for page in entries.usable if not page.refusal] == [
        ("https://c.example/1", "first"),
        ("urn:steppewatch:", "t"),
        ("urn:steppewatch:", "write to us"),
    ]
    assert [page.refusal for page in entries.usable if page.refusal] == ["refused: private address 10.0.0.1"]
    assert entries.dropped == {"duplicate": 1, "no link": 1, "unusable": 1}
    assert (FEED.url, "1 of 7 entries have neither a link nor words") in entries.reasons
    assert sum(entries.dropped.values()) + len(entries.usable) == 7


def test_pages_are_asked_for_as_the_feed_spells_them_without_what_wraps_them() -> None:
    spelled = ["https://www.c.example/1?utm_source=rss", "https://t.me/iv?url=http%3A%2F%2Fm.c.example%2F2&rhash=1"]
    pages = sort_entries(FEED.url, [entry(url, url) for url in spelled], now=NOW).usable
    assert [(page.canonical_url, page.url) for page in pages] == [
        ("https://c.example/1", "https://www.c.example/1?utm_source=rss"),
        ("https://c.example/2", "http://m.c.example/2"),
    ]


@pytest.mark.parametrize(
    ("said", "kept"),
    [(NOW + timedelta(hours=20), True), (NOW + timedelta(days=2), False), (NOW - timedelta(days=900), True)],
)
def test_a_date_to_come_is_no_date_of_publication(said: datetime, kept: bool) -> None:
    (page,) = sort_entries(FEED.url, [entry("https://c.example/1", published_at=said)], now=NOW).usable
    assert page.published_at == (said if kept else None)


def test_a_changed_page_is_captured_with_what_the_feed_said() -> None:
    decided = decide_fetch(PAGE, page_answer(etag='"new"'), now=NOW, jitter=0.5)
    assert (decided.page.outcome, decided.page.changed_at, decided.page.failures) == ("captured", NOW, 0)
    assert decided.page.next_fetch_at == NOW + timedelta(minutes=15)
    assert decided.capture is not None
    assert (decided.capture.body, decided.capture.hints, decided.capture.page_id) == (
        b"<p>new</p>",
        {"title": "One"},
        7,
    )


@pytest.mark.parametrize("answer", [page_answer(b"<p>old</p>"), page_answer(b"", 304)], ids=["same body", "304"])
def test_an_unchanged_page_is_not_captured_again(answer: FetchResult) -> None:
    decided = decide_fetch(PAGE, answer, now=NOW, jitter=0.5)
    assert decided.capture is None
    assert (decided.page.outcome, decided.page.changed_at) == ("unchanged", None)
    assert decided.page.body_hash == PAGE.body_hash


def test_a_page_met_for_the_first_time_ages_from_its_publication_but_not_more_than_a_week() -> None:
    new = replace(PAGE, body_hash=None, changed_at=None, fetches=0)
    assert fetch(page_answer(), new).changed_at == NOW
    yesterday = replace(new, hints={"published_at": (NOW - timedelta(hours=30)).isoformat()})
    assert fetch(page_answer(), yesterday).changed_at == NOW - timedelta(hours=30)
    old = replace(new, hints={"published_at": "2010-01-01T00:00:00+00:00"})
    assert fetch(page_answer(), old).next_fetch_at == NOW + timedelta(days=3)


def test_a_page_unchanged_for_a_year_is_settled() -> None:
    fetched = fetch(page_answer(b"<p>old</p>"), replace(PAGE, changed_at=NOW - timedelta(days=400)))
    assert (fetched.state, fetched.next_fetch_at) == ("settled", NEVER)


def test_a_page_is_gone_when_it_is_missing_twice() -> None:
    first = fetch(page_answer(status=404))
    assert (first.state, first.outcome, first.next_fetch_at) == ("active", "missing", NOW + timedelta(hours=1))
    again = fetch(page_answer(status=410), replace(PAGE, last_outcome=first.outcome, failures=first.failures))
    assert (again.state, again.outcome, again.next_fetch_at) == ("gone", "gone", NOW + timedelta(hours=22))


NEW = replace(PAGE, fetches=0, changed_at=None, body_hash=None, fetched_at=None, last_outcome=None)
REFUSALS = {
    "robots": FetchResult(url="u", status=0, trouble=FetchFailure("robots", "robots.txt forbids it", is_final=True)),
    "refused": FetchResult(
        url="u", status=0, trouble=FetchFailure("refused", "refused: private address 10.0.0.1", is_final=True)
    ),
    "not a page": page_answer(b"ID3", content_type="audio/mpeg"),
    "gone": page_answer(status=410),
}


@pytest.mark.parametrize("kind", REFUSALS)
def test_what_is_refused_or_gone_is_asked_for_ever_more_rarely_for_a_year(kind: str) -> None:
    now, page, looks = NOW, replace(NEW, first_seen_at=NOW, last_outcome="missing"), []
    while True:
        fetched = decide_fetch(page, REFUSALS[kind], now=now, jitter=0.5).page
        if fetched.state == "settled":
            break
        assert (fetched.state, fetched.outcome) == ("gone" if kind == "gone" else "refused", kind)
        looks.append((fetched.next_fetch_at - now) / timedelta(days=1))
        page = replace(page, state=fetched.state, fetched_at=now, last_outcome=fetched.outcome)
        now = fetched.next_fetch_at
    assert looks[:5] == pytest.approx([0.917, 2.75, 8.25, 24.75, 30], abs=0.01)
    assert set(looks[4:]) == {30.0}
    assert now - NOW >= timedelta(days=365)
    assert fetched.next_fetch_at == NEVER


@pytest.mark.parametrize("state", ["refused", "gone"])
def test_a_page_that_answers_again_is_as_any_other(state: str) -> None:
    fetched = fetch(page_answer(), replace(NEW, state=state, failures=7))
    assert (fetched.state, fetched.outcome, fetched.failures) == ("active", "captured", 0)


@pytest.mark.parametrize("kind", ["refused", "not a page"])
def test_one_bad_answer_refuses_no_page_that_was_read(kind: str) -> None:
    fetched = decide_fetch(PAGE, REFUSALS[kind], now=NOW, jitter=0.5).page
    assert (fetched.state, fetched.outcome, fetched.next_fetch_at) == ("active", kind, NOW + timedelta(minutes=30))


def test_an_outage_of_ours_leaves_a_refused_page_refused() -> None:
    assert restore_fetch(replace(NEW, state="refused"), "no network", now=NOW).state == "refused"


@pytest.mark.parametrize(
    ("answer", "outcome", "state"),
    [
        pytest.param(page_answer(b"ID3", content_type="audio/mpeg"), "not a page", "active", id="a sound"),
        pytest.param(page_answer(b" \n"), "empty", "active", id="empty"),
        pytest.param(page_answer(status=500), "server error", "active", id="500"),
        pytest.param(
            FetchResult(url="u", status=0, trouble=FetchFailure("robots", "robots.txt forbids it", is_final=True)),
            "robots",
            "refused",
            id="robots.txt",
        ),
    ],
)
def test_a_page_that_cannot_be_used_says_why(answer: FetchResult, outcome: str, state: str) -> None:
    fetched = fetch(answer)
    assert (fetched.outcome, fetched.state, fetched.failures) == (outcome, state, 2)
    assert fetched.error
    assert fetched.body_hash == PAGE.body_hash


def test_an_outage_of_ours_is_not_held_against_a_page() -> None:
    fetched = restore_fetch(PAGE, "no network", now=NOW)
    assert (fetched.outcome, fetched.failures, fetched.fetches) == ("no network", 1, 3)


def test_long_texts_are_written_a_few_at_a_time() -> None:
    item = "<item><title>{}</title><link>https://c.example/{}</link><description>{}</description></item>"
    items = "".join(item.format(n, n, "слово " * 30_000) for n in range(30))
    context = DecisionContext(LIMITS, frozenset(), lambda: 0.5)
    body = f'<rss version="2.0"><channel>{items}</channel></rss>'.encode()
    weights = [
        weight
        for weight, _ in PollJob(FEED, NOW).decide(FetchResult(url=FEED.url, status=200, body=body), NOW, context).steps
    ]
    assert (max(weights), sum(weights)) == (6, 31)


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (ProcessEnded("more than 20 seconds of computing"), "reading it was ended: more than 20 seconds of computing"),
        (RecursionError("too deep"), "the parser failed: RecursionError: too deep"),
        (AssertionError("one\ntwo" * 1_000), "the parser failed: AssertionError: one"),
    ],
)
def test_whatever_the_parser_fails_over_is_a_failure_of_the_feed(error: Exception, reason: str) -> None:
    def parse(*_: object, **__: object) -> ParsedFeed:
        raise error

    answer = FetchResult(url=FEED.url, status=200, body=RSS)
    polled = decide_poll(FEED, answer, read_poll(FEED, answer, parse), now=NOW, limits=LIMITS, jitter=0.5)
    assert (polled.outcome, polled.failures) == ("unreadable", FEED.failures + 1)
    assert (polled.error or "").startswith(reason)
    assert len(polled.error or "") <= 300
    assert polled.next_poll_at > NOW + timedelta(seconds=LIMITS.floor_s * 0.9)


# --- who could not prove who he is

BAD = "has expired"


@pytest.mark.parametrize(
    "job", [PollJob(replace(FEED, unverified=BAD), NOW), FetchJob(replace(PAGE, unverified=BAD))], ids=["feed", "page"]
)
def test_the_whole_of_it_is_asked_for_until_somebody_vouches_for_it(job: Job) -> None:
    assert set(job.headers()) == {"Accept"}


def test_the_same_page_is_captured_once_more_when_its_server_can_prove_who_it_is() -> None:
    known = replace(PAGE, unverified=BAD)
    verified = decide_fetch(known, FetchResult(url=PAGE.url, status=200, body=b"<p>old</p>"), now=NOW, jitter=0.5)
    assert verified.capture is not None
    assert (verified.page.unverified, verified.page.changed_at) == (None, None)
    assert "page_unverified" not in verified.capture.hints


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(FetchResult(url=PAGE.url, status=200, body=b"<p>old</p>", unverified=BAD), id="still bad"),
        pytest.param(FetchResult(url="http://c.example/1", status=200, body=b"<p>old</p>"), id="no certificate at all"),
        pytest.param(FetchResult(url=PAGE.url, status=304), id="unchanged, by validators that came from a stranger"),
        pytest.param(FetchResult(url=PAGE.url, status=503), id="in trouble"),
    ],
)
def test_what_vouches_for_nothing_leaves_the_mark(answer: FetchResult) -> None:
    found = decide_fetch(replace(PAGE, unverified=BAD), answer, now=NOW, jitter=0.5)
    assert (found.capture, found.page.unverified) == (None, BAD)


def test_a_page_that_was_vouched_for_stays_so_while_it_is_the_same() -> None:
    found = decide_fetch(
        PAGE, FetchResult(url=PAGE.url, status=200, body=b"<p>old</p>", unverified=BAD), now=NOW, jitter=0.5
    )
    assert (found.capture, found.page.unverified) == (None, None)


def test_the_same_feed_is_read_once_more_when_its_server_can_prove_who_it_is() -> None:
    known = replace(FEED, body_hash=body_hash(RSS), unverified=BAD, listing=b"key1")
    assert read_poll(known, FetchResult(url=FEED.url, status=200, body=RSS)).feed is not None
    assert read_poll(known, FetchResult(url=FEED.url, status=200, body=RSS, unverified=BAD)).feed is None
    assert poll(FetchResult(url=FEED.url, status=304), known).unverified == BAD
    assert poll(FetchResult(url=FEED.url, status=200, body=RSS), known).unverified is None
