"""The canonical URL: one spelling for one page."""

from __future__ import annotations

from urllib.parse import quote_from_bytes, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.provisional import urls

from db.urls import MAX_LENGTH, canonical_url, host_of, registrable_domain, text_urn


@pytest.mark.parametrize(
    ("spelling", "canonical"),
    [
        pytest.param("HTTPS://Example.KZ", "https://example.kz/", id="host case, empty path"),
        pytest.param("http://example.kz:80/a", "https://example.kz/a", id="http, default port"),
        pytest.param("http://example.kz:8080/a", "http://example.kz:8080/a", id="another port"),
        pytest.param("https://user:word@example.kz/a", "https://example.kz/a", id="user name"),
        pytest.param("https://24.kg/a.html", "https://24.kg/a.html", id="digits are a name, not a prefix"),
        pytest.param("https://a.kz/Path/CASE", "https://a.kz/Path/CASE", id="case of the path stays"),
        pytest.param("https://a.kz/x?utm_source=tg&id=7", "https://a.kz/x?id=7", id="tracking"),
        pytest.param("https://a.kz/?q=", "https://a.kz/?q=", id="blank value stays"),
        pytest.param("https://a.kz/?b=2&a=1", "https://a.kz/?a=1&b=2", id="sorted query"),
        pytest.param("https://a.kz/x#part", "https://a.kz/x", id="fragment"),
        pytest.param("https://a.kz/#!/news/17", "https://a.kz/#!/news/17", id="fragment that is a route"),
        pytest.param(
            "https://a.kz/app#/новости",
            "https://a.kz/app#/%D0%BD%D0%BE%D0%B2%D0%BE%D1%81%D1%82%D0%B8",
            id="route in Cyrillic",
        ),
        pytest.param("https://a.kz/x#/", "https://a.kz/x", id="fragment that is a route to nowhere"),
        pytest.param("https://a.kz/?t=%ed%e5", "https://a.kz/?t=%ED%E5", id="windows-1251 in the query"),
        pytest.param("https://a.kz/?%ed=%d0%bd", "https://a.kz/?%ED=%D0%BD", id="two charsets in the query"),
        pytest.param("https://a.kz/?t=a+b", "https://a.kz/?t=a+b", id="a space in the query"),
        pytest.param(
            "https://a.kz/x?from=rss&_openstat=abc&tg_rhash=1f", "https://a.kz/x", id="where a reader came from"
        ),
        pytest.param("https://a.kz/x?ref=newsletter", "https://a.kz/x", id="ref by name"),
        pytest.param(
            "https://a.kz/x?from=20&ref=2022-01-05", "https://a.kz/x?from=20&ref=2022-01-05", id="a place in a list"
        ),
        pytest.param("https://a.kz//x///y/", "https://a.kz/x/y", id="slashes"),
        pytest.param("https://a.kz/news/index.html", "https://a.kz/news", id="index page"),
        pytest.param("https://a.kz/новости", "https://a.kz/%D0%BD%D0%BE%D0%B2%D0%BE%D1%81%D1%82%D0%B8", id="Cyrillic"),
        pytest.param("https://a.kz/%d0%bd", "https://a.kz/%D0%BD", id="case of escapes"),
        pytest.param("https://a.kz/%CD%EE", "https://a.kz/%CD%EE", id="escapes of an old charset"),
        pytest.param("https://а.рф/x", "https://xn--80a.xn--p1ai/x", id="name in Cyrillic"),
        pytest.param(" https://a.kz/a\n", "https://a.kz/a", id="white space around"),
        pytest.param("urn:steppewatch:text:abc", "urn:steppewatch:text:abc", id="text without address"),
    ],
)
def test_canonical_url(spelling: str, canonical: str) -> None:
    assert canonical_url(spelling) == canonical


@given(st.binary(min_size=1, max_size=20), st.binary(min_size=1, max_size=20))
def test_queries_of_different_bytes_are_different_pages(one: bytes, other: bytes) -> None:
    spelled = [f"https://a.kz/?t={quote_from_bytes(value)}" for value in (one, other)]
    addresses = [canonical_url(spelling) for spelling in spelled]
    assert (addresses[0] == addresses[1]) == (one == other)
    assert [canonical_url(address) for address in addresses] == addresses


@pytest.mark.parametrize(
    "spelling",
    [
        "",
        "a.kz/x",
        "ftp://a.kz/x",
        "javascript:alert(1)",
        "https://",
        "https://a..kz/",
        "https://a.kz:99999/",
        "https://[::1/",
        "https://a.kz/" + "x" * MAX_LENGTH,
        "https://" + "a" * 300 + ".kz/",
    ],
)
def test_what_is_no_web_address_is_refused_with_a_reason(spelling: str) -> None:
    with pytest.raises(ValueError, match="address"):
        canonical_url(spelling)


def has_a_name_that_fits(url: str) -> bool:
    """Return whether a name server could know the host: the strategy draws names of up to 255 characters."""
    return len(urlsplit(url).hostname or "") <= 253


@given(urls().filter(has_a_name_that_fits))
def test_the_canonical_spelling_is_stable(url: str) -> None:
    once = canonical_url(url)
    assert canonical_url(once) == once


@given(st.text(max_size=200))
def test_any_path_has_one_stable_spelling(path: str) -> None:
    try:
        once = canonical_url(f"https://a.kz/{path}")
    except ValueError:
        return
    assert canonical_url(once) == once


@pytest.mark.parametrize(
    ("host", "domain"),
    [("news.example.co.uk", "example.co.uk"), ("24.kg", "24.kg"), ("ru.sputnik.kz", "sputnik.kz"), ("localhost",) * 2],
)
def test_registrable_domain(host: str, domain: str) -> None:
    assert registrable_domain(host) == domain


def test_host_of_forgives_anything() -> None:
    assert [host_of(url) for url in ("https://www.A.kz/x", "no address", "https://[broken")] == ["a.kz", "", ""]


def test_equal_words_have_one_address_whatever_their_white_space() -> None:
    assert text_urn("A title", "one  two\n") == text_urn("A title", "one two")
    assert text_urn("A title", "one two") != text_urn("A title", "one three")
