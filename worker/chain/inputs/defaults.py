"""Default values for inputs, set by a person. Pure; values in the input take precedence, field by field."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import BinaryIO

from db.text.dates import end_of_tomorrow, find_date_fault
from worker.chain.documents import Document, Rejected, joined
from worker.chain.inputs.fields import Columns

ZoneOf = Callable[[str | None, str | None], str | None]
"""Returns the time zone of the outlet with that name or address; None if unknown."""


Opened = Callable[[str, BinaryIO], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Defaults:
    """Date, outlet, language and address of inputs without any; `url` is that of one document."""

    published_at: datetime | None = None
    published_is_day: bool = False
    source: str | None = None
    language: str | None = None
    url: str | None = None


def no_zone(source: str | None, url: str | None) -> str | None:
    """Return None, because no outlets are known."""
    return None


@dataclass(slots=True, kw_only=True)
class InputOptions:
    """Options for reading the inputs of one command."""

    columns: Columns = field(default_factory=Columns)
    defaults: Defaults = field(default_factory=Defaults)
    zone_of: ZoneOf = no_zone
    max_page_bytes: int = 10_000_000
    """Bytes of a page in an archive, unpacked."""
    opened: Opened = lambda name, stream: None
    """Called for each file that is read."""
    _address_of: str | None = None
    """The input that received the default address."""

    def completed(self, document: Document, *, language_is_told: bool = True) -> Document | Rejected:
        """Return a document completed with the defaults. An impossible date becomes missing, with a remark.

        `language_is_told` is true if the document declares its language, where it has one.
        """
        defaults, remark = self.defaults, document.remark
        at, is_day = document.published_at, document.published_is_day
        if at is not None and (fault := find_date_fault(at, latest=end_of_tomorrow(document.observed_at))):
            at, is_day, remark = None, False, joined(remark, fault)
        if at is None:
            at, is_day = defaults.published_at, defaults.published_is_day
        url = document.url
        if not url and defaults.url:
            if self._address_of is not None:
                return Rejected(
                    subject=document.subject, reason=f"has no address, and --url is that of {self._address_of}"
                )
            self._address_of = document.subject
            url = defaults.url
        is_silent = defaults.language is not None and not (language_is_told and document.language)
        return replace(
            document,
            url=url,
            published_at=at,
            published_is_day=is_day,
            source=document.source or defaults.source,
            language=defaults.language if is_silent else document.language,
            second_language=None if is_silent else document.second_language,
            remark=remark,
        )
