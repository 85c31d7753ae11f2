"""Many hosts with long pauses and few places for requests: who waits for a host keeps no other host waiting."""

from __future__ import annotations

import signal
import sys
import time
from pathlib import Path

from courier import LONG_AGO
from material import ROOT
from processes import running, wait_until
from servers.answering import QuietHandler, answering
from templates import tables

from db.collection.feeds.feeds import add_feed
from db.collection.sources.book import SourceIn, record_source

_HOSTS = [f"127.0.0.{number}" for number in range(1, 101)]


def test_every_host_is_asked_for_its_rules_while_the_first_ones_wait_out_their_pause(tmp_path: Path) -> None:
    asked: list[tuple[str, str]] = []

    class Handler(QuietHandler):
        def do_GET(self) -> None:
            asked.append((self.connection.getsockname()[0], self.path))
            time.sleep(0.1)  # so that all places are taken
            self.send_response(404)
            self.end_headers()

    database = tables(f"sqlite:///{tmp_path / 'steppewatch.db'}")
    outlet = SourceIn(id="courier", name="Courier", domains=[], origin="person")
    database.write(lambda conn: record_source(conn, outlet, now=LONG_AGO))
    with answering(Handler, "0.0.0.0") as port:
        for host in _HOSTS:
            url = f"http://{host}:{port}/rss"
            database.write(lambda conn: add_feed(conn, source_id="courier", url=url, now=LONG_AGO))  # noqa: B023
        environment = {
            "STEPPEWATCH_DATA_DIR": str(tmp_path),
            "STEPPEWATCH_HOST_DELAY_S": "600",
            "STEPPEWATCH_CONCURRENT_REQUESTS": "16",
            "STEPPEWATCH_ALLOW_PRIVATE_HOSTS": ",".join(f"{host}:{port}" for host in _HOSTS),
        }
        with running([sys.executable, "-m", "crawlers.service"], environment, ROOT, tmp_path / "log") as process:
            wait_until(lambda: len(asked) == len(_HOSTS), 60, "all hosts were asked", lambda: str(asked))
            process.send_signal(signal.SIGTERM)
            assert process.wait(20) == 0
    assert sorted(asked) == sorted((host, "/robots.txt") for host in _HOSTS)
    database.close()
