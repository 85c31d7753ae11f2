"""Keys of the rows of exports, by which their pages continue.

They never change, unlike the days and addresses that order an export: while articles arrive and change, each row that
was there from the first page to the last is read exactly once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, false, or_

from db.enums.exports import ExportKind
from db.models import Article, CoverageCell, CoverageSeries, MatchRow, MentionRow, Revision, Source

RowKey = tuple[Any, ...]
"""The values of a row's key."""


@dataclass(frozen=True, slots=True)
class KeyPart:
    """A column of a key, and its direction in the order of the pages."""

    column: Any
    is_descending: bool = False
    last: Any = None
    """A value that no row comes after."""


KEYS: Mapping[ExportKind, Sequence[KeyPart]] = {
    ExportKind.ARTICLES: (KeyPart(Article.id, True),),
    ExportKind.REVISIONS: (KeyPart(Revision.id, True),),
    ExportKind.MENTIONS: (
        KeyPart(MentionRow.revision_id, True),
        KeyPart(MentionRow.field, True, ""),
        KeyPart(MentionRow.start, last=0),
        KeyPart(MentionRow.end, last=0),
        KeyPart(MentionRow.entity_id, last=""),
    ),
    ExportKind.COOCCURRENCE: (KeyPart(CoverageSeries.id), KeyPart(CoverageCell.bucket_on)),
    ExportKind.CLUSTERS: (KeyPart(Article.cluster_id, True), KeyPart(Article.id, last=2**63 - 1)),
    ExportKind.MATCHES: (KeyPart(MatchRow.id, True),),
    ExportKind.SOURCES: (KeyPart(Source.id),),
}


def key_types(kind: ExportKind) -> Sequence[type]:
    """Return the types of the values of a key."""
    return [part.column.type.python_type for part in KEYS[kind]]


def build_end_key(kind: ExportKind, *begin: Any) -> RowKey:
    """Return the key after all rows whose keys begin with these values."""
    return (*begin, *(part.last for part in KEYS[kind][len(begin) :]))


def in_key_order(parts: Sequence[KeyPart]) -> list[ColumnElement[Any]]:
    """Return the order of the pages."""
    return [part.column.desc() if part.is_descending else part.column.asc() for part in parts]


def is_after(parts: Sequence[KeyPart], after: RowKey) -> ColumnElement[bool]:
    """Return the condition that a key comes later. The first part is in it twice, for an index to serve it."""
    later: ColumnElement[bool] = false()
    for part, value in reversed(list(zip(parts, after, strict=True))):
        beyond = part.column < value if part.is_descending else part.column > value
        later = or_(beyond, and_(part.column == value, later))
    first, value = parts[0], after[0]
    return and_(first.column <= value if first.is_descending else first.column >= value, later)
