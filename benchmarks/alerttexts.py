"""Articles and subscriptions for `benchmarks.alerts`: real texts, and queries generated of their words."""

from __future__ import annotations

import csv
import json
import random
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

from benchmarks.loaders import bsnlp_documents
from worker.query.article import Mentioned, QueryArticle
from worker.query.nodes import And, EntityNode, Near, Not, Or, Phrase, Query, Word
from worker.query.positions.article_text import TokenizedArticle
from worker.tagging.tagger import load_tagger
from worker.text.nfc import nfc

TOO_COMMON = 0.02
"""Nobody subscribes to words of more than this share of the articles of a language."""
SHORTEST = 4
"""Letters of a word in a query."""


def articles(folders: Sequence[Path], limit: int) -> list[QueryArticle]:
    """Return up to `limit` tagged articles of some folders, evenly from each."""
    tagger = load_tagger()
    found = []
    for folder in folders:
        for record in islice(_records(folder), limit // len(folders)):
            fields = {"title": nfc(record["title"] or ""), "text": nfc(record["text"])}
            mentions = tuple(
                Mentioned(field=field, start=one.start, end=one.end, entity=one.entity, type=one.type, level=one.level)
                for field, one in tagger.tag_fields(fields, record["language"])
            )
            found.append(
                QueryArticle(title=fields["title"], text=fields["text"], language=record["language"], mentions=mentions)
            )
    return found


def _records(folder: Path) -> Iterator[dict[str, Any]]:
    """Yield title, text and language of what a folder holds: BSNLP texts, .jsonl and .csv of news."""
    csv.field_size_limit(sys.maxsize)
    yield from (record for record in bsnlp_documents(folder) if record["text"].strip())
    for path in sorted(folder.rglob("*.jsonl")):
        for line in path.read_text("utf-8").splitlines():
            record = json.loads(line)
            yield {"title": record["title"], "text": record["content"], "language": "ru"}
    for path in sorted(folder.rglob("*.csv")):
        with path.open(encoding="utf-8") as stream:
            for row in csv.DictReader(stream):
                text = row.get("text") or row.get("content") or row.get("article_full_text_1") or ""
                language = "ky" if "kyrgyz" in str(folder) else "ru"
                if text.strip():
                    yield {"title": row.get("title", ""), "text": text, "language": language}


class Generator:
    """Makes queries as people write them, of the words of some articles: frequent words are drawn more often."""

    def __init__(self, corpus: Sequence[QueryArticle], seed: int) -> None:
        self._random = random.Random(seed)
        by_language: defaultdict[str | None, list[list[str]]] = defaultdict(list)
        self._entities: defaultdict[str | None, list[str]] = defaultdict(list)
        for article in corpus:
            reading = TokenizedArticle(article)
            by_language[article.language].append(reading.title.words + reading.body.words)
            self._entities[article.language] += [mention.entity for mention in article.mentions]
        self._texts = [(language, texts) for language, texts in by_language.items() if len(texts) >= 20]
        self._sizes = [len(texts) for _, texts in self._texts]
        self._usable = {language: _usable(texts) for language, texts in self._texts}

    def query(self) -> Query:
        """Return 2–4 AND-ed groups of 2–5 OR-ed terms; some NOT, NEAR, wildcard, phrase, entity."""
        chance = self._random
        language, texts = chance.choices(self._texts, self._sizes)[0]
        groups = [self._group(language, texts) for _ in range(chance.randint(2, 4))]
        parts: list[Query] = [*groups]
        if chance.random() < 0.15:
            parts[:2] = [Near(groups[0], groups[1], chance.randint(3, 30))]
        if chance.random() < 0.15:
            parts.append(Not(self._word(language, texts)))
        return And(tuple(parts)) if len(parts) > 1 else parts[0]

    def _group(self, language: str | None, texts: list[list[str]]) -> Query:
        terms = dict.fromkeys(self._term(language, texts) for _ in range(self._random.randint(2, 5)))
        return Or(tuple(terms)) if len(terms) > 1 else next(iter(terms))

    def _term(self, language: str | None, texts: list[list[str]]) -> Query:
        kind = self._random.random()
        if kind < 0.2:
            return self._phrase(language, texts)
        if kind < 0.25:
            return Word(self._word(language, texts).text[: self._random.randint(SHORTEST, 7)] + "*")
        if kind < 0.35 and self._entities[language]:
            return EntityNode("entity", self._random.choice(self._entities[language]))
        return self._word(language, texts)

    def _word(self, language: str | None, texts: list[list[str]]) -> Word:
        usable = self._usable[language]
        while True:
            word = self._random.choice(self._random.choice(texts))
            if word in usable:
                return Word(word)

    def _phrase(self, language: str | None, texts: list[list[str]]) -> Phrase:
        usable = self._usable[language]
        while True:
            text = self._random.choice(texts)
            at = self._random.randrange(len(text))
            words = text[at : at + self._random.randint(2, 3)]
            if len(words) > 1 and words[0] in usable and words[-1] in usable:
                return Phrase(" ".join(words))


def _usable(texts: list[list[str]]) -> frozenset[str]:
    counts = Counter(word for text in texts for word in set(text))
    most = max(3, TOO_COMMON * len(texts))
    return frozenset(word for word, count in counts.items() if count <= most and len(word) >= SHORTEST)
