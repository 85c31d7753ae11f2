"""Each example of `--help`, of the README and of the docs is a command that exists, and names what there is."""

from __future__ import annotations

from functools import cache

import pytest
from examples import COMMANDS, EXAMPLES, split

from worker.chain.preview import Preview
from worker.query.names import QueryNames
from worker.query.query import parse

_ASKING = {("alert", "lint"): "texts", ("article", "search"): "query"}


@cache
def known() -> QueryNames:
    return Preview().known()


def test_there_are_examples_everywhere() -> None:
    assert {place for place, _ in EXAMPLES} >= {
        "README.md",
        "docs/how-to/alerts.md",
        "article list --help",
        "export --help",
    }


@pytest.mark.parametrize(("place", "example"), EXAMPLES)
def test_an_example_is_understood(place: str, example: str) -> None:
    path, arguments = split(example)
    given = COMMANDS[path].make_context(" ".join(path), arguments).params
    for name in ("entities", "entity", "burst"):
        asked = given.get(name) or ()
        for entity in [asked] if isinstance(asked, str) else asked:
            known().get_entity(entity)
    queries = given.get(_ASKING.get(path, "")) or ()
    for query in [queries] if isinstance(queries, str) else queries:
        parse(query, {"pacts": "CSTO"}, known())
    if path[0] in ("article", "coverage", "export"):
        for source in given.get("source") or ():
            assert known().has_source(source)
