"""The query language: what texts mean, how queries print, and what errors say."""

from __future__ import annotations

import pickle
from contextlib import suppress
from datetime import date

import pytest

from worker.query.nodes import (
    And,
    AtLeast,
    DateRange,
    EntityNode,
    Filter,
    Near,
    Not,
    Or,
    Phrase,
    Query,
    Score,
    Sentence,
    Word,
)
from worker.query.query import MAX_LENGTH, QueryError, QueryNames, parse

KNOWN = QueryNames(
    entities={"csto": "Collective Security Treaty Organization", "sco": "Shanghai Cooperation Organisation"},
    surnames=frozenset({"Trump"}),
)


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        pytest.param("drills border", "drills AND border", id="side by side is AND"),
        pytest.param("a OR b c", "a OR (b AND c)", id="AND before OR"),
        pytest.param("NOT a b", "NOT a AND b", id="NOT before AND"),
        pytest.param("a AND b NEAR/3 c", "a AND (b NEAR/3 c)", id="NEAR before AND"),
        pytest.param("NOT a NEAR/3 b", "NOT (a NEAR/3 b)", id="NEAR before NOT"),
        pytest.param("NOT NOT a", "a", id="twice not is not not"),
        pytest.param("a or not b and c", "a OR (NOT b AND c)", id="operators in small letters"),
        pytest.param("near Osh", "near AND Osh", id="a word that is an operator only with a number"),
        pytest.param("“Great Turan”", '"Great Turan"', id="curly quotes"),
        pytest.param("«Большой Туран»", '"Большой Туран"', id="guillemets"),
        pytest.param('"Great\u00a0Turan"', '"Great Turan"', id="no-break space in a phrase"),
        pytest.param("Nagorno–Karabakh\u00a0OR Artsakh", "Nagorno-Karabakh OR Artsakh", id="dash, no-break space"),
        pytest.param("O‘zbekiston", "O'zbekiston", id="apostrophe"),
        pytest.param("title:(drills OR border)", "title:drills OR title:border", id="a field before a group"),
        pytest.param("title: drills", "title:drills", id="a space behind a field"),
        pytest.param("title:case:Osh", "title:case:Osh", id="two fields"),
        pytest.param("lang:(ru OR kk-latn)", "lang:ru OR lang:kk-Latn", id="values in a group"),
        pytest.param("country:kz", "country:KZ", id="countries are capitals"),
        pytest.param("entity:CSTO", "entity:csto", id="entity in capitals"),
        pytest.param('entity:"Shanghai cooperation organisation"', "entity:sco", id="entity by its label"),
        pytest.param("title:entity:csto", "title:entity:csto", id="entity named in the title"),
        pytest.param("Trump", "name:Trump", id="a surname begins with a capital"),
        pytest.param("trump", "trump", id="the same letters, small"),
        pytest.param("date:2022-01", "date:2022-01-01..2022-01-31", id="a month"),
        pytest.param("date>=2022-01-05", "date:2022-01-05..", id="from a day"),
        pytest.param("date<2022", "date:..2021-12-31", id="before a year"),
        pytest.param("date:2022-01-05/2022-02", "date:2022-01-05..2022-02-28", id="an interval"),
        pytest.param("Score >= 5(a^3 b^2.5 c^-1 d)", "score>=5(a^3 b^2.5 c^-1 d^1)", id="weights"),
        pytest.param("atleast/3 CSTO", "atleast/3(CSTO)", id="at least without parentheses"),
        pytest.param("summit, Osh.", "summit AND Osh", id="punctuation at the edges"),
        pytest.param("14:30", "14:30", id="a time is no field"),
    ],
)
def test_canonical_text(text: str, canonical: str) -> None:
    query = parse(text, known=KNOWN)
    assert str(query) == canonical
    assert parse(canonical) == query


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("a b", And((Word("a"), Word("b")))),
        ("a OR (b OR c)", Or((Word("a"), Word("b"), Word("c")))),
        ("NOT a", Not(Word("a"))),
        ('a ONEAR/2 "b c"~1', Near(Word("a"), Phrase("b c", slop=1), 2, is_ordered=True)),
        ("a NEAR/1 b NEAR/2 c", Near(Near(Word("a"), Word("b"), 1), Word("c"), 2)),
        ("SENT(author~1 x)", Sentence(And((Word("author", edits=1), Word("x"))))),
        ("atleast/2(entity:csto)", AtLeast(2, EntityNode("entity", "csto"))),
        ("score>=1.5(a^2 b)", Score(1.5, ((Word("a"), 2.0), (Word("b"), 1.0)))),
        ('source:"24.kg"', Filter("source", "24.kg")),
        ("date:2022-01-05", DateRange(date(2022, 1, 5), date(2022, 1, 5))),
    ],
)
def test_meaning(text: str, query: Query) -> None:
    assert parse(text) == query


@pytest.mark.parametrize(
    ("text", "position", "says"),
    [
        ("", 0, "empty"),
        ("a AND", 5, "nothing stands after AND"),
        ("a OR OR b", 5, 'write "OR"'),
        ("(a", 0, "not closed"),
        ("a)", 1, "without its ("),
        ('a "b', 2, "quote that is not closed"),
        ("titel:a", 0, "did you mean title:"),
        ("outlet:iiss", 0, "did you mean source:"),
        ("https://outlet.example", 0, "put quotes"),
        ("entity:ccsto", 7, "did you mean csto (Collective Security Treaty Organization)"),
        ("type:allience", 5, "did you mean alliance"),
        ("saved:regin", 6, "did you mean region"),
        ("a^5", 1, "inside a score"),
        ("a NEAR b", 2, "NEAR/5"),
        ("a NEAR/0 b", 2, "from 1 to"),
        ("a NEAR/3 (b c)", 2, "repeat NEAR"),
        ("a NEAR/3 NOT b", 9, "NOT cannot stand behind NEAR/3"),
        ("title:author:a", 6, "cannot stand inside title:"),
        ("SENT(source:a)", 0, "whole article"),
        ("-sport", 0, "NOT sport"),
        ("‘Great Turan’", 0, "double quotes"),
        ("a & b", 2, "no letter"),
        ("*", 0, "every word"),
        ('"* *"', 0, "without a word"),
        ("ab~1", 0, "too short"),
        ("abc~3", 3, "from 1 to 2"),
        ("date:2022-13", 5, "no date"),
        ("date:2023..2022", 5, "exchange"),
        ("lang:r", 5, "two letters"),
        ("score>=10(a^2 b^3)", 0, "reach only 5"),
        ("score>=1(a^x)", 10, "no weight"),
        ("(" * 30 + "a" + ")" * 30, 20, "parentheses"),
        ("a" * (MAX_LENGTH + 1), MAX_LENGTH, "the limit"),
    ],
)
def test_errors_point_at_the_place_and_suggest(text: str, position: int, says: str) -> None:
    with pytest.raises(QueryError) as caught:
        parse(text, {"region": "Osh"}, KNOWN)
    assert caught.value.position == position
    assert says in str(caught.value)


def test_an_error_shows_the_line_and_a_caret() -> None:
    with pytest.raises(QueryError) as caught:
        parse("Osh AND\n  titel:summit")
    assert caught.value.pointed("Osh AND\n  titel:summit") == "  titel:summit\n  ^"


def test_an_error_can_cross_processes() -> None:
    error = QueryError("what", 3, "that")
    assert str(pickle.loads(pickle.dumps(error))) == str(error)


def test_saved_queries_are_part_of_those_that_name_them() -> None:
    query = parse("saved:region AND drills", {"region": "Osh OR saved:south", "south": "Batken"})
    assert str(query) == "saved:region AND drills"
    assert query == parse(str(query), {"region": "Osh OR saved:south", "south": "Batken"})


def test_a_saved_query_is_not_part_of_itself() -> None:
    with pytest.raises(QueryError, match="part of itself"):
        parse("saved:a", {"a": "x OR saved:b", "b": "y saved:a"})


def test_saved_queries_do_not_multiply_without_end() -> None:
    saved = {f"q{at}": " OR ".join([f"saved:q{at + 1}"] * 1000) for at in range(4)} | {"q4": "Osh"}
    with pytest.raises(QueryError, match="the limit"):
        parse("saved:q0", saved)


@pytest.mark.parametrize("link", ["NOT ", "title:", "a NEAR/1 ", "atleast/2 ", "a OR ", "a ", "saved:a ", "(", "~1"])
def test_chains_of_any_operator_are_read_or_refused(link: str) -> None:
    with suppress(QueryError):  # anything else, such as too deep a recursion, fails the test
        parse(link * 2000 + "a", {"a": "b"})


def test_a_query_that_is_too_long_once_it_is_written_out_is_refused() -> None:
    """Each AND that was left out is stored, and what is stored must be read back."""
    with pytest.raises(QueryError, match="when written out; the limit is 20,000"):
        parse(" ".join(["lake"] * 3_900))
    assert parse(str(parse(" ".join(["lake"] * 2_200))))
