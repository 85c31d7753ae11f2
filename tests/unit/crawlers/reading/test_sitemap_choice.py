"""The choice of children and entries of sitemaps."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawlers.reading.parse import FeedEntry
from crawlers.reading.sitemaps.choice import (
    FIRST_POLL_MAX,
    MAX_CHILDREN,
    POLL_MAX,
    EntriesChoice,
    choose_children,
    choose_entries,
    find_period,
)
from crawlers.reading.sitemaps.sitemap import SitemapChild

HOST = "https://steppe.example"
NOW = datetime(2026, 11, 5, 12, tzinfo=UTC)


def child(name: str, days_ago: float | None = None) -> SitemapChild:
    return SitemapChild(f"{HOST}/{name}", None if days_ago is None else NOW - timedelta(days=days_ago))


def follow(*children: SitemapChild, known: list[str] | None = None) -> list[str]:
    choice = choose_children(children, now=NOW, known=[f"{HOST}/{name}" for name in known or []])
    return [one.url.removeprefix(f"{HOST}/") for one in choice.follow]


def entry(number: int, days_ago: float | None = None, *, published: float | None = None) -> FeedEntry:
    return FeedEntry(
        url=f"{HOST}/{number}",
        guid=None,
        title=None,
        author=None,
        published_at=None if published is None else NOW - timedelta(days=published),
        updated_at=None if days_ago is None else NOW - timedelta(days=days_ago),
        summary=None,
        content=None,
    )


def test_children_changed_in_the_window_are_followed() -> None:
    assert follow(child("a.xml", 1), child("b.xml", 6.9), child("c.xml", 7.1), child("d.xml", 900)) == [
        "a.xml",
        "b.xml",
    ]


def test_of_an_outlet_that_was_silent_the_two_newest_are_followed() -> None:
    assert follow(child("a.xml", 90), child("b.xml", 30), child("c.xml", 60)) == ["b.xml", "c.xml"]


@pytest.mark.parametrize(
    "names",
    [
        ("sitemap-2026-11.xml", "sitemap-2026-10.xml", "sitemap-2026-09.xml"),
        ("2026/11/map.xml", "2026/10/map.xml", "2025/11/map.xml"),
        ("map_202611.xml.gz", "map_202610.xml.gz", "map_202511.xml.gz"),
        ("m?yyyy=2026&mm=11", "m?yyyy=2026&mm=10", "m?yyyy=2026&mm=9"),
    ],
)
def test_a_month_in_the_name_tells_what_is_in_it(names: tuple[str, str, str]) -> None:
    this_month, last_month, old = names
    assert follow(child(old), child(last_month), child(this_month)) == [this_month, last_month]
    everything_changed = [child(name, 0) for name in names]
    assert follow(*everything_changed, child("map-2019-01.xml", 0), child("map-2019-02.xml", 0))[:2] == [
        this_month,
        last_month,
    ]


def test_years_and_days_in_names() -> None:
    assert follow(child("map-2025.xml"), child("map-2026.xml"), child("map-2024.xml")) == ["map-2026.xml"]
    assert follow(child("day-2026-11-04.xml"), child("day-2026-10-01.xml"), child("day-2026-10-02.xml")) == [
        "day-2026-11-04.xml"
    ]


def test_numbers_of_files_are_no_years() -> None:
    names = [f"map-{number}.xml" for number in range(1_990, 3_001)]
    assert follow(*map(child, names)) == ["map-3000.xml", "map-1990.xml"]


def test_a_recent_change_is_believed_against_a_name_if_it_is_the_exception() -> None:
    assert follow(child("2019/05/map.xml", 0), child("2019/06/other.xml", 90)) == ["2019/05/map.xml"]


def test_of_children_without_dates_both_ends_are_followed_or_the_known_ones() -> None:
    names = [f"map{number}.xml" for number in range(1, 31)]
    assert follow(*map(child, names)) == ["map30.xml", "map1.xml"]
    assert follow(*map(child, names), known=["map7.xml"]) == ["map7.xml", "map30.xml"]
    assert follow(child("a.xml"), child("b.xml"), child("c.xml")) == ["a.xml", "c.xml"]


def test_lists_of_tags_and_pictures_are_left_out_unless_there_is_nothing_else() -> None:
    wordpress = ["post-sitemap.xml", "category-sitemap.xml", "post_tag-sitemap.xml", "author-sitemap.xml"]
    assert follow(*(child(name, 0) for name in wordpress)) == ["post-sitemap.xml"]
    assert follow(child("category-sitemap.xml", 0)) == ["category-sitemap.xml"]


def test_news_come_first_and_their_number_is_bounded() -> None:
    many = [child(f"posts{number}.xml", 0) for number in range(1, 100)]
    chosen = follow(*many, child("google-news.xml", 3))
    assert len(chosen) == MAX_CHILDREN
    assert chosen[:2] == ["google-news.xml", "posts99.xml"]
    assert follow(*many, known=["posts5.xml"])[0] == "posts5.xml"


def test_known_children_are_over_when_dropped_or_old() -> None:
    known = [f"{HOST}/{name}" for name in ("old-2026-09.xml", "gone.xml", "new-2026-11.xml")]
    children = [child("old-2026-09.xml"), child("new-2026-11.xml"), child("new-2026-10.xml")]
    assert choose_children(children, now=NOW, known=known).over == (
        (f"{HOST}/gone.xml", "its index names it no more"),
        (f"{HOST}/old-2026-09.xml", "holds nothing of the last 7 days"),
    )
    assert [url for url, _ in choose_children(children, now=NOW, known=known, is_whole=False).over] == [
        f"{HOST}/old-2026-09.xml"
    ]


def test_hostile_names_do_no_harm() -> None:
    names = ["20261399.xml", "9" * 1_500 + ".xml", "m?y=0&mm=99", "m?" + "a&" * 100, "2026-02-31.xml", "[::1"]
    assert len(follow(*(child(name) for name in names))) <= MAX_CHILDREN


@given(
    st.lists(
        st.builds(child, st.from_regex(r"[a-z]{0,4}[0-9]{0,6}\.xml", fullmatch=True), st.none() | st.floats(0, 99))
    )
)
def test_choices_are_bounded_and_stable(children: list[SitemapChild]) -> None:
    choice = choose_children(children, now=NOW)
    assert len(choice.follow) <= MAX_CHILDREN
    assert set(choice.follow) <= set(children)
    assert bool(choice.follow) == bool(children)
    again = choose_children(children, now=NOW, known=[one.url for one in choice.follow])
    assert {one.url for one in again.follow} == {one.url for one in choice.follow}


@pytest.mark.parametrize(
    ("name", "period"),
    [
        ("a-2024-02.xml", ((2024, 2, 1), (2024, 3, 1))),
        ("a-2024-12.xml", ((2024, 12, 1), (2025, 1, 1))),
        ("a-2024-01-01_2024-03-31.xml", ((2024, 1, 1), (2024, 4, 1))),
        ("m?date=2024-02-29", ((2024, 2, 29), (2024, 3, 1))),
        ("m?ver=20240229", None),
        ("a-1.xml", None),
    ],
)
def test_periods_in_names(name: str, period: tuple[tuple[int, int, int], tuple[int, int, int]] | None) -> None:
    expected = period and tuple(datetime(*day, tzinfo=UTC) for day in period)
    assert find_period(f"{HOST}/{name}") == expected


def test_entries_of_the_window_are_chosen_newest_first() -> None:
    entries = [entry(1, 8), entry(2, 3), entry(3, 900, published=1), entry(4, 0.5, published=300), entry(5, 7.5)]
    choice = choose_entries(entries, now=NOW, is_first=False)
    assert [one.url for one in choice.chosen] == [f"{HOST}/4", f"{HOST}/3", f"{HOST}/2"]
    assert choice.are_dated


def test_a_first_poll_takes_the_newest_only() -> None:
    entries = [entry(number, number / 1_000) for number in range(1_000)]
    first = choose_entries(entries, now=NOW, is_first=True)
    assert [one.url for one in first.chosen] == [f"{HOST}/{number}" for number in range(FIRST_POLL_MAX)]
    assert len(choose_entries(entries, now=NOW, is_first=False).chosen) == POLL_MAX


def test_entries_without_dates_are_taken_if_few_or_fresh() -> None:
    few = [entry(number) for number in range(50)]
    assert choose_entries(few, now=NOW, is_first=True).chosen == tuple(few)
    many = [entry(number) for number in range(5_000)]
    assert choose_entries(many, now=NOW, is_first=True) == EntriesChoice((), are_dated=False)
    fresh = choose_entries(many, now=NOW, is_first=False, fresh={f"{HOST}/17", f"{HOST}/23"})
    assert [one.url for one in fresh.chosen] == [f"{HOST}/17", f"{HOST}/23"]


def test_dates_that_are_the_same_everywhere_say_nothing() -> None:
    lying = [entry(number, 0) for number in range(5_000)]
    assert choose_entries(lying, now=NOW, is_first=False, fresh={f"{HOST}/4999"}).chosen == (lying[4999],)


def test_dates_ahead_are_none() -> None:
    assert choose_entries([entry(1, -400)], now=NOW, is_first=True).chosen == (entry(1, -400),)
