"""`steppewatch tag --explain`: a text with its tags, the reason for each, and near misses."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cli.shared.output import escape_controls
from cli.shared.tables import cell, new_table
from db.enums.vocabulary import EntityType, MentionLevel, MentionRule
from worker.tagging.vetoes import Veto

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from worker.extract.language.passages import LanguagePassage
    from worker.extract.language.weighing import LanguageGuess
    from worker.tagging.rules.rules import NearMiss
    from worker.tagging.tagger import Mention, Tagger
    from worker.vocabulary.scope import ScopeVerdict

RULES: Mapping[str, str] = {rule: rule.meaning for rule in MentionRule}
"""Explanations of the rules of tagging, for display."""

_COLOURS: Mapping[str, str] = {
    EntityType.STATE: "green",
    EntityType.REGION: "green",
    EntityType.PLACE: "cyan",
    EntityType.ALLIANCE: "blue",
    EntityType.ORGANISATION: "blue",
    EntityType.COMPANY: "blue",
    EntityType.OUTLET: "magenta",
    EntityType.PERSON: "yellow",
    EntityType.EVENT: "red",
    EntityType.DOCUMENT: "red",
    EntityType.WEAPON: "red",
    EntityType.CONCEPT: "bright_magenta",
}
_MISS = "dim underline"
_MOST_ROWS = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Explained:
    """A text with all results of the tagger."""

    text: str
    guess: LanguageGuess
    passages: Sequence[LanguagePassage]
    mentions: Sequence[Mention]
    misses: Sequence[NearMiss]
    verdict: ScopeVerdict | None


def explain(tagger: Tagger, text: str, language: str | None) -> Explained:
    """Return the mentions in a text with their rules, and near misses; the language is detected if None."""
    from worker.extract.language.detection import identify_language
    from worker.extract.language.passages import find_passages
    from worker.extract.language.weighing import LanguageGuess
    from worker.vocabulary.scope import Scope

    guess = LanguageGuess(language) if language else identify_language(text)
    passages = find_passages(text, guess.language)
    misses: list[NearMiss] = []
    explained = tagger.tag_fields({"text": text}, guess.language, {"text": passages}, misses, second=guess.second)
    mentions = [mention for _, mention in explained]
    vocabulary = tagger.vocabulary
    verdict = None
    if vocabulary.scope is not None:
        named = [("text", mention.entity) for mention in mentions]
        verdict = Scope(vocabulary.scope, vocabulary.entities).judge(named, len(text))
    return Explained(
        text=text,
        guess=guess,
        passages=passages,
        mentions=mentions,
        misses=_remove_duplicates(misses, mentions),
        verdict=verdict,
    )


def _remove_duplicates(misses: Sequence[NearMiss], mentions: Sequence[Mention]) -> list[NearMiss]:
    """Return distinct near misses in reading order, except where the same entity is tagged at that place."""
    tagged = {(mention.start, mention.end, mention.entity) for mention in mentions}
    kept: dict[tuple[int, int, str], NearMiss] = {}
    for miss in sorted(misses, key=lambda one: (one.start, one.end, one.form.entity.id, one.veto)):
        key = (miss.start, miss.end, miss.form.entity.id)
        if key not in tagged:
            kept.setdefault(key, miss)
    return list(kept.values())


def record(file: str, explained: Explained, mentions: list[dict[str, object]]) -> dict[str, object]:
    """Return the results as a record for JSON; `mentions` are the records of `tag`."""
    verdict = explained.verdict
    return {
        "file": file,
        "language": explained.guess.language,
        "second_language": explained.guess.second,
        "passages": [{"start": one.start, "end": one.end, "lang": one.language} for one in explained.passages],
        "mentions": mentions,
        "near_misses": [
            {
                "start": miss.start,
                "end": miss.end,
                "surface": explained.text[miss.start : miss.end],
                "entity": miss.form.entity.id,
                "alias": miss.form.alias.text,
                "lang": miss.form.alias.language,
                "veto": miss.veto,
                "why": miss.veto.meaning,
            }
            for miss in explained.misses
        ],
        "scope": verdict
        and {
            "in_scope": verdict.in_scope,
            "points": dict(verdict.points),
            "needed": {name or "together": round(value, 1) for name, value in verdict.needed.items()},
            "reasons": [{"theme": one.theme, "entity": one.entity, "points": one.points} for one in verdict.reasons],
        },
    }


def show(console: Console, file: str, explained: Explained) -> None:
    """Print a text with its tags in colour, then tables of mentions and near misses."""
    from rich.rule import Rule
    from rich.text import Text

    console.print(
        Rule(
            Text(f"{escape_controls(file)}, {' or '.join(filter(None, explained.guess)) or 'language unknown'}"),
            align="left",
        )
    )
    console.print(_highlighted(explained))
    if explained.mentions:
        console.print()
        console.print(_mentions(explained))
    outside = [miss for miss in explained.misses if not _is_inside(miss, explained.mentions)]
    if outside:
        console.print(Text("\nNear misses", style="bold"))
        console.print(_misses(explained, outside))
    if len(outside) < len(explained.misses):
        inner = len(explained.misses) - len(outside)
        console.print(Text(f"{inner} more inside of tagged names (see --format json)", style="dim"))
    if explained.verdict is not None:
        console.print(_scope(explained.verdict))


def _highlighted(explained: Explained) -> Text:
    from rich.text import Text

    shown = Text(escape_controls(explained.text))
    for miss in explained.misses:
        if not _is_inside(miss, explained.mentions):
            shown.stylize(_MISS, miss.start, miss.end)
    for mention in sorted(explained.mentions, key=lambda one: one.start - one.end):
        weight = "bold" if mention.level == MentionLevel.NAME else "italic"
        shown.stylize(f"{weight} {_COLOURS.get(mention.type, 'white')}", mention.start, mention.end)
    return shown


def _mentions(explained: Explained) -> Table:
    """Return a table with a row per surface, entity and rule, and their positions."""
    table = new_table("tagged", "as", "why it counts", "at")
    rows: dict[tuple[str, str, str, str, str | None], list[int]] = {}
    for mention in explained.mentions:
        key = (mention.surface, mention.entity, mention.type, mention.rule, mention.metonym_of)
        rows.setdefault(key, []).append(mention.start)
    for (surface, entity, type, rule, metonym_of), starts in list(rows.items())[:_MOST_ROWS]:
        table.add_row(
            cell(surface, _COLOURS.get(type, "white")),
            cell(f"{entity}, for {metonym_of}" if metonym_of else entity),
            cell(f"{rule}: {RULES[rule]}" if rule in RULES else rule),
            cell(_places(starts), "dim"),
        )
    return table


def _misses(explained: Explained, misses: Sequence[NearMiss]) -> Table:
    table = new_table("words", "would be", "why it does not count", "at")
    rows: dict[tuple[str, str, Veto], list[int]] = {}
    for miss in misses:
        key = (explained.text[miss.start : miss.end], miss.form.entity.id, miss.veto)
        rows.setdefault(key, []).append(miss.start)
    for (surface, entity, veto), starts in list(rows.items())[:_MOST_ROWS]:
        table.add_row(
            cell(surface, _MISS),
            cell(entity),
            cell(f"{veto}: {veto.meaning}"),
            cell(_places(starts), "dim"),
        )
    return table


def _places(starts: Sequence[int]) -> str:
    shown = ", ".join(map(str, starts[:3]))
    return f"{shown} … {len(starts)} times" if len(starts) > 3 else shown


def _is_inside(miss: NearMiss, mentions: Sequence[Mention]) -> bool:
    return any(mention.start <= miss.start and miss.end <= mention.end for mention in mentions)


def _scope(verdict: ScopeVerdict) -> Text:
    from rich.text import Text

    parts = [f"{name} {points} of {verdict.needed[name]:.0f}" for name, points in verdict.points.items()]
    together = f"together {sum(verdict.points.values())} of {verdict.needed['']:.0f}"
    entities = ", ".join(f"{one.entity} {one.points}" for one in verdict.reasons[:6])
    shown = Text("\nIn scope: ", style="bold")
    shown.append("yes" if verdict.in_scope else "no", style="green" if verdict.in_scope else "yellow")
    shown.append(f" ({'; '.join([*parts, together])})" + (f", by {entities}" if entities else ""), style="not bold")
    return shown
