"""The script that draws charts: made once, whole or not at all, by a process of its own."""

from __future__ import annotations

import fcntl
import gzip
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from web.charts.bundle import NAME, bundle_name, read_bundle, start_making

pytestmark = pytest.mark.slow
MAKE = [sys.executable, "-m", "web.charts.bundle"]


def files(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def test_two_processes_at_the_same_time_make_one_script(tmp_path: Path) -> None:
    lock = os.open(tmp_path / "vega.lock", os.O_RDWR | os.O_CREAT)
    fcntl.flock(lock, fcntl.LOCK_EX)
    makers = [subprocess.Popen([*MAKE, str(tmp_path)], stdout=subprocess.PIPE, text=True) for _ in range(2)]
    try:
        with pytest.raises(subprocess.TimeoutExpired):
            makers[0].wait(1)
        assert files(tmp_path) == {"vega.lock"}
    finally:
        os.close(lock)
        said = sorted(maker.communicate(timeout=60)[0].strip() for maker in makers)
    assert said == ["found", "made"]
    assert files(tmp_path) == {"vega.lock", bundle_name(), f"{bundle_name()}.gz"}


def test_the_script_is_whole_and_older_ones_go(tmp_path: Path) -> None:
    (tmp_path / "vega-0000000000000000.js").write_text("old")
    old_mask = os.umask(0)
    try:
        subprocess.run([*MAKE, str(tmp_path)], check=True, capture_output=True)
    finally:
        os.umask(old_mask)
    script = read_bundle(tmp_path)
    assert script is not None
    assert b"vegaEmbed" in script
    assert gzip.decompress(read_bundle(tmp_path, compressed=True) or b"") == script
    assert "vega-0000000000000000.js" not in files(tmp_path)
    assert NAME.fullmatch(bundle_name())


def test_a_script_that_others_may_write_is_not_served(tmp_path: Path) -> None:
    path = tmp_path / bundle_name()
    path.write_text("alert(1)")
    path.chmod(0o666)
    assert read_bundle(tmp_path) is None
    path.chmod(0o644)
    assert read_bundle(tmp_path) == b"alert(1)"


PAGES = """
import sys, time
from pathlib import Path
from web.charts import bars, bundle, heat, series, share, sparkline, timeline
bundle.start_making(Path(sys.argv[1]))
is_there_at_once = bundle.read_bundle(Path(sys.argv[1])) is not None
deadline = time.monotonic() + 60
while bundle.read_bundle(Path(sys.argv[1])) is None and time.monotonic() < deadline:
    time.sleep(0.05)
print(is_there_at_once, "vl_convert" in sys.modules)
"""


def test_it_is_made_beside_the_pages_which_neither_wait_nor_load_it(tmp_path: Path) -> None:
    command = [sys.executable, "-c", PAGES, str(tmp_path / "cache")]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    assert done.stdout.split() == ["False", "False"]
    assert read_bundle(tmp_path / "cache")


def test_what_cannot_be_made_is_said_and_harms_nothing(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "cache").write_text("a file where the folder should be")
    start_making(tmp_path / "cache")
    deadline = time.monotonic() + 60
    while not caplog.records and time.monotonic() < deadline:
        time.sleep(0.05)
    assert "could not be made" in caplog.text
    assert "FileExistsError" in caplog.text
