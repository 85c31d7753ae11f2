"""What else could match an article with many queries, asked for as much of each query as it can say.

All are given sets of words, made as Steppewatch makes them: folded words and entities of the article. A phrase is its
longest word, NEAR is AND, a wildcard the words of the sample that begin so. `perq` and `mokaccino` are used when they
are installed.
"""

from __future__ import annotations

import importlib
from bisect import bisect_left
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from worker.query.article import QueryArticle
from worker.query.nodes import And, EntityNode, Near, Not, Or, Phrase, Query, Word
from worker.query.positions.article_text import TokenizedArticle

Groups = list[tuple[str, ...]]
Match = Callable[[frozenset[str]], int]
MOST_FORMS = 20
"""Words that a wildcard stands for."""


def words_of(article: QueryArticle) -> frozenset[str]:
    """Return the words and entities of an article."""
    return frozenset(
        TokenizedArticle(article).vocabulary | {f"entity {mention.entity}" for mention in article.mentions}
    )


class Reducer:
    """Brings queries to groups of words, of which an article must have one each."""

    def __init__(self, articles: Iterable[QueryArticle]) -> None:
        self._words = sorted(frozenset().union(*map(words_of, articles)))

    def groups(self, query: Query) -> Groups:
        """Return the groups of a generated query; what it excludes is left out."""
        match query:
            case And(parts):
                return [group for part in parts if not isinstance(part, Not) for group in self.groups(part)]
            case Near(left, right):
                return self.groups(left) + self.groups(right)
            case Or(parts):
                return [tuple(dict.fromkeys(word for part in parts for word in self._of_leaf(part)))]
        return [tuple(self._of_leaf(query))]

    def _of_leaf(self, leaf: Query) -> Sequence[str]:
        match leaf:
            case EntityNode(_, value):
                return [f"entity {value}"]
            case Word(text) if text.endswith("*"):
                at = bisect_left(self._words, text[:-1])
                found = [word for word in self._words[at : at + MOST_FORMS] if word.startswith(text[:-1])]
                return found or [text[:-1]]
            case Word() | Phrase():
                return [max(leaf.variants[0], key=len)]
        raise TypeError(leaf)


def plain_sets(queries: Mapping[int, Groups]) -> Match:
    """Return the evaluation of every query with sets of words."""
    compiled = [[frozenset(group) for group in groups] for groups in queries.values()]

    def match(words: frozenset[str]) -> int:
        return sum(1 for groups in compiled if not any(group.isdisjoint(words) for group in groups))

    return match


def perq(queries: Mapping[int, Groups]) -> Match:
    """Return the percolator of the package perq; ImportError if it is not there."""
    package: Any = importlib.import_module("perq")
    store = package.MemoryStore()
    package.index((package.Query(key, groups) for key, groups in queries.items()), store)
    matcher = package.QueryMatcher(store)
    document = package.Document

    def match(words: frozenset[str]) -> int:
        return len(list(matcher.matches(document(words))))

    return match


def mokaccino(queries: Mapping[int, Groups]) -> Match:
    """Return the percolator of the package mokaccino; ImportError if it is not there."""
    package: Any = importlib.import_module("mokaccino")
    query, percolator = package.Query, package.Percolator()
    for key, groups in queries.items():
        alternatives = [query.from_or([query.from_kv("w", word) for word in group]) for group in groups]
        percolator.add_query_id(query.from_and(alternatives), key)
    percolator = percolator.optimized()

    def match(words: frozenset[str]) -> int:
        document = package.Document()
        for word in words:
            document = document.with_value("w", word)
        return len(percolator.percolate_list(document))

    return match


def tsquery(url: str) -> Callable[[Mapping[int, Groups]], Match]:
    """Return the builder of a table of tsquery in the PostgreSQL at an address."""

    def build(queries: Mapping[int, Groups]) -> Match:
        import psycopg

        conn = psycopg.connect(url)
        conn.execute("CREATE TEMPORARY TABLE standing (id int, query tsquery)")
        with conn.cursor().copy("COPY standing FROM STDIN") as copy:
            for key, groups in queries.items():
                text = " & ".join("(" + " | ".join(f"'{word}'" for word in group) + ")" for group in groups)
                copy.write_row((key, text))
        conn.execute("ANALYZE standing")

        def match(words: frozenset[str]) -> int:
            row = conn.execute(
                "SELECT count(*) FROM standing WHERE array_to_tsvector(%s) @@ query", (sorted(words),)
            ).fetchone()
            return int(row[0]) if row else 0

        return match

    return build
