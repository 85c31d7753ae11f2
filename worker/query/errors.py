"""Errors in queries, with position and suggestion."""

from __future__ import annotations


class QueryError(ValueError):
    """A query that cannot be understood. `position` counts characters of the text as typed."""

    def __init__(self, message: str, position: int = 0, hint: str = "") -> None:
        super().__init__(message, position, hint)
        self.message = message
        self.position = position
        self.hint = hint

    def __str__(self) -> str:
        return f"at character {self.position + 1}: {self.message}" + (f"; {self.hint}" if self.hint else "")

    def pointed(self, text: str) -> str:
        """Return the faulty line of the query with a caret below the position."""
        begin = text.rfind("\n", 0, self.position) + 1
        end = text.find("\n", self.position)
        line = text[begin : end if end >= 0 else len(text)]
        return f"{line.expandtabs(1)}\n{' ' * (self.position - begin)}^"
