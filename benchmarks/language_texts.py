"""Texts whose language is known, for `benchmarks.language`: from the measuring material, laid out as its READMEs say.

Where the material has no alphabet of a language, texts in its other alphabet are spelled anew, letter by letter.
"""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from benchmarks.loaders import bsnlp_documents, state_media

CODES = {
    "aze-Latn": "az", "eng-US": "en", "hye": "hy", "kaz": "kk", "kir": "ky", "rus": "ru", "tgk-Cyrl": "tg",
    "tuk": "tk", "tur": "tr", "uzb": "uz",
}  # fmt: skip

_HEADLINE_WORDS = (4, 7)
_ARTICLE = 20  # sentences


class Known(NamedTuple):
    """A text, its language, the alphabet where it is not the usual one, and what it is: title, sentence, text …"""

    language: str
    alphabet: str
    form: str
    text: str


def known_texts(folder: Path) -> Iterator[Known]:
    """Yield the texts of a folder of measuring material; alphabets that it lacks are made of those it has."""
    for known in _known(folder):
        yield known
        for alphabet, spelled in _SPELLED.get(known.language, {}).items():
            if known.form != "part":
                yield known._replace(alphabet=alphabet, text=spelled(known.text))


def _known(folder: Path) -> Iterator[Known]:
    for code, lines in ntrex_lines(folder).items():
        yield from _sentences(code, lines)
        articles = range(0, len(lines) - _ARTICLE + 1, _ARTICLE)
        yield from (Known(code, "", "text", "\n".join(lines[at : at + _ARTICLE])) for at in articles)
    for path in sorted(folder.glob("ner_kaznerd_kk/dev/*.txt")):
        yield from _sentences("kk", list(_kaznerd(path)))
    for path in sorted(folder.glob("ner_turkish_wiki/dev/*.conll")):
        yield from (Known("tr", "", "sentence", line) for line in _conll(path))
    yield from _kyrgyz(folder)
    yield from _russian(folder)
    yield from _english(folder)
    for record in bsnlp_documents(folder / "dedup_bsnlp_web_raw" / "dev"):
        language = {"cz": "cs"}.get(record["language"], record["language"])
        yield Known(language, "", "title", record["title"])
        yield Known(language, "", "text", record["text"])
        yield from _parts(language, record["text"])


def _sentences(code: str, lines: list[str]) -> Iterator[Known]:
    yield from (Known(code, "", "sentence", line) for line in lines)
    for count in _HEADLINE_WORDS:  # as long as a headline, where the material has none
        yield from (Known(code, "", f"{count} words", " ".join(line.split()[:count])) for line in lines)


def _kyrgyz(folder: Path) -> Iterator[Known]:
    for path in sorted(folder.glob("news_kyrgyz_24kg/dev/*.csv")):
        for row in _rows(path):
            yield Known("ky", "", "text", row["text"])
            yield Known("ky", "", "sentence", row["text"].partition("\n")[0])


def ntrex_lines(folder: Path) -> dict[str, list[str]]:
    """Return the sentences of NTREX-128, one language a file: `newstest2019.<code>.txt`."""
    return {
        code: path.read_text("utf-8").splitlines()
        for path in sorted(folder.rglob("newstest2019.*.txt"))
        if (code := CODES.get(path.name.split(".")[1]))
    }


def _russian(folder: Path) -> Iterator[Known]:
    for path in sorted(folder.glob("news_kz_jan2022/dev/*.csv")):
        yield from (Known("ru", "", "title", row["title"]) for row in _rows(path))
    for path in sorted(folder.glob("news_ru_statemedia_2021_22/dev/1tv/*.csv")):
        for row in _rows(path):
            yield Known("ru", "", "title", row["title"])
            yield Known("ru", "", "title+lead", f"{row['title']}\n{row['content']}")
    for path in sorted(folder.glob("news_tengrinews_2024/dev/*.jsonl")):
        for line in path.read_text("utf-8").splitlines():
            record = json.loads(line)
            yield Known("ru", "", "title", record["title"])
            yield Known("ru", "", "text", record["content"])
            yield from _parts("ru", record["content"])
    for path in sorted([*folder.glob("ner_nerel_ru/dev/**/*.txt"), *folder.glob("ner_factrueval_ru/dev/*.txt")]):
        text = path.read_text("utf-8")
        yield Known("ru", "", "text", text)
        yield from _parts("ru", text)


def _english(folder: Path) -> Iterator[Known]:
    for record in state_media(folder / "news_ru_statemedia_2021_22" / "dev"):
        if record["language"] == "en":
            yield Known("en", "", "title", record["title"])
    for path in sorted(folder.glob("extract_*/dev/articles.json")):
        for article in json.loads(path.read_text("utf-8")).values():
            if article.get("language", "en") == "en" and article.get("articleBody"):
                yield Known("en", "", "text", article["articleBody"])


def _parts(language: str, text: str) -> Iterator[Known]:
    """Yield the paragraphs of a text, as a brief has one or two of them."""
    yield from (Known(language, "", "part", line) for line in text.splitlines() if len(line) > 40)


def _rows(path: Path) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def _kaznerd(path: Path) -> Iterator[str]:
    for block in path.read_text("utf-8").split("\n\n"):
        if line := " ".join(row.split()[0] for row in block.splitlines() if row.strip()):
            yield re.sub(r" ([.,!?:;])", r"\1", line)


def _conll(path: Path) -> Iterator[str]:
    for block in path.read_text("utf-8").split("\n\n"):
        rows = [row.split() for row in block.splitlines() if row.strip() and not row.startswith("#")]
        if line := " ".join(row[0] for row in rows if row):
            yield re.sub(r" ([.,!?:;'])", r"\1", line)


class _Spelling:
    """Spells texts in another alphabet."""

    def __init__(self, letters: str, *, base: _Spelling | None = None) -> None:
        pairs = [pair.partition("=")[::2] for pair in letters.split()]
        self.letters: dict[str, str] = (dict(base.letters) if base else {}) | dict(pairs)
        self._found = re.compile("|".join(sorted(map(re.escape, self.letters), key=len, reverse=True)), re.I)

    def __call__(self, text: str) -> str:
        return self._found.sub(self._one, text)

    def _one(self, found: re.Match[str]) -> str:
        spelled = self.letters[found[0].lower()]
        return spelled.capitalize() if found[0][0].isupper() else spelled


_KAZAKH = _Spelling(
    "а=a б=b в=v г=g д=d е=e ё=e ж=j з=z к=k қ=q л=l м=m н=n о=o п=p р=r с=s т=t ф=f х=h һ=h ц=ts ч=ch ш=sh щ=sh"
    " ъ= ь= э=e ю=iu я=ia"
)
_KAZAKH_2017 = _Spelling("ә=a' ғ=g' и=i' й=i' і=i ң=n' ө=o' у=y' ұ=u ү=u' ы=y ш=s' ч=c'", base=_KAZAKH)
_KAZAKH_2018 = _Spelling("ә=á ғ=ǵ и=ı й=ı і=i ң=ń ө=ó у=ý ұ=u ү=ú ы=y", base=_KAZAKH)
_KAZAKH_2019 = _Spelling("ә=ä ғ=ğ и=i й=i і=ı ң=ŋ ө=ö у=u ұ=ū ү=ü ы=y ш=ş", base=_KAZAKH)
_KAZAKH_2021 = _Spelling("ә=ä ғ=ğ и=i й=i і=ı ң=ñ ө=ö у=u ұ=ū ү=ü ы=y ш=ş", base=_KAZAKH)
_KAZAKH_AGENCY = _Spelling("ә=ä ғ=ğ и=ï й=y і=i ң=ñ ө=ö у=w ұ=u ү=ü ы=ı ш=ş ч=ç ю=yu я=ya", base=_KAZAKH)
_KAZAKH_PLAIN = _Spelling("ә=a ғ=g и=i й=i і=i ң=n ө=o у=u ұ=u ү=u ы=y", base=_KAZAKH)
_UZBEK_CYRILLIC = _Spelling(
    "o‘=ў oʻ=ў o'=ў o’=ў o`=ў oʼ=ў g‘=ғ gʻ=ғ g'=ғ g’=ғ g`=ғ gʼ=ғ sh=ш ch=ч yo=ё yu=ю ya=я ye=е a=а b=б d=д e=е f=ф"
    " g=г h=ҳ i=и j=ж k=к l=л m=м n=н o=о p=п q=қ r=р s=с t=т u=у v=в x=х y=й z=з c=с w=в ‘=ъ ’=ъ ʼ=ъ"
)
_UZBEK_BARE = _Spelling("o‘=o oʻ=o o'=o o’=o o`=o oʼ=o g‘=g gʻ=g g'=g g’=g g`=g gʼ=g")
_SPELLED = {
    "kk": {
        "Latin 2017": _KAZAKH_2017,
        "Latin 2018": _KAZAKH_2018,
        "Latin 2019": _KAZAKH_2019,
        "Latin 2021": _KAZAKH_2021,
        "Latin, agency": _KAZAKH_AGENCY,
        "Latin, plain": _KAZAKH_PLAIN,
    },
    "uz": {"Cyrillic": _UZBEK_CYRILLIC, "without signs": _UZBEK_BARE},
    "az": {"without ə": _Spelling("ə=e")},
    "ru": {"without ё": _Spelling("ё=е")},
}
