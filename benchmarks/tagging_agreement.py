"""Whether the same sentences in other languages are tagged with the same entities as in English.

    python -m benchmarks.tagging_agreement FOLDER [--language ru ...] [--disagreements 100]

`FOLDER` holds parallel texts, a sentence a line, named like NTREX-128's: newstest2019.rus.txt beside
newstest2019.src.eng.txt. The entities of each pair of lines are compared as sets; F1 is over all lines. One is out of
reach: translators explain (“US police” for “police”), replace (“he” by a name) and drop names.
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Sequence
from pathlib import Path

from worker.tagging.tagger import Tagger, load_tagger

FILES = {
    "ru": "rus",
    "tr": "tur",
    "kk": "kaz",
    "az": "aze-Latn",
    "uz": "uzb",
    "ky": "kir",
    "tg": "tgk-Cyrl",
    "tk": "tuk",
    "hy": "hye",
}


def main() -> None:
    """Print F1, precision and recall of each language, and a sample of the disagreements."""
    options = _options()
    tagger = load_tagger()
    english = _lines(options.folder, "src.eng")
    expected = _entities(tagger, english, "en")
    print(f"{len(english):,} sentences, {sum(map(len, expected)):,} entities in English")
    for language in options.language:
        lines = _lines(options.folder, FILES[language])
        found = _entities(tagger, lines, language)
        both, more, fewer = (
            sum(len(kind) for kind in kinds)
            for kinds in zip(*((a & b, b - a, a - b) for a, b in zip(expected, found, strict=True)), strict=True)
        )
        f1 = 2 * both / (2 * both + more + fewer)
        print(f"{language}  F1 {f1:.3f}  in both {both}, only here {more}, only in English {fewer}")
        different = [
            (number, sign, entity)
            for number, (a, b) in enumerate(zip(expected, found, strict=True), 1)
            for sign, entities in (("+", b - a), ("-", a - b))
            for entity in sorted(entities)
        ]
        random.Random(0).shuffle(different)
        for number, sign, entity in sorted(different[: options.disagreements]):
            print(f"  {sign} {entity}  line {number}\n      {english[number - 1]}\n      {lines[number - 1]}")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--language", nargs="+", choices=FILES, default=list(FILES))
    parser.add_argument("--disagreements", type=int, default=0, help="how many of each language to print")
    return parser.parse_args()


def _lines(folder: Path, name: str) -> list[str]:
    return (folder / f"newstest2019.{name}.txt").read_text("utf-8").splitlines()


def _entities(tagger: Tagger, lines: Sequence[str], language: str) -> list[set[str]]:
    return [{mention.entity for mention in tagger.tag(line, language)} for line in lines]


if __name__ == "__main__":
    main()
