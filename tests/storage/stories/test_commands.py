"""`story` and `article`: what a person decides holds, can be undone, and is counted at once."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from commandline import run
from recounted import recounted, stored
from samplestore import Sample, store_of
from sqlalchemy import select

from db.coverage.cells import count_marks, iter_cells
from db.engine import Database
from db.models import Article

# Invented: none of this was ever published.
SAMPLES = [
    Sample("https://herald.example/a", text="The CSTO left.", says=(("CSTO", "csto"),)),
    Sample("https://oasis.example/b", "oasis-wire", text="The CSTO left!", says=(("CSTO", "csto"),)),
    Sample("https://meadow.example/c", "meadow.example", text="CSTO gone.", says=(("CSTO", "csto"),)),
]


@pytest.fixture
def store(command_url: str) -> Iterator[Database]:
    database = store_of(command_url, SAMPLES, by_migrations=True)
    yield database
    database.close()


def stories(database: Database) -> list[list[str]]:
    """Return the articles by story, each as the last letter of its address."""
    groups: dict[int | None, list[str]] = {}
    with database.reading() as conn:
        assert stored(conn) == recounted(conn)
        assert count_marks(conn) == 0
        for url, cluster in conn.execute(select(Article.url, Article.cluster_id).order_by(Article.url.desc())):
            groups.setdefault(cluster, []).append(url[-1])
    return sorted(sorted(group) for group in groups.values())


def test_a_merge_is_counted_at_once_and_can_be_undone(store: Database) -> None:
    assert stories(store) == [["a"], ["b"], ["c"]]
    merged = run("story", "merge", "https://herald.example/a", "https://oasis.example/b", "--note", "one report")
    assert merged.exit_code == 0
    assert [row["url"][-1] for row in json.loads(merged.stdout)["articles"]] == ["a", "b"]
    assert stories(store) == [["a", "b"], ["c"]]
    with store.reading() as conn:
        assert [(cell.articles, cell.stories) for cell in iter_cells(conn, entities=["csto"])] == [(3, 2)]
    [decision] = json.loads(merged.stdout)["decisions"]
    assert (decision["kind"], decision["note"], decision["undone_at"]) == ("merge", "one report", None)
    assert run("story", "undo", str(decision["id"])).exit_code == 0
    assert stories(store) == [["a"], ["b"], ["c"]]


def test_who_was_split_off_stays_off_until_merged_again(store: Database) -> None:
    run("story", "merge", "https://herald.example/a", "https://oasis.example/b")
    run("story", "merge", "https://herald.example/a", "https://meadow.example/c")
    assert stories(store) == [["a", "b", "c"]]
    assert run("story", "split", "https://oasis.example/b").exit_code == 0
    assert stories(store) == [["a", "c"], ["b"]]
    assert run("story", "merge", "https://oasis.example/b", "https://meadow.example/c").exit_code == 0
    assert stories(store) == [["a", "b", "c"]]


def test_an_article_is_removed_with_all_that_counts_of_it(store: Database) -> None:
    run("story", "merge", "https://herald.example/a", "https://oasis.example/b")
    assert run("article", "remove", "https://herald.example/a", "--yes").exit_code == 0
    assert stories(store) == [["b"], ["c"]]
    assert run("article", "show", "https://herald.example/a").exit_code == 1
    shown = json.loads(run("article", "show", "https://oasis.example/b").stdout)
    assert (shown["source_id"], shown["entities"], shown["revisions"]) == ("oasis-wire", {"csto": 1}, 1)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("story", "split", "https://herald.example/a"), "alone in its story"),
        (("story", "merge", "https://herald.example/a", "https://herald.example/a"), "of one story"),
        (("story", "undo", "7"), "there is no decision 7"),
        (("story", "show", "https://nobody.example/x"), "there is no article"),
        (("article", "show", "99999999999999999999999"), "there is no article"),
    ],
)
def test_what_is_not_possible_is_said(store: Database, arguments: tuple[str, ...], said: str) -> None:
    result = run(*arguments)
    assert result.exit_code == 1
    assert said in result.stderr
