"""Atom feeds: what is written is read again as it was, in order, and is well-formed whatever the texts contain."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from xml.etree import ElementTree

import feedparser
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from worker.messages.atom_feed import AtomFeed

AT = datetime(2022, 1, 10, 12, tzinfo=UTC)
HOSTILE = ["<b>&amp;</b>", "a \"quoted\" 'name'", "]]>", "Манас: 北京 🜁", "‮over", "one\ntwo\tthree"]


def test_entries_stand_in_the_order_in_which_they_were_added() -> None:
    feed = AtomFeed("urn:x:feed", "Drills", updated=AT, subtitle="drill*")
    feed.add_entry("urn:x:1", "First", updated=AT, author="Herald", link="https://herald.example/1?a=1&b=2")
    feed.add_entry("urn:x:2", "Second", updated=AT, published=AT, author="Oasis", html="<p>A &amp; B</p>")
    feed.add_entry("urn:x:3", "Third", updated=AT, author="Oasis", summary="It met.")
    read = feedparser.parse(feed.to_bytes())
    assert not read.bozo
    assert (read.feed.id, read.feed.title, read.feed.subtitle, read.feed.generator) == (
        "urn:x:feed",
        "Drills",
        "drill*",
        "Steppewatch",
    )
    assert [(one.id, one.title, one.author, one.updated) for one in read.entries] == [
        ("urn:x:1", "First", "Herald", "2022-01-10T12:00:00+00:00"),
        ("urn:x:2", "Second", "Oasis", "2022-01-10T12:00:00+00:00"),
        ("urn:x:3", "Third", "Oasis", "2022-01-10T12:00:00+00:00"),
    ]
    first, second, third = read.entries
    assert first.link == "https://herald.example/1?a=1&b=2"
    assert "links" not in second
    assert (second.content[0].type, second.content[0].value) == ("text/html", "<p>A &amp; B</p>")
    assert second.published == "2022-01-10T12:00:00+00:00"
    assert third.summary == "It met."


@pytest.mark.parametrize("text", HOSTILE)
def test_texts_come_back_as_they_were(text: str) -> None:
    feed = AtomFeed("urn:x:feed", text, updated=AT, subtitle=text)
    feed.add_entry(f"urn:x:{text}", text, updated=AT, author=text, link=f"https://a.example/{text}", summary=text)
    root = ElementTree.fromstring(feed.to_bytes())
    name = "{http://www.w3.org/2005/Atom}"
    found = [root.findtext(f"{name}{path}") for path in ("title", "subtitle")]
    found += [root.findtext(f"{name}entry/{name}{path}") for path in ("title", f"author/{name}name", "summary")]
    assert found == [text] * 5
    [link] = root.iter(f"{name}link")
    assert link.get("href") == f"https://a.example/{text}"


def test_a_feed_without_entries_is_one() -> None:
    read = feedparser.parse(AtomFeed("urn:x:feed", "Nothing yet", updated=AT).to_bytes())
    assert (read.bozo, read.feed.title, read.entries) == (False, "Nothing yet", [])


ANY_TEXT = st.text(st.characters(codec=None), max_size=40)  # half surrogates and control characters too
FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


@given(st.lists(ANY_TEXT, min_size=9, max_size=9))
@example(["\x00\x08\x0b\x0c\x1f", "\ud800", "\udfff", "\ufffe", "\uffff", "\x7f\x85", "]]>", "<\x01b>", "&\x02amp;"])
def test_any_text_in_any_field_is_left_with_what_xml_allows(texts: list[str]) -> None:
    id, title, subtitle, entry_id, entry_title, author, link, summary, html = texts
    feed = AtomFeed(id, title, updated=AT, subtitle=subtitle)
    feed.add_entry(entry_id, entry_title, updated=AT, author=author, link=link, summary=summary)
    feed.add_entry("urn:x:2", "Second", updated=AT, author="Oasis", html=html)
    document = feed.to_bytes()
    read = feedparser.parse(document)
    assert (read.bozo, len(read.entries)) == (False, 2)
    root = ElementTree.fromstring(document)
    paths = ["{*}id", "{*}title", "{*}subtitle"]
    paths += [f"{{*}}entry/{{*}}{path}" for path in ("id", "title", "author/{*}name", "summary")]
    found = [root.findtext(path) for path in paths]
    written = [_allowed(text) for text in (id, title, subtitle, entry_id, entry_title, author, summary)]
    written[1], written[4] = written[1] or "(no words)", written[4] or "(no words)"
    assert [text or "" for text in found] == written
    assert (root.findtext("{*}entry/{*}content") or "") == _allowed(html)
    assert [one.get("href") for one in root.iterfind("{*}entry/{*}link")] == [FORBIDDEN.sub("", link)] * bool(
        FORBIDDEN.sub("", link)
    )


def _allowed(text: str) -> str:
    return re.sub(
        "\r\n?", "\n", FORBIDDEN.sub("", text)
    )  # every reader of XML takes a carriage return for a line's end
