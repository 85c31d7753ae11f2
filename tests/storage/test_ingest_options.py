"""`steppewatch ingest` with what a person says of the inputs: results, messages, and early refusals."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from commandline import run
from samples import text


def write(folder: Path, name: str, body: str) -> str:
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(body, encoding="utf-8")
    return str(folder / name)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--map", "body=text"], "the field comes first"),
        (["--date", "2022-01"], "is not a day or an instant"),
        (["--date", "1970-01-01"], "before 1990"),
        (["--date", "2099-01-01"], "after tomorrow"),
        (["--language", "the language of the steppe"], "not a language"),
        (["--url", "herald"], "not an absolute http(s) address"),
        (["--url", "https://a.example/1", "b.txt"], "one document"),
    ],
)
def test_what_cannot_be_meant_is_refused_and_no_store_is_made(data: Path, options: list[str], said: str) -> None:
    result = run("ingest", "a.txt", *options)
    assert result.exit_code == 2
    assert said in " ".join(result.stderr.replace("│", " ").split())
    assert not data.exists()


def test_a_table_comes_back_as_it_went_out(warm_data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    table = write(
        tmp_path / "in",
        "archive.csv",
        "Headline;Body;Date;Web\n"
        f'=Talks on the lake;"{text(0, 1)}";5 January 2022;https://a.example/1\n'
        f"Drills in the valley;{text(2)};06.01.2022 10:00 +0600;https://b.example/2\n",
    )
    maps = [f"--map={pair}" for pair in ("title=Headline", "text=Body", "published_at=Date", "url=Web")]
    result = run("ingest", table, *maps, "--language", "en")
    assert json.loads(result.stdout)["new"] == 2
    assert f"created a new store in {warm_data}" in result.stderr
    listed = [json.loads(line) for line in run("article", "list").stdout.splitlines()]
    assert [(row["title"], row["published_at"], row["language"]) for row in listed] == [
        ("Drills in the valley", "2022-01-06T04:00:00Z", "en"),
        ("=Talks on the lake", "2022-01-05", "en"),
    ]
    exported = write(tmp_path / "in", "ours.csv", run("export", "articles").stdout)
    again = run("ingest", exported)
    assert (json.loads(again.stdout)["seen_again"], again.stderr) == (2, "")
    assert len(json.loads(run("article", "show", "1").stdout)["entities"]) > 0  # a headline replaces no text


@pytest.mark.parametrize("date", ["1970-01-01", "2099-01-01"])
def test_of_a_date_that_is_none_status_and_the_outlet_tell_whatever_told_it(
    warm_data: Path, tmp_path: Path, date: str
) -> None:
    folder = tmp_path / "in"
    page = f'<html><head><meta property="article:published_time" content="{date}"></head><body><p>{text(2)}</p></body>'
    record = {"text": text(0), "published_at": date, "source": "Steppe Herald"}
    written = [
        write(folder, "a.txt", f"Talks on the lake\nSource: Steppe Herald\nDate: {date}\n\n{text(1)}\n"),
        write(folder, "b.jsonl", json.dumps(record)),
        write(folder, "c.csv", f"text,published_at,source\n{text(3)!r},{date},Steppe Herald\n"),
        write(folder, "d.html", page),
    ]
    result = run("ingest", "--source", "Steppe Herald", str(folder))
    assert json.loads(result.stdout)["new"] == 4
    for command in (["status"], ["source", "show", "Steppe Herald"]):
        told = json.loads(run(*command).stdout)["problems"]
        said = {problem["subject"].partition(":")[0]: problem["reason"] for problem in told}
        bound = "before 1990" if date < "1990" else "after tomorrow"
        assert said == dict.fromkeys(written, f"the publication date {date} is {bound}; taken as missing")


def test_a_page_without_a_feed_takes_the_clock_of_its_outlet(warm_data: Path, tmp_path: Path) -> None:
    shown = f"<h1>Lake talks</h1><div class='date'>06.01.2022 11:30</div><p>{text(0, 1, 2)}</p>"
    page = write(tmp_path / "in", "a.html", f"<html><body><article>{shown}</article></body></html>")
    run("migrate")
    run("source", "add", "valley.example", "--name", "The Valley")
    run("source", "edit", "valley.example", "--time-zone", "Asia/Bishkek")
    assert run("ingest", page, "--source", "The Valley").exit_code == 0
    (article,) = map(json.loads, run("article", "list").stdout.splitlines())
    assert (article["source"], article["published_at"]) == ("valley.example", "2022-01-06T05:30:00Z")
