"""Authors, headlines and links as feeds in the wild spell them. All samples are invented."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from crawlers.reading.entries import sort_entries
from crawlers.reading.parse import Bodies, FeedEntry, ParsedFeed, parse_feed

HOST = "https://c.example"
SPACES = (
    'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd" '
    'xmlns:atom="http://www.w3.org/2005/Atom" xmlns:feedburner="http://rssnamespace.org/feedburner/ext/1.0"'
)


def read(item: str, *, url: str | None = f"{HOST}/rss/all.xml", bodies: Bodies = "raw") -> ParsedFeed:
    channel = f"<channel><title>c</title><item>{item}</item></channel>"
    return parse_feed(f'<rss version="2.0" {SPACES}>{channel}</rss>'.encode(), url=url, bodies=bodies)


def only(item: str, *, url: str | None = f"{HOST}/rss/all.xml") -> FeedEntry:
    (entry,) = read(item, url=url).entries
    return entry


@pytest.mark.parametrize("address", ["ann@c.kz", "ann@c.agency", "a.n-n+x@news.c.international", "ann@c.xn--p1ai",
                                     "анна@газета.рф", "ann@c.museum"])  # fmt: skip
@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("{} (Ann Roe)", "Ann Roe"),
        ("{}(Ann Roe)", "Ann Roe"),
        ("{} (Анна Р.)", "Анна Р."),
        ("{} (Ann (AR) Roe)", "Ann (AR) Roe"),
        ("Ann Roe &lt;{}&gt;", "Ann Roe"),
        ("Ann Roe ({})", "Ann Roe"),
        ("(Ann Roe) {}", "Ann Roe"),
        ("Ann Roe, {}", "Ann Roe"),
        ("<![CDATA[{} (Ann Roe)]]>", "Ann Roe"),
        ("<![CDATA[<a href='mailto:{}'>Ann Roe</a>]]>", "Ann Roe"),
        ("{} (Ann Roe), bob@c.press (Bob)", "Ann Roe, Bob"),
        ("{}", None),
        ("mailto:{}", None),
    ],
)
def test_the_author_is_the_name_beside_the_address(said: str, name: str | None, address: str) -> None:
    author = said.format(address)
    for element in ("author", "dc:creator", "itunes:author"):
        assert only(f"<{element}>{author}</{element}>").author == (name or address)


def test_several_authors_are_all_named() -> None:
    both = "<dc:creator>ann@c.agency (Ann Roe)</dc:creator><dc:creator>Bob Doe</dc:creator>"
    assert only(both).author == "Ann Roe, Bob Doe"
    assert only(f"<author>editor@c.agency</author>{both}").author == "Ann Roe, Bob Doe"
    atom = "<atom:author><atom:name>Ann Roe</atom:name><atom:email>a@c.agency</atom:email></atom:author>"
    assert only(atom).author == "Ann Roe"


def test_an_author_without_end_takes_no_time() -> None:
    assert len(only(f"<author>{'a' * 3_000_000}</author>").author or "") <= 1_000
    assert only(f"<author>{'a.' * 1_000_000}@x (Ann)</author>").author


@pytest.mark.parametrize(
    ("said", "title"),
    [
        ("A &amp;quot;B&amp;quot;", 'A "B"'),
        ("A &amp;amp;quot;B&amp;amp;quot;", 'A "B"'),
        ("<![CDATA[A &amp;quot;B&amp;quot;]]>", 'A "B"'),
        ("<![CDATA[A &quot;B&quot;]]>", 'A "B"'),
        ("A&amp;#39;s and B&amp;#8217;s", "A's and B’s"),
        ("&amp;laquo;Газ&amp;raquo; &amp;mdash; вода", "«Газ» — вода"),
        ("&laquo;Газ&raquo; &mdash; вода", "«Газ» — вода"),
        ("10&nbsp;000 теңге", "10 000 теңге"),
        ("&amp;lt;b&amp;gt;Газ&amp;lt;/b&amp;gt;", "Газ"),
        ("&lt;br/&gt;Газ&lt;br/&gt;вода", "Газ вода"),
        ("&lt;![CDATA[Газ]]&gt;", "Газ"),
        ("<![CDATA[<![CDATA[Газ]]]]><![CDATA[>]]>", "Газ"),
        ("<![CDATA[Газ]]> и <![CDATA[вода]]>", "Газ и вода"),
        ("<![CDATA[<script>x()</script>Газ]]>", "Газ"),
        ("R&amp;D: C++ &lt;T&gt;", "R&D: C++ <T>"),
        ("R&D, AT&T", "R&D, AT&T"),
        ("Цена &copy без точки", "Цена &copy без точки"),
        ("1 &lt; 2 &gt; 0", "1 < 2 > 0"),
        ("<![CDATA[Газ <вода> и нефть]]>", "Газ <вода> и нефть"),
    ],
)
def test_a_headline_is_what_people_read(said: str, title: str) -> None:
    assert only(f"<title>{said}</title>").title == title


def test_a_bare_ampersand_costs_nothing_and_is_said() -> None:
    parsed = read(f"<title>Gas & water</title><link>{HOST}/?p=1&copy=2&reg=3</link><guid><![CDATA[a&b]]></guid>")
    (entry,) = parsed.entries
    assert (entry.title, entry.url, entry.guid) == ("Gas & water", f"{HOST}/?p=1&copy=2&reg=3", "a&b")
    assert parsed.problems == ("not well-formed: 3 times a bare &",)


def test_unclosed_cdata_without_end_takes_no_time() -> None:
    assert read("<title>a & b</title>" + "<![CDATA[" * 500_000).entries


@pytest.mark.parametrize(
    ("said", "url"),
    [
        ("<link> https://c.example/1\n </link>", f"{HOST}/1"),
        ("<link><![CDATA[ https://c.example/1?a=1&b=2 ]]></link>", f"{HOST}/1?a=1&b=2"),
        ("<link>https://c.example/1?a=1&amp;amp;b=2</link>", f"{HOST}/1?a=1&b=2"),
        ("<link>//c.example/1</link>", f"{HOST}/1"),
        ("<link>/1</link>", f"{HOST}/1"),
        ("<link>1</link>", f"{HOST}/rss/1"),
        ("<link>c.example/1</link>", f"{HOST}/1"),
        ("<link>www.c.example/1</link>", "https://www.c.example/1"),
        ("<link>http:/c.example/1</link>", "http://c.example/1"),
        ("<link>http//c.example/1</link>", "http://c.example/1"),
        ("<link>https://https://c.example/1</link>", f"{HOST}/1"),
        ("<link>http/1.html</link>", f"{HOST}/rss/http/1.html"),
        ("<link>https://c.exam\nple/1</link>", f"{HOST}/1"),
        ("<atom:link href='https://c.example/1'/>", f"{HOST}/1"),
        ("<atom:link rel='self' href='https://c.example/self'/><link>https://c.example/1</link>", f"{HOST}/1"),
        ("<link></link><guid isPermaLink='true'>https://c.example/1</guid>", f"{HOST}/1"),
        ("<guid isPermaLink='false'>https://c.example/1</guid>", f"{HOST}/1"),
        ("<guid>/news/1</guid>", f"{HOST}/news/1"),
        ("<guid>1234</guid>", None),
        ("<guid isPermaLink='true'>a-b-c</guid>", None),
        ("<guid isPermaLink='false'>tag:c.example,2022:1</guid>", None),
        ("<link>https://proxy.example/~r/1</link><feedburner:origLink>https://c.example/1</feedburner:origLink>",
         f"{HOST}/1"),
    ],
)  # fmt: skip
def test_a_link_is_the_address_that_was_meant(said: str, url: str | None) -> None:
    assert only(said).url == url


def test_links_are_resolved_against_what_an_element_says_is_its_base() -> None:
    body = (
        b'<feed xmlns="http://www.w3.org/2005/Atom" xml:base="/news/"><title>f</title><entry><title>a</title>'
        b'<link href="1"/></entry><entry xml:base="https://d.example/x/"><title>b</title><link href="2"/></entry>'
        b"</feed>"
    )
    found = parse_feed(body, url=f"{HOST}/rss/all.xml").entries
    assert [entry.url for entry in found] == [f"{HOST}/news/1", "https://d.example/x/2"]


def test_clean_bodies_have_absolute_links() -> None:
    item = "<description><![CDATA[<p>x <a href='/1'>y</a><img src='2.png'></p>]]></description>"
    (entry,) = read(item, bodies="clean").entries
    assert f'href="{HOST}/1"' in (entry.summary or "")
    assert f'src="{HOST}/rss/2.png"' in (entry.summary or "")


def test_clean_bodies_are_not_unescaped_into_scripts() -> None:
    item = "<description>&amp;lt;script&amp;gt;x()&amp;lt;/script&amp;gt;</description>"
    (entry,) = read(item, bodies="clean").entries
    assert "<script" not in (entry.summary or "")


def test_a_link_back_to_the_feed_is_none() -> None:
    entry = only("<title>Газ</title><link>#</link>")
    (alone,) = sort_entries(f"{HOST}/rss/all.xml", [entry], now=datetime(2022, 1, 6, tzinfo=UTC)).usable
    assert alone.canonical_url.startswith("urn:steppewatch:entry:")


def test_authors_of_json_feeds_may_be_bare_names() -> None:
    body = b'{"version": "https://jsonfeed.org/version/1", "items": [{"id": 1, "authors": ["Ann", {"name": "Bob"}]},'
    found = parse_feed(body + b'{"id": 2, "author": "Ann"}]}').entries
    assert [entry.author for entry in found] == ["Ann, Bob", "Ann"]
