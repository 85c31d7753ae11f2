"""What is no feed, and what only pretends to be one. All samples are invented."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawlers.bounded_process import Endable
from crawlers.reading import parse
from crawlers.reading.parse import NotAFeed, parse_feed
from crawlers.sanitize import without_tags

OPENED = b'<rss version="2.0"><channel><item><title>'
CLOSED = b"</title></item></channel></rss>"


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        pytest.param(b"", "empty body", id="nothing"),
        pytest.param(b"  \r\n\t", "empty body", id="white space"),
        pytest.param(b"<!DOCTYPE html><html><body>Not found</body></html>", "an HTML page, not a feed", id="HTML"),
        pytest.param(b"<script>x</script><body>hi</body>", "an HTML page, not a feed", id="HTML without head"),
        pytest.param(b"%PDF-1.7 ...", "a PDF file, not a feed", id="PDF"),
        pytest.param(gzip.compress(b"<rss/>"), "a compressed file, not a feed", id="gzip"),
        pytest.param(b"Service is down", "text without any XML, not a feed", id="text"),
        pytest.param(
            b"<opml><body><outline/></body></opml>", "an OPML list of feeds, not a feed", id="OPML with a body"
        ),
        pytest.param(b"<opml version='2.0'></opml>", "an OPML list of feeds, not a feed", id="OPML"),
        pytest.param(
            b"<urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'/>", "a sitemap, not a feed", id="sitemap"
        ),
        pytest.param(b"<note><to>you</to></note>", "XML that is no feed", id="other XML"),
        pytest.param(b'{"error": "login"}', "JSON without items", id="other JSON"),
        pytest.param(b"[1, 2]", "JSON without items", id="JSON list"),
        pytest.param(b"[" * 100_000, "JSON nested too deeply", id="deep JSON"),
        pytest.param(b"<rss><channel>" + b"<a>" * 600, "XML nested more than 500 elements deep", id="deep XML"),
        pytest.param(
            OPENED + b"<a " + b" ".join(b'a%d="1"' % n for n in range(1_500)) + b"/>" + CLOSED,
            "an XML element with more than 1000 attributes",
            id="attributes without end",
        ),
    ],
)
def test_what_is_no_feed_says_what_it_is(body: bytes, reason: str) -> None:
    with pytest.raises(NotAFeed, match=reason):
        parse_feed(body)


def test_entities_that_would_blow_a_feed_up_are_ignored() -> None:
    head = b'<?xml version="1.0"?>\n<!DOCTYPE rss [\n<!ENTITY a "' + b"A" * 10_000 + b'">\n]>\n'
    feed = parse_feed(head + OPENED + b"&a;" * 10_000 + CLOSED, bodies="none")
    assert len(feed.entries[0].title or "") < 100_000
    assert "entity declarations were ignored" in feed.problems[0]


def test_harmless_entities_are_resolved() -> None:
    head = b'<?xml version="1.0"?>\n<!DOCTYPE rss [\n<!ENTITY kz "Kazakhstan">\n]>\n'
    assert parse_feed(head + OPENED + b"&kz;" + CLOSED).entries[0].title == "Kazakhstan"


def test_nested_entities_do_not_multiply() -> None:
    laughs = b"".join(b'<!ENTITY l%d "%s">\n' % (n, b"&l%d;" % (n - 1) * 10) for n in range(1, 10))
    head = b'<?xml version="1.0"?>\n<!DOCTYPE rss [\n<!ENTITY l0 "ha">\n' + laughs + b"]>\n"
    assert len(parse_feed(head + OPENED + b"&l9;" + CLOSED).entries[0].title or "") < 100


def test_external_entities_are_not_read(tmp_path: object) -> None:
    secret = f"{tmp_path}/secret"
    with open(secret, "w") as file:
        file.write("the secret")
    head = f'<?xml version="1.0"?>\n<!DOCTYPE rss [\n<!ENTITY x SYSTEM "file://{secret}">\n]>\n'.encode()
    assert "secret" not in str(parse_feed(head + OPENED + b"&x;" + CLOSED))


def test_a_body_that_is_a_file_name_does_not_open_the_file() -> None:
    with pytest.raises(NotAFeed, match="text without any XML"):
        parse_feed(b"/a/secret")


def test_a_prolog_of_blank_lines_takes_no_time() -> None:
    assert len(parse_feed(b'<?xml version="1.0"?>' + b"\n" * 2_000_000 + OPENED + CLOSED).entries) == 1


def test_too_many_entries_are_cut_and_that_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parse, "MAX_ENTRIES", 3)
    feed = parse_feed(b'<rss version="2.0"><channel>' + b"<item/>" * 5 + b"</channel></rss>")
    assert len(feed.entries) == 3
    assert feed.problems == ("only the first 3 of 5 entries are used",)


def test_a_feed_of_fifty_megabytes_is_cut_and_that_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parse, "MAX_BYTES", 10_000)
    body = b'<rss version="2.0"><channel><item><title>first</title></item>' + b" " * 50_000_000
    feed = parse_feed(body)
    assert feed.entries[0].title == "first"
    assert feed.problems[0] == "cut at 10,000 bytes, it has 50,000,061"


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=300), st.sampled_from([b"", b"<rss>", OPENED, b"<feed><entry>", b'{"items":[']))
def test_any_bytes_are_a_feed_or_named(junk: bytes, head: bytes) -> None:
    try:
        said = str(parse_feed(head + junk))
    except NotAFeed as error:
        said = str(error)
    assert said
    said.encode("utf-8")  # no lone surrogate anywhere


ADVERSE = {
    "declarations without end": b"<!ENTITY" * 500_000 + OPENED + CLOSED,
    "declarations without end, a line each": b"<!ENTITY\n" * 500_000 + OPENED + CLOSED,
    "declarations of a DOCTYPE without end": b"<!DOCTYPE rss [" + b'<!ENTITY a "' * 400_000 + b"]>" + OPENED + CLOSED,
    "blanks before the DOCTYPE": b" \n" * 1_000_000 + b"<!DOCTYPE rss>" + OPENED + CLOSED,
    "end tags without end": OPENED + b"</a</a" * 300_000,
    "tags without end": OPENED + b"<a " * 500_000,
    "an author of signs": OPENED + b"</title><author>" + b"a@" * 1_000_000 + b"</author></item></channel></rss>",
    "an author of brackets": OPENED + b"</title><author>" + b"(" * 1_000_000 + b"</author></item></channel></rss>",
    "a headline of openings": OPENED + b"&lt;a " * 400_000 + CLOSED,
    "a headline of escapes": OPENED + b"&amp;" * 400_000 + CLOSED,
    "a date of figures": OPENED + b"</title><pubDate>" + b"1-" * 1_000_000 + b"</pubDate></item></channel></rss>",
    "references without end": OPENED + b"&#" * 1_000_000 + CLOSED,
}


@pytest.fixture(scope="module")
def reader() -> Iterator[Endable]:
    """A process that reads for fifteen seconds at most."""
    made = Endable(cpu_s=15)
    yield made
    made.close()


@pytest.mark.slow
@pytest.mark.parametrize("body", [pytest.param(body, id=what) for what, body in ADVERSE.items()])
def test_what_takes_time_with_the_square_of_its_length_does_not(body: bytes, reader: Endable) -> None:
    with suppress(NotAFeed):
        reader.run(parse_feed, body, bodies="raw")  # raises Ended where it takes minutes


@pytest.mark.parametrize("reference", ["&#x110000;", "&#xD800;", "&#1114112;", "&#57343;"])
@pytest.mark.parametrize("end", [CLOSED, b"</title></item><item><title>second"])
def test_a_reference_to_a_character_that_there_is_not_costs_that_character(reference: str, end: bytes) -> None:
    body = OPENED + b"Talks &#x416; " + reference.encode() + b" on the lake" + end
    entry = parse_feed(body, bodies="raw").entries[0]
    assert entry.title == "Talks Ж \ufffd on the lake"


@pytest.mark.parametrize("reference", ["&#x00fFfFfFf;", f"&#{'9' * 10_000};", f"&#x{'F' * 10_000};"])
def test_a_reference_that_is_no_number_any_more_costs_no_entry(reference: str) -> None:
    entry = parse_feed(OPENED + b"Talks " + reference.encode() + CLOSED, bodies="raw").entries[0]
    assert (entry.title or "").startswith("Talks ")


@pytest.mark.parametrize(
    "attributes", ['xmlns:x="a b c" x:y="1"', 'xml:base="http://[half"', 'xml:base="//["', 'xmlns="with a blank"']
)
def test_attributes_over_which_the_parser_fails_cost_no_entry(attributes: str) -> None:
    item = f"<item {attributes}><title>Talks</title><description>&lt;a href='/1'&gt;held&lt;/a&gt;</description></item>"
    body = f'<rss version="2.0"><channel>{item}<item><title>Later</title></item></channel></rss>'
    titles = [entry.title for entry in parse_feed(body.encode(), url="https://lake.example/feed").entries]
    assert titles == ["Talks", "Later"]


@pytest.mark.parametrize("section", ["<![CDAson", "<![ 5", "<![", "<![if !mso]>word<![endif]>"])
def test_a_marked_section_of_no_known_kind_is_text(section: str) -> None:
    assert "lake" in without_tags(f"<p>the lake {section}</p>")
