"""Log report of a minute of collecting, one line per outlet."""

from __future__ import annotations

from collections.abc import Mapping

Counted = tuple[str, str | None, str]
"""Stage, outlet and outcome, as counted by `crawlers.async_store.OutcomeTally`."""

_QUIET = {("poll", "changed"), ("poll", "unchanged"), ("entry", "known"), ("fetch", "unchanged")}
"""Uneventful outcomes, which are not reported."""
_WORDS = {
    ("entry", "new"): ("new entry", "new entries"),
    ("fetch", "captured"): ("page stored", "pages stored"),
}
_NOUNS = {"poll": ("poll", "polls"), "entry": ("entry", "entries"), "fetch": ("page", "pages")}
_STAGES = ("entry", "fetch", "poll")
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


def _words(stage: str, outcome: str, number: int) -> str:
    known = _WORDS.get((stage, outcome))
    if known is not None:
        return f"{number:,} {known[number != 1]}"
    return f"{number:,} {_NOUNS[stage][number != 1]} {outcome}"
