"""Log report of a minute of collecting, one line per outlet."""

from __future__ import annotations

from collections.abc import Mapping

from db.enums.outcomes import CountedOutcome, EntryOutcome, RequestOutcome, Stage

Counted = tuple[Stage, str | None, CountedOutcome]
"""Stage, outlet and outcome, as counted by `crawlers.async_store.OutcomeTally`."""

_QUIET = {
    (Stage.POLL, RequestOutcome.CHANGED),
    (Stage.POLL, RequestOutcome.UNCHANGED),
    (Stage.ENTRY, EntryOutcome.KNOWN),
    (Stage.FETCH, RequestOutcome.UNCHANGED),
}
"""Uneventful outcomes, which are not reported."""
_WORDS: Mapping[tuple[Stage, CountedOutcome], tuple[str, str]] = {
    (Stage.ENTRY, EntryOutcome.NEW): ("new entry", "new entries"),
    (Stage.FETCH, RequestOutcome.CAPTURED): ("page stored", "pages stored"),
}
_NOUNS = {Stage.ENTRY: ("entry", "entries"), Stage.FETCH: ("page", "pages"), Stage.POLL: ("poll", "polls")}
_STAGES = tuple(_NOUNS)
NO_OUTLET = "no outlet of its own"


def describe_minute(counts: Mapping[Counted, int]) -> list[str]:
    """Return a line for each outlet with new entries, stored pages or failures."""
    parts: dict[str, list[tuple[int, str]]] = {}
    for (stage, source_id, outcome), number in counts.items():
        if (stage, outcome) in _QUIET or stage not in _NOUNS:
            continue
        rank = 2 * _STAGES.index(stage) + ((stage, outcome) not in _WORDS)
        parts.setdefault(source_id or NO_OUTLET, []).append((rank, _words(stage, outcome, number)))
    return [f"{source_id}: {', '.join(words for _, words in sorted(parts[source_id]))}" for source_id in sorted(parts)]


def _words(stage: Stage, outcome: CountedOutcome, number: int) -> str:
    known = _WORDS.get((stage, outcome))
    if known is not None:
        return f"{number:,} {known[number != 1]}"
    return f"{number:,} {_NOUNS[stage][number != 1]} {outcome}"
