"""The block of labels at the top of a text file, and the fields named by its lines.

    Title: Five countries open two crossings        Заголовок: …        Başlık: …
    Date: 5 January 2022                            Дата: …             Tarih: …
    Source: Steppe Courier                          Источник: …         Kaynak: …

Two known labels with plausible values make a block; it may begin below a title and ends at an empty line or a line
without a label. One label alone is no block, because texts begin like that, too.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import StrEnum
from typing import Final


class Label(StrEnum):
    """The label of a line in the block."""

    TITLE = "title"
    DATE = "date"
    SOURCE = "source"
    URL = "url"
    AUTHOR = "author"
    LANGUAGE = "language"


MOST_LINES: Final = 20
_WORDS: Final = {
    Label.TITLE: "title|headline|heading|заголовок|название|başlık|sarlavha|тақырып|аталышы|başlıq",
    Label.DATE: "date|published|published on|publication date|posted|posted on|дата|дата публикации|опубликовано"
    "|tarih|yayın tarihi|yayınlanma tarihi|sana|сана|күні|датасы|tarix|ամսաթիվ|日期",
    Label.SOURCE: "source|outlet|publication|publisher|newspaper|media|источник|издание|сми|газета"
    "|kaynak|gazete|yayın|manba|манба|дереккөз|булак|mənbə|աղբյուր|来源",
    Label.URL: "url|link|address|web address|permalink|original|ссылка|адрес|оригинал|bağlantı|adres|havola|сілтеме"
    "|шилтеме",
    Label.AUTHOR: "author|authors|by|byline|written by|автор|авторы|yazar|yazarlar|yazan|muallif|муаллиф|müəllif"
    "|հեղինակ|作者",
    Label.LANGUAGE: "language|lang|язык|dil|til|тил|тіл|забон|լեզու|语言",
}
_LABELS: Final = {word: label for label, words in _WORDS.items() for word in words.split("|")}
_LINE: Final = re.compile(r"([^\W\d_][^:：\n]{0,29})[:：]\s*(\S.*)")


def read_label(line: str) -> tuple[Label | None, str] | None:
    """Return the label of a line, None for an unknown one, and its value; None for a line without label."""
    match = _LINE.fullmatch(line[:2_100])
    if match is None or len(match[1].split()) > 3:
        return None
    word = " ".join(match[1].casefold().replace("i\u0307", "i").split())
    return _LABELS.get(word), match[2].strip()


def find_block(lines: Sequence[str], apart: Sequence[bool]) -> range:
    """Return the range of lines that may be the block; `apart` flags lines followed by an empty one. Empty without a
    block.
    """
    for start in (0, 1):
        end = start
        while end < min(len(lines), start + MOST_LINES) and read_label(lines[end]):
            end += 1
            if apart[end - 1] and not _is_known(lines[end : end + 1]):
                break
        if any(_is_known([line]) for line in lines[start:end]):
            return range(start, end)
    return range(0)


def _is_known(line: Sequence[str]) -> bool:
    """Return whether a line has a known label."""
    found = read_label(line[0]) if line else None
    return found is not None and found[0] is not None
