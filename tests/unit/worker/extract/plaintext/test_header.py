"""The block of labels at the top of a text file: what it says, and what only looks like one. All texts are invented."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from samples import NOON, text

from worker.chain.documents import Document
from worker.chain.inputs.reader import read_text
from worker.extract.plaintext.document import PlainDocument, read_plaintext
from worker.extract.plaintext.header import read_label

BODY = text(0, 1)
DAY = datetime(2022, 1, 5, tzinfo=UTC)


def read(head: str, body: str = BODY) -> PlainDocument:
    return read_plaintext(f"{head}{body}\n")


def told(document: PlainDocument) -> tuple[object, ...]:
    return document.title, document.author, document.source, document.url, document.published_at, document.language


ENGLISH = "Title: Talks on the lake\nDate: 5 January 2022\nSource: Steppe Herald\nURL: https://a.example/1\n"
ENGLISH += "Author: Jane Roe\nLanguage: English\n"
RUSSIAN = "Заголовок: Переговоры на озере\nДата: 5 января 2022 года\nИсточник: Вестник степи\n"
RUSSIAN += "Ссылка: https://a.example/1\nАвтор: Иван Петров\nЯзык: русский\n"
TURKISH = "Başlık: Göl görüşmeleri\nTarih: 5 Ocak 2022\nKaynak: Bozkır Gazetesi\nBağlantı: https://a.example/1\n"
TURKISH += "Yazar: Ayşe Yılmaz\nDil: Türkçe\n"


@pytest.mark.parametrize("gap", ["", "\n"], ids=["at once", "an empty line"])
@pytest.mark.parametrize(
    ("head", "expected"),
    [
        pytest.param(ENGLISH, ("Talks on the lake", "Jane Roe", "Steppe Herald", "en"), id="English"),
        pytest.param(RUSSIAN, ("Переговоры на озере", "Иван Петров", "Вестник степи", "ru"), id="Russian"),
        pytest.param(TURKISH, ("Göl görüşmeleri", "Ayşe Yılmaz", "Bozkır Gazetesi", "tr"), id="Turkish"),
        pytest.param(ENGLISH.upper(), ("TALKS ON THE LAKE", "JANE ROE", "STEPPE HERALD", "en"), id="capitals"),
    ],
)
def test_a_block_says_all_of_an_article(head: str, expected: tuple[str, ...], gap: str) -> None:
    title, author, source, language = expected
    document = read(head + gap)
    address = "HTTPS://A.EXAMPLE/1" if title.isupper() else "https://a.example/1"
    assert told(document) == (title, author, source, address, DAY, language)
    assert document.text == BODY


@pytest.mark.parametrize(
    "head",
    [
        pytest.param("Talks on the lake\nDate: 2022-01-05\nSource: Steppe Herald\nLang: en\n\n", id="below a title"),
        pytest.param("Talks on the lake\n\nDate: 2022-01-05\nSource: Steppe Herald\nLang: en\n", id="a gap below it"),
        pytest.param(
            "Title: Talks on the lake\n\nDate: 2022-01-05\n\nOutlet: Steppe Herald\n\nLang: en\n\n", id="double spaced"
        ),
        pytest.param(
            "\ufeffDate: 2022-01-05\r\nOutlet: Steppe Herald\r\nTitle: Talks on the lake\r\nLang: en\r\n", id="CRLF"
        ),
    ],
)
def test_a_block_stands_where_people_put_it(head: str) -> None:
    document = read(head)
    assert (document.title, document.source, document.published_at, document.language) == (
        "Talks on the lake",
        "Steppe Herald",
        DAY,
        "en",
    )
    assert document.text == BODY


def test_a_title_with_a_colon_stays_a_title() -> None:
    document = read("Kazakhstan: a year later\n\nDate: 2022-01-05\nSource: Steppe Herald\n\n")
    assert (document.title, document.source, document.text) == ("Kazakhstan: a year later", "Steppe Herald", BODY)


def test_a_line_of_the_block_that_nobody_knows_stays_text() -> None:
    document = read("Title: Talks on the lake\nSection: World\nDate: 2022-01-05\nLanguage: en\n\n")
    assert (document.title, document.published_at, document.language) == ("Talks on the lake", DAY, "en")
    assert document.text == f"Section: World\n{BODY}"


@pytest.mark.parametrize(
    "head",
    [
        pytest.param("Language: the barrier that nobody talks about is the one between neighbours.\n\n", id="language"),
        pytest.param("Date: the fruit of the south, and why it is getting dearer every year.\n\n", id="the fruit"),
        pytest.param("Source: officials in Bishkek say that the border is closed.\n\n", id="a sentence"),
        pytest.param("Author: of his own misfortune, as the saying in the valley goes.\n\n", id="author"),
        pytest.param("Question: Why did the talks on the lake fail?\nAnswer: Because nobody came.\n", id="interview"),
        pytest.param("Bishkek: the ministers met.\nTashkent: the ministers did not meet.\n", id="datelines"),
        pytest.param("Link: nobody sees one between the two.\nSource: none of the ministers would say.\n", id="two"),
        pytest.param("Язык: его учат в школе, но говорят на нём всё реже и реже.\n\n", id="Russian language"),
        pytest.param("Источник: в правительстве говорят, что граница закрыта до весны.\n\n", id="Russian source"),
        pytest.param("Dil: herkesin konuştuğu ama kimsenin öğrenmediği bir şey.\n\n", id="Turkish"),
    ],
)
def test_a_text_that_begins_like_a_label_is_a_text(head: str) -> None:
    document = read(head)
    assert told(document)[1:] == (None,) * 5
    said = f"{document.title or ''}\n{document.text}"
    assert all(line in said for line in head.split("\n"))


def test_one_label_in_the_middle_of_a_text_is_no_header() -> None:
    document = read(f"{BODY}\nLanguage: en\n")
    assert document.language is None
    assert "Language: en" in document.text


@pytest.mark.parametrize("label", ["Date", "Дата", "Tarih"])
@pytest.mark.parametrize(
    ("date", "fault"),
    [("1 January 1970", "1970-01-01 is before 1990"), ("01.02.2135", "2135-02-01 is after tomorrow")],
)
@pytest.mark.parametrize("more", ["", "Source: Steppe Herald\n"], ids=["alone", "in a block"])
def test_a_date_that_cannot_be_one_is_none_and_remarked(label: str, date: str, fault: str, more: str) -> None:
    document = read(f"{label}: {date}\n{more}\n")
    assert (document.published_at, document.text) == (None, BODY)
    assert fault in str(document.date_remark)


@pytest.mark.parametrize("date", ["1 January 1970", "1 January 2031"])
def test_of_a_text_file_it_is_remarked_as_of_all_others(date: str) -> None:
    document = read_text("a.txt", f"Talks on the lake\n\nDate: {date}\n\n{BODY}".encode(), NOON)
    assert isinstance(document, Document)
    assert document.published_at is None
    assert "taken as missing" in str(document.remark)


@given(st.text(max_size=300))
def test_any_line_has_a_label_or_none(line: str) -> None:
    found = read_label(line)
    assert found is None or (found[1] and found[1] in line)


@given(st.lists(st.sampled_from([*ENGLISH.splitlines(), "", "Talks: and more", "A line of words."]), max_size=12))
def test_no_line_is_lost_that_says_nothing_of_the_article(lines: list[str]) -> None:
    document = read_plaintext("\n".join([*lines, "", BODY]))
    kept = f"{document.title or ''}\n{document.text}"
    assert all(line in kept for line in lines if line.startswith(("Talks:", "A line")))
