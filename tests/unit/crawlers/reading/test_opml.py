"""Lists of feeds in OPML, written well or badly."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawlers.reading.opml import MAX_DEPTH, NotOpml, OpmlOutline, parse_opml, write_opml

LISTS = Path(__file__).parents[4].parent / "shared" / "data" / "feedlists"
FEED = "https://steppe.example/rss"


def opml(body: str) -> bytes:
    return f'<?xml version="1.0" encoding="UTF-8"?><opml version="2.0"><head/><body>{body}</body></opml>'.encode()


def test_groups_site_and_language_of_a_feed_are_read() -> None:
    body = opml(
        '<outline text="Central Asia"><outline title="Kyrgyzstan"><outline text="Steppe &amp; sea" type="rss" '
        f'language="ru-RU" htmlUrl="https://steppe.example/" xmlUrl="{FEED}"/></outline></outline>'
        '<outline text="Alone" xmlUrl="https://alone.example/a?b=1&amp;c=2"></outline>'
    )
    parsed = parse_opml(body)
    assert parsed.outlines == (
        OpmlOutline(
            feed_url=FEED,
            title="Steppe & sea",
            site_url="https://steppe.example/",
            categories=("Central Asia", "Kyrgyzstan"),
            language="ru-RU",
        ),
        OpmlOutline(feed_url="https://alone.example/a?b=1&c=2", title="Alone"),
    )
    assert parsed.problems == ()


@pytest.mark.parametrize(
    "outline",
    [
        f'<outline text="A & B" xmlUrl="{FEED}"/>',
        f'<outline text="A &nbsp; B" xmlUrl="{FEED}"/>',
        f'<outline description="He works at <a href="https://a.example" rel="x">A</a> and draws" xmlUrl="{FEED}" />',
        f'<outline text="a" description="the "best" of <em class="b">all</em>" xmlUrl="{FEED}" type="rss"/>',
        f'<outline text="a" description="ends with a link <a href="https://a.example">" xmlUrl="{FEED}" />',
        f'<outline text="a"xmlUrl="{FEED}"/>',
        f'<outline text="a" xmlUrl={FEED} />',
        f'<outline text="a" xmlUrl="{FEED}">',
        f'<outline text="5 > 4 / 2" xmlUrl="{FEED}"/></outline></outline>',
        f'<outline text="a" text="b" xmlUrl="{FEED}"/>',
        f'<outline text="unclosed xmlUrl="{FEED}"/>',
    ],
)
def test_a_feed_is_read_from_an_outline_that_is_not_well_formed(outline: str) -> None:
    parsed = parse_opml(opml(f'{outline}<outline text="next" xmlUrl="https://next.example/rss"/>'))
    assert [one.feed_url for one in parsed.outlines] == [FEED, "https://next.example/rss"]
    assert parsed.outlines[1].categories == ()
    assert parsed.problems[0].startswith("not well-formed: ")


@pytest.mark.parametrize(
    "outline",
    [
        f"<outline text='a' xmlUrl='{FEED}'/>",
        f'<OUTLINE TEXT="a" XMLURL="{FEED}"/>',
        f'<o:outline xmlns:o="http://opml.org/spec2" text="a" xmlUrl="{FEED}"/>',
        f'<outline\n\ttext = "a"\n\txmlUrl = "\n{FEED}\n"\n/>',
        f'<outline text="a" xmlUrl="{FEED}"/> words after it',
        f'<outline text="a" type="rss" url="{FEED}"/>',
        '<outline text="a" xmlUrl="feed://steppe.example/rss"/>',
        f'<outline text="a" xmlUrl="feed:{FEED}"/>',
        f'<!-- <outline text="old" xmlUrl="https://old.example/"/> --><outline text="a" xmlUrl="{FEED}"/>',
    ],
)
def test_ways_of_writing_an_outline(outline: str) -> None:
    parsed = parse_opml(opml(outline))
    assert [one.feed_url.removeprefix("https:").removeprefix("http:") for one in parsed.outlines] == [
        "//steppe.example/rss"
    ]
    assert parsed.outlines[0].title == "a"


@pytest.mark.parametrize("charset", ["utf-8", "utf-8-sig", "utf-16", "windows-1251"])
def test_a_list_is_decoded_as_it_says(charset: str) -> None:
    declared = "utf-8" if charset == "utf-8-sig" else charset
    outline = f'<outline text="Новости степи" xmlUrl="{FEED}"/>'
    text = f'<?xml version="1.0" encoding="{declared}"?><opml><body>{outline}</body></opml>'
    assert parse_opml(text.encode(charset)).outlines[0].title == "Новости степи"


def test_outlines_that_are_no_feeds_are_counted() -> None:
    body = opml(
        '<outline text="a" type="link" url="https://a.example/list.opml"/><outline text="b" type="include" url="c"/>'
        '<outline text="c" htmlUrl="https://c.example/"/><outline text="d" type="rss" xmlUrl=""/>'
        '<outline text="e" xmlUrl="file:/secret"/><outline text="f" xmlUrl="javascript:alert(1)"/>'
    )
    assert parse_opml(body).outlines == ()
    assert sorted(parse_opml(body).problems) == [
        "1 outlines have no address",
        "1 outlines name a site without a feed",
        "2 outlines have no address of the web",
        "2 outlines refer to other lists or pages, which are not read",
    ]


@pytest.mark.parametrize("body", [b"", b"<html><body>no</body></html>"[:6], b"%PDF-1.4", b"<rss><channel/></rss>"])
def test_what_is_no_list_is_refused(body: bytes) -> None:
    with pytest.raises(NotOpml):
        parse_opml(body)


def test_hostile_lists_end() -> None:
    bomb = '<!DOCTYPE o [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    for body in (
        "<outline " * 100_000,
        "<outline " + 'a="x"y ' * 100_000,
        "<outline " + '"' * 200_000,
        "<outline a=" + "' " * 100_000,
        "<opml>" + "<!--" * 100_000,
        '<outline text="a">' * 100_000 + f'<outline xmlUrl="{FEED}">',
        f'{bomb}<opml><outline text="&b;" xmlUrl="{FEED}"/></opml>',
    ):
        assert all(len(one.categories) <= MAX_DEPTH for one in parse_opml(body.encode()).outlines)


@pytest.mark.skipif(not LISTS.is_dir(), reason="the lists are not here")
def test_every_outline_of_popular_lists_is_read() -> None:
    broken = 0
    for file in sorted(LISTS.rglob("*.opml")):
        body = file.read_bytes()
        parsed = parse_opml(body)
        assert len(parsed.outlines) == len(re.findall(rb"xmlUrl\s*=", body)), file.name
        broken += any("not well-formed" in problem for problem in parsed.problems)
    assert broken == 80


TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc", "Cn", "Zl", "Zp", "Zs"]), min_size=1, max_size=20).filter(
    lambda text: "<" not in text and "&" not in text and text == " ".join(text.split())
)
ADDRESS = st.text("abcxyz0189-_/?&=%'\"<>", max_size=20).map(lambda text: f"https://steppe.example/{text}")
OUTLINES = st.builds(
    OpmlOutline,
    feed_url=ADDRESS,
    title=TEXT,
    site_url=st.none() | ADDRESS,
    categories=st.lists(TEXT, max_size=3).map(tuple),
    language=st.sampled_from([None, "ru", "kk-Cyrl"]),
)


@given(st.lists(OUTLINES, max_size=8))
def test_what_is_written_is_read_back(outlines: list[OpmlOutline]) -> None:
    written = write_opml(outlines, title="Outlets <of> the steppe", created_at=datetime(2026, 1, 5, tzinfo=UTC))
    parsed = parse_opml(written.encode())
    assert sorted(parsed.outlines, key=repr) == sorted(outlines, key=repr)
    assert parsed.problems == ()
