"""Scores of articles for a query, by the places and the number of its words in them. Pure.

The formula is BM25F without its weights of rare words: Robertson, Zaragoza and Taylor, “Simple BM25 extension to
multiple weighted fields” (CIKM 2004). Occurrences are weighted by their field and divided by the relative length of the
text; each term of the query then adds `w / (w + K1)`, so that a second term counts for more than many repetitions of
one. Weights of rare words would need the frequencies of all words, which the word index does not have, and would change
with each article that arrives: without them the score of an article follows from the article and the query alone, and a
list can continue after it.
"""

from __future__ import annotations

from collections.abc import Iterable

from db.enums.vocabulary import MentionField
from worker.query.evaluate import MatchedTerm

K1, _B = 1.2, 0.75
_TITLE, _LEAD = 5.0, 2.0
"""Weights of a word in the title and in the first `LEAD_CHARACTERS` of the text; 1 for one after them."""
LEAD_CHARACTERS = 500
_USUAL_CHARACTERS = 3_000
"""Length of a usual text."""
STEPS = 1_000_000
"""Steps of a score between 0 and 1 for each term: whole numbers are equal however they are computed."""


def score_relevance(because: Iterable[MatchedTerm], characters: int) -> int:
    """Return the score of an article by the words that made a query match, for a text of this length; 0 without any."""
    weights: dict[str, float] = {}
    for fired in because:
        if fired.start is not None:
            weights[fired.term] = weights.get(fired.term, 0.0) + _weigh(fired)
    length = 1 - _B + _B * characters / _USUAL_CHARACTERS
    scores = (weight / length / (weight / length + K1) for _, weight in sorted(weights.items()))
    return round(STEPS * sum(scores))


def _weigh(fired: MatchedTerm) -> float:
    if fired.field == MentionField.TITLE:
        return _TITLE
    return _LEAD if fired.start is not None and fired.start < LEAD_CHARACTERS else 1.0
