"""What counts as a mention. The vocabulary is small, the sentences are invented."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from vocabularies import INFLECTION

from worker.tagging.tagger import Mention, Tagger
from worker.vocabulary.entities import Alias, Entity, Relation, Vocabulary


def name(text: str, language: str = "en", *, case: bool = False, context: bool = False, common: bool = False) -> Alias:
    return Alias(
        text=text, language=language, level="name", case_sensitive=case, needs_context=context, is_common=common
    )


def demonym(text: str, language: str = "en") -> Alias:
    return Alias(text=text, language=language, level="demonym")


def concept(text: str, language: str = "en", *, case: bool = False) -> Alias:
    return Alias(text=text, language=language, level="concept", case_sensitive=case)


def entity(
    id: str,
    type: str,
    *aliases: Alias,
    any_of: Sequence[str] = (),
    none_of: Sequence[str] = (),
    decoys: Sequence[Alias] = (),
    office: Sequence[str] = (),
    keeps: bool = False,
    of: str = "",
) -> Entity:
    return Entity(
        id=id,
        type=type,
        label=id.title(),
        description="for tests",
        aliases=aliases,
        relations=(Relation(kind="part_of", target=of),) if of else (),
        context_any=tuple(any_of),
        context_none=tuple(none_of),
        decoys=tuple(decoys),
        office=tuple(office),
        keep_inner=keeps,
    )


VOCABULARY = Vocabulary(
    entities=(
        entity(
            "turkey",
            "state",
            *(name("Turkey", common=True), demonym("Turkish"), name("RT", case=True, context=True)),
            *(name("Türkiye", "tr"), name("Турция", "ru")),
            none_of=("Thanksgiving",),
        ),
        entity("tajikistan", "state", name("Tajikistan"), name("RT", case=True, context=True)),
        entity("rt", "outlet", name("RT", case=True, context=True), any_of=("told RT", "broadcast", "Simonyan")),
        entity("kazakhstan", "state", name("Kazakhstan"), demonym("Kazakh"), name("Қазақстан", "kk")),
        entity("qazaqstan", "outlet", name("Qazaqstan", "kk-Latn")),
        entity("kyrgyzstan", "state", name("Kyrgyzstan"), name("Кыргызстан", "ky")),
        entity("gknb-kg", "organisation", name("GKNB", case=True), of="kyrgyzstan"),
        entity("gknb-tj", "organisation", name("GKNB", case=True), of="tajikistan"),
        entity("united-states", "state", name("US", case=True), name("U.S.", case=True), name("ABD", "tr", case=True)),
        entity("united-nations", "organisation", name("BM", "tr", case=True), name("联合国", "zh")),
        entity("csto", "alliance", name("CSTO"), name("KGAÖ", "tr", case=True), name("ОДКБ", "ru")),
        entity("csto-forces", "organisation", name("CSTO peacekeeping forces"), keeps=True),
        entity("csto-assembly", "organisation", name("CSTO Assembly")),
        entity("ots", "alliance", name("Organization of Turkish States")),
        entity("uzbekistan", "state", name("Oʻzbekiston", "uz"), name("乌兹别克斯坦", "zh")),
        entity("aliyev", "person", name("Ilham Aliyev"), name("Aliyev", context=True), name("I. Aliyev")),
        entity("georgia", "state", name("Georgia", context=True), any_of=("Tbilisi",), none_of=("Atlanta",)),
        entity("drone", "concept", concept("drone"), concept("БПЛА", "ru")),
        entity(
            "west",
            "concept",
            concept("the West", case=True),
            decoys=(Alias(text="the West Bank", language="en", level="decoy"),),
        ),
        entity("great-game", "concept", concept("great game")),
        entity("nur-sultan", "place", name("Nur-Sultan"), name("C5+1 House")),
    ),
    inflection=INFLECTION,
)
TAGGER = Tagger(VOCABULARY)


def found(text: str, language: str | None = "en") -> list[tuple[str, str]]:
    return [(mention.surface, mention.entity) for mention in TAGGER.tag(text, language)]


def rules(text: str, language: str | None = "en") -> list[tuple[str, str]]:
    return [(mention.surface, mention.rule) for mention in TAGGER.tag(text, language)]


def test_a_mention_says_what_stands_where_and_why() -> None:
    assert TAGGER.tag("In Kazakhstan’s steppe", "en") == [
        Mention("kazakhstan", "state", 3, 13, "Kazakhstan", "Kazakhstan", "en", "possessive", "name")
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("Kazakhstan's", [("Kazakhstan", "possessive")], id="straight apostrophe"),
        pytest.param("the Kazakhs’ view", [("Kazakhs", "possessive")], id="plural possessive"),
        pytest.param("the Kazakhs", [("Kazakhs", "plural")], id="plural of a people"),
        pytest.param("two drones", [("drones", "plural")], id="plural of a thing"),
        pytest.param("Turkeys", [], id="no plural of a state"),
        pytest.param("pro-Turkish", [("Turkish", "compound")], id="prefix"),
        pytest.param("CSTO-led", [("CSTO", "compound")], id="suffix"),
        pytest.param("Turkish–Kazakh", [("Turkish", "compound"), ("Kazakh", "compound")], id="en dash"),
        pytest.param("Turkey — and", [("Turkey", "exact")], id="a dash between spaces joins nothing"),
        pytest.param("(CSTO)", [("CSTO", "exact")], id="brackets"),
        pytest.param("Belarus,Tajikistan", [("Tajikistan", "exact")], id="comma without space"),
        pytest.param("ACSTO CSTO2 CSTOx", [], id="inside other words"),
    ],
)
def test_word_boundaries_and_english_endings(text: str, expected: list[tuple[str, str]]) -> None:
    assert rules(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("He ate roast turkey", [], id="a capital is needed for what is a word as well"),
        pytest.param("roast turkey", [], id="and something else must be named where no word has one"),
        pytest.param("a csto envoy flew to turkey", ["csto", "turkey"], id="no capitals at all"),
        pytest.param("The Csto envoy", ["Csto"], id="an acronym as newspapers write it"),
        pytest.param("US and us and Us", ["US"], id="acronyms exactly"),
        pytest.param("the U.S. Army, the U S Army", ["U.S."], id="points are part of an abbreviation"),
        pytest.param("GREAT GAME, Great game", ["GREAT GAME", "Great game"], id="several words in any case"),
        pytest.param("The West and the west", ["The West"], id="case-sensitive phrase where a sentence begins"),
        pytest.param("A DRONE", ["DRONE"], id="common nouns in any case"),
        pytest.param("Nur Sultan, Nur–Sultan", ["Nur Sultan", "Nur–Sultan"], id="hyphen, dash or space"),
        pytest.param("C5+1 House, C5, 1 House", ["C5+1 House"], id="punctuation inside a name"),
    ],
)
def test_letter_case_and_punctuation(text: str, expected: list[str]) -> None:
    assert [surface for surface, _ in found(text)] == expected


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("the great. Game on", id="sentences"),
        pytest.param("the great, game", id="clauses"),
        pytest.param("the great\n\ngame", id="paragraphs"),
        pytest.param("the great – game", id="a dash between spaces"),
    ],
)
def test_a_phrase_does_not_cross(text: str) -> None:
    assert found(text) == []


@pytest.mark.parametrize("gap", [" ", "  ", "\u00a0", "\n", "\r\n", " \u00ad"])
def test_a_phrase_crosses_any_other_gap(gap: str) -> None:
    text = f"the great{gap}game"
    assert found(text) == [(f"great{gap}game", "great-game")]


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        pytest.param("BM ve ABD", "tr", ["united-nations", "united-states"], id="own acronyms"),
        pytest.param("BM and ABD", "en", [], id="short acronyms of other languages do not count"),
        pytest.param("the KGAÖ", "en", ["csto"], id="long ones do"),
        pytest.param("Turkey ve Turkish", "tr", ["turkey"], id="English names count everywhere, demonyms do not"),
        pytest.param("Қазақстан Qazaqstan", "kk", ["kazakhstan", "qazaqstan"], id="both scripts of a language"),
        pytest.param("Қазақстан", "ru", [], id="names of other languages do not count"),
        pytest.param("Turkey und Türkiye", "de", ["turkey"], id="a language without aliases"),
        pytest.param("Turkish", "en-GB", ["turkey"], id="regions of a language"),
        pytest.param("Türkiye, Қазақстан, BM", None, ["turkey", "kazakhstan"], id="unknown: all but short acronyms"),
        pytest.param("O‘zbekiston O'zbekiston Oʻzbekiston", "uz", ["uzbekistan"] * 3, id="apostrophes of Uzbek"),
        pytest.param(
            "在联合国与CSTO的乌兹别克斯坦", "zh", ["united-nations", "csto", "uzbekistan"], id="Chinese has no spaces"
        ),
    ],
)
def test_aliases_count_in_their_language(text: str, language: str | None, expected: list[str]) -> None:
    assert [id for _, id in found(text, language)] == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("Aliyev spoke.", [], id="a bare surname is not enough"),
        pytest.param("Aliyev spoke. Ilham Aliyev left.", ["full-name", "exact"], id="the full name speaks for it"),
        pytest.param("I. Aliyev came. Aliyev left.", ["exact", "full-name"], id="so do initials"),
        pytest.param("Georgia votes.", [], id="a place without context"),
        pytest.param("Georgia votes.\nTbilisi waits.", ["context"], id="context anywhere in the article"),
        pytest.param("Georgia votes in tbilisi.", [], id="a context name keeps its capital"),
        pytest.param("Georgia: Atlanta and Tbilisi", [], id="a veto in the paragraph"),
        pytest.param("Georgia and Tbilisi\nAtlanta", ["context"], id="a veto in another paragraph"),
        pytest.param("Turkey at Thanksgiving", [], id="a veto against a sure name"),
        pytest.param("the West Bank", [], id="a decoy holds the name"),
    ],
)
def test_context(text: str, expected: list[str]) -> None:
    assert [rule for _, rule in rules(text)] == expected


def test_a_surname_under_the_surname_rule_needs_the_full_name_whatever_the_context() -> None:
    smith = Entity(
        id="smith",
        type="person",
        label="Smith",
        description="for tests",
        aliases=(name("Jo Smith"), name("Smith", context=True)),
        context_any=("minister",),
        surname_rule=True,
    )
    tagger = Tagger(Vocabulary(entities=(smith,)))
    assert tagger.tag("Smith, the minister", "en") == []
    assert [mention.rule for mention in tagger.tag("Jo Smith. Smith, the minister", "en")] == ["exact", "full-name"]


def test_context_and_full_names_count_across_the_fields_of_an_article() -> None:
    fields = {"title": "Aliyev returns", "body": "Ilham Aliyev came back."}
    assert [(field, mention.start, mention.rule) for field, mention in TAGGER.tag_fields(fields, "en")] == [
        ("title", 0, "full-name"),
        ("body", 0, "exact"),
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("RT reported it.", [], id="nothing speaks for any"),
        pytest.param("Tajikistan is far away from here. Turkey, or RT", "turkey", id="the nearest of full names"),
        pytest.param("Turkey is far away from here. Tajikistan, or RT", "tajikistan", id="the other way round"),
        pytest.param("Turkey, he told RT", "rt", id="context at hand beats a full name"),
        pytest.param("Kyrgyzstan and its GKNB", "gknb-kg", id="a relative nearby"),
        pytest.param("Kyrgyzstan, then Tajikistan and its GKNB", "gknb-tj", id="the nearer relative"),
        pytest.param("GKNB", "gknb-kg", id="no hint: the first in order of ids"),
    ],
)
def test_an_alias_of_several_entities_names_one(text: str, expected: str | list[str]) -> None:
    shared = [id for surface, id in found(text) if surface in ("RT", "GKNB")]
    assert shared == ([expected] if isinstance(expected, str) else expected)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("Organization of Turkish States", ["ots"], id="no demonym inside a name"),
        pytest.param("CSTO Assembly", ["csto-assembly"], id="the longest wins"),
        pytest.param("CSTO peacekeeping forces", ["csto-forces", "csto"], id="unless it keeps inner names"),
        pytest.param("Ilham Aliyev", ["aliyev"], id="one mention, not two"),
    ],
)
def test_overlapping_aliases(text: str, expected: list[str]) -> None:
    assert [id for _, id in found(text)] == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("ROAST TURKEY RECIPES", [], id="in a line of capitals a capital says nothing"),
        pytest.param("TURKEY ASKS KAZAKHSTAN", ["turkey", "kazakhstan"], id="two entities speak for each other"),
        pytest.param("TELL US MORE\nThe CSTO met.", ["united-states", "csto"], id="one elsewhere will do"),
        pytest.param("TURKEY", ["turkey"], id="one word is no line of capitals"),
        pytest.param("TURKEY waits for it", ["turkey"], id="nor is a line with small letters"),
    ],
)
def test_lines_of_capitals(text: str, expected: list[str]) -> None:
    assert [id for _, id in found(text)] == expected


@pytest.mark.parametrize(
    ("text", "surface"),
    [
        pytest.param("Қазақ\u00adстан", "Қазақ\u00adстан", id="soft hyphen"),
        pytest.param("Қазақста\u0301н", "Қазақста\u0301н", id="stress mark"),
        pytest.param("Қазақстан\u0301 x", "Қазақстан\u0301", id="stress mark on the last letter"),
    ],
)
def test_what_a_reader_does_not_see(text: str, surface: str) -> None:
    assert found(text, "kk") == [(surface, "kazakhstan")]


SNIPPETS = st.sampled_from(
    [
        *(alias.text for one in VOCABULARY.entities for alias in one.aliases),
        *("Atlanta", "Tbilisi", " ", " ", "\n", "-", "’s", "s", ".", "\u00ad", "И\u0306", "🙂", "x", "\ud800"),
    ]
)
TEXTS = st.lists(SNIPPETS, max_size=12).map("".join)
LANGUAGES = st.sampled_from(["en", "ru", "tr", "kk", "zh", "xx", None])


@settings(max_examples=100)
@given(TEXTS, LANGUAGES)
def test_offsets_are_true_and_spans_are_in_order(text: str, language: str | None) -> None:
    mentions = TAGGER.tag(text, language)
    spans = [(mention.start, -mention.end, mention.entity) for mention in mentions]
    assert spans == sorted(set(spans))
    for mention in mentions:
        assert 0 <= mention.start < mention.end <= len(text)
        assert mention.surface == text[mention.start : mention.end]
        assert VOCABULARY.by_id[mention.entity].type == mention.type


@settings(max_examples=60)
@given(TEXTS, TEXTS, LANGUAGES)
def test_fields_hold_their_own_offsets(title: str, body: str, language: str | None) -> None:
    for field, mention in TAGGER.tag_fields({"title": title, "body": body}, language):
        assert mention.surface == {"title": title, "body": body}[field][mention.start : mention.end]


@settings(max_examples=6, deadline=None)
@given(TEXTS, LANGUAGES)
def test_two_taggers_agree_whatever_they_tagged_before(text: str, language: str | None) -> None:
    fresh = Tagger(Vocabulary.from_json(VOCABULARY.to_json()))
    assert fresh.tag(text, language) == TAGGER.tag(text, language)


def test_a_second_language_adds_its_names_and_takes_none_away() -> None:
    tagger = Tagger(
        Vocabulary(
            entities=(
                entity("sco", "alliance", name("ШОС", "ru", case=True), name("ШКУ", "ky", case=True)),
                entity("ankara", "place", name("Анкара", "ru"), name("Анкара", "ky")),
            ),
            inflection=INFLECTION,
        )
    )
    text = "ШКУ и ШОС, Анкара"

    def tagged(language: str | None, second: str | None) -> list[tuple[str, str]]:
        found = tagger.tag_fields({"text": text}, language, second=second)
        return [(mention.surface, mention.language) for _, mention in found]

    assert tagged("ky", None) == [("ШКУ", "ky"), ("Анкара", "ky")]
    assert tagged("ky", "ru") == [("ШКУ", "ky"), ("ШОС", "ru"), ("Анкара", "ky")]
    assert tagged("ru", "ky") == [("ШКУ", "ky"), ("ШОС", "ru"), ("Анкара", "ru")]
    assert tagged("bg", "ru") == [("ШОС", "ru"), ("Анкара", "ru")]
    assert tagged("ru", "ru") == tagged("ru", None)
