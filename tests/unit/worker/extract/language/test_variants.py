"""The language of headlines and briefs in every spelling that we meet. All of them are invented."""

import pytest

from worker.extract.language.detection import DeclaredLanguages, detect_language, identify_language
from worker.extract.language.letters import NAMED
from worker.vocabulary.entities import LANGUAGES

# Russian without a single ы, э, ъ or ё.
PLAIN_RUSSIAN = (
    "Пограничники двух стран завершили учения на полигоне в горах",
    "Участники отработали действия в обороне и в наступлении, сообщили в штабе",
    "Итоги подведут в пятницу после визита делегации из Ташкента",
    "Глава района доложил о состоянии дорог и о подготовке к зиме",
    "Комиссия назначит проверку в четверг, а министр посетит Ош и Баткен",
    "Секретарь совета поручил усилить контроль за доставкой топлива на юг",
)
HEADLINES = {
    "ru": (
        *PLAIN_RUSSIAN,
        "Глава МИД Казахстана посетил Ташкент",
        "Совет министров рассмотрел проект договора",
        "Токаев поздравил Рахмона с Наурузом",
        "В Алматы ограничат движение транспорта",
        "Мирзиёев прибыл в Душанбе на переговоры",
        "ПРЕЗИДЕНТ КАЗАХСТАНА ПРИБЫЛ В БИШКЕК",
        "Путин и Токаев обсудили транзит нефти",
    ),
    "en": (
        "Tajikistan signs gas deal",
        "Kazakh president fires cabinet",
        "Putin, Tokayev discuss Karabakh",
        "Kyrgyz opposition leader detained",
        "Dushanbe, Tashkent reopen border posts",
        "CSTO troops leave Almaty",
        "Police detain protesters in Almaty",
        "Central Asia Pipeline Politics",
        "Uzbek journalist jailed over Instagram post",
        "China-Kyrgyzstan-Uzbekistan railway: Construction starts",
        "A New Great Game? Water and Power in the Pamirs",
        "TAJIK GUARDS OPEN FIRE AT BORDER",
    ),
    "kk": (
        "Тоқаев Өзбекстанға барды",
        "Мемлекет басшысы Астанада кездесу өткізді",
        "Алматыда жиналыс болды",
        "Елордада жаңа мектеп ашылды",
        "ҮКІМЕТ ОТЫРЫСЫНДА БЮДЖЕТ ҚАРАЛДЫ",
    ),
    "kk, alphabet of 2017": (
        "Qazaqstan Prezidenti bu'gin Astanada jan'a jobamen tanysty",
        "U'kimet otyrysynda jan'a bag'darlama talqylandy",
    ),
    "kk, alphabet of 2018": (
        "Qazaqstan Prezidenti Astanada kezdesý ótkizdi",
        "Úkimet otyrysynda jańa baǵdarlama talqylandy",
        "Memleket basshysy Almatyǵa bardy",
        "Elordada jańa mektep ashyldy",
        "Qasym-Jomart Toqaev halyqqa joldaý jasady",
        "Ministr jumys saparymen Túrkistan oblysyna keldi",
    ),
    "kk, alphabet of 2021": (
        "Qazaqstan Prezidenti Astanada kezdesu ötkızdı",
        "Ükımet otyrysynda jaña bağdarlama talqylandy",
        "Memleket basşysy Almatyğa bardy",
        "Elordada jaña mektep aşyldy",
        "Qasym-Jomart Toqaev halyqqa joldau jasady",
    ),
    "ky": (
        "Жогорку Кеңеш жаңы мыйзам кабыл алды",
        "Өкмөт бюджетти бекитти",
        "Баткенде мектеп курулат",
        "Кыргызстан менен Тажикстан чек ара боюнча макулдашты",
        "Президент Жапаров Ошко барды",
    ),
    "uz": (
        "Mirziyoyev Dushanbega bordi",
        "Toshkentda yangi maktab ochildi",
        "O‘zbekiston Prezidenti Ostonada uchrashuv o‘tkazdi",
        "Senat qonunni ma’qulladi",
        "Prezident farmon imzoladi, vazir ishdan olindi",
        "Ozbekiston Prezidenti Qozogistonga tashrif buyurdi",
    ),
    "uz, Cyrillic": (
        "Мирзиёев Душанбега борди",
        "Ўзбекистон Президенти Остонада учрашув ўтказди",
        "Тошкентда янги мактаб очилди",
        "Самарқандда саммит бошланди",
        "Вазирлар Маҳкамаси қарор қабул қилди",
    ),
    "tg": (
        "Президент бо сафир мулоқот кард",
        "Дар Душанбе мактаби нав ифтитоҳ шуд",
        "Эмомалӣ Раҳмон ба Чин сафар кард",
        "Дар сарҳад тирпаронӣ шуд",
        "Вазорати корҳои хориҷӣ изҳорот дод",
        "Парлумон қонунро қабул кард",
    ),
    "tk": (
        "Türkmenistanyň Prezidenti Daşkende bardy",
        "Aşgabatda täze mekdep açyldy",
        "Ministrler Kabineti mejlis geçirdi",
        "Ýurtda gaz önümçiligi artdy",
    ),
    "az": (
        "Prezident İlham Əliyev Daşkəndə gedib",
        "Bakıda yeni məktəb açılıb",
        "Nazirlər Kabineti qərar qəbul etdi",
        "Ordu sərhəddə təlim keçirib",
    ),
    "tr": (
        "Erdoğan Taşkent'e gitti",
        "Cumhurbaşkanı Astana'da görüştü",
        "Bakanlar Kurulu karar aldı",
        "Ermenistan ile sınır açılıyor",
        "Fidan: Karabağ konusunda mutabakat var",
    ),
    "hy": ("Նախագահը մեկնեց Մոսկվա այսօր", "Կառավարությունը հաստատեց ծրագիրը"),
}
# In what the vocabulary lacks, a sentence suffices to be told from what it has.
OTHERS = {
    "uk": "Уряд затвердив нову програму, наступного року в південних регіонах відкриються робочі місця.",
    "bg": "Министърът ще посети столицата, където ще обсъди с колегите си търговията между двете държави.",
    "sr": "Влада је усвојила нови програм, а следеће године ће на југу земље бити отворена нова радна места.",
    "fr": "Le gouvernement a approuvé le nouveau programme, et des emplois seront créés dans le sud l’an prochain.",
    "de": "Die Regierung hat das neue Programm gebilligt, im nächsten Jahr entstehen im Süden neue Arbeitsplätze.",
    "es": "El gobierno aprobó el nuevo programa y el año que viene habrá más empleo en las regiones del sur.",
    "pl": "Rząd zatwierdził nowy program, a w przyszłym roku w południowych regionach powstaną miejsca pracy.",
    "cs": "Vláda schválila nový program a příští rok vzniknou v jižních oblastech země nová pracovní místa.",
}


def _cases(headlines: dict[str, tuple[str, ...]]) -> list[object]:
    return [
        pytest.param(name.partition(",")[0], text, id=f"{name}: {text[:30]}")
        for name, texts in headlines.items()
        for text in texts
    ]


def test_the_languages_of_the_vocabulary_are_those_that_weigh_more() -> None:
    assert {language.partition("-")[0] for language in LANGUAGES} == NAMED


@pytest.mark.parametrize(("language", "text"), _cases(HEADLINES))
def test_a_headline_is_enough(language: str, text: str) -> None:
    assert detect_language(text) == language


@pytest.mark.parametrize("language", OTHERS)
def test_a_sentence_in_another_language_is_still_told(language: str) -> None:
    assert detect_language(OTHERS[language]) == language
    assert detect_language(" ".join([OTHERS[language]] * 5)) == language


@pytest.mark.parametrize("count", range(1, len(PLAIN_RUSSIAN) + 1))
def test_russian_without_its_own_letters_stays_russian(count: int) -> None:
    text = ". ".join(PLAIN_RUSSIAN[:count]) + "."
    assert not set("ыэъё") & set(text.lower())
    assert identify_language(text).language == "ru"
    assert identify_language(text.upper()).language == "ru"


@pytest.mark.parametrize(
    "text",
    [
        "Президент Қасым-Жомарт Тоқаев принял главу МИД",
        "Встреча Әлихана Смайылова и Романа Скляра прошла в Астане",
        "Эмомалӣ Раҳмон провел переговоры в Душанбе",
        "Ҳоким Холиқзода и Сироҷиддин Муҳриддин обсудили поставки зерна",
        "Партия «Әділетті Қазақстан» начала работу в регионах",
        "Өзгөчө кырдаал министрлиги сообщило о паводке в Оше, а Садыр Жапаров поручил помочь семьям",
        "Глава государства Қасым-Жомарт Тоқаев провёл встречу с Серіком Жұманғариным и Нұрланом Ермекбаевым",
        "Фонд «Қазақстан халқына» выделил семьям по семь миллионов тенге. По словам Әсел Қожақметовой и Гүлнар "
        "Бектұрғановой, помощь получат все, кто потерял жильё во время паводка в области.",
    ],
)
def test_names_in_letters_of_another_language_do_not_change_russian(text: str) -> None:
    assert detect_language(text) == "ru"


@pytest.mark.parametrize(
    ("text", "both"),
    [
        pytest.param("Президент Парижге барды", {"kk", "ky"}, id="letters that all Turkic languages have"),
        pytest.param("Президент Трамп сенатка каршы", {"ky", "ru"}, id="one word that is no name"),
        pytest.param("Ukrayna prezidenti Türkiyede", {"az", "tr"}, id="no letter of its own"),
        pytest.param("Президент Раҳмон Москва", {"tg", "uz"}, id="one letter, in a name"),
    ],
)
def test_two_languages_that_are_close_are_both_told(text: str, both: set[str]) -> None:
    assert set(identify_language(text)) == both


def test_there_is_no_second_language_where_one_is_sure() -> None:
    assert identify_language("The ministers of five republics spoke of pumps and of rain.").second is None
    assert identify_language("Министры пяти республик говорили о насосах и о дожде.").second is None
    assert identify_language("Бес республиканың министрлері сорғылар мен жаңбыр туралы сөйлесті.").second is None


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        pytest.param(DeclaredLanguages(), "ky", id="nothing"),
        pytest.param(DeclaredLanguages(page="kk"), "kk", id="the page"),
        pytest.param(DeclaredLanguages(page="kk-KZ"), "kk", id="the page, with a country"),
        pytest.param(DeclaredLanguages(feed="kk"), "kk", id="the feed"),
        pytest.param(DeclaredLanguages(outlet=("kk", "ru")), "kk", id="the outlet"),
        pytest.param(DeclaredLanguages(page="en", outlet=("kk", "en")), "kk", id="the page lies, the outlet does not"),
        pytest.param(DeclaredLanguages(page="hy"), "ky", id="what cannot be"),
        pytest.param(DeclaredLanguages(page="??", outlet=("", "x")), "ky", id="nonsense"),
    ],
)
def test_what_others_say_decides_a_doubt(said: DeclaredLanguages, expected: str) -> None:
    assert identify_language("Президент Парижге барды", said).language == expected


@pytest.mark.parametrize(
    "said",
    [
        DeclaredLanguages(page="ru"),
        DeclaredLanguages(page="en", feed="en", outlet=("en",)),
        DeclaredLanguages(feed="bg"),
    ],
)
@pytest.mark.parametrize("name", ["kk", "kk, alphabet of 2021", "tg", "uz, Cyrillic", "ky", "ru"])
def test_what_others_say_does_not_outweigh_a_text(said: DeclaredLanguages, name: str) -> None:
    text = ". ".join(HEADLINES[name])
    assert identify_language(text, said).language == name.partition(",")[0]


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        pytest.param(DeclaredLanguages(outlet=("ru",)), "ru", id="an outlet of one language"),
        pytest.param(DeclaredLanguages(outlet=("ru", "kk")), None, id="an outlet of two"),
        pytest.param(DeclaredLanguages(page="kk", feed="ru"), "kk", id="the page before the feed"),
        pytest.param(DeclaredLanguages(page="tr", feed="ru"), "ru", id="the feed where the page cannot be right"),
        pytest.param(DeclaredLanguages(), None, id="nothing said"),
    ],
)
def test_a_text_too_short_to_tell_is_in_the_language_that_is_said(
    said: DeclaredLanguages, expected: str | None
) -> None:
    assert identify_language("Саммит в Москве", said) == (expected, None)
