"""What stands in for a page that cannot be had. All texts here are invented."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from crawlers.http.results import FetchFailure, FetchResult
from crawlers.jobs.fetches import Fetched, decide_fetch
from crawlers.jobs.stand_ins import with_stand_in
from crawlers.reading.entries import hash_words
from db.collection.pages.pages import PageDue

NOW = datetime(2022, 1, 6, 12, tzinfo=UTC)
LONG = "<p>" + "Министры договорились о воде и встретятся снова весной. " * 6 + "</p>"
NEW = PageDue(
    id=7,
    source_id="courier",
    url="https://c.example/1",
    host="c.example",
    etag=None,
    last_modified=None,
    body_hash=None,
    fetches=0,
    failures=0,
    first_seen_at=NOW - timedelta(hours=1),
    fetched_at=None,
    changed_at=None,
    last_outcome=None,
    hints={"title": "Вода", "body": LONG, "language": "ru"},
)
READ = replace(NEW, body_hash="0" * 32, fetches=1, last_outcome="captured")
HTML = {"content-type": "text/html"}


def page(status: int = 200, body: bytes = b"<p>words</p>", kind: str = "text/html") -> FetchResult:
    return FetchResult(url="https://c.example/login", status=status, body=body, headers={"content-type": kind})


def trouble(kind: str, *, is_final: bool = False) -> FetchResult:
    return FetchResult(
        url="https://c.example/1", status=0, trouble=FetchFailure(kind, f"it was {kind}", is_final=is_final)
    )


def look(due: PageDue, answer: FetchResult) -> Fetched:
    return with_stand_in(due, answer, decide_fetch(due, answer, now=NOW, jitter=0.5), now=NOW)


OWN_TROUBLE = [
    *(pytest.param(page(status), id=str(status)) for status in (401, 402, 403, 451, 404, 410, 500, 502, 520)),
    pytest.param(page(204, b""), id="204"),
    pytest.param(page(body=b" \n"), id="empty"),
    pytest.param(page(kind="application/pdf", body=b"%PDF-1.7"), id="PDF"),
    pytest.param(trouble("robots", is_final=True), id="robots"),
    pytest.param(trouble("refused", is_final=True), id="private address"),
    pytest.param(trouble("too large"), id="too large"),
    pytest.param(trouble("redirects"), id="redirects"),
]
PASSING_TROUBLE = [
    *(pytest.param(page(status), id=str(status)) for status in (429, 503)),
    *(pytest.param(trouble(kind), id=kind) for kind in ("timed out", "unreachable", "broken")),
]


@pytest.mark.parametrize("answer", OWN_TROUBLE)
def test_the_feed_speaks_where_the_page_cannot_be_had(answer: FetchResult) -> None:
    plain, told = decide_fetch(NEW, answer, now=NOW, jitter=0.5), look(NEW, answer)
    assert told.capture is not None
    assert (told.capture.body, told.capture.content_type, told.capture.url) == (b"", None, NEW.url)
    assert told.capture.status == answer.status
    assert told.capture.hints == {**NEW.hints, "page_trouble": plain.page.error}
    assert told.capture.body_hash == told.page.feed_hash == hash_words("Вода", LONG)
    assert replace(told.page, feed_hash=None) == plain.page  # its failures go on as they would


@pytest.mark.parametrize(("still_bad", "is_given"), [(None, True), ("has expired", False)])
def test_words_are_given_again_when_their_feed_can_prove_who_it_is(still_bad: str | None, is_given: bool) -> None:
    hints = {**NEW.hints, **({"feed_unverified": still_bad} if still_bad else {})}
    known = replace(NEW, feed_hash=hash_words("Вода", LONG), unverified="has expired", hints=hints)
    assert (look(known, page(403)).capture is not None) == is_given
    assert look(known, page(403)).page.unverified == still_bad or not is_given


def test_a_page_that_was_read_is_not_told_anew_for_that() -> None:
    known = replace(READ, feed_hash=hash_words("Вода", LONG), unverified="has expired")
    assert look(known, page(403)).capture is None


@pytest.mark.parametrize("answer", PASSING_TROUBLE)
def test_what_passes_is_waited_for_but_not_for_ever(answer: FetchResult) -> None:
    assert look(NEW, answer).capture is None
    assert look(replace(NEW, failures=2), answer).capture is None
    assert look(replace(NEW, failures=3), answer).capture is not None


@pytest.mark.parametrize("answer", [page(304), page(), page(200)])
def test_nothing_stands_in_for_a_page_that_is_there(answer: FetchResult) -> None:
    told = look(replace(READ, body_hash=None if answer.status == 200 else "0" * 32), answer)
    assert told.capture is None or (told.capture.body and "page_trouble" not in told.capture.hints)


def test_each_text_of_a_feed_is_handed_over_once() -> None:
    first = look(NEW, page(403))
    again = replace(NEW, failures=1, feed_hash=first.page.feed_hash)
    assert look(again, page(403)).capture is None
    redressed = {**NEW.hints, "body": LONG.replace("<p>", "<div class='a'><img src='/pixel?4711'>")}
    assert look(replace(again, hints=redressed), page(403)).capture is None
    edited = look(replace(again, hints={**NEW.hints, "body": LONG + "<p>Исправлено.</p>"}), page(403))
    assert edited.capture is not None
    assert edited.page.feed_hash != first.page.feed_hash


def test_what_was_handed_over_with_the_page_is_not_handed_over_without_it() -> None:
    good = look(NEW, page())
    assert good.capture is not None
    assert good.capture.body
    seen = replace(READ, feed_hash=good.page.feed_hash)
    assert look(seen, page(403)).capture is None


@pytest.mark.parametrize("status", [403, 500])
@pytest.mark.parametrize(("body", "stands_in"), [(LONG, True), ("<p>Коротко.</p>", False), ("<i></i>" * 99, False)])
def test_a_page_that_was_read_is_told_anew_only_by_a_text(body: str, stands_in: bool, status: int) -> None:
    told = look(replace(READ, hints={"title": "Вода", "body": body}), page(status))
    assert (told.capture is not None) == stands_in


@pytest.mark.parametrize("status", [404, 410])
def test_a_page_that_was_taken_down_is_not_told_by_the_feed_that_outlives_it(status: int) -> None:
    assert look(READ, page(status)).capture is None
    assert look(replace(READ, last_outcome="missing"), page(status)).capture is None


def test_a_headline_does_not_make_an_article_of_an_address_inside_our_network() -> None:
    inside = trouble("refused", is_final=True)
    assert look(replace(NEW, hints={"title": "Вода", "body": "<p>Коротко.</p>"}), inside).capture is None


def test_a_headline_alone_is_told_of_a_page_never_read() -> None:
    assert look(replace(NEW, hints={"title": "Вода"}), page(403)).capture is not None
    assert look(replace(NEW, hints={"language": "ru"}), page(403)).capture is None
