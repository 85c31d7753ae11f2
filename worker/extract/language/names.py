"""Common names of languages → their codes. To add a language, add its names to the table."""

from __future__ import annotations

import re

_NAMES = {
    "en": "english английский ingilizce inglizcha ағылшын eng",
    "ru": "russian русский русском rusça ruscha орысша орус rus",
    "tr": "turkish турецкий türkçe turkcha turkce түрікше түркчө tur",
    "kk": "kazakh казахский kazakça қазақша қазақ казак qazaqsha kaz",
    "ky": "kyrgyz kirghiz киргизский кыргызский kırgızca кыргызча кыргыз kir",
    "uz": "uzbek узбекский özbekçe oʻzbekcha o'zbekcha ўзбекча өзбекше uzb",
    "tg": "tajik таджикский tacikçe тоҷикӣ точики tgk",
    "tk": "turkmen туркменский türkmence türkmençe turkmence tuk",
    "az": "azerbaijani azeri азербайджанский azerice azərbaycanca aze",
    "hy": "armenian армянский ermenice հայերեն hye",
    "zh": "chinese китайский çince 中文 汉语 xitoycha қытайша zho",
    "fa": "persian farsi персидский farsça فارسی fas",
    "uk": "ukrainian украинский ukraynaca українська ukr",
    "de": "german немецкий almanca deutsch deu",
    "fr": "french французский fransızca français fra",
    "ar": "arabic арабский arapça العربية ara",
    "mn": "mongolian монгольский moğolca монгол mon",
    "ka": "georgian грузинский gürcüce ქართული kat",
}
_CODES = {name.casefold(): code for code, names in _NAMES.items() for name in names.split()}
_TAG = re.compile(r"[A-Za-z]{2,3}(?:[-_][A-Za-z]{2,8})*")


def language_code(written: str) -> str | None:
    """Return the code of a language written as a code or a name, None if it is neither.

    A code may include script or region, which stay: `kk-Latn`. Codes are not checked against a list of languages.
    """
    text = " ".join(written.split())[:40]
    if named := _CODES.get(text.casefold()) or _CODES.get(text.casefold().replace("\u2019", "'").partition(" ")[0]):
        return named
    return text.replace("_", "-") if _TAG.fullmatch(text) else None
