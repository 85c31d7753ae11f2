"""Classification of a verified resemblance: a copy, or different news that only look alike.

A resemblance counts as a copy unless there is a reason against it.

* **Edition.** Daily rates, weather, verdicts, earthquakes: a template with its slots filled anew (template.py), on
  another day or on the same. So is a line of a few words that an outlet prints every day above a table or a picture.
* **Background.** Both begin with news of their own, and share a passage below: a footer, a list of articles, known
  background (lead.py).
* **Commonplace.** Without the passages that an outlet repeats, the rest is no reprint (commonplace.py).
* **Teaser.** The same few words under different headlines (headline.py).
* **Reuse.** An outlet repeats the background of a story, its notes and its credits under the next day's news. Between
  outlets half a text in common is a partial reprint; inside one outlet, on another day, it is a new article unless
  nearly all of the smaller one (REPUBLISHED) is in the larger.

An unknown day counts as another day, because a wrong copy hides an article, which is worse than a missing one. Reuse
needs an outlet that is known to be the same. The others do not: a reprint repeats the numbers, and a reprint of today's
rates is no copy of yesterday's.

Items without a text have only their headlines. Two with one headline within two days are one story; of one outlet only
on one day, since it may repeat a rubric.
"""

from __future__ import annotations

from collections.abc import Set
from datetime import timedelta
from typing import Final

from db.enums.stories import ReprintRelation
from worker.dedup.commonplace import share_commonplaces_only
from worker.dedup.compare import Resemblance
from worker.dedup.fingerprint import Fingerprint
from worker.dedup.headline import (
    SAME_HEADLINE,
    SIMILAR_HEADLINE,
    have_one_headline,
    have_similar_headlines,
    is_bare,
    is_of_another_teaser,
)
from worker.dedup.lead import has_other_lead
from worker.dedup.members import Id, Member, is_same_day, is_same_outlet
from worker.dedup.template import is_refilled

REPUBLISHED: Final = 0.8  # containment
STUB: Final = 5  # shingles, eight words: the same text twice is a copy from here on


HEADLINE_LASTS: Final = timedelta(days=2)


JOINING: Final = frozenset({ReprintRelation.COPY, ReprintRelation.HEADLINE})
"""The relations that join two articles into one cluster."""


def find_relation(
    a: Member[Id],
    a_mark: Fingerprint,
    b: Member[Id],
    b_mark: Fingerprint,
    found: Resemblance,
    common: Set[int] = frozenset(),
) -> ReprintRelation:
    """Return the relation of two resembling articles. Only JOINING ones join a cluster.

    `common` are samples that are commonplaces, at least those of both texts.
    """
    same_outlet = is_same_outlet(a, b)
    on_one_day = bool(is_same_day(a, b))
    if is_of_another_teaser(a_mark, b_mark):
        return ReprintRelation.TEASER
    if found.jaccard == 1.0:
        is_rubric = same_outlet and not on_one_day and found.shared < STUB
        return ReprintRelation.EDITION if is_rubric else ReprintRelation.COPY
    if is_refilled(a_mark, b_mark, on_one_day=on_one_day):
        return ReprintRelation.EDITION
    if has_other_lead(a_mark, b_mark, of_one_outlet=bool(same_outlet)):
        return ReprintRelation.BACKGROUND
    if same_outlet and not on_one_day and found.containment < REPUBLISHED:
        return ReprintRelation.REUSE
    if common and not have_similar_headlines(a_mark, b_mark, SAME_HEADLINE if same_outlet else SIMILAR_HEADLINE):
        return ReprintRelation.COMMONPLACE if share_commonplaces_only(a_mark, b_mark, common) else ReprintRelation.COPY
    return ReprintRelation.COPY


def are_one_by_headline(a: Member[Id], a_mark: Fingerprint, b: Member[Id], b_mark: Fingerprint) -> bool:
    """Return whether two articles, one of which has no text, are one by their headline."""
    if not (is_bare(a_mark) or is_bare(b_mark)) or not have_one_headline(a_mark, b_mark):
        return False
    if a.instant is None or b.instant is None or abs(a.instant - b.instant) > HEADLINE_LASTS:
        return False
    return bool(is_same_day(a, b)) or not is_same_outlet(a, b)
