"""What changes around an article is no edit; corrections, numbers and names are."""

from __future__ import annotations

import pytest
from samples import PARAGRAPHS, text

from worker.judging.furniture import is_same_article

BODY = text(0, 1, 2, 3, 4, 5)
TITLE = "A meeting on the lake"

MOVING = [
    ("1,204 views", "1,377 views"),
    ("Views: 1204", "Views: 13"),
    ("12 shares · 3 comments", "14 shares · 9 comments"),
    ("5 minutes ago", "2 hours ago"),
    ("By Jane Roe, 5 minutes ago", "By Jane Roe, an hour ago"),
    ("Просмотров: 1 204", "Просмотров: 1 377"),
    ("1204 просмотра", "1211 просмотров"),
    ("5 минут назад", "3 часа назад"),
    ("Комментарии (3)", "Комментарии (17)"),
    ("Görüntülenme: 812", "Görüntülenme: 9.120"),
    ("20 dakika önce", "3 saat önce"),
    ("Қаралым: 15", "Қаралым: 215"),
    ("10 минут бұрын", "1 сағат бұрын"),
    ("Көрүлдү: 15", "Көрүлдү: 16"),
    ("10 мүнөт мурун · 3 саат мурун", "10 мүнөт мурун · 4 саат мурун"),
    ("Ko‘rildi: 77", "Ko‘rildi: 770"),
    ("2 soat oldin", "3 soat oldin"),
    ("Кўрилди: 77", "Кўрилди: 78"),
    ("Шарҳҳо: 4", "Шарҳҳо: 5"),
    ("Görüldi: 5", "Görüldi: 6"),
    ("Baxış: 455", "Baxış: 466"),
    ("3 saat əvvəl", "4 saat əvvəl"),
    ("Դիտումներ՝ 45 դիտում", "Դիտումներ՝ 46 դիտում"),
    ("阅读 1024", "阅读 2048"),
    ("3小时前", "4小时前"),
    ("Read also: Apples in four alphabets", "Read also: A baker's day"),
    ("Читайте также: Яблоки подорожали", "Читайте также: Хлеб подешевел"),
    ("İlgili haberler\nElma fiyatları\nEkmek", "İlgili haberler\nYeni liman\nFeribot"),
    ("Тағы оқыңыз:\nАлма\nНан", "Тағы оқыңыз:\nКеме\nКөл"),
    ("Shuningdek o‘qing: Olma", "Shuningdek o‘qing: Non"),
    ("相关阅读\n苹果涨价\n面包降价", "相关阅读\n渡轮\n湖"),
    ("Advertisement", "Advertisement\nAdvertisement"),
    ("Реклама", ""),
    ("Подпишитесь на наш канал в Telegram!", "Подписывайтесь на наш канал"),
]


@pytest.mark.parametrize(("before", "after"), MOVING)
def test_what_moves_around_an_article_is_no_edit(before: str, after: str) -> None:
    for place in ("{0}\n{1}", "{1}\n{0}"):
        old, new = place.format(BODY, before), place.format(BODY, after)
        assert is_same_article((TITLE, old), (TITLE, new)), place


EDITS = [
    ("three officers", "four officers"),
    ("Turkey", "Armenia"),
    ("By noon", "By evening"),
    ("did not comment.", "did not comment. Correction: an earlier text gave another number of chairs."),
    (PARAGRAPHS[5], ""),
    ("The ministers", "Ministers"),
]


@pytest.mark.parametrize(("before", "after"), EDITS)
def test_corrections_numbers_and_names_are_edits(before: str, after: str) -> None:
    assert not is_same_article((TITLE, BODY), (TITLE, BODY.replace(before, after)))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            "Видео набрало 1200 просмотров за сутки, сообщил министр обороны на брифинге.",
            "Видео набрало 9200 просмотров за сутки, сообщил министр обороны на брифинге.",
        ),
        ("The blast happened 5 minutes ago, said the mayor.", "The blast happened 5 minutes ago, said the governor."),
        ("7 soldiers were hurt.", "9 soldiers were hurt."),
        ("Погибли 3 человека.", "Погибли 5 человек."),
    ],
)
def test_a_short_line_of_the_article_is_not_taken_for_a_counter(before: str, after: str) -> None:
    if "просмотров" in before:
        before, after = (
            before + " " + PARAGRAPHS[0],
            after + " " + PARAGRAPHS[0],
        )  # a paragraph, not a line below a picture
    assert not is_same_article((TITLE, f"{BODY}\n{before}"), (TITLE, f"{BODY}\n{after}"))


def test_another_headline_is_an_edit() -> None:
    assert not is_same_article((TITLE, BODY), ("A quarrel on the lake", BODY))


def test_a_hostile_text_takes_no_time() -> None:
    lines = "\n".join(["1 " * 70, "views " * 25, "5 minutes " * 15, "читайте " * 18] * 5_000)
    assert is_same_article((TITLE, lines), (TITLE, lines))
