"""Two texts as one: what changed in its context, and the unchanged text between as blocks of their own. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum

from worker.text.word_diff import Change

_AROUND = 220


class DiffKind(Enum):
    """Which of the two texts has a part."""

    SAME = "same"
    REMOVED = "removed"
    ADDED = "added"


@dataclass(frozen=True, slots=True)
class DiffPart:
    """A part of the old text, of the new one, or of both."""

    kind: DiffKind
    text: str


@dataclass(frozen=True, slots=True)
class DiffBlock:
    """Parts that are shown together: changes with their context, or a long unchanged stretch."""

    parts: Sequence[DiffPart]

    @property
    def is_changed(self) -> bool:
        """Return whether anything differs in it."""
        return any(part.kind is not DiffKind.SAME for part in self.parts)

    @property
    def words(self) -> int:
        """Return the number of its words."""
        return sum(len(part.text.split()) for part in self.parts)


def diff_blocks(old: str, new: str, changes: Sequence[Change], *, around: int = _AROUND) -> list[DiffBlock]:
    """Return the whole new text and what the old one had instead, with about this many characters around changes.

    Unchanged stretches that are longer, before, between and after changes, are blocks of their own.
    """
    parts = list(_iter_parts(old, new, changes))
    blocks: list[DiffBlock] = []
    shown: list[DiffPart] = []
    for place, part in enumerate(parts):
        if part.kind is not DiffKind.SAME or len(part.text) <= 3 * around:
            shown.append(part)
            continue
        begin = _cut(part.text, around) if place else 0
        end = _cut(part.text, len(part.text) - around) if place + 1 < len(parts) else len(part.text)
        if begin:
            shown.append(DiffPart(DiffKind.SAME, part.text[:begin]))
        blocks += [DiffBlock(shown)] if shown else []
        blocks.append(DiffBlock([DiffPart(DiffKind.SAME, part.text[begin:end])]))
        shown = [DiffPart(DiffKind.SAME, part.text[end:])] if end < len(part.text) else []
    return [*blocks, DiffBlock(shown)] if shown else blocks


def _iter_parts(old: str, new: str, changes: Sequence[Change]) -> Iterator[DiffPart]:
    at = 0
    for change in changes:
        if at < change.new_start:
            yield DiffPart(DiffKind.SAME, new[at : change.new_start])
        removed = old[change.old_start : change.old_end]
        added = new[change.new_start : change.new_end]
        if removed:
            is_spaced = not added and old[max(0, change.old_start - 1) : change.old_start].isspace()
            yield DiffPart(DiffKind.REMOVED, f" {removed}" if is_spaced else removed)
        if added:
            yield DiffPart(DiffKind.ADDED, added)
        at = change.new_end
    if at < len(new):
        yield DiffPart(DiffKind.SAME, new[at:])


def _cut(text: str, at: int) -> int:
    """Return a place near this one, after a space if there is one."""
    space = text.find(" ", at, at + 40)
    return space + 1 if space >= 0 else at
