"""Which links of a page count: those in its paragraphs."""

from __future__ import annotations

from worker.extract.outlinks import MAX_LINKS
from worker.extract.page import extract_page

WORDS = "The chairs by the lake were folded at noon and carried away by the soldiers of both sides. " * 6


def links(body: str) -> tuple[str, ...]:
    page = f"<html><body><nav><a href='https://nav.example/1'>x</a></nav><article><h1>On the lake</h1>{body}</article>"
    return extract_page(page.encode(), url="https://herald.example/1").outlinks


def test_links_in_paragraphs_count_and_others_do_not() -> None:
    body = (
        f"<p>{WORDS}<a href='https://oasis.example/a'>they say</a></p><div><a href='https://side.example/'>x</a></div>"
    )
    assert links(body) == ("https://oasis.example/a",)


def test_an_address_counts_once_and_only_on_the_web() -> None:
    one = "<a href=' https://oasis.example/a '>x</a>"
    other = "<a href='/b'>x</a><a href='mailto:a@b.example'>x</a><a href='javascript:x'>x</a><a>x</a>"
    assert links(f"<p>{WORDS}{one}{one}{other}</p>") == ("https://oasis.example/a",)


def test_a_page_of_links_is_read_to_a_limit() -> None:
    many = "".join(f"<a href='https://h{number}.example/'>x</a> " for number in range(5_000))
    assert len(links(f"<p>{WORDS}</p><p>{many}</p>")) == MAX_LINKS
