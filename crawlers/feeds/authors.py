"""Who wrote an entry: names out of what feeds put into their author elements."""

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


def name_of(said: str) -> tuple[str | None, str | None]:
    """Return name and e-mail address in an author element: `ann@c.example (Ann)`, `Ann <ann@c.example>`, `Ann`.

    Top-level domains of any length and letters: feedparser, which this replaces, knows those of four letters, and
    takes quadratic time to find none.
    """
    text = without_tags(said[:_LONGEST]) if "</" in said else " ".join(said[:_LONGEST].split())
    email = _BARE_EMAIL.search(text)
    name = _BARE_EMAIL.sub("", _NAMED_EMAIL.sub(r"\1", text))
    name = _EMPTY_BRACKETS.sub("", name).strip(_EDGES)
    if email and name.startswith("(") and name.endswith(")"):
        name = name[1:-1].strip(_EDGES)
    return name or None, email[0].removeprefix("mailto:") if email else None


def _sync_author_detail(self: Any, key: str = "author") -> None:
    """Like feedparser's method of that name, but for how it finds the name."""
    context = self._get_context()
    detail = context.get(f"{key}s", [mixin.FeedParserDict()])[-1]
    if detail:
        name, email = detail.get("name"), detail.get("email")
        if name or email:
            context[key] = f"{name} ({email})" if name and email else name or email
        return
    name, email = name_of(context.get(key) or "")
    if name or email:
        context.setdefault(f"{key}_detail", detail)
    if name:
        detail["name"] = name
    if email:
        detail["email"] = email


def teach_feedparser() -> None:
    """Have feedparser find names as `name_of` does, in this whole process; it has no setting for that."""
    mixin._FeedParserMixin._sync_author_detail = _sync_author_detail
