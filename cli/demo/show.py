"""One run of the demo: the crawler and worker of `up` on the demo's web, together with the script."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from pathlib import Path

from cli.demo.script import Director, acts_to_play
from cli.demo.server import RunningWeb
from cli.demo.settled import Account, Ending, OutletEnding, accounts, endings
from cli.demo.store import read_knowledge
from cli.demo.web import DemoWeb
from cli.run.log import Log
from cli.run.process import ManagedProcess
from cli.run.services import services
from cli.run.supervisor import Supervisor
from db.datadir.disk_space import disk_full_message
from db.engine import Database
from db.outcomes import count_outcomes
from db.settings import Settings
from worker.runtime.valkey import Launch

_HOST_DELAY_S = 0.2
_PAUSE_S = 8.0
"""Seconds between two acts, for the viewer of the page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """The result of a demo run."""

    outlets: Sequence[OutletEnding]
    accounts: Sequence[Account]
    vault: int
    """Requests to the address that must not be reached."""
    took_s: float
    moved: Mapping[str, str] = field(default_factory=dict)
    """The address at which a feed is polled now, by the one at which it was known."""
    walled: Mapping[str, str] = field(default_factory=dict)
    """Outlets with mostly other pages than articles, each with a sentence on these."""
    impaired: Mapping[str, str] = field(default_factory=dict)
    """Outlets whose collection is impaired today, with the reason."""

    @property
    def endings(self) -> list[Ending]:
        """Return the outcomes of all articles."""
        return [ending for outlet in self.outlets for ending in outlet.endings]

    @property
    def is_good(self) -> bool:
        """Return whether every outcome agrees with the demo's files."""
        return not self.vault and all(ending.as_written for ending in self.endings)


def demo_settings(settings: Settings, web: DemoWeb) -> Settings:
    """Return the settings of the demo: its own folder and outlets, and short delays between requests."""
    configured = settings.given
    changes: dict[str, object] = {
        "allow_private_hosts": web.allowed,
        "host_delay_s": _HOST_DELAY_S,
        "recheck": True,
        # during the script, only the script makes feeds due
        "poll_every_s": 900.0,
    }
    if "log_level" not in configured:
        changes["log_level"] = "WARNING"  # the script reports progress
    return settings.but(**changes)


def demo_processes(
    settings: Settings, broker: Launch | None, *, host: str, port: int, page: bool
) -> list[ManagedProcess]:
    """Return the processes of `up` with these settings; without the pages unless `page`."""
    changed = ("allow_private_hosts", "host_delay_s", "recheck", "poll_every_s", "log_level")
    env = {f"STEPPEWATCH_{name.upper()}": str(getattr(settings, name)) for name in changed}
    children = services(settings, broker, host=host, port=port)
    return [replace(child, env={**child.env, **env}) for child in children if page or child.name != "web"]


class Show:
    """A demo run on an open store."""

    def __init__(
        self, running: RunningWeb, database: Database, log: Log, *, data_dir: Path, clock: Callable[[], datetime]
    ) -> None:
        self._running, self._database, self._log, self._clock = running, database, log, clock
        self._lack_of_room = partial(disk_full_message, data_dir)

    async def run(
        self, children: Sequence[ManagedProcess], folders: Iterable[Path], *, then: Callable[[Result], None] | None
    ) -> Result | None:
        """Play the script while the processes run, then stop them; None if a signal came before the end of the script.

        With `then`, it is called with the result instead, and everything keeps running until a signal. Raises DemoError
        if the script cannot continue. Must run in the main thread.
        """
        supervisor = Supervisor(children, self._log, lack_of_room=self._lack_of_room)
        running = asyncio.create_task(supervisor.run(folders))
        script = asyncio.create_task(self._play(pause_s=_PAUSE_S if then else 0))
        try:
            await asyncio.wait({running, script}, return_when=asyncio.FIRST_COMPLETED)
            if not script.done():
                return None
            result = script.result()
            if then:
                then(result)
                await running
            return result
        finally:
            script.cancel()
            supervisor.stop()
            await running

    async def _play(self, *, pause_s: float) -> Result:
        web, began_at = self._running.web, self._clock()
        before = await asyncio.to_thread(read_knowledge, self._database, since=began_at, now=began_at)
        director = Director(self._running, self._database, clock=self._clock)
        await director.play(acts_to_play(web, before), partial(self._log.write, "demo"), pause_s=pause_s)
        served = self._running.served
        # it may be another day by now
        after = await asyncio.to_thread(read_knowledge, self._database, since=began_at, now=self._clock())
        return Result(
            outlets=endings(web, before, after),
            accounts=accounts(served, self._database.read(partial(count_outcomes, since=began_at))),
            vault=served.vault,
            took_s=(self._clock() - began_at).total_seconds(),
            moved={old: new for old, new in web.moved_feeds().items() if new in after.feeds},
            walled=after.walled,
            impaired=after.impaired,
        )
