"""State bodies: names composed of a phrase and the name of a state, such as “Kazakh foreign ministry”.

The phrases and the rules are the vocabulary's (`bodies.toml`); an entity declares with `pattern` which body of which
state it is. Expanding happens when a vocabulary is read: plain aliases are stored and compiled. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from db.enums.vocabulary import MentionLevel
from worker.text.fold import words
from worker.vocabulary.entities import DECOY, Alias, Entity, Pattern
from worker.vocabulary.toml_table import TomlTable, read_toml

MOST_NAMES = 3
"""Maximum of names, and of adjectives, of a state for the phrases of a language: those listed first."""
MOST_PHRASES = 40
"""Maximum of phrases of a body in one language."""

_FILE = "bodies.toml"
_ADDED = "+"
_SLOT = re.compile(r"\{(name|of|adj)(?:-(\w+))?\}")
_CUT = 2  # the letters of an adjective that {adj-…} replaces


@dataclass(frozen=True)
class Bodies:
    """The rules of a `bodies.toml`.

    `genitives` are, by language, expressions for a part of a name and its replacement in the genitive (after a + a
    suffix of the name), the first match counts; `adjectives` are expressions for the demonyms before or after a noun;
    `phrases` are, by body and language, the templates for names, `decoys` the longer phrases with another meaning.
    """

    genitives: Mapping[str, Sequence[tuple[re.Pattern[str], str]]] = field(default_factory=dict)
    adjectives: Mapping[str, re.Pattern[str]] = field(default_factory=dict)
    phrases: Mapping[str, Mapping[str, Sequence[str]]] = field(default_factory=dict)
    decoys: Mapping[str, Mapping[str, Sequence[str]]] = field(default_factory=dict)

    def expanded(self, entity: Entity, pattern: Pattern, state: Entity, shared: frozenset[tuple[str, str]]) -> Entity:
        """Return an entity with the names, and decoys, from its pattern that its file does not list.

        `shared` are the acronyms, with their language, of more than one entity: they are not used in phrases.
        """
        own = {alias.level for alias in entity.aliases if alias.level != MentionLevel.DEMONYM}.pop()
        names = self._made(self.phrases.get(pattern.body, {}), state, shared, own, entity.aliases)
        decoys = self._made(self.decoys.get(pattern.body, {}), state, shared, DECOY, entity.decoys)
        return replace(entity, aliases=(*entity.aliases, *names), decoys=(*entity.decoys, *decoys))

    def _made(
        self,
        phrases: Mapping[str, Sequence[str]],
        state: Entity,
        shared: frozenset[tuple[str, str]],
        level: str,
        listed: Sequence[Alias],
    ) -> Iterator[Alias]:
        known = {(alias.language, _key(alias.text)) for alias in listed}
        for language, of_language in phrases.items():
            fillings = self._fillings(state, language, shared)
            for phrase in of_language:
                for text in _filled(phrase, fillings):
                    if (language, _key(text)) not in known:
                        known.add((language, _key(text)))
                        yield Alias(text=text, language=language, level=level, generated=True)

    def _fillings(self, state: Entity, language: str, shared: frozenset[tuple[str, str]]) -> dict[str, list[str]]:
        """Return the values for each slot in a language."""
        aliases = [alias for alias in state.aliases if alias.language == language]
        names = [
            one.text
            for one in aliases
            if one.level == MentionLevel.NAME and not _is_acronym(one.text, one.needs_context)
        ]
        acronyms = [
            one.text
            for one in aliases
            if one.level == MentionLevel.NAME and one.case_sensitive
            if one.text.isupper() and (language, one.text) not in shared
        ]
        is_adjective = self.adjectives.get(language)
        adjectives = [one.text for one in aliases if one.level == MentionLevel.DEMONYM and is_adjective]
        return {
            "name": [*names[:MOST_NAMES], *acronyms],
            "of": [*(self._genitive(name, language) for name in names[:MOST_NAMES]), *acronyms],
            "adj": [text for text in adjectives if is_adjective and is_adjective.search(text)][:MOST_NAMES],
        }

    def _genitive(self, name: str, language: str) -> str:
        for ends, form in self.genitives.get(language, ()):
            if ends.search(name):
                return name + form[1:] if form[:1] == _ADDED else ends.sub(form, name, count=1)
        return name


def read_bodies(folder: Path, languages: Sequence[str], problems: list[str]) -> Bodies:
    """Return the rules of a folder's `bodies.toml`, none without the file; problems are added to `problems`."""
    if not (folder / _FILE).exists():
        return Bodies()
    try:
        table = TomlTable(read_toml(folder / _FILE), _FILE, problems)
    except ValueError as error:
        problems.append(f"{_FILE}: {error}")
        return Bodies()
    genitives = {
        language: [rule for at in range(len(rules)) if (rule := _rule(part, language, at, rules[at]))]
        for language, rules, part in _by_language(table, "genitives", languages)
    }
    adjectives: dict[str, re.Pattern[str]] = {}
    content = table.table("adjectives")
    part = table.within(content, "adjectives")
    for language in content:
        if compiled := _expression(part, language, part.text(language)):
            adjectives[language] = compiled
    phrases, decoys = (_phrases(table, key, languages) for key in ("phrases", "decoys"))
    table.done()
    return Bodies(genitives, adjectives, phrases, decoys)


def shared_acronyms(entities: Sequence[Entity]) -> frozenset[tuple[str, str]]:
    """Return the acronyms, with their language, that stand for more than one entity: RT, КР."""
    owners: dict[tuple[str, str], set[str]] = {}
    for entity in entities:
        for alias in entity.aliases:
            if alias.case_sensitive and alias.text.isupper():
                owners.setdefault((alias.language, alias.text), set()).add(entity.id)
    return frozenset(key for key, ids in owners.items() if len(ids) > 1)


def _phrases(table: TomlTable, key: str, languages: Sequence[str]) -> dict[str, dict[str, tuple[str, ...]]]:
    bodies = table.table(key)
    group = table.within(bodies, key)
    found: dict[str, dict[str, tuple[str, ...]]] = {}
    for body in bodies:
        found[body] = {}
        for language, phrases, part in _by_language(group, body, languages):
            if len(phrases) > MOST_PHRASES:
                part.wrong(language, f"has {len(phrases)} phrases, more than {MOST_PHRASES}")
            for at, phrase in enumerate(phrases):
                if not isinstance(phrase, str) or len(_SLOT.findall(phrase)) != 1 or "{" in _SLOT.sub("", phrase):
                    part.wrong(f"{language}[{at}]", f"must hold {{name}}, {{of}} or {{adj}} once, not {phrase!r}")
            found[body][language] = tuple(str(phrase) for phrase in phrases[:MOST_PHRASES])
    return found


def _by_language(table: TomlTable, key: str, languages: Sequence[str]) -> Iterator[tuple[str, list[object], TomlTable]]:
    """Yield the arrays of a table by language."""
    content = table.table(key)
    part = table.within(content, key)
    for language in content:
        if language not in languages:
            part.wrong(language, f"unknown language; known are {', '.join(languages)}")
        yield language, part.items(language), part


def _rule(part: TomlTable, language: str, at: int, rule: object) -> tuple[re.Pattern[str], str] | None:
    if not isinstance(rule, list) or len(rule) != 2 or not all(isinstance(one, str) for one in rule):
        part.wrong(f"{language}[{at}]", f"must be an expression and what stands for it, not {rule!r}")
        return None
    if "\\" in rule[1]:
        part.wrong(f"{language}[{at}]", f"what stands for it has no backslash: {rule[1]!r}")
        return None
    ends = _expression(part, f"{language}[{at}]", rule[0])
    return (ends, rule[1]) if ends else None


def _expression(part: TomlTable, key: str, text: str) -> re.Pattern[str] | None:
    try:
        return re.compile(text)
    except re.error as error:
        part.wrong(key, f"is no regular expression: {error}")
        return None


def _filled(phrase: str, fillings: Mapping[str, Sequence[str]]) -> Iterator[str]:
    """Yield a phrase with each filling of its slot."""
    slot = _SLOT.search(phrase)
    if slot is None:
        return
    for text in fillings[slot[1]]:
        put = text[:-_CUT] + slot[2] if slot[2] else text
        yield phrase[: slot.start()] + put + phrase[slot.end() :]


def _key(text: str) -> str:
    return words(text)


def _is_acronym(text: str, needs_context: bool) -> bool:
    return needs_context or text.isupper() or "." in text
