"""A text in which the names that the vocabulary knows are marked, for people."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cli.shared.output import escape_controls

if TYPE_CHECKING:
    from rich.text import Text

Span = tuple[int, int, str]
"""Where a mention begins and ends, and its entity's id."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch of a text, and the ids of the entities that it names; none for words between names."""

    text: str
    entities: tuple[str, ...] = ()


def stretches_of(text: str, spans: Iterable[Span]) -> Iterator[Stretch]:
    """Yield a text in stretches, whole and in order; mentions that overlap are one stretch.

    Spans that lie outside the text are left out.
    """
    at = 0
    for start, end, entities in _joined(span for span in spans if 0 <= span[0] < span[1] <= len(text)):
        if at < start:
            yield Stretch(text[at:start])
        yield Stretch(text[start:end], entities)
        at = end
    if at < len(text):
        yield Stretch(text[at:])


def _joined(spans: Iterable[Span]) -> list[tuple[int, int, tuple[str, ...]]]:
    joined: list[tuple[int, int, dict[str, None]]] = []
    for start, end, entity in sorted(spans, key=lambda span: (span[0], -span[1], span[2])):
        if joined and start < joined[-1][1]:
            begin, last, entities = joined[-1]
            joined[-1] = (begin, max(last, end), entities | {entity: None})
        else:
            joined.append((start, end, {entity: None}))
    return [(start, end, tuple(entities)) for start, end, entities in joined]


def marked(stretches: Iterable[Stretch], *, in_colour: bool) -> Text:
    """Return a text with its names marked, in colour or as `[Ankara → turkey]`.

    In colour the id follows where an entity is named first, and not again: the text stays one that can be read.
    """
    from rich.text import Text

    shown, told = Text(), set[str]()
    for stretch in stretches:
        words, ids = escape_controls(stretch.text), ", ".join(stretch.entities)
        if not ids:
            shown.append(words)
        elif not in_colour:
            shown.append(f"[{words} → {ids}]")
        else:
            shown.append(words, "bold cyan")
            if not told.issuperset(stretch.entities):
                shown.append(f" → {ids}", "dim")
            told.update(stretch.entities)
    return shown


def spans_in(field: str, mentions: Sequence[tuple[str, int, int, str]]) -> list[Span]:
    """Return the spans of one field of (field, start, end, entity)."""
    return [(start, end, entity) for of, start, end, entity in mentions if of == field]
