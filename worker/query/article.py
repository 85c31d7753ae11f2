"""Articles as queries see them: values that callers build from rows or from a file."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Mentioned:
    """An entity named in a field, `title` or `text`, of the article; offsets count code points of that field."""

    field: str
    start: int
    end: int
    entity: str
    type: str
    level: str = "name"


@dataclass(frozen=True, slots=True)
class QueryOutlet:
    """The publisher of the article. `names` are its name and its domains; the id need not be among them."""

    id: str
    names: tuple[str, ...] = ()
    country: str | None = None
    """As in the catalogue: KZ, or KG/KZ for an outlet of two countries."""


@dataclass(frozen=True, slots=True, kw_only=True)
class QueryArticle:
    """One revision of an article with its metadata. Title and text are NFC, one paragraph a line."""

    title: str
    text: str
    author: str = ""
    source: QueryOutlet | None = None
    language: str | None = None
    genre: str | None = None
    url: str = ""
    published_at: datetime | None = None
    """Time of publication, or of collection if unknown; None matches no date."""
    mentions: tuple[Mentioned, ...] = ()
