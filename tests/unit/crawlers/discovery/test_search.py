"""The course of a search, played through with answers in place of the network. All samples are invented."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

import pytest
from front_pages import blog

from crawlers.discovery.findings import FeedCondition, FoundBy
from crawlers.discovery.search import MAX_REQUESTS, OutletSearch
from crawlers.http.results import FetchFailure, FetchResult
from crawlers.look_up import summarise, to_plain
from db.enums.collection import FeedKind
from db.enums.outcomes import RequestOutcome

HOST = "https://herald.example"
NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)
PAGE = blog().body.replace(b'<a href="/feed/">RSS</a>', b"")


def feed(*numbers: int, day: int = 28, title: str = "The Herald") -> bytes:
    items = "".join(
        f"<item><title>Headline {n}</title><link>{HOST}/a/{n}</link>"
        f"<pubDate>Sat, {day} Nov 2026 10:00:00 GMT</pubDate></item>"
        for n in numbers
    )
    return f"<rss version='2.0'><channel><title>{title}</title><language>en</language>{items}</channel></rss>".encode()


def page(*links: str) -> bytes:
    return PAGE.replace(b"<body", f"<head>{''.join(links)}</head><body".encode(), 1)


def alternate(href: str, title: str = "") -> str:
    return f'<link rel="alternate" type="application/rss+xml" title="{title}" href="{href}">'


def search(
    answers: Mapping[str, bytes | int | FetchResult], url: str = f"{HOST}/"
) -> tuple[OutletSearch, list[list[str]]]:
    """Return an ended search and the paths that it asked for, round by round."""
    course, rounds = OutletSearch(url=url, now=NOW), []
    wanted = course.first()
    while wanted:
        rounds.append([each.removeprefix(HOST) for each in wanted])
        wanted = course.next_round({each: answer(each, answers.get(each.removeprefix(HOST), 404)) for each in wanted})
    return course, rounds


def answer(url: str, given: bytes | int | FetchResult) -> FetchResult:
    if isinstance(given, FetchResult):
        return given
    return (
        FetchResult(url=url, status=given) if isinstance(given, int) else FetchResult(url=url, status=200, body=given)
    )


def test_the_feed_that_the_page_names_ends_the_search() -> None:
    course, rounds = search({"/": page(alternate("/rss.xml", "Herald")), "/rss.xml": feed(1, 2)})
    assert rounds == [["/"], ["/rss.xml"]]
    (best, own_page) = course.found
    assert (best.url, best.title, best.entries, best.language) == (f"{HOST}/rss.xml", "The Herald", 2, "en")
    assert best.newest_at == datetime(2026, 11, 28, 10, tzinfo=UTC)
    assert (best.condition, best.found_by, best.kind) == (FeedCondition.WORKS, FoundBy.ALTERNATE, FeedKind.FEED)
    assert (own_page.kind, own_page.entries) == (FeedKind.SECTION, 12)
    assert summarise(course).recommended == (f"{HOST}/rss.xml",)


def test_an_address_that_is_a_feed_is_taken_as_it_is() -> None:
    course, rounds = search({"/rss.xml": feed(1)}, f"{HOST}/rss.xml")
    assert rounds == [["/rss.xml"]]
    assert [trial.found_by for trial in course.found] == [FoundBy.GIVEN]


def test_feeds_that_list_the_same_are_one_and_comments_are_none_of_ours() -> None:
    names = (
        alternate("/comments/feed", "Comments"),
        alternate("/atom.xml"),
        alternate("/rss.xml"),
        alternate("/en.xml"),
    )
    answers = {
        "/": page(*names),
        "/comments/feed": feed(7, 8),
        "/atom.xml": feed(1, 2),
        "/rss.xml": feed(1, 2),
        "/en.xml": feed(3),
    }
    course, _ = search(answers)
    feeds = [trial.url.removeprefix(HOST) for trial in course.found if trial.kind == FeedKind.FEED]
    assert feeds == ["/atom.xml", "/en.xml", "/comments/feed"]
    assert summarise(course).recommended == (f"{HOST}/atom.xml", f"{HOST}/en.xml")


def test_redirects_to_one_address_are_one() -> None:
    moved = FetchResult(url=f"{HOST}/rss.xml", status=200, body=feed(1))
    course, _ = search({"/": page(alternate("/a.rss"), alternate("/b.rss")), "/a.rss": moved, "/b.rss": moved})
    assert [trial.url for trial in course.found if trial.kind == FeedKind.FEED] == [f"{HOST}/rss.xml"]


def test_a_page_about_feeds_is_read_on() -> None:
    about = b'<html><a href="/xml/all.xml">All news</a><a href="/xml/sport.xml">Sport</a></html>'
    answers = {
        "/": page('<a href="/about-our-rss">RSS</a>'),
        "/about-our-rss": about,
        "/xml/all.xml": feed(1, 2),
        "/xml/sport.xml": feed(3),
    }
    course, rounds = search(answers)
    assert rounds[:2] == [["/"], ["/about-our-rss"]]
    assert {trial.url.removeprefix(HOST) for trial in course.found} == {"/xml/all.xml", "/xml/sport.xml", "/"}


def test_customary_addresses_are_asked_for_a_few_at_a_time() -> None:
    course, rounds = search({"/": PAGE, "/feed.xml": feed(1)})
    assert rounds == [["/"], ["/feed/", "/rss", "/rss.xml"], ["/feed.xml", "/atom.xml", "/index.xml"]]
    assert course.found[0].found_by == FoundBy.CUSTOM


def test_without_a_feed_sitemaps_are_offered_then_the_page() -> None:
    urls = f"<url><loc>{HOST}/2026/11/28/a</loc><lastmod>2026-11-28</lastmod></url>"
    sitemap = f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{urls}</urlset>'.encode()
    course, rounds = search({"/": PAGE, "/robots.txt": b"Sitemap: /news.xml", "/news.xml": sitemap})
    assert [trial.kind for trial in course.found] == [FeedKind.SITEMAP, FeedKind.SECTION]
    assert summarise(course).recommended == (f"{HOST}/news.xml",)
    assert ["/robots.txt"] in rounds
    assert "/news.xml" in rounds[-1]


def test_without_anything_else_the_page_is_a_section() -> None:
    course, rounds = search({"/": PAGE})
    assert [(trial.kind, trial.url) for trial in course.found] == [(FeedKind.SECTION, f"{HOST}/")]
    assert sum(map(len, rounds)) <= MAX_REQUESTS


@pytest.mark.parametrize(
    ("given", "condition", "words"),
    [
        (404, FeedCondition.MISSING, "404"),
        (403, FeedCondition.REFUSED, "does not let us in"),
        (500, FeedCondition.FAILING, "500"),
        (b"", FeedCondition.EMPTY, "empty"),
        (b"<html><title>Just a moment...</title></html>", FeedCondition.OTHER, "protection|tests whether a person"),
        (b"%PDF-1.7 something", FeedCondition.OTHER, "PDF|not a feed|no feed"),
        (
            FetchResult(url=f"{HOST}/", status=403, headers={"cf-mitigated": "challenge"}),
            FeedCondition.OTHER,
            "protection",
        ),
        (
            FetchResult(url=f"{HOST}/", status=0, trouble=FetchFailure(RequestOutcome.ROBOTS, "robots.txt forbids it")),
            FeedCondition.REFUSED,
            "robots",
        ),
    ],
)
def test_what_is_wrong_with_a_page_is_told(
    given: bytes | int | FetchResult, condition: FeedCondition, words: str
) -> None:
    course, _ = search({"/": given})
    assert course.page is not None
    assert course.page.condition == condition
    assert any(word in (course.page.problem or "") for word in words.split("|"))
    assert course.found == ()


def test_an_unreachable_host_is_asked_once() -> None:
    gone = FetchFailure(RequestOutcome.UNREACHABLE, "the name herald.example is not known", is_network=True)
    course, rounds = search({"/": FetchResult(url=f"{HOST}/", status=0, trouble=gone)})
    assert rounds == [["/"]]
    assert course.page is not None
    assert course.page.condition == FeedCondition.FAILING


def test_a_feed_behind_a_closed_front_page_is_found() -> None:
    course, _ = search({"/": 403, "/feed/": feed(1)})
    assert [trial.url for trial in course.found] == [f"{HOST}/feed/"]


def test_stale_and_empty_feeds_are_told_apart() -> None:
    old = feed(1).replace(b"28 Nov 2026", b"28 Mar 2026")
    course, _ = search({"/": page(alternate("/old.xml"), alternate("/none.xml")), "/old.xml": old, "/none.xml": feed()})
    by_path = {trial.url.removeprefix(HOST): trial for trial in course.trials}
    assert (by_path["/old.xml"].condition, by_path["/old.xml"].problem) == (
        FeedCondition.STALE,
        "its newest entry is of 2026-03-28",
    )
    assert by_path["/none.xml"].condition == FeedCondition.EMPTY


def test_a_hostile_page_costs_a_bounded_number_of_requests() -> None:
    links = "".join(f'<a href="/{n}.rss">RSS</a>' for n in range(3_000))
    _, rounds = search({"/": f"<html><body>{links}</body></html>".encode()})
    assert sum(map(len, rounds)) <= MAX_REQUESTS


def test_result_can_be_told_in_json() -> None:
    course, _ = search({"/": page(alternate("/rss.xml")), "/rss.xml": feed(1)})
    plain = to_plain(summarise(course))
    assert plain["found"][0]["newest_at"] == "2026-11-28T10:00:00+00:00"
    assert plain["found"][0]["kind"] == "feed"
    assert plain["page"]["condition"] == "other"
