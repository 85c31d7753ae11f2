"""Text → query; errors have a position, the expected input, and a suggestion.

Parsing is LALR: linear in the text. Careless typing is accepted: quotes of any kind, operators in lower case, NBSP, any
dash.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from lark import Lark
from lark.exceptions import UnexpectedInput

from worker.query.errors import QueryError
from worker.query.grammar.builder import Builder, depth_and_size
from worker.query.grammar.faults import explain_fault
from worker.query.grammar.forms import refuse_forms
from worker.query.names import QueryNames, did_you_mean, nearest
from worker.query.nodes import Query

__all__ = ["MAX_LENGTH", "Query", "QueryError", "QueryNames", "parse", "parse_stored"]

MAX_LENGTH = 20_000
"""Characters of a query."""
MAX_SIZE = 5_000
"""Words, phrases and operators of a query, together with those of saved queries in it."""
MAX_DEPTH = 60
MAX_PARENTHESES = 20
"""Inside each other."""
MAX_SAVED = 5
"""Saved queries inside each other."""

_SEVERAL = "make several queries of it"
_QUOTES = str.maketrans(dict.fromkeys("“”„‟«»‹›「」『』《》〈〉〝〞＂", '"'))
_GRAMMAR = Path(__file__).parent / "grammar" / "grammar.lark"


@cache
def _parser() -> Lark:
    return Lark(_GRAMMAR.read_text("utf-8"), parser="lalr", lexer="basic")


def parse(
    text: str, saved: Mapping[str, str] | None = None, known: QueryNames | None = None, *, lenient: bool = False
) -> Query:
    """Return the query of a text; raises QueryError.

    `saved` holds the texts of saved queries by name. With `known`, the names of the vocabulary, an entity may be named
    by its label, an unknown one is an error with similar names, and surnames count with a capital only. The text of the
    returned query has the same meaning without `known`. `lenient` is for queries stored under fewer rules: operators of
    other tools are words then.
    """
    return _Reading(saved or {}, known, lenient).read(text)


def parse_stored(
    text: str, saved: Mapping[str, str] | None = None, known: QueryNames | None = None
) -> tuple[Query, QueryError | None]:
    """Return a query stored under earlier rules or with other names, and its fault under the current ones.

    It keeps its meaning: text with a different meaning today is a word, and names no longer known match nothing. Raises
    QueryError for text that was never a query.
    """
    try:
        return parse(text, saved, known), None
    except QueryError as error:
        return parse(text, saved, lenient=True), error


class _Reading:
    """One text with the saved queries that it names, each parsed once."""

    def __init__(self, saved: Mapping[str, str], known: QueryNames | None, lenient: bool) -> None:
        self._saved = saved
        self._known = known
        self._lenient = lenient
        self._parsed: dict[str, Query] = {}
        self._open: list[str] = []

    def read(self, text: str) -> Query:
        if len(text) > MAX_LENGTH:
            raise QueryError(f"a query of {len(text):,} characters; the limit is {MAX_LENGTH:,}", MAX_LENGTH, _SEVERAL)
        plain = text.translate(_QUOTES)
        _check_pairs(plain)
        if not self._lenient:
            refuse_forms(plain)
        try:
            tree = _parser().parse(plain)
        except UnexpectedInput as error:
            raise explain_fault(error, plain) from None
        query = Builder(self._find_saved, self._known, self._lenient).build(tree)
        depth, size = depth_and_size(query)
        if depth > MAX_DEPTH:
            raise QueryError(f"nested {depth} deep; the limit is {MAX_DEPTH}", 0, "make it simpler")
        if size > MAX_SIZE:
            raise QueryError(f"made of {size:,} parts; the limit is {MAX_SIZE:,}", 0, _SEVERAL)
        if not self._lenient and (length := len(str(query))) > MAX_LENGTH:  # it is stored with every AND written out
            raise QueryError(
                f"a query of {length:,} characters when written out; the limit is {MAX_LENGTH:,}", 0, _SEVERAL
            )
        return query

    def _find_saved(self, name: str, position: int) -> Query:
        if name in self._parsed:
            return self._parsed[name]
        if name not in self._saved:
            raise QueryError(
                f"no saved query is called {name!r}",
                position,
                did_you_mean(nearest(name, self._saved)) or "steppewatch alert list shows them",
            )
        if name in self._open:
            raise QueryError(f"the saved query {name!r} is part of itself", position, f"take saved:{name} out of it")
        if len(self._open) == MAX_SAVED:
            raise QueryError(
                f"more than {MAX_SAVED} saved queries inside each other", position, "write one of them out"
            )
        self._open.append(name)
        try:
            self._parsed[name] = self.read(self._saved[name])
        except QueryError as error:
            raise QueryError(f"the saved query {name!r} is wrong {error}", position) from None
        finally:
            self._open.pop()
        return self._parsed[name]


def _check_pairs(plain: str) -> None:
    """Raise QueryError for unpaired quotes and parentheses, with their position."""
    opened: list[int] = []
    quote = -1
    for at, char in enumerate(plain):
        if char == '"':
            quote = at if quote < 0 else -1
        elif quote >= 0:
            continue
        elif char == "(":
            opened.append(at)
            if len(opened) > MAX_PARENTHESES:
                raise QueryError(
                    f"more than {MAX_PARENTHESES} parentheses inside each other",
                    at,
                    "leave out those that change nothing",
                )
        elif char == ")":
            if not opened:
                raise QueryError("a ) without its (", at, "leave it out, or add the (")
            opened.pop()
    if quote >= 0:
        raise QueryError("a quote that is not closed", quote, 'add the second "')
    if opened:
        raise QueryError("a ( that is not closed", opened[-1], "add the )")
