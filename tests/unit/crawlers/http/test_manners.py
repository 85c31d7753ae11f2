"""Distances between requests, robots.txt, outages, and the words for what goes wrong."""

from __future__ import annotations

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadTimeoutError,
    IgnoreRequest,
)
from scrapy.http import Request, Response
from scrapy.utils.test import get_crawler

from crawlers.hosts.delays import HostDelays
from crawlers.hosts.outage import Outage
from crawlers.http.middlewares import GuardMiddleware
from crawlers.http.redirects import Redirects
from crawlers.http.results import (
    FetchFailure,
    FetchResult,
    RequestBlocked,
    describe_failure,
    describe_status,
    from_response,
)
from crawlers.http.robots_rules import KEEP_S, LruCache, RuleBook, read_robots
from crawlers.jobs.schedule import pages_at_once


def test_a_host_has_one_piece_of_work_at_a_time_and_rests_after_each_answer() -> None:
    hosts = HostDelays(5.0)
    hosts.begin("a.kz")
    assert hosts.busy_hosts(0.0) == {"a.kz"}
    hosts.answered("a.kz", 1.0)
    hosts.end("a.kz")
    assert hosts.busy_hosts(5.9) == {"a.kz"}
    assert hosts.remaining_delay_s("a.kz", 5.5) == 0.5
    assert hosts.busy_hosts(6.1) == set()
    assert hosts.remaining_delay_s("b.kz", 0.0) <= 0


def test_work_without_a_request_costs_no_rest() -> None:
    hosts = HostDelays(5.0)
    hosts.begin("a.kz")
    hosts.end("a.kz")
    assert hosts.busy_hosts(0.0) == set()


@pytest.mark.parametrize(
    ("wish", "kept"),
    [(1.0, 5.0), (20.0, 20.0), (600.0, 60.0)],
    ids=["shorter than ours", "longer", "absurd"],
)
def test_the_distance_that_robots_txt_asks_for_is_kept_within_reason(wish: float, kept: float) -> None:
    hosts = HostDelays(5.0)
    hosts.slow_down("a.kz", wish)
    assert hosts.delay_s("a.kz") == kept
    assert hosts.delay_s("b.kz") == 5.0


def test_three_hosts_in_a_row_without_an_answer_are_an_outage_of_ours() -> None:
    outage: Outage[str] = Outage()
    assert outage.unreachable("a.kz", "poll a", used_to_answer=True) == []
    assert outage.unreachable("a.kz", "poll a again", used_to_answer=True) == []
    assert outage.unreachable("b.kz", "poll b", used_to_answer=True) == []
    assert outage.unreachable("c.kz", "poll c", used_to_answer=True) == ["poll a", "poll a again", "poll b", "poll c"]
    assert outage.is_down
    assert outage.hosts == ("a.kz", "b.kz", "c.kz")
    assert outage.unreachable("d.kz", "poll d", used_to_answer=True) == []


def test_one_answer_ends_an_outage_and_every_suspicion() -> None:
    outage: Outage[str] = Outage()
    for host in ("a.kz", "b.kz"):
        outage.unreachable(host, host, used_to_answer=True)
    assert not outage.answered()
    for host in ("c.kz", "d.kz"):
        assert outage.unreachable(host, host, used_to_answer=True) == []
    assert outage.unreachable("e.kz", "e.kz", used_to_answer=True)
    assert outage.answered()
    assert not outage.is_down


def test_hosts_that_never_answered_are_no_outage_once_anybody_did() -> None:
    outage: Outage[str] = Outage()
    outage.answered()
    for number in range(50):
        assert outage.unreachable(f"{number}.kz", "a link", used_to_answer=False) == []
    assert not outage.is_down
    for host in ("a.kz", "b.kz"):
        assert outage.unreachable(host, host, used_to_answer=True) == []
    assert outage.unreachable("c.kz", "c.kz", used_to_answer=True) == ["a.kz", "b.kz", "c.kz"]


@pytest.mark.parametrize(
    ("status", "body", "may"),
    [
        pytest.param(200, b"User-agent: *\nDisallow: /secret", {"/a": True, "/secret/x": False}, id="rules"),
        pytest.param(200, b"User-agent: Steppewatch\nDisallow: /", {"/a": False}, id="rules for us"),
        pytest.param(200, b"User-agent: watch\nDisallow: /", {"/a": True}, id="rules for another"),
        pytest.param(200, b"\xff\xfe\x00 nonsense", {"/a": True}, id="nonsense"),
        pytest.param(404, b"User-agent: *\nDisallow: /", {"/a": True}, id="there is none"),
        pytest.param(403, b"", {"/a": True}, id="not for us"),
    ],
)
def test_robots_txt(status: int, body: bytes, may: dict[str, bool]) -> None:
    rules = read_robots(FetchResult(url="https://a.kz/robots.txt", status=status, body=body), now=10.0)
    robots = asyncio.run(RuleBook().parsed("https://a.kz", rules))
    assert {path: robots.can_fetch(f"https://a.kz{path}", "Steppewatch") for path in may} == may
    assert (rules.until, rules.read_at) == (10.0 + KEEP_S, 10.0)


@pytest.mark.parametrize(
    ("now", "newer_than_s", "hold"),
    [(11.0, None, True), (10.0 + KEEP_S, None, False), (20.0, 15.0, True), (20.0, 10.0, False), (20.0, 0.5, False)],
)
def test_what_robots_txt_refused_is_judged_by_rules_that_are_newer(
    now: float, newer_than_s: float | None, hold: bool
) -> None:
    assert read_robots(FetchResult(url="u", status=200), now=10.0).hold(now, newer_than_s) == hold


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_robots_txt_that_cannot_be_had_forbids_for_the_time_being(status: int) -> None:
    rules = read_robots(FetchResult(url="u", status=status), now=0.0)
    assert rules.trouble is not None
    assert rules.trouble.reason == f"robots.txt cannot be had: the server answered {status}"
    assert not rules.trouble.is_final
    assert 0 < rules.until < KEEP_S


@given(st.lists(st.tuples(st.sampled_from("abcdef"), st.integers(0, 60))))
def test_of_what_is_kept_by_weight_the_newest_stays(puts: list[tuple[str, int]]) -> None:
    newest: LruCache[int] = LruCache(100)
    for place, (name, weight) in enumerate(puts):
        newest.put(name, place, weight)
    last = {name: (place, weight) for place, (name, weight) in enumerate(puts)}
    by_age = sorted(last, key=lambda name: last[name][0], reverse=True)
    found = [newest.get(name) is not None for name in by_age]
    stay = sum(found)
    assert found == [True] * stay + [False] * (len(found) - stay)
    assert sum(last[name][1] for name in by_age[:stay]) <= 100
    assert not puts or stay > 0


def test_what_is_asked_for_is_forgotten_last() -> None:
    newest: LruCache[str] = LruCache(2)
    newest.put("a", "first", 1)
    newest.put("b", "second", 1)
    assert newest.get("a") == "first"
    newest.put("c", "third", 1)
    assert [newest.get(name) for name in "abc"] == ["first", None, "third"]


@pytest.mark.slow
def test_rules_that_are_parsed_no_more_are_parsed_again() -> None:
    book = RuleBook()
    filler = b"".join(b"Disallow: /%d\n" % number for number in range(30_000))[:500_000]
    sites = [f"https://{number}.kz" for number in range(5)]
    for number, site in enumerate(sites):
        body = b"User-agent: *\nDisallow: /own%d\n" % number + filler
        book.keep(site, read_robots(FetchResult(url=site, status=200, body=body), now=1.0))

    async def answers() -> list[bool]:
        return [
            (await book.parsed(site, rules)).can_fetch(f"{site}/own{number}", "Steppewatch")
            for _ in range(2)
            for site in sites
            if (rules := book.rules(site))
            for number in range(2)
        ]

    once = [number != place for place in range(5) for number in range(2)]
    assert asyncio.run(answers()) == once * 2


def test_a_host_that_was_not_reached_is_asked_for_robots_txt_again_at_once() -> None:
    rules = read_robots(
        FetchResult(url="u", status=0, trouble=FetchFailure("unreachable", "no", is_network=True)), now=7.0
    )
    assert rules.until == 7.0
    assert rules.trouble is not None
    assert rules.trouble.is_network


@pytest.mark.parametrize(
    ("error", "kind", "reason", "is_network"),
    [
        pytest.param(DownloadTimeoutError("x"), "timed out", "timed out after 30 s", True, id="time"),
        pytest.param(CannotResolveHostError("x"), "unreachable", "the name a.kz is not known", True, id="name"),
        pytest.param(
            DownloadConnectionRefusedError("x"), "unreachable", "a.kz refused the connection", True, id="refused"
        ),
        pytest.param(DownloadCancelledError("x"), "too large", "larger than 10 MB", False, id="size"),
        pytest.param(
            IgnoreRequest("… exceeded DOWNLOAD_MAXSIZE (1 B) during decompression."),
            "too large",
            "larger than 10 MB after decompression",
            False,
            id="bomb",
        ),
        pytest.param(
            RequestBlocked(FetchFailure("robots", "robots.txt forbids it")),
            "robots",
            "robots.txt forbids it",
            False,
            id="ours",
        ),
        pytest.param(RuntimeError(), "broken", "the response could not be read: RuntimeError", False, id="unknown"),
    ],
)
def test_troubles_have_words(error: Exception, kind: str, reason: str, is_network: bool) -> None:
    trouble = describe_failure(error, "https://a.kz/x", timeout_s=30, max_bytes=10_000_000)
    assert (trouble.kind, trouble.reason, trouble.is_network) == (kind, reason, is_network)


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (200, None),
        (304, None),
        (204, "empty"),
        (302, "redirects"),
        (404, "missing"),
        (410, "missing"),
        (403, "forbidden"),
        (429, "throttled"),
        (500, "server error"),
        (999, "server error"),
    ],
)
def test_statuses(status: int, kind: str | None) -> None:
    trouble = describe_status(status)
    assert (trouble and trouble.kind) == kind


def test_headers_are_taken_only_if_they_can_be_stored_and_sent_back() -> None:
    response = Response(
        "https://a.kz/",
        headers={"ETag": b'"1"', "Last-Modified": b"x" * 2_000, "Content-Type": b"text/\x00html", "Set-Cookie": b"no"},
    )
    assert from_response(response).headers == {"etag": '"1"', "content-type": "text/html"}


class Alone(Redirects):
    """Redirects without the running engine that the referer is asked of."""

    def handle_referer(self, request: Request, response: Response) -> None:
        pass


def redirects(limit: int = 5) -> Redirects:
    return Alone.from_crawler(get_crawler(settings_dict={"REDIRECT_MAX_TIMES": limit}))


def moved(to: str) -> Response:
    return Response("https://a.kz/", status=302, headers={"Location": to})


def test_a_redirect_is_followed() -> None:
    second = redirects().process_response(Request("https://a.kz/1"), moved("/2"))
    assert isinstance(second, Request)
    assert second.url == "https://a.kz/2"


def test_a_chain_without_end_is_cut() -> None:
    middleware, request = redirects(limit=2), Request("https://a.kz/0")
    for hop in (1, 2):
        following = middleware.process_response(request, moved(f"/{hop}"))
        assert isinstance(following, Request)
        request = following
    with pytest.raises(RequestBlocked, match=r"too many redirects \(more than 2\)"):
        middleware.process_response(request, moved("/3"))


def test_every_hop_waits_in_the_queue_of_its_own_host() -> None:
    guard = GuardMiddleware(frozenset())
    request = Request("https://www.b.kz/", meta={"download_slot": "a.kz"})
    guard.process_request(request)
    assert request.meta["download_slot"] == "b.kz"


def test_a_hop_to_a_private_address_goes_no_further() -> None:
    with pytest.raises(RequestBlocked, match=r"refused: link-local address 169\.254\.169\.254"):
        GuardMiddleware(frozenset()).process_request(Request("http://169.254.169.254/latest/meta-data"))


@pytest.mark.parametrize(("requests", "pages"), [(1, 1), (2, 1), (3, 2), (4, 3), (32, 24), (512, 384)])
def test_some_requests_are_kept_for_feeds(requests: int, pages: int) -> None:
    assert pages_at_once(requests) == pages
