"""Offices of the packaged vocabulary: who is meant depends on the day of the article. Texts are invented."""

from __future__ import annotations

from datetime import date

import pytest
from vocabularies import packaged_tagger

from worker.tagging.tagger import Tagger
from worker.vocabulary.entities import Entity


@pytest.fixture(scope="module")
def tagger() -> Tagger:
    return packaged_tagger()


def found(tagger: Tagger, text: str, language: str, day: str | None) -> set[str]:
    when = date.fromisoformat(day) if day else None
    return {mention.entity for _, mention in tagger.tag_fields({"text": text}, language, day=when)}


@pytest.mark.parametrize(
    ("language", "text", "day", "wanted", "unwanted"),
    [
        ("ru", "Верховный лидер Ирана Хаменеи выступил.", "2022-01-05", "ali-khamenei", "mojtaba-khamenei"),
        ("ru", "Верховный лидер Ирана Хаменеи выступил.", "2026-04-02", "mojtaba-khamenei", "ali-khamenei"),
        ("en", "Supreme Leader Khamenei spoke in Tehran.", "2024-03-01", "ali-khamenei", "mojtaba-khamenei"),
        ("en", "Supreme Leader Khamenei spoke in Tehran.", "2026-05-01", "mojtaba-khamenei", "ali-khamenei"),
        ("tr", "İran Dini Lideri Hamaney konuştu.", "2026-05-01", "mojtaba-khamenei", "ali-khamenei"),
        ("zh", "伊朗最高领袖哈梅内伊发表讲话。", "2025-01-01", "ali-khamenei", "mojtaba-khamenei"),
        ("ru", "Министр обороны Мукамбетов осмотрел часть.", "2026-02-23", "ruslan-mukambetov", ""),
        ("ru", "Министр обороны Мукамбетов осмотрел часть.", "2022-01-10", "", "ruslan-mukambetov"),
        ("ky", "Коопсуздук кеңешинин катчысы Мамасадыков сүйлөдү.", "2026-01-10", "rustam-mamasadykov", ""),
        ("ky", "Коопсуздук кеңешинин катчысы Мамасадыков сүйлөдү.", "2024-01-10", "", "rustam-mamasadykov"),
        ("ru", "Глава ГКНБ Шабданбеков вернулся.", "2026-03-01", "jumgalbek-shabdanbekov", ""),
        ("ru", "Глава ГКНБ Шабданбеков вернулся.", "2023-03-01", "", "jumgalbek-shabdanbekov"),
        ("ru", "Генсек ОДКБ Масадыков прибыл.", "2026-03-01", "taalatbek-masadykov", ""),
        ("ru", "Генпрокурор Казахстана Нурдаулетов ушёл.", "2021-03-01", "gizat-nurdauletov", ""),
        ("uz", "Bosh vazir Aripov yigʻilish oʻtkazdi.", None, "abdulla-aripov", ""),
        ("en", "Kyrgyz prime minister Kasymaliev resigned.", "2025-06-01", "adylbek-kasymaliev", ""),
        ("en", "Mojtaba Khamenei was wounded.", "2020-01-01", "mojtaba-khamenei", "ali-khamenei"),
    ],
)
def test_an_office_vouches_while_it_is_held(
    tagger: Tagger, language: str, text: str, day: str | None, wanted: str, unwanted: str
) -> None:
    entities = found(tagger, text, language, day)
    assert set(wanted.split()) <= entities
    assert not set(unwanted.split()) & entities


def holders(entities: tuple[Entity, ...], title: str, day: str) -> list[str]:
    when = date.fromisoformat(day)
    return [
        entity.id for entity in entities for office in entity.offices if office.title == title and office.was_held(when)
    ]


@pytest.mark.parametrize(
    ("title", "day", "holder"),
    [
        ("Minister of Defence of Kazakhstan", "2022-01-05", "murat-bektanov"),
        ("Minister of Defence of Kazakhstan", "2024-01-05", "ruslan-zhaksylykov"),
        ("Minister of Defence of Kazakhstan", "2026-02-05", "dauren-kosanov"),
        ("Minister of Defence of Kyrgyzstan", "2022-01-05", "baktybek-bekbolotov"),
        ("Minister of Defence of Kyrgyzstan", "2026-02-05", "ruslan-mukambetov"),
        ("Secretary of the Security Council of Kyrgyzstan", "2026-02-05", "rustam-mamasadykov"),
        ("Secretary General of the CSTO", "2022-01-06", "stanislav-zas"),
        ("Secretary General of the CSTO", "2026-02-05", "taalatbek-masadykov"),
        ("President of Turkmenistan", "2022-01-06", "gurbanguly-berdimuhamedow"),
        ("President of Turkmenistan", "2026-01-06", "serdar-berdimuhamedow"),
        ("Supreme Leader of Iran", "2026-06-01", "mojtaba-khamenei"),
        ("Chairman of the Cabinet of Ministers of Kyrgyzstan", "2025-01-06", "adylbek-kasymaliev"),
        ("President of the United States", "2022-01-06", "joe-biden"),
    ],
)
def test_an_office_has_one_holder_a_day(tagger: Tagger, title: str, day: str, holder: str) -> None:
    assert holders(tagger.vocabulary.entities, title, day) == [holder]


def test_no_two_people_hold_one_office_for_years(tagger: Tagger) -> None:
    """Only where years or months meet, and where one acts for another, may the holders of an office be two."""
    titles = {office.title for entity in tagger.vocabulary.entities for office in entity.offices}
    for title in titles:
        for year in range(1992, 2027):
            assert len(holders(tagger.vocabulary.entities, title, f"{year}-04-20")) < 3, (title, year)
