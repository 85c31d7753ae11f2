"""Marks of background, reading lists and small print, in eleven languages."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Final

from worker.dedup.shingles import Words, get_spellings, hash_words

_REACH: Final = 6  # words around the beginning of the passage below, where a heading would stand
_ENOUGH: Final = 2  # different pieces of small print: one may stand in news about the press
_SMALL_PRINT_WORDS: Final = 120  # no small print is longer

_HEADINGS: Final = (
    ("en", "recall that", "as a reminder", "earlier it was reported", "as reported earlier", "as previously reported"),
    ("en", "read also", "read more", "see also", "related news", "more on the topic", "background"),
    ("ru", "напомним", "напоминаем", "ранее сообщалось", "как сообщалось ранее", "как ранее сообщалось"),
    ("ru", "читайте также", "читайте ещё", "читать также", "по теме", "справка"),
    ("kk", "еске салайық", "еске салсақ", "бұған дейін", "оқи отырыңыз", "тағы оқыңыз", "сондай ақ оқыңыз"),
    ("ky", "эске салсак", "эске сала кетсек", "буга чейин", "дагы окуңуз", "ошондой эле окуңуз"),
    ("uz", "eslatib o'tamiz", "eslatib o'tish", "avvalroq xabar", "shuningdek o'qing", "mavzuga oid", "ma'lumot uchun"),
    ("tg", "ёдовар мешавем", "хотиррасон мекунем", "қаблан гузориш", "ҳамчунин хонед", "инчунин хонед"),
    ("tk", "ýatlatsak", "ýatladýarys", "mundan ozal", "şeýle hem okaň"),
    ("tr", "hatırlatmak gerekirse", "hatırlanacağı üzere", "ne olmuştu", "ayrıca okuyun", "ilgili haberler"),
    ("az", "xatırladaq ki", "qeyd edək ki", "daha əvvəl", "həmçinin oxuyun", "bunu da oxuyun"),
    ("hy", "հիշեցնենք", "հիշեցնենք որ", "ավելի վաղ", "կարդացեք նաև", "կարդացեք նաեւ"),
    ("zh", "此前报道", "据此前报道", "延伸阅读", "相关阅读", "相关新闻", "背景"),
)
_SMALL_PRINT: Final = (
    ("en", "all rights reserved", "reprint", "reprints", "hyperlink", "active link", "copyright", "terms of use"),
    ("en", "subscribe", "our channel", "follow us", "the editors", "editorial staff", "found a mistake", "press ctrl"),
    ("ru", "все права защищены", "перепечатка", "перепечатке", "гиперссылки", "гиперссылка", "гиперссылку"),
    ("ru", "активной ссылки", "авторские права", "использование материалов", "использовании материалов"),
    ("ru", "подписывайтесь", "подпишитесь", "наш канал", "нашем канале", "мнение редакции", "нашли ошибку", "ctrl"),
    ("kk", "барлық құқықтар қорғалған", "көшіріп басуға", "сілтеме", "арнамызға жазылыңыз", "арнаға жазылып"),
    ("kk", "редакция пікірі", "қате таптыңыз", "авторлық құқық", "телеграм арнамызға"),
    ("ky", "бардык укуктар корголгон", "көчүрүп басууга", "шилтеме", "каналга жазылып", "каналыбызга жазылыңыз"),
    ("ky", "редакциянын пикири", "ката таптыңызбы", "автордук укук"),
    ("uz", "barcha huquqlar himoyalangan", "ko'chirib bosish", "ko'chirib bosishga", "havola", "kanalimizga obuna"),
    ("uz", "obuna bo'ling", "tahririyat fikri", "xato topdingizmi", "mualliflik huquqi"),
    (
        "tg",
        "ҳамаи ҳуқуқҳо ҳифз шудаанд",
        "пайванди фаъол",
        "обуна шавед",
        "назари идора",
        "хато ёфтед",
        "ҳуқуқи муаллиф",
    ),
    ("tk", "ähli hukuklar goralan", "göçürip çap etmäge", "salgylanma", "kanalymyza ýazylyň", "redaksiýanyň pikiri"),
    ("tk", "ýalňyş tapdyňyzmy", "awtorlyk hukugy"),
    ("tr", "tüm hakları saklıdır", "her hakkı saklıdır", "etkin bağlantı", "alıntı yapılmasına", "abone olun"),
    ("tr", "yazı işlerinin görüşü", "hata mı buldunuz", "telif hakkı", "kaynak gösterilmeden"),
    (
        "az",
        "bütün hüquqlar qorunur",
        "aktiv keçid",
        "abunə olun",
        "redaksiyanın fikri",
        "səhv tapdınız",
        "müəllif hüquqları",
    ),
    ("az", "istinad zəruridir", "materialın çap edilməsinə"),
    ("hy", "բոլոր իրավունքները պաշտպանված են", "արտատպումը", "ակտիվ հղում", "հղումը պարտադիր", "բաժանորդագրվեք"),
    ("hy", "խմբագրության կարծիքը", "հեղինակային իրավունք"),
    ("zh", "版权所有", "未经授权", "转载", "注明出处", "不得转载", "欢迎订阅", "订阅我们", "不代表", "有效链接"),
)


def is_marked_below(text: Words, lead: int) -> bool:
    """Return whether a heading stands at the beginning of the words below a lead, or they are an outlet's small
    print.
    """
    near = get_spellings(text[max(lead - _REACH, 0) : lead + _REACH]).tolist()
    if next(_found(near, _table(_HEADINGS)), None):
        return True
    below = text[lead : lead + _SMALL_PRINT_WORDS + 1]
    if len(below) > _SMALL_PRINT_WORDS:
        return False
    return len(set(_found(get_spellings(below).tolist(), _table(_SMALL_PRINT)))) >= _ENOUGH


_Mark = tuple[int, ...]


def _found(words: list[int], table: dict[int, list[_Mark]]) -> Iterator[_Mark]:
    """Yield the marks that stand in a row of words."""
    for at, word in enumerate(words):
        for mark in table.get(word, ()):
            if tuple(words[at : at + len(mark)]) == mark:
                yield mark


@cache
def _table(marks: tuple[tuple[str, ...], ...]) -> dict[int, list[_Mark]]:
    """Return marks by their first word."""
    found: dict[int, list[_Mark]] = {}
    for _, *spelled in marks:
        for mark in spelled:
            words = tuple(get_spellings(hash_words(mark)).tolist())
            found.setdefault(words[0], []).append(words)
    return found
