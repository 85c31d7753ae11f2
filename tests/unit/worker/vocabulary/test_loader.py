"""Vocabulary files: what is read, and what is said about each mistake."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from vocabularies import packaged_vocabulary

from worker.tagging.tagger import Tagger
from worker.vocabulary.entities import (
    Alias,
    Entity,
    Relation,
    Vocabulary,
    VocabularyError,
)
from worker.vocabulary.lint import check
from worker.vocabulary.loader import read_vocabulary
from worker.vocabulary.offices import Office

COMPLETE = """
id = "river-pact"
type = "alliance"
label = "River Pact"
wikidata = "Q42"
description = "An invented alliance"
in_seed = true
seed_mentions = 2
keep_inner = true
surname_rule = true
ambiguity = "also a rowing club"
context_any = ["river"]
context_none = ["rowing"]
relations = [
    { rel = "part_of", target = "lowland", from = "2001", to = "2010-05" },
    { rel = "founded", target = "1999-01-31" },
]

[names]
en = ["River Pact", { text = "RP", case = true, context = true, source = "valley.example" }]
kk-Latn = [{ text = "Özen kelısımı", generated = true }]

[demonyms]
en = ["Pactist"]
"""
LOWLAND = """
id = "lowland"
type = "region"
label = "Lowland"
description = "An invented region"

[names]
en = ["Lowland"]
"""


def write(folder: Path, files: dict[str, str]) -> Path:
    for name, content in files.items():
        path = folder / "entities" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, "utf-8")
    return folder


def problems(folder: Path) -> tuple[str, ...]:
    with pytest.raises(VocabularyError) as caught:
        read_vocabulary(folder)
    return caught.value.problems


def test_every_key_is_read(tmp_path: Path) -> None:
    write(tmp_path, {"alliance/river-pact.toml": COMPLETE, "region/lowland.toml": LOWLAND})
    vocabulary = read_vocabulary(tmp_path)
    assert [entity.id for entity in vocabulary.entities] == ["lowland", "river-pact"]
    assert vocabulary.by_id["river-pact"] == Entity(
        id="river-pact",
        type="alliance",
        label="River Pact",
        description="An invented alliance",
        wikidata="Q42",
        ambiguity="also a rowing club",
        context_any=("river",),
        context_none=("rowing",),
        keep_inner=True,
        surname_rule=True,
        in_seed=True,
        seed_mentions=2,
        relations=(
            Relation(kind="part_of", target="lowland", from_on="2001", to_on="2010-05"),
            Relation(kind="founded", target="1999-01-31"),
        ),
        aliases=(
            Alias(text="River Pact", language="en", level="name"),
            Alias(
                text="RP", language="en", level="name", case_sensitive=True, needs_context=True, source="valley.example"
            ),
            Alias(text="Özen kelısımı", language="kk-Latn", level="name", generated=True),
            Alias(text="Pactist", language="en", level="demonym"),
        ),
    )


def test_names_of_a_concept_are_concepts(tmp_path: Path) -> None:
    content = LOWLAND.replace('"region"', '"concept"')
    (entity,) = read_vocabulary(write(tmp_path, {"concept/lowland.toml": content})).entities
    assert [alias.level for alias in entity.aliases] == ["concept"]


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        pytest.param('type = "region"', 'type = "regoin"', "type: unknown value 'regoin'; known are state,", id="type"),
        pytest.param(
            'type = "region"',
            'type = "place"',
            "type: the file of a place belongs in the folder place, not region",
            id="folder",
        ),
        pytest.param('id = "lowland"', 'id = "low"', "id: is not the file's name, lowland.toml", id="file name"),
        pytest.param('id = "lowland"', 'id = "Low Land"', "id: must be lower-case letters", id="form of id"),
        pytest.param('label = "Lowland"', "", "label: is missing", id="missing"),
        pytest.param('label = "Lowland"', 'label = ""', "label: is empty", id="empty"),
        pytest.param('label = "Lowland"', "label = 7", "label: must be one line of text", id="wrong kind"),
        pytest.param('label = "Lowland"', 'labels = "Lowland"', "labels: unknown key", id="unknown key"),
        pytest.param('["Lowland"]', '["Lowland", ""]', "names.en[1].text: is empty", id="empty alias"),
        pytest.param('["Lowland"]', '["Lowland", "+"]', "names.en[1].text: has no letter", id="no letter"),
        pytest.param('["Lowland"]', '["Low\\nland"]', "names.en[0].text: must be one line", id="line break"),
        pytest.param('["Lowland"]', "[3]", "names.en[0]: must be a table, not 3", id="alias of wrong kind"),
        pytest.param(
            '["Lowland"]', '[{ text = "L", cased = true }]', "names.en[0].cased: unknown key", id="unknown flag"
        ),
        pytest.param(
            '["Lowland"]',
            '[{ text = "L", source = "a page" }]',
            "names.en[0].source: must be one short word or domain",
            id="source",
        ),
        pytest.param(
            '["Lowland"]', '[{ text = "L", source = 3 }]', "names.en[0].source: must be one line", id="source of number"
        ),
        pytest.param('["Lowland"]', '[{ text = "L", case = 1 }]', "names.en[0].case: must be true or false", id="flag"),
        pytest.param("en = [", "xx = [", "names.xx: unknown language; known are en, ru,", id="language"),
        pytest.param("en = [", "zh = ['里',", "names.zh[0].text: one Chinese character", id="one Chinese character"),
        pytest.param('en = ["Lowland"]', "", "names: an entity needs at least one", id="no name"),
        pytest.param("[names]", 'wikidata = "42"\n[names]', "wikidata: must look like Q232", id="wikidata"),
        pytest.param("[names]", 'in_seed = "yes"\n[names]', "in_seed: must be true or false", id="boolean"),
        pytest.param("[names]", 'context_any = ["…"]\n[names]', "context_any[0]: has no letter", id="context"),
        pytest.param(
            "[names]",
            'relations = [{ rel = "part_of", target = "nowhere" }]\n[names]',
            "relations[0].target: no entity has the id 'nowhere'",
            id="dangling relation",
        ),
        pytest.param(
            "[names]",
            'relations = [{ rel = "likes", target = "lowland" }]\n[names]',
            "relations[0].rel: unknown value 'likes'",
            id="unknown relation",
        ),
        pytest.param(
            "[names]",
            'relations = [{ rel = "founded", target = "1999", from = "May" }]\n[names]',
            "relations[0].from: must be a year",
            id="date",
        ),
    ],
)
def test_a_mistake_is_named_with_file_entity_and_field(tmp_path: Path, old: str, new: str, problem: str) -> None:
    assert old in LOWLAND
    write(tmp_path, {"region/lowland.toml": LOWLAND.replace(old, new)})
    said = problems(tmp_path)
    assert any(problem in one for one in said)
    assert all(one.startswith("entities/region/lowland.toml: ") for one in said)


def test_all_problems_of_all_files_are_told_at_once(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            "region/lowland.toml": LOWLAND.replace("description", "descriptoin"),
            "region/broken.toml": 'id = "broken"\ntype = = 3',
            "place/lowland.toml": LOWLAND.replace("region", "place", 1),
        },
    )
    (tmp_path / "entities" / "place" / "latin1.toml").write_bytes(b'id = "caf\xe9"')
    said = "\n".join(problems(tmp_path))
    assert "entities/region/lowland.toml: lowland: description: is missing" in said
    assert "entities/region/lowland.toml: lowland: descriptoin: unknown key" in said
    assert "entities/region/broken.toml: is not valid TOML: " in said
    assert "line 2" in said
    assert "entities/region/lowland.toml: lowland: id: also used by entities/place/lowland.toml" in said
    assert "entities/place/latin1.toml: is not UTF-8 (byte 9)" in said


def test_a_folder_without_entities(tmp_path: Path) -> None:
    (problem,) = problems(tmp_path)
    assert problem.endswith("holds no entities/<type>/<id>.toml")


@pytest.mark.slow
def test_a_stored_vocabulary_equals_the_one_that_was_read() -> None:
    vocabulary = packaged_vocabulary()
    stored = Vocabulary.from_json(vocabulary.to_json())
    assert stored == vocabulary
    assert stored.version == vocabulary.version


def test_the_source_of_a_spelling_is_stored(tmp_path: Path) -> None:
    content = LOWLAND.replace('["Lowland"]', '["Lowland", { text = "Vale", source = "guess" }]')
    vocabulary = read_vocabulary(write(tmp_path, {"region/lowland.toml": content}))
    stored = Vocabulary.from_json(vocabulary.to_json())
    assert stored == vocabulary
    assert [alias.source for alias in stored.by_id["lowland"].aliases] == [None, "guess"]


def test_the_version_follows_the_content(tmp_path: Path) -> None:
    first = read_vocabulary(write(tmp_path, {"region/lowland.toml": LOWLAND})).version
    again = read_vocabulary(tmp_path).version
    changed = read_vocabulary(write(tmp_path, {"region/lowland.toml": LOWLAND + 'ru = ["Низина"]'})).version
    assert first == again != changed


@pytest.mark.parametrize("content", ["[]", "{}", '{"entities": [{}]}', '{"entities": 3}', "nonsense"])
def test_what_is_no_stored_vocabulary_is_refused(content: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - json's own error is one, too
        Vocabulary.from_json(content)


def test_the_packaged_vocabulary_is_whole() -> None:
    vocabulary = packaged_vocabulary()
    assert len(vocabulary.entities) >= 416
    assert sum(len(entity.aliases) for entity in vocabulary.entities) >= 6505
    assert sum(entity.in_seed for entity in vocabulary.entities) >= 145


def remarks(*entities: Entity) -> list[tuple[str, str]]:
    return [(finding.entity, finding.message) for finding in check(Vocabulary(entities=entities))]


def make(id: str, *aliases: Alias, any_of: tuple[str, ...] = ()) -> Entity:
    return Entity(id=id, type="place", label=id, description="for tests", aliases=aliases, context_any=any_of)


def test_a_reviewer_is_told_what_looks_wrong() -> None:
    plain, guarded = (
        Alias(text="Twin", language="en", level="name"),
        Alias(text="twin", language="en", level="name", needs_context=True),
    )
    assert remarks(make("a", plain), make("b", guarded)) == [
        ("a", "'Twin' also names b: only the nearest relative decides"),
        ("b", "every alias needs context and none is listed: never tagged"),
    ]
    assert remarks(make("a", plain, plain), make("b", Alias(text="Twin", language="tr", level="name"))) == [
        ("a", "written twice: 'Twin' is also names.en[0]")
    ]
    assert remarks(make("a", Alias(text="X", language="en", level="name"))) == [("a", "one letter is no name: 'X'")]
    assert remarks(make("a", plain, any_of=("river",))) == [("a", "has no effect: no alias asks for context")]


OFFICES = """
id = "ada-brook"
type = "person"
label = "Ada Brook"
description = "An invented minister"

[[offices]]
title = "Minister of Rivers"
of = "lowland"
from = "2021-03"
until = "2023"
terms = ["minister of rivers"]

[names]
en = ["Ada Brook", { text = "Brook", context = true }]
"""


def with_offices(folder: Path, content: str = OFFICES) -> Path:
    return write(folder, {"person/ada-brook.toml": content, "region/lowland.toml": LOWLAND})


def test_offices_are_read_with_their_time_and_kept_when_stored(tmp_path: Path) -> None:
    vocabulary = read_vocabulary(with_offices(tmp_path))
    expected = (
        Office(
            title="Minister of Rivers", of="lowland", from_on="2021-03", until_on="2023", terms=("minister of rivers",)
        ),
    )
    assert vocabulary.by_id["ada-brook"].offices == expected
    assert Vocabulary.from_json(vocabulary.to_json()) == vocabulary


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        pytest.param('"2021-03"', '"March 2021"', "from: must be a year, a month or a day", id="from"),
        pytest.param('until = "2023"', 'until = "2020"', "until: is before from, 2021-03", id="until before from"),
        pytest.param('of = "lowland"', 'of = "highland"', "of: no entity has the id 'highland'", id="of"),
        pytest.param('title = "Minister of Rivers"\n', "", "title: ", id="no title"),
        pytest.param("terms =", "words =", "words: ", id="unknown key"),
    ],
)
def test_what_is_wrong_with_an_office_is_said(tmp_path: Path, old: str, new: str, problem: str) -> None:
    (found,) = problems(with_offices(tmp_path, OFFICES.replace(old, new)))
    assert found.startswith("entities/person/ada-brook.toml: ada-brook: offices[0].")
    assert problem in found


@pytest.mark.parametrize(
    ("day", "is_held"),
    [
        pytest.param(None, True, id="unknown"),
        pytest.param(date(2021, 2, 28), False, id="the day before its month"),
        pytest.param(date(2021, 3, 1), True, id="the first day of its month"),
        pytest.param(date(2023, 12, 31), True, id="the last day of its year"),
        pytest.param(date(2024, 1, 1), False, id="the day after"),
    ],
)
def test_an_office_is_held_from_the_first_to_the_last_day(day: date | None, is_held: bool) -> None:
    assert Office(title="Minister", of=None, from_on="2021-03", until_on="2023", terms=()).was_held(day) is is_held


def test_the_office_of_the_day_speaks_for_a_surname(tmp_path: Path) -> None:
    tagger = Tagger(read_vocabulary(with_offices(tmp_path)))
    fields = {"text": "The minister of rivers, Brook, resigned."}
    assert [mention.rule for _, mention in tagger.tag_fields(fields, "en", day=date(2022, 5, 1))] == ["office"]
    assert tagger.tag_fields(fields, "en", day=date(2026, 5, 1)) == []


def test_a_key_of_ever_so_many_dots_is_refused_at_once(tmp_path: Path) -> None:
    (found,) = problems(write(tmp_path, {"region/lowland.toml": "a." * 60_000 + "a = 1\n"}))
    assert found == "entities/region/lowland.toml: has a line of more than 10,000 bytes"
