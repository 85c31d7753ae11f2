"""Every command of `steppewatch alert` has an example, and what its examples ask for is understood."""

from __future__ import annotations

import re
import shlex

import pytest

from cli.alert import add, backtest, deliveries, edit, query, subscriptions, sync, why
from worker.chain.preview import Preview
from worker.query.query import parse

COMMANDS = {
    name: command
    for module in (query, add, edit, sync, backtest, why, deliveries, subscriptions)
    for name, command in vars(module).items()
    if name.startswith("alert_") and callable(command)
}
EXAMPLES = [
    (name, found)
    for name, command in COMMANDS.items()
    for found in re.findall(r"Example: (steppewatch alert .+)", command.__doc__ or "")
]
_ASKING = {"lint": 0, "test": 0, "add": 1, "edit": 1}
"""Which argument of a command is a query."""


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_an_example(name: str) -> None:
    assert name in {known for known, _ in EXAMPLES}


@pytest.mark.slow
def test_the_queries_of_examples_are_understood() -> None:
    known = Preview().known()
    asked = []
    for _, example in EXAMPLES:
        _, _, command, *arguments = shlex.split(example)
        given = [one for one in arguments if not one.startswith("--")]
        at = _ASKING.get(command)
        is_query = at is not None and len(given) > at and not arguments[at].startswith("--")
        if at is not None and is_query and re.search(r"[ :*]", given[at]):
            asked.append(parse(given[at], {"pacts": "CSTO"}, known))
    assert len(asked) >= 5
