"""Text → mentions: the one entry to tagging."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from worker.tagging.automaton import Hit, Lexicon, compiled, describe
from worker.tagging.fold import squeeze
from worker.tagging.inflect import stems
from worker.tagging.rules import Field, decide
from worker.tagging.vocabulary import LANGUAGES, Vocabulary, packaged_folder, read_vocabulary


class Mention(NamedTuple):
    """An entity named in a text.

    `start` and `end` count code points of the text as given, `surface` is what stands between them. `alias` is
    the vocabulary's spelling, `language` the alias's; `rule` says why it counts: exact, inflected, plural,
    possessive, compound, context, full-name, nearest or capitals. A named tuple because a busy worker makes
    100,000 a second.
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
"""By field, what is written in another language than the article: start, end (code points) and language, in order."""
_NO_PASSAGES: Passages = {}


class Tagger:
    """Finds the mentions of one vocabulary. Automata are built for each language at its first text."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self.vocabulary = vocabulary
        self._forms = [
            compiled(entity, alias, stem)
            for entity in vocabulary.entities
            for alias in entity.aliases
            for stem in stems(entity, alias, vocabulary.inflection)
        ]
        self._lexicons: dict[str | None, Lexicon] = {}

    def prepare(self, languages: Iterable[str | None] = (None, *LANGUAGES)) -> None:
        """Build the automata of `languages` now, as a process does before it forks its workers."""
        for language in languages:
            self._lexicon(language)

    def tag(self, text: str, language: str | None = None) -> list[Mention]:
        """Return the mentions of a text in reading order, longer before shorter at one place.

        `language` is that of the text, e.g. `kk` or `kk-Latn`; unknown (None), aliases of all languages count
        except short acronyms.
        """
        return [mention for _, mention in self.tag_fields({"text": text}, language)]

    def tag_fields(
        self, fields: Mapping[str, str], language: str | None = None, passages: Passages = _NO_PASSAGES
    ) -> list[tuple[str, Mention]]:
        """Return the mentions of each named field of one article, in the fields' order.

        Each field has its own offsets; context and full names count across all of them. In `passages` of a field
        the aliases of their own language count instead of those of the article's.
        """
        parts: list[Field] = []
        offset = 0
        for name, text in fields.items():
            parts.append(Field(name, text, squeeze(text), offset))
            offset += len(text) + 1
        hits = [self._hits(part, language, passages.get(part.name, ())) for part in parts]
        found = decide(parts, hits)
        return [
            (part.name, _mention(part.text, hit)) for part, of_part in zip(parts, found, strict=True) for hit in of_part
        ]

    def _hits(self, part: Field, language: str | None, passages: Sequence[tuple[int, int, str | None]]) -> list[Hit]:
        hits = self._lexicon(language).hits(part.text, part.folded)
        for start, end, other in passages:
            inner = part.text[start:end]
            hits = [hit for hit in hits if hit.start >= end or -hit.minus_end <= start]
            hits += [
                hit._replace(start=hit.start + start, minus_end=hit.minus_end - start)
                for hit in self._lexicon(other).hits(inner, squeeze(inner))
            ]
        return sorted(hits) if passages else hits

    def _lexicon(self, language: str | None) -> Lexicon:
        known = _known(language)
        if known not in self._lexicons:
            self._lexicons[known] = Lexicon(self._forms, known, self.vocabulary.inflection)
        return self._lexicons[known]


def _known(language: str | None) -> str | None:
    """Return the language as the vocabulary names it; "other" for one it has no aliases in."""
    if not language:
        return None
    if language in LANGUAGES:
        return language
    base = language.replace("_", "-").partition("-")[0].lower()
    return base if base in LANGUAGES else "other"


def _mention(text: str, hit: Hit) -> Mention:
    start, minus_end, entity, _, _, rule, form, is_derived = hit
    alias = form.alias
    return Mention(
        entity,
        form.entity.type,
        start,
        -minus_end,
        text[start:-minus_end],
        alias.text,
        alias.language,
        rule or describe(text, hit),
        "demonym" if is_derived else alias.level,
    )


def load_tagger() -> Tagger:
    """Return a tagger for the vocabulary that came with the product; raises VocabularyError."""
    return Tagger(read_vocabulary(packaged_folder()))
