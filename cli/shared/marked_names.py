"""Text with its entity names marked, for reading on a terminal."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cli.shared.output import escape_controls

if TYPE_CHECKING:
    from rich.text import Text

Span = tuple[int, int, str]
"""Start and end of a mention, and the id of its entity."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """A piece of a text with the ids of the entities named there; no ids for the words between names."""

    text: str
    entities: tuple[str, ...] = ()


def split_stretches(text: str, spans: Iterable[Span]) -> Iterator[Stretch]:
    """Yield the whole text as stretches, in order; overlapping mentions share one stretch.

    Spans outside the text are ignored.
    """
    at = 0
    for start, end, entities in _merge_overlaps(span for span in spans if 0 <= span[0] < span[1] <= len(text)):
        if at < start:
            yield Stretch(text[at:start])
        yield Stretch(text[start:end], entities)
        at = end
    if at < len(text):
        yield Stretch(text[at:])


def _merge_overlaps(spans: Iterable[Span]) -> list[tuple[int, int, tuple[str, ...]]]:
    joined: list[tuple[int, int, dict[str, None]]] = []
    for start, end, entity in sorted(spans, key=lambda span: (span[0], -span[1], span[2])):
        if joined and start < joined[-1][1]:
            begin, last, entities = joined[-1]
            joined[-1] = (begin, max(last, end), entities | {entity: None})
        else:
            joined.append((start, end, {entity: None}))
    return [(start, end, tuple(entities)) for start, end, entities in joined]


def mark_names(stretches: Iterable[Stretch], *, in_colour: bool) -> Text:
    """Return the text with its names marked, in colour or as `[Ankara → turkey]`.

    In colour, the id follows only the first mention of an entity, so that the text stays readable.
    """
    from rich.text import Text

    shown, shown_ids = Text(), set[str]()
    for stretch in stretches:
        words, ids = escape_controls(stretch.text), ", ".join(stretch.entities)
        if not ids:
            shown.append(words)
        elif not in_colour:
            shown.append(f"[{words} → {ids}]")
        else:
            shown.append(words, "bold cyan")
            if not shown_ids.issuperset(stretch.entities):
                shown.append(f" → {ids}", "dim")
            shown_ids.update(stretch.entities)
    return shown


def select_spans(field: str, mentions: Sequence[tuple[str, int, int, str]]) -> list[Span]:
    """Return the spans in one field, from mentions of (field, start, end, entity)."""
    return [(start, end, entity) for of, start, end, entity in mentions if of == field]
