"""How well and how fast pages are read, beside trafilatura with its own metadata, in the same run.

    python -m benchmarks.extraction --pages DIR [--limit N]

DIR holds pages with what is true of them, in one of three layouts (told by what is in the folder):

* `articles.json` {id: {title, authors, date, articleBody, url}} and `html/<id>.html.gz`  (newspaper4k's set)
* `ground-truth.json` {id: {articleBody, url}} and `html/<id>.html.gz`  (article-extraction-benchmark of Zyte)
* `<country>/<Publisher>.json` {version: {title, authors, publishing_date, body}} beside
  `<Publisher>_<date>.html.gz` and `meta.info`, at any depth  (fundus' fixtures)

Body: F1 of word 4-grams counted as Zyte's benchmark does, precision and recall averaged over pages. Title and
authors: equal but for letter case and punctuation; authors as a set. Date: the day, in UTC or on the page's own
clock. Pages a second are of CPU time on one core, after both have seen a page.
"""

from __future__ import annotations

import argparse
import gzip
import json
import logging
import re
import time
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path

from trafilatura import bare_extraction
from trafilatura.settings import Document

from worker.extract.page import extract_page

_TOKEN = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class LabelledPage:
    """A page and what is true of it; None where that is not known."""

    body: bytes
    url: str | None
    text: str | None
    title: str | None
    authors: frozenset[str] | None
    days: frozenset[date] | None


@dataclass(frozen=True, slots=True)
class Answer:
    text: str
    title: str | None
    authors: frozenset[str]
    day: date | None


@dataclass(slots=True)
class ExtractionScore:
    """What one reader reached on a folder."""

    pages: int = 0
    seconds: float = 0.0
    precisions: list[float] = field(default_factory=list)
    recalls: list[float] = field(default_factory=list)
    hits: Counter[str] = field(default_factory=Counter)
    asked: Counter[str] = field(default_factory=Counter)

    def add(self, page: LabelledPage, answer: Answer, seconds: float) -> None:
        self.pages += 1
        self.seconds += seconds
        if page.text is not None:
            true, found, wrong = _shingle_counts(page.text, answer.text)
            if found + wrong:
                self.precisions.append(found / (found + wrong))
            if true:
                self.recalls.append(found / true)
        self._count("title", page.title is not None, _plain(answer.title) == _plain(page.title))
        self._count("author", bool(page.authors), answer.authors == page.authors)
        self._count("date", bool(page.days), answer.day in (page.days or ()))

    def _count(self, name: str, is_known: bool, is_right: bool) -> None:
        self.asked[name] += is_known
        self.hits[name] += is_known and is_right

    def row(self) -> list[str]:
        cells = [f"{self.pages / self.seconds:.1f}", *self._body()]
        shares = ((self.hits[name], self.asked[name]) for name in ("title", "author", "date"))
        return cells + [f"{hits / asked:.3f}" if asked else "–" for hits, asked in shares]

    def _body(self) -> list[str]:
        if not self.recalls or not self.precisions:
            return ["–"] * 3
        precision = sum(self.precisions) / len(self.precisions)
        recall = sum(self.recalls) / len(self.recalls)
        return [f"{2 * precision * recall / (precision + recall or 1):.4f}", f"{precision:.4f}", f"{recall:.4f}"]


def _shingle_counts(true: str, found: str) -> tuple[int, int, int]:
    """Return the 4-grams of the truth, those of them that were found, and those found beside."""
    truth, guess = _shingles(true), _shingles(found)
    shared = sum((truth & guess).values())
    return sum(truth.values()), shared, sum(guess.values()) - shared


def _shingles(text: str) -> Counter[tuple[str, ...]]:
    words = _TOKEN.findall(unicodedata.normalize("NFC", text))
    return Counter(tuple(words[at : at + 4]) for at in range(max(1, len(words) - 3))) if words else Counter()


def _plain(text: str | None) -> str:
    return " ".join(_TOKEN.findall(unicodedata.normalize("NFKC", text or "").casefold()))


def _names(names: Sequence[str]) -> frozenset[str]:
    return frozenset(name for raw in names if (name := _plain(raw)))


def with_product(page: LabelledPage) -> Answer:
    article = extract_page(page.body, url=page.url)
    day = article.published_at.date() if article.published_at else None
    return Answer(article.text, article.title, _names((article.author or "").split(", ")), day)


def with_trafilatura(page: LabelledPage) -> Answer:
    found = bare_extraction(page.body, url=page.url, fast=True, include_comments=False, with_metadata=True)
    if not isinstance(found, Document):
        return Answer("", None, frozenset(), None)
    day = date.fromisoformat(found.date) if found.date else None
    return Answer(found.text or "", found.title, _names((found.author or "").split("; ")), day)


def read_pages(folder: Path) -> Iterator[LabelledPage]:
    """Yield the pages of a folder in any of the three layouts."""
    for name in ("articles.json", "ground-truth.json"):
        if (folder / name).exists():
            truths = json.loads((folder / name).read_text("utf-8"))
            for key, truth in truths.items():
                yield _listed(gzip.decompress((folder / "html" / f"{key}.html.gz").read_bytes()), truth)
            return
    for path in sorted(folder.rglob("*.json")):
        yield from _fixtures(path)


def _listed(body: bytes, truth: dict[str, str]) -> LabelledPage:
    authors = _names(truth["authors"].split(",")) if "authors" in truth else None
    day = truth.get("date", "")
    days = frozenset((date.fromisoformat(day[:10]),)) if re.match(r"\d{4}-\d\d-\d\d", day) else None
    return LabelledPage(body, truth["url"], truth["articleBody"], truth.get("title"), authors, days)


def _fixtures(path: Path) -> Iterator[LabelledPage]:
    versions = json.loads(path.read_text("utf-8"))
    info = json.loads((path.parent / "meta.info").read_text("utf-8"))
    in_time = sorted(versions, key=lambda name: [int(number) for number in re.findall(r"\d+", name)])
    pages = sorted(path.parent.glob(f"{path.stem}_[0-9]*.html.gz"))
    for page, version in zip(pages, in_time, strict=True):
        truth = versions[version]
        url = info.get(page.name, {}).get("url")
        authors = _names(truth.get("authors") or [])
        yield LabelledPage(
            gzip.decompress(page.read_bytes()), url, _body(truth), truth.get("title"), authors, _days(truth)
        )


def _body(truth: dict[str, object]) -> str | None:
    body = truth.get("body")
    if not isinstance(body, dict):
        return None
    parts = [*body.get("summary", [])]
    for section in body.get("sections", []):
        parts += [*section.get("headline", []), *section.get("paragraphs", [])]
    return "\n".join(parts)


def _days(truth: dict[str, object]) -> frozenset[date] | None:
    written = truth.get("publishing_date")
    if not isinstance(written, str):
        return None
    at = datetime.fromisoformat(written)
    return frozenset((at.date(), at.astimezone(UTC).date() if at.tzinfo else at.date()))


def main() -> None:
    parser = argparse.ArgumentParser(description="Score and time the extraction of pages.")
    parser.add_argument("--pages", type=Path, required=True, action="append", help="folder of pages with their truth")
    parser.add_argument("--limit", type=int, default=None, help="at most so many pages of a folder")
    arguments = parser.parse_args()
    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)
    readers: dict[str, Callable[[LabelledPage], Answer]] = {
        "steppewatch": with_product,
        "trafilatura": with_trafilatura,
    }
    print(
        f"{'pages':30} {'reader':12} {'pages/s':>8} {'F1':>7} {'P':>7} {'R':>7} {'title':>6} {'author':>6} {'date':>6}"
    )
    for folder in arguments.pages:
        scores = {name: ExtractionScore() for name in readers}
        for number, page in enumerate(read_pages(folder)):
            if number == 0:
                for reader in readers.values():
                    reader(page)  # models and caches are loaded once, not on each page
            if number == arguments.limit:
                break
            for name, reader in readers.items():
                start = time.process_time()
                answer = reader(page)
                scores[name].add(page, answer, time.process_time() - start)
        for name, score in scores.items():
            speed, f1, precision, recall, title, author, day = score.row()
            label = f"{'/'.join(folder.parts[-2:])} ({score.pages})"
            print(
                f"{label:30.30} {name:12} {speed:>8} {f1:>7} {precision:>7} {recall:>7} {title:>6} {author:>6} {day:>6}"
            )


if __name__ == "__main__":
    main()
