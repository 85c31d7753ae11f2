"""The rules of `vocabulary/inflection.toml` as values: possible endings of an alias, language by language."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import product
from typing import Any

from worker.text.fold import fold
from worker.vocabulary.toml_table import TomlTable

CASES = 6
"""Nominative, genitive, dative, accusative, instrumental, prepositional."""

_VOWELS = frozenset("aeiouyöüəäáаеиоуыэюяәіөүұӣӯєաեէըիոօ")
_NO_LETTER = "-"
JOINED = ("listed", "any")


@dataclass(frozen=True, kw_only=True)
class LanguageEndings:
    """The endings of one language, folded. See `vocabulary/inflection.toml` for the meaning of each field."""

    plural: tuple[str, ...] = ()
    possessive: tuple[str, ...] = ()
    case: tuple[str, ...] = ()
    possessed: tuple[str, ...] = ()
    derived: tuple[str, ...] = ()
    any_vowel: frozenset[str] = frozenset()
    softens: tuple[tuple[str, tuple[str, ...]], ...] = ()
    replaces: tuple[tuple[str, tuple[str, ...]], ...] = ()
    narrows: tuple[str, ...] = ()
    feminine: tuple[tuple[str, tuple[str, ...]], ...] = ()
    spelled: tuple[tuple[str, tuple[str, ...]], ...] = ()
    back: frozenset[str] = frozenset()
    front: frozenset[str] = frozenset()
    joined: str = ""
    skip: frozenset[str] = frozenset()
    unsigned: Mapping[str, str] = field(default_factory=dict)

    def without_signs(self, text: str) -> str:
        """Return a text as spelled on a keyboard without the language's own letters."""
        return "".join(self.unsigned.get(letter, letter) for letter in text)

    def with_unsigned(self, following: frozenset[str]) -> frozenset[str]:
        """Return endings including their forms without signs; there are a handful of such sets, of thousands each."""
        if following not in self._with_unsigned:
            self._with_unsigned[following] = following | {self.without_signs(one) for one in following}
        return self._with_unsigned[following]

    @cached_property
    def _with_unsigned(self) -> dict[frozenset[str], frozenset[str]]:
        return {}

    @cached_property
    def listed(self) -> frozenset[str]:
        """The single endings and none, for short names."""
        return frozenset(("", *self.plural, *self.possessive, *self.case))

    @cached_property
    def chains(self) -> frozenset[str]:
        """Every valid combination of plural, possessive and case, and none."""
        return frozenset(self._chains(("",), ("", *self.possessive)))

    @cached_property
    def derived_chains(self) -> frozenset[str]:
        """The chains that derive people and things from the name of a place, and are no chains otherwise."""
        return frozenset(self._chains(self.derived, ("",))) - self.chains

    @cached_property
    def softening(self) -> frozenset[str]:
        """The chains that begin with a vowel, before which some last letters soften."""
        return frozenset(ending for ending in self.chains if ending[:1] in _VOWELS)

    def _chains(self, first: Iterable[str], possessives: Iterable[str]) -> Iterable[str]:
        for head, plural, possessive in product(first, ("", *self.plural), possessives):
            if self._is_harmonious(stem := head + plural + possessive):
                for case in ("", *(self.possessed if possessive else self.case)):
                    if case in self.any_vowel or self._is_harmonious(stem + case):
                        yield stem + case

    def _is_harmonious(self, ending: str) -> bool:
        return self.back.isdisjoint(ending) or self.front.isdisjoint(ending)


@dataclass(frozen=True, slots=True, kw_only=True)
class Declension:
    """A class of Russian words: the forms of words with a nominative that matches `ends`.

    `one` and `many` hold the endings for each of the CASES, every case with its variants.
    """

    name: str
    ends: re.Pattern[str]
    is_upper: bool
    cut: int
    one: tuple[tuple[str, ...], ...]
    many: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Inflection:
    """The rules of all languages; empty, every alias stands only for itself."""

    endings: Mapping[str, LanguageEndings]
    declensions: tuple[Declension, ...]
    content: Mapping[str, Any]
    """The original rules, for storing them."""


def read_inflection(content: dict[str, Any], name: str, problems: list[str]) -> Inflection:
    """Return the rules of a file's content; problems are added to `problems`, with `name` and the field."""
    table = TomlTable(content, name, problems)
    endings: dict[str, LanguageEndings] = {}
    declensions: tuple[Declension, ...] = ()
    derived_from: list[tuple[str, str, TomlTable]] = []
    for language in content:
        part = table.within(table.table(language), language)
        if language == "ru":
            declensions = tuple(
                _declension(part.within(entry, f"classes[{at}]")) for at, entry in enumerate(part.items("classes"))
            )
        elif model := part.text("as"):
            derived_from.append((language, model, part))
            continue
        else:
            endings[language] = _endings(part)
        part.done()
    for language, model, part in derived_from:
        if model in endings:
            endings[language] = _respelled(endings[model], part)
        else:
            part.wrong("as", f"no language of its own here: {model!r}")
        part.done()
    return Inflection(endings, declensions, content)


NOTHING = Inflection({}, (), {})


def _endings(part: TomlTable) -> LanguageEndings:
    back, front = (frozenset(fold(part.text(key))) for key in ("back", "front"))
    return LanguageEndings(
        plural=_listed(part, "plural"),
        possessive=_listed(part, "possessive"),
        case=(case := _listed(part, "case")),
        possessed=_listed(part, "possessed") or case,
        derived=_listed(part, "derived"),
        any_vowel=frozenset(_listed(part, "any_vowel")),
        softens=_pairs(part, "softens"),
        replaces=_pairs(part, "replaces"),
        narrows=_listed(part, "narrows"),
        feminine=_pairs(part, "feminine"),
        spelled=_pairs(part, "spelled"),
        back=back - front,
        front=front - back,
        joined=part.text("joined", one_of=JOINED),
        skip=frozenset(part.words("skip")),
        unsigned=_unsigned(part),
    )


def _respelled(model: LanguageEndings, part: TomlTable) -> LanguageEndings:
    """Return the endings of a language in other letters."""
    back, front = (frozenset(fold(part.text(key))) for key in ("back", "front"))
    tables = [
        {fold(letter): fold(str(other)) for letter, other in entry.items()}
        for entry in part.items("letters")
        if isinstance(entry, dict)
    ]

    def spelled(endings: Iterable[str]) -> tuple[str, ...]:
        return tuple(
            dict.fromkeys("".join(table.get(char, char) for char in one) for table in tables for one in endings)
        )

    return LanguageEndings(
        plural=spelled(model.plural),
        possessive=spelled(model.possessive),
        case=spelled(model.case),
        possessed=spelled(model.possessed),
        derived=spelled(model.derived),
        any_vowel=frozenset(spelled(model.any_vowel)),
        softens=_pairs(part, "softens"),
        feminine=_pairs(part, "feminine"),
        back=back - front,
        front=front - back,
        joined=part.text("joined", one_of=JOINED),
        unsigned=_unsigned(part),
    )


def _unsigned(part: TomlTable) -> dict[str, str]:
    """Return the letters with signs, small and capital, each with its spelling without them; "" for a sign."""
    letters: dict[str, str] = {}
    for plain, signed in part.table("unsigned").items():
        plain = plain.replace(_NO_LETTER, "")
        for letter in str(signed).split():
            letters[letter] = plain
            letters[letter.upper()] = plain.upper()
    return letters


def _listed(part: TomlTable, key: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(fold(" ".join(part.words(key))).split()))


def _pairs(part: TomlTable, key: str) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Return a table of letters to their changes, as written."""
    return tuple((letters, tuple(str(changes).split())) for letters, changes in sorted(part.table(key).items()))


def _declension(table: TomlTable) -> Declension:
    name = table.text("name", required=True)
    ends = table.text("ends", required=True)
    try:
        pattern = re.compile(f"(?:{ends})$")
    except re.error as error:
        table.wrong("ends", f"is no regular expression: {error}")
        pattern = re.compile("$^")
    found = Declension(
        name=name,
        ends=pattern,
        is_upper=table.flag("upper"),
        cut=table.number("cut"),
        one=_cases(table, "one"),
        many=_cases(table, "many"),
    )
    table.done()
    return found


def _cases(table: TomlTable, key: str) -> tuple[tuple[str, ...], ...]:
    columns = table.words(key)
    if columns and len(columns) != CASES:
        table.wrong(key, f"must hold {CASES} cases, not {len(columns)}")
        return ()
    return tuple(tuple(one.replace(_NO_LETTER, "") for one in column.split("/")) for column in columns)
