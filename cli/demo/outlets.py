"""The demo's outlets and articles, read from the files in `demo/`."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum, StrEnum
from pathlib import Path
from typing import Any

from worker.vocabulary.toml_table import read_toml

_ENDS_PARAGRAPH = re.compile(r"\n\s*\n")


class DemoError(Exception):
    """The demo cannot run; the text is the reason, `hint` the remedy."""

    def __init__(self, reason: str, hint: str = "") -> None:
        super().__init__(reason, hint)
        self.reason, self.hint = reason, hint

    def __str__(self) -> str:
        return self.reason


class Act(IntEnum):
    """The acts of the script, in order."""

    OPENING = 1
    NEWS = 2
    REPRINTS = 3
    EDIT = 4
    END = 5


@dataclass(frozen=True, slots=True)
class Wording:
    """The wording of an article at one time."""

    title: str
    paragraphs: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoArticle:
    """An entry of a feed and its page."""

    slug: str
    act: Act
    at: datetime
    wording: Wording
    author: str = ""
    copy_of: str = ""
    """`outlet/slug` of the original, for a reprint."""
    edited: Wording | None = None
    """Wording that silently replaces the first one in the act EDIT."""
    moved_from: str = ""
    sent_as: str = "utf-8"
    """Encoding of the page, which always claims to be UTF-8."""
    redirect: str = ""
    """Redirect target instead of a page; `vault` is an address of ours that must not be reached."""
    link: str = ""
    """Link in the feed instead of the page."""

    @property
    def leads_astray(self) -> bool:
        """Return whether nothing must ever be fetched for this entry."""
        return bool(self.redirect or self.link)

    def said_in(self, act: Act) -> Wording:
        """Return the wording of its page in an act."""
        return self.edited if self.edited and act >= Act.EDIT else self.wording


class DemoFeed(StrEnum):
    """The list of articles of an outlet; a dead feed answers 404."""

    RSS = "rss"
    ATOM = "atom"
    JSON = "json"
    SITEMAP = "sitemap"
    SECTION = "section"
    """No list but the front page."""
    DEAD = "dead"


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoOutlet:
    """An invented outlet and all its articles, latest first."""

    id: str
    name: str
    country: str
    language: str
    kind: str
    note: str
    host: str
    feed: str
    """A `DemoFeed`."""
    restless: bool
    articles: tuple[DemoArticle, ...]
    feed_moved_from: str = ""
    """The path at which its feed is known; it answers 301."""
    in_opml: bool = False
    """Its feed is known only from the list of feeds that the demo imports."""
    guarded_until: Act | None = None
    """Before this act a challenge is shown in place of its articles."""

    def published_in(self, act: Act) -> list[DemoArticle]:
        """Return the articles in its feed in an act, latest first."""
        return [article for article in self.articles if article.act <= act]

    def is_guarded_in(self, act: Act) -> bool:
        """Return whether a challenge is shown in place of its articles in an act."""
        return self.guarded_until is not None and act < self.guarded_until


def packaged_folder() -> Path:
    """Return the packaged folder of the demo's data, in a checkout or a wheel."""
    package = Path(__file__).resolve().parent.parent
    checkout = package.parent / "demo"
    return checkout if (checkout / "outlets").is_dir() else package / "_demo"


def read_outlets(folder: Path) -> tuple[DemoOutlet, ...]:
    """Return the outlets in a folder, ordered by id. Raises DemoError for an invalid file."""
    tables = {path.stem: _read(path) for path in sorted((folder / "outlets").glob("*.toml"))}
    if not tables:
        raise DemoError(f"{folder} holds no outlets")
    originals = {
        f"{outlet_id}/{entry['slug']}": _paragraphs(entry.get("text", ""))
        for outlet_id, table in tables.items()
        for entry in table.get("articles", ())
    }
    outlets = []
    for outlet_id, table in tables.items():
        try:
            outlets.append(_outlet(table, originals))
        except (KeyError, TypeError, ValueError, IndexError) as error:
            raise DemoError(f"{outlet_id}.toml: {type(error).__name__}: {error}") from error
    return tuple(outlets)


def _read(path: Path) -> dict[str, Any]:
    try:
        return read_toml(path)
    except ValueError as error:
        raise DemoError(f"{path.name} {error}") from error


def _outlet(table: Mapping[str, Any], originals: Mapping[str, tuple[str, ...]]) -> DemoOutlet:
    known = {key: value for key, value in table.items() if key != "articles"}
    articles = [_article(entry, originals) for entry in table.get("articles", ())]
    articles.sort(key=lambda article: (article.at, article.slug), reverse=True)
    if "guarded_until" in known:
        known["guarded_until"] = Act[known["guarded_until"].upper()]
    return DemoOutlet(**{"restless": False, **known}, articles=tuple(articles))


def _article(entry: Mapping[str, Any], originals: Mapping[str, tuple[str, ...]]) -> DemoArticle:
    entry = dict(entry)
    title, text, edit, takes = (entry.pop(key, None) for key in ("title", "text", "edit", "takes"))
    taken = _taken(originals[entry["copy_of"]], takes) if "copy_of" in entry else ()
    return DemoArticle(
        **{**entry, "act": Act[entry["act"].upper()]},
        wording=Wording(title, _paragraphs(text or "") + taken),
        edited=Wording(edit["title"], _paragraphs(edit["text"])) if edit else None,
    )


def _taken(paragraphs: Sequence[str], numbers: Sequence[int] | None) -> tuple[str, ...]:
    return tuple(paragraphs if numbers is None else (paragraphs[number - 1] for number in numbers))


def _paragraphs(text: str) -> tuple[str, ...]:
    return tuple(" ".join(piece.split()) for piece in _ENDS_PARAGRAPH.split(text) if piece.strip())
