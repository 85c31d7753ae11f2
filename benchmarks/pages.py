"""Times of every page and list of the web on a large store, alone and with fifty readers while articles come in.

    python -m benchmarks.pages --data-dir FOLDER
    python -m benchmarks.pages --url postgresql+psycopg://... --rounds 20

Starts `steppewatch web` over the store (`benchmarks.bigstore` makes one), and asks over HTTP for every route that the
application has, with names from the store: frequent, middling and rare entities, large and small outlets, stories,
lists page after page, searches of all kinds. A new page is measured without a change here. Then, with `--readers`, that
many readers look at pages drawn by lot, each for some seconds, while `steppewatch ingest` takes in invented articles:
how many answers are errors, and how fast are articles taken in, beside the same without readers. The store is written
to only then.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import httpx

from benchmarks.bigstore.texts import compose
from benchmarks.bigstore.words import Language
from benchmarks.page_addresses import Samples, fill, find_words, iter_routes, parameters_of, read_samples, with_query
from db.engine import Database

ROOT = Path(__file__).resolve().parent.parent
_GOAL_MS = {"sqlite": 400, "postgresql": 200}
_LEFT_OUT = re.compile(r"/(static|healthz|hub|unsubscribe|feed/)|/export(s)?/[^/]+$")
"""Routes that are no pages: files, doors for other programs, and whole exports, which stream without end."""
_MARK = re.compile(r"""<a\b[^>]*\brel=["']?next\b[^>]*>|<link\b[^>]*\brel=["']?next\b[^>]*>""")
_FURTHER = 20
"""Pages of a list that are followed."""


@dataclass(slots=True)
class Measured:
    """The times of one address."""

    route: str
    kind: str
    address: str
    ms: list[float] = field(default_factory=list)
    statuses: set[int] = field(default_factory=set)
    size: int = 0
    cpu_ms: list[float] = field(default_factory=list)
    """Of the page's process; what a database server does is not in it."""

    @property
    def p95(self) -> float:
        """Return the 95th percentile."""
        return sorted(self.ms)[max(0, -(-len(self.ms) * 95 // 100) - 1)]


def addresses(database: Database) -> list[Measured]:
    """Return what is to be asked for."""
    from web.app import build_application

    with database.reading() as conn:
        samples = read_samples(conn)
        words = find_words(conn, samples["entity"][1].value)
    found = []
    for path, route in sorted(iter_routes(build_application(database)), key=lambda one: one[0]):
        if _LEFT_OUT.search(path):
            continue
        filled = list(fill(path, samples))
        if not filled:
            print(f"no value for {path}", file=sys.stderr)
        found += [Measured(path, kind, address) for kind, address in filled]
        if "{" not in path:
            found += [
                Measured(path, kind, with_query(path, **values))
                for kind, values in variants(parameters_of(route), samples, words)
            ]
    return found


def variants(names: set[str], samples: Samples, words: Mapping[str, str]) -> Iterator[tuple[str, dict[str, str]]]:
    """Yield (what kind, values of parameters) that are worth asking of a route with these parameters."""
    query = next((name for name in map(str, ("q", "query")) if name in names), None)
    if query:
        yield from ((kind, {query: asked}) for kind, asked in words.items())
        if "entity" in names:
            yield "words of an entity", {query: words["two words"], "entity": samples["entity"][0].value}
    for name, noun in (("entity", "entity"), ("source", "outlet"), ("outlet", "outlet")):
        if name in names:
            yield from ((f"{name} {sample.kind}", {name: sample.value}) for sample in samples[noun])
    if "lang" in names:
        yield from ((f"lang {code}", {"lang": code}) for code in ("en", "fa"))
    if {"since", "until"} <= names:
        yield "a month", {"since": "2025-03", "until": "2025-03"}
    if "changed_since" in names:
        yield "all changes", {"changed_since": "0"}


@dataclass(frozen=True, slots=True)
class Web:
    """A running page."""

    address: str
    pid: int
    answered_s: float
    """Seconds from its start to the first answer."""
    cpu_s: float
    """Seconds of processor that it used until then."""


@contextmanager
def serving(environment: Mapping[str, str]) -> Iterator[Web]:
    """Yield the page, started as users start it."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        port = sock.getsockname()[1]
    began = time.perf_counter()
    command = [sys.executable, "-m", "cli.main", "web", "--host", "127.0.0.1", "--port", str(port)]
    process = subprocess.Popen(command, env=dict(environment), cwd=ROOT)
    try:
        url = f"http://127.0.0.1:{port}"
        while True:
            try:
                httpx.get(f"{url}/healthz", timeout=5)
                break
            except httpx.TransportError:
                if process.poll() is not None or time.perf_counter() - began > 60:
                    raise SystemExit("the page does not start") from None
                time.sleep(0.02)
        yield Web(url, process.pid, time.perf_counter() - began, cpu_ms(process.pid) / 1_000)
    finally:
        process.terminate()
        process.wait(20)


def memory_mb(pid: int, name: str = "VmHWM") -> float:
    """Return the peak of a process's memory, or another number of its status."""
    [line] = [line for line in Path(f"/proc/{pid}/status").read_text().splitlines() if line.startswith(f"{name}:")]
    return int(line.split()[1]) * 1024 / 1e6


def describe_memory(pid: int) -> str:
    """Return the memory of a process: resident now and at its peak, and in proportion where pages are shared."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    [shared] = [int(line.split()[1]) * 1024 / 1e6 for line in lines if line.startswith("Pss:")]
    return f"RSS {memory_mb(pid, 'VmRSS'):.0f} MB, at its peak {memory_mb(pid):.0f}; PSS {shared:.0f}"


def cpu_ms(pid: int) -> float:
    """Return the processor time of a process so far, all threads together."""
    tasks = Path(f"/proc/{pid}/task").glob("*/schedstat")
    return sum(int(task.read_text().split()[0]) for task in tasks) / 1e6


def measure(client: httpx.Client, one: Measured, rounds: int, pid: int) -> None:
    """Ask for one address again and again."""
    for _ in range(rounds):
        before = cpu_ms(pid)
        answer = _ask(client, one, one.address)
        one.cpu_ms.append(cpu_ms(pid) - before)
        if one.ms[-1] > 5_000 or answer is None:
            return  # it is slow, and how slow precisely is no matter


def follow(client: httpx.Client, one: Measured) -> Measured | None:
    """Return the times of the pages that follow a list's first; None if it is no list of several pages."""
    further = Measured(one.route, f"{one.kind} further pages".strip(), one.address)
    at: str | None = one.address
    for _ in range(_FURTHER):
        answer = _ask(client, further, at) if at else None
        if answer is None or further.ms[-1] > 5_000:
            break
        at = _next_of(answer, at or "")
    further.ms = further.ms[1:]
    return further if further.ms else None


def _ask(client: httpx.Client, one: Measured, address: str) -> httpx.Response | None:
    began = time.perf_counter()
    try:
        answer = client.get(address)
    except httpx.TransportError:
        answer = None
    one.ms.append((time.perf_counter() - began) * 1_000)
    one.statuses.add(answer.status_code if answer else 0)
    one.size = len(answer.content) if answer else 0
    return answer


def _next_of(answer: httpx.Response, address: str) -> str | None:
    """Return the address of the next page of a list, wherever the answer has it."""
    url = answer.links.get("next", {}).get("url")
    if url is None and "json" in answer.headers.get("content-type", ""):
        told = answer.json()
        if not isinstance(told, dict):
            return None
        url = told.get("next")
        cursor = told.get("next_cursor") or told.get("cursor")
        if url is None and cursor:
            url = str(httpx.URL(address).copy_set_param("cursor", cursor))
        if url and not str(url).startswith(("/", "http", "?")):
            url = str(httpx.URL(address).copy_set_param("cursor", url))
    elif url is None and (mark := _MARK.search(answer.text)):
        found = re.search(r"""href=["']?([^"'\s>]+)""", mark.group())
        url = found.group(1).replace("&amp;", "&") if found else None
    return str(answer.url.join(url)) if url else None


def show(one: Measured) -> None:
    """Print a line for an address."""
    status = ", ".join(map(str, sorted(one.statuses)))
    print(
        f"| {one.route} | {one.kind} | {statistics.median(one.ms):.0f} | {one.p95:.0f} | {max(one.ms):.0f}"
        f" | {statistics.median(one.cpu_ms or [0]):.0f} | {one.size / 1_000:.0f} | {status} |",
        flush=True,
    )


def show_slow(measured: Sequence[Measured], goal: float) -> None:
    """Print what is beyond the goal, the slowest first."""
    slow = [one for one in measured if one.p95 > goal]
    print(f"\n{len(measured)} addresses, {len(slow)} above {goal:.0f} ms at p95:")
    for one in sorted(slow, key=lambda one: -one.p95):
        print(f"  {one.p95:7.0f} ms  {one.address}  ({one.kind})")


def invented_documents(path: Path, number: int, *, seed: int) -> None:
    """Write articles to take in, of today."""
    language = Language("en", seed)
    with path.open("w", encoding="utf-8") as out:
        for place in range(number):
            text = compose(language, seed * 1_000_003 + place, ())
            now = datetime.now(UTC).isoformat()
            url = f"https://invented-{place % 40}.example/{seed}/{place}"
            out.write(json.dumps({"url": url, "title": text.title, "text": text.body, "published_at": now}) + "\n")


def take_in(environment: Mapping[str, str], number: int, *, seed: int) -> float:
    """Return the articles a second that `ingest` takes in."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "invented.jsonl"
        invented_documents(path, number, seed=seed)
        began = time.perf_counter()
        command = [sys.executable, "-m", "cli.main", "ingest", str(path)]
        subprocess.run(command, env=dict(environment), cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
        return number / (time.perf_counter() - began)


@dataclass(slots=True)
class Crowd:
    """Readers who look at pages until they are told to stop."""

    url: str
    addresses: Sequence[str]
    pause_s: float
    ms: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    stop: threading.Event = field(default_factory=threading.Event)

    def read(self, seed: int) -> None:
        """Look at one page after another."""
        chance = random.Random(seed)
        self.stop.wait(chance.random() * self.pause_s)
        with httpx.Client(base_url=self.url, timeout=30) as client:
            while not self.stop.is_set():
                address = chance.choice(self.addresses)
                began = time.perf_counter()
                try:
                    status = client.get(address).status_code
                except httpx.TransportError as error:
                    status = 0
                    self.errors.append(f"{address}: {error!r}")
                self.ms.append((time.perf_counter() - began) * 1_000)
                if status >= 500 or status == 429:
                    self.errors.append(f"{address}: {status}")
                self.stop.wait(chance.expovariate(1 / self.pause_s))

    def run(self, readers: int) -> list[threading.Thread]:
        """Start readers."""
        threads = [threading.Thread(target=self.read, args=(seed,)) for seed in range(readers)]
        for thread in threads:
            thread.start()
        return threads


def measure_crowd(web: Web, environment: Mapping[str, str], asked: argparse.Namespace, pages: Sequence[str]) -> None:
    """Print what readers and collection make of each other: alone, together, and alone again."""
    seed = int(time.time())
    rates = [take_in(environment, asked.documents, seed=seed)]
    crowd = Crowd(web.address, pages, asked.pause)
    threads = crowd.run(asked.readers)
    together = take_in(environment, asked.documents, seed=seed + 1)
    crowd.stop.set()
    for thread in threads:
        thread.join()
    rates.append(take_in(environment, asked.documents, seed=seed + 2))
    alone = statistics.mean(rates)
    ms = sorted(crowd.ms)
    print(
        f"\n{asked.readers} readers, each at a page for {asked.pause:g} s on average, while {asked.documents} articles"
        f" are taken in: {len(ms)} pages, {len(crowd.errors)} errors, p50 {statistics.median(ms):.0f} ms,"
        f" p95 {ms[len(ms) * 95 // 100]:.0f} ms;\ntaken in {together:.1f}/s with them, {rates[0]:.1f}/s before and"
        f" {rates[1]:.1f}/s after them: {together / alone:.0%}"
    )
    for error in crowd.errors[:20]:
        print(f"  {error}")


def main() -> None:
    """Measure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    place = parser.add_mutually_exclusive_group(required=True)
    place.add_argument("--data-dir", type=Path)
    place.add_argument("--url")
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--only", default="", help="routes that match this pattern")
    parser.add_argument("--readers", type=int, default=0)
    parser.add_argument("--pause", type=float, default=10.0, help="seconds a reader looks at a page, on average")
    parser.add_argument("--documents", type=int, default=2_000)
    asked = parser.parse_args()
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    if asked.data_dir:
        environment["STEPPEWATCH_DATA_DIR"] = str(asked.data_dir)
    if asked.url:
        environment["STEPPEWATCH_DATABASE_URL"] = asked.url
        environment.setdefault("STEPPEWATCH_DATA_DIR", tempfile.mkdtemp())
    database = Database(asked.url or f"sqlite:///{asked.data_dir / 'steppewatch.db'}")
    every = [one for one in addresses(database) if re.search(asked.only, one.route)]
    database.close()
    with serving(environment) as web:
        with httpx.Client(base_url=web.address, timeout=60) as client:
            began = time.perf_counter()
            client.get("/")
            first_ms = (time.perf_counter() - began) * 1_000
            print(
                f"started in {web.answered_s:.2f} s ({web.cpu_s:.2f} s of CPU), first page after {first_ms:.0f} ms,"
                f" {describe_memory(web.pid)}"
            )
            print("\n| route | what | p50 ms | p95 ms | max ms | CPU ms | kB | status |")
            print("|---|---|---|---|---|---|---|---|")
            lists = []
            for one in every:
                measure(client, one, asked.rounds, web.pid)
                show(one)
                if further := follow(client, one):
                    show(further)
                    lists.append(further)
        show_slow([*every, *lists], _GOAL_MS["postgresql" if asked.url else "sqlite"])
        print(f"\nmemory of the page after all of it: {describe_memory(web.pid)}")
        if asked.readers:
            good = [one.address for one in every if one.statuses == {200}]
            measure_crowd(web, environment, asked, good)
            print(f"memory of the page with readers: {describe_memory(web.pid)}")


if __name__ == "__main__":
    main()
