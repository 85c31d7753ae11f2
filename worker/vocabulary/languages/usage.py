"""Usage of capitals and people's names by language: when Ankara is a government, and the words before a surname."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from worker.text.fold import fold
from worker.text.letters import APOSTROPHES
from worker.vocabulary.toml_table import TomlTable, read_toml

_LISTS = ("acts", "has", "government_before", "place_before", "titles")
_ARTICLES = frozenset(("the", "The"))
_ENDS = ".!?…;:\n("
_WORD = re.compile(rf"[^\W_]+(?:[{APOSTROPHES}][^\W_]+)*|[.!?…;:\n(]")
_APOSTROPHE = re.compile(f"[{APOSTROPHES}]")
_JOINED = re.compile(rf"[{APOSTROPHES}-]\w+")
_LOOK_BACK = 24
_LONG_WORD = 16
_MOST_KEPT = 10_000
_STEM = 3  # a term of more letters than this also stands for the words that begin with it


@dataclass(frozen=True, kw_only=True)
class Usage:
    """The words of one language around the name of a capital or a surname; all terms begin a word.

    `acts` are verbs of speech and action, found within `reach` words after a bare name (before it too, where
    `verb_first`); `has` are nouns for possessions of governments (policy, troops), right after the name; the words of
    `government_before` and `place_before`, right before the name, decide at once. `titles` may be written with a
    capital before a surname without being a given name. `place_endings` of a name express location or origin.
    """

    language: str
    acts: tuple[str, ...] = ()
    has: tuple[str, ...] = ()
    government_before: tuple[str, ...] = ()
    place_before: tuple[str, ...] = ()
    titles: tuple[str, ...] = ()
    place_endings: tuple[str, ...] = ()
    reach: int = 3
    verb_first: bool = False

    @cached_property
    def _kinds(self) -> dict[str, str]:
        return {}

    @cached_property
    def _look_back(self) -> int:
        return self.reach * _LONG_WORD if self.verb_first else _LOOK_BACK

    @cached_property
    def _patterns(self) -> tuple[tuple[str, re.Pattern[str]], ...]:
        return tuple((name, _pattern(getattr(self, name))) for name in _LISTS)

    def _is(self, word: str, wanted: str) -> bool:
        """Return whether a word of a text begins with a term of a list; results are cached."""
        kinds = self._kinds.get(word)
        if kinds is None:
            plain = _plain(word)
            kinds = " ".join(name for name, pattern in self._patterns if pattern.match(plain))
            if len(self._kinds) > _MOST_KEPT:
                self._kinds.clear()
            self._kinds[word] = kinds
        return wanted in kinds

    def is_title(self, word: str) -> bool:
        """Return whether a word is a title, rank or form of address."""
        return self._is(word, "titles")

    def is_government(self, text: str, start: int, end: int, is_bare: bool) -> bool:
        """Return whether the capital `text[start:end]` stands for its government.

        `is_bare` means that the name is in its first form and without an ending.
        """
        last = _last_word(text[max(0, start - self._look_back) : start])
        if self._is(last, "place_before"):
            return False
        if self._is(last, "government_before"):
            return True
        joined = _JOINED.match(text, end)
        begin = joined.end() if joined else end
        if joined or not is_bare:
            first = _WORD.search(text, begin, end + self.reach * _LONG_WORD)
            return first is not None and first[0] not in _ENDS and self._is(first[0], "has")
        for at, found in enumerate(_WORD.finditer(text, begin, end + self.reach * _LONG_WORD)):
            word = found[0]
            if at == self.reach or word in _ENDS:
                break
            if self._is(word, "acts") or (at == 0 and self._is(word, "has")):
                return True
        if not self.verb_first:
            return False
        before = _since_end(_WORD.findall(text[max(0, start - self._look_back) : start]))
        return any(self._is(word, "acts") for word in before[-self.reach :])

    def is_seat_government(self, text: str, start: int, end: int, ending: str) -> bool:
        """Return whether a seat of power such as the Kremlin, `text[start:end]`, stands for the government in it.

        It does unless a word expresses location; and even then when a verb of speech follows at once: in the Kremlin
        they said.
        """
        before = [word for word in _WORD.findall(text[max(0, start - _LOOK_BACK) : start]) if word not in _ARTICLES]
        is_where = ending.lstrip(APOSTROPHES + "-") in self.place_endings
        if not is_where and not (before and self._is(before[-1], "place_before")):
            return True
        after = _until_end(_WORD.findall(text[end : end + _LOOK_BACK]))
        return bool(after) and self._is(after[0], "acts")

    def to_json(self) -> dict[str, Any]:
        """Return the plain values for `parse_usage`."""
        content: dict[str, Any] = {name: list(getattr(self, name)) for name in (*_LISTS, "place_endings")}
        return {**content, "language": self.language, "reach": self.reach, "verb_first": self.verb_first}


def parse_usage(content: Mapping[str, Any]) -> Usage:
    """Return the usage written by `to_json`."""
    values: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value for name, value in content.items()
    }
    return Usage(**values)


def read_usage(folder: Path, languages: Sequence[str], problems: list[str]) -> tuple[Usage, ...]:
    """Return the usages of a vocabulary's `usage/<language>.toml`; problems are added to `problems`."""
    found: list[Usage] = []
    for path in sorted((folder / "usage").glob("*.toml")):
        name = path.relative_to(folder).as_posix()
        try:
            table = TomlTable(read_toml(path), name, problems)
        except ValueError as error:
            problems.append(f"{name}: {error}")
            continue
        if path.stem not in languages:
            problems.append(f"{name}: unknown language; known are {', '.join(languages)}")
        lists = {key: table.texts(key) for key in _LISTS}
        reach = table.number("reach") or Usage.reach
        endings = tuple(fold(ending) for ending in table.words("place_endings"))
        found.append(
            Usage(language=path.stem, **lists, place_endings=endings, reach=reach, verb_first=table.flag("verb_first"))
        )
        table.done()
    return tuple(found)


def _pattern(terms: Sequence[str]) -> re.Pattern[str]:
    """Return a pattern for the beginning of a plain word; a short term matches only the whole word."""
    plain = sorted({_plain(term) for term in terms}, key=lambda term: (-len(term), term))
    wanted = [re.escape(term) + ("" if len(term) > _STEM else "$") for term in plain]
    return re.compile("|".join(wanted) if wanted else "$^")


def _plain(word: str) -> str:
    """Return a word in lower case, without apostrophes: a lighter sort of folding."""
    return _APOSTROPHE.sub("", word.lower()).replace("ё", "е")


def _last_word(text: str) -> str:
    """Return the last word or end of a sentence, usually after the last space but one."""
    found = _WORD.findall(text, text.rfind(" ", 0, -1) + 1) or _WORD.findall(text)
    return found[-1] if found else "."


def _until_end(found: list[str]) -> list[str]:
    """Return words up to the first end of a sentence."""
    for at, word in enumerate(found):
        if word in _ENDS:
            return found[:at]
    return found


def _since_end(found: list[str]) -> list[str]:
    """Return words after the last end of a sentence."""
    return _until_end(found[::-1])[::-1]
