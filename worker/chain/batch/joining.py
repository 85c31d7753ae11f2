"""Comparison of two texts with a common address, for `db.articles.recording.joins`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from db.articles.recording.joins import Joining, TextMark
from worker.dedup.compare import resemblance
from worker.dedup.fingerprint import Fingerprint
from worker.dedup.relation import STUB
from worker.stories.edits import recluster

_SHARED = 0.5
"""Share of the shorter text in the longer one. The address is evidence already: less would do between outlets."""


def is_same_article(one: TextMark, other: TextMark) -> bool:
    """Return whether two texts at one address are the same article.

    Half of the shorter one must be in the other. With almost no text, the headlines must be equal.
    """
    if one.content_hash == other.content_hash:
        return True
    marks = Fingerprint.from_bytes(one.fingerprint), Fingerprint.from_bytes(other.fingerprint)
    if min(mark.size for mark in marks) >= STUB:
        return resemblance(marks[0].shingles, marks[1].shingles).containment >= _SHARED
    return bool(one.title) and _folded(one.title) == _folded(other.title)


def _folded(title: str | None) -> str:
    return " ".join((title or "").casefold().split())


def _read_sketch(fingerprint: bytes) -> Sequence[int]:
    return cast("list[int]", Fingerprint.from_bytes(fingerprint).sample.tolist())


JOINING = Joining(is_same=is_same_article, sketch_of=_read_sketch, recluster=recluster)
