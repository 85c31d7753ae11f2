"""Names and their case endings as regular expressions, written by hand; nothing here comes from the product."""

from __future__ import annotations

import re

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


def inflected(language: str) -> dict[str, re.Pattern[str]]:
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
