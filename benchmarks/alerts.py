"""How fast articles are matched with many subscriptions, one by one, and what the alternatives do in the same run.

    python -m benchmarks.alerts --texts FOLDER... [--sizes 1000,10000,100000] [--postgres URL] [--seconds 5]

Queries are generated of the words of the texts: 2-4 AND-ed groups of 2-5 OR-ed terms, a fifth of them phrases, some
entities and wildcards; one query in seven has NEAR, one in seven NOT. Half of the articles train the estimates of
frequency and the generator, the other half is matched. Times are CPU times of this process (PostgreSQL: elapsed).
"""

from __future__ import annotations

import argparse
import gc
import random
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import cycle
from pathlib import Path
from statistics import median

from benchmarks.alertrivals import Groups, Match, Reducer, mokaccino, perq, plain_sets, tsquery, words_of
from benchmarks.alerttexts import Generator, articles
from worker.presearch.frequency import Frequencies
from worker.presearch.presearch import Presearcher
from worker.query.article import QueryArticle
from worker.query.nodes import Query
from worker.query.query import parse

CHANGES = 300
TURNS = 9
Builder = Callable[[Mapping[int, Groups]], Match]


@dataclass(frozen=True, slots=True)
class Runner:
    """What matches one article, and the clock that tells how long it takes."""

    match: Callable[[QueryArticle], object]
    clock: Callable[[], float] = time.process_time


def main() -> None:
    """Print a table for each number of subscriptions."""
    options = _options()
    corpus = articles(options.texts, options.articles)
    random.Random(0).shuffle(corpus)
    known, coming = corpus[::2], corpus[1::2]
    words = sum(len(words_of(article)) for article in coming) / len(coming)
    letters = sum(len(article.title) + len(article.text) for article in coming) / len(coming)
    print(f"{len(coming):,} articles of {letters:,.0f} characters, {words:,.0f} different words and entities")
    frequencies = Frequencies.counted(known)
    reducer = Reducer(corpus)
    for size in options.sizes:
        presearcher = _own(Generator(known, seed=1), size, frequencies)
        some = coming[:200]
        found = sum(len(presearcher.matches(article)) for article in some) / len(some)
        candidates = sum(len(presearcher.candidates(article)) for article in some) / len(some)
        print(f"  {found:.1f} matches and {candidates:.1f} candidates an article")
        generator = Generator(known, seed=1)
        groups = {number: reducer.groups(generator.query()) for number in range(size)}
        rivals: dict[str, Builder] = {"perq": perq, "mokaccino": mokaccino, "plain sets": plain_sets}
        if options.postgres:
            rivals["tsquery in PostgreSQL"] = tsquery(options.postgres)
        runners = _built(rivals, groups)
        runners["this"] = Runner(presearcher.matches)
        runners["this, reasons told"] = Runner(partial(_with_reasons, presearcher))
        _in_turns(runners, coming, options.seconds)
        fresh = Generator(known, seed=2)
        _changes(presearcher, [fresh.query() for _ in range(CHANGES)])
        del presearcher, runners, groups
        gc.unfreeze()
        gc.collect()


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--texts", type=Path, nargs="+", required=True, help="folders: BSNLP texts, .jsonl, .csv")
    parser.add_argument("--articles", type=int, default=2_000)
    parser.add_argument(
        "--sizes", type=lambda text: [int(size) for size in text.split(",")], default="1000,10000,100000"
    )
    parser.add_argument("--postgres", metavar="URL", help="measure a table of tsquery there too")
    parser.add_argument("--seconds", type=float, default=5.0, help="for each, in nine turns")
    return parser.parse_args()


def _own(generator: Generator, size: int, frequencies: Frequencies) -> Presearcher[int]:
    print(f"\n{size:,} subscriptions")
    texts = [str(generator.query()) for _ in range(300)]
    reading = _timed(lambda: [parse(text) for text in texts]) / len(texts)
    before, building = _memory_mb(), 0.0
    presearcher: Presearcher[int] = Presearcher(frequencies=frequencies)
    for number in range(size):
        query = generator.query()
        building += _timed(partial(presearcher.add, number, query))
    gc.collect()
    print(
        f"  start-up: {reading * size:.1f} s to read the queries ({reading * 1e6:.0f} µs each), {building:.1f} s to "
        f"index them; {_memory_mb() - before:.0f} MB for all"
    )
    gc.freeze()  # as a worker does before it forks
    return presearcher


def _changes(presearcher: Presearcher[int], fresh: Sequence[Query]) -> None:
    first = 10_000_000
    for name, act in (
        ("add one", lambda at: presearcher.add(first + at, fresh[at])),
        ("change one", lambda at: presearcher.add(first + at, fresh[at - 1])),
        ("remove one", lambda at: presearcher.remove(first + at)),
    ):
        spent = sorted(_timed(partial(act, at)) for at in range(len(fresh)))
        print(f"  {name:24}{spent[len(spent) // 2] * 1e3:10.2f} ms median {spent[-1] * 1e3:8.2f} ms longest")


def _timed(act: Callable[[], object]) -> float:
    """Return the CPU time that an act takes, in seconds."""
    start = time.process_time()
    act()
    return time.process_time() - start


def _built(rivals: Mapping[str, Builder], groups: Mapping[int, Groups]) -> dict[str, Runner]:
    """Return what matches an article, for each of the rivals that are installed."""
    built = {}
    for name, build in rivals.items():
        start = time.process_time()
        try:
            match = build(groups)
        except ImportError:
            print(f"  {name:24}  not installed")
            continue
        print(f"  {name:24}  start-up or one change {time.process_time() - start:.1f} s")
        clock = time.perf_counter if "PostgreSQL" in name else time.process_time
        built[name] = Runner(partial(_of_words, match), clock)
    gc.freeze()
    return built


def _with_reasons(presearcher: Presearcher[int], article: QueryArticle) -> object:
    return [one.because for one in presearcher.matches(article).values()]


def _of_words(match: Match, article: QueryArticle) -> object:
    return match(words_of(article))


def _in_turns(runners: Mapping[str, Runner], coming: Sequence[QueryArticle], seconds: float) -> None:
    """Print the rate of each: the median of short turns, for machines change their pace within a minute."""
    articles = {name: cycle(coming) for name in runners}
    rates: dict[str, list[float]] = {name: [] for name in runners}
    for _ in range(TURNS):
        for name, runner in runners.items():
            rates[name].append(_rate(runner, articles[name], seconds / TURNS))
    for name, found in rates.items():
        print(f"  {name:24}{median(found):10,.1f} articles/s   ({min(found):,.1f} to {max(found):,.1f})")


def _rate(runner: Runner, articles: Iterator[QueryArticle], seconds: float) -> float:
    """Return how many articles are matched in a second."""
    start, done = runner.clock(), 0
    for article in articles:
        runner.match(article)
        done += 1
        if (spent := runner.clock() - start) > seconds:
            break
    return done / spent


def _memory_mb() -> float:
    pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
    return pages * 4096 / 1e6


if __name__ == "__main__":
    main()
