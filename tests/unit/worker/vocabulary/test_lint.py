"""What `vocabulary check` finds and where it stands; what differs between two vocabularies."""

from __future__ import annotations

from dataclasses import replace

import pytest

from worker.vocabulary.diff import difference
from worker.vocabulary.entities import Alias, Entity, Vocabulary
from worker.vocabulary.line_numbers import find_line
from worker.vocabulary.lint import LintFinding, check

SOURCE = """id = "pact"        # a comment with [brackets]
relations = [
    { rel = "part_of", target = "nowhere" },
    { rel = "related", target = "lake" },
]

[names]
en = [
    # the short one
    "Pact [of] rivers",
    { text = "P", case = true },
]
ru = ["Пакт", "Союз"]

[[feeds]]
url = "https://a.example/"

[[feeds]]
url = "https://b.example/"
"""


@pytest.mark.parametrize(
    ("field", "line"),
    [
        ("id", 1),
        ("relations", 2),
        ("relations[1].target", 4),
        ("names", 7),
        ("names.en[0]", 10),
        ("names.en[1].text", 11),
        ("names.ru[1]", 13),
        ("feeds[1].url", 19),
        ("description", None),
        ("names.tr", 7),
        ("", None),
    ],
)
def test_a_field_has_a_line(field: str, line: int | None) -> None:
    assert find_line(SOURCE, field) == line


def name(text: str, language: str = "en", **flags: bool) -> Alias:
    return Alias(text=text, language=language, level="name", **flags)


def entity(id: str, *aliases: Alias) -> Entity:
    return Entity(id=id, type="place", label=id, description="for tests", aliases=aliases)


@pytest.mark.parametrize(
    ("aliases", "field", "message", "is_error"),
    [
        ((name("Lake"), name("Lake")), "names.en[1]", "written twice: 'Lake' is also names.en[0]", True),
        ((name("Lake"), name("L")), "names.en[1]", "one letter is no name: 'L'", True),
        ((name("Koʻl", "uz"), name("Ko'l", "uz")), "names.uz[1]", "has no effect: 'Koʻl' finds \"Ko'l\" too", False),
    ],
)
def test_what_is_wrong_with_an_alias(aliases: tuple[Alias, ...], field: str, message: str, is_error: bool) -> None:
    assert check(Vocabulary(entities=(entity("lake", *aliases),))) == (
        LintFinding(entity="lake", type="place", field=field, message=message, is_error=is_error),
    )


@pytest.mark.parametrize(
    "aliases",
    [
        pytest.param((name("lake"), name("Lake", "tr")), id="of two languages"),
        pytest.param((name("Lake"), name("lake")), id="the second needs no capital"),
        pytest.param((name("Lake"), name("lake", needs_context=True)), id="the second needs context, and no capital"),
    ],
)
def test_aliases_that_look_alike_and_both_count(aliases: tuple[Alias, ...]) -> None:
    assert [
        one for one in check(Vocabulary(entities=(entity("lake", *aliases),))) if "no effect: '" in one.message
    ] == []


def test_a_language_in_which_outlets_are_read_wants_a_name() -> None:
    vocabulary = Vocabulary(entities=(entity("lake", name("Lake"), name("Көл", "kk")),))
    (finding,) = check(vocabulary, {"en", "ru", "kk-Latn", "tr", "fa"})
    assert finding.message == "no name in ru, tr, where outlets are followed"
    assert not finding.is_error


def test_a_difference_says_what_comes_and_what_goes() -> None:
    lake, hill, pass_ = (
        entity("lake", name("Lake"), name("Pond")),
        entity("hill", name("Hill")),
        entity("pass", name("P")),
    )
    tarn = replace(lake, aliases=(name("Lake"), name("Tarn")), description="deeper")
    found = difference(Vocabulary(entities=(hill, lake)), Vocabulary(entities=(tarn, pass_)))
    assert (found.added, found.removed, found.changed) == (("pass",), ("hill",), ("lake",))
    assert [(id, alias.text) for id, alias in found.aliases_added] == [("lake", "Tarn"), ("pass", "P")]
    assert [(id, alias.text) for id, alias in found.aliases_removed] == [("hill", "Hill"), ("lake", "Pond")]
    assert found
    assert not difference(Vocabulary(entities=(hill, lake)), Vocabulary(entities=(hill, lake)))
