"""`steppewatch cluster`, as a script uses it. All texts are invented."""

from __future__ import annotations

import io
import json
import random
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner, Result

from cli.stages.cluster import cluster
from worker.lib.json_lines import MAX_LINE

app = typer.Typer()
app.command()(cluster)

STORY = " ".join(f"слово{n}" for n in range(80))
DIGEST = " ".join(f"прочее{n}" for n in range(70)) + " " + " ".join(STORY.split()[:60])
OTHER = " ".join(f"другое{n}" for n in range(80))


def article(id: object, text: str | None, **fields: object) -> dict[str, object]:
    return {"id": id, "url": f"https://{id}.example/news", "title": "Ұлттық жиын", "text": text} | fields


def run(lines: list[dict[str, object] | str | bytes], *options: str) -> Result:
    raw = b"\n".join(
        line if isinstance(line, bytes) else (line if isinstance(line, str) else json.dumps(line)).encode()
        for line in lines
    )
    return CliRunner().invoke(app, ["-", *options], input=io.BytesIO(raw).read())


def records(result: Result) -> list[dict[str, Any]]:
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_says_of_each_article_what_it_was_copied_from() -> None:
    result = run(
        [
            article("digest", DIGEST, published_at="2022-01-07"),
            article("reprint", STORY.upper(), published_at="2022-01-06T10:00:00Z"),
            article("source", STORY, published_at="2022-01-06T15:59:00+06:00", source="a.example"),
            article("stranger", OTHER),
        ]
    )
    assert result.exit_code == 0
    digest, reprint, source, stranger = records(result)
    assert list(digest) == ["id", "cluster", "original", "containment", "jaccard", "links"]
    assert [line["original"] for line in (digest, reprint, source, stranger)] == ["source"] * 3 + ["stranger"]
    assert digest["cluster"] == reprint["cluster"] == source["cluster"] != stranger["cluster"]
    assert (reprint["containment"], reprint["jaccard"]) == (1.0, 1.0)
    assert digest["containment"] == pytest.approx(57 / 77, abs=1e-4)
    assert digest["jaccard"] == pytest.approx(57 / (77 + 127 - 57), abs=1e-4)
    assert (source["containment"], source["jaccard"], stranger["links"]) == (None, None, [])
    assert digest["links"] == [
        {"id": other, "containment": digest["containment"], "jaccard": digest["jaccard"]}
        for other in ("reprint", "source")
    ]
    assert source["links"][0] == {"id": "reprint", "containment": 1.0, "jaccard": 1.0}


def test_an_edition_is_evidence_but_no_copy() -> None:
    frame = "На {0} января доллар стоит {1},{0}5 сома, евро {2},{0}1 сома, рубль {3},{0}2 сома. " + STORY
    days = [
        article(day, frame.format(day, 80 + day, 90 + day, day), published_at=f"2022-01-{day}", source="bank")
        for day in (12, 13)
    ]
    first, second = records(run(list(days)))
    assert [first["original"], second["original"]] == [12, 13]
    assert [link["id"] for link in first["links"] + second["links"]] == [13, 12]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        pytest.param("{broken", "not JSON", id="broken"),
        pytest.param("[" * 100_000, "not JSON", id="nested without end"),
        pytest.param(b"\xff\xfe{}", "not UTF-8", id="another encoding"),
        pytest.param('["list"]', "not a JSON object", id="no object"),
        pytest.param('{"text": "x"}', "id is missing", id="no id"),
        pytest.param('{"id": ""}', "id is missing", id="empty id"),
        pytest.param('{"id": true}', "id is neither", id="no name"),
        pytest.param('{"id": "x", "text": 5}', "text is not a string", id="text is a number"),
        pytest.param('{"id": "a", "text": "again"}', "there already", id="the same id"),
        pytest.param(b'{"id": "x", "text": "' + b"a" * MAX_LINE + b'"}', "longer than", id="too long"),
    ],
)
def test_a_bad_line_is_named_and_the_rest_goes_on(line: str | bytes, reason: str) -> None:
    result = run([article("a", STORY), "", line, article("b", STORY)])
    first, error, last = records(result)
    assert result.exit_code == 1
    assert (error["file"], error["line"]) == ("-", 3)
    assert reason in error["error"]
    assert [first["id"], last["id"], last["original"]] == ["a", "b", "a"]


def test_what_is_missing_is_unknown() -> None:
    result = run([{"id": 1}, {"id": "2", "text": None, "url": None}, article(3, "", url="not an address")])
    assert result.exit_code == 0
    assert [line["original"] for line in records(result)] == [1, "2", 3]


def test_a_date_that_is_none_is_said_and_taken_as_unknown() -> None:
    result = run([article("a", STORY, published_at="yesterday"), article("b", STORY, published_at="2022-01-05")])
    assert result.exit_code == 0
    assert [line["original"] for line in records(result)] == ["b", "b"]
    assert "'yesterday' is not an ISO 8601 date" in result.stderr


def test_window_leaves_out_what_is_far_away() -> None:
    lines = [article(id, STORY, published_at=day) for id, day in (("a", "2022-01-01"), ("b", "2022-03-01"))]
    assert [line["original"] for line in records(run(list(lines)))] == ["a", "a"]
    assert [line["original"] for line in records(run(list(lines), "--window", "30"))] == ["a", "b"]
    assert run(list(lines), "--window", "0").exit_code == 2


def test_order_of_the_lines_changes_nothing_but_the_order() -> None:
    words = [f"w{n}" for n in range(400)]
    rng = random.Random(7)
    lines: list[Any] = []
    for id in range(40):
        start = rng.randrange(300)
        text = " ".join(words[start : start + 100])
        lines.append(article(f"s{id}", text, published_at=f"2022-01-{rng.randint(1, 9):02}"))
    said = {line["id"]: line for line in records(run(lines))}
    shuffled = rng.sample(lines, len(lines))
    again = records(run(shuffled))
    assert [line["id"] for line in again] == [line["id"] for line in shuffled]
    assert {line["id"]: line for line in again} == said
    assert any(line["original"] != line["id"] for line in again)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    path = str(tmp_path / "none.jsonl")
    result = CliRunner().invoke(app, [path])
    assert result.exit_code == 1
    assert json.loads(result.stdout) == {"file": path, "error": "no such file or directory"}


def test_a_file_with_a_byte_order_mark(tmp_path: Path) -> None:
    path = tmp_path / "in.jsonl"
    path.write_bytes(b"\xef\xbb\xbf" + json.dumps(article("a", STORY)).encode() + b"\r\n\r\n")
    result = CliRunner().invoke(app, [str(path)])
    assert (result.exit_code, [line["id"] for line in records(result)]) == (0, ["a"])
