"""What a verified resemblance means: a copy, another edition of a template, or an outlet's own words used again.

A resemblance counts as a copy unless there is a reason against it. There are two.

* **Edition.** Daily rates, weather, results, notices: a template with its slots filled anew (template.py). So
  is a line of a few words that an outlet prints every day above a table or a picture.
* **Reuse.** An outlet repeats the background of a story, its notes and its credits under the next day's news.
  Between outlets half a text in common is a partial reprint; inside one outlet, on another day, it is a new
  article unless nearly all of the smaller one (REPUBLISHED) is in the larger.

Both hold for another day only: on one day similar texts are versions of one report. An unknown day counts as
another day, since not to join is the lesser fault: a wrong copy hides an article. Reuse needs an outlet that is
known to be the same. An edition does not: who reprints, reprints the numbers, and a reprint of today's rates is
no copy of yesterday's.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from worker.dedup.compare import Resemblance
from worker.dedup.fingerprint import Fingerprint
from worker.dedup.members import Id, Member, is_same_day, is_same_outlet
from worker.dedup.template import is_refilled

REPUBLISHED: Final = 0.8  # containment
STUB: Final = 5  # shingles, eight words: the same text twice is a copy from here on


class Relation(StrEnum):
    """Why two texts resemble each other."""

    COPY = "copy"
    EDITION = "edition"
    REUSE = "reuse"


def relation_of(a: Member[Id], a_mark: Fingerprint, b: Member[Id], b_mark: Fingerprint, found: Resemblance) -> Relation:
    """Return what the resemblance of two articles means. Only copies join a cluster."""
    same_outlet = is_same_outlet(a, b)
    if is_same_day(a, b):
        return Relation.COPY
    if found.jaccard == 1.0:
        return Relation.EDITION if same_outlet and found.shared < STUB else Relation.COPY
    if is_refilled(a_mark, b_mark):
        return Relation.EDITION
    return Relation.REUSE if same_outlet and found.containment < REPUBLISHED else Relation.COPY
