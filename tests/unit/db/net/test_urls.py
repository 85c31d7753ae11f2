"""The canonical URL: one spelling for one page."""

from __future__ import annotations

import base64
from contextlib import suppress
from urllib.parse import quote, quote_from_bytes, urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.provisional import urls

from db.net.tracking import OURS, REGISTRY
from db.net.urls import MAX_LENGTH, canonical_url, read_host, registrable_domain, text_urn, unwrapped


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
        pytest.param(
            "https://a.kz/x?id=1&amp;amp;page=2", "https://a.kz/x?id=1&page=2", id="an ampersand escaped twice"
        ),
        pytest.param("https://a.kz/x;jsessionid=0A1B?id=7", "https://a.kz/x?id=7", id="a session in the path"),
        pytest.param("https://a.kz/n/index.php/index.html", "https://a.kz/n", id="index of an index"),
        pytest.param("https://a.kz/%69ndex.html", "https://a.kz/", id="index page with an escape"),
    ],
)
def test_canonical_url(spelling: str, canonical: str) -> None:
    assert canonical_url(spelling) == canonical


ARTICLE = "https://outlet.kz/news/17"


@pytest.mark.parametrize(
    "spelling",
    [
        "http://www.outlet.kz/news/17",
        "https://m.outlet.kz/news/17/",
        "https://mobile.outlet.kz/news/17",
        "https://amp.outlet.kz/news/17",
        "https://www.m.outlet.kz/news/17",
        "https://M.Outlet.kz./news/17",
        "https://outlet.kz/news/17/amp",
        "https://outlet.kz/news/17/amp/",
        "https://outlet.kz/news/17/AMP/",
        "https://outlet.kz/amp/news/17",
        "https://outlet.kz/news/amp/17",
        "https://outlet.kz/news/17.amp",
        "https://outlet.kz/news/17/amphtml/",
        "https://outlet.kz/news/17/%61mp",
        "https://outlet.kz/news/17?amp=1",
        "https://outlet.kz/news/17?amp",
        "https://outlet.kz/news/17?output=amp",
        "https://outlet.kz/news/17?outputType=AMP&utm_source=x",
        "https://m.outlet.kz/news/17/amp/?amp=1#comments",
        "https://outlet.kz/news/17?source=telegram&erid=2VtzqvK",
        "https://outlet.kz/news/17?via=rss_main&fbclid=IwAR0&ysclid=l9",
        "https://outlet.kz/news/17?utm-source=tg&PHPSESSID=77&si=Ab3x",
    ],
)
def test_forms_of_an_article_have_its_address(spelling: str) -> None:
    assert canonical_url(spelling) == ARTICLE


@pytest.mark.parametrize(
    ("spelling", "canonical"),
    [
        ("https://outlet.kz/news/17.amp.html", "https://outlet.kz/news/17.html"),
        ("https://outlet.kz/news/17.html/amp", "https://outlet.kz/news/17.html"),
        ("https://outlet.kz/news/17.html.amp", "https://outlet.kz/news/17.html"),
        ("https://ru.m.outlet.kz/news/17", "https://ru.outlet.kz/news/17"),
        ("https://m.outlet.co.uk/a", "https://outlet.co.uk/a"),
        ("https://m.газета.рф/a", "https://xn--80aahjj1e.xn--p1ai/a"),
        ("https://www.m24.ru/a", "https://m24.ru/a"),
        ("https://m.24.kg/a", "https://24.kg/a"),
        ("https://www.gov.kz/a", "https://gov.kz/a"),
        ("https://www.outlet.example:8080/a", "https://outlet.example:8080/a"),
    ],
)
def test_forms_of_other_addresses(spelling: str, canonical: str) -> None:
    assert canonical_url(spelling) == canonical


@pytest.mark.parametrize(
    "address",
    [
        *("https://24.kg/a", "https://m24.ru/a", "https://www24.kz/a", "https://amp.kz/a", "https://m.kz/a"),
        *(
            "https://www.kz/a",
            "https://mobile.uz/a",
            "https://m.localhost/a",
            "https://amp.co.uk/a",
            "https://m.gov.kz/a",
        ),
        *("https://news.outlet.kz/a", "https://mm.outlet.kz/a", "https://amplify.outlet.kz/a", "https://10.0.0.1/a"),
        *(
            "https://a.kz/amp",
            "https://a.kz/amplifier/1",
            "https://a.kz/1-amp",
            "https://a.kz/camp/1",
            "https://a.kz/m/1",
        ),
        *("https://a.kz/?q=amp", "https://a.kz/?output=json", "https://a.kz/?type=news", "https://a.kz/?p=1"),
    ],
)
def test_what_only_looks_like_a_form_stays(address: str) -> None:
    assert canonical_url(address) == address


@pytest.mark.parametrize("name", sorted(REGISTRY | OURS))
def test_names_of_the_list_choose_nothing(name: str) -> None:
    assert canonical_url(f"{ARTICLE}?{quote(name)}=x&id=7") == f"{ARTICLE}?id=7"
    assert canonical_url(f"{ARTICLE}?{quote(name.upper())}=Ab_9x") == ARTICLE


@pytest.mark.parametrize(
    "query",
    [
        *(
            "id=7",
            "p=12",
            "page=2",
            "article=9",
            "news_id=5",
            "n=1",
            "t=x",
            "lang=kk",
            "section=politics",
            "date=2022-01-05",
        ),
        *("from=almaty&to=osh", "from=2022-01-05", "ref=17", "si=17", "campid=3", "nw=4", "cmp=12", "source=kabar"),
        *("source=tass&story=5", "via=osh", "origin=12", "medium=video", "type=opinion", "view=full", "share_id=4"),
        *("from=%D0%9E%D1%88", "tag=amp", "q=utm_source", "sid=44", "s=csto", "cat=fbclid", "channel=2"),
    ],
)
def test_parameters_that_choose_content_stay(query: str) -> None:
    assert canonical_url(f"{ARTICLE}?{query}") == f"{ARTICLE}?{'&'.join(sorted(query.split('&')))}"


INSIDE = "https://www.outlet.kz/news/17?id=7&utm_source=x"
QUOTED = quote(INSIDE, safe="")
TOKEN = base64.urlsafe_b64encode(b'\x08\x13"\x2f' + INSIDE.encode() + b"\xd2\x01\x00").decode()


@pytest.mark.parametrize(
    "wrapper",
    [
        f"https://www.google.com/url?rct=j&sa=t&url={QUOTED}&ct=ga&cd=CAEY&usg=AOv",
        f"https://www.google.kz/url?q={QUOTED}&sa=D",
        f"https://news.google.com/news/url?sa=t&fd=R&url={QUOTED}",
        f"https://news.google.com/rss/articles/{TOKEN}?oc=5",
        f"https://www.google.com/url?url={quote(QUOTED)}",
        "https://www.google.com/amp/s/www.outlet.kz/news/17/amp%3Fid=7".replace("%3F", "?"),
        f"https://l.facebook.com/l.php?u={QUOTED}&h=AT0",
        f"http://lm.facebook.com/l.php?u={QUOTED}",
        f"https://www.facebook.com/sharer/sharer.php?u={QUOTED}",
        f"https://l.instagram.com/?u={QUOTED}&e=AT1",
        f"https://t.me/iv?url={QUOTED}&rhash=0a1b",
        f"https://t.me/share/url?url={QUOTED}",
        f"https://vk.com/away.php?to={QUOTED}&cc_key=",
        f"https://m.vk.com/away?to={QUOTED}",
        f"https://ok.ru/dk?st.cmd=outLinkWarning&st.rfn={QUOTED}",
        f"https://clck.yandex.ru/redir/dtype=stred/pid=1/*{INSIDE}",
        f"http://clck.yandex.ru/redir/AiuY/*{QUOTED}",
        f"https://yandex.ru/clck/jsredir?from=yandex.ru&url={QUOTED}&state=1",
        f"https://sba.yandex.net/redirect?url={QUOTED}&client=znatoki",
        "https://yandex.kz/turbo/outlet.kz/s/news/17?id=7",
        "https://yandex.ru/turbo/s/outlet.kz/news/17?id=7",
        "https://outlet-kz.turbopages.org/outlet.kz/s/news/17?id=7",
        f"https://yandex.ru/turbo?text={QUOTED}",
        "https://outlet-kz.cdn.ampproject.org/c/s/outlet.kz/news/17/amp?id=7&usqp=mq331",
        f"https://www.bing.com/news/apiclick.aspx?ref=FexRss&aid=&tid=1&url={QUOTED}&c=1",
        f"https://duckduckgo.com/l/?uddg={QUOTED}&rut=1",
        f"https://r.search.yahoo.com/_ylt=A0/RV=2/RE=16/RO=10/RU={QUOTED}/RK=2/RS=x-",
        f"https://www.linkedin.com/safety/go?url={QUOTED}",
        f"https://www.youtube.com/redirect?event=video&q={QUOTED}",
        f"https://out.reddit.com/t3_1?url={QUOTED}&token=AQ",
        f"https://eur02.safelinks.protection.outlook.com/?url={QUOTED}&data=05",
        f"https://href.li/?{INSIDE}",
        f"https://outlet.kz/redirect?URL={QUOTED}",
        f"https://t.me/iv?url={quote(f'https://www.google.com/url?url={QUOTED}', safe='')}",
    ],
)
def test_an_address_that_wraps_another_is_that_one(wrapper: str) -> None:
    assert canonical_url(wrapper) == f"{ARTICLE}?id=7"
    assert canonical_url(unwrapped(wrapper)) == f"{ARTICLE}?id=7"
    assert read_host(unwrapped(wrapper)) == "outlet.kz"


@pytest.mark.parametrize(
    "address",
    [
        f"https://outlet.kz/search?q={QUOTED}",
        f"https://outlet.kz/news/17?url={QUOTED}",
        "https://www.google.com/url?url=%2Fnews%2F17",
        "https://vk.com/away.php?to=javascript:alert(1)",
        "https://t.me/iv?url=ftp://a.kz/x",
        "https://l.facebook.com/l.php?u=https://",
        "https://l.facebook.com/l.php?u=https://localhost/x",
        "https://t.me/iv?url=https://a..kz/",
        "https://t.me/iv?url=https://a.kz:99999/",
        "https://news.google.com/rss/articles/CBMiAAAAAAAAAAAAAAAAAAAAAAAA",
        "https://yandex.ru/turbo/about",
    ],
)
def test_what_wraps_nothing_stands_for_itself(address: str) -> None:
    assert read_host(canonical_url(address)) == read_host(address)
    assert unwrapped(address) == address


def test_addresses_inside_one_another_end_somewhere() -> None:
    address = ARTICLE
    for _ in range(3):
        address = f"https://t.me/iv?url={quote(address, safe='')}"
    assert canonical_url(address) == ARTICLE
    too_deep = f"https://t.me/iv?url={quote(address, safe='')}"
    with pytest.raises(ValueError, match="inside more than 3"):
        canonical_url(too_deep)
    assert unwrapped(too_deep) == too_deep


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


PIECES = st.sampled_from(
    """
    https:// http:// www. m. amp. mobile. outlet.kz outlet.co.uk google.com t.me clck.yandex.ru turbopages.org href.li
    / // /amp /amp/ .amp .html /index.html /%61mp %2F %CF \udce4
    /url /iv /s/ /turbo /RU= *https:/ ? & ; = ?url= &u= ?to= # #!/ amp;
    output=amp from= to= si= 17 ;jsessionid= https%3A%2F%2F https%253A%252F%252F x.kz : :80 @ [ ] .. %00 + \u202e é /CBM
    """.split(" ")  # noqa: SIM905
)


@pytest.mark.slow
@given(st.lists(PIECES | st.text(max_size=5), max_size=12).map("".join))
@settings(max_examples=1_000)
def test_any_address_has_one_stable_spelling_or_none(rest: str) -> None:
    for url in (rest, f"https://outlet.kz/{rest}", f"https://t.me/iv?url=https://{rest}"):
        try:
            once = canonical_url(url)
        except ValueError:
            assert unwrapped(url) == url
            continue
        assert canonical_url(once) == once
        assert canonical_url(unwrapped(url)) == once


@pytest.mark.parametrize(
    "piece",
    [
        "/amp.amp",
        "/index.html",
        "/x.amp/amp",
        ";sid=1",
        "&amp;",
        "?url=https://t.me/iv",
        "%25",
        "//",
        ".",
        "[",
        "*https:/",
    ],
)
def test_long_addresses_are_read_or_refused(piece: str) -> None:
    for url in (f"https://clck.outlet.kz/{piece * 1_900}", f"https://{piece * 1_900}.kz/", piece * 100_000):
        with suppress(ValueError):
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
    assert [read_host(url) for url in ("https://www.A.kz/x", "no address", "https://[broken")] == ["a.kz", "", ""]


def test_equal_words_have_one_address_whatever_their_white_space() -> None:
    assert text_urn("A title", "one  two\n") == text_urn("A title", "one two")
    assert text_urn("A title", "one two") != text_urn("A title", "one three")
