"""Stored texts as HTML with the names in them marked at their offsets."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from markupsafe import Markup, escape

from db.articles.mentions import NamedMention
from db.enums.vocabulary import MentionRule
from web.charts.parts import plain
from web.shared.links import entity_address
from worker.text.marked_spans import Stretch, split_stretches

_NAME = Markup('<a class="name" href="{}" data-type="{}" data-about="{}">{}</a>')
_ABOUT_MAX = 3
"""Number of mentions of one place that are described."""
_NAME_MAX = 120


def mark_paragraphs(text: str, mentions: Sequence[NamedMention], labels: Mapping[str, str]) -> list[Markup]:
    """Return the lines of a text as HTML, with the mentions as links to their entities.

    `labels` are the labels of the entities that mentions stand for (`metonym_of`). Without the marks, the lines are the
    stored ones.
    """
    spans = [(mention.start, mention.end, place) for place, mention in enumerate(mentions)]
    lines, line = [], Markup()
    for piece in _by_line(split_stretches(text, spans)):
        if piece is None:
            lines.append(line)
            line = Markup()
        else:
            line += _mark(piece, mentions, labels)
    return [*lines, line]


def _by_line(stretches: Iterator[Stretch[int]]) -> Iterator[Stretch[int] | None]:
    """Yield the stretches of each line, and None for each end of a line."""
    for stretch in stretches:
        first, *others = stretch.text.split("\n")
        yield Stretch(first, stretch.keys)
        for part in others:
            yield None
            yield Stretch(part, stretch.keys)


def _mark(piece: Stretch[int], mentions: Sequence[NamedMention], labels: Mapping[str, str]) -> Markup:
    if not piece.keys or not piece.text:
        return escape(piece.text)
    named = [mentions[key] for key in piece.keys]
    about = "\n".join(dict.fromkeys(describe_mention(mention, labels) for mention in named[:_ABOUT_MAX]))
    if len(named) > _ABOUT_MAX:
        about += f"\nand {len(named) - _ABOUT_MAX} more"
    return _NAME.format(entity_address(named[0].entity_id), named[0].type, about, piece.text)


def describe_mention(mention: NamedMention, labels: Mapping[str, str]) -> str:
    """Return what a mention names, and the rule by which it counts, in a few lines whatever the names are."""
    about = f"{plain(mention.label, _NAME_MAX)} · {mention.type} · {explain_rule(mention.rule)}"
    if mention.metonym_of:
        about += f" · stands for {plain(labels.get(mention.metonym_of, mention.metonym_of), _NAME_MAX)}"
    return about if mention.alias == mention.surface else f"{about} · “{plain(mention.alias, _NAME_MAX)}”"


def explain_rule(rule: str) -> str:
    """Return the meaning of the rule of a mention."""
    try:
        return MentionRule.from_value(rule).meaning
    except ValueError:
        return rule
