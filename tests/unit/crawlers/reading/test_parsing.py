"""What becomes of the entries of a feed. All feeds here are invented."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from material import shared

from crawlers.reading.parse import FeedEntry, NotAFeed, ParsedFeed, parse_feed


def rss(items: str, *, encoding: str = "utf-8") -> bytes:
    text = (
        f'<?xml version="1.0" encoding="{encoding}"?><rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/">'
        f"<channel><title>The Steppe Courier</title><link>https://courier.example/</link>{items}</channel></rss>"
    )
    return text.encode(encoding)


def only(feed: ParsedFeed) -> FeedEntry:
    assert len(feed.entries) == 1
    return feed.entries[0]


def test_an_rss_item_becomes_an_entry() -> None:
    feed = parse_feed(
        rss(
            "<item><title>Ministers meet</title><link>https://courier.example/1</link><guid>n-1</guid>"
            "<author>A. Writer</author><pubDate>Thu, 06 Jan 2022 16:00:00 +0600</pubDate>"
            "<description>&lt;p&gt;They met.&lt;/p&gt;</description></item>"
        )
    )
    assert feed.title == "The Steppe Courier"
    assert feed.kind == "rss20"
    assert only(feed) == FeedEntry(
        url="https://courier.example/1",
        guid="n-1",
        title="Ministers meet",
        author="A. Writer",
        published_at=datetime(2022, 1, 6, 10, tzinfo=UTC),
        updated_at=None,
        summary="<p>They met.</p>",
        content=None,
        published_as="2022-01-06T16:00:00+06:00",
    )


def test_an_atom_entry_keeps_publication_and_update_apart() -> None:
    entry = only(
        parse_feed(
            b'<feed xmlns="http://www.w3.org/2005/Atom"><title>A</title><entry><title type="text">1 &lt; 2</title>'
            b'<link rel="self" href="https://a.example/self"/><link href="https://a.example/page"/><id>tag:1</id>'
            b"<author><name>One</name></author><author><name>Two</name></author>"
            b"<published>2022-01-05T23:30:00-01:00</published><updated>2022-01-07T00:00:00Z</updated>"
            b'<content type="html">&lt;b&gt;Bold&lt;/b&gt;</content></entry></feed>'
        )
    )
    assert entry.url == "https://a.example/page"
    assert entry.title == "1 < 2"
    assert entry.author == "One, Two"
    assert entry.published_at == datetime(2022, 1, 6, 0, 30, tzinfo=UTC)
    assert entry.updated_at == datetime(2022, 1, 7, tzinfo=UTC)
    assert entry.content == "<b>Bold</b>"


def test_an_atom_update_is_not_taken_for_the_publication() -> None:
    entry = only(
        parse_feed(
            b'<feed xmlns="http://www.w3.org/2005/Atom"><title>A</title><entry><title>t</title><id>tag:1</id>'
            b"<updated>2022-01-07T00:00:00Z</updated></entry></feed>"
        )
    )
    assert entry.published_at is None
    assert entry.updated_at == datetime(2022, 1, 7, tzinfo=UTC)


def test_a_json_feed_is_read_like_any_other() -> None:
    feed = parse_feed(
        b'{"version": "https://jsonfeed.org/version/1.1", "title": "J", "feed_url": "https://j.example/feed.json",'
        b'"items": [{"id": 7, "url": "/seven", "title": "Seven &amp; more", "authors": [{"name": "Ann"}],'
        b'"date_published": "2022-01-06T10:00:00+05:00", "date_modified": "2022-01-06T10:00:00",'
        b'"content_text": "a < b"}, "not an item", {"id": "last"}]}'
    )
    assert feed.kind == "json11"
    assert [entry.guid for entry in feed.entries] == ["7", None, "last"]
    first = feed.entries[0]
    assert first.url == "https://j.example/seven"
    assert first.title == "Seven & more"  # plain text by the specification, but programs escape it all the same
    assert first.author == "Ann"
    assert first.published_at == datetime(2022, 1, 6, 5, tzinfo=UTC)
    assert first.updated_at == datetime(2022, 1, 6, 10, tzinfo=UTC)
    assert first.content == "a &lt; b"


@pytest.mark.parametrize(
    ("title", "plain"),
    [
        pytest.param("Gas &amp; water", "Gas & water", id="XML escape"),
        pytest.param("Gas &amp;amp; water", "Gas & water", id="escaped twice"),
        pytest.param("&lt;b&gt;Bold&lt;/b&gt; words", "Bold words", id="tags"),
        pytest.param("<![CDATA[<i>Slanted</i> &laquo;quoted&raquo;]]>", "Slanted «quoted»", id="CDATA with entities"),
        pytest.param("two\n   lines", "two lines", id="white space"),
        pytest.param("5 &lt; 6", "5 < 6", id="a lone less-than"),
        pytest.param("Токаев: «всё спокойно»", "Токаев: «всё спокойно»", id="Cyrillic"),
        pytest.param("bell\x07 rings".replace("\x07", "&#7;"), "bell rings", id="control character"),
    ],
)
def test_titles_become_plain_text(title: str, plain: str) -> None:
    assert only(parse_feed(rss(f"<item><title>{title}</title></item>"))).title == plain


def test_relative_links_are_resolved_against_the_address_of_the_feed() -> None:
    feed = parse_feed(rss("<item><link>/news/1</link></item>"), url="https://courier.example/rss/all.xml")
    assert only(feed).url == "https://courier.example/news/1"


def test_a_guid_that_is_an_address_stands_in_for_a_missing_link() -> None:
    assert (
        only(parse_feed(rss("<item><guid>https://courier.example/9</guid></item>"))).url == "https://courier.example/9"
    )


def test_no_entry_is_dropped_and_their_order_is_kept() -> None:
    feed = parse_feed(
        rss(
            "<item><title>a</title><guid>same</guid></item><item><title>b</title><guid>same</guid></item>"
            "<item></item><item><title>d</title><link>https://courier.example/d</link></item>"
        )
    )
    assert [entry.title for entry in feed.entries] == ["a", "b", None, "d"]


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(rss("<item><title>Шёлк</title></item>", encoding="windows-1251"), id="declared windows-1251"),
        pytest.param(rss("<item><title>Шёлк</title></item>", encoding="utf-16"), id="utf-16 with a mark"),
        pytest.param(
            rss("<item><title>Шёлк</title></item>").replace(b'encoding="utf-8"', b'encoding="windows-1251"'),
            id="utf-8 that says windows-1251",
        ),
    ],
)
def test_entries_survive_the_charset(body: bytes) -> None:
    assert len(parse_feed(body).entries) == 1


def test_the_charset_of_the_header_counts() -> None:
    body = rss("<item><title>Шёлк</title></item>", encoding="koi8-r").replace(b' encoding="koi8-r"', b"")
    assert only(parse_feed(body, content_type="application/xml; charset=koi8-r")).title == "Шёлк"


def test_a_feed_that_is_not_well_formed_is_read_and_reported() -> None:
    feed = parse_feed(rss("<item><title>one</title></item><item><title>two & more</title></item>"))
    assert [entry.title for entry in feed.entries] == ["one", "two & more"]
    assert feed.problems[0].startswith("not well-formed: ")


def test_an_empty_feed_is_a_feed() -> None:
    assert parse_feed(rss("")).entries == ()


def test_bodies_can_be_left_out() -> None:
    entry = only(parse_feed(rss("<item><title>t</title><description>long</description></item>"), bodies="none"))
    assert (entry.title, entry.summary, entry.content) == ("t", None, None)


NAMESPACES = 'xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:yandex="http://news.yandex.ru"'


@pytest.mark.parametrize(
    ("inside", "body"),
    [
        pytest.param("<description>&lt;p&gt;x&lt;/p&gt;</description>", "<p>x</p>", id="description"),
        pytest.param("<description><![CDATA[<p>x</p>]]></description>", "<p>x</p>", id="CDATA"),
        pytest.param("<description>&amp;lt;p&amp;gt;x&amp;lt;/p&amp;gt;</description>", "<p>x</p>", id="escaped twice"),
        pytest.param("<description>5 &lt; 6 words</description>", "5 < 6 words", id="a lone less-than"),
        pytest.param(
            "<description>s</description><content:encoded><![CDATA[<p>long</p>]]></content:encoded>",
            "<p>long</p>",
            id="content",
        ),
        pytest.param(
            "<description>s</description><yandex:full-text>Весь текст.</yandex:full-text>",
            "Весь текст.",
            id="for a search engine",
        ),
    ],
)
def test_raw_bodies_are_the_html_of_the_feed(inside: str, body: str) -> None:
    entry = only(parse_feed(rss(f"<item {NAMESPACES}><title>t</title>{inside}</item>"), bodies="raw"))
    assert (entry.content or entry.summary) == body


def test_what_is_declared_plain_is_escaped_unless_it_is_html_all_the_same() -> None:
    feed = parse_feed(
        b'<feed xmlns="http://www.w3.org/2005/Atom"><title>f</title>'
        b'<entry><summary type="text">5 &lt; 6</summary></entry><entry><summary>&lt;p&gt;x&lt;/p&gt;</summary></entry>'
        b"</feed>",
        bodies="raw",
    )
    assert [entry.summary for entry in feed.entries] == ["5 &lt; 6", "<p>x</p>"]


def test_raw_bodies_keep_scripts_and_relative_links_as_they_are() -> None:
    body = '<p>x<a href="/1">y</a><script>z()</script></p>'
    entry = only(parse_feed(rss(f"<item><description><![CDATA[{body}]]></description></item>"), bodies="raw"))
    assert entry.summary == body


@pytest.mark.parametrize(
    ("body", "languages"),
    [
        pytest.param(
            '<rss version="2.0"><channel><language>ru-RU</language><item><title>a</title></item></channel></rss>',
            ["ru-RU"],
            id="channel",
        ),
        pytest.param(
            '<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><language>ru_KZ</language>'
            "<item><title>a</title><dc:language>kk</dc:language></item><item><title>b</title></item></channel></rss>",
            ["kk", "ru-KZ"],
            id="item",
        ),
        pytest.param(
            '<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en"><title>f</title>'
            '<entry xml:lang="kk-Latn"><title>a</title></entry><entry><title>b</title></entry></feed>',
            ["kk-Latn", "en"],
            id="xml:lang",
        ),
        pytest.param(
            '<rss version="2.0"><channel><language>Русский</language><item><title>a</title></item></channel></rss>',
            [None],
            id="no tag",
        ),
        pytest.param(
            '{"version":"https://jsonfeed.org/version/1.1","language":"ky","items":[{"id":1},{"id":2,"language":"ru"}]}',
            ["ky", "ru"],
            id="JSON",
        ),
    ],
)
def test_entries_say_their_language(body: str, languages: list[str | None]) -> None:
    assert [entry.language for entry in parse_feed(body.encode()).entries] == languages


def test_scripts_do_not_come_through() -> None:
    summary = only(
        parse_feed(
            rss("<item><description>&lt;p&gt;x&lt;script&gt;steal()&lt;/script&gt;&lt;/p&gt;</description></item>")
        )
    ).summary
    assert summary == "<p>x</p>"


@pytest.mark.slow
@pytest.mark.parametrize("folder", ["feeds_feedjira_samples", "feeds_rsparser", "feeds_feedparser_tests/illformed"])
def test_no_real_feed_is_lost(folder: str) -> None:
    import io

    import feedparser

    for path in sorted(shared(f"data/{folder}").rglob("*.*")):
        if path.suffix not in (".xml", ".rss", ".atom"):
            continue
        expected = feedparser.parse(io.BytesIO(path.read_bytes()))
        try:
            entries = len(parse_feed(path.read_bytes(), bodies="none").entries)
        except NotAFeed:
            entries = 0
        assert entries == len(expected.entries), path.name
