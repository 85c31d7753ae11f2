"""Author names of entries, from the author elements of feeds."""

from __future__ import annotations

import re
from typing import Any

from feedparser import mixin

from crawlers.sanitize import without_tags

_LONGEST = 1_000
_EMAIL = r"(?:mailto:)?[^\s<>()\[\],;:\"'@]{1,64}@[^\s<>()\[\],;:\"'@]{1,255}"
_NAMED_EMAIL = re.compile(_EMAIL + r"\s*\(((?:[^()]|\([^()]*\))*)\)")
_BARE_EMAIL = re.compile(_EMAIL)
_EMPTY_BRACKETS = re.compile(r"\(\s*\)|<\s*>|\[\s*\]|&lt;\s*&gt;")
_EDGES = " \t\r\n,;:|/–—-"


def parse_author(element: str) -> tuple[str | None, str | None]:
    """Return name and e-mail address in an author element: `ann@c.example (Ann)`, `Ann <ann@c.example>`, `Ann`.

    Top-level domains may have any length and script. feedparser's own code, which this replaces, takes only those of
    four letters, and quadratic time on a text without an address.
    """
    text = without_tags(element[:_LONGEST]) if "</" in element else " ".join(element[:_LONGEST].split())
    email = _BARE_EMAIL.search(text)
    name = _BARE_EMAIL.sub("", _NAMED_EMAIL.sub(r"\1", text))
    name = _EMPTY_BRACKETS.sub("", name).strip(_EDGES)
    if email and name.startswith("(") and name.endswith(")"):
        name = name[1:-1].strip(_EDGES)
    return name or None, email[0].removeprefix("mailto:") if email else None


def _sync_author_detail(self: Any, key: str = "author") -> None:
    """Replacement of feedparser's method, with our parser of names."""
    context = self._get_context()
    detail = context.get(f"{key}s", [mixin.FeedParserDict()])[-1]
    if detail:
        name, email = detail.get("name"), detail.get("email")
        if name or email:
            context[key] = f"{name} ({email})" if name and email else name or email
        return
    name, email = parse_author(context.get(key) or "")
    if name or email:
        context.setdefault(f"{key}_detail", detail)
    if name:
        detail["name"] = name
    if email:
        detail["email"] = email


def patch_feedparser() -> None:
    """Make feedparser use `parse_author`, in the whole process; it has no setting for that."""
    mixin._FeedParserMixin._sync_author_detail = _sync_author_detail
