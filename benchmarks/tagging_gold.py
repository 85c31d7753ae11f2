"""How many inflected names are found on labelled texts, and what is tagged outside every label.

    python -m benchmarks.tagging_gold FOLDER [--show]

FOLDER holds the sets as their READMEs lay them out (ner_kaznerd_kk/dev …). The gold is every labelled span that as a
whole is one of the names below with a case ending; names and endings are written here by hand, and nothing of them
comes from the product. The Kyrgyz texts have no labels: there, any words that are such a name count as a span. A name
is found when a tag of its entity overlaps the span; `exact span` says how often the tag is the span. `outside` counts
tags of these entities, names and not demonyms, that overlap no label of any kind, among all such tags. The same
tagger without endings is printed beside it.
"""

from __future__ import annotations

import argparse
import csv
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple

from worker.tagging.inflection import NOTHING
from worker.tagging.tagger import Mention, Tagger
from worker.tagging.vocabulary import packaged_folder, read_vocabulary

# Endings, by hand. In Russian names: * after a hard consonant, а я ь й and so on for what they stand for.
RUSSIAN = {
    "*": "(?:|а|у|ом|е|ы|ов|ам|ами|ах)",
    "ИЯ": "(?:ия|ии|ию|ией)",
    "А": "(?:а|ы|и|е|у|ой|ою)",
    "Ь": "(?:ь|и|ью|я|ю|ем|е)",
    "Й": "(?:й|я|ю|ем|е)",
    "ОВ": "(?:|а|у|ым|е)",
    "АЯ": "(?:ая|ой|ую)",
    "ОЕ": "(?:ое|ого|ому|ым|ом)",
    "ИЕ": "(?:ие|ия|ию|ием|ии)",
    "О": "(?:о|а|у|ом|е)",
    "ЫЕ": "(?:ые|ых|ым|ыми)",
    "ИЙ": "(?:ий|ого|ому|им|ом)",
    "ЕН": "(?:ен|на|ну|ном|не)",
}
KAZAKH = (
    "(?:-?(?:[ндт][ыі]ң|[ғгқкн][ае]|[ае]|[ндт][ыі]|н|н?[дт][ае]|н?[дтн][ае]н|[мбп]ен|н?[дт][ае]ғ[ыі]|ы?н?ың|"
    "сының|інің|ына|сына|іне|ында|інде|сында|ынан|інен|сынан|сын|ын|ін))?"
)
KYRGYZ = (
    "(?:-?(?:[ндт][ыиуү]н|[гкн][аеоө]|[ае]|[ндт][ыиуү]|н?[дт][аеоө]|н?[дтн][аеоө]н|н?[дт][ае]г[ыи]|"
    "[ыиуү]н[ыиуү]н|с[ыиуү]н[ыиуү]н|[ыиуү]на|с[ыиуү]на|[ыиуү]нда|с[ыиуү]нда|с?[ыиуү]нан))?"
)
TURKISH = (
    "(?:['’](?:[yns]?[ıiuü]n?|n?[ıiuü]n|y?[ae]|n[ae]|n?[dt][ae]n?|n?[dt][ae]ki|y?l[ae])|"
    "n?[ıiuü]n|n?[dt][ae]n?|n[ae]|n[ıiuü])?"
)

NAMES = {
    "ru": """
kazakhstan: Казахстан* Республик{А}_Казахстан
kyrgyzstan: Киргиз{ИЯ} Кыргызстан*
uzbekistan: Узбекистан*
tajikistan: Таджикистан*
turkmenistan: Туркменистан* Туркмен{ИЯ}
russia: Росси{Я} Российск{АЯ}_Федераци{Я} РФ
china: Кита{Й} КНР
turkey: Турц{ИЯ}
iran: Иран*
afghanistan: Афганистан*
azerbaijan: Азербайджан*
armenia: Армен{ИЯ}
georgia: Груз{ИЯ}
ukraine: Украин{А}
belarus: Белорусс{ИЯ} Беларус{Ь}
united-states: США Соединенн{ЫЕ}_Штат*_Америки
united-kingdom: Великобритан{ИЯ} Британ{ИЯ} Соединенн{ОЕ}_Королевств{О}
germany: Герман{ИЯ}
france: Франц{ИЯ}
japan: Япон{ИЯ}
india: Инд{ИЯ}
pakistan: Пакистан*
syria: Сир{ИЯ}
israel: Израил{Ь}
serbia: Серб{ИЯ}
soviet-union: СССР Советск{ИЙ}_Союз*
saudi-arabia: Саудовск{АЯ}_Арав{ИЯ}
moscow: Москв{А}
london: Лондон*
brussels: Брюссел{Ь}
washington: Вашингтон*
kyiv: Киев*
minsk: Минск*
beijing: Пекин*
ankara: Анкар{А}
tatarstan: Татарстан*
europe: Европ{А}
european-union: Евросоюз* Европейск{ИЙ}_союз* ЕС
nato: НАТО
united-nations: ООН
osce: ОБСЕ
vladimir-putin: Путин{ОВ} Владимир*_Путин{ОВ} Владимир*_Владимирович{*}_Путин{ОВ}
dmitry-medvedev: Дмитри{Й}_Медведев{ОВ}
alexander-lukashenko: Александр*_Лукашенко
recep-tayyip-erdogan: Эрдоган* Реджеп*_Эрдоган* Реджеп*_Тайип*_Эрдоган*
donald-trump: Дональд*_Трамп*
fsb: ФСБ
gazprom: Газпром*
taliban: Талибан*
isis: ИГИЛ Исламск{ОЕ}_государств{О}
""",
    "kk": """
kazakhstan: Қазақстан Қазақстан_Республикасы
kyrgyzstan: Қырғызстан
uzbekistan: Өзбекстан
tajikistan: Тәжікстан
turkmenistan: Түрікменстан Түркіменстан
russia: Ресей Ресей_Федерациясы
china: Қытай
turkey: Түркия
iran: Иран
afghanistan: Ауғанстан
azerbaijan: Әзербайжан Әзірбайжан
armenia: Армения
georgia: Грузия
ukraine: Украина
belarus: Беларусь Белоруссия
united-states: АҚШ
germany: Германия
france: Франция
united-kingdom: Ұлыбритания
japan: Жапония
south-korea: Оңтүстік_Корея
india: Үндістан
pakistan: Пәкістан
syria: Сирия
mongolia: Моңғолия
serbia: Сербия
hungary: Мажарстан Венгрия
astana: Астана Нұр-Сұлтан
almaty: Алматы
aktau: Ақтау
moscow: Мәскеу
tashkent: Ташкент
bishkek: Бішкек
beijing: Бейжің Пекин
london: Лондон
europe: Еуропа
central-asia: Орталық_Азия
mangystau: Маңғыстау
nursultan-nazarbayev: Назарбаев Нұрсұлтан_Назарбаев
kassym-jomart-tokayev: Тоқаев Қасым-Жомарт_Тоқаев
vladimir-putin: Путин Владимир_Путин
united-nations: БҰҰ Біріккен_Ұлттар_Ұйымы
eurasian-economic-union: ЕАЭО Еуразиялық_экономикалық_одақ
european-union: Еуропалық_Одақ Еуропалық_одақ
cis: ТМД
shanghai-cooperation-organisation: ШЫҰ
""",
    "ky": """
kyrgyzstan: Кыргызстан Кыргыз_Республикасы
kazakhstan: Казакстан
uzbekistan: Өзбекстан
tajikistan: Тажикстан
turkmenistan: Түркмөнстан Түркмөнистан
russia: Россия Орусия
china: Кытай
turkey: Түркия
iran: Иран
afghanistan: Афганистан Ооганстан
azerbaijan: Азербайжан
armenia: Армения
ukraine: Украина
belarus: Беларусь Белоруссия
united-states: АКШ
india: Индия
syria: Сирия
bishkek: Бишкек
osh: Ош
batken: Баткен
astana: Астана Нур-Султан
almaty: Алматы
tashkent: Ташкент
dushanbe: Душанбе
ashgabat: Ашхабад Ашгабат
moscow: Москва
istanbul: Стамбул
ankara: Анкара
isfara: Исфара
jogorku-kenesh: Жогорку_Кеңеш
gknb-kg: УКМК
almazbek-atambayev: Алмазбек_Атамбаев
sooronbay-jeenbekov: Сооронбай_Жээнбеков
sadyr-japarov: Садыр_Жапаров
vladimir-putin: Путин Владимир_Путин
nursultan-nazarbayev: Нурсултан_Назарбаев
emomali-rahmon: Эмомали_Рахмон
united-nations: БУУ
cis: КМШ
eurasian-economic-union: ЕАЭБ
shanghai-cooperation-organisation: ШКУ
""",
    "tr": """
turkey: Türkiye Türkiye_Cumhuriyeti
kazakhstan: Kazakistan
kyrgyzstan: Kırgızistan
uzbekistan: Özbekistan
tajikistan: Tacikistan
turkmenistan: Türkmenistan
russia: Rusya Rusya_Federasyonu
china: Çin Çin_Halk_Cumhuriyeti
iran: İran
afghanistan: Afganistan
azerbaijan: Azerbaycan
armenia: Ermenistan
georgia: Gürcistan
ukraine: Ukrayna
united-states: ABD Amerika_Birleşik_Devletleri
united-kingdom: Birleşik_Krallık İngiltere Büyük_Britanya
germany: Almanya
france: Fransa
japan: Japonya
india: Hindistan
pakistan: Pakistan
syria: Suriye
israel: İsrail
serbia: Sırbistan
hungary: Macaristan
libya: Libya
south-korea: Güney_Kore
saudi-arabia: Suudi_Arabistan
soviet-union: Sovyetler_Birliği SSCB
ottoman-empire: Osmanlı_İmparatorluğu Osmanlı_Devleti
istanbul: İstanbul
ankara: Ankara
london: Londra
moscow: Moskova
baku: Bakü
beijing: Pekin
tehran: Tahran
kyiv: Kiev
europe: Avrupa
africa: Afrika
nato: NATO
united-nations: Birleşmiş_Milletler
european-union: Avrupa_Birliği
northern-cyprus: Kuzey_Kıbrıs_Türk_Cumhuriyeti KKTC
recep-tayyip-erdogan: Recep_Tayyip_Erdoğan
""",
}


class Document(NamedTuple):
    """A text and its labelled spans; None when it has none and names are looked for anywhere."""

    text: str
    spans: list[tuple[int, int]] | None


@dataclass
class Tally:
    """What was found of the gold, by one tagger."""

    gold: int = 0
    found: int = 0
    same_span: int = 0
    tags: int = 0
    outside: int = 0


def _expressions(language: str) -> dict[str, re.Pattern[str]]:
    """Return an expression for each entity: one of its names with a case ending."""
    found: dict[str, re.Pattern[str]] = {}
    for line in NAMES[language].split("\n"):
        if line:
            entity, _, names = line.partition(": ")
            found[entity] = re.compile("|".join(_expression(name, language) for name in names.split()))
    return found


def _expression(name: str, language: str) -> str:
    name = name.replace("_", r"\s+")
    if language != "ru":
        return name + {"kk": KAZAKH, "ky": KYRGYZ, "tr": TURKISH}[language]
    for mark, endings in (RUSSIAN | {"Я": "(?:я|и|ю|ей)"}).items():
        name = name.replace("{" + mark + "}", endings)
    return name.replace("*", RUSSIAN["*"]).replace("е", "[её]")


def tokens_of(folder: Path) -> Iterator[Document]:
    """Yield documents of fifteen sentences from files of one token and IOB label a line."""
    sentences: list[list[tuple[str, str]]] = [[]]
    for path in sorted(folder.iterdir()):
        for line in path.read_text("utf-8").splitlines():
            if line.strip():
                token, *_, label = line.split()
                sentences[-1].append((token, label))
            elif sentences[-1]:
                sentences.append([])
    for first in range(0, len(sentences), 15):
        text, spans = "", []
        for sentence in sentences[first : first + 15]:
            for token, label in sentence:
                start = len(text)
                text += token + " "
                if label[0] == "B":
                    spans.append((start, start + len(token)))
                elif label[0] == "I" and spans:
                    spans[-1] = (spans[-1][0], start + len(token))
            text += "\n"
        yield Document(text, spans)


def brat(folder: Path) -> Iterator[Document]:
    """Yield documents with standoff annotation: `T1<tab>TYPE start end<tab>surface`."""
    for path in sorted(folder.rglob("*.ann")):
        entries = [line.split("\t")[1].split() for line in path.read_text("utf-8").splitlines() if line[0] == "T"]
        text = path.with_suffix(".txt").read_bytes().decode()
        yield Document(text, [(int(entry[1]), int(entry[-1])) for entry in entries])


def factrueval(folder: Path) -> Iterator[Document]:
    """Yield documents whose .spans hold `id type start length …`."""
    for path in sorted(folder.glob("*.spans")):
        entries = [line.split() for line in path.read_text("utf-8").splitlines() if line.strip()]
        spans = [(int(entry[2]), int(entry[2]) + int(entry[3])) for entry in entries]
        yield Document(path.with_suffix(".txt").read_bytes().decode(), spans)


def bsnlp(folder: Path) -> Iterator[Document]:
    """Yield documents whose labels are listed by surface: each place where one stands is a span."""
    for path in sorted(folder.glob("*/annotated/ru/*.out")):
        raw = path.parent.parent.parent / "raw" / "ru" / (path.stem + ".txt")
        if raw.exists():
            text = "\n".join(raw.read_text("utf-8").splitlines()[4:])
            surfaces = {
                line.split("\t")[0].strip() for line in path.read_text("utf-8").splitlines()[1:] if line.strip()
            }
            spans = [
                (found.start(), found.end())
                for surface in surfaces
                for found in re.finditer(rf"(?<!\w){re.escape(surface)}(?!\w)", text)
            ]
            yield Document(text, spans)


def unlabelled(folder: Path) -> Iterator[Document]:
    """Yield the texts of CSV files."""
    for path in sorted(folder.glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as lines:
            for row in csv.DictReader(lines):
                yield Document(row["text"], None)


SETS: dict[str, tuple[str, Callable[[Path], Iterator[Document]]]] = {
    "ner_kaznerd_kk": ("kk", tokens_of),
    "ner_nerel_ru": ("ru", brat),
    "ner_bsnlp_ru": ("ru", bsnlp),
    "ner_factrueval_ru": ("ru", factrueval),
    "ner_turkish_wiki": ("tr", tokens_of),
    "news_kyrgyz_24kg": ("ky", unlabelled),
}


def main() -> None:
    """Print a row for each set."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--show", action="store_true", help="print what was not found and what is outside")
    options = parser.parse_args()
    vocabulary = read_vocabulary(packaged_folder())
    taggers = [Tagger(vocabulary), Tagger(replace(vocabulary, inflection=NOTHING))]
    print(f"{'set':20}{'entities':>9}{'names':>7}{'recall':>9}{'exact span':>12}{'outside':>18}{'without endings':>17}")
    for name, (language, read) in SETS.items():
        folder = options.folder / name / "dev"
        if not folder.exists():
            print(f"{name:20} not here")
            continue
        expressions = _expressions(language)
        seen: set[str] = set()
        tallies = [Tally(), Tally()]
        for document in read(folder):
            gold = list(_gold(document, expressions))
            seen.update(entity for _, _, entity in gold)
            for tally, tagger in zip(tallies, taggers, strict=True):
                mentions = [one for one in tagger.tag(document.text, language) if one.entity in expressions]
                _count(tally, document, gold, mentions, options.show and tagger is taggers[0])
        ours, exact = tallies
        outside = f"{ours.outside}/{ours.tags} = {ours.outside / max(ours.tags, 1):.2%}"
        print(
            f"{name:20}{len(seen):9}{ours.gold:7}{ours.found / ours.gold:9.4f}{ours.same_span / ours.gold:12.4f}"
            f"{outside:>18}{exact.found / exact.gold:17.4f}"
        )


def _gold(document: Document, expressions: dict[str, re.Pattern[str]]) -> Iterator[tuple[int, int, str]]:
    for entity, expression in expressions.items():
        if document.spans is None:
            for found in re.finditer(rf"(?<![\w-])(?:{expression.pattern})(?![\w-])", document.text):
                yield found.start(), found.end(), entity
        else:
            for start, end in sorted(set(document.spans)):
                if expression.fullmatch(document.text, start, end):
                    yield start, end, entity


def _count(
    tally: Tally, document: Document, gold: list[tuple[int, int, str]], mentions: list[Mention], is_shown: bool
) -> None:
    for start, end, entity in gold:
        over = [one for one in mentions if one.entity == entity and one.start < end and start < one.end]
        tally.gold += 1
        tally.found += bool(over)
        tally.same_span += any((one.start, one.end) == (start, end) for one in over)
        if is_shown and not any((one.start, one.end) == (start, end) for one in over):
            verdict = f"other span {over[0].surface!r}" if over else "missed"
            print(f"  {verdict} {entity}: {_around(document.text, start, end)}")
    for one in mentions:
        if one.level == "name" and document.spans is not None:
            tally.tags += 1
            if not any(one.start < end and start < one.end for start, end in document.spans):
                tally.outside += 1
                if is_shown:
                    print(f"  outside {one.entity} ({one.rule}): {_around(document.text, one.start, one.end)}")


def _around(text: str, start: int, end: int) -> str:
    return f"{text[max(start - 40, 0) : start]}[{text[start:end]}]{text[end : end + 40]}".replace("\n", " ")


if __name__ == "__main__":
    main()
