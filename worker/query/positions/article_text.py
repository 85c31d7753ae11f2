"""The text of an article for matching: its words with their positions, its sentences, and its mentions."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import defaultdict
from functools import cached_property, lru_cache
from urllib.parse import urlsplit

from db.enums.vocabulary import MentionField, MentionLevel
from worker.query.article import Mentioned, QueryArticle, QueryOutlet
from worker.query.joining import get_spelling, is_abbreviation
from worker.query.nodes import QueryField
from worker.query.positions.bits import Bits, Fences, to_bits
from worker.query.positions.zone import Span, WordZone
from worker.query.words import Words, pattern_words

LEAD_LENGTH = 200
LEAD_PARAGRAPHS = 3
"""The lead is the first paragraph; if it is short, such as a dateline, the following ones up to this number."""

LEVELS = frozenset(map(str, MentionLevel))
"""Levels of mentions that count. Others, such as co-reference, are weaker evidence than a name."""

_SENTENCE_END = re.compile(r"[.!?…。！？։][\"'”’»)\]]*(?:\s|$)|[。！？]")
_ABBREVIATIONS = frozenset(
    re.findall(
        r"\w+",
        "mr mrs ms dr prof gen lt col sgt capt maj adm sen rep gov st no vs jan feb mar apr aug sept oct nov dec "
        "гг им стр ул др проф ген акад тыс млн млрд руб см sn doc",
    )
)


class TokenizedArticle:
    """An article prepared for any number of queries. Rarely used data is computed on first use."""

    def __init__(self, article: QueryArticle) -> None:
        self.article = article
        spelling = get_spelling(article.language)
        self.title = Words(article.title, spelling)
        self.body = Words(article.text, spelling)
        self._spans: dict[tuple[str, str], list[Span]] = {}

    @cached_property
    def main(self) -> WordZone:
        """The words of title and text."""
        return WordZone([(MentionField.TITLE, self.title), (MentionField.TEXT, self.body)])

    @cached_property
    def vocabulary(self) -> set[str]:
        """The different words of title and text."""
        return set(self.title.words).union(self.body.words)

    @cached_property
    def author(self) -> WordZone:
        """The words of the by-line."""
        return WordZone([(QueryField.AUTHOR, Words(self.article.author, get_spelling(self.article.language)))])

    def zone(self, field: str) -> WordZone:
        """Return the zone that contains a field."""
        return self.author if field == QueryField.AUTHOR else self.main

    def bounds(self, field: str) -> Span:
        """Return the first position of a field and the one after its last."""
        begin = self.main.bases[1]
        match field:
            case QueryField.TITLE:
                return 0, len(self.title.words)
            case QueryField.BODY:
                return begin, begin + len(self.body.words)
            case QueryField.LEAD:
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

    @cached_property
    def stretches(self) -> tuple[list[int], list[int]]:
        """Positions of the first words of sentences, and those after their last."""
        begins = self.sentences
        return begins, [*begins[1:], len(self.main.words)][: len(begins)]

    @cached_property
    def fences(self) -> Fences:
        """Fences between sentences, for places that must not cross them."""
        return Fences(to_bits(self.sentences))

    def mentioned(self, kind: str, value: str) -> dict[int, Bits]:
        """Return the places of `mentions`, by the distance of the last word from the first."""
        by_length: defaultdict[int, list[int]] = defaultdict(list)
        for first, last in self.mentions(kind, value):
            by_length[last - first].append(first)
        return {length: to_bits(firsts) for length, firsts in by_length.items()}

    def mentions(self, kind: str, value: str) -> list[Span]:
        """Return the places of an entity, or of any of a type, in rising order; `kind` is entity or type."""
        found = self._spans.get((kind, value))
        if found is None:
            named = self._named.get((kind, value), ())
            found = self._spans[kind, value] = sorted(set(map(self._find_span, named)))
        return found

    @cached_property
    def _named(self) -> dict[tuple[str, str], list[Mentioned]]:
        found: defaultdict[tuple[str, str], list[Mentioned]] = defaultdict(list)
        for mention in self.article.mentions:
            if mention.level in LEVELS:
                found[QueryField.ENTITY, mention.entity].append(mention)
                found[QueryField.TYPE, mention.type].append(mention)
        return dict(found)

    def _find_span(self, mention: Mentioned) -> Span:
        words, base = (self.title, 0) if mention.field == MentionField.TITLE else (self.body, self.main.bases[1])
        first = max(bisect_right(words.starts, mention.start) - 1, 0)
        last = bisect_left(words.starts, mention.end) - 1
        return base + first, base + max(first, last)

    @cached_property
    def source_names(self) -> frozenset[str]:
        """All names of the outlet, folded."""
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
    """Return an outlet's name in normal form for comparison: its folded words."""
    return " ".join(pattern_words(name))


def outlet_keys(source: QueryOutlet) -> frozenset[str]:
    """Return all names of an outlet, folded."""
    return _source_names(source, "")


@lru_cache(maxsize=4096)
def _source_names(source: QueryOutlet | None, host: str) -> frozenset[str]:
    names = {host} if host else set()
    if source is not None:
        names.update((source.id, *source.names))
    keys = {name_key(name) for name in names}
    for name in names:
        if "." in name and " " not in name:
            keys.update(_of_domain(name.lower().removeprefix("www.").rstrip(".")))
    return frozenset(keys - {""})


def _of_domain(domain: str) -> list[str]:
    """Return the names of a domain: itself, its parent domains, and the label chosen by its owner."""
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
