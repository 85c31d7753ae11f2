"""Texts in two languages: which stretch is in which, and that it is tagged by the names of its own. All invented."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from worker.extract.language.passages import LanguagePassage, find_passages
from worker.tagging.tagger import Tagger
from worker.vocabulary.entities import Alias, Entity, Vocabulary

EN = "The ministers of five republics spoke of pumps and of rain, and of who would pay for the repair of the old dam."
RU = "Министры пяти республик говорили о насосах и о дожде, и о том, кто заплатит за починку старой плотины."
KK = "Бес республиканың министрлері сорғылар мен жаңбыр туралы және ескі бөгетті кім жөндейтіні туралы сөйлесті."
KY = "Беш республиканын министрлери насостор жана жаан жөнүндө, эски тосмону ким оңдоору жөнүндө сүйлөштү."
UZ = (
    "Besh respublikaning vazirlari nasoslar va yomg‘ir haqida hamda eski to‘g‘onni kim ta'mirlashi haqida so‘z yuritdi."
)
UZ_CYRL = "Беш республиканинг вазирлари насослар ва ёмғир ҳақида ҳамда эски тўғонни ким таъмирлаши ҳақида гаплашди."
TG = "Вазирони панҷ ҷумҳурӣ дар бораи насосҳо ва борон ва он ки кӣ таъмири сарбандро мепардозад, сӯҳбат карданд."
TR = "Beş cumhuriyetin bakanları pompalardan, yağmurdan ve eski barajın onarımını kimin ödeyeceğinden söz etti."
AZ = "Beş respublikanın nazirləri nasoslardan, yağışdan və köhnə bəndin təmirini kimin ödəyəcəyindən danışdılar."
HY = "Հինգ հանրապետությունների նախարարները խոսեցին պոմպերի և անձրևի մասին։"


def found(text: str, language: str) -> list[tuple[str, str | None]]:
    return [(text[start:end], other) for start, end, other in find_passages(text, language)]


@pytest.mark.parametrize(
    ("language", "own", "other", "foreign"),
    [
        ("en", EN, "ru", RU),
        ("en", EN, "tr", TR),
        ("en", EN, "hy", HY),
        ("ru", RU, "en", EN),
        ("ru", RU, "kk", KK),
        ("ru", RU, "ky", KY),
        ("ru", RU, "tg", TG),
        ("ru", RU, "uz", UZ_CYRL),
        ("kk", KK, "ru", RU),
        ("kk-Cyrl", KK, "en", EN),
        ("ky", KY, "kk", KK),
        ("ky", KY, "ru", RU),
        ("uz", UZ, "ru", RU),
        ("uz", UZ, "en", EN),
        ("uz", UZ_CYRL, "ru", RU),
        ("tg", TG, "ru", RU),
        ("tr", TR, "en", EN),
        ("tr", TR, "az", AZ),
        ("az", AZ, "en", EN),
        ("hy", HY, "ru", RU),
        ("zh", "五国部长谈论水泵和雨水。", "en", EN.removesuffix(".")),
    ],
)
def test_a_paragraph_in_another_language(language: str, own: str, other: str, foreign: str) -> None:
    assert found(f"{own}\n{foreign}\n{own}", language) == [(foreign, other)]
    assert find_passages(f"{own}\n{own}", language) == []


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        pytest.param(f"“{RU}” he said, and left.", "en", [(f"{RU}”", "ru")], id="a quotation inside a paragraph"),
        pytest.param("The bloc (ОДКБ) met.", "en", [("ОДКБ)", None)], id="too short to be told"),
        pytest.param("Блок (CSTO) и компания Baykar встретились.", "ru", [], id="Latin names are at home everywhere"),
        pytest.param(RU.replace("Министры", "Қызыл"), "ru", [], id="a foreign letter in a name"),
        pytest.param(f"{EN}\nAktau, Nukus, Khorog, Osh", "en", [], id="a short line of names"),
        pytest.param(f"{RU}\n{EN}", None, [], id="a text of unknown language"),
        pytest.param("", "en", [], id="nothing"),
    ],
)
def test_what_is_a_passage_and_what_is_not(
    text: str, language: str | None, expected: list[tuple[str, str | None]]
) -> None:
    assert found(text, language or "") == expected


lines = st.sampled_from([EN, RU, KK, KY, UZ, UZ_CYRL, TG, TR, AZ, HY, "Ош", "", "12:30 —", "İı ß ё"])


@settings(max_examples=60, deadline=None)
@given(st.lists(lines, max_size=6), st.sampled_from(["en", "ru", "kk", "ky", "uz", "tg", "tr", "az", "hy", "de", ""]))
def test_passages_are_in_order_inside_the_text_and_never_overlap(parts: list[str], language: str) -> None:
    text = "\n".join(parts)
    end = 0
    for passage in find_passages(text, language):
        assert end <= passage.start < passage.end <= len(text)
        assert passage.language != language
        end = passage.end


VOCABULARY = Vocabulary(
    entities=(
        Entity(id="lakeland", type="state", label="Lakeland", description="invented", aliases=(
            Alias(text="Lakeland", language="en", level="name"),
            Alias(text="Озёрия", language="ru", level="name"),
            Alias(text="озёрский", language="ru", level="demonym"),
        )),
        Entity(id="river-pact", type="alliance", label="River Pact", description="invented", aliases=(
            Alias(text="River Pact", language="en", level="name"),
            Alias(text="РП", language="ru", level="name", case_sensitive=True),
        )),
    )
)  # fmt: skip


def test_a_quotation_is_tagged_by_the_names_of_its_language_at_its_place_in_the_text() -> None:
    text = f"Lakeland is calm. “{RU} Озёрия и РП молчат, озёрский министр тоже.” The River Pact is not."
    tagger = Tagger(VOCABULARY)
    plain = tagger.tag_fields({"text": text}, "en")
    assert [mention.surface for _, mention in plain] == ["Lakeland", "River Pact"]
    passages = {"text": find_passages(text, "en")}
    mentions = [mention for _, mention in tagger.tag_fields({"text": text}, "en", passages)]
    assert [mention.surface for mention in mentions] == ["Lakeland", "Озёрия", "РП", "озёрский", "River Pact"]
    assert all(text[mention.start : mention.end] == mention.surface for mention in mentions)


def test_in_a_passage_the_aliases_of_the_text_around_it_do_not_count() -> None:
    text = "Озёрия и РП и Озёрия"
    passages = {"text": [LanguagePassage(9, 11, "kk")]}
    mentions = Tagger(VOCABULARY).tag_fields({"text": text}, "ru", passages)
    assert [mention.surface for _, mention in mentions] == ["Озёрия", "Озёрия"]
