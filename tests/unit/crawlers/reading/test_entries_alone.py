"""Entries that have no page of their own. All texts here are invented."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from crawlers.http.results import FetchResult
from crawlers.jobs.stand_ins import captures_of_words
from crawlers.reading.entries import Entries, sort_entries
from crawlers.reading.parse import FeedEntry
from db.collection.pages.entries import EntryIn, FeedText

NOW = datetime(2022, 1, 6, 12, tzinfo=UTC)
FEED = "https://c.example/rss"
LINK = "https://c.example/live"
BLANK = FeedEntry(
    url=None, guid=None, title=None, author=None, published_at=None, updated_at=None, summary=None, content=None
)


def sort(*entries: FeedEntry, feed_url: str = FEED) -> Entries:
    return sort_entries(feed_url, entries, now=NOW)


def said(**what: object) -> FeedEntry:
    return replace(BLANK, **what)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "entry",
    [
        pytest.param(said(guid="7", title="Вода"), id="GUID and title"),
        pytest.param(said(title="Вода"), id="title"),
        pytest.param(said(content="<p>Вода дорожает.</p>"), id="text"),
        pytest.param(said(guid="7", title="Вода", url="javascript:void(0)"), id="a link that is none"),
        pytest.param(said(guid="7", title="Вода", url="https://[::1"), id="a broken link"),
    ],
)
def test_an_entry_without_a_link_is_filed_under_its_own_address(entry: FeedEntry) -> None:
    (alone,) = sort(entry).usable
    assert alone.canonical_url.startswith("urn:steppewatch:entry:")
    assert (alone.url, alone.refusal, bool(alone.trouble)) == (FEED, None, True)
    assert sort(entry).usable == (alone,)
    assert sort(entry, feed_url="https://d.example/rss").usable[0].canonical_url != alone.canonical_url


def test_an_entry_is_the_same_when_its_text_or_headline_is_edited_and_has_a_guid() -> None:
    before, after = said(guid="7", title="Вода", content="a"), said(guid="7", title="Вода и газ", content="b")
    assert sort(before).usable[0].canonical_url == sort(after).usable[0].canonical_url
    assert sort(before).usable[0].feed_hash != sort(after).usable[0].feed_hash


def test_entries_that_say_nothing_are_dropped_by_name() -> None:
    entries = sort(said(guid="7"), said(url="mailto:a@c.example"))
    assert (entries.usable, entries.dropped) == ((), {"duplicate": 0, "no link": 1, "unusable": 1})


def test_the_same_entry_twice_is_a_duplicate() -> None:
    entries = sort(said(guid="7", title="Вода"), said(guid="7", title="Вода"))
    assert (len(entries.usable), entries.dropped["duplicate"]) == (1, 1)


@pytest.mark.parametrize("guids", [("1", "2"), (None, None), ("1", None)])
def test_entries_that_share_a_link_are_articles_of_their_own(guids: tuple[str | None, str | None]) -> None:
    entries = sort(
        said(url=LINK, guid=guids[0], title="Вода"),
        said(url=LINK + "?utm_source=rss", guid=guids[1], title="Газ"),
        said(url="https://c.example/1", title="Вода"),
    )
    assert [(entry.canonical_url[:8], entry.title) for entry in entries.usable] == [
        ("https://", "Вода"),
        ("urn:step", "Вода"),
        ("urn:step", "Газ"),
    ]
    assert {entry.url for entry in entries.usable[1:]} == {LINK, LINK + "?utm_source=rss"}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param(said(guid="7", title="Вода"), said(guid="7", title="Вода, дополнено"), id="one GUID"),
        pytest.param(said(guid="7", title="Вода"), said(guid="8", title="ВОДА "), id="one headline"),
        pytest.param(said(guid="7", title="Вода"), said(title="Вода"), id="a headline without a GUID"),
        pytest.param(said(guid="7", content="<p>x</p>"), said(guid="8", content="<b>x</b>"), id="one text"),
        pytest.param(said(guid="7"), said(guid="8"), id="nothing said"),
    ],
)
def test_what_has_one_link_and_one_name_is_one_page(one: FeedEntry, other: FeedEntry) -> None:
    entries = sort(replace(one, url=LINK), replace(other, url=LINK))
    assert [entry.canonical_url for entry in entries.usable] == [LINK]
    assert entries.dropped["duplicate"] == 1


def test_many_entries_with_one_link_are_sorted_in_no_time() -> None:
    entries = sort(*(said(url=LINK, guid=str(n), title=f"№ {n}") for n in range(10_000)))
    assert len(entries.usable) == 10_000


def told(entry: EntryIn, feed_hash: str | None, unverified: str | None = None) -> FeedText:
    return FeedText(
        page_id=3,
        canonical_url=entry.canonical_url,
        url=entry.url,
        source_id="courier",
        feed_hash=feed_hash,
        unverified=unverified,
    )


POLLED = FetchResult(url=FEED, status=200, body=b"the feed")


def test_its_words_are_captured_once_and_again_when_they_change() -> None:
    (entry,) = sort(said(guid="7", title="Вода", content="<p>Текст.</p>", author="Ann", language="ru")).usable
    by_address = {entry.canonical_url: entry}
    ((capture, _),) = captures_of_words([told(entry, None)], by_address, POLLED, now=NOW)
    assert (capture.page_id, capture.source_id, capture.url, capture.body) == (3, "courier", FEED, b"")
    assert capture.hints == {
        "title": "Вода",
        "author": "Ann",
        "body": "<p>Текст.</p>",
        "language": "ru",
        "page_trouble": "the entry has no link",
    }
    assert captures_of_words([told(entry, entry.feed_hash)], by_address, POLLED, now=NOW) == []
    assert len(captures_of_words([told(entry, "0" * 32)], by_address, POLLED, now=NOW)) == 1


@pytest.mark.parametrize(
    ("answer", "is_given"),
    [
        pytest.param(POLLED, True, id="who can prove it"),
        pytest.param(replace(POLLED, unverified="has expired"), False, id="who still cannot"),
        pytest.param(replace(POLLED, url=FEED.replace("https:", "http:")), False, id="who does not have to"),
    ],
)
def test_words_of_somebody_who_could_not_prove_who_he_is_are_given_again(answer: FetchResult, is_given: bool) -> None:
    (entry,) = sort(said(guid="7", title="Вода", content="<p>Текст.</p>")).usable
    known = told(entry, entry.feed_hash, unverified="has expired")
    assert bool(captures_of_words([known], {entry.canonical_url: entry}, answer, now=NOW)) == is_given
