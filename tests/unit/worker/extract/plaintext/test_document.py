"""A text file → an article. All documents are invented; the two seed documents are read where they lie."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from material import shared

from worker.extract.plaintext.document import PlainDocument, read_plaintext

ONE = (
    "The ministers of five countries met in the capital on Thursday to speak about water, railways and the border, "
    "and for once they did not part without a common statement on all three of these questions."
)
TWO = (
    "They agreed to open two more crossings before winter, to share what they know of the level of the rivers, and "
    "to meet again in spring when the engineers will have measured the canals of the southern valley."
)
BODY = f"{ONE}\n\n{TWO}"
TITLE = "Five Countries Open Two Crossings"


def read(text: str) -> PlainDocument:
    return read_plaintext(text)


@pytest.mark.parametrize(
    ("text", "title"),
    [
        pytest.param(f"{TITLE}\n\n{BODY}", TITLE, id="empty line after it"),
        pytest.param(f"{TITLE}\n{ONE}\n{TWO}", TITLE, id="longer line after it"),
        pytest.param(f"Will the Crossings Open?\n\n{BODY}", "Will the Crossings Open?", id="question"),
        pytest.param(f"«Откроются ли переходы?»\n\n{BODY}", "«Откроются ли переходы?»", id="quotation"),
        pytest.param(f"Title: {TITLE}\n\n{BODY}", TITLE, id="labelled"),
        pytest.param(f"By Jane Roe\n\n{TITLE}\n\n{BODY}", TITLE, id="by-line above it"),
        pytest.param(f"8 June 2022\n{TITLE}\n\n{BODY}", TITLE, id="date above it"),
        pytest.param(f"The crossings open in winter.\n\n{BODY}", None, id="a sentence"),
        pytest.param(BODY, None, id="a long paragraph"),
        pytest.param(f"{TITLE}", None, id="one line is a text"),
        pytest.param(f"The ministers said:\n\n{BODY}", None, id="colon"),
        pytest.param("", None, id="empty"),
    ],
)
def test_when_the_first_line_is_a_title(text: str, title: str | None) -> None:
    document = read(text)
    assert document.title == title
    assert title is None or title not in document.text


@pytest.mark.parametrize(
    ("text", "author"),
    [
        pytest.param(f"By Jane Roe\n\n{BODY}", "Jane Roe", id="top"),
        pytest.param(f"{TITLE}\n\nBy Jane Roe\n\n{BODY}", "Jane Roe", id="below the title"),
        pytest.param(f"{TITLE}\n\n{BODY}\n\nBy Jane Roe", "Jane Roe", id="bottom"),
        pytest.param(
            f"{BODY}\n\nAuthor: Jane Roe (historian and journalist, lives in the south).", "Jane Roe", id="note"
        ),
        pytest.param(f"{BODY}\n\nBy Jane Roe and John Doe", "Jane Roe, John Doe", id="two"),
        pytest.param(f"Автор: Иван Петров\n\n{BODY}", "Иван Петров", id="Russian"),
        pytest.param(f"{BODY}\n\nАвтор — Иван Петров", "Иван Петров", id="Russian with a dash"),
        pytest.param(f"{BODY}\n\nYazar: Ayşe Yılmaz", "Ayşe Yılmaz", id="Turkish"),
        pytest.param(f"By then the talks had failed\n\n{BODY}", None, id="by is not always a by-line"),
        pytest.param(BODY, None, id="none"),
    ],
)
def test_by_lines_are_told_not_text(text: str, author: str | None) -> None:
    document = read(text)
    assert document.author == author
    assert document.text.endswith(f"{ONE}\n{TWO}")


@pytest.mark.parametrize(
    ("text", "source"),
    [
        pytest.param(f"{BODY}\n\nSource: Steppe Courier", "Steppe Courier", id="English"),
        pytest.param(f"{BODY}\n\nИсточник: Степной вестник", "Степной вестник", id="Russian"),
        pytest.param(f"{BODY}\n\nKaynak: Bozkır Postası", "Bozkır Postası", id="Turkish"),
        pytest.param(f"{BODY}\n\nOriginally published by: Steppe Courier", "Steppe Courier", id="published by"),
        pytest.param(f"Source: Steppe Courier\n\n{BODY}", "Steppe Courier", id="at the top"),
        pytest.param(
            f"{BODY}\n\n(The views expressed here do not necessarily reflect the views of Steppe Courier).",
            "Steppe Courier",
            id="a disclaimer names the outlet",
        ),
        pytest.param(
            f"{BODY}\n\nSource: Valley Post\n\nThe views expressed do not reflect the views of Steppe Courier.",
            "Valley Post",
            id="a source line beats the disclaimer",
        ),
        pytest.param(
            f"{BODY}\n\nThe views expressed do not reflect the views of his employer.", None, id="no outlet named"
        ),
        pytest.param(BODY, None, id="none"),
    ],
)
def test_source(text: str, source: str | None) -> None:
    document = read(text)
    assert document.source == source
    assert document.text == f"{ONE}\n{TWO}"


def test_a_sentence_that_mentions_a_source_is_text() -> None:
    paragraph = f"Source: the ministry, which spoke on Thursday of the level of the rivers. {TWO}"
    inside = f"{TWO} Source: the ministry."
    document = read(f"{ONE}\n\n{paragraph}\n\n{inside}")
    assert document.text == f"{ONE}\n{paragraph}\n{inside}"
    assert document.source is None


def test_a_source_below_a_table_in_the_middle_does_not_end_the_article() -> None:
    document = read(f"{TITLE}\n\n{ONE}\n\n{ONE}\n\n{TWO}\n\nSource: World Bank\n\n{TWO}")
    assert document.text.endswith(TWO)
    assert document.text.count(TWO) == 2


@pytest.mark.parametrize(
    "after",
    [
        pytest.param(
            "Similar Posts\n\nOther news\n\nLeave a Reply\n\nYour email address will not be published.", id="en"
        ),
        pytest.param("Share.", id="button"),
        pytest.param("Share\nTweet\nPrint", id="buttons"),
        pytest.param(f"Related Articles\n\n{TWO[:150]} and so it went on for years in the valley.", id="teasers"),
        pytest.param("Required fields are marked *", id="form"),
        pytest.param("Похожие записи\n\nДобавить комментарий\n\nВаш адрес email не будет опубликован.", id="ru"),
        pytest.param("Benzer Yazılar\n\nBir yanıt yazın\n\nE-posta adresiniz yayınlanmayacak.", id="tr"),
        pytest.param("(The views expressed in this article belong only to the author).", id="disclaimer"),
        pytest.param(
            "By Jane Roe\n\nJane Roe is a historian who has lived in the southern valley for many years.", id="bio"
        ),
    ],
)
def test_the_lower_part_of_a_page_is_not_the_article(after: str) -> None:
    assert read(f"{TITLE}\n\n{BODY}\n\n{after}").text == f"{ONE}\n{TWO}"


def test_a_caption_with_the_authors_name_is_not_text() -> None:
    assert read(f"By Jane Roe\n\n{ONE}\n\nJane Roe\nJane Roe\n\n{TWO}").text == f"{ONE}\n{TWO}"


def test_dates_and_addresses_on_their_own_lines_are_told() -> None:
    document = read(f"{TITLE}\n8 июня 2022\nhttps://courier.example/1\n\n{BODY}")
    assert document.published_at == datetime(2022, 6, 8, tzinfo=UTC)
    assert document.published_is_day
    assert document.url == "https://courier.example/1"
    assert document.text == f"{ONE}\n{TWO}"


@pytest.mark.parametrize(
    "head",
    [
        "Published: 6 January 2022, 10:30. Updated: 12 March 2023",
        "Last updated: 12 March 2023, 12:00. Published: 6 January 2022, 10:30",
        "Updated: 12.03.2023\nPublished: 06.01.2022",
        "Опубликовано: 06.01.2022\nОбновлено: 12.03.2023",
        "Обновлено: 12.03.2023\nОпубликовано: 6 января 2022 г., 10:30",
        "Güncelleme: 12.03.2023 Giriş: 06 Ocak 2022",
        "Giriş: 06.01.2022 10:30\nSon güncelleme: 12.03.2023 12:00",
        "Yangilandi: 12.03.2023. E'lon qilindi: 2022-yil 6-yanvar",
        "Жарияланды: 2022 жылғы 6 қаңтар. Жаңартылды: 2023 жылғы 12 наурыз",
        "Жаңыртылды: 12.03.2023\nЖарыяланды: 06.01.2022",
        "Навсозӣ шуд: 12.03.2023\nНашр шуд: 06.01.2022",
        "Yenilənib: 12.03.2023 Dərc olunub: 06.01.2022",
        "06.01.2022 (updated 12.03.2023)",
        "Date: 06.01.2022",
    ],
)
def test_the_date_of_a_change_is_not_that_of_publication(head: str) -> None:
    document = read(f"{TITLE}\n{head}\n\n{ONE}\n{TWO}")
    assert document.published_at is not None
    assert document.published_at.date() == date(2022, 1, 6)
    assert document.text == f"{ONE}\n{TWO}"


def test_a_change_dates_a_text_that_tells_nothing_else() -> None:
    document = read(f"{TITLE}\nUpdated: 12.03.2023\n\n{ONE}\n{TWO}")
    assert document.published_at is not None
    assert document.published_at.date() == date(2023, 3, 12)


def test_prose_that_names_a_date_is_text() -> None:
    prose = "The decree that was published on 6 January 2022 changes the rules for all four of the border crossings."
    assert read(f"{TITLE}\n\n{prose}\n\n{ONE}\n{TWO}").text == f"{prose}\n{ONE}\n{TWO}"


def test_text_is_kept_but_for_its_edges() -> None:
    document = read(f"\ufeff{TITLE}\r\n\r\n  {ONE}\u00a0Indeed.  \r\n\r\n{TWO} и\u0306\r\n")
    assert document.title == TITLE
    assert document.text == f"{ONE}\u00a0Indeed.\n{TWO} й"


def test_an_empty_file_is_an_empty_document() -> None:
    empty = PlainDocument(title=None, text="", author=None, source=None, url=None, published_at=None)
    assert read("") == read("\ufeff\r\n \n") == empty


def test_a_very_long_file_of_buttons_is_read_in_time() -> None:
    assert read("Share.\n" * 50_000 + ONE).text.endswith(ONE)


@given(st.lists(st.sampled_from([TITLE, ONE, TWO, "By Jane Roe", "Source: Steppe Courier", "Share.", "", "Comments"])))
@settings(max_examples=100, deadline=None)
def test_paragraphs_keep_their_order_and_prose_before_the_end_is_never_lost(lines: list[str]) -> None:
    document = read("\n".join(lines))
    kept = document.text.split("\n") if document.text else []
    rest = iter(lines)
    assert all(line in rest for line in kept)
    if "Comments" not in lines:
        assert kept.count(ONE) == lines.count(ONE)


@given(st.text(max_size=400))
@settings(max_examples=80, deadline=None)
def test_any_text_is_a_document(text: str) -> None:
    document = read(text)
    assert document.title is None or document.title == document.title.strip() != ""
    assert "\r" not in document.text
    assert all(line.strip() for line in document.text.split("\n")) or document.text == ""


def test_the_seed_with_title_and_source_line() -> None:
    document = read((shared("seeds") / "003_1ee4f9c68ffe08fc.txt").read_bytes().decode())
    assert document.title == "Does Turkey Intend to Replace the CSTO in Central Asia?"
    assert (document.author, document.source) == ("Vladimir Odintsov", "New Eastern Outlook")
    assert "Leave a Reply" not in document.text
    assert "Similar Posts" not in document.text
    assert len(document.text.split("\n")) == 12


def test_the_seed_without_a_title() -> None:
    document = read((shared("seeds") / "000_f8be7011e9c5b5d2.txt").read_bytes().decode())
    assert document.title is None
    assert (document.author, document.source) == ("Anton Evstratov", "World Geostrategic Insights")
    assert document.text.startswith("During the unrest")
    assert "Share." not in document.text
    assert "Anton Evstratov" not in document.text


@pytest.mark.parametrize("head", ["By A", "Author: A", "Source: A", "Title: A", "Published 5 May 2022", "Автор: А"])
@pytest.mark.parametrize("filler", ["\u00a0 ", " ", "( ", "A. ", ", ", "- ", "1/", "at@", " and ", "https://a "])
def test_a_line_without_an_end_is_read_in_time_with_its_length(head: str, filler: str) -> None:
    """With the square of it, three hundred thousand blanks take minutes."""
    line = f"{head} {filler * (300_000 // len(filler))}x"
    assert "Words were said" in read_plaintext(f"Talks\n\n{line}\n\nWords were said about it.\n").text
