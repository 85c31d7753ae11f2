"""`steppewatch doctor` as a person runs it. It asks only an invented outlet on this machine."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from material import ROOT
from samples import NOON, prepared_store
from site_served import Site, numbered, serving
from sqlalchemy import text

from db.collection.feeds.feeds import add_feed
from db.collection.sources.book import SourceIn, record_source
from db.models import Feed

START = (
    "import sys; sys.path.insert(0, sys.argv.pop(1)); import typer; from cli.doctor.command import doctor;"
    "app = typer.Typer(pretty_exceptions_enable=False); app.command()(doctor); app()"
)


@pytest.fixture
def site() -> Iterator[Site]:
    with serving(Site(numbered(1))) as site:
        yield site


@pytest.fixture
def environment(database_url: str, broker_url: str, site: Site, tmp_path: Path) -> dict[str, str]:
    """Settings of a service whose only feed is the site's."""
    store = prepared_store(database_url)
    outlet = SourceIn(id="lake-post", name="The Lake Post", domains=["127.0.0.1"], origin="person")
    with store.engine.begin() as conn:
        conn.execute(Feed.__table__.delete())
    store.write(lambda conn: record_source(conn, outlet, now=NOON))
    store.write(lambda conn: add_feed(conn, source_id="lake-post", url=site.feed_url, now=NOON))
    store.close()
    return {
        "STEPPEWATCH_DATABASE_URL": database_url,
        "STEPPEWATCH_BROKER_URL": broker_url,
        "STEPPEWATCH_DATA_DIR": str(tmp_path),
        "STEPPEWATCH_ALLOW_PRIVATE_HOSTS": site.address,
    }


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        number: int = probe.getsockname()[1]
        return number


def doctor(environment: dict[str, str], *options: str) -> tuple[int, dict[str, dict[str, str | None]]]:
    """Return the exit status and the findings by check."""
    argv = [sys.executable, "-c", START, str(ROOT), "--port", str(free_port()), *options]
    done = subprocess.run(argv, env={**os.environ, **environment}, capture_output=True, timeout=120, check=False)
    assert b"Traceback" not in done.stderr, done.stderr.decode()
    findings = [json.loads(line) for line in done.stdout.splitlines()]
    return done.returncode, {finding["check"]: finding for finding in findings}


def test_a_service_that_is_well(environment: dict[str, str], site: Site) -> None:
    code, findings = doctor(environment)
    states = {check: finding["state"] for check, finding in findings.items()}
    assert states.pop("disk space") in ("ok", "warning")  # the machine's own business
    assert states.pop("certificates") in ("ok", "warning")
    assert states.pop("DNS") == "skipped"  # the site has no name
    assert set(states.values()) == {"ok"}, findings
    assert code == 0
    assert sorted(site.asked) == ["/robots.txt", "/rss.xml"]
    assert str(findings["outgoing HTTP"]["found"]).endswith("answered 200")


def test_what_is_broken_is_named_and_fails(environment: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "a file").write_text("")
    broken = {
        "STEPPEWATCH_DATA_DIR": str(tmp_path / "a file"),
        "STEPPEWATCH_BROKER_URL": "redis://user:secret@127.0.0.1:1/0",
    }
    store = prepared_store(environment["STEPPEWATCH_DATABASE_URL"])
    store.write(lambda conn: conn.execute(text("UPDATE alembic_version SET version_num = 'other'")))
    store.close()
    code, findings = doctor({**environment, **broken}, "--no-network")
    assert code == 1
    failed = {check for check, finding in findings.items() if finding["state"] == "failed"}
    assert failed >= {"data directory", "migrations", "broker"}
    assert all(findings[check]["mend"] for check in failed)
    assert "secret" not in json.dumps(findings)


def test_nobody_is_asked_who_must_not_be(environment: dict[str, str]) -> None:
    code, findings = doctor({**environment, "STEPPEWATCH_ALLOW_PRIVATE_HOSTS": "127.0.0.1:1"})
    assert (code, findings["outgoing HTTP"]["state"]) == (0, "skipped"), "a private address is not even asked"
    code, findings = doctor(environment, "--no-network")
    assert (code, findings["outgoing HTTP"]["state"]) == (0, "skipped")


def test_an_outlet_that_is_gone_is_a_warning(environment: dict[str, str], site: Site) -> None:
    gone = free_port()
    store = prepared_store(environment["STEPPEWATCH_DATABASE_URL"])
    with store.engine.begin() as conn:
        conn.execute(Feed.__table__.delete())
    url = f"http://127.0.0.1:{gone}/rss.xml"
    store.write(lambda conn: add_feed(conn, source_id="lake-post", url=url, now=NOON))
    store.close()
    code, findings = doctor({**environment, "STEPPEWATCH_ALLOW_PRIVATE_HOSTS": f"127.0.0.1:{gone}"})
    assert (code, findings["outgoing HTTP"]["state"]) == (0, "warning")
    assert "refused the connection" in str(findings["outgoing HTTP"]["found"])
    assert "demo" in str(findings["outgoing HTTP"]["mend"])
    assert site.asked == []


def test_a_machine_where_nothing_is_yet(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    environment = {"STEPPEWATCH_DATA_DIR": str(folder)}
    code, findings = doctor(environment, "--no-network")
    assert code == 0, findings
    assert "creates it" in str(findings["database"]["found"])
    assert not folder.exists()


def test_a_newer_vocabulary_and_catalogue_are_told_with_what_to_run(environment: dict[str, str]) -> None:
    store = prepared_store(environment["STEPPEWATCH_DATABASE_URL"])
    store.write(lambda conn: conn.execute(text("UPDATE mentions SET vocabulary_version = 'older'")))
    store.write(lambda conn: conn.execute(text("UPDATE vocabulary_versions SET version = 'older'")))
    store.write(lambda conn: conn.execute(text("DELETE FROM source_domains WHERE source_id = 'csto'")))
    store.write(lambda conn: conn.execute(text("DELETE FROM sources WHERE id = 'csto'")))
    store.write(lambda conn: conn.execute(text("DELETE FROM catalogue_outlets WHERE outlet_id = 'csto'")))
    store.close()
    code, findings = doctor(environment, "--no-network")
    assert code == 0, "nothing keeps it from working"
    assert findings["vocabulary"]["state"] == findings["catalogue"]["state"] == "warning"
    assert "vocabulary load default" in str(findings["vocabulary"]["mend"])
    assert "1 new outlet: csto" in str(findings["catalogue"]["found"])
    assert "steppewatch migrate" in str(findings["catalogue"]["mend"])
