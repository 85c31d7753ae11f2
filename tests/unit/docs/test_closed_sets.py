"""Closed sets are said once: tables, columns of exports, the linter and the docs have the same values."""

from __future__ import annotations

import ast
import importlib
import json
import pkgutil
import re
from pathlib import Path

import pytest

import db.enums
from cli.docs.closed_sets import COLUMNS, OUTCOMES
from db.enums.alerts import SENT_STATUSES, MatchStatus, SubscriptionKind
from db.enums.articles import Genre
from db.enums.base import ClosedSet, listed
from db.enums.collection import SourceOrigin
from db.enums.outcomes import RequestOutcome, Stage
from db.enums.vocabulary import EntityType, MentionField, MentionLevel, MentionRule
from db.models import Base
from worker.export.formats import columns
from worker.query.errors import QueryError
from worker.query.grammar.closed import checked_value, describe_values

ROOT = Path(__file__).resolve().parents[3]
DOCS = ROOT / "docs"


def sets_of_code() -> list[type[ClosedSet]]:
    modules = [importlib.import_module(f"db.enums.{each.name}") for each in pkgutil.iter_modules(db.enums.__path__)]
    found = {value for module in modules for value in vars(module).values() if isinstance(value, type)}
    return sorted((one for one in found if issubclass(one, ClosedSet) and list(one)), key=lambda c: c.__name__)


@pytest.mark.parametrize("values", sets_of_code(), ids=lambda c: c.__name__)
def test_a_member_is_the_string_that_is_stored_and_has_a_meaning(values: type[ClosedSet]) -> None:
    for member in values:
        assert member == str(member) == f"{member}" == json.loads(json.dumps({"x": member}))["x"]
        assert type(str(member)) is str
        assert values(str(member)) is member
        assert {str(member): 1}[member] == 1
        assert member.meaning.strip()


@pytest.mark.parametrize("values", sets_of_code(), ids=lambda c: c.__name__)
def test_each_closed_set_is_that_of_a_column(values: type[ClosedSet]) -> None:
    assert values in [*COLUMNS.values(), *OUTCOMES]


@pytest.mark.parametrize("column", COLUMNS)
def test_a_column_has_room_for_its_values_and_a_default_among_them(column: str) -> None:
    table, _, name = column.partition(".")
    found = Base.metadata.tables[table].columns[name]
    assert found.type.length >= max(map(len, COLUMNS[column]))  # type: ignore[attr-defined]
    if found.default is not None:
        assert found.default.arg in set(COLUMNS[column])  # type: ignore[attr-defined]


def test_a_member_is_found_by_its_stored_value_and_nothing_else_is() -> None:
    assert RequestOutcome.from_value("no network") is RequestOutcome.NO_NETWORK
    for other in ("", "NO_NETWORK", "no  network", "meaning", "captured "):
        with pytest.raises(ValueError, match="is no RequestOutcome"):
            RequestOutcome.from_value(other)


def test_the_columns_of_outcomes_have_room_for_each() -> None:
    tables = Base.metadata.tables
    room = {
        (table, name): tables[table].columns[name].type.length  # type: ignore[attr-defined]
        for table, name in (("outcomes", "outcome"), ("pages", "last_outcome"), ("feeds", "last_outcome"))
    }
    longest = max(len(outcome) for values in OUTCOMES for outcome in values)
    assert {place for place, length in room.items() if length < longest} == set()


def test_each_stage_of_processing_has_an_outcome_that_its_name_explains() -> None:
    text = " ".join(values.__doc__ or "" for values in OUTCOMES)
    counted = {stage for stage in Stage if not stage.meaning.startswith("problems only")}
    assert set(re.findall(r"stage `(\w+)`", text)) == counted


def test_values_are_listed_as_a_sentence_has_them() -> None:
    assert listed(("name", "demonym", "concept")) == "name, demonym or concept"
    assert listed(("title", "text"), "and") == "title and text"
    assert listed(("only",)) == "only"


def test_the_column_of_statuses_lists_each_once() -> None:
    meaning = next(column.meaning for column in columns.MATCHES if column.name == "status")
    assert sorted(re.findall(r"\b(?!sent|kept)[a-z]+", meaning)) == sorted(MatchStatus)
    assert meaning.startswith(f"{', '.join(SENT_STATUSES)}: sent")


def test_the_page_of_alerts_has_each_status_in_its_table() -> None:
    page = (DOCS / "reference/alerts.md").read_text("utf-8")
    table = page.partition("| case | status | sent |")[2].partition("\n\n")[0]
    assert re.findall(r"\| `(\w+)` \|", table) == list(MatchStatus)


@pytest.mark.parametrize(
    ("column", "values"),
    [
        (("articles", "genre"), Genre),
        (("mentions", "field"), MentionField),
        (("mentions", "level"), MentionLevel),
        (("matches", "subscription_kind"), SubscriptionKind),
        (("sources", "origin"), SourceOrigin),
    ],
)
def test_the_meaning_of_a_column_lists_its_closed_set(column: tuple[str, str], values: type[ClosedSet]) -> None:
    meaning = next(one.meaning for one in columns.COLUMNS[column[0]] if one.name == column[1])
    assert meaning.startswith(listed(values))


@pytest.mark.parametrize(("field", "values"), [("genre", Genre), ("type", EntityType)])
def test_queries_know_exactly_the_closed_set(field: str, values: type[ClosedSet]) -> None:
    assert [checked_value(field, str(value), 0) for value in values] == list(values)
    assert describe_values(field).endswith(", ".join(values))
    for other in ("op-ed", "editorials", "", "newss"):
        with pytest.raises(QueryError):
            checked_value(field, other, 0)


@pytest.mark.parametrize(
    ("page", "begin", "values"),
    [
        ("reference/queries.md", "Genres are ", Genre),
        ("reference/glossary.md", "**genre** — ", Genre),
    ],
)
def test_pages_that_list_a_closed_set_list_it_whole(page: str, begin: str, values: type[ClosedSet]) -> None:
    text = " ".join((DOCS / page).read_text("utf-8").split())
    assert f"{begin}{listed(values)}" in text or f"{begin}{listed(values, 'and')}" in text


def test_each_value_behind_a_field_in_the_docs_is_one() -> None:
    wrong = []
    for path in sorted(DOCS.rglob("*.md")):
        for field, value in re.findall(r"\b(genre|type):([a-z]+)\b(?!-)", path.read_text("utf-8")):
            try:
                checked_value(field, value, 0)
            except QueryError:
                wrong.append(f"{path.name}: {field}:{value}")
    assert wrong == ["queries.md: type:country"]  # it tells there what is meant by that


def test_the_tagger_gives_no_rule_but_these() -> None:
    folder = Path(columns.__file__).resolve().parents[2] / "tagging"
    code = "".join(path.read_text("utf-8") for path in sorted(folder.rglob("*.py")))
    assert [rule for rule in MentionRule if f"MentionRule.{rule.name}" not in code] == []
    assert not re.findall(r'(?:rule=|_replace\(rule=|ruled\(\w+, )"([a-z-]+)"', code)


STORED = frozenset(column.partition(".")[2] for column in COLUMNS) | {"outcome", "last_outcome"}
"""Names of columns that have a closed set."""
VALUES = frozenset(str(value) for values in sets_of_code() for value in values)


def bare_values(node: ast.Compare) -> list[str]:
    """Return the values of closed sets that such a column is compared with as bare strings."""
    sides = [node.left, *node.comparators]
    if not any(isinstance(one, ast.Attribute) and one.attr in STORED for one in sides):
        return []
    parts = [part for one in sides for part in (one.elts if isinstance(one, ast.Tuple | ast.List | ast.Set) else [one])]
    return [one.value for one in parts if isinstance(one, ast.Constant) and one.value in VALUES]


@pytest.mark.parametrize("package", ["cli", "crawlers", "db", "web", "worker"])
def test_columns_are_compared_with_members_and_not_with_bare_strings(package: str) -> None:
    found = [
        f"{path.relative_to(ROOT)}:{node.lineno}: {value}"
        for path in sorted((ROOT / package).rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Compare)
        for value in bare_values(node)
    ]
    assert found == []


def test_a_bare_string_is_found_on_either_side() -> None:
    source = ('row.state == "active"', '"gone" == row.last_outcome', 'row.status not in ("news", y)')
    compared = [node for text in source for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Compare)]
    assert [bare_values(node) for node in compared] == [["active"], ["gone"], ["news"]]
