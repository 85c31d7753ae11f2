"""A showing of the demo and the farm with the product's processes, undisturbed or not, and what it leaves behind."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from exported import comparable_export
from faults.household import CRAWLER, SECOND_CRAWLER, Household, Killer
from sqlalchemy import func, select

from cli.demo.outlets import Act
from cli.demo.script import Director
from cli.demo.server import serving
from cli.demo.show import demo_processes, demo_settings
from cli.demo.store import prepare_store
from cli.demo.web import DemoWeb
from db.engine import Database
from db.models import Outcome
from db.settings import Settings
from worker.runtime import valkey

_KINDS = ("articles", "mentions", "coverage", "cooccurrence", "clusters")
_LOOK_S = 0.05
PATIENCE_S = 600.0
"""How long a loaded machine may take to start a process again, or to get something done between two kills."""


@dataclass(frozen=True, slots=True)
class Disturbance:
    """How many processes end without warning, drawn from `seed`, `pause_s` apart: at least and at most."""

    seed: int
    kills: int
    pause_s: tuple[float, float]


@dataclass(frozen=True, slots=True)
class Ended:
    """What a showing left behind."""

    exports: dict[str, bytes]
    """CSV by kind, without the columns that differ between any two runs."""
    outcomes: Counter[str]
    """Captures by how they were understood."""
    kills: Counter[str] = field(default_factory=Counter)
    starts: Counter[str] = field(default_factory=Counter)
    took_s: float = 0.0

    def __str__(self) -> str:
        kills = ", ".join(f"{kind} {count}" for kind, count in sorted(self.kills.items())) or "none"
        starts = ", ".join(f"{name} {count}" for name, count in sorted(self.starts.items()))
        return f"{self.took_s:.0f} s; {self.kills.total()} kills: {kills}; starts: {starts}; {dict(self.outcomes)}"


def show(
    web: DemoWeb, folder: Path, database_url: str, disturbance: Disturbance | None = None, *, may_crash: bool = False
) -> Ended:
    """Play the whole script over an empty store; `may_crash` says that the database's server is ours to disturb.

    Raises DemoError when something never gets done.
    """
    kept = folder / "broker"
    kept.mkdir(parents=True)
    settings = demo_settings(Settings(data_dir=folder, database_url=database_url), web)
    settings = settings.but(host_delay_s=0.0)
    launch = valkey.plan(kept)
    hasty = {"STEPPEWATCH_LEASE_S": "3", "STEPPEWATCH_SWEEP_EVERY_S": "0.3", "STEPPEWATCH_BATCH_SIZE": "5"}
    children = demo_processes(settings, launch, host="127.0.0.1", port=0, page=False)
    if disturbance:  # who shares the outlets with another crawler finds the same
        children += [replace(child, name=SECOND_CRAWLER) for child in children if child.name == CRAWLER]
    database = Database(database_url)
    began = _now()
    try:
        prepare_store(database, web, "the test's store", now=began)
        with serving(web, settings.user_agent) as stage, Household(children, hasty, folder / "log") as household:
            killer = Killer(household, launch, kept, database_url if may_crash else None)
            director = Director(stage, database, clock=_now, patience_s=PATIENCE_S)
            kills = asyncio.run(_play(director, household, killer, disturbance))
        took_s = (_now() - began).total_seconds()
        return Ended(read_exports(database), count_understood(database), kills, household.starts, took_s)
    finally:
        database.close()
        launch.clean()


async def _play(
    director: Director, household: Household, killer: Killer, disturbance: Disturbance | None
) -> Counter[str]:
    """Play the script to its end, whatever is done to the household meanwhile; return what was done."""
    done: Counter[str] = Counter()
    household.look_after()
    script = asyncio.create_task(director.play(list(Act), lambda _: None, pause_s=0))
    tasks = [script, asyncio.create_task(look_after(household))]
    if disturbance:
        tasks.append(asyncio.create_task(_disturb(killer, disturbance, done)))
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        while not script.done():
            for task in tasks:
                if task.done():
                    task.result()
            await asyncio.sleep(_LOOK_S)
        script.result()
    finally:
        for task in tasks:
            task.cancel()
    return done


async def look_after(household: Household) -> None:
    """Start again whatever ends, for ever."""
    while True:
        household.look_after()
        await asyncio.sleep(_LOOK_S)


async def _disturb(killer: Killer, disturbance: Disturbance, done: Counter[str]) -> None:
    draw = random.Random(disturbance.seed)
    deeds = killer.deeds
    for kind in plan(draw, sorted(deeds), disturbance.kills):
        await asyncio.sleep(draw.uniform(*disturbance.pause_s))
        async with asyncio.timeout(PATIENCE_S):
            while not deeds[kind](draw):  # its victim is just being started
                await asyncio.sleep(_LOOK_S)
        done[kind] += 1


def plan(draw: random.Random, kinds: Sequence[str], count: int) -> Iterator[str]:
    """Yield `count` kinds: first each of them once in some order, then at random."""
    once = draw.sample(kinds, len(kinds))
    yield from once[:count]
    yield from (draw.choice(kinds) for _ in range(count - len(once)))


def read_exports(database: Database) -> dict[str, bytes]:
    """Return all exports without the columns that differ between any two runs."""
    return {kind: comparable_export(database, kind) for kind in _KINDS}


def count_understood(database: Database) -> Counter[str]:
    """Return how often captures ended in each outcome."""
    query = select(Outcome.outcome, func.sum(Outcome.inputs)).where(Outcome.stage == "understand")
    with database.reading() as conn:
        return Counter({outcome: int(count) for outcome, count in conn.execute(query.group_by(Outcome.outcome))})


def _now() -> datetime:
    return datetime.now(UTC)
