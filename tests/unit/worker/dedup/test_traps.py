"""What looks like a reprint and is other news, and the reprints that look like it. All texts are invented."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import combinations

import pytest
from storymaterial import LANGUAGES, Material

from worker.dedup.archive import Archive
from worker.dedup.fingerprint import fingerprint
from worker.dedup.headline import have_one_headline, strip_outlet
from worker.dedup.members import Member

NUR, TAN = "nur.example", "tan.example"


def article(
    text: str, source: str = NUR, *, hour: int = 8, day: int = 5, title: str = ""
) -> tuple[str, str, datetime, str]:
    return text, source, datetime(2022, 1, day, hour, tzinfo=UTC), title


def stories(*articles: tuple[str, str, datetime, str]) -> int:
    """Return how many stories these articles are, in whatever order they come."""
    counts = set()
    for numbers in (range(len(articles)), reversed(range(len(articles)))):
        archive: Archive[int] = Archive()
        for number in numbers:
            text, source, at, title = articles[number]
            url = f"https://{source}/{number}"
            archive.add(Member(number, url, at, source), fingerprint(text, strip_outlet(title, source, url)))
        counts.add(len(set(archive.clusters().values())))
    assert len(counts) == 1, "the order of arrival made a difference"
    return counts.pop()


def resemble(one: str, other: str) -> bool:
    archive: Archive[int] = Archive()
    archive.add(Member(1), fingerprint(one))
    return bool(archive.add(Member(2), fingerprint(other)))


IN_EVERY_LANGUAGE = pytest.mark.parametrize("given", LANGUAGES.values(), ids=LANGUAGES)


@IN_EVERY_LANGUAGE
@pytest.mark.parametrize("part", ["footer", "also", "background"])
@pytest.mark.parametrize("outlets", [(NUR, NUR), (NUR, TAN)], ids=["one outlet", "two outlets"])
def test_notes_with_the_same_below_are_each_its_own_story(given: Material, part: str, outlets: tuple[str, str]) -> None:
    below = getattr(given, part)
    texts = [f"{note}\n{below}" for note in given.notes]
    assert all(resemble(one, other) for one, other in combinations(texts, 2)), "no trap: the texts do not resemble"
    assert stories(*(article(text, outlets[place % 2], hour=8 + place) for place, text in enumerate(texts))) == 3


@IN_EVERY_LANGUAGE
def test_a_report_is_one_story_however_it_is_reprinted(given: Material) -> None:
    report = "\n".join(given.notes)
    ways = {
        "whole": report,
        "cut at the end": "\n".join(given.notes[:2]),
        "a lead of the other outlet": f"{given.lead}\n{report}",
        "with the footer of another": f"{report}\n{given.footer}",
        "with a list to read on": f"{report}\n{given.also}",
        "with the background": f"{report}\n{given.background}",
        "the beginning cut off": "\n".join(given.notes[1:]),
    }
    for way, text in ways.items():
        assert stories(article(f"{report}\n{given.footer}"), article(text, TAN, hour=9)) == 1, way


@IN_EVERY_LANGUAGE
def test_a_note_reprinted_with_its_footer_is_one_story(given: Material) -> None:
    note = f"{given.notes[0]}\n{given.footer}"
    others = [article(f"{other}\n{given.footer}", hour=7) for other in given.notes[1:]]
    assert stories(article(note), article(note, TAN, hour=9), *others) == 3


QUAKE_EN = (
    "An earthquake of magnitude {} was felt in {} at {}, the institute of seismology said. Its centre lay {} km "
    "from the village of {}, at a depth of {} kilometres. Nobody was hurt and no houses were damaged, "
    "the duty officer "
    "of the ministry reported to the press service."
)
QUAKE_RU = (
    "Землетрясение силой {} балла произошло в {} в {}, сообщает институт сейсмологии. Эпицентр находился в {} км от "
    "посёлка {} на глубине {} км. Пострадавших и разрушений нет, сообщил дежурный министерства пресс-службе."
)
QUAKE_UZ = (
    "Bugun soat {2} da {1} hududida {0} ballik zilzila sodir bo‘ldi, deb xabar berdi seysmologiya instituti. Zilzila "
    "markazi {4} qishlog‘idan {3} km uzoqlikda, {5} km chuqurlikda bo‘lgan. Jabrlanganlar va "
    "vayronagarchiliklar yo‘q, "
    "deb ma’lum qildi vazirlik navbatchisi."
)
QUAKES = (("4,5", "Naryn", "05:12", 43, "Baetov", 10), ("3,8", "Talas", "11:40", 17, "Pokrovka", 6))
VERDICT_RU = (
    "Суд приговорил жителя {} {} к {} годам лишения свободы за хранение запрещённых веществ. Как "
    "установило следствие, "
    "у него дома нашли {} граммов вещества. Приговор может быть обжалован в течение тридцати дней, сообщили в суде."
)
VERDICT_KK = (
    "Сот {} қаласының тұрғыны {} тыйым салынған заттарды сақтағаны үшін {} жылға бас бостандығынан айырды. Тергеу "
    "барысында оның үйінен {} грамм зат табылған. Үкімге отыз күн ішінде шағымдануға болады, деп хабарлады сот "
    "баспасөз қызметі."
)
VERDICTS = (("Ош", "Азамат Тургунов", 7, 120), ("Талас", "Нурбек Исаев", 12, 45))
RATES_TR = (
    "Merkez bankası bugünkü kurları açıkladı. Dolar {} liradan, avro {} liradan, yuan {} liradan, ruble "
    "{} liradan işlem "
    "görüyor. Döviz büroları hafta sonu kapalı olacak, bankalar pazartesi sabahı yeniden hizmet verecek, denildi."
)
RATES_TG = (
    "Бонки миллӣ қурби асъорро эълон кард. Доллар {} сомонӣ, евро {} сомонӣ, рубл {} сомонӣ ва юан {} "
    "сомонӣ арзиш дорад. "
    "Нуқтаҳои мубодила рӯзҳои истироҳат баста мешаванд ва субҳи душанбе боз кор мекунанд."
)
RATES = (("13,71", "15,52", "2,15", "0,18"), ("13,84", "15,40", "2,17", "0,17"))
WEATHER_AZ = (
    "Sabah paytaxtda hava buludlu olacaq, gecə {} dərəcə, gündüz {} dərəcə isti gözlənilir. Dağlarda "
    "gecə {} dərəcə şaxta, "
    "küləyin sürəti saniyədə {} metr olacaq. Sürücülərdən yollarda diqqətli olmaq xahiş edilir, deyə xidmət bildirdi."
)
WEATHER_HY = (
    "Վաղը մայրաքաղաքում սպասվում է փոփոխական եղանակ, գիշերը {} աստիճան, ցերեկը {} աստիճան։ Լեռներում "
    "գիշերը {} աստիճան "
    "ցուրտ, քամու արագությունը վայրկյանում {} մետր։ Վարորդներին խնդրում են զգույշ լինել ճանապարհներին։"
)
WEATHER_ZH = (
    "气象台预报，明天首都多云，夜间气温{}度，白天气温{}度。山区夜间零下{}度，风速每秒{}米。请驾驶员注意道路结冰，"
    "山区居民注意防范雪崩，气象台将于晚间发布下一次预报。"
)
WEATHERS = ((2, 11, 9, 14), (5, 16, 4, 7))
DECREE_KY = (
    "Президенттин жарлыгы менен {} {} кызматына дайындалды. Ага чейин ал {} болуп иштеген. Жарлык жарыяланган күндөн "
    "тартып күчүнө кирет, деп билдирди президенттин басма сөз кызматы шаршемби күнү чыгарган кабарында."
)
DECREE_TK = (
    "Prezidentiň permany bilen {} {} wezipesine bellendi. Ol ozal {} bolup işläpdi. Perman çap edilen gününden güýje "
    "girýär, diýip prezidentiň metbugat gullugy çarşenbe güni ýaýradan habarynda aýdylýar."
)
DECREES = (
    ("Азамат Тургунов", "энергетика министри", "Нарын облусунун акими"),
    ("Гүлнара Исаева", "маданият министри", "Жалал-Абад шаарынын мэри"),
)
DEATH_EN = (
    "{}, {}, has died after a long illness at the age of {}. The family asks for no flowers. The "
    "farewell takes place at "
    "the house of culture at noon, and the burial at the old cemetery at {} on the same day, the commission said."
)
DEATHS = (
    ("Azamat Turgunov", "a teacher of mathematics from Naryn", 81, "14:00"),
    ("Gulnara Isaeva", "a composer of songs from Talas", 67, "15:30"),
)
FORMS = {
    "earthquakes, en": (QUAKE_EN, QUAKES),
    "earthquakes, ru": (QUAKE_RU, QUAKES),
    "earthquakes, uz": (QUAKE_UZ, QUAKES),
    "verdicts, ru": (VERDICT_RU, VERDICTS),
    "verdicts, kk": (VERDICT_KK, VERDICTS),
    "rates, tr": (RATES_TR, RATES),
    "rates, tg": (RATES_TG, RATES),
    "weather, az": (WEATHER_AZ, WEATHERS),
    "weather, hy": (WEATHER_HY, WEATHERS),
    "weather, zh": (WEATHER_ZH, WEATHERS),
    "appointments, ky": (DECREE_KY, DECREES),
    "appointments, tk": (DECREE_TK, DECREES),
    "obituaries, en": (DEATH_EN, DEATHS),
}


@pytest.mark.parametrize("outlet", [NUR, TAN], ids=["one outlet", "two outlets"])
@pytest.mark.parametrize(("form", "values"), FORMS.values(), ids=FORMS)
def test_a_form_filled_in_twice_on_one_day_is_two_stories(
    form: str, values: Sequence[Sequence[object]], outlet: str
) -> None:
    one, other = (form.format(*row) for row in values)
    assert stories(article(one), article(other, outlet, hour=15)) == 2


@pytest.mark.parametrize(("form", "values"), FORMS.values(), ids=FORMS)
def test_a_form_reprinted_is_one_story(form: str, values: Sequence[Sequence[object]]) -> None:
    text = form.format(*values[0])
    assert stories(article(text), article(text + " Nur.", TAN, hour=9), article(form.format(*values[1]), hour=15)) == 2


TOLL = (
    "An avalanche buried a road camp below the pass during the night. {} people were killed and {} were taken to the "
    "hospital, the ministry of emergencies said. Rescuers with dogs are digging in the snow, and "
    "helicopters wait for "
    "the wind to drop. The road will stay closed until the slopes have been blasted, the governor told reporters."
)


def test_a_toll_that_rises_during_the_day_is_the_same_story() -> None:
    assert stories(article(TOLL.format(12, 25)), article(TOLL.format(14, 30), hour=17)) == 1
    assert stories(article(TOLL.format(12, 25)), article(TOLL.format(14, 30), TAN, hour=17)) == 1


SIGNED = "Two neighbours sign a border treaty after thirty years"


@pytest.mark.parametrize(
    ("one", "other", "count"),
    [
        pytest.param({}, {"source": TAN}, 1, id="two outlets, one day"),
        pytest.param({}, {"source": TAN, "day": 6, "hour": 20}, 1, id="two outlets, next day"),
        pytest.param({}, {"source": TAN, "day": 8}, 2, id="three days later"),
        pytest.param({}, {}, 1, id="one outlet, two addresses"),
        pytest.param({}, {"day": 6}, 2, id="one outlet, next day: a rubric"),
        pytest.param({}, {"source": TAN, "title": SIGNED + " | Tan News"}, 1, id="the outlet behind a bar"),
        pytest.param({}, {"source": TAN, "title": SIGNED + " — Tan"}, 1, id="the outlet behind a dash"),
        pytest.param({}, {"source": TAN, "title": "TAN: " + SIGNED}, 1, id="the outlet in front"),
        pytest.param({}, {"source": TAN, "title": SIGNED.upper()}, 1, id="capitals"),
        pytest.param({}, {"source": TAN, "title": f"«{SIGNED}».  "}, 1, id="punctuation"),
        pytest.param({}, {"source": TAN, "title": SIGNED + " of talks"}, 2, id="two words more"),
        pytest.param({"title": "Exchange rates"}, {"source": TAN, "title": "Exchange rates"}, 2, id="a rubric"),
        pytest.param({}, {"source": TAN, "text": SIGNED}, 1, id="the text repeats the headline"),
    ],
)
def test_headlines_without_a_text(one: dict[str, object], other: dict[str, object], count: int) -> None:
    items = [article(**{"text": "", "title": SIGNED, **given}) for given in (one, other)]  # type: ignore[arg-type]
    assert stories(*items) == count


@pytest.mark.parametrize(
    "title",
    [
        "Тажикстан жана Кыргызстан чек ара келишимине кол койду",
        "Тәжікстан мен Қырғызстан шекара келісіміне қол қойды",
        "Таджикистан и Киргизия подписали договор о границе",
        "Tojikiston va Qirg‘iziston chegara shartnomasini imzoladi",
        "Тоҷикистону Қирғизистон созишномаи сарҳадро имзо карданд",
        "Täjigistan we Gyrgyzystan serhet şertnamasyna gol çekdi",
        "Tacikistan ile Kırgızistan sınır anlaşmasını imzaladı",
        "Tacikistan və Qırğızıstan sərhəd müqaviləsini imzaladı",
        "Տաջիկստանը և Ղրղզստանը սահմանային պայմանագիր ստորագրեցին",
        "塔吉克斯坦和吉尔吉斯斯坦签署边界条约",
    ],
)
def test_one_headline_in_two_outlets_is_one_story_in_every_language(title: str) -> None:
    assert stories(article("", title=title), article("", TAN, hour=9, title=f"{title} | Tan")) == 1
    assert stories(article("", title=title), article("", TAN, hour=9, title=title[::-1])) == 2


def test_the_same_headline_in_two_scripts_is_one_story() -> None:
    latin = article("", title="Toshkentda yangi ko‘prik ochildi va yo‘l tiklandi")
    cyrillic = article("", TAN, title="Тошкентда янги кўприк очилди ва йўл тикланди")
    assert stories(latin, cyrillic) == 1


TEASER = "Read what our correspondent on the spot has found out about it, with photographs and a map of the area."


@pytest.mark.parametrize(
    ("titles", "text", "count"),
    [
        pytest.param(("A bridge is opened in the north", "Prices of flour go up again"), TEASER, 2, id="an invitation"),
        pytest.param(("A bridge is opened in the north", "In the north a bridge is opened"), TEASER, 1, id="one thing"),
        pytest.param(
            ("Bridge over the Chu opened by the governor", "Governor opens the bridge over the Chu for lorries"),
            "The governor opened the new bridge over the river Chu for lorries on Monday morning.",
            1,
            id="a short note under two headlines",
        ),
        pytest.param(("", "Prices of flour go up again"), TEASER, 1, id="no headline to go by"),
    ],
)
def test_teasers_need_their_headlines_to_agree(titles: tuple[str, str], text: str, count: int) -> None:
    assert stories(article(text, title=titles[0]), article(text, TAN, hour=9, title=titles[1])) == count


TWO_SCRIPTS = {
    "uz": (
        "Vodiyda ikki viloyat kanalning oxirgi qismi haqida kelishib oldi. Fermerlar suvni navbat bilan "
        "oladi, to‘lov esa "
        "hosil yig‘ilgandan keyin bo‘ladi. Choyxonada o‘tgan yig‘ilishda yuzga yaqin kishi qatnashdi.",
        "Водийда икки вилоят каналнинг охирги қисми ҳақида келишиб олди. Фермерлар сувни навбат билан олади, "
        "тўлов эса "
        "ҳосил йиғилгандан кейин бўлади. Чойхонада ўтган йиғилишда юзга яқин киши қатнашди.",
    ),
    "kk, the alphabet of 2021": (
        "Алқапта екі облыс арнаның соңғы бөлігі туралы келісті. Шаруалар суды кезекпен алады, төлем астық "
        "жиналған соң "
        "болады. Мәдениет үйінде өткен жиында жүзге жуық адам қатысты, деп хабарлады әкімдік.",
        "Alqapta ekı oblys arnanyñ soñğy bölıgı turaly kelıstı. Şarualar sudy kezekpen alady, tölem astyq "
        "jinalğan soñ "
        "bolady. Mädeniet üiınde ötken jiynda jüzge juyq adam qatysty, dep habarlady äkımdık.",
    ),
    "kk, the alphabet of 2018": (
        "Алқапта екі облыс арнаның соңғы бөлігі туралы келісті. Шаруалар суды кезекпен алады, төлем астық "
        "жиналған соң "
        "болады. Мәдениет үйінде өткен жиында жүзге жуық адам қатысты, деп хабарлады әкімдік.",
        "Alqapta eki oblys arnanyń sońǵy bóligi týraly kelisti. Sharýalar sýdy kezekpen alady, tólem astyq "
        "jınalǵan soń "
        "bolady. Mádenıet úıinde ótken jıynda júzge jýyq adam qatysty, dep habarlady ákimdik.",
    ),
}


@pytest.mark.parametrize(("one", "other"), TWO_SCRIPTS.values(), ids=TWO_SCRIPTS)
def test_one_text_in_two_scripts_is_one_story(one: str, other: str) -> None:
    assert stories(article(one), article(other, TAN, hour=9)) == 1
    half = other[: other.rindex(". ") + 1]
    assert stories(article(one), article(half, TAN, hour=9)) == 1, "a part of it"


def test_different_texts_in_two_scripts_are_two_stories() -> None:
    texts = [
        *LANGUAGES["uz"].notes,
        TWO_SCRIPTS["uz"][1],
        *LANGUAGES["kk"].notes,
        TWO_SCRIPTS["kk, the alphabet of 2021"][1],
    ]
    assert stories(*(article(text, hour=place) for place, text in enumerate(texts))) == len(texts)


def test_lookalikes_are_the_letters_they_look_like() -> None:
    text = LANGUAGES["en"].notes[0] + " " + LANGUAGES["en"].notes[1]
    disguised = text.replace("a", "а").replace("o", "о")
    assert stories(article(text), article(disguised, TAN, hour=9)) == 1


HEADER = (
    "The valley service of the agency reports every day from both banks of the river, in four languages "
    "and with maps. "
    "Our editors can be reached by telephone at any hour, and letters are answered within a week of their arrival."
)
SMALL = (
    "Farmers chose a new keeper of the sluice on Monday, and the old one handed over his keys at the tea house.",
    "A lorry with apples overturned below the pass, and the crates were gathered by schoolchildren until the evening.",
    "The museum of carpets opens a room for looms that had been kept in the cellar since the flood of last century.",
    "Two herds were mixed up on the summer pasture and it took the judges of both villages three days to part them.",
    "A bell that had been lost for sixty years was found in the bed of a canal when the water was let out in spring.",
    "The ferry has a new engine, the third in its life, and the captain promises to be on time until the ice comes.",
    "Bakers of the lower town agreed on one weight of a loaf after a quarrel that had lasted the whole of the winter.",
    "A school for drivers of snow ploughs has opened in the north, and all its forty places were taken in one morning.",
)


def test_a_header_above_many_notes_of_an_outlet_is_no_reprint() -> None:
    texts = [f"{HEADER}\n{note}" for note in SMALL]
    assert all(resemble(one, other) for one, other in combinations(texts, 2))
    assert stories(*(article(text, hour=place) for place, text in enumerate(texts))) == len(SMALL)


def test_a_footer_alone_is_not_the_original_of_the_notes_above_it() -> None:
    notes = [article(f"{note}\n{HEADER}", hour=9 + place) for place, note in enumerate(SMALL)]
    assert stories(article(HEADER, hour=8), *notes) == 1 + len(SMALL)


def test_a_note_between_header_and_footer_is_still_reprinted() -> None:
    below = LANGUAGES["en"].footer
    texts = [f"{HEADER}\n{note}\n{below}" for note in SMALL]
    reprint = article(f"{HEADER}\n{SMALL[0]}\n{below}\nPassed on by Tan.", TAN, hour=20)
    assert stories(*(article(text, hour=place) for place, text in enumerate(texts)), reprint) == len(SMALL)


def test_a_report_that_many_outlets_reprint_is_one_story() -> None:
    report = "\n".join(SMALL)
    copies = [article(f"{report}\nCopy {place}.", f"outlet{place}.example", hour=place) for place in range(20)]
    assert stories(*copies) == 1


def test_one_text_at_many_addresses_of_an_outlet_is_one_story() -> None:
    report = "\n".join(SMALL)
    assert stories(*(article(report, hour=place) for place in range(12))) == 1
    assert stories(*(article(f"{report}\nUpdated {place} times.", hour=place) for place in range(12))) == 1


LICENCE_EN = (
    "All rights reserved. Reprints of reports of the agency are allowed under contract only; quoting in "
    "other media needs "
    "an active link in the first paragraph. Photographs may not be used without the written consent of the archive."
)
LICENCE_RU = (
    "Все права защищены. Использование материалов агентства допускается только по договору, при цитировании в других "
    "изданиях обязательна гиперссылка в первом абзаце. Снимки нельзя использовать без письменного согласия архива."
)


@pytest.mark.parametrize(
    ("notes", "licence"),
    [
        pytest.param(
            (
                "Kazakhstan sends forty lorries of flour over the pass before the snow closes it for the winter.",
                "A keeper of falcons from Kazakhstan won the contest on the lake for the third time in a row.",
            ),
            LICENCE_EN,
            id="en",
        ),
        pytest.param(
            (
                "Казахстан отправит через перевал сорок грузовиков муки, пока снег не закрыл его на зиму.",
                "Сокольник, которого прислал Казахстан, в третий раз подряд выиграл состязание на озере.",
            ),
            LICENCE_RU,
            id="ru",
        ),
    ],
)
def test_news_of_one_country_over_an_agency_licence_are_two_stories(notes: tuple[str, str], licence: str) -> None:
    one, other = (f"{note}\n{licence}" for note in notes)
    assert resemble(one, other)
    assert stories(article(one), article(other, TAN, hour=9)) == 2


def test_a_short_note_under_a_translated_headline_is_one_story() -> None:
    text = "На границе двух долин в понедельник открыли новый мост, первыми по нему прошли школьники."
    titles = ("На границе открыли новый мост", "A new bridge is opened on the border")
    assert stories(article(text, title=titles[0]), article(text, TAN, hour=9, title=titles[1])) == 1


RATE_KY = (
    "Бүгүн доллардын расмий курсу {} сом, евронуку {} сом болуп белгиленди, деп билдирди банктын кызматы кечке жуук."
)


def test_two_rates_of_one_day_are_two_stories() -> None:
    assert stories(article(RATE_KY.format("87,45", "98,10")), article(RATE_KY.format("87,61", "97,84"), hour=17)) == 2


@pytest.mark.parametrize(
    ("language", "notes"),
    [
        pytest.param(
            "en",
            (
                "President Tokayev met the prime minister of Kazakhstan on Monday to discuss the budget of the "
                "regions.",
                "President Tokayev signed a law on Monday on the service of the border guards of Kazakhstan.",
            ),
            id="en",
        ),
        pytest.param(
            "ru",
            (
                "Президент Казахстана Касым-Жомарт Токаев в понедельник принял премьер-министра с докладом о бюджете.",
                "Президент Казахстана Касым-Жомарт Токаев в понедельник подписал закон о пограничной службе.",
            ),
            id="ru",
        ),
        pytest.param(
            "kk",
            (
                "Қазақстан Президенті Қасым-Жомарт Тоқаев дүйсенбіде Премьер-министрді бюджет туралы есеппен "
                "қабылдады.",
                "Қазақстан Президенті Қасым-Жомарт Тоқаев дүйсенбіде шекара қызметі туралы заңға қол қойды.",
            ),
            id="kk",
        ),
        pytest.param(
            "zh",
            (
                "哈萨克斯坦总统托卡耶夫星期一接见总理，听取关于各州预算执行情况的汇报。",
                "哈萨克斯坦总统托卡耶夫星期一签署边防法，规定士兵的服役期限和住房。",
            ),
            id="zh",
        ),
    ],
)
def test_two_deeds_of_one_president_over_one_footer_are_two_stories(language: str, notes: tuple[str, str]) -> None:
    below = LANGUAGES[language].footer
    one, other = (f"{note}\n{below}" for note in notes)
    assert resemble(one, other)
    assert stories(article(one), article(other, hour=9)) == 2


@IN_EVERY_LANGUAGE
def test_an_update_of_a_note_with_its_footer_is_the_same_story(given: Material) -> None:
    note, addition = given.notes[:2]
    assert stories(article(f"{note}\n{given.footer}"), article(f"{note}\n{addition}\n{given.footer}", hour=12)) == 1


def test_headlines_too_long_to_be_known_to_their_end_are_not_equal() -> None:
    long = "The council on the lake met and " + "talked and " * 25
    assert not have_one_headline(fingerprint("", f"{long} part 1"), fingerprint("", f"{long} part 2"))
