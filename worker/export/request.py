"""What somebody wants to have exported, how it is written, and where the store is to be cut. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from db.exports.read import Filters

BYTE_ORDER_MARK = "\ufeff"
"""By it a spreadsheet sees how a file is encoded."""

LONGEST_CELL = 32_000
"""Characters of a text in a file for spreadsheets: Excel holds 32,767 in a cell."""

_OURS = frozenset({"article_ids", "changed_after", "changed_until", "health"})
"""Filters that no person asks for: what a query, a cut and a cursor come to, and what stands beside counts."""


@dataclass(frozen=True, slots=True)
class ExportRequest:
    """What somebody wants to have exported, and how."""

    kind: str
    filters: Filters = field(default_factory=Filters)
    query: str = ""
    """In the language of alerts: only articles that answer it."""
    wide: bool = False
    """Coverage only: a column for each entity, and for each of the queries."""
    queries: Sequence[str] = ()
    counted: str = "articles"
    """What the cells of wide coverage count: articles, stories or mentions."""
    format: str = "csv"
    excel: bool = False
    """For spreadsheets: in UTF-16 with tabs, which open in columns whatever the system's list separator is."""
    gzip: bool = False
    delimiter: str = ""
    """What stands between two cells of CSV, if somebody said so; then it is UTF-8 for spreadsheets too."""
    is_stored: bool = field(default=False, compare=False)
    """Whether a schedule kept it: then its queries were checked before."""

    @property
    def suffix(self) -> str:
        """Return how the names of such files end."""
        return f".{self.format}{'.gz' if self.gzip else ''}"

    detail: str = ""
    """What it has beside the usual columns: see `worker.export.formats.columns.DETAILS`."""

    @property
    def longest(self) -> int | None:
        """Return after how many characters texts are cut; None where they are not."""
        return LONGEST_CELL if self.excel else None

    @property
    def separator(self) -> str:
        """Return what stands between two cells of CSV."""
        return self.delimiter or ("\t" if self.excel else ",")

    @property
    def encoding(self) -> str:
        """Return the encoding of CSV, by the name that a reader has to give."""
        return "utf-16" if self.excel and not self.delimiter else "utf-8"

    def encoded(self, lines: bytes) -> bytes:
        """Return whole lines in UTF-8 as they are written."""
        return lines if self.encoding == "utf-8" else lines.decode().encode("utf-16-le")

    def question(self) -> dict[str, Any]:
        """Return kind and filters as JSON has them: what is asked, not how the answer is written."""
        given = {
            name: value
            for name, value in asdict(self.filters).items()
            if name not in _OURS and value not in (None, (), [])
        }
        days = {name: value.isoformat() for name, value in given.items() if isinstance(value, date)}
        shape = {"wide": True, "counted": self.counted} if self.wide else {}
        shape |= {"with": self.detail} if self.detail else {}
        asked = {name: value for name in ("query", "queries") if (value := getattr(self, name))}
        return {"kind": self.kind, **asked, **shape, **given, **days}


def request_of(question: Mapping[str, Any], **how: Any) -> ExportRequest:
    """Return the request for a question as `ExportRequest.question` gives it."""
    asked = dict(question)
    kind, wide, counted = asked.pop("kind"), asked.pop("wide", False), asked.pop("counted", "articles")
    query, queries, detail = asked.pop("query", ""), asked.pop("queries", ()), asked.pop("with", "")
    for name in ("since", "until"):
        if name in asked:
            asked[name] = date.fromisoformat(asked[name])
    return ExportRequest(
        kind, Filters(**asked), query, wide=wide, queries=queries, counted=counted, detail=detail, **how
    )


@dataclass(frozen=True, slots=True)
class Cut:
    """Where the store was cut: up to which change, and when. Written `5120@2026-11-22T02:00:00Z`."""

    number: int
    at: datetime

    def __str__(self) -> str:
        return f"{self.number}@{self.at.astimezone(UTC).isoformat(timespec='seconds').replace('+00:00', 'Z')}"

    @staticmethod
    def parse(written: str) -> Cut:
        """Return the cut that is written so. Raises ValueError."""
        number, _, at = written.partition("@")
        moment = datetime.fromisoformat(at)
        if moment.tzinfo is None or not number.isdecimal() or len(number) > 18:
            raise ValueError(f"no cut: {written}")
        return Cut(int(number), moment)
