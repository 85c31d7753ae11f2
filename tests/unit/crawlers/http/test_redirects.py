"""Where a Location leads, however it is written, and which pages only send on."""

from __future__ import annotations

import pytest
from scrapy.http import Request, Response
from scrapy.utils.test import get_crawler

from crawlers.http.redirects import Redirects, Refreshes, find_refresh, resolve_target
from crawlers.http.results import RequestBlocked

BASE = "https://a.kz/news/1"
WORDS = b"<p>The ministers met at the pass and agreed on joint patrols in spring.</p>" * 40


@pytest.mark.parametrize(
    ("location", "target"),
    [
        (b"/2", "https://a.kz/2"),
        (b"2", "https://a.kz/news/2"),
        (b"../2", "https://a.kz/2"),
        (b"?page=2", "https://a.kz/news/1?page=2"),
        (b"", "https://a.kz/news/1"),
        (b"//b.kz/2", "https://b.kz/2"),
        (b"\\\\b.kz\\2", "https://b.kz/2"),
        (b"HTTP://B.kz/2", "http://b.kz/2"),
        (b" https://b.kz/2\t", "https://b.kz/2"),
        (b"https://b.kz/a b", "https://b.kz/a%20b"),
        (b"https://b.kz/a%20b%2Fc", "https://b.kz/a%20b%2Fc"),
        (b"https://b.kz/100%", "https://b.kz/100%"),
        ("/жаңалық".encode(), "https://a.kz/%D0%B6%D0%B0%D2%A3%D0%B0%D0%BB%D1%8B%D2%9B"),
        ("/новости".encode("cp1251"), "https://a.kz/%ED%EE%E2%EE%F1%F2%E8"),
        ("новости?q=мир".encode("cp1251"), "https://a.kz/news/%ED%EE%E2%EE%F1%F2%E8?q=%EC%E8%F0"),
        ("https://b.kz/né".encode("latin-1"), "https://b.kz/n%E9"),
        ("https://b.kz/новости?q=мир".encode(), "https://b.kz/%D0%BD%D0%BE%D0%B2%D0%BE%D1%81%D1%82%D0%B8?q=%D0%BC%D0%B8%D1%80"),
        ("https://қазақстан.kz/1".encode(), "https://xn--80aaa0a6awh12ed.kz/1"),
        ("//газета.kz/мир".encode("cp1251"), "https://xn--80aahjj1e.kz/%EC%E8%F0"),
        (b"https://b.kz/#!/2", "https://b.kz/#!/2"),
        (b"mailto:editor@a.kz", "mailto:editor@a.kz"),
    ],
)  # fmt: skip
def test_a_location_leads_where_a_browser_would_go(location: bytes, target: str) -> None:
    assert resolve_target(BASE, location) == target


@pytest.mark.parametrize("location", [b"https://[b/2", b"https://b.kz:port/", b"//b.kz:999999/"])
def test_what_is_no_address_is_said(location: bytes) -> None:
    with pytest.raises(ValueError, match=r"IPv6|[Pp]ort"):
        resolve_target(BASE, location)
    response = Response(BASE, status=302, headers={"Location": location})
    with pytest.raises(RequestBlocked, match="which is no address"):
        redirects(Redirects).process_response(Request(BASE), response)


def redirects(kind: type[Redirects]) -> Redirects:
    return kind.from_crawler(get_crawler(settings_dict={"REDIRECT_MAX_TIMES": 2}))


def page(head: bytes, body: bytes = b"", url: str = BASE, **headers: str) -> Response:
    return Response(url, body=b"<html><head>" + head + b"</head><body>" + body + b"</body></html>", headers=headers)


def refresh(content: bytes) -> bytes:
    return b'<meta http-equiv=refresh content="' + content + b'">'


@pytest.mark.parametrize(
    ("response", "target"),
    [
        pytest.param(page(refresh(b"0; url=https://b.kz/2")), "https://b.kz/2", id="at once"),
        pytest.param(page(refresh(b"0;URL='/2?a=1&amp;b=2'")), "https://a.kz/2?a=1&b=2", id="relative, quoted"),
        pytest.param(page(refresh("0; url=/мир".encode("cp1251"))), "https://a.kz/%EC%E8%F0", id="bytes of cp1251"),
        pytest.param(page(b"<base href=https://b.kz/>" + refresh(b"0; url=2")), "https://b.kz/2", id="a base"),
        pytest.param(page(refresh(b"0; url=https://b.kz/2"), WORDS), "https://b.kz/2", id="at once, with words"),
        pytest.param(page(refresh(b"5; url=https://b.kz/2"), b"You are sent on"), "https://b.kz/2", id="soon, few"),
        pytest.param(page(refresh(b"5; url=https://b.kz/2"), WORDS), None, id="soon, with words"),
        pytest.param(page(refresh(b"300; url=https://b.kz/2")), None, id="late"),
        pytest.param(page(refresh(b"300")), None, id="reloads"),
        pytest.param(page(b"<!--" + refresh(b"0; url=https://b.kz/2") + b"-->"), None, id="in a comment"),
        pytest.param(page(b"<!--[if lt IE 9]>" + refresh(b"0; url=/ie") + b"<![endif]-->"), None, id="for the old"),
        pytest.param(page(b"<noscript>" + refresh(b"0; url=/noscript") + b"</noscript>"), None, id="no scripts"),
        pytest.param(page(b"<noscript>" + refresh(b"0; url=https://b.kz/2") + b"</noscript>", WORDS), None,
                     id="no scripts, with words"),
        pytest.param(page(b"<noscript>" + refresh(b"0; url=https://b.kz/2") + b"</noscript><title>b.kz/2</title>"),
                     "https://b.kz/2", id="a shortener"),
        pytest.param(page(b"<script>location.replace(\"https:\\/\\/b.kz\\/2\")</script>"),
                     "https://b.kz/2", id="a script"),
        pytest.param(page(b"<script>window.location.href = 'https://b.kz/2';</script>"),
                     "https://b.kz/2", id="a script, ="),
        pytest.param(page(b"<script>if (location == 'https://b.kz/2') go()</script>"), None, id="a question"),
        pytest.param(page(b"<script>location='https://www.a.kz/2'</script>"), None, id="a script within the site"),
        pytest.param(page(b"<script>location='https://b.kz/2'</script>", WORDS), None, id="a script, with words"),
        pytest.param(page(b"", WORDS, Refresh="0; url=https://b.kz/2"), "https://b.kz/2", id="a header"),
        pytest.param(page(b"", b"", Refresh="3;/2"), "https://a.kz/2", id="a header, relative"),
        pytest.param(page(b"", WORDS, Refresh="600"), None, id="a header that reloads"),
        pytest.param(page(b"", b"", Refresh="0; url=https://[b"), None, id="a header that leads nowhere"),
        pytest.param(Response(BASE, body=b"<rss><item><![CDATA[" + refresh(b"0; url=/2") + b"]]></item></rss>"), None,
                     id="in a feed"),
        pytest.param(Response(BASE, body=b""), None, id="nothing"),
    ],
)  # fmt: skip
def test_a_page_that_only_sends_on_is_a_redirect(response: Response, target: str | None) -> None:
    assert find_refresh(response) == target


def test_a_refresh_counts_as_a_redirect() -> None:
    middleware, request = redirects(Refreshes), Request("https://a.kz/0")
    for hop in (1, 2):
        following = middleware.process_response(request, page(refresh(b"0; url=/%d" % hop), url=request.url))
        assert isinstance(following, Request)
        request = following
    assert request.url == "https://a.kz/2"
    assert request.meta["redirect_urls"] == ["https://a.kz/0", "https://a.kz/1"]
    with pytest.raises(RequestBlocked, match=r"too many redirects \(more than 2\)"):
        middleware.process_response(request, page(refresh(b"0; url=/3"), url=request.url))


@pytest.mark.parametrize(("headers", "is_followed"), [({}, False), ({"Set-Cookie": "seen=1"}, True)])
def test_a_page_that_reloads_itself_is_a_page_unless_it_sets_a_cookie(
    headers: dict[str, str], is_followed: bool
) -> None:
    result = redirects(Refreshes).process_response(Request(BASE), page(refresh(b"0; url=/news/1"), **headers))
    assert isinstance(result, Request) == is_followed


@pytest.mark.parametrize(("status", "meta"), [(404, {}), (200, {"is_robots_txt": True})])
def test_only_a_page_that_was_found_sends_on(status: int, meta: dict[str, bool]) -> None:
    response = page(refresh(b"0; url=/2")).replace(status=status)
    assert redirects(Refreshes).process_response(Request(BASE, meta=meta), response) is response


def test_a_refresh_to_what_is_no_web_address_is_not_followed() -> None:
    response = page(refresh(b"0; url=javascript:alert(1)"))
    result = redirects(Refreshes).process_response(Request(BASE), response)
    assert isinstance(result, Response)
