"""Names in every form: found with the whole inflected word as surface, and nothing more. Sentences are invented."""

from __future__ import annotations

from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from vocabularies import INFLECTION, one_name

from worker.tagging.aliases.inflect import stems
from worker.tagging.tagger import Tagger
from worker.text.fold import fold
from worker.vocabulary.entities import Vocabulary
from worker.vocabulary.languages.inflection import read_inflection


@cache
def tagger(text: str, language: str, kind: str = "state", level: str = "name", case: bool = False) -> Tagger:
    return Tagger(one_name(text, language, kind, level, case=case))


def surfaces(tagger: Tagger, text: str, language: str) -> list[str]:
    return [mention.surface for mention in tagger.tag(text, language)]


@pytest.mark.parametrize(
    ("language", "kind", "alias", "text", "expected"),
    [
        # Russian: words, peoples, names of persons, phrases
        ("ru", "state", "Казахстан", "границы с Казахстаном и в Казахстане", ["Казахстаном", "Казахстане"]),
        ("ru", "state", "Россия", "Россию, Россией; о России", ["Россию", "Россией", "России"]),
        ("ru", "state", "Беларусь", "с Беларусью", ["Беларусью"]),
        ("ru", "place", "Баку", "в Баку, Бакуа", ["Баку"]),
        ("ru", "place", "Нур-Султан", "из Нур-Султана", ["Нур-Султана"]),
        ("ru", "person", "Токаев", "с Токаевым, у Токаева", ["Токаевым", "Токаева"]),
        ("ru", "person", "Касым-Жомарт Токаев", "Касым-Жомарту Токаеву", ["Касым-Жомарту Токаеву"]),
        ("ru", "person", "Касым-Жомарт Токаев", "Касым-Жомарту Токаев", []),
        ("ru", "person", "Роза Отунбаева", "Розой Отунбаевой", ["Розой Отунбаевой"]),
        ("ru", "person", "Реджеп Эрдоган", "Реджепом Эрдоганом", ["Реджепом Эрдоганом"]),
        ("ru", "person", "Си Цзиньпин", "Си Цзиньпином", ["Си Цзиньпином"]),
        ("ru", "person", "Александр Лукашенко", "Александра Лукашенко", ["Александра Лукашенко"]),
        ("ru", "alliance", "Шанхайская организация сотрудничества", "Шанхайской организацией сотрудничества", "same"),
        ("ru", "alliance", "Организация Договора о защите", "Организацию Договора о защите", "same"),
        ("ru", "organisation", "Вооружённые силы", "Вооруженными силами", "same"),
        ("ru", "state", "Республика Казахстан", "Республикой Казахстан", "same"),
        ("ru", "place", "201-я военная база", "на 201-й военной базе", ["201-й военной базе"]),
        ("ru", "organisation", "МИД", "в МИДе", ["МИДе"]),
        ("ru", "alliance", "ОДКБ", "ОДКБа", []),
        # Turkic languages: chains, apostrophes, hyphens, softened letters
        ("kk", "state", "Қазақстан", "Қазақстандағы, Қазақстаннан", ["Қазақстандағы", "Қазақстаннан"]),
        ("kk", "alliance", "Еуразиялық одақ", "Еуразиялық одағының", "same"),
        ("kk", "alliance", "ҰҚШҰ", "ҰҚШҰ-ның", "same"),
        ("kk-Latn", "state", "Qazaqstan", "Qazaqstannyñ", "same"),
        ("ky", "place", "Бишкек", "Бишкектеги, Бишкектин", ["Бишкектеги", "Бишкектин"]),
        ("ky", "alliance", "ЖККУ", "ЖККУнун", "same"),
        ("uz", "state", "Oʻzbekiston", "O‘zbekistondagi", "same"),
        ("uz", "concept", "qozoq", "qozog‘i", "same"),
        ("uz-Cyrl", "state", "Ўзбекистон", "Ўзбекистоннинг", "same"),
        ("tr", "state", "Kazakistan", "Kazakistan'daki üs", ["Kazakistan'daki"]),
        ("tr", "alliance", "Türk Devletleri Teşkilatı", "Türk Devletleri Teşkilatının", "same"),
        ("tr", "concept", "birlik", "birliğin", "same"),
        ("tr", "state", "Türk", "Türkiye", []),
        ("az", "state", "Azərbaycan", "Azərbaycanda", "same"),
        ("az", "alliance", "TDT", "TDT-nin", "same"),
        ("tk", "state", "Türkmenistan", "Türkmenistanyň", "same"),
        # Tajik and Armenian
        ("tg", "state", "Тоҷикистон", "Тоҷикистонро, Тоҷикистони", ["Тоҷикистонро", "Тоҷикистони"]),
        ("hy", "state", "Թուրքիա", "Թուրքիայի", "same"),
        ("hy", "alliance", "կազմակերպություն", "կազմակերպության", "same"),
        ("hy", "organisation", "խորհուրդ", "խորհրդի", "same"),
        ("hy", "alliance", "ՀԱՊԿ", "ՀԱՊԿ-ում", "same"),
    ],
)
def test_forms_of_every_language(language: str, kind: str, alias: str, text: str, expected: list[str] | str) -> None:
    wanted = [text] if isinstance(expected, str) else expected
    assert surfaces(tagger(alias, language, kind), text, language) == wanted


@pytest.mark.parametrize(
    ("alias", "language", "text"),
    [
        pytest.param("Чин", "tg", "Чинҳост", id="a word that begins alike"),
        pytest.param("Оман", "kk", "Омандасу", id="an ending and more"),
        pytest.param("Иран", "ru", "Ирану́ нд", id="the next word is no ending"),
    ],
)
def test_other_words_that_begin_like_a_name(alias: str, language: str, text: str) -> None:
    assert surfaces(tagger(alias, language), text, language) in ([], ["Ирану́"])


def test_a_people_made_of_a_place_counts_as_demonym() -> None:
    levels = [(one.surface, one.level, one.rule) for one in tagger("Ресей", "kk").tag("Ресейлік, Ресейден", "kk")]
    assert levels == [("Ресейлік", "demonym", "inflected"), ("Ресейден", "name", "inflected")]


def test_organisations_make_no_demonyms() -> None:
    assert surfaces(tagger("Газпром", "kk", "company"), "Газпромлық", "kk") == []


def test_letters_of_an_acronym_are_capitals_and_its_ending_is_not() -> None:
    kind = tagger("ABD", "tr", case=True)
    assert surfaces(kind, "ABD'nin ABD'NİN ABDnin abdnin", "tr") == ["ABD'nin", "ABD", "ABDnin"]


def test_quotation_marks_inside_a_name_hide_nothing() -> None:
    quoted = tagger("Шанхайская организация сотрудничества", "ru", "alliance")
    assert surfaces(quoted, "в Шанхайской «организации» сотрудничества", "ru") == [
        "Шанхайской «организации» сотрудничества"
    ]


LANGUAGES = ("ru", "kk", "kk-Latn", "ky", "uz", "uz-Cyrl", "tr", "az", "tk", "tg", "hy", "en")
NAMES = {
    "ru": "Токаев Россия Китай Беларусь Ташкент казахстанец Каспий Анкара",
    "kk": "Қазақстан Ресей Алматы түрік Қытай",
    "kk-Latn": "Qazaqstan Resei Astana",
    "ky": "Кыргызстан Ош Бишкек Россия",
    "uz": "Oʻzbekiston Toshkent qozoq",
    "uz-Cyrl": "Ўзбекистон Тошкент қозоқ",
    "tr": "Kazakistan Türkiye birlik Bakü",
    "az": "Azərbaycan Bakı qazaq",
    "tk": "Türkmenistan Aşgabat",
    "tg": "Тоҷикистон Душанбе Осиё",
    "hy": "Հայաստան Երևան Թուրքիա",
    "en": "Kazakh drone",
}


@st.composite
def inflected(draw: st.DrawFn) -> tuple[str, str, str]:
    """A language, an alias and one of the forms that its rules make, as a writer would write it."""
    language = draw(st.sampled_from(LANGUAGES))
    alias = draw(st.sampled_from(NAMES[language].split()))
    entity = one_name(alias, language, "concept" if language == "en" else "state").entities[0]
    stem = draw(st.sampled_from(stems(entity, entity.aliases[0], INFLECTION)))
    return language, alias, stem.text + draw(st.sampled_from(sorted(stem.endings)))


@settings(max_examples=100, deadline=None)
@given(inflected())
def test_every_form_of_every_name_is_found_whole(case: tuple[str, str, str]) -> None:
    language, alias, form = case
    kind = "concept" if language == "en" else "state"
    assert surfaces(tagger(alias, language, kind), f"— {form} 2022", language) == [form]


@settings(max_examples=100, deadline=None)
@given(
    inflected(),
    st.text(st.sampled_from(" .,—«»\n\u00adюéx’"), max_size=12),
    st.text(st.sampled_from(" .,«»\nю"), max_size=6),
)
def test_what_stands_around_only_moves_a_mention(case: tuple[str, str, str], before: str, after: str) -> None:
    language, alias, form = case
    kind = "concept" if language == "en" else "state"
    mentions = tagger(alias, language, kind).tag(f"{before} {form} {after}", language)
    assert [(one.start, one.surface) for one in mentions] == [(len(before) + 1, form)]


def test_rules_are_stored_with_the_vocabulary_and_change_its_version() -> None:
    vocabulary = one_name("Ресей", "kk")
    stored = Vocabulary.from_json(vocabulary.to_json())
    assert stored == vocabulary
    assert surfaces(Tagger(stored), "Ресейде", "kk") == ["Ресейде"]
    assert Vocabulary(entities=vocabulary.entities).version != vocabulary.version


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        pytest.param({"kk": {"plurals": "лар"}}, "kk.plurals: unknown key", id="unknown key"),
        pytest.param({"kk": {"case": 3}}, "kk.case: must be words", id="no text"),
        pytest.param({"xx": {"as": "kk"}}, "xx.as: no language of its own here: 'kk'", id="unknown model"),
        pytest.param({"ru": {"classes": [{"name": "a", "ends": "("}]}}, "is no regular expression", id="expression"),
        pytest.param({"ru": {"classes": [{"name": "a", "ends": "а", "one": "а ы"}]}}, "must hold 6 cases", id="cases"),
    ],
)
def test_what_is_wrong_with_the_rules_is_told(content: dict[str, object], problem: str) -> None:
    problems: list[str] = []
    read_inflection(content, "inflection.toml", problems)
    assert len(problems) == 1
    assert problem in problems[0]


def test_endings_are_folded_like_the_text() -> None:
    for endings in INFLECTION.endings.values():
        assert all(ending == fold(ending) for ending in endings.chains)
