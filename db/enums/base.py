"""The root of all closed sets: a stored string with its meaning. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import Self


class ClosedSet(StrEnum):
    """All values that a column may have. A member is the stored string; `meaning` explains it to people."""

    meaning: str

    def __new__(cls, value: str, meaning: str) -> Self:
        """Return a member that equals its stored value."""
        member = str.__new__(cls, value)
        member._value_ = value
        member.meaning = meaning
        return member

    @classmethod
    def from_value(cls, value: str) -> Self:
        """Return the member with this stored value. Raises ValueError for any other."""
        member = cls._value2member_map_.get(value)
        if not isinstance(member, cls):
            raise ValueError(f"{value!r} is no {cls.__name__}")
        return member


def listed(values: Iterable[str], last: str = "or") -> str:
    """Return values as a sentence lists them: `name, demonym or concept`."""
    *most, end = values
    return f"{', '.join(most)} {last} {end}" if most else str(end)


def to_table(values: type[ClosedSet]) -> str:
    """Return a closed set as a table of Markdown: each value with its meaning."""
    rows = "".join(f"| `{member}` | {member.meaning} |\n" for member in values)
    return f"| value | meaning |\n|---|---|\n{rows}"
