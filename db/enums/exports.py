"""The closed sets of exports: kinds, details, formats, and the periods of schedules. Pure."""

from __future__ import annotations

from enum import StrEnum

from db.enums.base import ClosedSet


class ExportKind(StrEnum):
    """The kind of an export: the things that its rows stand for."""

    ARTICLES = "articles"
    MENTIONS = "mentions"
    COVERAGE = "coverage"
    COOCCURRENCE = "cooccurrence"
    CLUSTERS = "clusters"
    REVISIONS = "revisions"
    MATCHES = "matches"
    SOURCES = "sources"


class ExportDetail(StrEnum):
    """Columns of an export that only an option adds."""

    TEXT = "text"
    DIFF = "diff"
    REVISIONS = "revisions"


class CountedUnit(StrEnum):
    """The unit of the cells in wide coverage."""

    ARTICLES = "articles"
    STORIES = "stories"
    MENTIONS = "mentions"


class FileFormat(StrEnum):
    """The file format of an export."""

    CSV = "csv"
    PARQUET = "parquet"


class ExportPeriod(ClosedSet):
    """The interval of a scheduled export."""

    HOUR = "hour", "at the full hour"
    DAY = "day", "at midnight, UTC"
    WEEK = "week", "on Monday at midnight, UTC"
    MONTH = "month", "on the first at midnight, UTC"
