"""From capture to webhook on the embedded default: `python -m benchmarks.latency [--articles 40] [--apart 0.5]`.

Broker and worker run as `up` has them, on SQLite; captures are stored one by one as the crawler stores them. The time
of each is from then until a receiver on loopback has the signed message.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import sys
import tempfile
import time
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from importlib import import_module
from pathlib import Path
from statistics import median
from typing import Any

from cli.run.services import services
from db.alerts.channels import find_channel
from db.alerts.subscriptions import SubscriptionIn
from db.collection.captures import record_captures
from db.engine import Database
from db.settings import Settings
from worker.delivery.transports.transport import RecipientAddress
from worker.runtime import valkey
from worker.setup import prepare
from worker.subscriptions import definition
from worker.subscriptions.definition import SubscriptionDefinition

_TESTS = Path(__file__).resolve().parent.parent / "tests"
sys.path[:0] = [str(_TESTS), str(_TESTS / "helpers")]
household = import_module("faults.household")
posting = import_module("faults.posting")
look_after = import_module("faults.showing").look_after
receiving = import_module("servers.webhookserver").receiving

_WARM_UP, _PATIENCE_S, _LOOK_S = 3, 120.0, 0.05


def measure(folder: Path, articles: int, apart_s: float) -> list[float]:
    """Return the seconds that each article took, after some that are not counted."""
    (folder / "broker").mkdir()
    launch = valkey.plan(folder / "broker")
    settings = Settings(data_dir=folder)
    database = Database(settings.database)
    prepare(database, now=_now())
    with ExitStack() as stack:
        stack.callback(launch.clean)
        stack.callback(database.close)
        receiver = stack.enter_context(receiving())
        wanted = SubscriptionDefinition(
            SubscriptionIn(name="reports", query="title:report"), (RecipientAddress("webhook", receiver.url),)
        )
        database.write(lambda conn: definition.create(conn, wanted, now=_now()))
        channel = database.read(lambda conn: find_channel(conn, receiver.url))
        receiver.secret = (channel.secret if channel else None) or ""
        environment = {"STEPPEWATCH_ALLOW_PRIVATE_HOSTS": receiver.address}
        children = [c for c in services(settings, launch, host="127.0.0.1", port=0) if c.name in ("broker", "worker")]
        home = stack.enter_context(household.Household(children, environment, folder / "log"))
        stored = asyncio.run(_bring(database, home, receiver, _WARM_UP + articles, apart_s))
        came = {body["items"][0]["url"]: at for body, at in zip(receiver.bodies, receiver.at, strict=True)}
    return [came[url] - at for url, at in stored.items()][_WARM_UP:]


async def _bring(database: Database, home: Any, receiver: Any, count: int, apart_s: float) -> dict[str, float]:
    """Store captures one by one; return when each was stored, once all have arrived."""
    draw, stored = random.Random(1), {}
    keeping = asyncio.create_task(look_after(home))
    try:
        for number, (capture, body) in enumerate(posting.pages(count)):
            part = [(replace(capture, fetched_at=_now()), body)]
            stored[capture.url] = time.time()
            await asyncio.to_thread(database.write, partial(record_captures, captures=part))
            if number < _WARM_UP:
                await _until(receiver, number + 1)
            await asyncio.sleep(draw.uniform(0, 2 * apart_s))
        await _until(receiver, count)
    finally:
        keeping.cancel()
    return stored


async def _until(receiver: Any, count: int) -> None:
    async with asyncio.timeout(_PATIENCE_S):
        while len(receiver.at) < count:
            await asyncio.sleep(_LOOK_S)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--articles", type=int, default=40)
    parser.add_argument("--apart", type=float, default=0.5, help="seconds between two of them, on average")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        took = sorted(measure(Path(name), options.articles, options.apart))
    print(f"{len(took)} articles: median {median(took):.2f} s, 9 of 10 within {took[len(took) * 9 // 10 - 1]:.2f} s,")
    print(f"longest {took[-1]:.2f} s")


def _now() -> datetime:
    return datetime.now(UTC)


if __name__ == "__main__":
    main()
