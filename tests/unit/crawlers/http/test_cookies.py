"""Cookies: sent back to whom they came from, in a jar for each outlet, for a while."""

from __future__ import annotations

import pytest
from scrapy.http import Request, Response

from crawlers.http.cookies import JAR, KEEP_S, CookieMiddleware, Jars, is_public_suffix
from crawlers.http.results import RequestBlocked


def ask(cookies: CookieMiddleware, url: str, jar: str | None = "courier") -> str | None:
    request = Request(url, meta={} if jar is None else {JAR: jar})
    cookies.process_request(request)
    sent = request.headers.get("Cookie")
    return sent.decode() if sent else None


def answer(
    cookies: CookieMiddleware, url: str, *set_cookie: str, jar: str | None = "courier", status: int = 200
) -> None:
    request = Request(url, meta={} if jar is None else {JAR: jar})
    response = Response(url, status=status, headers={"Set-Cookie": list(set_cookie)})
    cookies.process_response(request, response)


def test_what_a_server_sets_comes_back_to_it() -> None:
    cookies = CookieMiddleware()
    assert ask(cookies, "https://courier.kz/a") is None
    answer(cookies, "https://courier.kz/a", "seen=1; Path=/", "tok=x", status=302)
    assert ask(cookies, "https://courier.kz/b") == "seen=1; tok=x"


@pytest.mark.parametrize(
    ("set_by", "cookie", "asked", "comes_back"),
    [
        ("https://a.kz/", "s=1", "https://a.kz/x", True),
        ("https://a.kz/", "s=1", "https://www.a.kz/", False),
        ("https://www.a.kz/", "s=1; Domain=a.kz", "https://a.kz/", True),
        ("https://www.a.kz/", "s=1; Domain=.a.kz", "https://m.a.kz/", True),
        ("https://a.kz/", "s=1; Domain=b.kz", "https://b.kz/", False),
        ("https://a.kz/", "s=1; Domain=kz", "https://b.kz/", False),
        ("https://a.co.uk/", "s=1; Domain=co.uk", "https://b.co.uk/", False),
        ("https://a.gov.kz/", "s=1; Domain=.gov.kz", "https://b.gov.kz/", False),
        ("https://a.blogspot.com/", "s=1; Domain=blogspot.com", "https://b.blogspot.com/", False),
        ("https://a.kz/", "s=1; Secure", "http://a.kz/", False),
        ("https://a.kz/", "s=1; Path=/news", "https://a.kz/", False),
        ("https://a.kz/", "s=1; Max-Age=0", "https://a.kz/", False),
        ("https://a.kz/", "s=1; Expires=Thu, 01 Jan 1970 00:00:00 GMT", "https://a.kz/", False),
        ("http://127.0.0.1:8080/", "s=1; Path=/", "http://127.0.0.1:8080/x", True),
        ("http://localhost/", "s=1", "http://localhost/x", True),
        ("https://a.kz/", "s=ә", "https://a.kz/", False),
        ("https://a.kz/", "nonsense", "https://a.kz/", True),
        ("https://a.kz/", "", "https://a.kz/", False),
        ("https://a.kz/", f"s={'x' * 5_000}", "https://a.kz/", False),
    ],
)  # fmt: skip
def test_a_cookie_comes_back_only_where_it_may(set_by: str, cookie: str, asked: str, comes_back: bool) -> None:
    cookies = CookieMiddleware()
    answer(cookies, set_by, cookie)
    assert (ask(cookies, asked) is not None) == comes_back


def test_outlets_share_no_jar_and_without_a_jar_there_are_no_cookies() -> None:
    cookies = CookieMiddleware()
    answer(cookies, "https://a.kz/", "s=1", jar="courier")
    answer(cookies, "https://a.kz/", "t=1", jar=None)
    assert ask(cookies, "https://a.kz/", jar="herald") is None
    assert ask(cookies, "https://a.kz/", jar=None) is None
    assert ask(cookies, "https://a.kz/", jar="courier") == "s=1"


def test_a_cookie_in_a_request_is_ours_or_none() -> None:
    request = Request("https://b.kz/", headers={"Cookie": "s=of another host"}, meta={JAR: "courier"})
    CookieMiddleware().process_request(request)
    assert "Cookie" not in request.headers


@pytest.mark.parametrize("status", [400, 403, 429, 431])
def test_whom_a_server_turns_away_comes_back_as_a_stranger(status: int) -> None:
    cookies = CookieMiddleware()
    answer(cookies, "https://a.kz/", "articles_read=10")
    answer(cookies, "https://a.kz/", "banned=1", status=status)
    assert ask(cookies, "https://a.kz/") is None


def test_a_jar_is_forgotten_after_a_while() -> None:
    now = [0.0]
    jars, request = Jars(lambda: now[0]), Request("https://a.kz/")
    setting = Response("https://a.kz/", headers={"Set-Cookie": "s=1"})
    jars.take("courier", setting, request)
    now[0] = KEEP_S - 1
    jars.take("courier", setting, request)
    assert jars.find("courier") is not None
    now[0] = KEEP_S
    assert jars.find("courier") is None


def test_jars_and_cookies_are_bounded() -> None:
    jars, request = Jars(), Request("https://a.kz/")
    for outlet in range(600):
        jars.take(str(outlet), Response("https://a.kz/", headers={"Set-Cookie": "s=1"}), request)
    assert jars.find("0") is None
    for turn in range(100):
        several = [f"c{turn}x{n}=1" for n in range(100)]
        jars.take("599", Response("https://a.kz/", headers={"Set-Cookie": several}), request)
    jar = jars.find("599")
    assert jar is not None
    assert 50 < len(jar) <= 71


def test_more_cookies_than_a_server_takes_are_not_sent() -> None:
    cookies = CookieMiddleware()
    answer(cookies, "https://a.kz/", *(f"c{n}={'x' * 4_000}" for n in range(3)))
    assert ask(cookies, "https://a.kz/") is None


def test_the_same_request_again_is_a_loop_unless_a_cookie_was_set() -> None:
    cookies = CookieMiddleware()
    first = Request("https://a.kz/1", meta={JAR: "courier"})
    cookies.process_request(first)
    cookies.process_response(first, Response("https://a.kz/1", status=302, headers={"Set-Cookie": "s=1"}))
    second = first.replace(url="https://a.kz/1")
    cookies.process_request(second)
    assert second.headers.get("Cookie") == b"s=1"
    with pytest.raises(RequestBlocked, match=r"redirect loop at https://a\.kz/1"):
        cookies.process_request(second.replace(url="https://a.kz/1"))


@pytest.mark.parametrize(
    ("domain", "is_public"),
    [("kz", True), ("co.uk", True), ("com.tr", True), ("github.io", True), ("a.kz", False), ("localhost", False),
     ("127.0.0.1", False), ("xn--p1ai", True), ("gov.kz", True)],
)  # fmt: skip
def test_public_suffixes(domain: str, is_public: bool) -> None:
    assert is_public_suffix(domain) == is_public
