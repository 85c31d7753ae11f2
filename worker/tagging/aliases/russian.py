"""A Russian name or phrase → its forms in every case.

Words in the morphological dictionary of pymorphy3 are declined by it, all others, mostly names, by the classes of
`vocabulary/inflection.toml`. In a phrase the head noun and the adjectives before it change together and the rest stays
(Организации Договора о коллективной безопасности); of a person every name changes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import cache, lru_cache
from itertools import product
from typing import Any

from db.enums.vocabulary import EntityType, MentionLevel
from worker.tagging.aliases.stems import Stem
from worker.text.fold import fold, shared_length
from worker.vocabulary.entities import Alias
from worker.vocabulary.languages.inflection import CASES, Declension

Cases = tuple[frozenset[str], ...]  # the forms of a word, case by case

_CASES = {"nomn": 0, "gent": 1, "gen2": 1, "datv": 2, "accs": 3, "acc2": 3, "ablt": 4, "loct": 5, "loc2": 5, "voct": 0}
_ORDINAL = re.compile(r"(\d+-)(я|й|е)")
_ORDINALS = {"я": ("я", "й", "й", "ю", "й", "й"), "й": ("й", "го", "му", "й", "м", "м"), "е": ("е",) * CASES}
_NAMES = frozenset(("Name", "Surn", "Patr"))
_ADJECTIVAL = re.compile(r"(?:ий|ый|ой|ая|яя|ое|ее|ие|ые)$")
_JOINING = re.compile("[сц]кий$")
_WORD = re.compile(r"[^\s«»“”„\"()]+")
_ENOUGH = 3  # common letters of the forms of a word that make them one stem
_NONE = frozenset(("",))


def declined(alias: Alias, kind: str, declensions: tuple[Declension, ...]) -> list[Stem]:
    """Return the stems of a Russian alias of an entity of type `kind`."""
    words = [(found.start(), found[0]) for found in _WORD.finditer(alias.text)]
    if len(words) == 1 and words[0][1] == alias.text:
        found = _shared(alias.text, _single(alias.text, kind, alias.level, declensions))
        if alias.level == MentionLevel.DEMONYM and _JOINING.search(alias.text):
            found.append(Stem(f"{alias.text[:-2]}о-", _NONE))  # российский, российско-казахстанский
        return found
    if kind == EntityType.PERSON and alias.level == MentionLevel.NAME:
        changing = [_person(word, declensions) for _, word in words]
        if words[0][1][-1] in "ая":  # of a woman's names only those in -а and -я change
            changing = [
                None if cases is None else tuple(case | {word} for case in cases)
                for cases, (_, word) in zip(changing, words, strict=True)
            ]
        numbers = [changing]
    else:
        numbers = _phrase([word for _, word in words], alias.level, declensions)
    forms = {alias.text}
    for changing in numbers:
        forms.update(_composed(alias.text, words, changing))
    return [Stem(form, _NONE) for form in sorted(forms)]


def _composed(text: str, words: Sequence[tuple[int, str]], changing: Sequence[Cases | None]) -> Iterable[str]:
    """Yield the text with its changing words in each case."""
    for case in range(CASES):
        pieces: list[tuple[str, ...]] = []
        end = 0
        for (start, word), cases in zip(words, changing, strict=True):
            pieces.append((text[end:start],))
            pieces.append(tuple(sorted(cases[case])) if cases else (word,))
            end = start + len(word)
        for chosen in product(*pieces):
            yield "".join(chosen) + text[end:]


def _shared(word: str, forms: frozenset[str]) -> list[Stem]:
    """Return forms as one stem with endings, or one by one if they share too little."""
    stem = word[: min((shared_length(word, form) for form in forms), default=len(word))]
    if len(stem) < min(_ENOUGH, len(word)):
        return [Stem(form, _NONE) for form in sorted({word, *forms})]
    return [Stem(stem, frozenset(fold(form[len(stem) :]) for form in (word, *forms)))]


def _single(word: str, kind: str, level: str, declensions: tuple[Declension, ...]) -> frozenset[str]:
    """Return the forms of an alias of one word."""
    if kind == EntityType.PERSON and level == MentionLevel.NAME:
        return _union(_person(word, declensions))
    if level != MentionLevel.NAME and _ADJECTIVAL.search(word):
        parses = [one for one in _nominatives(word) if one.tag.POS in ("ADJF", "PRTF")]
        if parses:
            full = [form for form in parses[0].lexeme if form.tag.POS in ("ADJF", "PRTF")]
            return frozenset(_as_written(word, form.word) for form in full)
    numbers = _noun(word, declensions)
    if level == MentionLevel.NAME and kind not in (EntityType.WEAPON, EntityType.EVENT):
        numbers = numbers[:1]
    return frozenset().union(*map(_union, numbers))


def _union(cases: Cases | None) -> frozenset[str]:
    return frozenset().union(*cases) if cases else frozenset()


def _person(word: str, declensions: tuple[Declension, ...]) -> Cases | None:
    """Return the cases of one of a person's names; None for an initial or a particle in small letters."""
    if not word[0].isupper() or "." in word or len(word) < 2:
        return None
    for parse in _nominatives(word):
        if parse.is_known and _NAMES & parse.tag.grammemes and parse.tag.number == "sing":
            return _merged(_find_cases(word, parse, "sing"), _by_class(word, declensions))
    return _by_class(word, declensions)


def _merged(first: Cases, second: Cases | None) -> Cases:
    return tuple(a | b for a, b in zip(first, second, strict=True)) if second else first


def _phrase(words: Sequence[str], level: str, declensions: tuple[Declension, ...]) -> list[list[Cases | None]]:
    """Return for each number of the head the cases of each word, or None for an unchanging one."""
    head = 0
    while head < len(words) - 1 and _adjective(words[head], None):
        head += 1
    if head and not _is_nominative(words[head]):
        head -= 1  # an adjective used as a noun, or the rest is unknown
    numbers = _noun(words[head], declensions)
    if not numbers:
        return []
    if level == MentionLevel.NAME:
        numbers = numbers[:1]
    result: list[list[Cases | None]] = []
    for noun in numbers:
        before = [_agreeing(word, words[head], noun) for word in words[:head]]
        rest: list[Cases | None] = [None] * (len(words) - head - 1)
        result.append([*before, noun, *rest])
        if len(rest) == 1 and words[-1][0].isupper() and (last := _noun(words[-1], declensions)):
            result.append([*before, noun, last[0]])  # Республика Казахстан: some decline both
    return result


def _is_nominative(word: str) -> bool:
    parses = _nominatives(word)
    return bool(parses) or not any(parse.is_known for parse in _parses(word))


def _adjective(word: str, like: tuple[str, str | None] | None) -> Any:
    """Return the parse of a nominative adjective, of a number and gender if given; None for another word."""
    if _ORDINAL.fullmatch(word):
        return word
    for parse in _nominatives(word):
        tag = parse.tag
        agrees = like is None or like in ((tag.number, tag.gender), (tag.number, None))
        if agrees and tag.POS in ("ADJF", "PRTF") and _ADJECTIVAL.search(word.lower()):
            return parse
    return None


def _agreeing(word: str, head: str, noun: Cases) -> Cases | None:
    """Return the cases of an adjective before `head`, whose forms are `noun`, in its number."""
    if found := _ORDINAL.fullmatch(word):
        return tuple(frozenset((found[1] + end,)) for end in _ORDINALS[found[2]])
    parse = _adjective(word, None)
    if parse is None:
        return None
    if head in noun[0]:  # the head as in the alias: the adjective as in the alias
        for one in _nominatives(head):
            if one.tag.POS == "NOUN" and (agreed := _adjective(word, (one.tag.number, one.tag.gender))):
                parse = agreed
                break
        return _find_cases(word, parse, parse.tag.number)
    return _find_cases(word, parse, "plur" if parse.tag.number == "sing" else "sing")


def _noun(word: str, declensions: tuple[Declension, ...]) -> list[Cases]:
    """Return the cases of a nominative in its own number and, where there is one, in the other."""
    if word.isupper() or not word[-1].isalpha():
        return _numbers_by_class(word, declensions)
    for parse in _nominatives(word):
        if parse.is_known or parse.tag.POS in ("ADJF", "PRTF"):
            own = parse.tag.number
            other = "plur" if own == "sing" else "sing"
            cases = [_find_cases(word, parse, own)]
            if own == "sing" and not {"Sgtm", "Geox", "Fixd"} & parse.tag.grammemes:
                cases.append(_find_cases(word, parse, other))
            return cases
    if any(parse.is_known for parse in _parses(word)) and not word[0].isupper():
        return []
    return _numbers_by_class(word, declensions)


def _by_class(word: str, declensions: tuple[Declension, ...]) -> Cases | None:
    """Return the cases in the singular of a word missing in the dictionary."""
    return next(iter(_numbers_by_class(word, declensions)), None)


def _numbers_by_class(word: str, declensions: tuple[Declension, ...]) -> list[Cases]:
    for one in declensions:
        if one.is_upper == word.isupper() and one.ends.search(word if one.is_upper else word.lower()):
            stem = word[: len(word) - one.cut]
            return [
                tuple(frozenset(stem + ending for ending in case) for case in number)
                for number in (one.one, one.many)
                if number
            ]
    return []


def _find_cases(word: str, parse: Any, number: str | None) -> Cases:
    """Return the forms of a parsed word in one number, case by case, with the capitals of `word`."""
    cases: list[set[str]] = [set() for _ in range(CASES)]
    for form in parse.lexeme:
        tag = form.tag
        same_gender = tag.POS not in ("ADJF", "PRTF") or number == "plur" or tag.gender == parse.tag.gender
        if tag.case in _CASES and tag.POS == parse.tag.POS and tag.number in (number, None) and same_gender:
            cases[_CASES[tag.case]].add(_as_written(word, form.word))
    if number == parse.tag.number:
        cases[0] = {word}
    return tuple(frozenset(case or {word}) for case in cases)


def _as_written(word: str, form: str) -> str:
    """Return a form in small letters with the capitals of the word."""
    plain = word.lower().replace("ё", "е")
    same = shared_length(plain, form.replace("ё", "е"))
    return word[:same] + form[same:]


def _nominatives(word: str) -> list[Any]:
    return [one for one in _parses(word) if one.tag.case == "nomn" and one.tag.POS in ("NOUN", "ADJF", "PRTF")]


@lru_cache(maxsize=20_000)
def _parses(word: str) -> list[Any]:
    return list(_analyzer().parse(word))


@cache
def _analyzer() -> Any:
    from pymorphy3 import MorphAnalyzer

    return MorphAnalyzer(lang="ru")
