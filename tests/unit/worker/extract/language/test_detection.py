"""In which language a text is written. All sentences are invented."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from worker.extract.language.detection import detect_language

SENTENCES = {
    "en": "The government approved the new programme, and jobs will open in the southern regions next year.",
    "ru": "Правительство утвердило новую программу, и в южных регионах в следующем году откроются рабочие места.",
    "kk": "Қазақстан үкіметі жаңа бағдарламаны бекітті, келесі жылы оңтүстік өңірлерде жұмыс орындары ашылады.",
    "ky": "Өкмөт жаңы программаны бекитти, келерки жылы түштүк аймактарда жумуш орундары ачылат.",
    "uz": "O‘zbekiston hukumati yangi dasturni tasdiqladi, kelgusi yili janubiy hududlarda ish o‘rinlari ochiladi.",
    "uz (Cyrillic)": "Ўзбекистон ҳукумати янги дастурни тасдиқлади, жанубий ҳудудларда иш ўринлари очилади.",
    "tg": "Ҳукумат барномаи навро тасдиқ кард, соли оянда дар минтақаҳои ҷанубӣ ҷойҳои корӣ кушода мешаванд.",
    "tk": "Hökümet täze maksatnamany tassyklady, indiki ýyl günorta sebitlerde täze iş orunlary açylar.",
    "az": "Hökumət yeni proqramı təsdiq etdi, gələn il cənub bölgələrində yeni iş yerləri açılacaq.",
    "tr": "Hükümet yeni programı onayladı, gelecek yıl güney bölgelerde yeni iş yerleri açılacak.",
    "uk": "Уряд затвердив нову програму, наступного року в південних регіонах відкриються робочі місця.",
    "hy": "Կառավարությունը հաստատեց նոր ծրագիրը, հաջորդ տարի հարավում կբացվեն աշխատատեղեր։",
    "ka": "მთავრობამ ახალი პროგრამა დაამტკიცა, მომავალ წელს სამხრეთში სამუშაო ადგილები გაიხსნება.",
    "zh": "政府批准了新的方案，明年南部地区将开设新的工作岗位，部长们表示对话将继续。",
    "kk (Latin)": "Qazaqstan úkimeti jańa baǵdarlamany bekitti, ońtústik óńirlerde jumys oryndary ashylady.",
}


@pytest.mark.parametrize("name", SENTENCES)
def test_one_sentence_is_enough(name: str) -> None:
    assert detect_language(SENTENCES[name]) == name.partition(" ")[0]


@pytest.mark.parametrize(
    ("text", "declared", "expected"),
    [
        pytest.param("", None, None, id="empty"),
        pytest.param("12.06.2022 — 14:00", None, None, id="no letters"),
        pytest.param("Да, конечно", None, None, id="too short"),
        pytest.param("Да, конечно", "ru", "ru", id="too short, but the page says"),
        pytest.param("Да, конечно", "en", None, id="the page says what cannot be"),
        pytest.param(SENTENCES["ru"] * 3, "en", "ru", id="templates lie"),
        pytest.param(SENTENCES["kk"], "ru", "kk", id="Kazakh letters on a page declared Russian"),
    ],
)
def test_what_the_page_says_counts_only_when_short(text: str, declared: str | None, expected: str | None) -> None:
    assert detect_language(text, declared=declared) == expected


def test_a_foreign_name_does_not_change_the_language() -> None:
    text = SENTENCES["ru"] + " Об этом сообщило агентство «Қазақпарат». " + SENTENCES["ru"]
    assert detect_language(text) == "ru"


def test_addresses_are_no_evidence() -> None:
    assert detect_language("https://example.com/the/government/approved/the/programme " + SENTENCES["ru"]) == "ru"


@given(st.text(max_size=200), st.sampled_from([None, "en", "ru", "kk", "xx"]))
@settings(max_examples=60, deadline=None)
def test_any_text_has_a_code_of_two_letters_or_none(text: str, declared: str | None) -> None:
    language = detect_language(text, declared=declared)
    assert language is None or (len(language) == 2 and language.islower())
