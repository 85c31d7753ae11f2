"""`steppewatch demo` as a person runs it: all that was served is accounted for, and a second run adds nothing."""

from __future__ import annotations

import json
import os
import re
import shlex
import signal
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from servers import tally

from cli.demo.web import VAULT
from db.engine import Database
from db.exports.read import Filters, iter_rows
from worker.runtime import valkey

ROOT = Path(__file__).resolve().parents[2]
PATIENCE_S = 240


@dataclass(frozen=True)
class Demo:
    """A store with the demo in it, and the command that runs it."""

    folder: Path
    port: int

    def command(self, *options: str) -> list[str]:
        ports = ("--outlets-port", str(self.port), "--data-dir", str(self.folder))
        return [sys.executable, "-m", "cli.main", "demo", *ports, *options]

    def run(self, *options: str) -> subprocess.CompletedProcess[str]:
        """Run it to its end."""
        return subprocess.run(
            self.command(*options),
            env=environment(),
            cwd=self.folder.parent,
            capture_output=True,
            text=True,
            timeout=PATIENCE_S,
            check=False,
        )

    @property
    def database(self) -> Database:
        return Database(f"sqlite:///{self.folder / 'steppewatch.db'}")

    def rows(self) -> dict[str, dict[str, Any]]:
        """Return the exported articles by the last part of their address."""
        with self.database.snapshot() as conn:
            rows = [dict(row._mapping) for row in iter_rows(conn, "articles", Filters())]
        return {row["canonical_url"].rpartition("/")[2]: row for row in rows}


@dataclass(frozen=True)
class Told:
    """What a run with --once printed."""

    code: int
    articles: list[dict[str, Any]]
    sums: dict[str, Any]
    log: str

    @classmethod
    def of(cls, done: subprocess.CompletedProcess[str]) -> Told:
        lines = [json.loads(line) for line in done.stdout.splitlines()]
        assert lines, done.stderr
        return cls(done.returncode, lines[:-1], lines[-1], done.stderr)


def environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(ROOT)}


def free_port(host: str = VAULT) -> int:
    with socket.socket() as probe:
        probe.bind((host, 0))
        port: int = probe.getsockname()[1]
        return port


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Demo:
    """A demo that has not run yet."""
    return Demo(tmp_path_factory.mktemp("demo") / "data", free_port())


@pytest.fixture(scope="module")
def first(demo: Demo) -> Told:
    """Run it for the first time."""
    return Told.of(demo.run("--once", "--format", "json"))


@pytest.fixture(scope="module")
def second(demo: Demo, first: Told) -> Told:
    """Run it again."""
    return Told.of(demo.run("--once", "--format", "json"))


def slug(article: dict[str, Any]) -> str:
    return str(article["url"]).rpartition("/")[2]


def test_everything_ends_as_its_files_say(request: pytest.FixtureRequest, first: Told) -> None:
    if valkey.find_server() is not None:
        tally.note(request.node, tally.REDIS, "the embedded broker")
    assert first.code == 0, first.log
    assert all(article["as_written"] for article in first.articles)
    assert Counter(article["outcome"] for article in first.articles) == first.sums["articles"]
    assert {"new", "copy", "revised", "refused"} == set(first.sums["articles"])
    assert len(first.articles) - first.sums["articles"]["refused"] >= 60


def test_outcomes_add_up_to_what_was_served(first: Told, second: Told) -> None:
    for told in (first, second):
        assert {stage: sum(n.values()) for stage, n in told.sums["outcomes"].items()} == told.sums["served"]
    assert set(first.sums["outcomes"]["understand"]) == {"new", "copy", "revised", "seen_again"}


def test_reprints_meet_their_originals_and_notices_stay_apart(demo: Demo, first: Told) -> None:
    rows = demo.rows()
    copies = [row for row in rows.values() if not row["is_original"]]
    assert len(copies) == first.sums["articles"]["copy"]
    assert rows["what-saxaul-says"]["original_url"] == rows["observers-at-aktogan"]["canonical_url"]
    assert rows["sapogi-na-teskene"]["original_url"] == rows["tihiy-brod"]["canonical_url"]
    notices = [row for name, row in rows.items() if name.startswith("svodka-")]
    assert len(notices) == len({row["cluster_id"] for row in notices}) >= 6


def test_the_edited_article_has_two_revisions_and_the_others_one(demo: Demo, first: Told) -> None:
    revisions = {name: row["revisions"] for name, row in demo.rows().items()}
    assert {name for name, n in revisions.items() if n != 1} == {"observers-at-aktogan"}
    assert revisions["observers-at-aktogan"] == 2
    with demo.database.snapshot() as conn:
        mentions = list(iter_rows(conn, "mentions", Filters()))
    named = {row.entity for row in mentions if "observers-at-aktogan" in row.url}
    assert "csto" in named
    assert "sergei-lavrov" not in named


def test_what_is_private_was_not_reached(demo: Demo, first: Told) -> None:
    refused = {slug(article): article["remark"] for article in first.articles if article["outcome"] == "refused"}
    assert refused == {
        "an-address-of-the-cloud": "link-local address 169.254.169.254",
        "status": "private address 10.20.30.40",
        "the-vault": f"port {demo.port}",
    }
    assert first.sums["private_address_reached"] == 0


def test_a_broken_encoding_a_moved_page_and_a_script_for_a_headline_are_read(demo: Demo, first: Told) -> None:
    rows = demo.rows()
    assert rows["most-v-uchkurgane"]["title"] == "Жапаров и Мирзиёев проехали по мосту на одном автобусе"
    assert rows["gornye-spasateli"]["title"] == "Горные спасатели пяти стран откопали манекен"
    assert str(rows["headline-as-code"]["title"]).startswith("<script>document.title='owned'</script> Tokayev")
    assert {row["language"] for row in rows.values()} == {"en", "ru", "tr", "kk", "ky", "uz"}


def test_run_again_it_adds_nothing(demo: Demo, first: Told, second: Told) -> None:
    assert second.code == 0, second.log
    assert set(second.sums["articles"]) == {"seen_again", "refused"}
    assert "new" not in second.sums["outcomes"]["entry"]
    assert set(second.sums["outcomes"]["understand"]) == {"seen_again"}
    assert sum(row["revisions"] for row in demo.rows().values()) == len(demo.rows()) + 1


def test_a_challenge_a_moved_feed_and_a_list_of_feeds_are_told(demo: Demo, first: Told) -> None:
    assert first.sums["walled"] == {"barkhan-monitor": "8 of the last 12 pages showed no article (challenge 8)"}
    assert first.sums["impaired"] == {"barkhan-monitor": "pages"}
    host = f"http://127.20.0.15:{demo.port}"
    assert first.sums["moved"] == {f"{host}/rss.xml": f"{host}/feed"}
    rows = demo.rows()
    assert "dune-that-moved" in rows
    assert not [row for row in rows.values() if "moment" in str(row["title"])]
    with demo.database.snapshot() as conn:
        texts = [str(row.title) for row in iter_rows(conn, "revisions", Filters())]
    assert not [title for title in texts if "moment" in title]


def sessions() -> dict[str, str]:
    """Return what docs/tutorial/reading.md shows: the result by the command."""
    shown = re.findall(
        r"```\n\$ (steppewatch [^\n]*)\n(.*?)\n```", (ROOT / "docs/tutorial/reading.md").read_text("utf-8"), re.DOTALL
    )
    return {command: result for command, result in shown}


def plain(shown: str, port: int) -> list[str]:
    """Return the words of a result without what differs each time: numbers of articles, ports, times of collection."""
    shown = shown.replace(f":{port}/", ":8600/")
    shown = re.sub(r"(?m)^ *\d+(?=  2026-)|(?<=article )\d+|(?<=that of )\S+Z", "N", shown)
    return shown.split()


@pytest.mark.parametrize("command", sessions())
def test_what_the_docs_show_is_what_it_prints(demo: Demo, first: Told, command: str) -> None:
    arguments = shlex.split(command.replace(":8600/", f":{demo.port}/"))[1:]
    told = subprocess.run(
        [sys.executable, "-m", "cli.main", *arguments, "--format", "table"],
        env=environment() | {"STEPPEWATCH_DATA_DIR": str(demo.folder), "COLUMNS": "110"},
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        check=False,
    )
    assert told.returncode == 0, told.stderr
    assert plain(told.stdout, demo.port) == plain(sessions()[command], demo.port)


def wait_for(what: Callable[[], bool], process: subprocess.Popen[bytes]) -> None:
    give_up_at = time.monotonic() + PATIENCE_S
    while not what() and process.poll() is None and time.monotonic() < give_up_at:
        time.sleep(0.1)
    assert what()


def test_without_once_it_stays_with_its_page_until_a_signal(demo: Demo, second: Told, tmp_path: Path) -> None:
    log, port = tmp_path / "log", free_port("127.0.0.1")
    with log.open("wb") as stderr:
        process = subprocess.Popen(
            demo.command("--port", str(port)), env=environment(), cwd=tmp_path, stdout=subprocess.PIPE, stderr=stderr
        )
    try:
        wait_for(lambda: "the script is over" in log.read_text("utf-8"), process)
        assert f"Steppewatch is at http://127.0.0.1:{port}" in log.read_text("utf-8")
        assert process.poll() is None
        process.send_signal(signal.SIGTERM)
        out, _ = process.communicate(timeout=30)
    finally:
        process.kill()
        process.wait()
    assert (process.returncode, out) == (0, b"")


def test_a_store_with_other_articles_is_refused_and_left_alone(warm: Callable[[Path], Path], tmp_path: Path) -> None:
    text, folder = tmp_path / "a.txt", warm(tmp_path / "data")
    text.write_text("Talks\n\nThe CSTO met in Bishkek, and nobody took notes of it.\n", encoding="utf-8")
    ingest = [sys.executable, "-m", "cli.main", "ingest", str(text)]
    own = {**environment(), "STEPPEWATCH_DATA_DIR": str(folder)}
    subprocess.run(ingest, env=own, check=True, capture_output=True, timeout=PATIENCE_S)
    before = (folder / "steppewatch.db").read_bytes()
    done = Demo(folder, free_port()).run("--once")
    assert done.returncode == 1
    assert done.stdout == ""
    assert "holds other outlets than the demo's" in done.stderr
    assert "with 1 articles" in done.stderr
    assert "use --data-dir for another folder" in done.stderr
    assert (folder / "steppewatch.db").read_bytes() == before


def test_a_demo_made_on_another_port_is_refused(demo: Demo, first: Told) -> None:
    done = Demo(demo.folder, free_port()).run("--once")
    assert done.returncode == 1
    assert "holds a demo whose outlets are at other addresses" in done.stderr


@pytest.mark.parametrize(
    ("options", "words"),
    [
        pytest.param(("--format", "json"), "--format belongs to --once", id="a format without --once"),
        pytest.param(("--outlets-port", "80"), "--outlets-port", id="a port of the system"),
    ],
)
def test_wrong_usage_is_told(tmp_path: Path, options: tuple[str, ...], words: str) -> None:
    command = [sys.executable, "-m", "cli.main", "demo", "--data-dir", str(tmp_path), *options]
    done = subprocess.run(command, env=environment(), capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 2
    assert words in done.stderr
