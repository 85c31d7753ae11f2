"""The difference between two texts of an article."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from db.articles.former_texts import FormerText, RevisionSeen, find_revisions, read_former_text
from worker.lib.plain_values import to_plain
from worker.text.word_diff import Change, changes_between

_LISTED = 6


class NoRevision(LookupError):
    """The article does not have the texts to compare; `hint` lists those that it has."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message, self.hint = message, hint


@dataclass(frozen=True, slots=True)
class TextDifference:
    """Two texts and the words that changed between them."""

    old: FormerText
    new: FormerText
    changes: Sequence[Change]

    @property
    def has_other_title(self) -> bool:
        """Return whether the title changed."""
        return self.old.title != self.new.title

    @property
    def added_entities(self) -> list[str] | None:
        """Return the entities that only the new text mentions; None until both texts are tagged."""
        if self.old.entities is None or self.new.entities is None:
            return None
        return sorted(self.new.entities - self.old.entities)

    @property
    def removed_entities(self) -> list[str] | None:
        """Return the entities that only the old text mentions; None until both texts are tagged."""
        if self.old.entities is None or self.new.entities is None:
            return None
        return sorted(self.old.entities - self.new.entities)

    def record(self) -> dict[str, Any]:
        """Return the difference for JSON."""
        return {
            "changes": [
                {
                    "op": change.op,
                    "old": self.old.text[change.old_start : change.old_end],
                    "new": self.new.text[change.new_start : change.new_end],
                }
                for change in self.changes
            ],
            "entities_added": self.added_entities,
            "entities_removed": self.removed_entities,
            "title_changed": self.has_other_title,
        }


def compare_revisions(conn: Connection, before: int, after: int) -> TextDifference:
    """Return the difference between two existing texts."""
    old, new = read_former_text(conn, before), read_former_text(conn, after)
    return TextDifference(old, new, changes_between(old.text, new.text))


def choose_revisions(conn: Connection, article_id: int, revisions: Sequence[int]) -> tuple[int, int]:
    """Return the two revisions to compare: those given, or the latest two. Raises NoRevision."""
    stored = find_revisions(conn, article_id)
    known = {revision.revision_id for revision in stored}
    for revision_id in revisions:
        if revision_id not in known:
            message = f"article {article_id} has no revision {revision_id}"
            raise NoRevision(message, f"it has {list_revisions(stored)}")
    if revisions:
        return revisions[0], revisions[1]
    if len(stored) < 2:
        raise NoRevision(f"article {article_id} has only one text: nothing to compare")
    return stored[-2].revision_id, stored[-1].revision_id


def list_revisions(revisions: Sequence[RevisionSeen]) -> str:
    """Return the latest revisions, each with the time of its first sighting, as a sentence lists them."""
    shown = [f"{revision.revision_id} ({to_plain(revision.seen_at)})" for revision in revisions[-_LISTED:]]
    return ", ".join(shown)
