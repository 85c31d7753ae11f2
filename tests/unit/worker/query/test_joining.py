"""Numbers match by their value, abbreviations with and without dots, in queries, texts and the index of words."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from worker.matching.word_index import index_terms
from worker.presearch.presearch import Presearcher
from worker.query.article import QueryArticle
from worker.query.evaluate import evaluate
from worker.query.joining import get_spelling
from worker.query.nodes import iter_leaves
from worker.query.positions.article_text import TokenizedArticle
from worker.query.query import QueryError, parse
from worker.query.words import Words

NBSP, THIN, NARROW = "\u00a0", "\u2009", "\u202f"
THOUSAND = ("1000", "1,000", "1.000", "1 000", f"1{NBSP}000", f"1{THIN}000", f"1{NARROW}000", '"1 000"', '"1,000"')
MILLION = ("2500000", "2,500,000", "2.500.000", "2 500 000", f"2{NARROW}500{NARROW}000")


def matches(query: str, text: str, language: str | None = "en") -> bool:
    """Say what the evaluator says; the presearcher, which arrival asks, and the index must not disagree."""
    parsed, article = parse(query), QueryArticle(title="Lake", text=text, language=language)
    verdict = evaluate(parsed, article).matched
    presearcher: Presearcher[int] = Presearcher()
    presearcher.add(1, parsed)
    assert bool(presearcher.matches(article)) is verdict
    assert set(TokenizedArticle(article).main.words) - {""} <= index_terms("Lake", text, language)
    return verdict


@pytest.mark.parametrize("query", THOUSAND)
@pytest.mark.parametrize(
    ("language", "text"),
    [
        *((language, "about 1000 men") for language in ("en", "ru", "tr", None)),
        *(
            (language, f"about 1{space}000 men")
            for language in ("en", "ru", "kk", None)
            for space in f" {NBSP}{NARROW}"
        ),
        *((language, "about 1,000 men.") for language in ("en", "zh", None)),
        *((language, "about 1.000 men, 5") for language in ("ru", "tr", "de", "az", "kk-Latn", None)),
        ("en", "about 1,000.50 somoni"),
        ("de", "about 1.000,50 somoni"),
        ("en", "(1,000)"),
        ("fa", "about 1٬000 men"),
    ],
)
def test_a_thousand_is_found_however_it_is_written(query: str, language: str | None, text: str) -> None:
    assert matches(query, text, language)


@pytest.mark.parametrize("query", MILLION)
@pytest.mark.parametrize("text", ["2,500,000 men", "2 500 000 men", f"2{NBSP}500{NBSP}000 men", "2500000 men"])
def test_millions(query: str, text: str) -> None:
    assert matches(query, text)


@pytest.mark.parametrize(
    ("query", "language", "text"),
    [
        ("1000", "en", "exactly 1.000 metres"),
        ("1000", "ru", "ровно 1,000 метра"),
        ("1000", "en", "1,0000"),
        ("1000", "en", "12,1,000"),
        ("1000", "en", "1,00"),
        ("1000", "en", "1, 000"),
        ("1000", "en", "1\n000"),
        ("1000", "en", "01,000"),
        ("7495123", "ru", "+7 495 123 45 67"),
        ("2022100", "en", "in 2022 100 men"),
        ("30100", "ru", "в 18:30 100 человек"),
        ("1,000", "en", "100"),
        ("0125", "en", "0,125"),
    ],
)
def test_what_is_another_number(query: str, language: str, text: str) -> None:
    assert not matches(query, text, language)


@pytest.mark.parametrize("query", ["3,14", "3.14", '"3 14"'])
def test_decimals_are_found_with_comma_and_dot(query: str) -> None:
    assert matches(query, "about 3.14 or so")
    assert matches(query, "около 3,14", "ru")


@pytest.mark.parametrize("year", ["2022", "٢٠٢٢", "２０２２"])
def test_digits_of_other_scripts_are_digits(year: str) -> None:
    assert matches("2022", f"in {year} or so")
    assert matches(year, "in 2022 or so")


ABBREVIATIONS = [
    ("en", ("US", "U.S.", "U.S")),
    ("en", ("USA", "U.S.A.", "U.S.A")),
    ("en", ("UN", "U.N.", "U.N")),
    ("ru", ("США", "С.Ш.А.", "С.Ш.А")),
    ("tr", ("AB", "A.B.", "A.B")),
    ("tr", ("TBMM", "T.B.M.M.")),
    ("hy", ("ՀՀ", "Հ.Հ.")),
]


@pytest.mark.parametrize(("language", "forms"), ABBREVIATIONS)
def test_abbreviations_are_found_with_and_without_dots(language: str, forms: tuple[str, ...]) -> None:
    for query in forms:
        for text in forms:
            assert matches(query, f"for the {text} border", language), (query, text)
            assert matches(f'"{query} border"', f"for the {text} border", language), (query, text)
            assert matches(f'"{query}"', f"the {text}-led talks", language), (query, text)
            assert matches(f"{query} NEAR/3 border", f"the {text}'s long border", language), (query, text)
            assert matches(f"title:{query} OR body:{query}", f"the {text}.", language), (query, text)


@pytest.mark.parametrize("query", ["U.S.", "U.S", '"U.S."'])
def test_an_abbreviation_with_dots_is_no_small_word(query: str) -> None:
    assert not matches(query, "it concerns us all")
    assert matches("u.s.", "it concerns us all")
    assert matches(query, "U. S. forces")


def test_what_only_looks_like_an_abbreviation() -> None:
    assert matches("24.kg", "as 24.kg says")
    assert matches("t.me", "see t.me today")
    assert not matches("te", "see t.example")
    assert matches('"А. С. Бекова"', "доклад А. С. Бековой и А. С. Бекова", "ru")
    assert matches('"А.С. Бекова"', "доклад А. С. Бекова", "ru")
    assert matches('"А.С. Бекова"', "доклад А.С. Бекова и А.С.Бекова", "ru")


def test_an_abbreviation_ends_no_sentence() -> None:
    assert matches("SENT(forces border)", "The U.S. Forces left. The border is open, the forces of the border say.")
    assert not matches("SENT(U.S. border)", "The U.S. Forces left. The border is open.")
    assert matches("SENT(U.S. left)", "The U.S. Forces left. The border is open.")


def test_the_words_that_fired_are_shown_as_they_are_written() -> None:
    text = "Some 1,000 men of the U.S. Army"
    verdict = evaluate(parse("1000 AND US"), QueryArticle(title="", text=text, language="en"))
    assert [(fired.surface, text[fired.start : fired.end]) for fired in verdict.because] == [
        ("1,000", "1,000"),
        ("U.S", "U.S"),
    ]


@pytest.mark.parametrize("typed", [*THOUSAND, *MILLION, "U.S.", "А.С.", '"U.S. Army"', "case:U.S.", "title:1 000"])
def test_what_is_printed_is_read_back(typed: str) -> None:
    query = parse(typed)
    assert parse(str(query)) == query


@pytest.mark.parametrize(
    ("typed", "terms"),
    [
        ("2022 100", ["2022", "100"]),
        ("near 5 000", ["near", "5 000"]),
        ("drills NEAR/5 100", ["drills", "100"]),
        ("12 345 6", ["12", "345", "6"]),
        ("10 000 men", ["10 000", "men"]),
    ],
)
def test_spaces_join_numbers_only(typed: str, terms: list[str]) -> None:
    assert [leaf.text for leaf in iter_leaves(parse(typed))] == terms  # type: ignore[union-attr]


@given(st.text("1230 ,.'U.SÀоʻo'g\u00a0习\u00ad\n", max_size=30), st.sampled_from(("en", "ru", "uz", None)))
def test_places_stay_true(text: str, language: str | None) -> None:
    words = Words(text, get_spelling(language))
    assert len(words.words) == len(words.starts) == len(words.ends)
    places = [place for pair in zip(words.starts, words.ends, strict=True) for place in pair]
    assert places == sorted(places)
    assert all(words.words)


@given(st.text("1230 ,.US*-'", min_size=1, max_size=12))
@example(".00.*")
@example("1 000S")
@example("1 000-")
@example("S1 000")
@example(",1 000,")
def test_whatever_is_typed_finds_itself(typed: str) -> None:
    try:
        query = parse(typed)
    except QueryError:
        return
    assert parse(str(query)) == query
    if "*" not in typed and "." not in typed:
        assert matches(typed, typed, None), query


@pytest.mark.parametrize(
    "typed", ["#drills", '"#drills"', "title:#drills OR #drills", "#drill*", "drills #border", "DRILLS"]
)
def test_a_hashtag_is_found(typed: str) -> None:
    assert matches(typed, "Look: #drills at the #border")
    assert matches("#DrillsAtBorder", "Look: #drillsatborder")
    assert matches("#joint_exercise", "Look: #joint_exercise")
    assert not matches("#drills", "Look: #drillsatborder")
