"""A real crawler, our real pages and a hub on this machine: it is asked, tells, and never leads us inward."""

from __future__ import annotations

import hmac
import socket
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode

import httpx
import pytest
from courier import LONG_AGO, Reply, Site, environment_of, settings_for, store_for
from material import ROOT
from processes import kill, running, wait_until
from servers.answering import QuietHandler, answering
from sqlalchemy import Row, select, update

from db.engine import Database
from db.models import Feed, HubSubscription, Page
from db.settings import Settings

PATIENCE_S = 40


@dataclass
class Hub:
    """Takes subscriptions, calls back to confirm them, and pushes."""

    port: int
    moved: str | None = None
    """Where a request to `/old…` is sent."""
    subscriptions: list[Mapping[str, str]] = field(default_factory=list)
    confirmations: list[httpx.Response] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/"

    def take(self, form: Mapping[str, str]) -> None:
        """Confirm a subscription, as hubs may, before it is answered."""
        self.subscriptions.append(form)
        asked = {f"hub.{name}": form[f"hub.{name}"] for name in ("mode", "topic", "lease_seconds")}
        asked["hub.challenge"] = f"challenge {len(self.subscriptions)}"
        self.confirmations.append(httpx.get(f"{form['hub.callback']}?{urlencode(asked)}", timeout=20))

    def push(self, body: bytes, secret: str | None = None) -> int:
        """Return the status of the answer to a push."""
        last = self.subscriptions[-1]
        digest = hmac.new((secret or last["hub.secret"]).encode(), body, "sha256").hexdigest()
        headers = {"X-Hub-Signature": f"sha256={digest}", "Content-Type": "application/rss+xml"}
        return httpx.post(last["hub.callback"], content=body, headers=headers, timeout=20).status_code


@contextmanager
def hub_running() -> Iterator[Hub]:
    class Handler(QuietHandler):
        def do_POST(self) -> None:
            hub.paths.append(self.path)
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if self.path.startswith("/old") and hub.moved:
                self.send_response(307)
                self.send_header("Location", hub.moved)
            else:
                hub.take({name: value for name, (value,) in parse_qs(body.decode()).items()})
                self.send_response(202)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def do_GET(self) -> None:
            hub.paths.append(self.path)
            self.send_error(404)

    with answering(Handler) as port:
        hub = Hub(port)
        yield hub


@pytest.fixture
def hub() -> Iterator[Hub]:
    with hub_running() as found:
        yield found


def name_hub(site: Site, url: str, *numbers: int) -> None:
    """Have the outlet's feed name a hub, and list these articles."""
    atom = "http://www.w3.org/2005/Atom"
    links = f"<a:link rel='hub' href='{url}'/><a:link rel='self' href='{site.url('/feed.xml')}?topic'/>"
    items = "".join(f"<item><title>On {n}</title><link>{site.url(f'/{n}')}</link></item>" for n in numbers)
    body = f"<rss version='2.0' xmlns:a='{atom}'><channel><title>Courier</title>{links}{items}</channel></rss>"
    site.pages["/feed.xml"] = Reply(body.encode(), headers={"Content-Type": "application/rss+xml"})


def settings_with(site: Site, folder: Path, *hubs: Hub) -> Settings:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    hosts = ",".join(f"127.0.0.1:{each.port}" for each in (site, *hubs))
    return settings_for(site, folder, public_url=f"http://127.0.0.1:{port}", allow_private_hosts=hosts)


def start(stack: ExitStack, settings: Settings, folder: Path, *argv: str) -> Any:
    log = folder / "log"
    return stack.enter_context(running([sys.executable, "-m", *argv], environment_of(settings), ROOT, log))


def pages(stack: ExitStack, settings: Settings, folder: Path) -> None:
    """Serve our pages at the public address."""
    port = settings.public_url.rpartition(":")[2]
    start(stack, settings, folder, "web.serve", "127.0.0.1", port)

    def answers() -> bool:
        try:
            return httpx.get(f"{settings.public_url}/healthz").status_code == 200
        except httpx.HTTPError:
            return False

    wait_until(answers, PATIENCE_S, "our pages answer", lambda: (folder / "log").read_text())


def subscription(database: Database) -> Row[Any]:
    return database.read(lambda conn: conn.execute(select(HubSubscription.__table__)).one())


def feed_row(database: Database) -> Row[Any]:
    return database.read(lambda conn: conn.execute(select(Feed.__table__)).one())


def listed(database: Database) -> list[str]:
    return sorted(url.rpartition("/")[2] for url in database.read(lambda conn: list(conn.scalars(select(Page.url)))))


def pretend_polled(database: Database, hours: float) -> None:
    """Set back the last poll, as if so many hours had gone."""
    at = feed_row(database).polled_at - timedelta(hours=hours)
    database.write(lambda conn: conn.execute(update(Feed).values(polled_at=at, succeeded_at=at)))


def test_a_hub_is_asked_confirms_tells_and_is_asked_again_after_a_crash(site: Site, hub: Hub, tmp_path: Path) -> None:
    name_hub(site, hub.url, 1, 2)
    settings = settings_with(site, tmp_path, hub)
    database = store_for(settings, site.url("/feed.xml"))

    def wait(is_so: Any, what: str) -> None:
        wait_until(is_so, PATIENCE_S, what, lambda: (tmp_path / "log").read_text())

    with ExitStack() as stack:
        pages(stack, settings, tmp_path)
        crawler = start(stack, settings, tmp_path, "crawlers.service")
        wait(lambda: site.asked("/1") and hub.confirmations, "the hub is asked")
        (form,) = hub.subscriptions
        assert (form["hub.mode"], form["hub.topic"]) == ("subscribe", site.url("/feed.xml?topic"))
        assert form["hub.callback"].startswith(f"{settings.public_url}/hubs/")
        assert [(one.status_code, one.text) for one in hub.confirmations] == [(200, "challenge 1")]
        wait(lambda: subscription(database).claimed_until is None, "the answer of the hub is stored")
        lease = subscription(database)
        assert (lease.lease_until - lease.verified_at, lease.failures) == (timedelta(days=10), 0)

        polls = site.asked("/feed.xml")
        pretend_polled(database, 2)
        name_hub(site, hub.url, 3, 2, 1)
        content = site.pages["/feed.xml"].body + b" " * 300_000
        assert hub.push(content, secret="guessed") == 202
        assert hub.push(content[:-1]) == 202
        wait(lambda: site.asked("/feed.xml") == polls + 1, "the feed is polled")
        wait(lambda: listed(database) == ["1", "2", "3"], "the new article is listed")
        wait(lambda: feed_row(database).history.get("told") == 1, "the hub is credited with it")

        kill(crawler)
        database.write(lambda conn: conn.execute(update(HubSubscription).values(next_at=LONG_AGO)))
        start(stack, settings, tmp_path, "crawlers.service")
        wait(lambda: len(hub.confirmations) == 2, "the lease is renewed")
        assert hub.subscriptions[1] == form
        assert hub.confirmations[1].text == "challenge 2"
    database.close()


def test_only_a_signed_push_has_a_feed_polled(site: Site, hub: Hub, tmp_path: Path) -> None:
    name_hub(site, hub.url, 1)
    settings = settings_with(site, tmp_path, hub)
    database = store_for(settings, site.url("/feed.xml"))
    with ExitStack() as stack:
        pages(stack, settings, tmp_path)
        start(stack, settings, tmp_path, "crawlers.service")
        wait_until(lambda: bool(hub.confirmations), PATIENCE_S, "the hub is asked")
        pretend_polled(database, 2)
        planned = feed_row(database).next_poll_at
        assert hub.push(b"<rss/>", secret="guessed") == 202
        assert feed_row(database).next_poll_at == planned
        assert httpx.post(f"{settings.public_url}/hubs/guessed", content=b"x").status_code == 410
    database.close()


def test_no_hub_leads_us_inward_and_a_moved_one_is_followed(site: Site, hub: Hub, tmp_path: Path) -> None:
    with hub_running() as inner:
        settings = settings_with(site, tmp_path, hub)
        database = store_for(settings, site.url("/feed.xml"))
        with ExitStack() as stack:
            pages(stack, settings, tmp_path)
            name_hub(site, inner.url, 1)
            start(stack, settings, tmp_path, "crawlers.service")

            def ask(url: str, error: str | None) -> None:
                def is_asked() -> bool:
                    return any(one.hub_url == url and one.failures == bool(error) and one.asked_at for one in rows())

                wait_until(is_asked, PATIENCE_S, f"{url} is asked", lambda: (tmp_path / "log").read_text())
                if error:
                    assert error in (subscription(database).last_error or "")

            def rows() -> list[Row[Any]]:
                query = select(HubSubscription.__table__).where(HubSubscription.claimed_until.is_(None))
                return list(database.read(lambda conn: conn.execute(query).all()))

            def name_instead(url: str) -> None:
                name_hub(site, url, 1)
                database.write(lambda conn: conn.execute(update(HubSubscription).values(asked_at=LONG_AGO)))
                database.write(lambda conn: conn.execute(update(Feed).values(next_poll_at=LONG_AGO)))

            ask(inner.url, "refused: port")
            hub.moved = inner.url
            name_instead(f"{hub.url}old")
            ask(f"{hub.url}old", "refused: port")
            hub.moved = "/new"
            name_instead(f"{hub.url}old?again")
            ask(f"{hub.url}old?again", None)
        database.close()
        assert inner.paths == []
        assert hub.paths == ["/old", "/old?again", "/new"]
        assert [one.status_code for one in hub.confirmations] == [200]
