"""A text split at the spans that are marked in it. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

Key = TypeVar("Key", str, int)


@dataclass(frozen=True, slots=True)
class Stretch(Generic[Key]):
    """A piece of a text with the keys of the spans there; no keys for the words between spans."""

    text: str
    keys: tuple[Key, ...] = ()


def split_stretches(text: str, spans: Iterable[tuple[int, int, Key]]) -> Iterator[Stretch[Key]]:
    """Yield the whole text as stretches, in order; overlapping spans share one stretch.

    A span is its start, its end and a key, such as the id of an entity. Spans outside the text are ignored.
    """
    at = 0
    for start, end, keys in _merge_overlaps(span for span in spans if 0 <= span[0] < span[1] <= len(text)):
        if at < start:
            yield Stretch(text[at:start])
        yield Stretch(text[start:end], keys)
        at = end
    if at < len(text):
        yield Stretch(text[at:])


def _merge_overlaps(spans: Iterable[tuple[int, int, Key]]) -> list[tuple[int, int, tuple[Key, ...]]]:
    joined: list[tuple[int, int, dict[Key, None]]] = []
    for start, end, key in sorted(spans, key=lambda span: (span[0], -span[1], span[2])):
        if joined and start < joined[-1][1]:
            begin, last, keys = joined[-1]
            keys[key] = None
            joined[-1] = (begin, max(last, end), keys)
        else:
            joined.append((start, end, {key: None}))
    return [(start, end, tuple(keys)) for start, end, keys in joined]


def select_spans(field: str, mentions: Sequence[tuple[str, int, int, Key]]) -> list[tuple[int, int, Key]]:
    """Return the spans in one field, from mentions of (field, start, end, key)."""
    return [(start, end, key) for of, start, end, key in mentions if of == field]
