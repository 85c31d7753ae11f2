"""Dates of publication and of changes beside each other, in all languages of our outlets. All pages are invented."""

from __future__ import annotations

from datetime import date

import pytest

from worker.extract.page import extract_page

WORDS = {
    "en": ("Published", "Updated", "January", "March"),
    "en posted": ("Posted on", "Last modified", "January", "March"),
    "ru": ("Опубликовано", "Обновлено", "января", "марта"),
    "ru changed": ("Размещено", "Дата изменения", "января", "марта"),
    "ru edited": ("Дата публикации", "Отредактировано", "января", "марта"),
    "uk": ("Опубліковано", "Оновлено", "січня", "березня"),
    "tr": ("Giriş", "Güncelleme", "Ocak", "Mart"),
    "tr published": ("Yayınlanma Tarihi", "Son Güncellenme", "Ocak", "Mart"),
    "tr capitals": ("GİRİŞ", "SON DEĞİŞİKLİK", "OCAK", "MART"),
    "tr added": ("Eklenme", "Düzenleme", "Oca", "Mar"),
    "az": ("Dərc olunub", "Yenilənib", "yanvar", "mart"),
    "az changed": ("Nəşr edilib", "Son dəyişiklik", "yanvar", "mart"),
    "tk": ("Çap edildi", "Täzelendi", "ýanwar", "mart"),
    "tk put": ("Ýerleşdirildi", "Üýtgedildi", "ýanwar", "mart"),
    "kk": ("Жарияланды", "Жаңартылды", "қаңтар", "наурыз"),
    "kk changed": ("Жарияланған уақыты", "Соңғы өзгеріс", "қаңтар", "наурыз"),
    "kk Latin": ("Jarialandy", "Jańartyldy", "qańtar", "naýryz"),
    "ky": ("Жарыяланды", "Жаңыртылды", "январь", "март"),
    "ky changed": ("Жарыяланган", "Өзгөртүлгөн", "январь", "март"),
    "uz": ("E'lon qilindi", "Yangilandi", "yanvar", "mart"),
    "uz okina": ("Eʼlon qilingan", "Oʻzgartirildi", "yanvar", "mart"),
    "uz printed": ("Chop etilgan", "Tahrirlangan", "yanvar", "mart"),
    "uz Cyrillic": ("Эълон қилинди", "Янгиланди", "январь", "март"),
    "uz Cyrillic changed": ("Нашр этилди", "Ўзгартирилди", "январь", "март"),
    "tg": ("Нашр шуд", "Навсозӣ шуд", "январи", "марти"),
    "tg changed": ("Санаи интишор", "Тағйир ёфт", "январи", "марти"),
    "hy": ("Հրապարակվել է", "Թարմացվել է", "հունվարի", "մարտի"),
    "fa": ("منتشر شده", "به‌روز شده", "January", "March"),
    "zh": ("发布时间", "更新时间", None, None),
    "ka": ("გამოქვეყნდა", "განახლდა", None, None),
    "de": ("Veröffentlicht", "Aktualisiert", "January", "March"),
    "fr": ("Publié le", "Mis à jour le", None, None),
    "it": ("Pubblicato", "Aggiornato", None, None),
}
SHAPES = {
    "in a row": "<div class='post-date'>{p}: {first} {u}: {second}</div>",
    "with bars": "<div class='post-date'>{p} {first} | {u} {second}</div>",
    "turned": "<div class='post-date'>{u}: {second}. {p}: {first}</div>",
    "in brackets": "<div class='post-date'>{first} ({u} {second})</div>",
    "words behind": "<div class='post-date'>{second} {u}, {first} {p}</div>",
    "two lines": "<div class='post-date'>{p}:<br>{first}<br>{u}:<br>{second}</div>",
    "two elements": "<div><span class='date'>{u}: {second}</span><span class='date'>{p}: {first}</span></div>",
    "times": "<p>{u}: <time>{second}</time> {p}: <time>{first}</time></p>",
    "a list": "<dl><dt>{u}</dt><dd class='date'>{second}</dd><dt>{p}</dt><dd class='date'>{first}</dd></dl>",
    "no class": "<p>{u} {second} {p} {first}</p>",
    "capitals": "<div class='post-date'>{P}: {first} {U}: {second}</div>",
}
TEXT = "The ministers of five countries met in the capital to speak about water, railways and the border. " * 3


def page(line: str) -> bytes:
    body = "".join(f"<p>{TEXT}</p>" for _ in range(3))
    html = f"<html><head><title>Water and roads</title></head><body><article><h1>Water and roads</h1>{line}{body}"
    return f"{html}</article></body></html>".encode()


def spellings(january: str | None, march: str | None) -> list[tuple[str, str]]:
    numbers = [
        ("06.01.2022", "12.03.2023"),
        ("06.01.2022 10:30", "12.03.2023 12:00"),
        ("2022-01-06", "2023-03-12"),
        ("06/01/2022, 10:30", "13/03/2023, 12:00"),
    ]
    if january is None:
        return numbers
    first, second = f"6 {january} 2022", f"12 {march} 2023"
    return [*numbers, (first, second), (f"{first}, 10:30", f"{second}, 12:00")]


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("words", WORDS)
def test_the_date_of_publication_is_told_from_that_of_a_change(words: str, shape: str) -> None:
    published, updated, january, march = WORDS[words]
    for first, second in spellings(january, march):
        said = {"p": published, "u": updated, "P": published.upper(), "U": updated.upper()}
        line = SHAPES[shape].format(first=first, second=second, **said)
        at = extract_page(page(line)).published_at
        assert (at and at.date()) == date(2022, 1, 6), line
