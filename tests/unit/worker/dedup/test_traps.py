"""What looks like a reprint and is other news, and the reprints that look like it. All texts are invented."""

from __future__ import annotations

from itertools import combinations

import pytest
from storycount import NUR, TAN, article, resemble, stories
from storymaterial import LANGUAGES, Material

from worker.dedup.fingerprint import fingerprint
from worker.dedup.headline import have_one_headline

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
