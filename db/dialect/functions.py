"""SQL functions that the two databases spell differently, and the column types that exports distinguish."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from typing import Any, ClassVar

from sqlalchemy import BigInteger, BindParameter, Boolean, ColumnElement, Text, bindparam, cast
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement


class WordColumn(Text):
    """A generated text that needs neither quotes nor a guard in CSV: `title`, `name`, an instant."""


class Address(Text):
    """An address in canonical form: quoted in CSV, but it begins with its scheme, so it needs no guard."""


class _SpelledColumn(FunctionElement[Any]):
    """A function with one spelling per database; `{0}` stands for its argument."""

    inherit_cache = True
    sqlite: ClassVar[str]
    postgresql: ClassVar[str]


@compiles(_SpelledColumn)
def _spell(element: _SpelledColumn, compiler: SQLCompiler, **kwargs: Any) -> str:
    form = element.sqlite if compiler.dialect.name == "sqlite" else element.postgresql
    return form.format(compiler.process(element.clauses, **kwargs))


class instant_text(_SpelledColumn):
    """An instant as `2022-01-06T10:00:00Z`: UTC, cut to whole seconds. Null stays null."""

    type = WordColumn()
    inherit_cache = True
    sqlite = "(replace(substr({0}, 1, 19), ' ', 'T') || 'Z')"
    postgresql = "(replace(left(CAST({0} AT TIME ZONE 'UTC' AS text), 19), ' ', 'T') || 'Z')"


class day_text(_SpelledColumn):
    """The UTC day of an instant as `2022-01-06`. Null stays null."""

    type = WordColumn()
    inherit_cache = True
    sqlite = "substr({0}, 1, 10)"
    postgresql = "left(CAST({0} AT TIME ZONE 'UTC' AS text), 10)"


class decimal_text(_SpelledColumn):
    """A share with four decimals. Null stays null."""

    type = WordColumn()
    inherit_cache = True
    sqlite = "CASE WHEN {0} IS NOT NULL THEN printf('%.4f', {0}) END"
    postgresql = "CAST(round(CAST({0} AS numeric), 4) AS text)"


class fired_words(_SpelledColumn):
    """The words in the JSON list `matches.because`, with semicolons between them; null if there are none."""

    type = Text()
    inherit_cache = True
    sqlite = "(SELECT group_concat(json_extract(value, '$[3]'), '; ') FROM json_each({0}))"
    postgresql = (
        "(SELECT string_agg(fired.value ->> 3, '; ' ORDER BY fired.place)"
        " FROM json_array_elements({0}) WITH ORDINALITY AS fired(value, place))"
    )


class passes(_SpelledColumn):
    """A condition that most rows fulfil: no index is to be chosen for it, where another one gives the rows in order."""

    type = Boolean()
    inherit_cache = True
    sqlite = "likely({0})"
    postgresql = "({0})"


class _numbers(_SpelledColumn):
    """The numbers of a JSON list, as a subquery: one parameter for any number of them."""

    type = BigInteger()
    inherit_cache = True
    sqlite = "(SELECT value FROM json_each({0}))"
    postgresql = "(SELECT CAST(value AS bigint) FROM json_array_elements_text(CAST({0} AS json)))"


def is_one_of_few(column: Any, numbers: Collection[int]) -> ColumnElement[bool]:
    """Return whether a column has one of at most some thousand integers, written out so that its index serves them."""
    listed: BindParameter[Any] = bindparam(None, sorted(numbers), unique=True, expanding=True, literal_execute=True)
    found: ColumnElement[bool] = column.in_(listed)
    return found


def is_one_of(column: Any, numbers: Sequence[int]) -> ColumnElement[bool]:
    """Return the condition that a column has one of these numbers, of which there may be a million."""
    return cast(column, BigInteger).bool_op("IN")(_numbers(bindparam(None, json.dumps(list(numbers)), Text)))
