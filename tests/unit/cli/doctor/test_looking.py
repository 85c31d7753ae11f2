"""How the doctor looks at this machine; nothing is made, nothing stays behind."""

from __future__ import annotations

import errno
import os
import socket
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Event, Thread

import pytest
import trustme

from cli.doctor.broker import look_at_broker
from cli.doctor.disk import find_spare_files, look_at_folder
from cli.doctor.network import look_up
from cli.doctor.port import look_at_port
from cli.doctor.store import look_at_store
from cli.doctor.trust import look_at_trust


def utc_now() -> datetime:
    return datetime.now(UTC)


def test_a_folder_is_left_as_it_was(tmp_path: Path) -> None:
    seen = look_at_folder(tmp_path)
    assert (seen.exists, seen.error) == (True, None)
    assert seen.free_bytes
    assert list(tmp_path.iterdir()) == []


def test_a_missing_folder_stays_missing(tmp_path: Path) -> None:
    seen = look_at_folder(tmp_path / "a" / "b")
    assert (seen.exists, seen.error) == (False, None)
    assert list(tmp_path.iterdir()) == []


def test_a_file_is_no_folder(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("x")
    assert look_at_folder(tmp_path / "data").error == "not a directory"
    assert look_at_folder(tmp_path / "data" / "inner").error == "not a directory"


def test_a_full_disk_is_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    assert look_at_folder(tmp_path).error == "no space left on device"


@pytest.mark.parametrize(
    ("url", "words"),
    [
        pytest.param("rubbish", "not the address of a database", id="no URL"),
        pytest.param("oracle+nosuch://h/d", "", id="no such kind"),
        pytest.param("postgresql+psycopg://u:secret@127.0.0.1:1/d", "refused", id="nobody there"),
        pytest.param("postgresql+psycopg2://u:secret@127.0.0.1:1/d", "driver psycopg2", id="no driver"),
    ],
)
def test_a_database_that_is_not_there(url: str, words: str) -> None:
    seen = look_at_store(url, utc_now)
    assert seen.error is not None
    assert words in seen.error.lower()
    assert "secret" not in f"{seen.where} {seen.error}"


def test_a_file_that_is_no_database(tmp_path: Path) -> None:
    file = tmp_path / "steppewatch.db"
    file.write_bytes(b"not a database at all" * 100)
    assert look_at_store(f"sqlite:///{file}", utc_now).error == "file is not a database"


def test_a_database_that_does_not_exist_is_not_made(tmp_path: Path) -> None:
    assert look_at_store(f"sqlite:///{tmp_path}/a/steppewatch.db", utc_now).missing
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
@pytest.mark.parametrize(
    ("url", "words"),
    [
        pytest.param("redis://u:secret@127.0.0.1:1/0", "refused", id="nobody there"),
        pytest.param("redis+socket:///no/such.sock", "no such file", id="no socket"),
        pytest.param("carrier-pigeon://loft", "no such transport", id="no such kind"),
        pytest.param("redis://127.0.0.1:seven/0", "", id="no port"),
    ],
)
def test_a_broker_that_is_not_there(url: str, words: str) -> None:
    seen = look_at_broker(url)
    assert seen.kind == "named"
    assert seen.error is not None
    assert words in seen.error.lower()
    assert "secret" not in f"{seen.where} {seen.error}"


def test_a_silent_resolver_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    over = Event()

    def resolve(host: str, _: object) -> list[tuple[object, ...]]:
        if host == "slow.example":
            over.wait(30)
        if host == "unknown.example":
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return [(0, 0, 0, "", ("192.0.2.1", 0)), (0, 0, 0, "", ("192.0.2.1", 0))]

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    found = look_up(["slow.example", "known.example", "unknown.example"], patience_s=0.3)
    over.set()
    assert found == {
        "slow.example": "no answer within 0.3 s",
        "known.example": ("192.0.2.1",),
        "unknown.example": "name or service not known",
    }


class _Page(BaseHTTPRequestHandler):
    body = b""

    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()
        self.wfile.write(self.body)

    def log_message(self, format: str, *args: object) -> None:
        """Keep quiet."""


@pytest.mark.slow
@pytest.mark.parametrize(
    ("body", "is_ours"),
    [
        pytest.param(b'{"status":"ok","database":"answers"}', True, id="our page"),
        pytest.param(b'{"status":"failing","database":"does not answer"}', True, id="our page in trouble"),
        pytest.param(b"<h1>It works!</h1>", False, id="another server"),
        pytest.param(b"[]", False, id="another's JSON"),
    ],
)
def test_whose_port_it_is(body: bytes, is_ours: bool) -> None:
    server = HTTPServer(("127.0.0.1", 0), type("_Own", (_Page,), {"body": body}))
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    port = server.server_address[1]
    try:
        seen = look_at_port("127.0.0.1", port, f"http://127.0.0.1:{port}")
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
    assert (seen.error, seen.is_ours) == ("address already in use", is_ours)
    assert look_at_port("127.0.0.1", port, f"http://127.0.0.1:{port}").error is None


def test_what_can_go_is_weighed_the_largest_first(tmp_path: Path) -> None:
    (tmp_path / "cache" / "inner").mkdir(parents=True)
    (tmp_path / "cache" / "inner" / "model").write_bytes(bytes(10))
    (tmp_path / "steppewatch.log").write_bytes(bytes(70))
    (tmp_path / "steppewatch.log.1").write_bytes(bytes(50))
    (tmp_path / "steppewatch.db").write_bytes(bytes(90))
    assert find_spare_files(tmp_path) == (("steppewatch.log.1", 50), ("cache", 10))


@pytest.fixture
def authority(tmp_path: Path) -> Path:
    """Give a file with one authority."""
    file = tmp_path / "authority.crt"
    trustme.CA().cert_pem.write_to_path(str(file))
    return file


def test_a_file_of_authorities_is_found(authority: Path, tmp_path: Path) -> None:
    seen = look_at_trust({}, [str(tmp_path / "missing"), str(authority)], [])
    assert (seen.authorities, seen.where) == (1, str(authority))


def test_a_folder_of_authorities_is_found(tmp_path: Path) -> None:
    (tmp_path / "5ed36f99.0").write_text("")
    (tmp_path / "README").write_text("")
    assert look_at_trust({}, [], [str(tmp_path)]).authorities == 1


@pytest.mark.parametrize("content", [None, "no certificate", ""], ids=["missing", "rubbish", "empty"])
def test_a_machine_without_authorities_is_noticed(content: str | None, tmp_path: Path) -> None:
    file = tmp_path / "ca.crt"
    if content is not None:
        file.write_text(content)
    assert look_at_trust({}, [str(file)], [str(tmp_path)]).authorities == 0


def test_a_variable_outweighs_the_usual_places(authority: Path, tmp_path: Path) -> None:
    seen = look_at_trust({"SSL_CERT_FILE": str(tmp_path / "missing")}, [str(authority)], [])
    assert (seen.authorities, seen.names) == (0, ("SSL_CERT_FILE",))
    assert look_at_trust({"SSL_CERT_FILE": str(authority)}, [], []).authorities == 1
