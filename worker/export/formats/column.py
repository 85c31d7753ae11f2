"""A column of an export: its name, its meaning, and the type of its values."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class ColumnKind(Enum):
    """The type of a column's values, which decides their format."""

    TEXT = "text"
    """Free text: quoted, and guarded against spreadsheets."""
    WORD = "word"
    """One of a few words of our own: never quoted."""
    INTEGER = "integer"
    NUMBER = "number"
    FLAG = "flag"
    """True or false."""
    DAY = "day"
    INSTANT = "instant"
    MOMENT = "moment"
    """An instant, or a day if only that is known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column of an export with the meaning of its values. `required`: it is never empty."""

    name: str
    meaning: str
    kind: ColumnKind = ColumnKind.TEXT
    unit: str = ""
    required: bool = False

    @property
    def title(self) -> str:
        """Return the name for people."""
        return self.name.replace("_", " ").capitalize()


def id_column(name: str, meaning: str) -> Column:
    """Return a column of numbers that identify a row."""
    return Column(name=name, meaning=meaning, kind=ColumnKind.INTEGER, required=True)


def count_column(name: str, meaning: str, unit: str) -> Column:
    """Return a column of counts; none is ever empty."""
    return Column(name=name, meaning=meaning, kind=ColumnKind.INTEGER, unit=unit, required=True)


ARTICLE_ID = id_column("article_id", "number of the article in this store")
URL = Column(name="url", meaning="address of the article, as last seen", required=True)
SOURCE = Column(
    name="source",
    meaning="outlet: its id in the catalogue, for an unknown outlet its registrable domain",
    required=True,
)
SOURCE_NAME = Column(name="source_name", meaning="outlet, for display", required=True)
COUNTS_ON = Column(
    name="counts_on",
    meaning="day on which the article counts: of publication, else of collection",
    kind=ColumnKind.DAY,
    required=True,
)
