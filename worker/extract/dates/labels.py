"""Labels of dates in a short text: the words beside them that mean publication or change."""

from __future__ import annotations

import re
from dataclasses import dataclass

from db.text.dates import DateFound, ParsedDate, find_moments, tidied

UPDATED = re.compile(
    # en de fr es it pt
    r"updat|modif|edited|revis|correct|amend|aktualis|ge[äa]ndert|bearbeitet|actualis|actualiz|mis à jour|aggiorn"
    r"|atualiz"
    # ru uk
    r"|обновл|измен|редакт|исправл|дополн|уточн|оновл|змін|відредаг|доповн|виправл"
    # tr az tk
    r"|g[üu]ncel|de[ğg]işt|degist|de[ğg]işikl|düzenle|düzelt|yenil[əe]n|yenil[əe]m|dəyiş|redakt|düzəliş"
    r"|täzele|tazele|üýtge|düzedi"
    # kk ky, in both scripts
    r"|жаңарт|өзгер|түзет|түзөт|жаңырт|жаңылан|өзгөр|оңдо|ja[ńñŋn]art|[öo]zger|t[üu]zet"
    # uz, in both scripts; tg
    r"|yangila|o[ʻ'’‘ʼ`]?zgar|o[ʻ'’‘ʼ`]?zgartir|tahrir|tuzatil|янгила|ўзгар|таҳрир|тузатил"
    r"|навсоз|нав кард|нав шуд|навшуд|тағйир|тағир|ислоҳ|таҷдид"
    # hy zh fa ka
    r"|թարմաց|փոփոխ|խմբագր|更新|修改|修订|修訂|به\W?روز|بروز|ویرایش|განახლ|შეცვლ",
    re.IGNORECASE,
)
PUBLISHED = re.compile(
    r"pub?bli[sckqeé]|posted|created|issued|veröffentlicht|erschienen|erstellt|mis en ligne|subido"
    r"|опублик|опублік|размещ|создан|добавлен|вышл|дата публ|створен|розміщ|додано"
    r"|yay[ıi][nm]|giriş|eklen|ekleme|oluştur|yüklen|dərc|nəşr|paylaş|yerləşdir|çap ed|çap ol|əlavə ed"
    r"|ýerleşdir|neşir|goýul"
    r"|жариял|жарық|жарыял|жарык|jariala|jarïala|jarıala|e[ʻ'’‘ʼ`]?lon|chop et|nashr|joyla"
    r"|эълон|чоп эт|жойла|нашр|интишор|гузошта"
    r"|հրապարակ|տեղադր|发布|發布|发表|發表|منتشر|انتشار|نشر|გამოქვეყნ",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\W\d_]{2,}")
_FEW = 6
"""Maximum of words beside a date in a line that consists of a date."""


@dataclass(frozen=True, slots=True)
class DateLabel:
    """The publication date in a text, and whether it is labelled so; `moment` is None for a mere change."""

    moment: ParsedDate | None
    is_published: bool
    is_change: bool


def read_date_label(text: str, *, month_first: bool | None, before: str = "") -> DateLabel | None:
    """Return the publication date in a text, None without a date; `before` is the text in front of it.

    Of several dates it is the one labelled as publication, else the first not labelled as a change. Labels stand before
    their date, or all behind (“06.01.2022 yayınlandı, 12.03.2023 güncellendi”).
    """
    text = tidied(text)
    found = list(find_moments(text, month_first=month_first))
    if not found:
        return None
    labels = _labels(text, found, before)
    published = [one.moment for one, (is_published, _) in zip(found, labels, strict=True) if is_published]
    open_ones = [one.moment for one, label in zip(found, labels, strict=True) if label == (False, False)]
    moment = next(iter(published or open_ones), None)
    return DateLabel(moment, is_published=bool(published), is_change=moment is None)


def is_line_of_date(text: str) -> bool:
    """Return whether a text consists of little more than a date."""
    text = tidied(text)
    rest, end = [], 0
    for one in find_moments(text):
        rest.append(text[end : one.start])
        end = one.end
    words = _WORD.findall(" ".join([*rest, text[end:]]))
    return bool(rest) and len(words) <= _FEW


def _labels(text: str, found: list[DateFound], before: str) -> list[tuple[bool, bool]]:
    """Return for each date whether its label means publication, and whether it means a change."""
    ends = [0, *(one.end for one in found)]
    starts = [*(one.start for one in found), len(text)]
    parts = [text[end:start] for end, start in zip(ends, starts, strict=True)]
    if not _label(parts[0]) and before:
        parts[0] = before
    behind = not _label(parts[0]) and _label(parts[-1]) is not None
    return [_label(part) or (False, False) for part in (parts[1:] if behind else parts[:-1])]


def _label(part: str) -> tuple[bool, bool] | None:
    """Return whether the last label in a part means publication, and whether a change; None without a label."""
    published = max((match.start() for match in PUBLISHED.finditer(part)), default=-1)
    updated = max((match.start() for match in UPDATED.finditer(part)), default=-1)
    if published == updated:
        return None
    return published > updated, updated > published
