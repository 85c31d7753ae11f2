"""`steppewatch extract` as its user sees it. All pages are invented."""

import json
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner, Result

from cli.stages.extract import extract

PAGE = (
    "<html lang='en'><head><meta charset='windows-1251'><title>Two crossings open | Steppe Courier</title>"
    "<meta property='article:published_time' content='{published}'><meta name='author' content='Jane Roe'>"
    "<link rel='canonical' href='https://courier.example/own'></head><body><article><h1>Two crossings open</h1>"
    + "<p>The ministers of five countries met in the capital to speak about water, railways and the border.</p>"
    "<p>They agreed to open two more crossings before winter and to share what they know of the rivers.</p>"
    "<p>A second round is planned for the spring, when engineers will have measured the southern canals.</p>"
    + "</article></body></html>"
)


def run(*arguments: str, stdin: str | None = None) -> Result:
    app = typer.Typer()
    app.command()(extract)
    return CliRunner().invoke(app, list(arguments), input=stdin)


def lines(result: Result) -> list[dict[str, Any]]:
    return [json.loads(line) for line in result.stdout.splitlines()]


@pytest.fixture
def page(tmp_path: Path) -> str:
    path = tmp_path / "page.html"
    path.write_text(PAGE.format(published="2022-06-08T10:30:00+06:00"), "utf-8")
    return str(path)


def test_a_page_is_one_line(page: str) -> None:
    result = run(page, "--url", "https://courier.example/1")
    assert result.exit_code == 0
    (line,) = lines(result)
    assert list(line) == ["file", "url", "title", "text", "author", "published_at", "language"]
    assert line["file"] == page
    assert line["url"] == "https://courier.example/1"
    assert (line["title"], line["author"], line["language"]) == ("Two crossings open", "Jane Roe", "en")
    assert line["published_at"] == "2022-06-08T04:30:00Z"
    assert line["text"].count("\n") == 2


def test_without_url_the_pages_own_is_given(page: str) -> None:
    assert lines(run(page))[0]["url"] == "https://courier.example/own"


def test_a_day_is_written_as_a_day(tmp_path: Path) -> None:
    path = tmp_path / "day.html"
    path.write_text(PAGE.format(published="2022-06-08"), "utf-8")
    assert lines(run(str(path)))[0]["published_at"] == "2022-06-08"


def test_a_bad_file_does_not_stop_the_others(page: str, tmp_path: Path) -> None:
    empty, image = tmp_path / "empty.html", tmp_path / "image.html"
    empty.write_bytes(b"")
    image.write_bytes(b"\x89PNG\r\n")
    missing = str(tmp_path / "missing.html")
    result = run(str(empty), missing, str(image), str(tmp_path), page)
    assert result.exit_code == 1
    found = lines(result)
    assert [line.get("error") for line in found] == [
        "empty body",
        "no such file or directory",
        "not a page: image",
        "is a directory",
        None,
    ]
    assert found[1]["file"] == missing


def test_a_batch_names_files_and_urls(page: str, tmp_path: Path) -> None:
    batch = tmp_path / "batch.jsonl"
    entry = json.dumps({"file": page, "url": "https://courier.example/2"})
    batch.write_text(f'{entry}\n\nnot json\n{{"url": "x"}}\n{json.dumps({"file": page})}\n', "utf-8")
    result = run("--batch", str(batch))
    assert result.exit_code == 1
    first, second, third, fourth = lines(result)
    assert first["url"] == "https://courier.example/2"
    assert (second["file"], second["error"].startswith("not JSON")) == (f"{batch}:3", True)
    assert third == {"file": f"{batch}:4", "error": 'no "file" in the line'}
    assert fourth["url"] == "https://courier.example/own"


def test_a_batch_may_come_from_standard_input(page: str) -> None:
    result = run("--batch", "-", stdin=json.dumps({"file": page}) + "\n")
    assert result.exit_code == 0
    assert lines(result)[0]["title"] == "Two crossings open"


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param([], id="nothing"),
        pytest.param(["a.html", "--batch", "b.jsonl"], id="both"),
        pytest.param(["a.html", "b.html", "--url", "https://x.example"], id="one URL for two pages"),
    ],
)
def test_wrong_usage_is_two(arguments: list[str]) -> None:
    result = run(*arguments)
    assert result.exit_code == 2
    assert result.stdout == ""


def test_a_batch_that_cannot_be_opened_is_an_error(tmp_path: Path) -> None:
    result = run("--batch", str(tmp_path / "none.jsonl"))
    assert result.exit_code == 1
    assert "no such file" in result.stderr
