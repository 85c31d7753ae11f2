"""Many queries at once give what each gives alone, whatever is added, changed and removed."""

from __future__ import annotations

import pytest
from alertqueries import articles, queries
from hypothesis import given, settings
from hypothesis import strategies as st

from worker.presearch.atoms import Atom
from worker.presearch.frequency import Frequencies
from worker.presearch.narrow import narrow
from worker.presearch.presearch import Presearcher
from worker.query.article import QueryArticle
from worker.query.evaluate import evaluate
from worker.query.nodes import Query
from worker.query.positions.article_text import LEVELS, TokenizedArticle, name_key
from worker.query.query import parse
from worker.query.words import is_like, is_within

STEPS = st.lists(st.tuples(st.integers(0, 5), st.none() | queries), max_size=14)


@pytest.mark.slow
@settings(max_examples=100)
@given(steps=STEPS, seen=st.lists(articles(), min_size=1, max_size=3), counted=st.booleans())
def test_the_result_is_that_of_evaluating_each_query(
    steps: list[tuple[int, Query | None]], seen: list[QueryArticle], counted: bool
) -> None:
    presearcher: Presearcher[int] = Presearcher(frequencies=Frequencies.counted(seen) if counted else None)
    held: dict[int, Query] = {}
    for at, (key, query) in enumerate(steps):
        if query is None:
            presearcher.remove(key)
            held.pop(key, None)
        else:
            presearcher.add(key, query)
            held[key] = query
        article = seen[at % len(seen)]
        verdicts = {key: evaluate(query, article) for key, query in held.items()}
        right = {key: verdict.because for key, verdict in verdicts.items() if verdict.matched}
        assert {key: verdict.because for key, verdict in presearcher.matches(article).items()} == right
        assert set(right) <= set(presearcher.candidates(article))
        assert len(presearcher) == len(held)


@pytest.mark.slow
@settings(max_examples=60)
@given(query=queries, article=articles(), counted=st.booleans())
def test_what_is_needed_never_excludes_a_match(query: Query, article: QueryArticle, counted: bool) -> None:
    frequencies = Frequencies.counted([article]) if counted else Frequencies()
    if evaluate(query, article).matched:
        for group in narrow(query, frequencies):
            assert any(_has(article, atom) for atom in group)


def _has(article: QueryArticle, atom: Atom) -> bool:
    reading = TokenizedArticle(article)
    zone = reading.zone(atom.field)
    words = reading.title.words if atom.field == "title" else zone.words
    mentions = [mention for mention in article.mentions if mention.level in LEVELS]
    language = (article.language or "").lower()
    match atom.kind:
        case "word" | "phrase":
            return f" {atom.value} " in f" {' '.join(words)} "
        case "like":
            return any(is_like(word, atom.value) for word in words)
        case "within":
            other, _, edits = atom.value.partition("~")
            return any(is_within(word, other, int(edits)) for word in words)
        case "entity":
            return any(mention.entity == atom.value for mention in mentions)
        case "type":
            return any(mention.type == atom.value for mention in mentions)
        case "source":
            return atom.value in reading.source_names
        case "lang":
            return atom.value in (language, language.partition("-")[0])
        case "country":
            return article.source is not None and atom.value in (article.source.country or "").lower()
    return name_key(article.genre or "") == atom.value


@pytest.mark.parametrize(
    ("query", "needed"),
    [
        ("a NEAR/3 b", [{"a"}, {"b"}]),
        ("(a OR b) AND c", [{"a", "b"}, {"c"}]),
        ("a AND NOT b", [{"a"}]),
        ("NOT a", []),
        ("a OR NOT b", []),
        ('"great turan"', [{"great turan"}]),
        ('"k*-jomart tokayev"', [{"k*"}, {"jomart tokayev"}]),
        ('"great turan"~2', [{"great"}, {"turan"}]),
        ("score>=3(summit^1 sco^2 joint^2)", [{"sco", "joint"}]),
        ("entity:csto OR ОДКБ", [{"csto", "одкб"}]),
        ("(aaaa AND b) OR (cccc AND d)", [{"aaaa", "cccc"}, {"b", "d"}]),
    ],
)
def test_needed_atoms(query: str, needed: list[set[str]]) -> None:
    frequencies = Frequencies({"aaaa": 0.1, "cccc": 0.1, "b": 0.5, "d": 0.5, "summit": 0.9, "sco": 0.8, "joint": 0.1})
    groups = [{atom.value for atom in group} for group in narrow(parse(query), frequencies)]
    assert groups == needed


def test_a_query_is_looked_at_only_where_its_rarest_group_is() -> None:
    rare = Frequencies({"summit": 0.5, "batken": 0.01})
    presearcher = Presearcher({"q": parse("summit AND batken")}, rare)
    assert presearcher.candidates(QueryArticle(title="", text="a summit")) == []
    assert presearcher.candidates(QueryArticle(title="", text="a summit in Batken")) == ["q"]


def test_words_that_nobody_asks_for_any_more_are_forgotten() -> None:
    presearcher: Presearcher[str] = Presearcher()
    presearcher.add("q", parse('"great turan" AND summit* AND NOT sport'))
    size = len(presearcher._terms)
    for number in range(50):
        presearcher.add("q", parse(f'"number word{number}" AND summit{number}* AND NOT sport{number}'))
    assert len(presearcher._terms) <= size + 2
