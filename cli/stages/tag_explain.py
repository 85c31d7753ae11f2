"""`steppewatch tag --explain`: a text with its tags, why each counts, and what came near and does not count."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cli.shared.output import escape_controls
from cli.shared.tables import cell, new_table

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from worker.extract.passages import LanguagePassage
    from worker.extract.weighing import LanguageTold
    from worker.tagging.rules import NearMiss
    from worker.tagging.tagger import Mention, Tagger
    from worker.vocabulary.scope import ScopeVerdict

RULES = {
    "exact": "spelled as in the vocabulary",
    "inflected": "with an ending of its language",
    "plural": "with the ending of the plural",
    "possessive": "what follows the apostrophe is an ending",
    "small": "without capitals, where there are none or it is no word of the language",
    "compound": "a part of a word with hyphens",
    "context": "a term of context_any stands near",
    "full-name": "a name that is beyond doubt stands in the article too",
    "office": "the office of the person stands in the article, or was held on its day by this bearer of the surname",
    "nearest": "of all that it may name this is the nearest",
    "capitals": "capitals say nothing in this line, and the article names something else",
    "defined": "the article defines this acronym",
}
"""Why a mention counts, as a sentence for a reader."""

_COLOURS = {
    "state": "green",
    "region": "green",
    "place": "cyan",
    "alliance": "blue",
    "organisation": "blue",
    "company": "blue",
    "outlet": "magenta",
    "person": "yellow",
    "event": "red",
    "document": "red",
    "weapon": "red",
    "concept": "bright_magenta",
}
_MISS = "dim underline"
_MOST_ROWS = 200


@dataclass(frozen=True, slots=True)
class Explained:
    """A text and all that the tagger thought about it."""

    text: str
    told: LanguageTold
    passages: Sequence[LanguagePassage]
    mentions: Sequence[Mention]
    misses: Sequence[NearMiss]
    verdict: ScopeVerdict | None


def explain(tagger: Tagger, text: str, language: str | None) -> Explained:
    """Return what is tagged in a text and why, and what is not and why; `language` None: it is detected."""
    from worker.extract.language import tell_language
    from worker.extract.passages import find_passages
    from worker.extract.weighing import LanguageTold
    from worker.vocabulary.scope import Scope

    told = LanguageTold(language) if language else tell_language(text)
    passages = find_passages(text, told.language)
    misses: list[NearMiss] = []
    found = tagger.tag_fields({"text": text}, told.language, {"text": passages}, misses, second=told.second)
    mentions = [mention for _, mention in found]
    vocabulary = tagger.vocabulary
    verdict = None
    if vocabulary.scope is not None:
        named = [("text", mention.entity) for mention in mentions]
        verdict = Scope(vocabulary.scope, vocabulary.entities).judge(named, len(text))
    return Explained(text, told, passages, mentions, _distinct(misses, mentions), verdict)


def _distinct(misses: Sequence[NearMiss], mentions: Sequence[Mention]) -> list[NearMiss]:
    """Return each near miss once, in reading order, without those whose entity is tagged there all the same."""
    tagged = {(mention.start, mention.end, mention.entity) for mention in mentions}
    kept: dict[tuple[int, int, str], NearMiss] = {}
    for miss in sorted(misses, key=lambda one: (one.start, one.end, one.form.entity.id, one.veto)):
        key = (miss.start, miss.end, miss.form.entity.id)
        if key not in tagged:
            kept.setdefault(key, miss)
    return list(kept.values())


def record(file: str, found: Explained, mentions: list[dict[str, object]]) -> dict[str, object]:
    """Return what was found as plain values; `mentions` are those of `tag`."""
    from worker.tagging.rules import VETOES

    verdict = found.verdict
    return {
        "file": file,
        "language": found.told.language,
        "second_language": found.told.second,
        "passages": [{"start": one.start, "end": one.end, "lang": one.language} for one in found.passages],
        "mentions": mentions,
        "near_misses": [
            {
                "start": miss.start,
                "end": miss.end,
                "surface": found.text[miss.start : miss.end],
                "entity": miss.form.entity.id,
                "alias": miss.form.alias.text,
                "lang": miss.form.alias.language,
                "veto": miss.veto,
                "why": VETOES.get(miss.veto, miss.veto),
            }
            for miss in found.misses
        ],
        "scope": verdict
        and {
            "in_scope": verdict.in_scope,
            "points": dict(verdict.points),
            "needed": {name or "together": round(value, 1) for name, value in verdict.needed.items()},
            "reasons": [{"theme": one.theme, "entity": one.entity, "points": one.points} for one in verdict.reasons],
        },
    }


def show(console: Console, file: str, found: Explained) -> None:
    """Print a text with its tags in colours, and below it why each counts and what does not."""
    from rich.rule import Rule
    from rich.text import Text

    console.print(
        Rule(
            Text(f"{escape_controls(file)}, {' or '.join(filter(None, found.told)) or 'language unknown'}"),
            align="left",
        )
    )
    console.print(_highlighted(found))
    if found.mentions:
        console.print()
        console.print(_mentions(found))
    outside = [miss for miss in found.misses if not _is_inside(miss, found.mentions)]
    if outside:
        console.print(Text("\nNear, and not tagged", style="bold"))
        console.print(_misses(found, outside))
    if len(outside) < len(found.misses):
        inner = len(found.misses) - len(outside)
        console.print(Text(f"{inner} more inside of what is tagged (--format json has them)", style="dim"))
    if found.verdict is not None:
        console.print(_scope(found.verdict))


def _highlighted(found: Explained) -> Text:
    from rich.text import Text

    shown = Text(escape_controls(found.text))
    for miss in found.misses:
        if not _is_inside(miss, found.mentions):
            shown.stylize(_MISS, miss.start, miss.end)
    for mention in sorted(found.mentions, key=lambda one: one.start - one.end):
        weight = "bold" if mention.level == "name" else "italic"
        shown.stylize(f"{weight} {_COLOURS.get(mention.type, 'white')}", mention.start, mention.end)
    return shown


def _mentions(found: Explained) -> Table:
    """Return a row for each surface, entity and rule: the places in reading order."""
    table = new_table("tagged", "as", "why it counts", "at")
    rows: dict[tuple[str, str, str, str, str | None], list[int]] = {}
    for mention in found.mentions:
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


def _misses(found: Explained, misses: Sequence[NearMiss]) -> Table:
    from worker.tagging.rules import VETOES

    table = new_table("words", "would be", "why it does not count", "at")
    rows: dict[tuple[str, str, str], list[int]] = {}
    for miss in misses:
        key = (found.text[miss.start : miss.end], miss.form.entity.id, miss.veto)
        rows.setdefault(key, []).append(miss.start)
    for (surface, entity, veto), starts in list(rows.items())[:_MOST_ROWS]:
        table.add_row(
            cell(surface, _MISS),
            cell(entity),
            cell(f"{veto}: {VETOES.get(veto, '')}".rstrip(": ")),
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
    who = ", ".join(f"{one.entity} {one.points}" for one in verdict.reasons[:6])
    shown = Text("\nIn scope: ", style="bold")
    shown.append("yes" if verdict.in_scope else "no", style="green" if verdict.in_scope else "yellow")
    shown.append(f" ({'; '.join([*parts, together])})" + (f", by {who}" if who else ""), style="not bold")
    return shown
