"""Memory of the whole embedded service: `python -m benchmarks.memory [--outlets 150] [--articles 1500]`.

Runs the processes of `up` over an invented web of that many outlets on loopback until everything has drained, and
prints the proportional set size of each process (Linux: /proc/PID/smaps_rollup; pages shared by several processes
count for each of them in part, so the sum is what the service really costs) at its peak and at the end.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import socket
import sys
import tempfile
import threading
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path

from cli.demo.outlets import Act, DemoOutlet, packaged_folder, read_outlets
from cli.demo.script import Director
from cli.demo.server import serving
from cli.demo.show import demo_processes, demo_settings
from cli.demo.store import prepare_store
from cli.demo.web import VAULT, DemoWeb
from cli.run.log import Log
from cli.run.process import ManagedProcess
from cli.run.supervisor import Supervisor
from db.engine import Database
from db.settings import Settings
from worker.runtime import valkey

_TESTS = Path(__file__).resolve().parent.parent / "tests"
sys.path[:0] = [str(_TESTS), str(_TESTS / "helpers")]
farm = import_module("faults.farm").farm

_LOOK_S = 1.0
_FARM_OUTLETS = 20


def many_outlets(count: int, articles: int) -> tuple[DemoOutlet, ...]:
    """Return the demo's outlets and invented ones, `count` together, each at an address of its own."""
    outlets = list(read_outlets(packaged_folder()))
    for number in range(-(-(count - len(outlets)) // _FARM_OUTLETS)):
        for place, outlet in enumerate(farm(articles * _FARM_OUTLETS // count, seed=number)):
            name = f"{outlet.id}-{number}"
            own = [replace(article, copy_of="") for article in outlet.articles]
            outlets.append(replace(outlet, id=name, host=f"127.21.{number}.{place + 1}", articles=tuple(own)))
    return tuple(outlets[:count])


def processes_of(parent: int) -> dict[int, str]:
    """Return the living descendants of a process and what they are."""
    found: dict[int, str] = {}
    for pid in _children_of(parent):
        command = Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode("utf-8", "replace")
        found[pid] = _name_of(command)
        found |= processes_of(pid)
    return found


def _children_of(pid: int) -> Iterator[int]:
    for task in Path(f"/proc/{pid}/task").iterdir():
        yield from map(int, (task / "children").read_text().split())


def _name_of(command: str) -> str:
    signs = {"crawlers.service": "crawler", "worker.app": "worker", "valkey": "broker", "web.serve": "web"}
    return next((name for sign, name in signs.items() if sign in command), command[:30] or "?")


def pss_mb(pid: int) -> float:
    """Return the proportional set size of a process."""
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) * 1024 / 1e6
    return 0.0


class Watch:
    """Looks once a second; keeps the look at which all together were largest, and the last one."""

    def __init__(self) -> None:
        self.peak: dict[str, float] = {}
        self.last: dict[str, float] = {}
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._look_on, daemon=True)
        self._thread.start()

    def end(self) -> None:
        """Look a last time."""
        self._over.set()
        self._thread.join()

    def _look_on(self) -> None:
        while not self._over.wait(_LOOK_S):
            self._look()

    def _look(self) -> None:
        seen: dict[str, float] = defaultdict(float)
        for pid, name in processes_of(os.getpid()).items():
            try:
                seen[f"{name} {pid}"] = pss_mb(pid)
            except OSError:
                continue  # it has just ended
        self.last = dict(seen)
        if sum(seen.values()) > sum(self.peak.values()):
            self.peak = dict(seen)


async def _run(children: Sequence[ManagedProcess], folder: Path, director: Director, watch: Watch) -> None:
    supervisor = Supervisor(children, Log(sys.stderr, now=_now))
    running = asyncio.create_task(supervisor.run([folder]))
    try:
        await director.play(list(Act), _tell, pause_s=0)
    finally:
        watch.end()
        supervisor.stop()
        await running


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--outlets", type=int, default=150)
    parser.add_argument("--articles", type=int, default=1_500)
    options = parser.parse_args()
    with socket.socket() as probe:
        probe.bind((VAULT, 0))
        port: int = probe.getsockname()[1]
    web = DemoWeb(many_outlets(options.outlets, options.articles), packaged_folder(), port)
    with tempfile.TemporaryDirectory() as name:
        measure(web, Path(name))


def measure(web: DemoWeb, folder: Path) -> None:
    """Run the service over the web until nothing waits, and print what its processes took."""
    settings = demo_settings(Settings(data_dir=folder), web)
    (folder / "broker").mkdir()
    launch = valkey.plan(folder / "broker")
    database = Database(settings.database)
    prepare_store(database, web, "the benchmark's store", now=_now())
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        page: int = probe.getsockname()[1]
    children = demo_processes(settings, launch, host="127.0.0.1", port=page, page=True)
    with serving(web, settings.user_agent) as stage:
        watch = Watch()
        director = Director(stage, database, clock=_now, patience_s=600)
        asyncio.run(_run(children, launch.runtime, director, watch))
    database.close()
    launch.clean()
    articles = sum(len(outlet.articles) for outlet in web.outlets)
    print(f"{len(web.outlets)} outlets, {articles} articles; PSS in MB")
    for title, seen in (("at the peak", watch.peak), ("after everything drained", watch.last)):
        print(f"{title}: {sum(seen.values()):.0f} together")
        for process, size in sorted(seen.items()):
            print(f"  {process:<20} {size:7.0f}")


def _tell(line: str) -> None:
    sys.stderr.write(f"{line}\n")


def _now() -> datetime:
    return datetime.now(UTC)


if __name__ == "__main__":
    main()
