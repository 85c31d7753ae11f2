"""How fast texts are tagged, and what one big regular expression of the same aliases does in the same run.

    python -m benchmarks.tagging [--texts FOLDER] [--language en] [--seconds 5]

Without a folder, the texts are invented: a few paragraphs of news prose, multiplied. Times are CPU times.
"""

from __future__ import annotations

import argparse
import re
import time
from collections.abc import Callable, Sequence
from itertools import cycle, islice
from pathlib import Path

from worker.tagging.fold import fold, squeeze
from worker.tagging.tagger import Tagger
from worker.tagging.vocabulary import Vocabulary, packaged_folder, read_vocabulary

# Invented for this benchmark.
PARAGRAPHS = (
    "The ministers spent the morning on transit fees and the afternoon on who would pay for the new rolling stock. "
    "Nobody expected a result before the spring, and the host’s closing remarks promised none.",
    "Kazakhstan’s delegation arrived late. Its deputy head said that talks with Turkey and Azerbaijan about the "
    "corridor would go on in Baku, and that Russia had been informed of each step.",
    "Farmers in the valley have watched the river fall for eleven summers. The pumps, bought second-hand, run at "
    "night when power is cheap; the canals lose a third of what they carry before it reaches a field.",
    "A retired officer who once served with CSTO-led peacekeepers called the exercise routine. Others in Bishkek "
    "read it as a message to Tashkent, where the announcement was met with silence.",
    "Prices rose again in the bazaars. Traders blamed the weather, the currency and each other, in that order, and "
    "agreed only that the customs post should open on Sundays.",
    "The European Union’s envoy will visit Astana next week. President Tokayev’s office confirmed the date but "
    "not the agenda, and diplomats in Brussels declined to say more.",
)


def main() -> None:
    """Print a table of rates."""
    options = _options()
    texts = _texts(options.texts)
    megabytes = sum(len(text.encode()) for text in texts) / 1e6
    start = time.process_time()
    vocabulary = read_vocabulary(packaged_folder())
    print(f"vocabulary: {len(vocabulary.entities)} entities, read from text in {_since(start)}")
    start = time.process_time()
    stored = vocabulary.to_json()
    Vocabulary.from_json(stored)
    print(f"            written to and read from JSON in {_since(start)}")
    start = time.process_time()
    tagger = Tagger(vocabulary)
    tagger.prepare([options.language])
    print(f"automaton:  forms and automaton for {options.language} built in {_since(start)}")
    start = time.process_time()
    tagger.prepare()
    print(f"            those for all other languages in {_since(start)}")
    expression = _expression(vocabulary, options.language)
    mentions = sum(len(tagger.tag(text, options.language)) for text in texts)
    print(f"texts:      {len(texts):,} of {megabytes:.1f} MB, {mentions / len(texts):.1f} mentions each")
    for name, work in (
        ("fold and squeeze alone", lambda text: squeeze(text)),
        ("tag", lambda text: tagger.tag(text, options.language)),
        ("one regular expression, boundaries only", lambda text: expression.findall(fold(text))),
    ):
        rate = _rate(work, texts, options.seconds)
        print(f"{name:42}{rate / 1e6:8.1f} MB/s{rate / (megabytes * 1e6 / len(texts)):10,.0f} texts/s")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--texts", type=Path, help="a folder of .txt files to tag instead of invented ones")
    parser.add_argument("--language", default="en")
    parser.add_argument("--seconds", type=float, default=5.0, help="CPU time for each row")
    return parser.parse_args()


def _texts(folder: Path | None) -> list[str]:
    if folder is None:
        return ["\n\n".join(islice(cycle(PARAGRAPHS), start, start + 16)) for start in range(60)]
    texts = [path.read_text("utf-8", errors="replace") for path in sorted(folder.rglob("*.txt"))]
    if not texts:
        raise SystemExit(f"{folder} holds no .txt files")
    return texts


def _expression(vocabulary: Vocabulary, language: str) -> re.Pattern[str]:
    spellings = {fold(a.text) for e in vocabulary.entities for a in e.aliases if a.language in (language, "en")}
    longest_first = sorted(spellings, key=lambda spelling: (-len(spelling), spelling))
    return re.compile(r"\b(?:" + "|".join(map(re.escape, longest_first)) + r")\b")


def _rate(work: Callable[[str], object], texts: Sequence[str], seconds: float) -> float:
    """Return bytes of text per second of CPU time."""
    done = 0
    start = time.process_time()
    for text in cycle(texts):
        work(text)
        done += len(text.encode())
        spent = time.process_time() - start
        if spent > seconds:
            break
    return done / spent


def _since(start: float) -> str:
    return f"{(time.process_time() - start) * 1000:.0f} ms"


if __name__ == "__main__":
    main()
