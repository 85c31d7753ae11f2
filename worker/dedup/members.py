"""Articles as members of clusters: outlet, address and time."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Generic, TypeVar
from urllib.parse import urlsplit

Id = TypeVar("Id", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Member(Generic[Id]):
    """One article. `url` is canonical; `published_at` is aware, or a day; unknown values are None."""

    id: Id
    url: str | None = None
    published_at: datetime | date | None = None
    source: str | None = None

    @property
    def instant(self) -> datetime | None:
        """Time of publication in UTC; a day counts as its first moment."""
        when = self.published_at
        if when is None:
            return None
        if not isinstance(when, datetime):
            return datetime.combine(when, time(), UTC)
        if when.tzinfo is None:
            raise ValueError(f"article {self.id!r}: published_at has no time zone: {when}")
        return when.astimezone(UTC)

    @property
    def order(self) -> tuple[bool, datetime, bool, str, str]:
        """Sorts the articles of a cluster: the first one is the original. Missing dates and addresses come last.

        The id decides last, only among articles of one address and instant.
        """
        instant = self.instant
        return (
            instant is None,
            instant or datetime.max.replace(tzinfo=UTC),
            not self.url,
            self.url or "",
            str(self.id),
        )


def is_same_outlet(a: Member[Id], b: Member[Id]) -> bool | None:
    """Return whether both were published by one outlet; None if unknown.

    Sources are compared if both are known, else the hosts of both addresses.
    """
    names = (_name(a.source), _name(b.source))
    if not all(names):
        names = (_host(a.url), _host(b.url))
    return names[0] == names[1] if all(names) else None


def get_outlet(member: Member[Id]) -> str:
    """Return the identity of an outlet: its source, else its host; empty if neither is known."""
    return _name(member.source) or _host(member.url)


def is_same_day(a: Member[Id], b: Member[Id]) -> bool | None:
    """Return whether both were published on one day in UTC; None if unknown."""
    first, second = a.instant, b.instant
    return first.date() == second.date() if first and second else None


def _name(source: str | None) -> str:
    return (source or "").strip().casefold().removeprefix("www.")


def _host(url: str | None) -> str:
    try:
        return (urlsplit(url or "").hostname or "").removeprefix("www.")
    except ValueError:
        return ""
