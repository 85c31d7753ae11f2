"""A server for the Redis protocol, for tests: found in the environment, on the machine, or in the wheel."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

import redis
from servers.found import Candidate, NoServer

from worker.runtime import valkey


def with_database(url: str, number: int) -> str:
    """Return the address of one of the numbered databases of the server at `url`."""
    parts = urlsplit(url)
    if parts.scheme.endswith("socket"):
        query = dict(parse_qsl(parts.query)) | {"virtual_host": str(number)}
        return f"redis+socket://{parts.path}?{urlencode(query, safe='/')}"
    return urlunsplit(parts._replace(path=f"/{number}"))


def candidates(environment: Mapping[str, str]) -> Iterator[Candidate]:
    """Yield the servers to try: address in the environment, programs on the machine, wheel."""
    if address := environment.get("STEPPEWATCH_TEST_BROKER_URL"):
        yield Candidate("environment", address=address)
        return
    for name in ("valkey-server", "redis-server"):
        if on_path := shutil.which(name):
            yield Candidate("machine", program=Path(on_path))
    if in_wheel := valkey.find_server():
        yield Candidate("wheel", program=in_wheel)


def client(url: str) -> redis.Redis:
    """Return a client for an address as Celery writes it."""
    parts = urlsplit(url)
    if parts.scheme.endswith("socket"):
        number = dict(parse_qsl(parts.query)).get("virtual_host", "0")
        return redis.Redis(unix_socket_path=parts.path, db=int(number))
    return redis.Redis.from_url(url)


def describe(url: str) -> str:
    """Return who answers there, as `Valkey 9.1.2` or `Redis 7.0.15`."""
    with client(url) as connection:
        facts: dict[str, str] = connection.info("server")  # the stubs allow for an asynchronous answer
    if "valkey_version" in facts:
        return f"Valkey {facts['valkey_version']}"
    return f"Redis {facts['redis_version']}"


@contextmanager
def running(candidate: Candidate) -> Iterator[str]:
    """Yield the address of the candidate, started if need be. Raises NoServer."""
    if candidate.address:
        yield candidate.address
        return
    try:
        server = valkey.start(None, program=candidate.program)
    except valkey.ValkeyError as error:
        raise NoServer(f"{candidate}: {error}") from error
    with server:
        yield server.launch.url()
