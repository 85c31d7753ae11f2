"""Which part of a query an article fails, and what the article has instead."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from alertqueries import articles, queries
from hypothesis import given, settings

from worker.query.article import Mentioned, QueryArticle, QueryOutlet
from worker.query.evaluation.explain_miss import failings
from worker.query.evaluation.holds import holds
from worker.query.nodes import Query
from worker.query.positions.article_text import TokenizedArticle
from worker.query.query import parse

TEXT = (
    "The poplar grows slowly on the shore. A walnut fell far from it, and nobody minded, for it was late in the year"
    " and the boats had gone. The lake of Osh froze."
)
ARTICLE = QueryArticle(
    title="Boats on the lake",
    text=TEXT,
    author="Aizada Bekova",
    source=QueryOutlet("qamys", ("Qamys Habary",), "KZ"),
    language="en",
    genre="news",
    published_at=datetime(2022, 1, 4, tzinfo=UTC),
    mentions=(
        Mentioned(field="title", start=0, end=5, entity="csto", type="alliance", level="coref"),
        Mentioned(field="text", start=4, end=10, entity="poplar", type="concept"),
    ),
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("poplar AND submarine", [("submarine", "not in title or text")]),
        ("poplars", [("poplars", "not in title or text; spelled alike: “poplar”")]),
        ("title:poplar", [("title:poplar", "not in title, but in text (character 5)")]),
        ("author:poplar", [("author:poplar", "not in author, but in text (character 5)")]),
        ("case:OSH", [("case:OSH", "only with other capitals: “Osh”")]),
        ('"walnut poplar"', [('"walnut poplar"', "its words stand in title or text, but not side by side")]),
        ('"walnut submarine"', [('"walnut submarine"', "no “submarine” in title or text")]),
        ("walnut NOT lake", [("NOT lake", "excluded, and there: “lake” (title), “lake” (text)")]),
        ("entity:csto", [("entity:csto", "only as coref")]),
        ("entity:sco", [("entity:sco", "not mentioned")]),
        ("title:entity:poplar", [("title:entity:poplar", "not in title, but in text (character 5)")]),
        ("source:oasis", [("source:oasis", "the outlet is qamys")]),
        ("country:KG lake", [("country:KG", "the outlet is of KZ")]),
        ("lang:ru", [("lang:ru", "the text is in en")]),
        ("genre:opinion", [("genre:opinion", "the genre is news")]),
        ("date:2022-02", [("date:2022-02-01..2022-02-28", "it was published on 2022-01-04")]),
        ("poplar NEAR/3 walnut", [("poplar NEAR/3 walnut", "both are there, the nearest are 7 words apart")]),
        ("walnut ONEAR/9 poplar", [("walnut ONEAR/9 poplar", "both are there, but in the other order")]),
        ("poplar NEAR/3 submarine", [("submarine", "not in title or text")]),
        ("SENT(poplar walnut)", [("SENT(poplar AND walnut)", "all of it is there, but in no one sentence")]),
        ("SENT(poplar submarine)", [("submarine", "not in title or text")]),
        ("atleast/3(lake)", [("atleast/3(lake)", "2 times, not 3")]),
        ("score>=9(poplar^4 tractor^8)", [("score>=9(poplar^4 tractor^8)", "reaches 4 of 9: poplar +4")]),
        ("submarine OR tractor", [("submarine OR tractor", "none of these 2 holds")]),
        (
            "submarine OR (poplar tractor)",
            [("submarine OR (poplar AND tractor)", "none of these 2 holds"), ("tractor", "not in title or text")],
        ),
        ("saved:fleet", [("submarine", "not in title or text")]),
        ("poplar", []),
    ],
)  # fmt: skip
def test_the_part_that_failed_is_named(text: str, expected: list[tuple[str, str]]) -> None:
    query = parse(text, {"fleet": "submarine AND lake"})
    assert [tuple(failing) for failing in failings(query, TokenizedArticle(ARTICLE))] == expected


@pytest.mark.slow
@settings(max_examples=200)
@given(query=queries, article=articles())
def test_whatever_does_not_match_says_why(query: Query, article: QueryArticle) -> None:
    reading = TokenizedArticle(article)
    found = failings(query, reading)
    assert bool(found) is not holds(query, reading)
    assert all(failing.part in str(query) or failing.part.startswith("(") for failing in found)
    assert all(failing.reason for failing in found)


def test_an_article_of_which_nothing_is_known() -> None:
    reading = TokenizedArticle(QueryArticle(title="", text=""))
    for text in ("source:a", "lang:ru", "country:KZ", "genre:news", "date:2022", "a NEAR/3 b", "SENT(a b)", "entity:a"):
        assert failings(parse(text), reading)
