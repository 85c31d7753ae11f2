"""Requests for exports: content, format, and the cut of the database. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from db.enums.exports import CountedUnit, ExportDetail, ExportKind, FileFormat
from db.exports.read import Filters

BYTE_ORDER_MARK = "\ufeff"
"""Shows a spreadsheet the encoding of a file."""

LONGEST_CELL = 32_000
"""Characters of a text in a file for spreadsheets: Excel holds 32,767 in a cell."""

_OURS = frozenset({"article_ids", "changed_after", "changed_until", "health"})
"""Derived filters, which no person sets: from a query, a cut, a cursor, and the health of the collection."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportRequest:
    """A request for an export: content and format."""

    kind: ExportKind
    filters: Filters = field(default_factory=Filters)
    query: str = ""
    """In the language of alerts: only matching articles."""
    wide: bool = False
    """Coverage only: a column for each entity, and for each of the queries."""
    queries: Sequence[str] = ()
    counted: CountedUnit = CountedUnit.ARTICLES
    """The unit counted by the cells of wide coverage."""
    format: FileFormat = FileFormat.CSV
    excel: bool = False
    """For spreadsheets: in UTF-16 with tabs, which open in columns with any list separator of the system."""
    gzip: bool = False
    delimiter: str = ""
    """The delimiter of CSV, if set explicitly; then it is UTF-8 for spreadsheets too."""
    is_stored: bool = field(default=False, compare=False)
    """True if it comes from a schedule, whose queries were checked before."""

    @property
    def suffix(self) -> str:
        """Return the file extension of the format."""
        return f".{self.format}{'.gz' if self.gzip else ''}"

    detail: ExportDetail | None = None
    """Detail beyond the usual columns: see `worker.export.formats.columns.DETAILS`."""

    @property
    def longest(self) -> int | None:
        """Return the maximum length of texts; None without a limit."""
        return LONGEST_CELL if self.excel else None

    @property
    def separator(self) -> str:
        """Return the delimiter of CSV."""
        return self.delimiter or ("\t" if self.excel else ",")

    @property
    def encoding(self) -> str:
        """Return the encoding of CSV, by its name for readers."""
        return "utf-16" if self.excel and not self.delimiter else "utf-8"

    def encoded(self, lines: bytes) -> bytes:
        """Return whole lines in UTF-8 in the encoding of the file."""
        return lines if self.encoding == "utf-8" else lines.decode().encode("utf-16-le")

    def question(self) -> dict[str, Any]:
        """Return kind and filters for JSON: the content of the request without the format."""
        plain = {
            name: value
            for name, value in asdict(self.filters).items()
            if name not in _OURS and value not in (None, (), [])
        }
        days = {name: value.isoformat() for name, value in plain.items() if isinstance(value, date)}
        shape = {"wide": True, "counted": self.counted} if self.wide else {}
        shape |= {"with": self.detail} if self.detail else {}
        content_filters = {name: value for name in ("query", "queries") if (value := getattr(self, name))}
        return {"kind": self.kind, **content_filters, **shape, **plain, **days}


def parse_request(question: Mapping[str, Any], **how: Any) -> ExportRequest:
    """Return the request for the result of `ExportRequest.question`."""
    remaining = dict(question)
    kind, wide, counted = (
        remaining.pop("kind"),
        remaining.pop("wide", False),
        remaining.pop("counted", CountedUnit.ARTICLES),
    )
    query, queries, detail = (
        remaining.pop("query", ""),
        remaining.pop("queries", ()),
        remaining.pop("with", None),
    )
    for name in ("since", "until"):
        if name in remaining:
            remaining[name] = date.fromisoformat(remaining[name])
    return ExportRequest(
        kind=ExportKind(kind),
        filters=Filters(**remaining),
        query=query,
        wide=wide,
        queries=queries,
        counted=CountedUnit(counted),
        detail=ExportDetail(detail) if detail else None,
        **how,
    )


@dataclass(frozen=True, slots=True)
class Cut:
    """The cut of the database: the last included change, and its time. Written `5120@2026-11-22T02:00:00Z`."""

    number: int
    at: datetime

    def __str__(self) -> str:
        return f"{self.number}@{self.at.astimezone(UTC).isoformat(timespec='seconds').replace('+00:00', 'Z')}"

    @staticmethod
    def parse(written: str) -> Cut:
        """Return the cut for its written form. Raises ValueError."""
        number, _, at = written.partition("@")
        moment = datetime.fromisoformat(at)
        if moment.tzinfo is None or not number.isdecimal() or len(number) > 18:
            raise ValueError(f"no cut: {written}")
        return Cut(int(number), moment)
