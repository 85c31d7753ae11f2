"""Recognition of dates in a text by their shape: numbers, names of months, and the words between them.

The text is cut into numbers, words and signs; each becomes one letter (`d` a number that can be a day, `y` a year, `m`
a month, `w` a weekday, `f` a word between the parts of a date, …), and the shapes of dates are patterns over these
letters. So all languages share a few shapes, and a word is a month as a whole or not at all.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from db.text.months import BEFORE_CLOCK, BETWEEN, MONTHS, ORDINALS, WEEKDAYS, folded

# Before the first web pages, or after any publication: a fault of the page.
EARLIEST_YEAR = 1990
LATEST_YEAR = 2100
_MAX_LENGTH = 160


@dataclass(frozen=True, slots=True, kw_only=True)
class Date:
    """Year, month and day, and their position in the text: `text[start:end]`."""

    ymd: tuple[int, int, int]
    start: int
    end: int
    is_iso: bool
    """Three numbers, the year first: a machine format."""
    is_open: bool
    """Day and month are interchangeable; a twelve-hour clock would indicate month first."""


@dataclass(frozen=True, slots=True)
class DateLine:
    """A text prepared for reading dates: one letter for each token classifies its possible role."""

    text: str
    tokens: list[re.Match[str]]
    letters: str

    def may_part(self, start: int, end: int) -> bool:
        """Return whether only separators of a date and its clock stand between two positions."""
        inside = (
            letter for letter, token in zip(self.letters, self.tokens, strict=True) if start <= token.start() < end
        )
        return all(letter in _BESIDE_CLOCK for letter in inside)

    def skipped(self, start: int) -> int:
        """Return the position after the separators between a date, which ends at `start`, and its clock."""
        for letter, token in zip(self.letters, self.tokens, strict=True):
            if token.start() >= start:
                if letter not in _BESIDE_CLOCK:
                    break
                start = token.end()
        return start


_TOKEN = re.compile(
    r"(?P<comment>\([^()\d]{0,40}\))|(?P<number>\d+)|(?P<han>[\u4e00-\u9fff])"
    r"|(?P<word>[^\W\d_\u4e00-\u9fff][^\W\d_\u4e00-\u9fff\u0300-\u036f]*)|\s+|[^\w\s]|_"
)
_SIGNS = {**{sign: sign for sign in ",./-:'"}, **dict.fromkeys("’ʻ`", "'"), **dict.fromkeys("|–—•·()[]«»", "p")}
_WIDE = str.maketrans("：／．，－（）＋\u2212\u2010\u2011", ":/.,-()+---")
_UNSEEN = re.compile("[\u00ad\u200b-\u200f\u2060\ufeff\u061c\u202a-\u202e\u2066-\u2069]")

_GAP = "[ ,./'fwc-]{0,7}"
_NO_YEAR = f"(?!{_GAP}y(?!{_GAP}(?:d{_GAP}m|m{_GAP}d)))"  # unless that year begins a date of its own
_SHAPES = re.compile(
    "|".join(
        (
            "(?P<y0>y) ?Y ?(?P<m0>d) ?M ?(?P<d0>d)(?: ?f)?",
            "(?P<y1>y) ?(?P<s1>[-./]) ?(?P<m1>d) ?(?P=s1) ?(?P<d1>d)",
            "(?P<d2>d) ?(?P<s2>[-./]) ?(?P<m2>d) ?(?P=s2) ?(?P<y2>y)",
            f"(?P<d3>d)(?:-?o)?{_GAP}(?P<m3>m){_GAP}(?P<y3>y)",
            f"(?P<m4>m){_GAP}(?P<d4>d)(?:-?o)?{_GAP}(?P<y4>y)",
            f"(?P<y5>y)(?:-?o)?{_GAP}(?P<d5>d)(?:-?o)?{_GAP}(?P<m5>m){_NO_YEAR}",
            f"(?P<y6>y)(?:-?o)?{_GAP}(?P<m6>m){_GAP}(?P<d6>d){_NO_YEAR}",
            "(?P<m7>d) ?M ?(?P<d7>d) ?f?,? ?(?P<y7>y)",
            "(?P<d8>d)(?P<s8>[ -])(?P<m8>m)(?P=s8)(?P<y8>[dn])(?=[ ,]*[dn]:)",
            "(?P<d9>d)-(?P<m9>m)-(?P<y9>[dn])(?![-.:])",
        )
    )
)
_YEAR_FIRST, _DAY_FIRST, _IN_WORDS = "1", "2", "3"
_BESIDE_CLOCK = frozenset(" ,.-/|:pfwocYMk")


_HAN_NUMBER = re.compile("[〇零一二三四五六七八九十]+(?=[年月日号號时時点點分])")


def read_line(text: str) -> DateLine:
    """Return the beginning of a text, tidied, with the letters of its tokens."""
    text = tidied(text)
    tokens = list(_TOKEN.finditer(text))
    return DateLine(text, tokens, _letters(tokens))


def tidied(text: str) -> str:
    """Return the part of a text that can be a date: its beginning on one line, with plain and visible signs."""
    text = unicodedata.normalize("NFC", " ".join(text[: _MAX_LENGTH * 2].split())).translate(_WIDE)
    text = _UNSEEN.sub("", text)[:_MAX_LENGTH]
    if "年" in text and "月" in text:
        text = _HAN_NUMBER.sub(lambda match: _han_number(match[0]), text)
    return text


def _han_number(digits: str) -> str:
    if "十" not in digits:
        return "".join(str("零一二三四五六七八九".find(digit) if digit != "〇" else 0) for digit in digits)
    tens, _, ones = digits.partition("十")
    return str((int(_han_number(tens)) if tens else 1) * 10 + (int(_han_number(ones)) if ones else 0))


def _letters(tokens: list[re.Match[str]]) -> str:
    """Return one letter for each token, its possible role in a date."""
    letters = ""
    for token in tokens:
        match token.lastgroup:
            case "number":
                letters += _number(token[0])
            case "word" | "han":
                behind_number = letters[-1:] in ("d", "y") or (letters[-1:] == "-" and letters[-2:-1] in ("d", "y"))
                letters += "o" if behind_number and folded(token[0]) in ORDINALS else _word(token[0])
            case "comment":
                letters += "w" if _bare(token[0]) in WEEKDAYS else "c"
            case _:
                letters += _SIGNS.get(token[0], " " if token[0].isspace() else "x")
    return letters


def _number(digits: str) -> str:
    if len(digits) <= 2:
        return "d" if 1 <= int(digits) <= 31 else "n"
    return "y" if len(digits) == 4 and EARLIEST_YEAR <= int(digits) <= LATEST_YEAR else "#"


@lru_cache(maxsize=4096)
def _word(word: str) -> str:
    word = folded(word)
    if word in ("年", "月"):
        return "Y" if word == "年" else "M"
    known = (("m", MONTHS), ("w", WEEKDAYS), ("f", BETWEEN), ("k", BEFORE_CLOCK))
    return next((letter for letter, words in known if word in words), "x")


def find_dates(line: DateLine, month_first: bool | None) -> Iterator[Date]:
    """Yield the dates of a line in their order. `month_first` decides `01/06/2022`; None leaves that open."""
    tokens, letters = line.tokens, line.letters
    position = 0
    while match := _SHAPES.search(letters, position):
        shape = next(shape for shape in "0123456789" if match[f"y{shape}"])
        year, month, day = (tokens[match.start(f"{part}{shape}")][0] for part in "ymd")
        ymd = _in_full(int(year)), MONTHS.get(folded(month)) or int(month), int(day)
        is_open = False
        if shape == _DAY_FIRST:
            ymd, is_open = _in_order(ymd, match["s2"], _weekdays_beside(tokens, letters, match), month_first)
        if _is_day(ymd) and not (shape == _IN_WORDS and _ends_a_range(letters, match.start())):
            start, end = tokens[match.start()].start(), tokens[match.end() - 1].end()
            yield Date(ymd=ymd, start=start, end=end, is_iso=shape == _YEAR_FIRST, is_open=is_open)
            position = match.end()
        else:
            position = match.start() + 1


def _in_full(year: int) -> int:
    """Return the year for two digits (RFC 2822, but within our bounds)."""
    return year if year > 99 else year + (2000 if year < 70 else 1900)


def _is_day(ymd: tuple[int, int, int]) -> bool:
    try:
        date(*ymd)
    except ValueError:
        return False
    return EARLIEST_YEAR <= ymd[0] <= LATEST_YEAR


def _ends_a_range(letters: str, at: int) -> bool:
    """Return whether “6–7 January” ends here: days of an event, not a date."""
    before = letters[:at].rstrip(" ")
    is_joined = before.endswith(("-", "p")) and before[:-1].rstrip(" ").endswith("d")
    return is_joined and not before[:-1].rstrip(" ").endswith((":d", ".d", "/d"))


def _in_order(
    ymd: tuple[int, int, int], sign: str, weekdays: set[int], month_first: bool | None
) -> tuple[tuple[int, int, int], bool]:
    """Return a date of three numbers in its intended order, and whether the other order is equally possible."""
    exchanged = ymd[0], ymd[2], ymd[1]
    if ymd[1] > 12 or ymd[2] > 12 or ymd == exchanged:
        return (ymd if ymd[1] <= 12 else exchanged), False
    if date(*ymd).weekday() not in weekdays and date(*exchanged).weekday() in weekdays:
        return exchanged, False
    if date(*ymd).weekday() in weekdays or sign == ".":
        return ymd, False
    return (exchanged, False) if month_first else (ymd, month_first is None and sign == "/")


def _weekdays_beside(tokens: list[re.Match[str]], letters: str, match: re.Match[str]) -> set[int]:
    """Return the weekdays before or after a date."""
    before, after = letters[: match.start()].rstrip(" ,.(pc"), letters[match.end() :].lstrip(" ,.(p")
    places = [len(before) - 1] if before.endswith("w") else []
    places += [len(letters) - len(after)] if after.startswith("w") else []
    return {WEEKDAYS[_bare(tokens[place][0])] for place in places}


def _bare(word: str) -> str:
    """Return a word, perhaps in brackets, in normal form for comparison."""
    return folded(word.strip("( .)"))
