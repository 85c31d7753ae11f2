"""What is in scope: themes with weights, limits that grow with the length, reasons for each verdict."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from vocabularies import packaged_vocabulary

from worker.vocabulary.entities import Alias, Entity, Relation, Vocabulary
from worker.vocabulary.scope import Definition, Scope, Theme
from worker.vocabulary.scope_file import read_scope


def entity(id: str, type: str = "person", *relations: tuple[str, str]) -> Entity:
    aliases = (Alias(text=id, language="en", level="name"),)
    return Entity(
        id=id,
        type=type,
        label=id,
        description="invented",
        aliases=aliases,
        relations=tuple(Relation(kind=kind, target=target) for kind, target in relations),
    )


ENTITIES = (
    entity("lakeland", "state"),
    entity("lake-city", "place", ("capital_of", "lakeland")),
    entity("mayor", "person", ("leader_of", "lake-city"), ("member_of", "lakeland")),
    entity("river-pact", "alliance"),
    entity("catapult", "weapon"),
    entity("trebuchet", "weapon"),
)
REGION = Theme(name="region", needed=3, entities={"lakeland": 2}, types={}, related=1, through=("capital_of",))
SECURITY = Theme(name="security", needed=2, entities={"river-pact": 2, "trebuchet": 0}, types={"weapon": 1})
DEFINITION = Definition(threshold=6, repeats=3, in_title=2, length=1_000, themes=(REGION, SECURITY))
SCOPE = Scope(DEFINITION, ENTITIES)


def text(*ids: str) -> list[tuple[str, str]]:
    return [("text", id) for id in ids]


@pytest.mark.parametrize(
    ("id", "region", "security"),
    [
        ("lakeland", 2, 0),
        ("lake-city", 1, 0),  # through its relation
        ("mayor", 0, 0),  # related, but not by a relation that counts
        ("river-pact", 0, 2),
        ("catapult", 0, 1),  # by its type
        ("trebuchet", 0, 0),  # its own weight goes before that of its type
    ],
)
def test_what_an_entity_weighs(id: str, region: int, security: int) -> None:
    found = next(one for one in ENTITIES if one.id == id)
    assert (REGION.weight(found), SECURITY.weight(found)) == (region, security)


@pytest.mark.parametrize(
    ("mentions", "length", "in_scope"),
    [
        pytest.param(text("lakeland", "lakeland", "river-pact"), 900, True, id="both themes, enough together"),
        pytest.param(text("lakeland", "lakeland", "lakeland", "lake-city"), 900, False, id="one theme alone"),
        pytest.param(text("lakeland", "river-pact", "river-pact"), 900, False, id="too little of the region"),
        pytest.param(text("lakeland", "lake-city", "river-pact"), 900, False, id="each enough, together too little"),
        pytest.param([("title", "lakeland"), *text("catapult", "catapult")], 900, True, id="the title counts more"),
        pytest.param(text("lakeland", "lakeland", "river-pact"), 4_000, False, id="too thin in a long text"),
        pytest.param([], 0, False, id="nothing"),
    ],
)
def test_a_text_is_in_scope_or_not(mentions: list[tuple[str, str]], length: int, in_scope: bool) -> None:
    assert SCOPE.judge(mentions, length).in_scope is in_scope


def test_repeating_a_name_counts_up_to_a_limit() -> None:
    assert SCOPE.judge(text(*["catapult"] * 50), 100).points == {"region": 0, "security": 3}


def test_a_verdict_says_who_brought_which_points() -> None:
    verdict = SCOPE.judge([("title", "river-pact"), *text("lakeland", "mayor")], 4_000)
    assert [(one.theme, one.entity, one.points) for one in verdict.reasons] == [
        ("security", "river-pact", 6),
        ("region", "lakeland", 2),
    ]
    assert verdict.needed == {"region": 6.0, "security": 4.0, "": 12.0}


ids = st.sampled_from([one.id for one in ENTITIES])


@settings(max_examples=100)
@given(st.lists(st.tuples(st.sampled_from(["title", "text"]), ids)), st.integers(0, 100_000), ids)
def test_naming_more_never_takes_a_text_out_of_scope(mentions: list[tuple[str, str]], length: int, more: str) -> None:
    before, after = SCOPE.judge(mentions, length), SCOPE.judge([*mentions, ("text", more)], length)
    assert after.in_scope or not before.in_scope
    assert sum(after.points.values()) == sum(reason.points for reason in after.reasons)


def test_the_definition_is_a_part_of_the_vocabulary_and_of_its_version() -> None:
    vocabulary = Vocabulary(entities=ENTITIES, scope=DEFINITION)
    assert Vocabulary.from_json(vocabulary.to_json()) == vocabulary
    assert len({vocabulary.version, Vocabulary(entities=ENTITIES).version}) == 2
    assert "scope" not in json.loads(Vocabulary(entities=ENTITIES).to_json())


def test_the_packaged_definition_is_read() -> None:
    vocabulary = packaged_vocabulary()
    assert vocabulary.scope is not None
    assert [theme.name for theme in vocabulary.scope.themes] == ["region", "security"]


def test_every_mistake_in_the_file_is_told(tmp_path: Path) -> None:
    (tmp_path / "scope.toml").write_text(
        """
        threshold = "high"
        repeats = 0
        length = 1000
        colour = "red"
        [themes.region]
        needed = -1
        through = ["beside"]
        [themes.region.entities]
        nowhere = 2
        lakeland = 1.5
        [themes.region.types]
        dragon = 1
        """
    )
    problems: list[str] = []
    read_scope(tmp_path, {"lakeland"}, problems)
    assert problems == [
        "scope.toml: themes.region.needed: must be a whole number, not -1",
        "scope.toml: themes.region.entities.nowhere: no entity has the id 'nowhere'",
        "scope.toml: themes.region.entities.lakeland: must be a whole number, not 1.5",
        "scope.toml: themes.region.types.dragon: no such type: 'dragon'",
        "scope.toml: themes.region.through[0]: no such relation: 'beside'",
        "scope.toml: threshold: must be a whole number, not 'high'",
        "scope.toml: repeats: must be at least 1",
        "scope.toml: colour: unknown key",
    ]


def test_a_folder_without_the_file_defines_no_scope(tmp_path: Path) -> None:
    assert read_scope(tmp_path, (), []) is None
