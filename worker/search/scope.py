"""The filter of articles by scope. Imports nothing heavy, because options of commands are made from it."""

from __future__ import annotations

from enum import StrEnum


class ScopeFilter(StrEnum):
    """Filter of articles by scope."""

    all = "all"
    in_scope = "in"
    out_of_scope = "out"
