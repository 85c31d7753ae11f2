"""The rules a vocabulary declares: windows, decoys, offices, other people, acronyms, misses. Texts invented."""

from __future__ import annotations

from typing import Any

import pytest

from worker.tagging.rules.rules import NearMiss
from worker.tagging.tagger import Tagger
from worker.tagging.vetoes import Veto
from worker.vocabulary.entities import DECOY, Alias, Entity, Relation, Vocabulary


def name(text: str, language: str = "en", *, context: bool = False, common: bool = False) -> Alias:
    return Alias(
        text=text,
        language=language,
        level="name",
        case_sensitive=text.isupper(),
        needs_context=context,
        is_common=common,
    )


def entity(id: str, type: str, *aliases: Alias, of: str = "", **rules: Any) -> Entity:
    relations = (Relation(kind="part_of", target=of),) if of else ()
    return Entity(id=id, type=type, label=id, description="for tests", aliases=aliases, relations=relations, **rules)


ENTITIES = (
    entity("oz", "state", name("Oz"), name("Republic of Oz"), name("RO", context=True)),
    entity("river-pact", "alliance", name("River Pact Organization"), name("Организация речного пакта", "ru")),
    entity("pact-forces", "organisation", name("forces of the River Pact Organization"), keep_inner=True),
    entity("rose", "organisation", name("RPO"), of="oz"),
    entity(
        "sun", "concept", name("the Sun", common=True), decoys=(Alias(text="Sun Valley", language="en", level=DECOY),)
    ),
    entity("goose", "state", name("Goose", common=True), context_none=("roast",)),
    entity("kant", "place", name("Kant", context=True), context_any=("air base", "авиабаз")),
    entity("council", "organisation", name("Security Council", context=True), context_any=("Oz",), context_words=3),
    entity(
        *("gale", "person", name("Dorothy Gale"), name("D. Gale"), name("Gale", context=True)),
        surname_rule=True,
        context_any=("Kansas",),
        office=("President of Oz",),
    ),
)
TAGGER = Tagger(Vocabulary(entities=ENTITIES))


def found(text: str, language: str = "en") -> list[tuple[str, str, str]]:
    return [(one.surface, one.entity, one.rule) for one in TAGGER.tag(text, language)]


def of(text: str, entity_id: str, language: str = "en") -> list[tuple[str, str]]:
    return [(surface, rule) for surface, id, rule in found(text, language) if id == entity_id]


FAR = " far" * 50


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("Kant and its air base", [("Kant", "context")], id="in the paragraph"),
        pytest.param("Kant.\nThe air base", [("Kant", "context")], id="a few words from it"),
        pytest.param(f"Kant{FAR} air base", [("Kant", "context")], id="the whole paragraph"),
        pytest.param(f"Kant{FAR}\n air base", [], id="another paragraph and more than forty words"),
        pytest.param("Kant wrote", [], id="nothing"),
    ],
)
def test_context_counts_in_the_paragraph_or_forty_words_from_it(text: str, expected: list[tuple[str, str]]) -> None:
    assert of(text, "kant") == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("the Security Council of Oz", [("Security Council", "context")], id="two words away"),
        pytest.param("the Security Council met and so, far off, did Oz", [], id="too many words away"),
    ],
)
def test_an_entity_may_have_a_window_of_its_own(text: str, expected: list[tuple[str, str]]) -> None:
    assert of(text, "council") == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("Goose, roast", 0, id="in the paragraph"),
        pytest.param("Goose\nroast", 1, id="in another paragraph"),
        pytest.param(f"Goose{FAR} roast", 1, id="in the paragraph, more than forty words away"),
    ],
)
def test_a_veto_counts_in_the_paragraph_and_near(text: str, expected: int) -> None:
    assert len(of(text, "goose")) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("in Sun Valley we saw the Sun again", ["the Sun"], id="what holds the name is another thing"),
        pytest.param("the Sun Valley Sun", [], id="an overlapping name, too"),
        pytest.param("the Sun and the valley", ["the Sun"], id="its words elsewhere are nothing"),
    ],
)
def test_decoys(text: str, expected: list[str]) -> None:
    assert [surface for surface, _ in of(text, "sun")] == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("Ten Goose Recipes For Winter", 0, id="in a headline a capital says nothing"),
        pytest.param("Goose Asks Republic Of Oz", 1, id="unless something else is named"),
        pytest.param("Goose asks for recipes in winter", 1, id="a sentence is no headline"),
    ],
)
def test_common_words_in_headlines(text: str, expected: int) -> None:
    assert len(of(text, "goose")) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("Gale spoke.", [], id="alone"),
        pytest.param("Gale of Kansas spoke.", [], id="context is not enough"),
        pytest.param("The President of Oz, Gale, spoke.", ["office"], id="the office"),
        pytest.param(
            f"The President of Oz, Gale, spoke.{FAR}\n{FAR} Gale left.", ["office", "full-name"], id="then all"
        ),
        pytest.param("Dorothy Gale. Today Gale left.", ["exact", "full-name"], id="the first word of a sentence"),
        pytest.param("Dorothy Gale met Henry Gale.", ["exact"], id="another given name"),
        pytest.param("Dorothy Gale met H. Gale and H.Gale.", ["exact"], id="another initial"),
        pytest.param("Dorothy Gale. An Oz Gale left.", ["exact", "full-name"], id="after another mention"),
    ],
)
def test_bare_surnames(text: str, expected: list[str]) -> None:
    assert [rule for _, rule in of(text, "gale")] == expected


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        pytest.param("River Pact Organization (RPO). RPO met.", "en", ["RPO", "RPO"], id="another one's acronym"),
        pytest.param("River Pact Organization (“RPO”)", "en", ["RPO"], id="in quotation marks"),
        pytest.param("River Pact Organization (hereinafter RPO)", "en", ["RPO"], id="hereinafter"),
        pytest.param("the RPO (River Pact Organization) and RPOs", "en", ["RPO"], id="the other way round"),
        pytest.param("Организация речного пакта (далее – ОРП), ОРП", "ru", ["ОРП"] * 2, id="unknown to the vocabulary"),
        pytest.param("River Pact Organization (XYZ)", "en", [], id="letters of something else"),
        pytest.param("River Pact Organization met. RPO met.", "en", [], id="not defined"),
    ],
)
def test_acronyms_that_the_text_defines(text: str, language: str, expected: list[str]) -> None:
    assert [surface for surface, rule in of(text, "river-pact", language) if rule == "defined"] == expected


def test_an_acronym_defined_as_something_unknown_is_nobodys() -> None:
    assert of("Oz and the Royal Opera (RO). RO sang.", "oz") == [("Oz", "exact")]
    assert of("Oz. RO sang.", "oz") == [("Oz", "exact"), ("RO", "full-name")]


def test_all_that_is_named_inside_counts_where_an_entity_keeps_inner_names() -> None:
    assert [id for _, id, _ in found("forces of the River Pact Organization")] == ["pact-forces", "river-pact"]


@pytest.mark.parametrize(
    ("text", "surface", "veto"),
    [
        pytest.param("Kant wrote", "Kant", "no-context", id="no context"),
        pytest.param("Goose, roast", "Goose", "against", id="veto"),
        pytest.param("Gale spoke", "Gale", "no-context", id="surname"),
        pytest.param("Ten Goose Recipes For Winter", "Goose", "capitals", id="headline"),
        pytest.param("the Sun Valley", "the Sun", "decoy", id="decoy"),
        pytest.param("Oz and the Royal Opera (RO)", "RO", "defined", id="defined"),
        pytest.param("Republic of Oz", "Oz", "longest", id="inside a longer name"),
        pytest.param("Dorothy Gale met Henry Gale.", "Gale", "other-person", id="other person"),
    ],
)
def test_a_near_miss_names_the_rule_that_vetoed_it(text: str, surface: str, veto: str) -> None:
    trace: list[NearMiss] = []
    TAGGER.tag_fields({"text": text}, "en", trace=trace)
    misses = [(text[miss.start : miss.end], miss.veto) for miss in trace]
    assert (surface, veto) in misses
    assert {miss.veto for miss in trace} <= set(Veto)


def test_a_trace_changes_nothing() -> None:
    text = "Republic of Oz (RO), Kant, Goose, roast. Gale, the President of Oz. Sun Valley."
    assert TAGGER.tag_fields({"text": text}, "en", trace=[]) == TAGGER.tag_fields({"text": text}, "en")
