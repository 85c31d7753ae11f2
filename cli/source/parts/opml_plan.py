"""The outcomes of importing an OPML list of feeds, one for each outline. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from crawlers.reading.opml import OpmlOutline
from db.collection.sources.book import SourceBook, SourceIn, name_key, new_source
from db.enums.collection import SourceOrigin
from db.net.urls import canonical_url

_MAX_NAME = 200


class Imported(StrEnum):
    """The outcome of an outline."""

    ADDED = "added"
    KNOWN = "known"
    DUPLICATE = "duplicate"
    TAKEN = "taken"
    REMOVED = "removed"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedFeed:
    """An outline with its outlet; `source` is that outlet if it is new, `reason` says why nothing is added."""

    outline: OpmlOutline
    outcome: Imported
    source_id: str | None = None
    source: SourceIn | None = None
    reason: str | None = None


def plan_import(
    outlines: Iterable[OpmlOutline],
    *,
    book: SourceBook,
    feeds: Mapping[str, str],
    removed: frozenset[str],
    refusal_of: Callable[[str], str | None],
) -> Iterator[PlannedFeed]:
    """Yield the outcome of each outline. `feeds` has the outlet of each known feed; `book` grows by new outlets.

    An outline belongs to the outlet on the domain of its site, else on that of its feed.
    """
    known = {_key(url): source_id for url, source_id in feeds.items()}
    seen: set[str] = set()
    for outline in outlines:
        reason = refusal_of(outline.feed_url) or _find_fault(outline.feed_url)
        key = _key(outline.feed_url)
        if reason:
            yield PlannedFeed(outline=outline, outcome=Imported.REFUSED, reason=reason)
            continue
        if key in seen:
            yield PlannedFeed(outline=outline, outcome=Imported.DUPLICATE)
            continue
        seen.add(key)
        yield _plan(outline, known.get(key), book, removed)


def _plan(outline: OpmlOutline, owner: str | None, book: SourceBook, removed: frozenset[str]) -> PlannedFeed:
    source_id = book.find_by_url(outline.site_url or outline.feed_url)
    if owner in removed or source_id in removed:
        gone = owner if owner in removed else source_id
        reason = f"{gone} was removed; steppewatch source restore {gone} brings it back"
        return PlannedFeed(outline=outline, outcome=Imported.REMOVED, source_id=gone, reason=reason)
    if owner is not None:
        if source_id in (None, owner):
            return PlannedFeed(outline=outline, outcome=Imported.KNOWN, source_id=owner)
        reason = f"it is a feed of {owner}"
        return PlannedFeed(outline=outline, outcome=Imported.TAKEN, source_id=owner, reason=reason)
    if source_id is not None:
        return PlannedFeed(outline=outline, outcome=Imported.ADDED, source_id=source_id)
    source = _new_outlet(outline)
    if source.id in book.ids:  # an outlet under another domain has this id
        return PlannedFeed(outline=outline, outcome=Imported.ADDED, source_id=source.id)
    book.ids.add(source.id)
    book.by_name.setdefault(name_key(source.name), source.id)
    for domain in source.domains:
        book.by_domain.setdefault(domain, source.id)
    return PlannedFeed(outline=outline, outcome=Imported.ADDED, source_id=source.id, source=source)


def _new_outlet(outline: OpmlOutline) -> SourceIn:
    found = new_source(None, outline.site_url or outline.feed_url)
    return SourceIn(
        id=found.id,
        name=(outline.title or "").strip()[:_MAX_NAME] or found.name,
        domains=found.domains,
        origin=SourceOrigin.PERSON,
        languages=(outline.language,) if outline.language else (),
        homepage=outline.site_url,
    )


def _find_fault(url: str) -> str | None:
    try:
        canonical_url(url)
    except ValueError as error:
        return str(error)
    return None


def _key(url: str) -> str:
    try:
        return canonical_url(url)
    except ValueError:
        return url
