"""Atom feeds: what is written is read again as it was, in order, and is well-formed whatever the texts contain."""

from __future__ import annotations

from datetime import UTC, datetime
from xml.etree import ElementTree

import feedparser
import pytest

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
