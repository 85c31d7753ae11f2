"""When a capital stands for its government, language by language; what the seeds' counts need. Texts are invented."""

from __future__ import annotations

import pytest
from vocabularies import packaged_tagger

from worker.tagging.tagger import Tagger


@pytest.fixture(scope="module")
def tagger() -> Tagger:
    return packaged_tagger()


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


@pytest.mark.parametrize(
    ("language", "text", "state"),
    [
        ("en", "The Kremlin has no comment.", "russia"),
        ("en", "Aides close to the Kremlin disagree, Kremlin spokesmen add.", "russia"),
        ("en", "A ball was held in the Kremlin.", None),
        ("en", "The chief of the Pentagon resigned.", "united-states"),
        ("en", "Guests waited at the White House.", None),
        ("ru", "Реакция Кремля последовала вечером.", "russia"),
        ("ru", "В Кремле сообщили о звонке.", "russia"),
        ("ru", "В Кремле прошёл бал.", None),
        ("tr", "Beyaz Saray'ın kararı bekleniyor.", "united-states"),
        ("tr", "Kremlin'de balo düzenlendi.", None),
        ("ky", "Кремлдин жообу белгисиз.", "russia"),
        ("kk", "Кремльде бал өтті.", None),
        ("uz", "Pentagon javob berdi.", "united-states"),
        ("az", "Kremldə görüş oldu.", None),
        ("hy", "Կրեմլը հերքեց լուրը։", "russia"),
        ("zh", "白宫发言人拒绝置评。", "united-states"),
    ],
)
def test_a_seat_of_power_is_its_government_unless_it_is_where_something_happens(
    tagger: Tagger, language: str, text: str, state: str | None
) -> None:
    seats = [one for one in tagger.tag(text, language) if one.entity in ("kremlin", "white-house", "pentagon")]
    assert seats
    assert {one.metonym_of for one in seats} == {state}


def test_what_belongs_to_a_seat_is_not_its_government(tagger: Tagger) -> None:
    assert [(one.entity, one.metonym_of) for one in tagger.tag("Кремлёвские часы отстали.", "ru")] == [
        ("kremlin", None)
    ]


def test_no_other_place_stands_for_a_government(tagger: Tagger) -> None:
    assert [one.metonym_of for one in tagger.tag("Almaty said it would pay.", "en")] == [None]
