"""Section and front pages: which links lead to articles, what is learnt, and what hostile pages may cost."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from front_pages import PAGES, FrontPage, blog, buttons, cards, government
from hypothesis import given
from hypothesis import strategies as st

from crawlers.reading.parse import NotAFeed
from crawlers.reading.sections import link_targets
from crawlers.reading.sections.address_shapes import learn_shapes, read_shape
from crawlers.reading.sections.anchors import MAX_ANCHORS
from crawlers.reading.sections.section import ArticleLink, article_links, rate_links, read_section
from db.net.urls import canonical_url

HOST = "https://steppe.example"


def links(html: str, **named: object) -> tuple[ArticleLink, ...]:
    return article_links(f"<html><body>{html}</body></html>".encode(), url=f"{HOST}/", **named)  # type: ignore[arg-type]


def paths(html: str, **named: object) -> list[str]:
    return [link.url.removeprefix(HOST) for link in links(html, **named)]


def found(page: FrontPage) -> set[str]:
    return {link.canonical_url for link in article_links(page.body, url=page.url, content_type=page.content_type)}


@pytest.mark.parametrize("make", PAGES, ids=lambda make: make.__name__)
def test_exactly_the_articles_of_an_invented_page_are_found(make: Callable[[], FrontPage]) -> None:
    page = make()
    assert found(page) == {canonical_url(address) for address in page.articles}


def test_headline_and_date_come_along() -> None:
    page = blog()
    first = article_links(page.body, url=page.url)[0]
    assert first.title == "Border talks resume in the valley after two quiet months"
    assert first.dated is not None
    assert first.dated.at == datetime(2026, 11, 1, 8, tzinfo=UTC)
    assert "words in the address" in first.reason
    assert "article.post-#" in first.place


def test_headline_of_a_card_is_its_heading() -> None:
    page = cards()
    assert article_links(page.body, url=page.url)[0].title == "Алқаптағы шекара келіссөздері үзілістен кейін жалғасты"


def test_headline_beside_its_link_is_found() -> None:
    page = buttons()
    titles = [link.title for link in article_links(page.body, url=page.url)]
    assert titles[0] == "Музокироти марзӣ дар водӣ пас аз танаффус идома ёфт"
    assert len(set(titles)) == len(titles)


def test_dates_in_a_flat_list_belong_to_the_link_after_them_or_before_them() -> None:
    one = '<a href="/news/123{0}">The council of the valley met on day {0}</a>'
    date = '<span class="date">{:02}.11.2026</span>'
    ahead = "".join(date.format(n) + one.format(n) for n in range(10, 14))
    behind = "".join(one.format(n) + date.format(n) for n in range(10, 14))
    for html in (ahead, behind):
        days = [link.dated.at.day for link in links(f"<div><div><div>{html}</div></div></div>") if link.dated]
        assert days == [10, 11, 12, 13]


def test_order_of_the_page_is_kept_and_each_address_comes_once() -> None:
    html = "".join(
        f'<a href="/news/{n}?utm_source=top"><img></a>'
        f'<h3><a href="/news/{n}#a">Shepherds of the upper valley ask for {n}</a></h3>'
        for n in (70002, 70001, 70003)
    )
    assert [link.canonical_url for link in links(html)] == [
        canonical_url(f"{HOST}/news/{n}") for n in (70002, 70001, 70003)
    ]


@pytest.mark.parametrize(
    "address",
    [
        "/",
        "/tag/water-and-energy-in-the-valley",
        "/author/a-writer-with-a-very-long-name",
        "/page/2/",
        "/news?page=12345",
        "/2026/11/",
        "/login?next=/news/12345/long-slug-of-an-article",
        "/upload/2026/11/29/report-on-the-state-of-the-valley.pdf",
        "/img/2026/11/29/12345.jpg",
        "https://other.example/2026/11/29/a-story-of-the-valley-12345",
        "https://facebook.com/sharer/sharer.php?u=https://steppe.example/",
        "mailto:someone@steppe.example?subject=a-long-subject-of-the-mail-12345",
        "javascript:open('/news/12345-a-long-slug-of-words')",
        "#a-long-slug-of-words-12345",
        "/cat/politics/",
        "/category/ceremonies-and-very-long-names",
        "/news?post=ef782fa2-a71a-4db0-9238-97e434e4ddd3",
        "https://jobs.steppe.example/job/head-of-the-office-in-the-valley-4711",
        "/privacy-policy",
        "/contacts",
        "//[broken",
        "/author.php?id=471100",
        "/topic/?id=471100",
        "/reporters/author-jane-valley-4711.html",
        "/profile-671/jane-valley.html",
        "/sponsored-content/how-to-insure-a-herd-against-the-snow",
    ],
)
def test_what_is_no_article_is_left_out(address: str) -> None:
    assert paths(f'<div><a href="{address}">A long line of words that reads like a headline</a></div>') == []


@pytest.mark.parametrize(
    "address",
    [
        "/2026/11/29/council-of-the-valley-meets-again",
        "/news/council-of-the-valley-meets-again-12345.html",
        "/ru/news/12345",
        "/index.php?newsid=12345",
        "/новости/совет-долины-снова-собрался",
        "/%D0%BD%D0%BE%D0%B2%D0%BE%D1%81%D1%82%D0%B8/%D1%81%D0%BE%D0%B2%D0%B5%D1%82-%D0%B4%D0%BE%D0%BB%D0%B8%D0%BD%D1%8B-%D1%81%D0%BE%D0%B1%D1%80%D0%B0%D0%BB%D1%81%D1%8F",
        "/n1/2026/1129/c1001-40223222.html",
        "/cat/politics/council-of-the-valley-meets-again/",
        "/newsA.php?st=1764400000",
        "/a/33199999.html",
        "/news--2026-11-29--council-of-the-valley-12345",
        "/archive.php?article_id=2900",
        "/oz/lists/view/7890",
        "//steppe.example/a/65fa0c1d2e3f4a5b6c7d8091",
        "https://www.steppe.example/story/12345",
    ],
)
def test_articles_of_an_unknown_outlet_are_found(address: str) -> None:
    html = f'<div><h3><a href="{address}">Council of the valley meets again after a year</a></h3></div>'
    assert len(links(html)) == 1


def test_an_outlet_on_a_host_with_the_name_of_a_service_is_one() -> None:
    html = b'<h3><a href="/news/12345">Council of the valley meets again after a year</a></h3>'
    for host in ("radio.example", "media.steppe.example"):
        assert len(article_links(html, url=f"https://{host}/")) == 1


def test_base_of_the_page_is_followed() -> None:
    html = f'<base href="{HOST}/ky/"><h2><a href="kabar/12345">Council of the valley meets again today</a></h2>'
    assert links(html)[0].url == f"{HOST}/ky/kabar/12345"


def test_what_an_outlet_taught_decides_over_general_signs() -> None:
    html = "".join(f'<p><a href="/oi/{name}">{name}</a></p>' for name in ("togai", "arna", "saz"))
    html += "".join(
        f'<p><a href="/guide/how-to-reach-the-{n}-valley">How to reach the {n} valley</a></p>' for n in "abc"
    )
    assert paths(html) == [f"/guide/how-to-reach-the-{n}-valley" for n in "abc"]
    known = learn_shapes(
        [f"{HOST}/oi/{name}" for name in ("bulaq", "tau", "kol", "qum", "jar", "sai")],
        [f"{HOST}/guide/how-to-leave-the-{n}-valley" for n in "defghi"],
    )
    assert paths(html, known=known) == ["/oi/togai", "/oi/arna", "/oi/saz"]


def test_known_addresses_are_known() -> None:
    html = '<p><a href="/x">x</a></p><p><a href="/news/12345">Council of the valley meets again today</a></p>'
    assert paths(html, known=learn_shapes([f"{HOST}/x"], [f"{HOST}/news/12345"])) == ["/x"]


def test_unusable_and_contrary_lessons_are_harmless() -> None:
    known = learn_shapes(["", "no address", "urn:a:b", f"{HOST}/a"], [f"{HOST}/a", "http://[::1"])
    assert known.articles == {canonical_url(f"{HOST}/a")}
    assert known.others == frozenset()


def test_pattern_decides_alone() -> None:
    html = '<p><a href="/x/1">x</a><a href="/news/12345-a-long-slug-of-words">Council of the valley meets again</a></p>'
    html += '<a href="/новости/а">а</a><a href="/i.php?id=7">seven</a><a href="https://other.example/x/1">x</a>'
    assert paths(html, pattern="/x/*") == ["/x/1"]
    assert paths(html, pattern="/новости/*") == ["/новости/а"]
    assert paths(html, pattern="/i.php?id=*") == ["/i.php?id=7"]
    assert paths(html, pattern="/[0-9]") == []


def test_section_is_read_as_a_feed() -> None:
    page = government()
    feed = read_section(page.body, url=page.url, content_type=page.content_type)
    assert feed.kind == "section"
    assert feed.entries[0].title == "Border talks resume in the valley after two quiet months"
    assert feed.entries[0].published_at == datetime(2026, 11, 20, tzinfo=UTC)
    assert feed.entries[0].published_as == "2026-11-20"


def test_an_article_is_the_same_entry_however_the_page_spells_its_address() -> None:
    names = set()
    for way in ("/news/12345?utm_source=top", "https://www.steppe.example/news/12345#a", "/news/12345/?fbclid=x7"):
        html = f'<h3><a href="{way}">Council of the valley meets again after a year</a></h3>'.encode()
        names.add(read_section(html, url=HOST).entries[0].guid)
    assert names == {canonical_url(f"{HOST}/news/12345")}


@pytest.mark.parametrize("body", [b"", b"\x00\x01", b"<html></html>", b"just words", b'{"a": 1}', b"<rss/>"])
def test_page_without_articles_is_no_section(body: bytes) -> None:
    with pytest.raises(NotAFeed, match="no link"):
        read_section(body, url=HOST)


HOSTILE = {
    "deep": b"<div>" * 200_000 + b'<a href="/news/12345-some-long-slug-of-words">x</a>',
    "many links": b"".join(
        b'<a href="/news/%d-a-long-slug-of-words">A headline of five words here</a>' % n for n in range(40_000)
    ),
    "one address": b'<a href="/news/12345">A headline of five words here</a>' * 40_000,
    "unclosed": b'<a href="/news/12345" title="' + b"a" * 1_000_000,
    "long address": b'<a href="/' + b"a-" * 500_000 + b'">A headline of five words here</a>',
    "dates": b'<div><div><div><span class="date">29.11.2026</span>' * 20_000,
    "many dates in a link": b'<a href="/n">' + b"<time>29.11.2026</time>" * 50_000,
    "classes": b'<i class="' + b"nav-" * 100_000 + b'"><a href="/news/12345">A headline of five words here</a></i>',
    "words": b"<h2>" + b"word " * 400_000 + b'<a href="/news/12345">' + b"word " * 400_000,
    "queries": b"".join(b'<a href="/?a%d=1">A headline of five words here</a>' % n for n in range(20_000)),
}


@pytest.mark.slow
@pytest.mark.parametrize("body", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_page_is_read_within_its_bounds(body: bytes) -> None:
    rated = rate_links(body, url=f"{HOST}/", known=learn_shapes([f"{HOST}/news/1"]), pattern=None)
    assert len(rated) <= link_targets.MAX_LINKS < MAX_ANCHORS
    assert all(len(link.title or "") <= 300 and len(link.url) <= 2_100 for link in rated)


def test_shape_of_an_address_is_the_same_for_its_likes() -> None:
    one, other = (
        read_shape(f"{HOST}/news/2026/11/29/a-b-cd-ef-gh/"),
        read_shape(f"{HOST}/news/2025/01/02/xy-zz-ab-cd-ef"),
    )
    assert one.grains() == other.grains()
    assert one.grains() != read_shape(f"{HOST}/tag/2026/11/29/a-b-cd-ef-gh").grains()


def test_challenge_in_place_of_a_section_is_told() -> None:
    with pytest.raises(NotAFeed, match="tests whether a person asks"):
        read_section(b"<html><title>Just a moment...</title><body>wait</body></html>", url=HOST)


PIECES = st.sampled_from(
    [
        "<a href=", "<a href='", "'>", ">", "</a>", "<div class='date'>", "</div>", "29.11.2026", "<h3>", "</h3>",
        "/news/1",
        "http://[", "//", "?id=7&id=8", "#", "%", "%FF%FE", "\x00", "\ud800", "новости", "<base href='",
        "<time datetime='",
        "A headline of some five words", "http://steppe.example:99999/a", "https://steppe.example/news/12345",
        "<script>",
        "<!--", "<![CDATA[", "&#0;", "&#x110000;", "../../..", "\\", "xn--", "٣٤٥", "²", "𝟛𝟜",
    ]
)  # fmt: skip


@given(st.lists(PIECES, max_size=40), st.sampled_from([None, "/news/*", "*", "[", "/[!a", "?" * 50]))
def test_any_page_is_read(pieces: list[str], pattern: str | None) -> None:
    body = "".join(pieces).encode("utf-8", "surrogatepass")
    for link in rate_links(body, url=f"{HOST}/news/", known=learn_shapes(pieces, pieces[::2]), pattern=pattern):
        assert link.canonical_url == canonical_url(link.canonical_url)
        assert link.title is None or link.title.strip()


@given(st.binary(max_size=300))
def test_any_bytes_are_read(body: bytes) -> None:
    assert rate_links(b'<a href="/news/12345">' + body, url=f"{HOST}/") is not None


TITLES = ("Water talks", "A new bridge", "Drills end", "Who pays?", "Snow again", "Two votes", "Gas and bread")
DATED = (
    "<li><time datetime='2026-01-{0}'>{0} January</time> <a href='{1}'>{2}</a></li>",
    "<div class=item><span class=date>{0}.01.2026</span><a class=title href='{1}'>{2}</a></div>",
    "<div class=item><h3><a href='{1}'>{2}</a></h3><span class=date>{0}.01.2026</span></div>",
)


@pytest.mark.parametrize("item", DATED)
@pytest.mark.parametrize("folder", ["/articles", "/news", "/en/post", "/politics"])
def test_short_headlines_in_a_list_with_dates_are_articles(item: str, folder: str) -> None:
    wanted = [f"{folder}/{title.lower().replace(' ', '-').strip('?')}" for title in TITLES]
    rows = "".join(item.format(10 + n, path, TITLES[n]) for n, path in enumerate(wanted))
    menu = "".join(f"<a href='/{word}/'>{word.title()}</a>" for word in ("politics", "economy", "contact", "culture"))
    assert paths(f"<nav>{menu}</nav><main>{rows}</main>") == wanted


def test_counts_of_comments_and_sections_beside_dates_are_none() -> None:
    rows = "".join(
        f"<div class=item><h3><a href='/news/2026-{n}-talks-in-the-valley'>Talks in the valley go on, day {n}</a></h3>"
        f"<p class=meta><a href='/discuss/47{n}'>{n} comments</a> <a href='/section{n % 3}'>Valley</a>"
        f"<time>2026-01-{n}</time></p></div>"
        for n in range(10, 20)
    )
    assert {path.split("/")[1] for path in paths(rows)} == {"news"}


def test_parts_of_an_article_and_the_page_in_another_view_are_none() -> None:
    whole = "/news/live/talks-in-the-valley-go-on-1234567"
    parts = "".join(
        f"<h3><a href='{whole}/entry{n}'>An envoy arrives at the pass at {n} hours</a></h3>" for n in range(10, 30)
    )
    html = f"<h2><a href='{whole}'>Talks in the valley go on: as it happens</a></h2>{parts}"
    assert paths(html) == [whole]
    views = "".join(
        f"<a href='{whole}?view={view}'>The page as a {view} with pictures</a>" for view in ("list", "grid")
    )
    for page in (parts, views):
        body = f"<html><body>{page}</body></html>".encode()
        assert article_links(body, url=f"{HOST}{whole}") == ()


def test_pages_about_the_outlet_that_are_filed_like_articles_are_none() -> None:
    menu = "".join(
        f"<li><a href='/{slug}'>{title}</a></li>"
        for slug, title in (
            ("how-to-use-our-rss-feeds-1234567", "RSS"),
            ("the-valley-newsletter-for-your-mornings-1234568", "By mail"),
        )
    )
    story = (
        "<h2><a href='/rss-feeds-are-read-by-shepherds-1234569'>RSS feeds are read by shepherds, a study finds</a></h2>"
    )
    assert paths(f"<ul>{menu}</ul>{story}") == ["/rss-feeds-are-read-by-shepherds-1234569"]
