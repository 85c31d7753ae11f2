"""All chat services at once, on this machine: a proxy for HTTPS that answers in their place."""

from __future__ import annotations

import json
import socketserver
import ssl
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import trustme

from worker.delivery.transports import tls

HOSTS = (
    "discord.com",
    "open.feishu.cn",
    "chat.googleapis.com",
    "open.larksuite.com",
    "api.line.me",
    "api.pushover.net",
    "hooks.slack.com",
    "slack.com",
    "api.telegram.org",
    "chatapi.viber.com",
    "webexapis.com",
)
_GOOD = {
    "discord.com": '{"id": "1"}',
    "hooks.slack.com": "ok",
    "slack.com": '{"ok": true}',
    "api.telegram.org": '{"ok": true, "result": {"message_id": 1}}',
    "open.feishu.cn": '{"code": 0, "msg": "success"}',
    "open.larksuite.com": '{"StatusCode": 0}',
    "chatapi.viber.com": '{"status": 0}',
    "api.pushover.net": '{"status": 1}',
}


@dataclass(frozen=True, slots=True)
class Post:
    """One request that a service got."""

    host: str
    path: str
    headers: Mapping[str, str]
    json: Any

    @property
    def text(self) -> str:
        """What a chat shows of it."""
        found = self.json.get("content") or self.json.get("text") or self.json.get("message")
        return str(found["text"] if isinstance(found, dict) else found or self.json["messages"][0]["text"])


@dataclass(slots=True)
class Services:
    """What the services got, and how they answer from now on."""

    port: int = 0
    got: list[Post] = field(default_factory=list)
    refused: list[Post] = field(default_factory=list)
    answers: list[tuple[int, str, dict[str, str]]] = field(default_factory=list)
    """(status, body, headers) of the next answers, one each; after them all is well."""
    fails: str = ""
    """A text with this in it is not taken: 400."""

    def texts(self) -> list[str]:
        """Return what was taken, in order."""
        return [post.text for post in self.got]

    def answer(self, post: Post) -> tuple[int, str, dict[str, str]]:
        """Return the answer to a request."""
        if self.fails and self.fails in post.text:
            answer = (400, '{"description": "Bad Request"}', {})
        else:
            answer = self.answers.pop(0) if self.answers else (200, _GOOD.get(post.host, "{}"), {})
        (self.got if answer[1] == _GOOD.get(post.host, "{}") else self.refused).append(post)
        return answer


@contextmanager
def serving_chats(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Services]:
    """Be all chat services while the block runs; what is posted to them goes here, over TLS."""
    authority, services = trustme.CA(), Services()
    authority.cert_pem.write_to_path(str(folder / "ca.pem"))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(*HOSTS).configure_cert(context)

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            host = self.rfile.readline().decode("latin-1").split()[1].rpartition(":")[0]
            while self.rfile.readline().strip():
                pass
            self.wfile.write(b"HTTP/1.1 200 OK\r\n\r\n")
            try:
                with context.wrap_socket(self.request, server_side=True) as wrapped:
                    _converse(wrapped.makefile("rwb"), host, services)
            except OSError:
                pass  # whoever called has had enough

    class Server(socketserver.ThreadingTCPServer):
        allow_reuse_address = daemon_threads = True

    with Server(("127.0.0.1", 0), Handler) as server:
        services.port = server.server_address[1]
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        for name in ("HTTPS_PROXY", "https_proxy"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{services.port}")
        monkeypatch.setenv("SSL_CERT_FILE", str(folder / "ca.pem"))
        tls.trust.cache_clear()
        try:
            yield services
        finally:
            server.shutdown()
            tls.trust.cache_clear()


def _converse(stream: Any, host: str, services: Services) -> None:
    while line := stream.readline():
        path = line.decode("latin-1").split()[1]
        lines = iter(lambda: stream.readline().strip(), b"")
        headers = {name.lower(): value for name, _, value in (each.decode().partition(": ") for each in lines)}
        body = stream.read(int(headers.get("content-length", 0)))
        status, answer, more = services.answer(Post(host, path, headers, json.loads(body)))
        head = "".join(f"{name}: {value}\r\n" for name, value in more.items())
        payload = answer.encode()
        stream.write(f"HTTP/1.1 {status} Said\r\n{head}Content-Length: {len(payload)}\r\n\r\n".encode() + payload)
        stream.flush()
