"""An article taken apart: its words with their positions, its sentences, and where its entities are named."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import defaultdict
from functools import cached_property, lru_cache
from urllib.parse import urlsplit

from worker.alerts.article import Article, Mentioned, Outlet
from worker.alerts.joining import is_abbreviation, spelling_of
from worker.alerts.words import DASHES, Words, is_like, is_within, pattern_words

Span = tuple[int, int]
"""Positions of the first and the last word."""

GAP = 128
"""Positions between title and text: more than the longest distance of NEAR, so that nothing reaches across."""

LEAD_LENGTH = 200
LEAD_PARAGRAPHS = 3
"""The lead is the first paragraph; when it is short, such as a dateline, what follows up to this."""

LEVELS = frozenset(("name", "demonym", "concept"))
"""Of mentions that count. Others, such as co-reference, say less than a name does."""

_FILLER = ("",) * GAP
_SENTENCE_END = re.compile(r"[.!?…。！？։][\"'”’»)\]]*(?:\s|$)|[。！？]")
_ABBREVIATIONS = frozenset(
    re.findall(
        r"\w+",
        "mr mrs ms dr prof gen lt col sgt capt maj adm sen rep gov st no vs jan feb mar apr aug sept oct nov dec "
        "гг им стр ул др проф ген акад тыс млн млрд руб см sn doc",
    )
)


class Zone:
    """Texts whose words are counted together: title and text, or the author."""

    def __init__(self, parts: list[tuple[str, Words]]) -> None:
        self.parts = parts
        self.bases: list[int] = []
        """Position of each part's first word."""
        self.words: list[str] = []
        for _, part in parts:
            if self.bases:
                self.words += _FILLER
            self.bases.append(len(self.words))
            self.words += part.words
        self._spellings: dict[tuple[str, int], list[str]] = {}

    @cached_property
    def positions(self) -> dict[str, list[int]]:
        """Where each word stands, in rising order."""
        found: dict[str, list[int]] = {}
        for (_, part), base in zip(self.parts, self.bases, strict=True):
            for position, word in enumerate(part.words, base):
                if word in found:
                    found[word].append(position)
                else:
                    found[word] = [position]
        return found

    def spellings(self, pattern: str, edits: int = 0) -> list[str]:
        """Return the words that are like a pattern with `*`, or within some edits of a word."""
        key = (pattern, edits)
        if key not in self._spellings:
            if edits:
                self._spellings[key] = [word for word in self.positions if is_within(word, pattern, edits)]
            elif pattern.find("*") == len(pattern) - 1:
                self._spellings[key] = self._beginning_with(pattern[:-1])
            else:
                self._spellings[key] = [word for word in self.positions if is_like(word, pattern)]
        return self._spellings[key]

    @cached_property
    def _sorted(self) -> list[str]:
        return sorted(self.positions)

    def _beginning_with(self, prefix: str) -> list[str]:
        first = bisect_left(self._sorted, prefix)
        last = bisect_left(self._sorted, prefix[:-1] + chr(ord(prefix[-1]) + 1)) if prefix else len(self._sorted)
        return self._sorted[first:last]

    def place(self, span: Span) -> tuple[str, int, int]:
        """Return the field and the offsets in it of the words of a span."""
        at = self._part(span[0])
        (name, part), base = self.parts[at], self.bases[at]
        if not part.words:  # a mention where no word is
            return name, 0, 0
        return name, part.starts[span[0] - base], part.ends[span[1] - base]

    def surface(self, span: Span) -> str:
        """Return the words of a span as they are written."""
        _, start, end = self.place(span)
        return self.parts[self._part(span[0])][1].text[start:end]

    def is_joined(self, position: int) -> bool:
        """Say whether nothing but a hyphen is between a word and the next."""
        at = self._part(position)
        part, position = self.parts[at][1], position - self.bases[at]
        between = part.text[part.ends[position] : part.starts[position + 1]]
        return len(between) == 1 and between in DASHES

    def _part(self, position: int) -> int:
        return bisect_right(self.bases, position) - 1


class Reading:
    """An article, read for any number of queries. What few queries ask for is found when the first one does."""

    def __init__(self, article: Article) -> None:
        self.article = article
        spelling = spelling_of(article.language)
        self.title = Words(article.title, spelling)
        self.body = Words(article.text, spelling)
        self._spans: dict[tuple[str, str], list[Span]] = {}

    @cached_property
    def main(self) -> Zone:
        """The words of title and text."""
        return Zone([("title", self.title), ("text", self.body)])

    @cached_property
    def vocabulary(self) -> set[str]:
        """The different words of title and text."""
        return set(self.title.words).union(self.body.words)

    @cached_property
    def author(self) -> Zone:
        """The words of the by-line."""
        return Zone([("author", Words(self.article.author, spelling_of(self.article.language)))])

    def zone(self, field: str) -> Zone:
        """Return the zone that a field belongs to."""
        return self.author if field == "author" else self.main

    def bounds(self, field: str) -> Span:
        """Return the first position of a field and the one after its last."""
        begin = self.main.bases[1]
        match field:
            case "title":
                return 0, len(self.title.words)
            case "body":
                return begin, begin + len(self.body.words)
            case "lead":
                return begin, begin + self._lead_words
        return 0, len(self.zone(field).words)

    @cached_property
    def _lead_words(self) -> int:
        text = self.article.text
        end = 0
        for _ in range(LEAD_PARAGRAPHS):
            end = text.find("\n", end + 1)
            if end < 0:
                return len(self.body.words)
            if end >= LEAD_LENGTH:
                break
        return bisect_left(self.body.starts, end)

    @cached_property
    def sentences(self) -> list[int]:
        """Positions of the first words of sentences; the title is one, and paragraphs end them."""
        begins = [0] if self.title.words else []
        words, starts, ends, text = self.body.words, self.body.starts, self.body.ends, self.article.text
        base = self.main.bases[1]
        for at in range(len(words)):
            if at == 0:
                begins.append(base)
                continue
            written, between = text[starts[at - 1] : ends[at - 1]], text[ends[at - 1] : starts[at]]
            if _ends_sentence(between, words[at - 1], text[starts[at]], written):
                begins.append(base + at)
        return begins

    def mentions(self, kind: str, value: str) -> list[Span]:
        """Return where an entity, or any of a type, is named, in rising order; `kind` is entity or type."""
        found = self._spans.get((kind, value))
        if found is None:
            named = self._named.get((kind, value), ())
            found = self._spans[kind, value] = sorted(set(map(self._span_of, named)))
        return found

    @cached_property
    def _named(self) -> dict[tuple[str, str], list[Mentioned]]:
        found: defaultdict[tuple[str, str], list[Mentioned]] = defaultdict(list)
        for mention in self.article.mentions:
            if mention.level in LEVELS:
                found["entity", mention.entity].append(mention)
                found["type", mention.type].append(mention)
        return dict(found)

    def _span_of(self, mention: Mentioned) -> Span:
        words, base = (self.title, 0) if mention.field == "title" else (self.body, self.main.bases[1])
        first = max(bisect_right(words.starts, mention.start) - 1, 0)
        last = bisect_left(words.starts, mention.end) - 1
        return base + first, base + max(first, last)

    @cached_property
    def source_names(self) -> frozenset[str]:
        """Everything that the outlet may be called, folded."""
        return _source_names(self.article.source, _host(self.article.url))


def _ends_sentence(between: str, before: str, after: str, written: str) -> bool:
    if "\n" in between:
        return True
    if not _SENTENCE_END.search(between) or after.islower():
        return False
    if not between.startswith(".") or before.isdigit():
        return True
    return len(before) > 1 and before not in _ABBREVIATIONS and not is_abbreviation(written)


def name_key(name: str) -> str:
    """Return an outlet's name as it is compared: its folded words."""
    return " ".join(pattern_words(name))


def outlet_keys(source: Outlet) -> frozenset[str]:
    """Return everything that an outlet may be called, folded."""
    return _source_names(source, "")


@lru_cache(maxsize=4096)
def _source_names(source: Outlet | None, host: str) -> frozenset[str]:
    names = {host} if host else set()
    if source is not None:
        names.update((source.id, *source.names))
    keys = {name_key(name) for name in names}
    for name in names:
        if "." in name and " " not in name:
            keys.update(_of_domain(name.lower().removeprefix("www.").rstrip(".")))
    return frozenset(keys - {""})


def _of_domain(domain: str) -> list[str]:
    """Return what a domain is called: itself, those it is part of, and the label that its owner chose."""
    labels = domain.split(".")
    found = [".".join(labels[at:]) for at in range(len(labels) - 1)]
    is_shared_suffix = len(labels) > 2 and len(labels[-1]) == 2 and len(labels[-2]) <= 3  # co.uk, com.tr, gov.kz
    chosen = labels[-3] if is_shared_suffix else labels[-2] if len(labels) > 1 else domain
    return [name_key(name) for name in (*found, chosen)]


@lru_cache(maxsize=4096)
def _host(url: str) -> str:
    try:
        return (urlsplit(url).hostname or "") if url.startswith(("http://", "https://")) else ""
    except ValueError:
        return ""
