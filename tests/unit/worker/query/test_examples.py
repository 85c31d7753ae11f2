"""The queries that fix the language, on the documents the product was made for. They lie outside the repository."""

from __future__ import annotations

import json

import pytest
from commandline import run
from material import shared

DOCUMENTS = ("000_f8be7011e9c5b5d2.txt", "003_1ee4f9c68ffe08fc.txt")


@pytest.mark.slow
def test_every_query_matches_what_its_author_says() -> None:
    examples = shared("vocabulary/alert_examples.json")
    files = {str(shared(f"seeds/{name}")): name for name in DOCUMENTS}
    result = run("alert", "match", "--queries", str(examples), *files)
    assert result.exit_code == 0, result.stderr
    lines = [json.loads(line) for line in result.stdout.splitlines()]
    got = {(line["query"], files[line["file"]]): line["matched"] for line in lines}
    alerts = json.loads(examples.read_text("utf-8"))["alerts"]
    assert got == {(alert["id"], name): right for alert in alerts for name, right in alert["gold"].items()}
