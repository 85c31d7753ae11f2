"""The invented text of an article of a large store, with the places of its mentions and its words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from typing import NamedTuple

from benchmarks.bigstore.words import InventedSentence, Language


class PlannedMention(NamedTuple):
    """A mention to be made: the entity's number, its spelling, and whether in the title."""

    entity: int
    surface: str
    level: int
    in_title: bool


class PlacedMention(NamedTuple):
    """A mention as it stands in a field."""

    named: PlannedMention
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Text:
    """A text."""

    title: str
    body: str
    words: frozenset[str]
    mentions: Sequence[PlacedMention]


def compose(
    language: Language, seed: int, named: Sequence[PlannedMention], *, lost: int = 0, changed: bool = False
) -> Text:
    """Return the text of a seed that has these mentions.

    `lost` sentences without a name are left out at the end, as reprints do; `changed` puts others in the place of two
    and of one with a name, as edits do. The rest is the same for equal seeds and mentions.
    """
    chance = Random(seed)
    of_text: list[tuple[InventedSentence, PlannedMention | None]] = [
        (sentence, None) for sentence in chance.choices(language.sentences, k=chance.randint(18, 28))
    ]
    of_text.append((language.rare(chance.random()), None))
    title, head = chance.choice(language.headlines), None
    for place, one in enumerate(named):
        if one.in_title:
            title, head = language.headline(one.surface, seed % 11), one
        else:
            of_text.append((language.naming(one.surface, (seed + place) % 5), one))
    chance.shuffle(of_text)
    if changed:
        plain = [place for place, (_, one) in enumerate(of_text) if one is None]
        naming = [place for place, (_, one) in enumerate(of_text) if one is not None]
        for place in (*plain[1:3], *naming[1:2]):
            of_text[place] = chance.choice(language.sentences), None
    for _ in range(lost):
        of_text.pop(max(place for place, (_, one) in enumerate(of_text) if one is None))
    mentions = [] if head is None else [PlacedMention(head, title.start, title.end)]
    parts: list[str] = []
    at = 0
    for place, (sentence, who) in enumerate(of_text):
        if place:
            parts.append(gap := "\n\n" if place % 5 == 0 else language.joint)
            at += len(gap)
        if who is not None:
            mentions.append(PlacedMention(who, at + sentence.start, at + sentence.end))
        parts.append(sentence.text)
        at += len(sentence.text)
    words = title.words.union(*(sentence.words for sentence, _ in of_text))
    return Text(title.text, "".join(parts), words, mentions)
