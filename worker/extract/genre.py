"""The genre of an article, a `db.enums.articles.Genre`: by its page, its address, its outlet. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import unquote, urlsplit

from db.enums.articles import Genre

_SCHEMA_TYPES = {
    "opinionnewsarticle": Genre.OPINION,
    "analysisnewsarticle": Genre.ANALYSIS,
    "backgroundnewsarticle": Genre.ANALYSIS,
    "scholarlyarticle": Genre.ANALYSIS,
    "reviewnewsarticle": Genre.OPINION,
}
"""Types of https://schema.org with a genre; NewsArticle and Article are used for everything."""

_SECTIONS = {
    Genre.OPINION: """
        opinion opinions op-ed oped op-eds editorial editorials column columns columnist columnists viewpoint viewpoints
        perspective perspectives voices blog blogs commentary commentaries comment commentisfree letters
        mnenie mneniya mneniia kolonka kolonki kolumnisty blogi avtory мнение мнения колонка колонки блоги
        gorus gorusler görüş görüşler yorum yorumlar yazar yazarlar kose-yazilari kose-yazarlari köşe-yazıları
        pikir pikirler ой-пікір пікір көзқарас kozqaras fikr fikrlar fikir nuqtai-nazar rey
    """,
    Genre.ANALYSIS: """
        analysis analyses analytics analytical analytics-and-comments research research-notes policy-brief policy-briefs
        briefing briefings backgrounder backgrounders explainer explainers in-depth long-read long-reads longread
        longreads publications reports insight insights special-report special-reports
        analitika analytika analiz analizy анализ аналитика expertise ekspertiza экспертиза
        analizler arastirma taldau талдау saraptama сараптама tahlil tahlillar таҳлил tehlil təhlil талдоо
        վերլուծություն
    """,
    Genre.INTERVIEW: """
        interview interviews talk-with conversations q-and-a
        intervyu intervju intervyular интервью röportaj roportaj röportajlar roportajlar söyleşi soylesi söyleşiler
        soylesiler suhbat suhbatlar сұхбат сұхбаттар сухбат суҳбат сөхбат маек маектер müsahibə musahibe
    """,
    Genre.BROADCAST: """
        podcast podcasts video videos radio audio broadcast broadcasts tv-shows watch listen
        podkast podkasty подкаст подкасты видео эфир efir радио teleradio videolar бейне beyne
    """,
    Genre.NEWS: """
        news newsfeed world-news breaking-news latest-news
        novosti novost lenta новости лента haber haberler son-dakika janalyqtar zhanalyktar жаңалықтар
        kabar kabarlar кабар кабарлар yangiliklar xabarlar янгиликлар khabarho хабарҳо ахбор habarlar xeberler xəbərlər
    """,
    Genre.STATEMENT: """
        statement statements press-release press-releases press-statements joint-statements communique communiques
        declarations speeches remarks transcripts press-briefings
        zayavlenie zayavleniya заявление заявления press-reliz press-relizy vystupleniya stenogrammy
        aciklama aciklamalar açıklama açıklamalar basin-aciklamalari malimdeme мәлімдеме bayonot
    """,
}
"""Names of sections in addresses, by genre."""
_BY_SECTION = {section: genre for genre, sections in _SECTIONS.items() for section in sections.split()}
_MOST_SEGMENTS = 8

_KINDS = (
    (re.compile(r"think tank|analysis|academic|magazine|journal|research"), Genre.ANALYSIS),
    (re.compile(r"government|\bigo\b|ministry|presiden|parliament|embassy"), Genre.STATEMENT),
    (re.compile(r"blog|opinion"), Genre.OPINION),
    (
        re.compile(r"news|agency|broadcaster|independent|media|\btv\b|radio|investigative|business|state-aligned"),
        Genre.NEWS,
    ),
)


def declared_genre(types: object, sections: Iterable[str] = ()) -> Genre | None:
    """Return the genre that a page declares: by the JSON-LD type of its article, else by the name of its section."""
    names = types if isinstance(types, list) else [types]
    for name in names:
        if isinstance(name, str) and (genre := _SCHEMA_TYPES.get(name.rpartition("/")[2].lower())):
            return genre
    return next((genre for section in sections if (genre := _find_genre(section))), None)


def genre_of_url(url: str) -> Genre | None:
    """Return the genre of a section in an address, e.g. opinion for `/en/opinion/2022/…`; the first counts.

    The last part of the path is the article's own name and no evidence, nor is a query.
    """
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    segments = unquote(parts.path).split("/")[1:-1][:_MOST_SEGMENTS]
    host = (parts.hostname or "").partition(".")[0]
    return next((genre for segment in (host, *segments) if (genre := _find_genre(segment))), None)


def genre_of_kind(kind: str | None) -> Genre | None:
    """Return the usual genre of this kind of outlet; None for an unknown kind or one without a usual genre."""
    words = (kind or "").lower()
    first = [(found.start(), genre) for pattern, genre in _KINDS if (found := pattern.search(words))]
    return min(first)[1] if first else None


def genre_called(name: str) -> Genre | None:
    """Return the genre for the name of a section, such as opinion for op-ed."""
    return _find_genre(name)


def _find_genre(section: str) -> Genre | None:
    return _BY_SECTION.get(section.strip().lower().replace(" ", "-").replace("_", "-"))
