"""The grammar, fuzzed: whatever is typed is understood or refused, and what is printed is read back."""

from __future__ import annotations

import pytest
from alertqueries import queries
from hypothesis import example, given, settings
from hypothesis import strategies as st

from worker.presearch.cost import lint_query
from worker.query.article import QueryArticle
from worker.query.evaluate import evaluate
from worker.query.nodes import Query
from worker.query.query import QueryError, parse

PIECES = (
    *("AND", "OR", "NOT", "NEAR/3", "ONEAR/2", "near", "SENT(", "atleast/2", "score>=2(", "^3", "^-1", "~1", "~"),
    *("(", ")", '"', "“", "«", "*", "-", "'", ":", "title:", "case:", "name:", "entity:csto", "type:", "lang:ru"),
    *("saved:s", "date:2022", "date>=", "source:a.b", "Osh", "drill*", "pan-turk*", '"a b"', "\u00a0", "\n", "é", "习"),
    *("author:", "genre:", "country:kz", "http://x", "14:30", "&", "|", "\x00", "\ud800", "🙂", "O‘z"),
)
SAVED = {"s": "Osh OR Batken"}
typed = st.one_of(
    st.lists(st.sampled_from(PIECES), max_size=12).map(" ".join),
    st.lists(st.sampled_from(PIECES), max_size=12).map("".join),
    st.text(max_size=40),
)


@settings(max_examples=100)
@given(text=typed)
@example('"\x00"')
@example("((((a))))")
@example("title:(a NEAR/2 title:b)")
def test_anything_typed_is_understood_or_refused_with_a_place(text: str) -> None:
    query = _parsed(text)
    if isinstance(query, QueryError):
        assert 0 <= query.position <= len(text)
        assert query.pointed(text).endswith("^")
    else:
        assert parse(str(query), SAVED) == query
        assert isinstance(lint_query(query), list)
        assert isinstance(evaluate(query, QueryArticle(title="Osh", text="drill é 习 a b")).because, tuple)


def _parsed(text: str) -> Query | QueryError:
    try:
        return parse(text, SAVED)
    except QueryError as error:
        return error


@pytest.mark.slow
@settings(max_examples=100)
@given(query=queries)
def test_what_is_printed_is_read_back(query: Query) -> None:
    assert parse(str(query)) == query


@pytest.mark.parametrize("text", ["&A0:0", "…a1:2", "(x OR &b2:3)"])
def test_a_word_that_would_be_read_back_as_a_field_is_refused(text: str) -> None:
    with pytest.raises(QueryError, match="':' means nothing here"):
        parse(text)


@pytest.mark.parametrize("size", [1_000, 4_000])
def test_long_queries_are_no_trouble(size: int) -> None:
    words = [f"w{number}" for number in range(size)]
    query = parse(" OR ".join(words)[:20_000].rpartition(" OR ")[0])
    assert evaluate(query, QueryArticle(title="", text="w7")).matched
