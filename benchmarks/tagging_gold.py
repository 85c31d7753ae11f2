"""How many inflected names are found on labelled texts, and what is tagged outside every label.

    python -m benchmarks.tagging_gold FOLDER [--show]

FOLDER holds the sets as their READMEs lay them out (ner_kaznerd_kk/dev …). The gold is every labelled span that as a
whole is one of the names below with a case ending; names and endings are written here by hand, and nothing of them
comes from the product. The Kyrgyz texts have no labels: there, any words that are such a name count as a span. A name
is found when a tag of its entity overlaps the span; `exact span` says how often the tag is the span. `outside` counts
tags of these entities, names and not demonyms, that overlap no label of any kind, among all such tags. The same
tagger without endings is printed beside it.
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from benchmarks.labelled import SETS, LabelledDocument
from benchmarks.tagging_names import inflected
from worker.tagging.tagger import Mention, Tagger
from worker.vocabulary.languages.inflection import NOTHING
from worker.vocabulary.loader import packaged_folder, read_vocabulary


@dataclass
class Tally:
    """What was found of the gold, by one tagger."""

    gold: int = 0
    found: int = 0
    same_span: int = 0
    tags: int = 0
    outside: int = 0


def main() -> None:
    """Print a row for each set."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--show", action="store_true", help="print what was not found and what is outside")
    options = parser.parse_args()
    vocabulary = read_vocabulary(packaged_folder())
    taggers = [Tagger(vocabulary), Tagger(replace(vocabulary, inflection=NOTHING))]
    print(f"{'set':20}{'entities':>9}{'names':>7}{'recall':>9}{'exact span':>12}{'outside':>18}{'without endings':>17}")
    for name, (language, read) in SETS.items():
        folder = options.folder / name / "dev"
        if not folder.exists():
            print(f"{name:20} not here")
            continue
        expressions = inflected(language)
        seen: set[str] = set()
        tallies = [Tally(), Tally()]
        for document in read(folder):
            gold = list(_gold(document, expressions))
            seen.update(entity for _, _, entity in gold)
            for tally, tagger in zip(tallies, taggers, strict=True):
                mentions = [one for one in tagger.tag(document.text, language) if one.entity in expressions]
                _count(tally, document, gold, mentions, options.show and tagger is taggers[0])
        ours, exact = tallies
        outside = f"{ours.outside}/{ours.tags} = {ours.outside / max(ours.tags, 1):.2%}"
        print(
            f"{name:20}{len(seen):9}{ours.gold:7}{ours.found / ours.gold:9.4f}{ours.same_span / ours.gold:12.4f}"
            f"{outside:>18}{exact.found / exact.gold:17.4f}"
        )


def _gold(document: LabelledDocument, expressions: dict[str, re.Pattern[str]]) -> Iterator[tuple[int, int, str]]:
    for entity, expression in expressions.items():
        if document.spans is None:
            for found in re.finditer(rf"(?<![\w-])(?:{expression.pattern})(?![\w-])", document.text):
                yield found.start(), found.end(), entity
        else:
            for start, end in sorted(set(document.spans)):
                if expression.fullmatch(document.text, start, end):
                    yield start, end, entity


def _count(
    tally: Tally, document: LabelledDocument, gold: list[tuple[int, int, str]], mentions: list[Mention], is_shown: bool
) -> None:
    for start, end, entity in gold:
        over = [one for one in mentions if one.entity == entity and one.start < end and start < one.end]
        tally.gold += 1
        tally.found += bool(over)
        tally.same_span += any((one.start, one.end) == (start, end) for one in over)
        if is_shown and not any((one.start, one.end) == (start, end) for one in over):
            verdict = f"other span {over[0].surface!r}" if over else "missed"
            print(f"  {verdict} {entity}: {_around(document.text, start, end)}")
    for one in mentions:
        if one.level == "name" and document.spans is not None:
            tally.tags += 1
            if not any(one.start < end and start < one.end for start, end in document.spans):
                tally.outside += 1
                if is_shown:
                    print(f"  outside {one.entity} ({one.rule}): {_around(document.text, one.start, one.end)}")


def _around(text: str, start: int, end: int) -> str:
    return f"{text[max(start - 40, 0) : start]}[{text[start:end]}]{text[end : end + 40]}".replace("\n", " ")


if __name__ == "__main__":
    main()
