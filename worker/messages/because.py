"""The matched words in stored form. Pure, and light: pages that show them need no evaluator."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from worker.query.evaluate import Verdict

Because = tuple[tuple[object, ...], ...]
"""(field, start, end, surface, term) for each matched word."""

_PLACES = 3
_MOST = 100


def to_stored_terms(verdict: Verdict) -> Because:
    """Return the matched words in stored form: the first few positions of each term."""
    places: dict[tuple[str, str], int] = {}
    kept = []
    for fired in verdict.because:
        key = (fired.field, fired.term)
        places[key] = places.get(key, 0) + 1
        if places[key] <= _PLACES:
            kept.append((fired.field, fired.start, fired.end, fired.surface, fired.term))
    return tuple(kept[:_MOST])
