"""Articles that all match, a worker with beat and broker that get killed meanwhile, and what arrives of it."""

from __future__ import annotations

import asyncio
import random
import time
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from alertdesk import small_store
from faults.farm import farm
from faults.household import Household, Killer
from faults.showing import look_after, plan
from servers.mailserver import serving_mail
from servers.webhookserver import receiving
from sqlalchemy import func, select

from cli.run.services import services
from db.alerts.channels import find_channel
from db.alerts.subscriptions import SubscriptionIn
from db.collection.captures import CaptureIn, compress, record_captures
from db.engine import Database
from db.models import Delivery, MatchRow
from db.settings import Settings
from worker.delivery.transports.transport import RecipientAddress
from worker.runtime import valkey
from worker.subscriptions import definition
from worker.subscriptions.definition import SubscriptionDefinition

_AT_ONCE = 40
_LOOK_S, _TINY_S = 0.2, 0.02
_LONGEST_S = 3_600
ANALYST = "analyst@office.example"


@dataclass(slots=True)
class Posted:
    """What became of it."""

    matches: int
    delivered: Counter[str]
    """Deliveries by state."""
    mailed: Counter[str]
    """How often each key came by mail; by webhook."""
    called: Counter[str]
    keys: dict[str, int]
    """Attempts of each delivery by key."""
    refused: int
    """Calls with a wrong signature."""
    kills: Counter[str] = field(default_factory=Counter)
    took_s: float = 0.0

    @property
    def doubled(self) -> dict[str, int]:
        """Return the keys that came more than once, and how often."""
        return {key: times for key, times in (self.mailed + self.called).items() if times > 1}

    def __str__(self) -> str:
        kills = ", ".join(f"{kind} {count}" for kind, count in sorted(self.kills.items())) or "none"
        return (
            f"{self.took_s:.0f} s; {self.kills.total()} kills: {kills}; {self.matches} matches; "
            f"mails {self.mailed.total()} of {len(self.mailed)} messages, "
            f"calls {self.called.total()} of {len(self.called)} messages; "
            f"arrived twice, with the same key: {len(self.doubled)}; "
            f"begun more than once: {sum(attempts > 1 for attempts in self.keys.values())}"
        )


def post_articles(folder: Path, database_url: str, articles: int, *, seed: int, kills: int, lease_s: int) -> Posted:
    """Have `articles` articles matched and delivered twice each, by mail and webhook, whatever is killed meanwhile.

    The kills are drawn from `seed`. They are spread over the deliveries, so that each falls while messages leave.
    """
    folder.mkdir()
    kept = folder / "broker"
    kept.mkdir()
    launch = valkey.plan(kept)
    database = small_store(database_url)
    began = time.monotonic()
    with ExitStack() as stack:
        stack.callback(launch.clean)
        stack.callback(database.close)
        mailbox = stack.enter_context(serving_mail())
        receiver = stack.enter_context(receiving())
        wanted = SubscriptionDefinition(
            SubscriptionIn(name="reports", query="title:report"),
            (RecipientAddress("email", ANALYST), RecipientAddress("webhook", receiver.url)),
        )
        database.write(lambda conn: definition.create(conn, wanted, now=_now()))
        channel = database.read(lambda conn: find_channel(conn, receiver.url))
        receiver.secret = (channel.secret if channel else None) or ""
        environment = {
            "STEPPEWATCH_LEASE_S": str(lease_s),
            "STEPPEWATCH_SWEEP_EVERY_S": "0.3",
            "STEPPEWATCH_BATCH_SIZE": "5",
            "STEPPEWATCH_SMTP_HOST": "127.0.0.1",
            "STEPPEWATCH_SMTP_PORT": str(mailbox.port),
            "STEPPEWATCH_SMTP_TLS": "none",
            "STEPPEWATCH_MAIL_PER_MINUTE": "1000000",
            "STEPPEWATCH_WEBHOOK_PER_MINUTE": "1000000",
            "STEPPEWATCH_ALLOW_PRIVATE_HOSTS": receiver.address,
        }
        settings = Settings(data_dir=folder, database_url=database_url)
        children = [c for c in services(settings, launch, host="127.0.0.1", port=0) if c.name in ("broker", "worker")]
        household = stack.enter_context(Household(children, environment, folder / "log"))
        killer = Killer(household, launch, kept, None)
        run = _Run(database, household, killer, lambda: len(mailbox.taken) + len(receiver.keys), articles)
        done = asyncio.run(run.until_all_arrived(random.Random(seed), kills))
        with database.reading() as conn:
            matches = conn.scalar(select(func.count()).select_from(MatchRow)) or 0
            states = Counter(conn.scalars(select(Delivery.state)))
            keys = {key: attempts for key, attempts in conn.execute(select(Delivery.key, Delivery.attempts))}
        mailed = Counter(str(mail["Message-ID"]).strip("<>").partition("@")[0] for mail in mailbox.taken)
        took_s = time.monotonic() - began
        return Posted(matches, states, mailed, Counter(receiver.keys), keys, receiver.refused, done, took_s)


@dataclass(frozen=True, slots=True)
class _Run:
    database: Database
    household: Household
    killer: Killer
    arrived: Callable[[], int]
    """How many messages came so far."""
    articles: int

    async def until_all_arrived(self, draw: random.Random, kills: int) -> Counter[str]:
        """Bring the articles bit by bit; return what was killed, when that is done and everything is accounted for."""
        done: Counter[str] = Counter()
        self.household.look_after()
        killing = asyncio.create_task(self._kill(draw, kills, done))
        tasks = [killing, asyncio.create_task(look_after(self.household)), asyncio.create_task(self._bring())]
        try:
            async with asyncio.timeout(_LONGEST_S):
                while not killing.done() or self._sent() < 2 * self.articles:
                    for task in tasks:
                        if task.done():
                            task.result()
                    await asyncio.sleep(_LOOK_S)
        finally:
            for task in tasks:
                task.cancel()
        return done

    async def _kill(self, draw: random.Random, kills: int, done: Counter[str]) -> None:
        """Kill something each time some more messages have arrived."""
        deeds = {name: deed for name, deed in self.killer.deeds.items() if name != "crawler"}
        apart = 2 * self.articles // (kills + 1)
        for kind in plan(draw, sorted(deeds), kills):
            goal = min(self.arrived() + draw.randint(1, 2 * apart - 1), 2 * self.articles - 1)
            while self.arrived() < goal:
                await asyncio.sleep(_TINY_S)
            await asyncio.sleep(draw.uniform(0, _TINY_S))
            while not deeds[kind](draw):  # its victim is just being started
                await asyncio.sleep(_TINY_S)
            done[kind] += 1

    def _sent(self) -> int:
        sent = select(func.count()).select_from(Delivery).where(Delivery.state == "sent")
        return self.database.read(lambda conn: conn.scalar(sent)) or 0

    async def _bring(self) -> None:
        captures = pages(self.articles)
        for start in range(0, len(captures), _AT_ONCE):
            part = captures[start : start + _AT_ONCE]
            self.database.write(partial(record_captures, captures=part))
            await asyncio.sleep(_LOOK_S)


def pages(count: int) -> Sequence[tuple[CaptureIn, bytes]]:
    """Return captures of articles that are stories of their own and have “report” in their titles."""
    own = [article for outlet in farm(2 * count, seed=7) for article in outlet.articles if not article.copy_of]
    captures = []
    for number, article in enumerate(own[:count]):
        paragraphs = "".join(f"<p>{paragraph}</p>" for paragraph in article.wording.paragraphs)
        title = article.wording.title
        html = f"<html><head><title>{title}</title></head><body><h1>{title}</h1>{paragraphs}</body></html>".encode()
        url = f"https://outlet{number % 20}.example/{number}"
        capture = CaptureIn(
            page_id=None,
            source_id=None,
            url=url,
            fetched_at=_now(),
            status=200,
            content_type="text/html; charset=utf-8",
            body=html,
            body_hash=f"{number:032x}",
        )
        captures.append((capture, compress(html)))
    assert len(captures) == count
    return captures


def _now() -> datetime:
    return datetime.now(UTC)
