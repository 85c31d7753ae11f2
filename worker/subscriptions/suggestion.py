"""The command that subscribes to a search. Pure."""

from __future__ import annotations

import re
import shlex
from collections.abc import Sequence

from db.articles.filters import Filters

_NAME_MAX = 40
_JOINERS = frozenset("\u200c\u200d")
"""Characters without a shape that words of some languages contain."""


def join_filters(query: str, filters: Filters) -> str:
    """Return a query that selects what the query and the filters do together; days and scope are no part of it."""
    parts = [f"({query})" if query.strip() else ""]
    for field, values in (
        ("entity", filters.entities),
        ("source", filters.sources),
        ("lang", filters.languages),
        ("genre", filters.genres),
    ):
        terms = " OR ".join(f"{field}:{_quoted(value)}" for value in values)
        parts.append(f"({terms})" if len(values) > 1 else terms)
    known = [part for part in parts if part]
    return query if known == [f"({query})"] else " AND ".join(known)


def _quoted(value: str) -> str:
    return value if re.fullmatch(r"[\w.-]+", value) else '"' + value.replace('"', " ") + '"'


def suggest_command(query: str) -> str | None:
    """Return the command for a shell that creates a subscription to a query; None for a query that no line can hold.

    Characters that a terminal would obey, or that hide what a line says, are never part of it.
    """
    line = " ".join(query.split())
    if not line or not all(char.isprintable() or char in _JOINERS for char in line):
        return None
    if line.startswith("-"):
        line = f"({line})"  # or it would be an option
    return f"steppewatch alert add {suggest_name(line)} {shlex.quote(line)} --email you@office.example"


def suggest_name(query: str) -> str:
    """Return a name for a subscription: the words of its query, in lower case with hyphens."""
    words: Sequence[str] = re.findall(r"[a-z0-9]+", re.sub(r"\b(AND|OR|NOT|NEAR|[a-z]+:)", " ", query).lower())
    return "-".join(words)[:_NAME_MAX].strip("-") or "my-alert"
