"""How well bursts are found: injected into real daily series, with a known start, and in the same series without.

    python -m benchmarks.bursts ../shared/data/news_ru_statemedia_2021_22/dev

Series are what each outlet prints a day, in all, by its categories, and with each of its most frequent words, over
the longest time in which it was collected. Detectors run at the threshold each of them needs for one false alarm per
series-year on the series as they are (alarms on consecutive days are one; every alarm there counts as false, though
some are news), and ours also at the threshold that its probabilities promise. A burst lasts five days, or `--days`.

Beside them stands what no detector can pass (`benchmarks.burstlimits`).
"""

from __future__ import annotations

import argparse
import random
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path

import numpy as np

from benchmarks.burstlimits import WITHIN, count_alarms, dispersion_of, oracle, shiryaev_roberts
from benchmarks.loaders import state_media
from worker.coverage.stats.bursts import judge, per_year

WARM_UP, PER_SERIES = 70, 20
LONGEST = 5
"""Days of a burst, at most."""
FACTORS = (2, 3, 5)
Detector = Callable[["Series", Sequence[int], int], float]
"""Returns how unusual a day is: the larger the more."""


@dataclass(frozen=True, slots=True)
class Series:
    """Counts a day of something, from a first day."""

    name: str
    first: date
    counts: tuple[int, ...]


def read_series(folder: Path) -> list[Series]:
    """Return the series of the material that have at least one article in five days."""
    days: dict[str, Counter[date]] = defaultdict(Counter)
    words: dict[str, Counter[str]] = defaultdict(Counter)
    items = list(state_media(folder))
    for item in items:
        words[item["source"]].update(set(re.findall(r"\b[A-ZА-ЯЁ][\w-]{3,}", f"{item['title']} {item['text']}")))
    frequent = {outlet: {word for word, _ in counts.most_common(25)} for outlet, counts in words.items()}
    for item in items:
        outlet, on = item["source"], date.fromisoformat(item["published_at"])
        days[outlet][on] += 1
        days[f"{outlet}|{item['category']}"][on] += 1
        for word in frequent[outlet] & set(re.findall(r"\b[A-ZА-ЯЁ][\w-]{3,}", f"{item['title']} {item['text']}")):
            days[f"{outlet}|{word}"][on] += 1
    series = []
    for name, found in sorted(days.items()):
        first, length = longest_stretch(days[name.partition("|")[0]])
        counts = tuple(found[first + timedelta(days=n)] for n in range(length))
        if length > 2 * WARM_UP and sum(counts) >= length / 5:
            series.append(Series(name, first, counts))
    return series


def longest_stretch(days: Counter[date]) -> tuple[date, int]:
    """Return the first day and the length of the longest time without a week in which nothing was collected."""
    ordered = sorted(days)
    begins = [ordered[0], *(day for before, day in pairwise(ordered) if (day - before).days > 7)]
    ends = [*(before for before, day in pairwise(ordered) if (day - before).days > 7), ordered[-1]]
    return max(((begin, (end - begin).days + 1) for begin, end in zip(begins, ends, strict=True)), key=lambda s: s[1])


def ours(*windows: int) -> Detector:
    """Return the product's detector, with the least probable of these windows of days, by Bonferroni."""

    def unusual(series: Series, counts: Sequence[int], place: int) -> float:
        begin = max(0, place - 80)
        weekday = (series.first.weekday() + begin) % 7
        found = judge(counts[begin : place + 1], place - begin, first_weekday=weekday, windows=windows)
        return -np.log10(max(found.p, 1e-300)) if found else 0.0

    return unusual


def three_sigma(series: Series, counts: Sequence[int], place: int) -> float:
    """Return standard deviations above the mean of the fourteen days before."""
    past = np.array(counts[place - 14 : place], float)
    return float((counts[place] - past.mean()) / max(past.std(ddof=1), 0.5))


def c2(series: Series, counts: Sequence[int], place: int) -> float:
    """Return standard deviations above the mean of seven days, two days before."""
    past = np.array(counts[place - 9 : place - 2], float)
    return float((counts[place] - past.mean()) / max(past.std(ddof=1), 0.5))


def w2(series: Series, counts: Sequence[int], place: int) -> float:
    """Return the same over the last seven days of the same kind, workdays or weekends."""
    kind = (series.first.weekday() + place) % 7 >= 5
    alike = [i for i in range(place - 2) if ((series.first.weekday() + i) % 7 >= 5) == kind][-7:]
    past = np.array([counts[i] for i in alike], float)
    return float((counts[place] - past.mean()) / max(past.std(ddof=1), 0.5))


DETECTORS: dict[str, Detector] = {
    "ours, days alone and by three": ours(1, 3),
    "ours, by two and by three": ours(2, 3),
    "ours, days alone": ours(1),
    "W2 (7 alike, guard 2)": w2,
    "C2 (7 days, guard 2)": c2,
    "3 sigma over 14 days": three_sigma,
}


def alarms(scores: Sequence[float], threshold: float) -> int:
    """Return how many runs of days are above the threshold."""
    return count_alarms(np.array(scores)[:, None] > threshold)


def inject(series: Series, factor: float, start: int, days: int, chance: np.random.Generator) -> list[int]:
    """Return the counts with so many times as many articles as usual, for some days."""
    counts = list(series.counts)
    for place in range(start, start + days):
        counts[place] += int(chance.poisson((factor - 1) * usual(series, start)))
    return counts


def usual(series: Series, start: int) -> float:
    """Return the articles a day before a burst."""
    return float(np.mean(series.counts[start - 28 : start]))


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--days", type=int, default=LONGEST, help="how long a burst lasts")
    arguments = parser.parse_args()
    every = read_series(arguments.folder)
    print(f"{len(every)} series, {sum(len(s.counts) for s in every) / 365.25:.0f} series-years")
    classes = (("5 a day or more", 5.0, 1e9), ("2 to 5 a day", 2.0, 5.0), ("less than 2 a day", 0.0, 2.0))
    for title, low, high in classes:
        chosen = [series for series in every if low <= np.mean(series.counts) < high]
        if chosen:
            _table(title, chosen, arguments.days)


def _table(title: str, every: Sequence[Series], days: int) -> None:
    years = sum(len(series.counts) - WARM_UP for series in every) / 365.25
    print(f"\n{title}: {len(every)} series, {years:.0f} series-years; recall within {WITHIN} days (mean delay)")
    for name, detector in DETECTORS.items():
        quiet = {
            series.name: [detector(series, series.counts, place) for place in range(WARM_UP, len(series.counts))]
            for series in every
        }
        fitted = _threshold(list(quiet.values()), years)
        thresholds = [("at 1/series-year", fitted)]
        if name.startswith("ours"):
            thresholds.append(("as promised", -np.log10(per_year(1.0))))
        elif name.startswith("3 sigma"):
            thresholds.append(("as usual: 3", 3.0))
        for label, threshold in thresholds:
            false = sum(alarms(scores, threshold) for scores in quiet.values()) / years
            found = " ".join(f"{factor:g}x {_recall(every, detector, threshold, factor, days)}" for factor in FACTORS)
            print(f"  {name:30} {label:17} (> {threshold:4.2f}) {false:5.2f} false/series-year   {found}")
    for label, bound in (
        ("an oracle, days as varied as these", oracle),
        ("an oracle, even days", lambda rate, _, factor: oracle(rate, 1.0, factor)),
        ("who knows the rate, even days", lambda rate, _, factor: shiryaev_roberts(max(round(rate, 1), 0.1), factor)),
    ):
        bounds = " ".join(f"{factor:g}x {_bound(every, bound, factor):.2f}" for factor in FACTORS)
        print(f"  {label:54} 1.00 false/series-year   {bounds}")


def _bound(every: Sequence[Series], bound: Callable[[float, float, float], float], factor: float) -> float:
    draw, found = random.Random(3), []
    for series in every:
        dispersion = dispersion_of(series.counts)
        for start in _starts(series, draw):
            found.append(bound(usual(series, start), dispersion, factor))
    return float(np.mean(found))


def _starts(series: Series, draw: random.Random) -> list[int]:
    return [draw.randrange(WARM_UP, len(series.counts) - LONGEST) for _ in range(PER_SERIES)]


def _threshold(quiet: Sequence[Sequence[float]], years: float) -> float:
    low, high = 0.0, 300.0
    for _ in range(40):
        middle = (low + high) / 2
        low, high = (middle, high) if sum(alarms(scores, middle) for scores in quiet) > years else (low, middle)
    return high


def _recall(every: Sequence[Series], detector: Detector, threshold: float, factor: float, days: int) -> str:
    chance, draw = np.random.default_rng(3), random.Random(3)
    delays, tried = [], 0
    for series in every:
        for start in _starts(series, draw):
            counts = inject(series, factor, start, days, chance)
            tried += 1
            hits = (n for n in range(WITHIN + 1) if detector(series, counts, start + n) > threshold)
            delay = next(hits, None)
            if delay is not None:
                delays.append(delay)
    return f"{len(delays) / tried:.2f} ({np.mean(delays) if delays else float('nan'):.1f} d)"


if __name__ == "__main__":
    main()
