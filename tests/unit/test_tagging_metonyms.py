"""When a capital stands for its government, language by language; what the seeds' counts need. Texts are invented."""

from __future__ import annotations

import pytest

from worker.tagging.tagger import Tagger, load_tagger


@pytest.fixture(scope="module")
def tagger() -> Tagger:
    return load_tagger()


@pytest.mark.parametrize(
    ("language", "text", "state"),
    [
        ("en", "Ankara rejected the offer.", "turkey"),
        ("en", "Ankara’s position has not changed.", "turkey"),
        ("en", "Talks between Moscow and the rebels failed.", "russia"),
        ("en", "On Monday Astana again warned its neighbours.", "kazakhstan"),
        ("en", "The meeting was held in Ankara.", None),
        ("en", "He said in Moscow that nothing would change.", None),
        ("en", "He visited Tashkent and signed a contract.", None),
        ("en", "The road from Bishkek is closed.", None),
        ("ru", "Москва заявила, что ответит.", "russia"),
        ("ru", "Об этом сообщила Анкара.", "turkey"),
        ("ru", "Официальный Ташкент молчит.", "uzbekistan"),
        ("ru", "В Москве заявили об этом журналисты.", None),
        ("ru", "Он прилетел в Душанбе и сказал речь.", None),
        ("tr", "Ankara, bu karara karşı olduğunu açıkladı.", "turkey"),
        ("tr", "Moskova yeni yaptırımları kınadı.", "russia"),
        ("tr", "Bakan Ankara'da konuştu ve kararı açıkladı.", None),
        ("kk", "Астана бұл шешімге қарсы екенін мәлімдеді.", "kazakhstan"),
        ("kk", "Мәскеу келіссөзге дайын екенін хабарлады.", "russia"),
        ("kk", "Ол Астанада сөз сөйлеп, мәлімдеді.", None),
        ("ky", "Бишкек бул тууралуу билдирди.", "kyrgyzstan"),
        ("ky", "Ал Бишкекте бул тууралуу билдирди.", None),
        ("uz", "Toshkent bu haqda bayonot berib, xavotir bildirdi.", "uzbekistan"),
        ("uz", "U Toshkentda bu haqda bildirdi.", None),
        ("az", "Ankara bu barədə məlumat verdi və təklifi dəstəklədi.", "turkey"),
        ("tg", "Душанбе изҳор дошт, ки розӣ аст.", "tajikistan"),
        ("tg", "Дар Душанбе вазир изҳор дошт.", None),
    ],
)
def test_a_capital_that_speaks_or_acts_is_its_government(
    tagger: Tagger, language: str, text: str, state: str | None
) -> None:
    capitals = [one for one in tagger.tag(text, language) if one.type == "place"]
    assert {one.metonym_of for one in capitals} <= {state}
    assert state is None or capitals


def test_no_other_place_stands_for_a_government(tagger: Tagger) -> None:
    assert [one.metonym_of for one in tagger.tag("Almaty said it would pay.", "en")] == [None]
