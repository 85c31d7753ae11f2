"""What a query means and how common its words are, or what is wrong with it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import Connection

from db.articles.lists.holders import find_few
from worker.export.by_query import read_query
from worker.matching.word_index import required_terms
from worker.presearch.cost import lint_query
from worker.query.errors import QueryError

_COUNTED = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class QueryCheck:
    """The result of checking a query."""

    valid: bool
    message: str = ""
    hint: str = ""
    position: int | None = None
    pointed: str = ""
    canonical: str = ""
    """The query with every operator written out."""
    may_match: int | None = None
    """Number of texts that have its rarest words; None if they are too many to count, or the words do not decide."""
    remarks: Sequence[str] = ()

    def record(self) -> dict[str, Any]:
        """Return the check for JSON."""
        return asdict(self)


def check_query(conn: Connection, text: str) -> QueryCheck:
    """Return what a query means, how many texts may match, and advice; or its fault."""
    if not text.strip():
        return QueryCheck(valid=True)
    try:
        query = read_query(conn, text)
    except QueryError as error:
        return QueryCheck(
            valid=False,
            message=error.message,
            hint=error.hint,
            position=error.position,
            pointed=error.pointed(text),
        )
    need = required_terms(query)
    few = find_few(conn, need, limit=_COUNTED) if need is not None else None
    remarks = [f"{remark.term}: {remark.message}; {remark.hint}" for remark in lint_query(query)]
    return QueryCheck(
        valid=True, canonical=str(query), may_match=None if few is None else len(few), remarks=remarks[:3]
    )
