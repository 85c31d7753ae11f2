"""Offices held by people: their names in texts, and their periods."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol

from worker.vocabulary.relations import RelationKind

_DAY = re.compile(r"\d{4}(-\d{2}(-\d{2})?)?")


_IN_OFFICE = (RelationKind.LEADER_OF, RelationKind.MINISTER_OF)


class Span(Protocol):
    """A relation to another entity, with its period."""

    @property
    def kind(self) -> str: ...
    @property
    def from_on(self) -> str | None: ...
    @property
    def to_on(self) -> str | None: ...


class Holder(Protocol):
    """An entity with its offices."""

    @property
    def offices(self) -> tuple[Office, ...]: ...
    @property
    def relations(self) -> Sequence[Span]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Office:
    """An office of a person, in `of`, an entity; `terms` are its names in texts.

    `from_on` and `until_on` are a year, a month or a day as text; None if unknown, and while it is held.
    """

    title: str
    of: str | None
    from_on: str | None
    until_on: str | None
    terms: tuple[str, ...]

    def was_held(self, day: date | None) -> bool:
        """Return whether the office may have been held on a day; True if the day is unknown.

        A year or a month counts whole at both ends: an office left in 2022 counts as held on every day of 2022.
        """
        if day is None:
            return True
        text = day.isoformat()
        begun = self.from_on is None or text[: len(self.from_on)] >= self.from_on
        return begun and (self.until_on is None or text[: len(self.until_on)] <= self.until_on)

    def to_json(self) -> list[Any]:
        """Return the plain values for `parse_office`."""
        return [self.title, self.of, self.from_on, self.until_on, list(self.terms)]


def parse_office(entry: list[Any]) -> Office:
    """Return the office written by `to_json`."""
    title, of, from_on, until_on, terms = entry
    return Office(title=title, of=of, from_on=from_on, until_on=until_on, terms=tuple(terms))


def holds_office(entity: Holder, day: date | None) -> bool:
    """Return whether a person held an office or led an organisation on a day; False if the day is unknown."""
    if day is None:
        return False
    if any(office.was_held(day) for office in entity.offices):
        return True
    spans = (
        Office(title="", of=None, from_on=one.from_on, until_on=one.to_on, terms=())
        for one in entity.relations
        if one.kind in _IN_OFFICE
    )
    return any(span.was_held(day) for span in spans if span.from_on or span.until_on)


def is_day(text: str) -> bool:
    """Return whether a text is a year, a month or a day such as 2022-01-05."""
    return _DAY.fullmatch(text) is not None
