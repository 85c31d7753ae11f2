"""A report of the changes that merging a catalogue made, as JSON and as lines."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from db.enums.collection import FeedState

if TYPE_CHECKING:
    from db.collection.sources.catalogue import CatalogueChanges, OutletChange

_SHOWN = 20


def build_record(changes: CatalogueChanges) -> dict[str, Any]:
    """Return the changes as a record for JSON."""
    known = [change for change in changes.outlets if not change.is_new]
    return {
        "outlets_added": [change.source_id for change in changes.outlets if change.is_new],
        "outlets_changed": {change.source_id: dict(change.facts) for change in known if change.facts},
        "domains_added": _pairs((change.source_id, "domain", change.domains_added) for change in known),
        "domains_dropped": _pairs((change.source_id, "domain", change.domains_dropped) for change in known),
        "feeds_added": _pairs(
            (change.source_id, "url", (*change.feeds_added, *_list_restored(change))) for change in known
        ),
        "feeds_retired": _pairs((change.source_id, "url", change.feeds_retired) for change in known),
        "kept": [sentence for change in changes.outlets for sentence in change.kept],
        "gone": list(changes.gone),
    }


def _list_restored(change: OutletChange) -> tuple[str, ...]:
    return (*change.feeds_revived, *change.feeds_moved)


def _pairs(found: Any) -> list[dict[str, str]]:
    return [{"source": source_id, name: value} for source_id, name, values in found for value in values]


def describe_changes(changes: CatalogueChanges) -> list[str]:
    """Return one line per change, with all new outlets in one; truncated if there are many."""
    new = [change for change in changes.outlets if change.is_new]
    lines = [f"{counted(len(new), 'new outlet')}: {_join_names([change.source_id for change in new])}"] if new else []
    lines += [line for change in changes.outlets for line in _lines(change)]
    if changes.gone:
        lines.append(f"no longer in the catalogue, but kept with all their data:  {_join_names(changes.gone)}")
    if len(lines) > _SHOWN:
        return [*lines[:_SHOWN], f"… and {len(lines) - _SHOWN:,} more changes"]
    return lines


def _lines(change: OutletChange) -> Iterator[str]:
    name = change.source_id
    if not change.is_new:
        if change.outlet_id != change.source_id and (change.facts or change.feeds_added or change.domains_added):
            yield f"{name} is {change.outlet_id} in the catalogue; its id here stays"
        for fact, value in change.facts.items():
            words = ", ".join(value) if isinstance(value, list) else value
            yield f"{name}: {fact.replace('_', ' ')} is now {words or 'empty'}"
        for domain in change.domains_added:
            yield f"{name}: also on {domain}"
        for domain in change.domains_dropped:
            yield f"{name}: no longer on {domain}"
        yield from _feed_lines(change)
    yield from change.kept


def _feed_lines(change: OutletChange) -> Iterator[str]:
    name, new, old = change.source_id, [*change.feeds_added, *_list_restored(change)], list(change.feeds_retired)
    if len(new) == len(old) == 1:
        yield f"{name}: the address {old[0]} is now {new[0]}{_describe_state(change, new[0])}"
        return
    for url in new:
        yield f"{name}: new address {url}{_describe_state(change, url)}"
    for url in old:
        yield f"{name}: {url} is no longer polled"


def _describe_state(change: OutletChange, url: str) -> str:
    return ", paused as its others are" if change.feeds_added.get(url) == FeedState.PAUSED else ""


def _join_names(names: Sequence[str]) -> str:
    more = [f"and {len(names) - _SHOWN:,} more"] if len(names) > _SHOWN else []
    return ", ".join([*names[:_SHOWN], *more])


def counted(number: int, noun: str) -> str:
    """Return a number with its noun: “1 outlet”, “2,000 outlets”."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
