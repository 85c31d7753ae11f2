"""Addresses of our pages. Each address says everything that its page shows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from functools import lru_cache
from urllib.parse import quote, quote_plus, urlencode

_SHORT = 100
"""Longest value whose spelling is remembered."""
Value = str | int | date | None | Sequence[str]


def page_address(path: str, **parameters: Value) -> str:
    """Return an address with these parameters; empty ones are left out, lists are repeated."""
    pairs = [f"{name}={_quote(text)}" for name, value in parameters.items() for text in _texts(value)]
    return f"{path}?{'&'.join(pairs)}" if pairs else path


def _quote(text: str) -> str:
    return _quote_again(text) if len(text) <= _SHORT else quote_plus(text)


@lru_cache(maxsize=4_096)
def _quote_again(text: str) -> str:
    """Return a short value in its spelling for addresses; a page may have the same ten thousand times."""
    return quote_plus(text)


def _texts(value: Value) -> Sequence[str]:
    if value is None or value == "":
        return ()
    return (str(value),) if isinstance(value, (str, int, date)) else [str(one) for one in value]


def article_address(article_id: int) -> str:
    """Return the address of an article's page."""
    return f"/articles/{article_id}"


def story_address(article_id: int) -> str:
    """Return the address of the page of the story that an article belongs to."""
    return f"/stories/{article_id}"


def entity_address(entity_id: str, **parameters: Value) -> str:
    """Return the address of an entity's page."""
    return page_address(f"/entities/{quote(entity_id, safe='')}", **parameters)


def outlet_address(source_id: str) -> str:
    """Return the address of an outlet's page."""
    return f"/outlets/{quote(source_id, safe='')}"


def search_address(**parameters: Value) -> str:
    """Return the address of a list of articles: `q` and the filters of the page of the search."""
    return page_address("/search", **parameters)


def change_query(path: str, parameters: Sequence[tuple[str, str]], changes: Mapping[str, Value]) -> str:
    """Return the address of the same page with some parameters changed; None removes one."""
    kept = [(name, value) for name, value in parameters if name not in changes and value]
    added = [(name, text) for name, value in changes.items() for text in _texts(value)]
    pairs = [*kept, *added]
    return f"{path}?{urlencode(pairs)}" if pairs else path
