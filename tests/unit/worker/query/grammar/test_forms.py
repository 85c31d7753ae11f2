"""Forms of other tools: each works as there, or is refused with the form to use; none becomes a word."""

from __future__ import annotations

import re
from contextlib import suppress
from itertools import product
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from worker.query.nodes import Phrase, Query, Word, iter_leaves
from worker.query.query import QueryError, parse
from worker.query.words import pattern_words

DOCS = Path(__file__).parents[5] / "docs" / "reference" / "queries.md"
_ROW = re.compile(r"\| `(?P<typed>.+)` \| (?P<tools>[^|`]+) \| (?P<refused>refused: )?`(?P<here>.+)` \|")
_FORM = re.compile(r"(?:write|did you mean) (.*?)(?:[,;?](?:[ ;]|$)|: |$| for | then )")


def _rows() -> list[tuple[str, bool, str]]:
    """Return (typed, whether it is refused, what is to be written here) of each row of the table in the docs."""
    section = DOCS.read_text("utf-8").split("## Forms of other tools")[1].split("\n## ")[0]
    found = [_ROW.fullmatch(line) for line in section.splitlines() if line.startswith("| `")]
    assert all(found), "a row that cannot be read"
    return [
        (row["typed"].replace(r"\|", "|"), bool(row["refused"]), row["here"].replace(r"\|", "|"))
        for row in found
        if row is not None
    ]


ROWS = _rows()


def test_the_table_is_long_enough() -> None:
    assert len({typed for typed, _, _ in ROWS}) >= 80


@pytest.mark.parametrize("tool", ["Meltwater", "Talkwalker", "LexisNexis", "Lucene", "Google"])
def test_the_table_has_many_forms_of_each_tool(tool: str) -> None:
    rows = (_ROW.fullmatch(line) for line in DOCS.read_text("utf-8").splitlines())
    assert sum(tool in row["tools"].split(", ") for row in rows if row) >= 15


@pytest.mark.parametrize(("typed", "here"), [(typed, here) for typed, refused, here in ROWS if not refused])
def test_forms_that_work_as_there(typed: str, here: str) -> None:
    assert str(parse(typed)) == here


@pytest.mark.parametrize(("typed", "here"), [(typed, here) for typed, refused, here in ROWS if refused])
def test_forms_that_are_refused_with_the_form_to_use(typed: str, here: str) -> None:
    with pytest.raises(QueryError) as caught:
        parse(typed)
    form = _FORM.search(caught.value.hint)
    assert form, caught.value.hint
    assert form[1] in here
    assert parse(here)


@pytest.mark.parametrize(
    "typed",
    [
        *("near Osh", "Osh near", "km/h border", "24/7 border", "F-16 OR MiG-29", "w5 OR n5", "C5+1", "R&D", "AT&T"),
        *('"и"', '"w/5"', '"BUT NOT"', "P5+1", "pan-turk*", "Il-76", "24.kg", "SAME OR WITH", "Nagorno-Karabakh"),
        *("within", "around Osh", "title:near", "source:near5", "source:(w/5 OR near5)", "summit, Osh.", "50%"),
        *("state–run", "Kyrgyz–Tajik border", "во время учений", "в Оше", "дронам", "велосипед", "не́бо"),
    ],
)
def test_words_that_only_look_like_operators_are_looked_for(typed: str) -> None:
    query = parse(typed)
    assert parse(str(query)) == query


_NAMES = ("near", "NEAR", "onear", "adj", "ADJ", "within", "around", "AROUND", "pre", "рядом")
_SPELLINGS = (
    *("".join(parts) for parts in product(_NAMES, ("", " ", ":", " /", "-", "="), ("3", "25"))),
    *(f"{name} ({number})" for name in _NAMES for number in (3, 25)),
    *(f"{sign}{unit}" for sign in ("w/", "W/", "/") for unit in ("5", "s", "p", "seg", "sent", "para")),
    *("n/5", "p/5", "pre/5", "NEAR/5f", "near/ 5", "+5", "&&", "||", "|", "AND NOT", "but not", "BUT NOT", "ANDNOT"),
    *("и", "И", "или", "ИЛИ", "не", "НЕ", "либо", "ve", "VE", "veya", "DEĞİL", "ya da", "və", "va", "yoki", "və ya"),
    *("және", "немесе", "емес", "жана", "же", "эмес", "ва", "ё", "և", "կամ", "和", "或", "UND", "ODER", "ОR", "АND"),
    *("NОT", "XOR", "and/or", "и/или", "w/o", "-", "–", "—", "−", "!", "¬", "NOT NEAR/5", "not w/5", "ADJ", "SAME"),
    *(f"{name}/5" for name in ("BEFORE", "FollowedBy", "next", "PROX", "NOT-NEAR", "xnear", "wi", "ANDNOT", "SAME")),
    *(
        "THEN",
        "FBY",
        "BEFORE",
        "AFTER",
        "NEXT",
        "FOLLOWED BY",
        "PROX",
        "NOR",
        "NAND",
        "IN",
        "EXACT",
        "AND-NOT",
        "OR-NOT",
    ),
    *(
        "w/n",
        "w/10w",
        "w/5s",
        "NNEAR5",
        "*NEAR/5",
        "NEAR_5",
        "МИНУС",
        "ПЛЮС",
        "РЯДОМ",
        "YAKIN",
        "HAM",
        "Y",
        "不包括",
        "<5",
    ),
    *("near", "NEAR", "SENTENCE", "WITHOUT", "EXCEPT", "MINUS", "N5", "W5", "ET", "OU"),
)
_OPERANDS = ("drills", "border", "Osh", '"joint exercise"', "drone*", "title:summit", "(Batken OR Talas)")
_WANTED = frozenset(("drills", "border", "osh", "joint", "exercise", "drone*", "summit", "batken", "talas"))
_LAYOUTS = (
    "{a} {op} {b}",
    "({a} {op} {b}) drills",
    "{b} OR {a} {op} {b}",
    "title:({a} {op} {b})",
    "NOT ({a} {op} {b})",
)


@settings(max_examples=300)
@given(
    op=st.sampled_from(_SPELLINGS),
    a=st.sampled_from(_OPERANDS[:4]),
    b=st.sampled_from(_OPERANDS[:4]),
    layout=st.sampled_from(_LAYOUTS),
)
@example(op="–", a="drills", b="sport", layout="{a} {op}{b}")
@example(op="НЕ", a="", b="Osh", layout="{op} {b}")
def test_no_query_holds_a_term_that_came_from_an_operator(op: str, a: str, b: str, layout: str) -> None:
    _assert_refused_or_without_it(layout.format(op=op, a=a, b=b))


@pytest.mark.parametrize("op", _SPELLINGS)
def test_no_operator_between_words_becomes_a_word(op: str) -> None:
    for operand in _OPERANDS:
        _assert_refused_or_without_it(f"drills {op} {operand}")


def _assert_refused_or_without_it(typed: str) -> None:
    query = _parsed(typed)
    if isinstance(query, QueryError):
        assert query.hint, f"{typed} is refused without a hint"
        return
    terms = {
        word for leaf in iter_leaves(query) if isinstance(leaf, Word | Phrase) for word in pattern_words(leaf.text)
    }
    assert terms <= _WANTED, f"{typed} became {query}"
    assert parse(str(query)) == query


def _parsed(typed: str) -> Query | QueryError:
    try:
        return parse(typed)
    except QueryError as error:
        return error


def test_a_stored_query_keeps_the_meaning_it_had() -> None:
    assert str(parse("дроны И граница", lenient=True)) == "дроны AND И AND граница"
    assert str(parse("border w/5 drones", lenient=True)) == "border AND w/5 AND drones"


def test_a_form_behind_signs_that_are_no_part_of_a_word_is_refused_too() -> None:
    with pytest.raises(QueryError, match="NEAR/80 is written otherwise here"):
        parse("drills \u0301NEAR/80:00:0 lake")


@pytest.mark.parametrize("sign", [";", "]", "?", ".", "^"])
def test_a_word_of_ever_so_many_signs_is_read_at_once(sign: str) -> None:
    """In time with its length: with its square this would take minutes."""
    with suppress(QueryError):
        parse(f"csto a{sign * 100_000}1 b")
