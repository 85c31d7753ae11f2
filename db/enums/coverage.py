"""The closed sets of `db.models.coverage`: periods, splits and levels of counts. Pure."""

from __future__ import annotations

from db.enums.base import ClosedSet


class Grain(ClosedSet):
    """The length of a period that is counted."""

    DAY = "day", "a day"
    WEEK = "week", "a week; it begins on Monday (ISO 8601)"
    MONTH = "month", "a month of the calendar"


class CoverageSplit(ClosedSet):
    """The property by which the counts of an entity are split."""

    ALL = "all", "none: the whole material"
    SOURCE = "source", "the outlet"
    LANG = "lang", "the language of the article"
    COUNTRY = "country", "the country of the outlet"
    GENRE = "genre", "the genre of the article"
    ENTITY = "entity", "another entity that the article names too"


class CoverageLevel(ClosedSet):
    """The level of the mentions that are counted, a `MentionLevel` or all."""

    NAME = "name", "mentions by name"
    DEMONYM = "demonym", "mentions by a people or an adjective"
    CONCEPT = "concept", "mentions by a word for an idea"
    ALL = "all", "all mentions"
