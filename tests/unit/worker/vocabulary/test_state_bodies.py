"""State bodies put together from a phrase of the vocabulary and the names of a state."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from vocabularies import packaged_tagger

from worker.tagging.tagger import Tagger
from worker.vocabulary.diff import difference
from worker.vocabulary.entities import Vocabulary, VocabularyError
from worker.vocabulary.loader import read_vocabulary
from worker.vocabulary.state_bodies import MOST_NAMES, MOST_PHRASES

STATE = """
id = "lakeland"
type = "state"
label = "Lakeland"
description = "A state"

[names]
en = ["Lakeland", "Republic of Lakeland", { text = "LL", case = true }, { text = "RT", case = true, context = true }]
ru = ["Озёрия", "Озёрская Республика"]

[demonyms]
en = ["Laker", "Lakers"]
ru = ["озёрский", "озёрцы"]
"""
BODY = """
id = "lakeland-army"
type = "organisation"
label = "Army of Lakeland"
description = "An army"
keep_inner = true
pattern = { body = "army", of = "lakeland" }

[names]
en = ["Army of Lakeland"]
"""
OTHER = """
id = "other"
type = "organisation"
label = "Other"
description = "Another with the same acronym"

[names]
en = ["Other", { text = "RT", case = true, context = true }]
"""
BODIES = """
[genitives]
en = [["^Republic ", "the Republic "]]
ru = [["ая Республика$", "ой Республики"], ["ия$", "ии"], ["$", "+а"]]

[adjectives]
en = "[^s]$"
ru = "ий$"

[phrases.army]
en = ["army of {of}", "{adj} army", "{name} army"]
ru = ["армия {of}", "{adj-ая} армия"]

[decoys.army]
en = ["{adj} army of ants"]
"""


@pytest.fixture
def folder(tmp_path: Path) -> Callable[..., Path]:
    def made(bodies: str = BODIES, body: str = BODY) -> Path:
        for kind, name, content in (
            ("state", "lakeland", STATE),
            ("organisation", "lakeland-army", body),
            ("organisation", "other", OTHER),
        ):
            path = tmp_path / "entities" / kind / f"{name}.toml"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content, "utf-8")
        (tmp_path / "bodies.toml").write_text(bodies, "utf-8")
        return tmp_path

    return made


def texts(vocabulary: Vocabulary, language: str) -> list[str]:
    return [alias.text for alias in vocabulary.by_id["lakeland-army"].aliases if alias.language == language]


def test_phrases_are_filled_with_names_genitives_and_adjectives(folder: Callable[..., Path]) -> None:
    vocabulary = read_vocabulary(folder())
    assert texts(vocabulary, "en") == [
        "Army of Lakeland",
        "army of the Republic of Lakeland",
        "army of LL",
        "Laker army",
        "Lakeland army",
        "Republic of Lakeland army",
        "LL army",
    ]
    assert texts(vocabulary, "ru") == ["армия Озёрии", "армия Озёрской Республики", "озёрская армия"]
    assert [alias.text for alias in vocabulary.by_id["lakeland-army"].decoys] == ["Laker army of ants"]


def test_what_is_made_is_marked_and_stored_and_read_back(folder: Callable[..., Path]) -> None:
    vocabulary = read_vocabulary(folder())
    made = [alias for alias in vocabulary.by_id["lakeland-army"].aliases if alias.generated]
    assert len(made) == 9
    stored = Vocabulary.from_json(vocabulary.to_json())
    assert stored == vocabulary
    assert not difference(stored, vocabulary).changed


def test_the_state_and_its_body_are_both_tagged(folder: Callable[..., Path]) -> None:
    tagger = Tagger(read_vocabulary(folder()))
    found = {(one.entity, one.surface) for one in tagger.tag("The Laker army left.", "en")}
    assert found == {("lakeland-army", "Laker army"), ("lakeland", "Laker")}
    assert {one.entity for one in tagger.tag("A Laker army of ants passed.", "en")} == {"lakeland"}
    assert {one.entity for one in tagger.tag("The Laker fleet left.", "en")} == {"lakeland"}


def test_without_the_file_nothing_is_made(folder: Callable[..., Path]) -> None:
    path = folder(body=BODY.replace('pattern = { body = "army", of = "lakeland" }', ""))
    (path / "bodies.toml").unlink()
    assert texts(read_vocabulary(path), "en") == ["Army of Lakeland"]


@pytest.mark.parametrize(
    ("bodies", "body", "problem"),
    [
        (BODIES, BODY.replace('"army"', '"navy"'), "pattern.body: bodies.toml has no phrases for 'navy'"),
        (BODIES, BODY.replace('of = "lakeland"', 'of = "nowhere"'), "pattern.of: no state has the id 'nowhere'"),
        (BODIES, BODY.replace('of = "lakeland"', 'of = "other"'), "pattern.of: no state has the id 'other'"),
        (BODIES, BODY.replace(', of = "lakeland"', ""), "pattern.of: is missing"),
        (BODIES.replace("{adj} army", "an army"), BODY, "must hold {name}, {of} or {adj} once"),
        (BODIES.replace("{adj} army", "{adj} {name} army"), BODY, "must hold {name}, {of} or {adj} once"),
        (BODIES.replace("{adj} army", "{king} army"), BODY, "must hold {name}, {of} or {adj} once"),
        (BODIES.replace('"[^s]$"', '"[^s"'), BODY, "adjectives.en: is no regular expression"),
        (BODIES.replace('"^Republic "', '"(Republic"'), BODY, "genitives.en[0]: is no regular expression"),
        (BODIES.replace('"the Republic "', "'\\1'"), BODY, "what stands for it has no backslash"),
        (BODIES.replace('["$", "+а"]', '["$"]'), BODY, "must be an expression and what stands for it"),
        (BODIES.replace("[phrases.army]\nen", "[phrases.army]\nxx"), BODY, "phrases.army.xx: unknown language"),
        (BODIES + "\n[more]\n", BODY, "more: unknown key"),
        ("[phrases", BODY, "bodies.toml: is not valid TOML"),
    ],
)
def test_what_is_wrong_is_said(folder: Callable[..., Path], bodies: str, body: str, problem: str) -> None:
    with pytest.raises(VocabularyError) as error:
        read_vocabulary(folder(bodies, body))
    assert problem in str(error.value)


def test_a_body_has_only_so_many_phrases(folder: Callable[..., Path]) -> None:
    many = ", ".join(f'"{{name}} army {number}"' for number in range(MOST_PHRASES + 1))
    with pytest.raises(VocabularyError, match="more than 40"):
        read_vocabulary(folder(BODIES.replace('"{adj} army", "{name} army"', many)))


def test_only_the_first_names_of_a_state_are_put_in(folder: Callable[..., Path]) -> None:
    path = folder()
    state = path / "entities" / "state" / "lakeland.toml"
    names = ", ".join(f'"Lake {number}"' for number in range(MOST_NAMES + 5))
    state.write_text(STATE.replace('"Lakeland", "Republic of Lakeland"', names), "utf-8")
    made = texts(read_vocabulary(path), "en")
    assert "Lake 2 army" in made
    assert not any("Lake 3" in text for text in made)


# language, sentence, entities that must be tagged
PACKAGED = (
    ("en", "The Kazakh foreign ministry replied.", "kazakhstan-mfa kazakhstan"),
    ("en", "Kyrgyz troops left; Tajikistan's army stayed.", "kyrgyzstan-armed-forces tajikistan-armed-forces"),
    ("en", "Officials of the Ministry of Defense of the Republic of Uzbekistan came.", "uzbekistan-mod uzbekistan"),
    ("ru", "Армянское правительство молчит.", "armenia-government armenia"),
    ("ru", "О потерях российских военных сообщили вечером.", "russia-armed-forces russia"),
    ("ru", "В МИДе Казахстана ждут ответа.", "kazakhstan-mfa kazakhstan"),
    ("ru", "Казахстанским МИДом подготовлена нота.", "kazakhstan-mfa kazakhstan"),
    ("ru", "Секретарь Совбеза Кыргызстана уехал.", "kyrgyzstan-security-council kyrgyzstan"),
    ("ru", "Минобороны РК опровергло слухи.", "kazakhstan-mod"),
    ("kk", "Қазақстан СІМ-нің мәлімдемесі шықты.", "kazakhstan-mfa kazakhstan"),
    ("kk", "Қазақстанның Қорғаныс министрлігінде жиын өтті.", "kazakhstan-mod kazakhstan"),
    ("ky", "Кыргызстандын Тышкы иштер министрлигинен жооп келди.", "kyrgyzstan-mfa kyrgyzstan"),
    ("ky", "Өзбекстандын өкмөтүнө кат жазылды.", "uzbekistan-government uzbekistan"),
    ("uz", "Oʻzbekiston Tashqi ishlar vazirligi bayonot berdi.", "uzbekistan-mfa uzbekistan"),
    ("uz-Cyrl", "Ўзбекистон Мудофаа вазирлиги баёнот берди.", "uzbekistan-mod uzbekistan"),
    ("tg", "Вазорати корҳои хориҷии Тоҷикистон хабар дод.", "tajikistan-mfa tajikistan"),
    ("tg", "Артиши рус машқ кард.", "russia-armed-forces russia"),
    ("tk", "Türkmenistanyň Daşary işler ministrliginde duşuşyk boldy.", "turkmenistan-mfa turkmenistan"),
    ("tk", "Türkmenistanyň hökümetiniň mejlisi geçdi.", "turkmenistan-government turkmenistan"),
    ("tr", "Kazakistan'ın Dışişleri Bakanlığı açıklama yaptı.", "kazakhstan-mfa kazakhstan"),
    ("tr", "Rus birliklerinin çekilmesi bekleniyor.", "russia-armed-forces russia"),
    ("az", "Qazaxıstanın XİN-i notanı qaytardı.", "kazakhstan-mfa kazakhstan"),
    ("az", "Rus hərbçiləri bazanı tərk etdi.", "russia-armed-forces russia"),
    ("hy", "Ռուսաստանի ԱԳՆ-ն արձագանքեց։", "russia-mfa russia"),
    ("hy", "Ղազախստանի կառավարության նիստը հետաձգվեց։", "kazakhstan-government kazakhstan"),
    ("zh", "哈萨克斯坦外交部发言人表示。", "kazakhstan-mfa kazakhstan"),
    ("zh", "吉尔吉斯斯坦政府辞职。", "kyrgyzstan-government kyrgyzstan"),
)
STATES_ALONE = (
    ("en", "The Hungarian government resigned.", "hungary"),
    ("ru", "Сербское правительство ушло, венгерские военные остались.", "serbia hungary"),
    ("hy", "Վրաստանի ԱԳՆ-ն արձագանքեց։", "georgia"),
    ("tr", "Japon hükümeti istifa etti.", "japan"),
)


@pytest.fixture(scope="module")
def tagger() -> Tagger:
    return packaged_tagger()


@pytest.mark.parametrize(("language", "text", "wanted"), [*PACKAGED, *STATES_ALONE])
def test_bodies_and_states_of_the_packaged_vocabulary(tagger: Tagger, language: str, text: str, wanted: str) -> None:
    assert set(wanted.split()) <= {mention.entity for mention in tagger.tag(text, language)}


@pytest.mark.parametrize(
    ("language", "text", "unwanted"),
    [
        ("en", "Fighters of pro-Turkish forces withdrew.", "turkey-armed-forces"),
        ("ru", "Российские военные эксперты спорят.", "russia-armed-forces"),
        ("ru", "Правительство ушло, а Казахстан растёт.", "kazakhstan-government"),
        ("tr", "Suriye Türkmen Ordusu mevzi aldı.", "turkmenistan-armed-forces"),
        ("en", "The foreign ministry of a small island wrote to Kazakhstan.", "kazakhstan-mfa"),
        ("kk", "Қазақстан халқы мен үкіметі бар.", "kazakhstan-government"),
    ],
)
def test_other_words_are_no_bodies(tagger: Tagger, language: str, text: str, unwanted: str) -> None:
    assert unwanted not in {mention.entity for mention in tagger.tag(text, language)}
