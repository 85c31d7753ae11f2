"""Invented words and sentences in twelve languages and five scripts, each with the words that the index holds of it.

A sentence is made once and used in many texts, so that a text of four hundred words costs some microseconds, and the
words of a text are the union of those of its sentences.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from itertools import accumulate
from random import Random
from typing import NamedTuple

from worker.matching.word_index import index_terms

LANGUAGES = ("ru", "en", "kk", "ky", "uz", "tg", "tk", "tr", "az", "hy", "zh", "fa")

_SYLLABLES: Mapping[str, tuple[str, str]] = {
    "ru": ("б в г д ж з к л м н п р с т х ч ш ст пр", "а е и о у ы я"),
    "en": ("b c d f g h l m n p r s t v w st tr br", "a e i o u ea ou"),
    "kk": ("б ғ д ж з қ л м н ң п р с т ш", "а ә е і о ө ұ ү ы"),
    "ky": ("б г д ж з к л м н ң п р с т ч", "а е и о ө у ү ы"),
    "uz": ("b d g h j k l m n p q r s t x y", "a e i o u oʻ"),
    "tg": ("б в ғ д з қ л м н п р с т х ҳ ҷ ш", "а е и ӣ о у ӯ"),
    "tk": ("b ç d g h j k l m n ň p r s ş t ý", "a ä e i o ö u ü y"),
    "tr": ("b c ç d g h k l m n p r s ş t y z", "a e ı i o ö u ü"),
    "az": ("b c ç d f g h k l m n q r s ş t x y z", "a e ə ı i o ö u ü"),
    "hy": ("բ գ դ զ թ լ կ հ մ ն շ պ ս վ տ ր", "ա ե ի ո է"),
    "fa": ("ب پ ت ج چ ح د ر ز س ش ع ف ق ک گ ل م ن", "ا و ی"),
    "zh": (
        "山 水 天 地 日 月 星 云 雨 雪 东 南 西 北 中 上 下 前 后 里 外 大 小 新 旧 高 低 长 短 远 近 城 市"
        " 河 湖 海 路 桥 门 田 林 木 花 草 石 金 火 土 风 光",
        "人 民 国 家 政 经 文 化 学 生 工 农 商 军 会 议 法 律 安 全 和 平 边 境 合 作 发 展 计 划",
    ),
}
_WORDS, _SENTENCES, _HEADLINES, _RARE = 12_000, 3_000, 1_500, 20_000


class InventedSentence(NamedTuple):
    """A sentence; `start` and `end` are where it names something, 0 and 0 if it does not."""

    text: str
    words: frozenset[str]
    start: int = 0
    end: int = 0


class Language:
    """The invented words, headlines and sentences of one language."""

    def __init__(self, code: str, seed: int) -> None:
        self.code = code
        self.joint, self.stop = ("", "。") if code == "zh" else (" ", ".")
        self._chance = Random(f"{code} {seed}")
        self._words = self._invent(_WORDS, (1, 2, 2, 3, 3, 4))
        self._weights = list(accumulate(1 / (place + 3) for place in range(_WORDS)))
        self._rare = self._invent(_RARE, (5, 6))
        self.sentences = [self._sentence(self._some(8, 20)) for _ in range(_SENTENCES)]
        self.headlines = [self._phrase(self._some(4, 8)) for _ in range(_HEADLINES)]
        self._naming: dict[tuple[str, int], InventedSentence] = {}

    def rare(self, place: float) -> InventedSentence:
        """Return a sentence of one rare word; `place` is from 0 up to 1."""
        return self._sentence([self._rare[int(place * _RARE)]])

    def naming(self, surface: str, form: int) -> InventedSentence:
        """Return a sentence that names something, in one of several forms."""
        key = surface, form
        if key not in self._naming:
            before, after = self._some(1, 8), self._some(3, 10)
            head = self.joint.join(before) + self.joint
            text = head[:1].upper() + head[1:] + surface + self.joint + self.joint.join(after) + self.stop
            start = len(head)
            self._naming[key] = InventedSentence(text, self._terms(text), start, start + len(surface))
        return self._naming[key]

    def headline(self, surface: str, form: int) -> InventedSentence:
        """Return a headline that begins with a name."""
        key = surface, -1 - form
        if key not in self._naming:
            text = surface + self.joint + self.joint.join(self._some(3, 7))
            self._naming[key] = InventedSentence(text, self._terms(text), 0, len(surface))
        return self._naming[key]

    def _invent(self, number: int, syllables: Sequence[int]) -> list[str]:
        heads, tails = (letters.split() for letters in _SYLLABLES[self.code])
        choice, found = self._chance.choice, dict[str, None]()
        while len(found) < number:
            parts = (choice(heads) + choice(tails) for _ in range(choice(syllables)))
            found["".join(parts) + (choice(heads) if self._chance.random() < 0.4 else "")] = None
            if len(found) > number / 2 and self._chance.random() < 0.5:
                found["".join(choice(heads) + choice(tails) for _ in range(4))] = None
        return list(found)[:number]

    def _some(self, least: int, most: int) -> list[str]:
        return self._chance.choices(self._words, cum_weights=self._weights, k=self._chance.randint(least, most))

    def _phrase(self, words: Sequence[str]) -> InventedSentence:
        text = self.joint.join(words)
        text = text[:1].upper() + text[1:]
        return InventedSentence(text, self._terms(text))

    def _sentence(self, words: Sequence[str]) -> InventedSentence:
        phrase = self._phrase(words)
        return InventedSentence(phrase.text + self.stop, phrase.words)

    def _terms(self, text: str) -> frozenset[str]:
        return frozenset(map(sys.intern, index_terms(None, text, self.code)))
