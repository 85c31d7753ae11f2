"""Dates and languages as people write them → values, and readable faults in them. Pure."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from db.text.dates import EARLIEST_YEAR, LATEST_YEAR, ParsedDate, fault_in, parse_date
from worker.extract.language.names import language_code


def read_language(written: str | None) -> tuple[str | None, str | None]:
    """Return the code of the document's language, and a readable fault in it."""
    if not written or not written.strip():
        return None, None
    code = language_code(written)
    return code, None if code else f"{written[:40]!r} is no language that is known; taken as missing"


def read_when(value: str | None) -> tuple[ParsedDate | None, str | None]:
    """Return the date in a document, and a readable fault in it."""
    text = (value or "").strip()
    if not text:
        return None, None
    if moment := _iso(text) or parse_date(text):
        return moment, None
    if fault := fault_in(text, latest=_NO_LATEST):
        return None, fault
    return None, f"{text[:40]!r} is no date between {EARLIEST_YEAR} and {LATEST_YEAR}; taken as missing"


_NO_LATEST = datetime.max.replace(tzinfo=UTC)


def _iso(text: str) -> ParsedDate | None:
    try:
        when = datetime.fromisoformat(text)
        offset = when.utcoffset() or timedelta()
        when = when.replace(tzinfo=UTC) - offset
    except (ValueError, OverflowError):
        return None
    if not EARLIEST_YEAR <= when.year <= LATEST_YEAR:
        return None
    return ParsedDate(at=when, is_day=len(text) <= 10, has_zone=True, offset=offset)
