"""A disk that is full, a folder that is not ours: each command names the path and says what to do."""

from __future__ import annotations

import json
import os
import pwd
import resource
import shutil
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from material import ROOT
from samples import prepared_store
from smalldisk import COMMAND, small_disk
from sqlalchemy import delete

from cli.shared.store_errors import diagnose
from db.models import Feed

TEXT = "Kazakhstan and Turkey counted the ferries.\n\n" + "The clerk wrote many lines about berths. " * 40


def run(
    folder: Path, *words: str, prefix: Sequence[str] = (), limit: Callable[[], None] | None = None
) -> tuple[int, str]:
    """Run a command on the data directory; return its exit status and what it said on stderr."""
    environment = {**os.environ, "STEPPEWATCH_DATA_DIR": str(folder), "PYTHONPATH": str(ROOT), "HOME": "/"}
    argv = [*prefix, *COMMAND, *words]
    done = subprocess.run(argv, env=environment, cwd="/", capture_output=True, timeout=120, preexec_fn=limit)
    return done.returncode, done.stderr.decode()


@pytest.mark.parametrize(
    ("reason", "sentence"),
    [
        ("database or disk is full", "cannot grow: the disk of /data is full"),
        ("No space left on device", "cannot grow: the disk of /data is full"),
        ("attempt to write a readonly database", "cannot be written by this user"),
        ("unable to open database file", "cannot be written by this user"),
        ("disk I/O error", "the disk of /data is full, over quota or broken"),
        ("file is not a database", "cannot be used: file is not a database"),
    ],
)
def test_what_the_database_says_is_put_into_words(reason: str, sentence: str) -> None:
    trouble = diagnose("/data/steppewatch.db", Path("/data"), reason, is_writing=True)
    assert "/data/steppewatch.db" in trouble.sentence
    assert sentence in trouble.sentence
    assert trouble.hint


def test_a_full_server_is_not_blamed_on_our_disk() -> None:
    reason = "could not extend file: No space left on device"
    trouble = diagnose("postgresql://db/x", None, reason, is_writing=True)
    assert "the disk of the database server is full" in trouble.sentence
    assert "STEPPEWATCH_DATA_DIR" not in trouble.hint


def test_up_rests_while_the_disk_is_full_and_goes_on_when_there_is_room(tmp_path: Path) -> None:
    source, said = tmp_path / "made" / "steppewatch.db", tmp_path / "said"
    source.parent.mkdir()
    database = prepared_store(f"sqlite:///{source}")
    database.write(lambda conn: conn.execute(delete(Feed)))
    database.close()
    done = small_disk(
        f'heard() {{ for _ in $(seq 600); do grep -q "$1" {said} && return; sleep 0.1; done; echo "never: $1" >&2; }}; '
        f'export STEPPEWATCH_DATA_DIR="$DISK/data"; mkdir "$DISK/data"; cp {source} "$DISK/data/" || exit 98; '
        f'$RUN up --port 18097 2>{said} & UP=$!; heard "worker .* ready"; '
        'fallocate -l $(($(df --output=avail -B1 "$DISK" | tail -1) - 9000000)) "$DISK/ballast"; '
        'heard "paused until then"; $RUN status; rm "$DISK/ballast"; heard "available again"; $RUN status; '
        "kill $UP; wait $UP; echo $?",
        megabytes=160,
    )
    assert done.returncode != 98, "the store alone does not fit"
    assert "never: " not in done.stderr, said.read_text()
    (told,) = (line for line in said.read_text().splitlines() if "is full" in line)
    assert "data is full: 9 MB are left. Free some space: crawler and worker paused until then" in told
    assert "Traceback" not in said.read_text()
    full, well, ended = done.stdout.splitlines()
    assert json.loads(full)["disk_full"].endswith("data is full: 9 MB are left")
    assert json.loads(well)["disk_full"] is None
    assert ended == "0"


def test_ingest_on_a_full_disk_names_it_and_a_second_run_goes_on(tmp_path: Path) -> None:
    source = tmp_path / "made" / "steppewatch.db"
    source.parent.mkdir()
    prepared_store(f"sqlite:///{source}").close()
    text = tmp_path / "a.txt"
    text.write_text(TEXT, encoding="utf-8")
    done = small_disk(
        f'export STEPPEWATCH_DATA_DIR="$DISK/data"; mkdir "$DISK/data"; cp {source} "$DISK/data/" || exit 98; '
        'dd if=/dev/zero of="$DISK/ballast" bs=4k 2>/dev/null; '
        f'$RUN ingest {text}; echo "first $?" >&2; $RUN up --port 18099; echo "up $?" >&2; '
        f'rm "$DISK/ballast"; $RUN ingest --format json {text}; echo "second $?" >&2'
    )
    assert done.returncode != 98, "the store alone does not fit"
    lines = done.stderr.splitlines()
    assert "first 1" in lines
    told = next(line for line in lines if line.startswith("error: "))
    assert "data/steppewatch.db" in told
    assert "is full" in told
    assert "free some space" in done.stderr
    assert "up 1" in lines
    assert "Traceback" not in done.stderr
    assert "second 0" in lines
    assert done.stdout.startswith('{"new":1,')


def test_a_limit_on_the_size_of_files_is_named(tmp_path: Path) -> None:
    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))

    code, said = run(tmp_path / "data", "migrate", limit=limit)
    assert code == 1
    assert f"{tmp_path}/data/steppewatch.db" in said
    assert "Traceback" not in said


def as_nobody() -> Sequence[str]:
    """Return what runs a command as an ordinary user: nothing when we are one."""
    if os.geteuid() != 0:
        return ()
    if shutil.which("setpriv") is None:
        pytest.skip("root writes everywhere, and there is no setpriv to become somebody else")
    nobody = pwd.getpwnam("nobody")
    prefix = ("setpriv", f"--reuid={nobody.pw_uid}", f"--regid={nobody.pw_gid}", "--clear-groups")
    probe = subprocess.run([*prefix, *COMMAND, "--help"], cwd=ROOT, capture_output=True, timeout=60)
    if probe.returncode != 0:
        pytest.skip("an ordinary user cannot read this checkout or its Python")
    return prefix


@pytest.mark.parametrize("words", [("ingest", "-"), ("migrate",), ("export", "articles"), ("up", "--port", "18098")])
def test_a_folder_that_is_not_ours_is_named(tmp_path: Path, words: tuple[str, ...]) -> None:
    prefix = as_nobody()
    for parent in [tmp_path, *tmp_path.parents][:3]:
        parent.chmod(0o755)
    folder = tmp_path / "data"
    folder.mkdir()
    prepared_store(f"sqlite:///{folder / 'steppewatch.db'}").close()
    for path in (*folder.iterdir(), folder):
        path.chmod(0o555 if path.is_dir() else 0o444)
    code, said = run(folder, *words, prefix=prefix)
    folder.chmod(0o755)
    assert "Traceback" not in said
    assert code == 1
    assert str(folder) in said
    assert said.count("error: ") == 1


def test_an_export_that_does_not_fit_says_where_and_leaves_no_half_file(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    folder.mkdir()
    prepared_store(f"sqlite:///{folder / 'steppewatch.db'}").close()
    code, said = run(folder, "export", "articles", "-o", "/dev/full")
    assert code == 1, said
    assert "/dev/full cannot be written: no space left on device" in said
    assert "free some space" in said
