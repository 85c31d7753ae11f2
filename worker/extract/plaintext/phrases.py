"""Phrases that separate by-lines, labels and the lower part of a saved page from the article, per language.

To add a language, add its phrases to each list; every phrase is a regular expression, letter case is ignored.
"""

from __future__ import annotations

import re

_AUTHOR = (
    r"authors?|by|written by",
    r"автор(?:ы|лар|лары|у)?|текст|муаллиф(?:лар|он)?",
    r"yazar(?:lar)?|yazan|muallif(?:lar)?|müəllif(?:lər)?",
    r"հեղինակ|作者",
)
_SOURCE = (
    r"source|(?:originally|first) published (?:by|in|on|at)",
    r"источник|первоисточник|джерело|манба|манбаъ|дереккөз|булак",
    r"kaynak|manba|mənbə|çeşme",
    r"աղբյուր|来源",
)
_DATE = (
    r"date|published(?: on)?|posted(?: on)?",
    r"дата|опубликовано|сана|күні",
    r"tarih|sana|tarix",
)
_URL = (r"url|link|original", r"ссылка|оригинал", r"bağlantı|havola")
_TITLE = (r"title|headline", r"заголовок", r"başlık|sarlavha")

_DISCLAIMERS = (
    r"disclaimer\b",
    r"the (?:views?|opinions?)(?: and \w+)? (?:expressed|presented|stated)",
    r"(?:all )?(?:views|opinions) (?:expressed|are)",
    r"мнение (?:автора|редакции)|(?:позиция|точка зрения) (?:автора|редакции)",
    r"(?:bu )?(?:yazıda|makalede) (?:yer alan|ifade edilen)|yazarın görüşleri",
)
_LOWER_PARTS = (
    r"(?:similar|related|recent|more|popular) (?:posts?|articles?|stories|news|content|topics)$",
    r"leave a (?:reply|comment)|(?:post|add|write) a comment|(?:\d+ )?(?:comments?|replies|responses)$",
    r"you (?:may|might) also (?:like|enjoy)|(?:read|see) (?:also|next)$|recommended(?: for you)?$",
    r"about the author$|join the discussion$",
    r"(?:похожие|последние|другие|связанные) (?:записи|статьи|новости|материалы)|читайте также$",
    r"(?:добавить|оставить|оставьте|написать) (?:комментарий|ответ)|комментарии$",
    r"(?:об авторе|материалы по теме|по теме)$",
    r"(?:benzer|ilgili|son) (?:yazılar|haberler|içerikler)|yorumlar$",
    r"(?:yorum|cevap) (?:yap|yaz|bırak)\w*|bir (?:yanıt|cevap) yaz\w*",
    r"(?:o['‘ʻ]xshash|тегишли|ұқсас|окшош)\s",
)
_BUTTONS = (
    r"share|share (?:this|on|via|it)\b.{0,40}|tweet|print|e-?mail|save|like(?: this)?|reply|copy link|loading",
    r"facebook|twitter|telegram|whatsapp|linkedin|pinterest|reddit|vkontakte|click to share\b.{0,60}",
    r"subscribe\b.{0,60}|follow us\b.{0,60}|tags?\b:.{0,200}|advertisement",
    r"поделиться\b.{0,40}|распечатать|печать|подпис(?:аться|ывайтесь|ка)\b.{0,60}|теги\b:.{0,200}|нравится|реклама",
    r"paylaş\w*|yazdır|etiketler\b.{0,200}|reklam|ulashish|бөлісу|бөлүшүү",
)
_FORMS = (
    r"your email address|required fields|save my name|this site uses akismet|notify me",
    r"ваш (?:адрес|e-?mail)|обязательные поля",
    r"e-posta (?:hesab|adres)|gerekli alanlar",
    r"copyright\b|©|all rights reserved|все права защищены",
)


def _any(phrases: tuple[str, ...]) -> str:
    return "(?:" + "|".join(phrases) + ")"


# “Label: value” that fills a line of its own.
LABELLED = re.compile(
    rf"^(?:(?P<author>{_any(_AUTHOR)})|(?P<source>{_any(_SOURCE)})|(?P<date>{_any(_DATE)})|(?P<url>{_any(_URL)}))"
    r"\s*(?::|：|\s[–—-]\s)\s*(?P<value>\S.*)$",
    re.I,
)
TITLE_LABEL = re.compile(rf"^{_any(_TITLE)}\s*:\s*(?P<value>\S.*)$", re.I)
BY = re.compile(r"^(?:by|written by)\s+(?P<value>\S.*)$", re.I)

# A word that may stand in a name: capitalised, or one of the small words between names.
NAME_WORD = re.compile(
    r"^(?:[^\W\d_a-zа-яё][\w'’.\-]*,?"
    r"|(?:de|da|di|van|von|der|den|bin|ibn|al|el|la|le|uulu|kyzy|ogly|uly|and|и|ve|və|va|&)\b,?)$"
)
# The outlet's name in “… do not necessarily reflect the views of World Geostrategic Insights”.
WHOSE_VIEWS = re.compile(
    r"(?:reflect|represent)s?\s+(?:the\s+)?(?:official\s+)?"
    r"(?:views?|opinions?|positions?|policy|policies|editorial \w+)"
    r"(?:\s+(?:and|or)\s+\w+)?\s+of\s+(?:the\s+)?(?P<outlet>[A-Z][^.,;()\n]{2,60}?)\s*[.)]"
)
DISCLAIMER = re.compile(rf"^[(\[*]?\s*{_any(_DISCLAIMERS)}", re.I)
# A heading after which a page contains no more of the article.
LOWER_PART = re.compile(rf"^{_any(_LOWER_PARTS)}", re.I)
# A line that is a button, a list of tags or a part of a form.
BUTTON = re.compile(rf"^{_any(_BUTTONS)}$|^{_any(_FORMS)}", re.I)
