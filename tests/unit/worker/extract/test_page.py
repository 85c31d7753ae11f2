"""One page as fetched → one article. All pages and texts are invented."""

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from db.text.dates import parse_date
from worker.extract.page import MAX_BYTES, Hints, Unextractable, extract_page

PARAGRAPHS = [
    "The ministers of five countries met in the capital on Thursday to speak about water, railways and the border.",
    "They agreed to open two more crossings before winter, and to share what they know of the level of the rivers.",
    "Observers had expected less: the last meeting of this kind ended without a common statement three years ago.",
    "A second round is planned for the spring, when engineers will have measured the canals in the southern valley.",
]


def page(*, head: str = "", before: str = "", body: str | None = None, lang: str = "en") -> bytes:
    text = "".join(f"<p>{paragraph}</p>" for paragraph in PARAGRAPHS) if body is None else body
    return (
        f'<!DOCTYPE html><html lang="{lang}"><head><meta charset="utf-8">{head}</head><body>'
        f"<nav><ul><li><a href='/'>Home</a></li><li><a href='/world'>World</a></li></ul></nav>{before}"
        f"<article><h1>Five countries open two crossings</h1>{text}</article>"
        "<footer>Copyright, imprint, contact</footer></body></html>"
    ).encode()


def test_an_article_is_read_whole() -> None:
    linked = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": "Five countries open two crossings",
        "author": {"@type": "Person", "name": "Jane Roe"},
        "datePublished": "2022-06-08T10:30:00+06:00",
        "publisher": {"@type": "Organization", "name": "Steppe Courier"},
    }
    head = (
        f'<script type="application/ld+json">{json.dumps(linked)}</script><link rel="canonical" href="/2022/crossings">'
    )
    article = extract_page(page(head=head), url="https://courier.example/2022/crossings?utm_source=x")
    assert article.title == "Five countries open two crossings"
    assert article.text.split("\n") == PARAGRAPHS
    assert article.author == "Jane Roe"
    assert article.published_at == datetime(2022, 6, 8, 4, 30, tzinfo=UTC)
    assert not article.published_is_day
    assert article.language == "en"
    assert article.declared_url == "https://courier.example/2022/crossings"
    assert article.site_name == "Steppe Courier"


def test_the_headline_is_not_part_of_the_text() -> None:
    assert "Five countries" not in extract_page(page()).text


def test_text_is_nfc() -> None:
    decomposed = "И\u0306огурт и \u0435\u0308лка " * 20
    text = extract_page(page(body=f"<p>{decomposed}</p><p>{PARAGRAPHS[0]}</p>", lang="ru")).text
    assert "Йогурт и ёлка" in text


def test_words_parted_by_an_empty_element_stay_apart() -> None:
    body = f"<p>{PARAGRAPHS[0]} Rail<span> </span>ways.</p><p>{PARAGRAPHS[1]}</p><p>{PARAGRAPHS[2]}</p>"
    assert "Rail ways" in extract_page(page(body=body)).text


def test_control_and_non_characters_do_not_cost_the_text() -> None:
    spoiled = f"<p>{PARAGRAPHS[0]}\x00\x01\ufffe\uffff</p><p>{PARAGRAPHS[1]}</p><p>{PARAGRAPHS[2]}</p>"
    assert extract_page(page(body=spoiled)).text.split("\n") == PARAGRAPHS[:3]


def test_hints_count_only_where_the_page_is_silent() -> None:
    hints = Hints(title="From the feed", author="Feed Author", published=parse_date("2022-01-04T12:00Z"))
    silent = extract_page(b"<html><body><p>" + " ".join(PARAGRAPHS).encode() + b"</p></body></html>", hints=hints)
    assert (silent.title, silent.author) == ("From the feed", "Feed Author")
    assert silent.published_at == datetime(2022, 1, 4, 12, tzinfo=UTC)
    telling = '<meta name="author" content="Jane Roe"><meta property="article:published_time" content="2022-01-06">'
    article = extract_page(page(head=telling), hints=hints)
    assert (article.title, article.author) == ("Five countries open two crossings", "Jane Roe")
    assert article.published_at == datetime(2022, 1, 6, tzinfo=UTC)
    assert article.published_is_day


def test_nothing_found_is_an_empty_text_not_an_error() -> None:
    article = extract_page(b"<html><head><title></title></head><body><div></div></body></html>")
    assert (article.title, article.text, article.author, article.published_at) == (None, "", None, None)


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        pytest.param(b"", "empty body", id="empty"),
        pytest.param(b" \r\n\t ", "empty body", id="white space"),
        pytest.param(b"%PDF-1.7\n...", "not a page: PDF", id="pdf"),
        pytest.param(b"\x89PNG\r\n\x1a\n....", "not a page: image", id="png"),
        pytest.param(b"\xff\xd8\xff\xe0..", "not a page: image", id="jpeg"),
        pytest.param(b"RIFF\x00\x00\x00\x00WEBPVP8 ", "not a page: image", id="webp"),
        pytest.param(b"<svg xmlns='x'><p>a</p></svg>", "not a page: image", id="svg"),
        pytest.param(b"\x1f\x8b\x08\x00....", "not a page: compressed data", id="gzip"),
        pytest.param(b"PK\x03\x04....", "not a page: archive or office document", id="docx"),
        pytest.param(b'{"a": "<p>"}', "not a page: JSON", id="json"),
        pytest.param(b"plain words", "not a page: no HTML in it", id="text"),
        pytest.param(b'<?xml version="1.0"?>\n<rss version="2.0"><channel/></rss>', "a feed, not a page", id="rss"),
        pytest.param(b"<!-- x --><feed xmlns='y'></feed>", "a feed, not a page", id="atom"),
        pytest.param(b"<?xml version='1.0'?><urlset></urlset>", "a sitemap, not a page", id="sitemap"),
        pytest.param(b"<p>x" * 200_001, "more than 200,000 tags", id="too many tags"),
        pytest.param(b"<p>x" + b" " * MAX_BYTES, "larger than 10 MB", id="too large"),
    ],
)
def test_what_is_no_page_is_refused_with_a_reason(body: bytes, reason: str) -> None:
    with pytest.raises(Unextractable, match=f"^{reason}$"):
        extract_page(body)


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"<div>" * 100_000 + b"<p>" + PARAGRAPHS[0].encode() + b"</p>", id="100,000 nested"),
        pytest.param(b"<p>" + b"<font><center>" * 400 + PARAGRAPHS[0].encode(), id="never closed"),
        pytest.param(b"<table><tr><td>" * 300 + PARAGRAPHS[0].encode(), id="nested tables"),
    ],
)
def test_text_below_the_parsers_depth_is_found(body: bytes) -> None:
    assert PARAGRAPHS[0] in extract_page(b"<html><body>" + body).text


def test_a_page_of_very_many_elements_is_read_plainly() -> None:
    rows = b"".join(b"<p>row %d of the long list of places</p>" % number for number in range(60_000))
    lines = extract_page(b"<html><body><article>" + rows).text.split("\n")
    assert len(lines) == 60_000


@pytest.mark.parametrize(
    "hostile",
    [
        pytest.param('<script type="application/ld+json">' + "[" * 100_000 + "</script>", id="deep json"),
        pytest.param(
            '<script type="application/ld+json">{"@type": "NewsArticle", "headline": 5, "author": [[[]]],'
            '"datePublished": {}, "publisher": 3, "mainEntityOfPage": []}</script>',
            id="wrong types",
        ),
        pytest.param('<meta property="og:title" content="' + "a" * 500_000 + '">', id="long title"),
        pytest.param('<meta name="author" content="' + "a, " * 100_000 + '">', id="many authors"),
        pytest.param('<meta name="date" content="' + "9" * 50_000 + '">', id="long date"),
        pytest.param("<meta name='x' content='y'>" * 20_000, id="many tags"),
        pytest.param('<link rel="canonical" href="http://[::1">', id="broken address"),
        pytest.param("<time datetime='" + "1" * 10_000 + "'></time>" * 2_000, id="many times"),
    ],
)
def test_hostile_declarations_do_not_cost_the_text(hostile: str) -> None:
    assert extract_page(page(head=hostile)).text.split("\n") == PARAGRAPHS


@given(st.binary(max_size=400))
@settings(max_examples=80, deadline=None)
def test_any_bytes_are_a_page_or_refused(body: bytes) -> None:
    try:
        article = extract_page(b"<html><body>" + body)
    except Unextractable:
        return
    assert "\x00" not in article.text
    assert article.title is None or article.title.strip() == article.title != ""


def test_reading_twice_gives_the_same() -> None:
    body = page(head="<title>Five countries open two crossings | Steppe Courier</title>")
    assert extract_page(body, url="https://courier.example/a") == extract_page(body, url="https://courier.example/a")


def test_an_article_without_a_body_element_around_it_is_found() -> None:
    paragraphs = "".join(f"<p>{line}</p>" for line in PARAGRAPHS)
    for tag in ("article", "section", "main", "div"):
        page = extract_page(f"<title>A day</title><{tag}><h1>A day</h1>{paragraphs}</{tag}>".encode())
        assert page.text.splitlines() == list(PARAGRAPHS), tag
