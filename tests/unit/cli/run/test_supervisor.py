"""The supervisor with small real processes."""

from __future__ import annotations

import asyncio
import io
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from cli.run.log import Log
from cli.run.process import ManagedProcess
from cli.run.supervisor import Supervisor

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[4]
PATIENCE_S = 20.0


def python(name: str, program: str, **options: Any) -> ManagedProcess:
    return ManagedProcess(name=name, argv=(sys.executable, "-S", "-u", "-c", program), **options)


async def until(is_so: Callable[[], bool]) -> None:
    async with asyncio.timeout(PATIENCE_S):
        while not is_so():
            await asyncio.sleep(0.01)


def is_alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state not in "ZX"


class Stage:
    """Runs children until `enough` is said in the log, then stops them, and keeps what was said."""

    def __init__(self, *children: ManagedProcess, **options: Any) -> None:
        self.stream = io.StringIO()
        self.children = children
        self.options = options
        self.supervisor: Supervisor | None = None

    def play(self, enough: Callable[[str], bool], then: Callable[[str], None] = lambda _: None) -> str:
        async def run() -> None:
            log = Log(self.stream, now=lambda: datetime(2026, 1, 5, tzinfo=UTC))
            supervisor = Supervisor(self.children, log, **self.options)
            running = asyncio.create_task(supervisor.run())
            await until(lambda: enough(self.stream.getvalue()))
            then(self.stream.getvalue())
            supervisor.stop()
            await asyncio.wait_for(running, PATIENCE_S)

        asyncio.run(run())
        return self.stream.getvalue()


WAITS = "import signal, sys, time\nprint('up and', 'running')\ntime.sleep(600)"
POLITE = """
import signal, sys, time
signal.signal(signal.SIGTERM, lambda *_: (print("good", "bye"), sys.exit(0)))
print("up and", "running")
time.sleep(600)
"""
STUBBORN = """
import signal, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
print("up and", "running")
time.sleep(600)
"""
WITH_A_CHILD = """
import os, signal, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
if os.fork():
    time.sleep(600)
print("grandchild", os.getpid())
time.sleep(600)
"""
LEAVES_AN_ORPHAN = """
import os, time
if os.fork() == 0:
    print("orphan", os.getpid())
    time.sleep(600)
time.sleep(0.3)
"""


def test_both_streams_of_a_child_are_shown_under_its_name() -> None:
    program = "import sys, time\nsys.stderr.write('to err\\n')\nsys.stdout.write('to out\\n')\ntime.sleep(600)"
    said = Stage(python("crawler", program)).play(lambda said: "to out" in said and "to err" in said)
    assert "00:00:00 crawler  to err\n00:00:00 crawler  to out\n" in said


def test_a_child_that_dies_is_started_again_and_its_death_reported() -> None:
    program = "print('first the reason')\nprint('cannot', 'go on')\nraise SystemExit(3)"
    said = Stage(python("worker", program)).play(lambda said: said.count("worker   cannot go on") == 2)
    assert "worker exited with code 3; restarting in 1 s; last output: cannot go on" in said


def test_a_program_that_does_not_exist_is_reported_and_the_others_run() -> None:
    stage = Stage(ManagedProcess(name="broker", argv=("/nowhere/server",)), python("web", WAITS))
    said = stage.play(lambda said: "running" in said)
    assert "broker could not be started (No such file or directory); restarting in 1 s" in said


def test_a_child_that_dies_again_and_again_is_said_to_be_broken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cli.run.supervisor.pause_s", lambda _: 0.0)
    program = "print('one')\nprint('two')\nraise SystemExit(1)"
    said = Stage(python("worker", program)).play(lambda said: "retrying every 30 s" in said)
    report = said[said.index("It failed 5 times in a row") :].splitlines()
    assert [line.split()[-1] for line in report[1:3]] == ["one", "two"]


def test_children_are_ended_in_reverse_order_and_those_that_serve_at_last() -> None:
    program = POLITE.replace("good", "{name} good")
    children = [
        python("broker", program.format(name="broker"), serves=True),
        python("crawler", program.format(name="crawler")),
    ]
    said = Stage(*children).play(lambda said: said.count("running") == 2)
    order = [line.split()[-3] for line in said.splitlines() if line.endswith("good bye")]
    assert order == ["crawler", "broker"]
    assert "restarting in" not in said


def test_a_child_that_does_not_end_is_killed_with_all_its_own() -> None:
    pids: list[int] = []
    said = Stage(python("worker", WITH_A_CHILD), patience_s=0.2).play(
        lambda said: "grandchild" in said,
        then=lambda said: pids.append(int(said.split("grandchild ")[1].split()[0])),
    )
    assert "worker did not stop in time; killing it" in said
    assert not is_alive(pids[0])


def test_what_a_dead_child_leaves_behind_ends_before_it_is_started_again() -> None:
    pids: list[int] = []
    Stage(python("worker", LEAVES_AN_ORPHAN)).play(
        lambda said: "restarting in" in said,
        then=lambda said: pids.append(int(said.split("orphan ")[1].split()[0])),
    )
    assert not is_alive(pids[0])


def test_children_wait_for_one_that_serves_and_the_greeting_for_its_child() -> None:
    ready: list[bool] = []
    first = python("broker", WAITS, serves=True, is_ready=lambda: bool(ready))
    second = python("web", "print('comes', 'second')\nimport time\ntime.sleep(600)", greeting="the page is there")
    stage = Stage(first, second)

    def enough(said: str) -> bool:
        if "running" in said and not ready:
            assert "comes second" not in said
            ready.append(True)
        return "comes second" in said and "the page is there" in said

    stage.play(enough)


def interrupted(number: signal.Signals, child: ManagedProcess, *, pause_s: float) -> str:
    """Return what is said when a signal comes twice."""

    async def run() -> str:
        stream = io.StringIO()
        log = Log(stream, now=lambda: datetime(2026, 1, 5, tzinfo=UTC))
        running = asyncio.create_task(Supervisor([child], log, patience_s=600).run())
        await until(lambda: "running" in stream.getvalue())
        os.kill(os.getpid(), number)
        if pause_s:
            await asyncio.sleep(pause_s)
        os.kill(os.getpid(), number)
        await asyncio.wait_for(running, PATIENCE_S)
        return stream.getvalue()

    return asyncio.run(run())


def test_a_second_ctrl_c_does_not_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cli.run.supervisor._IMPATIENCE_S", 0.1)
    said = interrupted(signal.SIGINT, python("web", STUBBORN), pause_s=0.2)
    assert "web did not stop in time; killing it" in said


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_signal_that_comes_twice_at_once_is_one(number: signal.Signals) -> None:
    before = signal.signal(number, signal.SIG_DFL)  # whoever runs the tests may have told them to ignore it: nohup(1)
    try:
        said = interrupted(number, python("web", POLITE), pause_s=0)
    finally:
        signal.signal(number, before)
    assert "good bye" in said
    assert said.count("stopping") == 1
    assert "killing it" not in said


@pytest.mark.parametrize("grandchild_too", [True, False], ids=["with a grandchild", "alone"])
def test_nothing_lives_on_when_the_supervisor_is_killed(tmp_path: Path, grandchild_too: bool) -> None:
    child = WITH_A_CHILD if grandchild_too else "import os, time\nprint('child', os.getpid())\ntime.sleep(600)"
    runtime = tmp_path / "runtime"
    runtime.mkdir()
    program = f"""
import asyncio, sys
from datetime import UTC, datetime
from pathlib import Path
from cli.run.process import ManagedProcess
from cli.run.supervisor import Supervisor
from cli.run.log import Log
async def run():
    child = ManagedProcess(name="worker", argv=(sys.executable, "-u", "-c", {child!r}))
    log = Log(sys.stdout, now=lambda: datetime.now(UTC))
    await Supervisor([child], log).run([Path({str(runtime)!r})])
asyncio.run(run())
"""
    with subprocess.Popen([sys.executable, "-c", program], cwd=ROOT, stdout=subprocess.PIPE) as supervisor:
        assert supervisor.stdout is not None
        first = supervisor.stdout.readline()
        supervisor.kill()  # before anything can fail: else the end of the block would wait for it

    pid = int(first.split()[-1])
    give_up_at = time.monotonic() + PATIENCE_S
    while (is_alive(pid) or runtime.exists()) and time.monotonic() < give_up_at:
        time.sleep(0.02)
    assert not is_alive(pid)
    assert not runtime.exists()


def test_what_stores_rests_while_there_is_no_room() -> None:
    """The room goes when the crawler runs and comes back when it has ended; the page stays up all the time."""
    lacking = ""

    def lack_of_room(is_known: bool) -> str | None:
        nonlocal lacking
        if not is_known and said().count("crawler  up and running") == 1:
            lacking = "the disk of /data is full"
        elif is_known and "good bye" in said():
            lacking = ""
        return lacking or None

    stage = Stage(python("crawler", POLITE, stores=True), python("web", WAITS), lack_of_room=lack_of_room)
    said = stage.stream.getvalue
    stage.play(lambda text: text.count("crawler  up and running") == 2)
    lines = [line[9:] for line in said().splitlines()]
    full = "up       the disk of /data is full. Free some space: crawler paused until then; no stored data is lost"
    again = "up       disk space is available again; resuming"
    assert lines.index(full) < lines.index("crawler  good bye") < lines.index(again)
    assert lines.count(full) == lines.count(again) == lines.count("web      up and running") == 1
    assert "restarting in" not in said()


def test_a_child_that_shows_no_life_is_ended_and_started_again() -> None:
    signs = {"hung": None, "well": 0.0, "silent": 100.0}
    sleeping = "print('here', flush=True); import time; time.sleep(600)"
    children = [python(name, sleeping, last_sign_s=lambda age=age: age) for name, age in signs.items()]
    said = Stage(*children, hangs_s=0.5).play(lambda log: log.count("restarting in") >= 2)
    for name in ("hung", "silent"):
        assert f"{name} has shown no life" in said
        assert f"{name} was killed by SIGKILL" in said
    assert "well has" not in said


def test_what_stands_in_the_way_of_a_child_is_mended(tmp_path: Path) -> None:
    block = tmp_path / "block"
    block.touch()

    def mend() -> str:
        block.unlink()
        return "the block was taken away"

    program = f"import os, sys, time; os.path.exists({str(block)!r}) and sys.exit(1); print('running'); time.sleep(600)"
    said = Stage(python("server", program, is_ready=lambda: False, mend=mend)).play(lambda log: "running" in log)
    assert said.index("exited with code 1") < said.index("the block was taken away") < said.index("running")


@pytest.mark.parametrize(
    "program",
    ["import sys, time; time.sleep(0.5); sys.exit(1)", "import os, signal; os.kill(os.getpid(), signal.SIGKILL)"],
    ids=["after it was ready", "by a signal"],
)
def test_what_ended_otherwise_is_not_mended(program: str) -> None:
    ready = "exit" in program
    child = python("server", program, is_ready=lambda: ready, mend=lambda: "mended")
    assert "mended" not in Stage(child).play(lambda log: "restarting in" in log)
