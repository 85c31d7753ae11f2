"""What a resemblance means: copy, edition of a template, or an outlet's own words again. All texts are invented."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from db.enums.stories import ReprintRelation
from worker.dedup.cluster import Link, find_link
from worker.dedup.fingerprint import fingerprint
from worker.dedup.members import Member, is_same_day, is_same_outlet

RATES_RU = (
    "Национальный банк установил официальный курс валют на {} января. Доллар США оценивается в {} сома, "
    "евро в {} сома, российский рубль в {} сома, казахский тенге в {} сома. За сутки американская валюта "
    "{} на {} тыйына. Учётная ставка не изменилась, сообщает пресс-служба регулятора в ежедневной сводке "
    "для коммерческих банков и обменных пунктов страны, которая публикуется каждое утро рабочего дня."
)
WEATHER_KY = (
    "Кыргызгидромет {} мартка карата аба ырайынын божомолун жарыялады. Чүй өрөөнүндө түнкүсүн {} градус, "
    "күндүзү {} градус жылуу болот. Ысык-Көлдө түнкүсүн {} градус, күндүзү {} градус күтүлөт. Нарын "
    "облусунда айрым жерлерде кар жаайт, жолдо тайгак болушу мүмкүн. Айдоочуларга сак болуу эскертилди, "
    "ашууларда көчкү коркунучу сакталууда, куткаруучулар күнү-түнү кезметте турушат."
)
MISSING_EN = (
    "Police in the {} district are looking for {}, who left home and has not come back. Anyone who has seen the "
    "missing person or knows anything about where they may be is asked to call the duty officer or the nearest "
    "station at any hour. All calls are answered and callers need not give their names to the officer. "
    "Volunteers meet at the town hall every evening and are given maps and lamps before they set out."
)
BORDER_EN = (
    "Two border posts that had been shut since the spring opened again on Monday after delegations of both sides "
    "agreed on the last disputed stretch near the reservoir. Lorries with apples and cement were the first to "
    "cross. Traders who had lost a season said that they would wait before taking on new loans, since the "
    "agreement leaves open who pays for the bridge. The governor of the province called the day a beginning. "
    "Farmers upstream, who share the canal, were less sure: water was not mentioned in the text at all."
)
LATER_EN = (
    "A farmer was fined on Friday for watering his orchard out of turn, the first case of its kind in the valley. "
    "The court found that he had opened the sluice three nights in a row while the village below was to be "
    "served, and took into account that the schedule had been hung up on one door only. He will appeal. His "
    "neighbours have collected money for the fine, and the council has promised boards at every sluice by autumn."
)


def member(name: str, source: str | None, day: str | None) -> Member[str]:
    return Member(name, None, date.fromisoformat(day) if day else None, source)


def link(
    first: str, second: str, outlets: tuple[str | None, str | None], days: tuple[str | None, str | None]
) -> Link[str] | None:
    return find_link(
        member("a", outlets[0], days[0]), fingerprint(first), member("b", outlets[1], days[1]), fingerprint(second)
    )


SAME, OTHER, NO_OUTLET = ("nur.example", "nur.example"), ("nur.example", "tan.example"), (None, None)
TODAY, TOMORROW, NO_DAY = ("2022-01-12", "2022-01-12"), ("2022-01-12", "2022-01-13"), (None, None)

RATES = (
    RATES_RU.format(12, "87,45", "98,10", "1,15", "0,19", "подешевела", 25),
    RATES_RU.format(13, "87,61", "97,84", "1,14", "0,18", "подорожала", 16),
)
WEATHER = (WEATHER_KY.format(4, "1…3", "9…11", "2…4", "7…9"), WEATHER_KY.format(5, "3…5", "12…14", "2…4", "8…10"))
MISSING = (MISSING_EN.format("Alamedin", "Azamat Toktosunov"), MISSING_EN.format("Sokuluk", "Nurgul Bekova"))
FIGURE = (
    BORDER_EN + " In all 24 lorries and 310 people crossed by noon, 12 of them on foot, on day 1 of 90.",
    BORDER_EN + " In all 25 lorries and 310 people crossed by noon, 12 of them on foot, on day 1 of 90.",
)
EXTENDED = (BORDER_EN, BORDER_EN + " By evening the queue on the southern side was two kilometres long.")
BACKGROUND = (BORDER_EN, LATER_EN + " " + BORDER_EN[: len(BORDER_EN) * 2 // 3])


@pytest.mark.parametrize(
    ("texts", "outlets", "days", "relation"),
    [
        pytest.param(RATES, SAME, TOMORROW, ReprintRelation.EDITION, id="rates of two days"),
        pytest.param(WEATHER, SAME, TOMORROW, ReprintRelation.EDITION, id="weather of two days"),
        pytest.param(MISSING, SAME, TOMORROW, ReprintRelation.EDITION, id="two missing persons"),
        pytest.param(RATES, SAME, NO_DAY, ReprintRelation.EDITION, id="an unknown day counts as another"),
        pytest.param(RATES, NO_OUTLET, NO_DAY, ReprintRelation.EDITION, id="the text says it, outlet and day unknown"),
        pytest.param(
            (RATES[0], RATES[0]), OTHER, TOMORROW, ReprintRelation.COPY, id="rates reprinted by another outlet"
        ),
        pytest.param((RATES[0], RATES[0]), SAME, TOMORROW, ReprintRelation.COPY, id="an outlet's identical text again"),
        pytest.param((BORDER_EN, BORDER_EN), SAME, NO_DAY, ReprintRelation.COPY, id="identical, days unknown"),
        pytest.param(RATES, SAME, TODAY, ReprintRelation.EDITION, id="rates of noon and of the evening"),
        pytest.param(FIGURE, SAME, TOMORROW, ReprintRelation.COPY, id="a figure corrected the next day"),
        pytest.param(EXTENDED, SAME, TOMORROW, ReprintRelation.COPY, id="a sentence added the next day"),
        pytest.param(BACKGROUND, SAME, TOMORROW, ReprintRelation.REUSE, id="yesterday's story as background"),
        pytest.param(BACKGROUND, SAME, NO_DAY, ReprintRelation.REUSE, id="background, days unknown"),
        pytest.param(BACKGROUND, SAME, TODAY, ReprintRelation.COPY, id="background on one day"),
        pytest.param(BACKGROUND, OTHER, TOMORROW, ReprintRelation.COPY, id="a partial reprint by another outlet"),
        pytest.param(BACKGROUND, NO_OUTLET, NO_DAY, ReprintRelation.COPY, id="a partial reprint, outlets unknown"),
        pytest.param(
            ("Курс валют", "Курс валют"), SAME, TOMORROW, ReprintRelation.EDITION, id="a line above a picture"
        ),
        pytest.param(("Курс валют", "Курс валют"), OTHER, TOMORROW, ReprintRelation.COPY, id="the same line elsewhere"),
    ],
)
def test_relation(
    texts: tuple[str, str],
    outlets: tuple[str | None, str | None],
    days: tuple[str | None, str | None],
    relation: ReprintRelation,
) -> None:
    found = link(*texts, outlets, days)
    back = link(texts[1], texts[0], outlets[::-1], days[::-1])
    assert found is not None
    assert back is not None
    assert found.relation is back.relation is relation
    assert found.joins is (relation is ReprintRelation.COPY)


def test_strangers_have_no_link() -> None:
    assert link(BORDER_EN, LATER_EN, OTHER, TODAY) is None


@pytest.mark.parametrize(
    ("a", "b", "same"),
    [
        pytest.param(Member(1, source="24.KG"), Member(2, source=" 24.kg"), True, id="case and spaces"),
        pytest.param(Member(1, source="24.kg"), Member(2, source="nur.kz"), False, id="two outlets"),
        pytest.param(
            Member(1, "https://www.nur.example/a"), Member(2, "https://nur.example/b", source="Nur"), True, id="by host"
        ),
        pytest.param(Member(1, source="Nur"), Member(2, "https://nur.example/b"), None, id="not comparable"),
        pytest.param(Member(1, "http://[bad"), Member(2, "http://[bad"), None, id="address that is none"),
        pytest.param(Member(1), Member(2), None, id="unknown"),
    ],
)
def test_same_outlet(a: Member[int], b: Member[int], same: bool | None) -> None:
    assert is_same_outlet(a, b) is is_same_outlet(b, a) is same


def test_days_are_compared_in_utc() -> None:
    late = Member(1, published_at=datetime.fromisoformat("2022-01-06T01:00:00+06:00"))
    assert is_same_day(late, Member(2, published_at=date(2022, 1, 5))) is True
    assert is_same_day(late, Member(2, published_at=datetime(2022, 1, 6, tzinfo=UTC))) is False
    assert is_same_day(late, Member(2)) is None


def test_a_naive_instant_is_refused() -> None:
    naive = datetime(2022, 1, 6, tzinfo=UTC).replace(tzinfo=None)
    with pytest.raises(ValueError, match="no time zone"):
        _ = Member(1, published_at=naive).order
