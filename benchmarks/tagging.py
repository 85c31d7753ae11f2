"""How fast real texts are tagged in every form, beside what a user would pick instead, in the same run.

    python -m benchmarks.tagging FOLDER [--aliases 500000] [--articles 150]

FOLDER holds the sets that benchmarks/labelled.py reads and parallel_ntrex_news. Texts are joined to articles of
3 kB, the language is given. The vocabulary is the packaged one; with --aliases invented names fill it up to so many,
spread over the languages as the real ones are. Peers that are not installed (spaCy, flashtext) are said to be; they
and daachorse look for exact aliases only, pymorphy3 analyses every word of the Russian texts.

Rates are of one core, in UTF-8. Each article counts with the shortest of several runs, some of them seconds apart:
what else a busy machine does makes a run longer, never shorter. The collector leaves what is loaded alone
(gc.freeze), as in the workers.
"""

from __future__ import annotations

import argparse
import gc
import importlib
import random
import re
import resource
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache, partial
from math import inf
from pathlib import Path
from typing import Any, TypeVar

from daachorse import CharwiseDoubleArrayAhoCorasick

from benchmarks.labelled import SETS
from worker.extract.language.detection import detect_language
from worker.tagging.tagger import Tagger
from worker.text.fold import squeeze
from worker.vocabulary.entities import Alias, Entity, Vocabulary
from worker.vocabulary.loader import packaged_folder, read_vocabulary

Name = TypeVar("Name", bound=Hashable)
_BYTES = 3_000
_PASSES = 6
_RUNS = 5
_PARALLEL = {"en": "eng-US", "ru": "rus", "kk": "kaz", "uz": "uzb", "tg": "tgk-Cyrl", "az": "aze-Latn", "hy": "hye"}


def main() -> None:
    """Print tables of rates."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--aliases", type=int, default=500_000, help="size of the large vocabulary; 0 leaves it out")
    parser.add_argument("--articles", type=int, default=150, help="of each set")
    options = parser.parse_args()
    sets = {
        name: (language, articles[: options.articles]) for name, language, articles in _sets(options.folder) if articles
    }
    if not sets:
        raise SystemExit(f"{options.folder} holds none of the sets")
    vocabulary = read_vocabulary(packaged_folder())
    tagger = _ready(vocabulary, "packaged vocabulary")
    _tagging(tagger, sets)
    _peers(vocabulary, sets)
    everything = [article for _, articles in sets.values() for article in articles]
    spent = _spent(detect_language, everything)
    print(f"\nlanguage detection: {len(everything) / spent:,.0f} articles/s")
    if options.aliases:
        large = _ready(_enlarged(vocabulary, options.aliases), f"\n{options.aliases:,} aliases")
        slower = _slowdown(tagger, large, sets)
        print(f"times slower, both in turns: {max(slower.values()):.2f} at most, {min(slower.values()):.2f} at least")


def _sets(folder: Path) -> Iterator[tuple[str, str, list[str]]]:
    for name, (language, read) in SETS.items():
        if (folder / name).exists():
            yield name, language, list(_articles(document.text for document in read(folder / name / "dev")))
    for language, ending in _PARALLEL.items():
        path = folder / "parallel_ntrex_news" / "dev" / f"newstest2019.{ending}.txt"
        if path.exists():
            yield f"parallel_ntrex {language}", language, list(_articles([path.read_text("utf-8")]))


def _articles(texts: Iterator[str] | Sequence[str]) -> Iterator[str]:
    lines: list[str] = []
    size = 0
    for text in texts:
        for line in text.split("\n"):
            lines.append(line)
            size += len(line.encode()) + 1
            if size >= _BYTES:
                yield "\n".join(lines)
                lines, size = [], 0


def _ready(vocabulary: Vocabulary, name: str) -> Tagger:
    """Return a tagger, and print what it took to build, to load, and in memory."""
    with tempfile.TemporaryDirectory() as folder:
        start = time.process_time()
        Tagger(vocabulary, Path(folder)).prepare()
        built = time.process_time() - start
        size = sum(path.stat().st_size for path in Path(folder).iterdir()) / 1e6
        gc.collect()
        start = time.process_time()
        tagger = Tagger(vocabulary, Path(folder))
        tagger.prepare()
        loaded = time.process_time() - start
    gc.collect()
    gc.freeze()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{name}: automata of all languages built in {built:.2f} s, {size:.0f} MB; from the file in {loaded:.2f} s")
    print(f"{'':{len(name)}}  the process takes {peak:.0f} MB at most, building included")
    return tagger


def _tagging(tagger: Tagger, sets: dict[str, tuple[str, list[str]]]) -> None:
    print(f"{'texts':22}{'MB':>6}{'mentions/kB':>13}{'MB/s':>7}{'articles/s':>12}{'folding alone':>15}")
    everything = {
        name: (partial(tagger.tag, language=language), articles) for name, (language, articles) in sets.items()
    }
    spent = _spent_on_each(everything)
    for name, (tag, articles) in everything.items():
        size = _size(articles)
        mentions = sum(len(tag(article)) for article in articles)
        folding = _spent(squeeze, articles)
        print(
            f"{name:22}{size / 1e6:6.2f}{mentions / size * 1e3:13.1f}{size / spent[name] / 1e6:7.1f}"
            f"{len(articles) / spent[name]:12,.0f}{size / folding / 1e6:15.1f}"
        )


def _slowdown(small: Tagger, large: Tagger, sets: dict[str, tuple[str, list[str]]]) -> dict[str, float]:
    """Return for each set how many times as long the larger vocabulary takes.

    They take turns, for a machine changes its pace.
    """
    works = {
        (name, size): (partial(tagger.tag, language=language), articles)
        for name, (language, articles) in sets.items()
        for size, tagger in (("small", small), ("large", large))
    }
    spent = _spent_on_each(works)
    return {name: spent[name, "large"] / spent[name, "small"] for name in sets}


def _peers(vocabulary: Vocabulary, sets: dict[str, tuple[str, list[str]]]) -> None:
    """Print the rates of what finds exact aliases, and of an analysis of every word."""
    names: dict[str, list[str]] = defaultdict(list)
    for entity in vocabulary.entities:
        for alias in entity.aliases:
            names[alias.language].append(alias.text)
    print("\nin the same run, MB/s")
    for name in ("ner_nerel_ru", "ner_turkish_wiki", "parallel_ntrex en"):
        if name in sets:
            language, articles = sets[name]
            works = {
                "daachorse, exact aliases": _daachorse(names[language]),
                "flashtext, exact aliases": _flashtext(names[language]),
                "spaCy PhraseMatcher": _spacy(names[language]),
                "pymorphy3, every word": _pymorphy() if language == "ru" else None,
            }
            for peer, work in works.items():
                if work is not None:
                    is_learning = peer.startswith("pymorphy")  # it remembers words: a second run would not count
                    some = articles if is_learning or peer.startswith("daachorse") else articles[:20]
                    rate = f"{_size(some) / _spent(work, some, 1 if is_learning else _RUNS) / 1e6:.1f}"
                else:
                    rate = "only Russian" if peer.startswith("pymorphy") else "not installed"
                print(f"  {name:22}{peer:28}{rate:>15}")


def _daachorse(names: Sequence[str]) -> Callable[[str], object]:
    automaton = CharwiseDoubleArrayAhoCorasick(sorted({name.lower() for name in names}))
    return lambda text: automaton.find_overlapping(text.lower())


def _flashtext(names: Sequence[str]) -> Callable[[str], object] | None:
    library = _library("flashtext")
    if library is None:
        return None
    processor = library.KeywordProcessor()
    for name in names:
        processor.add_keyword(name)
    extract: Callable[[str], object] = processor.extract_keywords
    return extract


def _spacy(names: Sequence[str]) -> Callable[[str], object] | None:
    library = _library("spacy")
    if library is None:
        return None
    pipeline = library.blank("xx")
    matcher = library.matcher.PhraseMatcher(pipeline.vocab, attr="LOWER")
    matcher.add("names", list(pipeline.tokenizer.pipe(names)))
    return lambda text: matcher(pipeline.make_doc(text))


def _pymorphy() -> Callable[[str], object]:
    analyzer = importlib.import_module("pymorphy3").MorphAnalyzer(lang="ru")

    @cache
    def lemma(word: str) -> object:
        return analyzer.parse(word)[0].normal_form

    return lambda text: [lemma(word) for word in re.findall(r"\w+", text)]


def _library(name: str) -> Any:
    try:
        return importlib.import_module(name)
    except ImportError:
        return None


def _enlarged(vocabulary: Vocabulary, size: int) -> Vocabulary:
    """Return the vocabulary with invented names: each of parts of real ones of its language and type."""
    chance = random.Random(1)
    real = [(entity.type, alias) for entity in vocabulary.entities for alias in entity.aliases if len(alias.text) > 5]
    known = {alias.text for _, alias in real}
    entities: list[Entity] = []
    while len(entities) < size - len(known):
        (kind, alias), (_, other) = chance.choice(real), chance.choice(real)
        if other.language != alias.language:
            continue
        text = alias.text[: len(alias.text) // 2 + 1] + other.text[len(other.text) // 2 :].lower()
        if text not in known:
            known.add(text)
            invented = Alias(text=text, language=alias.language, level="name")
            entities.append(
                Entity(
                    id=f"invented-{len(entities)}", type=kind, label=text, description="invented", aliases=(invented,)
                )
            )
    return replace(vocabulary, entities=(*vocabulary.entities, *entities))


def _spent(work: Callable[[str], object], articles: Sequence[str], runs: int = _RUNS) -> float:
    """Return the seconds that work on all articles takes, each with the shortest of its runs."""
    return sum(_shortest(work, article, runs) for article in articles)


def _spent_on_each(works: Mapping[Name, tuple[Callable[[str], object], Sequence[str]]]) -> dict[Name, float]:
    """Return for each work what `_spent` returns, its runs spread over as long as all of them take."""
    least = {name: [inf] * len(articles) for name, (_, articles) in works.items()}
    for _ in range(_PASSES):
        for name, (work, articles) in works.items():
            least[name] = [
                min(known, _shortest(work, article, _RUNS))
                for known, article in zip(least[name], articles, strict=True)
            ]
    return {name: sum(spent) for name, spent in least.items()}


def _shortest(work: Callable[[str], object], article: str, runs: int) -> float:
    least = inf
    for _ in range(runs):
        start = time.perf_counter()
        work(article)
        least = min(least, time.perf_counter() - start)
    return least


def _size(articles: Sequence[str]) -> int:
    return sum(len(article.encode()) for article in articles)


if __name__ == "__main__":
    main()
