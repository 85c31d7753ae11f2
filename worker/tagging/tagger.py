"""Text → mentions: the one entry to tagging."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from db.enums.vocabulary import MentionLevel
from worker.tagging.aliases.automaton import Lexicon
from worker.tagging.aliases.cachefile import cached
from worker.tagging.aliases.compiling import KINDS, compiled
from worker.tagging.aliases.forms import EXACT, Form, Hit, Trace, compiled_form, find_rule
from worker.tagging.aliases.stems import Stem
from worker.tagging.context import ArticleContext, Field, Terms
from worker.tagging.hashtags import Hashtag, split_hashtags
from worker.tagging.namesakes import with_surnames
from worker.tagging.rules.rules import NearMiss, decide
from worker.tagging.traditional import with_traditional
from worker.text.fold import squeeze, to_readable
from worker.vocabulary.entities import LANGUAGES, Alias, Vocabulary
from worker.vocabulary.languages.usage import Usage
from worker.vocabulary.loader import packaged_folder, read_vocabulary
from worker.vocabulary.relations import RelationKind


class Mention(NamedTuple):
    """An entity named in a text.

    `start` and `end` count code points of the original text, `surface` is the text between them. `alias` is the
    vocabulary's spelling, `language` the alias's; `rule` is the reason for counting it: exact, inflected, plural,
    possessive, compound, context, full-name, office, nearest, capitals or defined. `metonym_of` is the state whose
    government a capital, or a seat such as the Kremlin, stands for. A named tuple because a busy worker makes 100,000 a
    second.
    """

    entity: str
    type: str
    start: int
    end: int
    surface: str
    alias: str
    language: str
    rule: str
    level: str
    metonym_of: str | None = None


Passages = Mapping[str, Sequence[tuple[int, int, str | None]]]
"""By field, the passages in another language than the article: start, end (code points) and language, in order."""
_NO_PASSAGES: Passages = {}
_NO_PATTERN = -1
_new = tuple.__new__  # half the time of the constructor


class Tagger:
    """The tagger of one vocabulary. Automata are built for each language at its first text."""

    def __init__(self, vocabulary: Vocabulary, cache: Path | None = None) -> None:
        """Load the automata from a file in the folder `cache`, where they are kept; without it, build them."""
        self.vocabulary = vocabulary = with_traditional(with_surnames(vocabulary))
        self._compiled = cached(vocabulary, cache) if cache else compiled(vocabulary)
        self._terms = Terms(vocabulary.entities)
        self._usages = {usage.language: usage for usage in vocabulary.usages}
        self._states = {
            entity.id: (relation.target, relation.kind == RelationKind.SEAT_OF)
            for entity in vocabulary.entities
            for relation in entity.relations
            if relation.kind in (RelationKind.CAPITAL_OF, RelationKind.SEAT_OF)
        }
        self._signs: dict[tuple[str, str], Form | None] = {}
        self._lexicons: dict[str | None, Lexicon] = {}

    def prepare(self, languages: Iterable[str | None] = KINDS) -> None:
        """Build the automata of `languages` now, as a process does before it forks its workers."""
        for language in languages:
            self._lexicon(language)

    def tag(self, text: str, language: str | None = None) -> list[Mention]:
        """Return the mentions of a text in reading order, longer before shorter at one position.

        `language` is that of the text, e.g. `kk` or `kk-Latn`; for an unknown one (None), aliases of all languages
        count except short acronyms.
        """
        return [mention for _, mention in self.tag_fields({"text": text}, language)]

    def tag_fields(
        self,
        fields: Mapping[str, str],
        language: str | None = None,
        passages: Passages = _NO_PASSAGES,
        trace: list[NearMiss] | None = None,
        *,
        second: str | None = None,
        day: date | None = None,
    ) -> list[tuple[str, Mention]]:
        """Return the mentions of each named field of one article, in the fields' order.

        Each field has its own offsets; context and full names count across all of them. In `passages` of a field the
        aliases of their own language count instead of those of the article's. `second` is a second possible language of
        the article: its aliases count too. `day` is the date of the article: offices are evidence for a surname only if
        held on it. Names that do not count are added to `trace`.
        """
        parts: list[Field] = []
        broken: list[str] = []
        offset = 0
        for name, text in fields.items():
            as_read, folded, with_hyphens = to_readable(text)
            parts.append(Field(name, as_read, folded, offset))
            broken.append(with_hyphens)
            offset += len(text) + 1
        hits: list[list[Hit]] = []
        against: set[str] = set()
        for part, with_hyphens in zip(parts, broken, strict=True):
            of_part, terms = self._hits(part, (language, second), passages.get(part.name, ()), trace)
            if language == "zh" and self.vocabulary.pairs.signs:
                of_part = self._with_signs(part.text, of_part)
            if with_hyphens or "#" in part.text or "＃" in part.text:
                of_part = self._with_parts(part.text, with_hyphens, language, of_part)
            hits.append(of_part)
            against |= terms
        usage = self._usage(language)
        found = decide(ArticleContext(parts, self._terms, against, day), hits, usage, self.vocabulary, trace)
        states = self._states
        return [
            (part.name, _mention(part.text, hit, states.get(hit.entity), usage, fields[part.name]))
            for part, of_part in zip(parts, found, strict=True)
            for hit in of_part
        ]

    def _hits(
        self,
        part: Field,
        languages: tuple[str | None, str | None],
        passages: Sequence[tuple[int, int, str | None]],
        trace: list[NearMiss] | None,
    ) -> tuple[list[Hit], set[str]]:
        language, second = languages
        hits, against = self._lexicon(language).hits(part.text, part.folded, _noted(part.name, trace))
        if second is not None:
            others, terms = self._lexicon(second).hits(part.text, part.folded, _noted(part.name, trace))
            hits, against = _united(hits, others), against | terms
        for start, end, other in passages:
            inner = part.text[start:end]
            hits = [hit for hit in hits if hit.start >= end or -hit.minus_end <= start]
            found, _ = self._lexicon(other).hits(inner, squeeze(inner), _noted(part.name, trace, start))
            hits += [_moved(part.text, hit, start) for hit in found]
        return sorted(hits) if passages else hits, against

    def _with_signs(self, text: str, hits: list[Hit]) -> list[Hit]:
        """Return sorted hits with the states that a Chinese text names by one character."""
        found: list[Hit] = []
        for start, state in self.vocabulary.pairs.find(text):
            if form := self._sign(text[start], state):
                found.append(Hit(start, -start - 1, state, "", _NO_PATTERN, "", form, False, True, EXACT))
        return _united(hits, found) if found else hits

    def _sign(self, sign: str, state: str) -> Form | None:
        """Return the form of a character that names a state; None for a state that is not in the vocabulary."""
        if (sign, state) not in self._signs:
            entity = self.vocabulary.by_id.get(state)
            stem, alias = Stem(sign, frozenset(("",))), Alias(text=sign, language="zh", level="name")
            self._signs[sign, state] = compiled_form(entity, alias, stem) if entity else None
        return self._signs[sign, state]

    def _with_parts(self, text: str, with_hyphens: str, language: str | None, hits: list[Hit]) -> list[Hit]:
        """Return sorted hits with those of the text with its hyphens at line ends, and in hashtags.

        Of the two readings of a line's end the longer name counts: Kazakh-⏎stan is one word, Kazakh-⏎Kyrgyz two.
        """
        if with_hyphens:
            hits = _united(hits, self._lexicon(language).hits(with_hyphens, squeeze(with_hyphens))[0])
        for tag in split_hashtags(text):
            found, _ = self._lexicon(language).hits(tag.spaced, squeeze(tag.spaced))
            hits = _united(hits, [_moved_within(tag, hit) for hit in found])
        return hits

    def _usage(self, language: str | None) -> Usage:
        """Return the usage of a language; that of English for one that has none."""
        base = (language or "en").partition("-")[0].lower()
        return self._usages.get(base) or self._usages.get("en") or Usage(language="en")

    def _lexicon(self, language: str | None) -> Lexicon:
        known = _known(language)
        if known not in self._lexicons:
            self._lexicons[known] = Lexicon(self._compiled, known, self.vocabulary.inflection)
        return self._lexicons[known]


def _noted(field: str, trace: list[NearMiss] | None, offset: int = 0) -> Trace | None:
    """Return a function that adds the misspelled stems of a field, or of a passage at `offset`, to a trace."""
    if trace is None:
        return None
    return lambda miss: trace.append(NearMiss(field, miss.start + offset, miss.end + offset, miss.form, miss.reason))


@lru_cache(maxsize=256)
def _known(language: str | None) -> str | None:
    """Return the language in the vocabulary's form; "other" for one without aliases."""
    if not language:
        return None
    if language in LANGUAGES:
        return language
    base = language.replace("_", "-").partition("-")[0].lower()
    return base if base in LANGUAGES else "other"


def _united(hits: list[Hit], others: Iterable[Hit]) -> list[Hit]:
    """Return the hits in two languages: those of the second only if the first has no equal one."""
    known = {hit[:3] for hit in hits}
    return sorted([*hits, *(hit for hit in others if hit[:3] not in known)])


def _moved_within(tag: Hashtag, hit: Hit) -> Hit:
    """Return a hit of a spaced hashtag as one of the whole text."""
    return hit._replace(start=tag.origins[hit.start], minus_end=-tag.origins[-hit.minus_end - 1] - 1)


def _moved(text: str, hit: Hit, offset: int) -> Hit:
    """Return a hit of the passage at an offset as one of the whole text."""
    start, end = hit.start + offset, offset - hit.minus_end
    return hit._replace(
        start=start, minus_end=-end, sort=find_rule(text, start, end, hit.ending, hit.form.alias.language)
    )


def _mention(text: str, hit: Hit, named: tuple[str, bool] | None, usage: Usage, written: str) -> Mention:
    """Return the mention for a hit in the text as `written`.

    `named` is the state whose capital it names, or (True) the seat of power.
    """
    start, minus_end, entity, ending, _, rule, form, is_derived, _, sort = hit
    end, alias = -minus_end, form.alias
    state = None
    if named is not None and alias.level != MentionLevel.DEMONYM:
        is_meant = (
            usage.is_seat_government(text, start, end, ending)
            if named[1]
            else usage.is_government(text, start, end, not ending)
        )
        state = named[0] if is_meant else None
    level = "demonym" if is_derived else alias.level
    surface, kind = written[start:end], form.entity.type
    values = (entity, kind, start, end, surface, alias.text, alias.language, rule or sort, level, state)
    return _new(Mention, values)


def moved(mention: Mention, offset: int) -> Mention:
    """Return a mention in a piece at an offset as one of the whole text."""
    return mention._replace(start=mention.start + offset, end=mention.end + offset)


def load_tagger(cache: Path | None = None) -> Tagger:
    """Return a tagger for the packaged vocabulary; raises VocabularyError."""
    return Tagger(read_vocabulary(packaged_folder()), cache)
