"""The processes that `steppewatch up` runs."""

from __future__ import annotations

import os
import re
import socket
import sys
from functools import partial
from pathlib import Path

from sqlalchemy import make_url

from cli.run.process import ManagedProcess
from db.datadir.heartbeat import heartbeat_age_s
from db.net.hostports import is_loopback
from db.settings import Settings
from worker.runtime.valkey import Launch

_IN_MEMORY = "memory://"
_VALKEY_STAMP = re.compile(r"^\d+:\w \d\d \w{3} \d{4} [\d:.]+ [#*.-] |^\d+:signal-handler \(\d+\) ")
_NORMAL_LINES = ("vm.overcommit_memory", "Received SIGTERM scheduling shutdown", "is now ready to exit")
_CELERY_ENDS = re.compile(r"worker: (Warm|Cold|Hitting Ctrl\+C again will).*")
_BROWSABLE = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # the address a browser can open

_UNGUARDED = (
    "Others can reach that address, so it shows only the pages that messages link to; "
    "if a proxy or a port mapping guards it, set STEPPEWATCH_PAGE_IS_GUARDED=true to show the rest"
)

# Running as root is normal in containers; Celery would print four lines about it at every start.
_CONTAINER_ENV = {"PYTHONWARNINGS": "ignore::UserWarning:celery.platforms"}
# glibc keeps freed memory in an arena per thread. Pages are short-lived here; returning it to the system saves 12 MB.
_MEMORY_ENV = {"MALLOC_ARENA_MAX": "2", "MALLOC_TRIM_THRESHOLD_": "131072"}
# Workers need no contact with each other: leases in the database tell them apart.
_NO_CONTACT = ("--without-gossip", "--without-mingle", "--without-heartbeat")


def services(settings: Settings, broker: Launch | None, *, host: str, port: int) -> tuple[ManagedProcess, ...]:
    """Return the processes in order of start, with the embedded `broker` if there is one."""
    broker_url = broker.url() if broker else settings.broker_url or _IN_MEMORY
    env = {
        "STEPPEWATCH_DATA_DIR": str(settings.data_dir),
        "STEPPEWATCH_DATABASE_URL": absolute_url(settings.database),
        "STEPPEWATCH_BROKER_URL": broker_url,
        "PYTHONUNBUFFERED": "1",
        "PYTHONIOENCODING": "utf-8:backslashreplace",
        **{name: os.environ.get(name, value) for name, value in _MEMORY_ENV.items()},
    }
    # "-m", Celery and uvicorn search the current folder first, which may have another "db" or "web".
    cwd = settings.data_dir
    python = (sys.executable, "-m")
    page = f"Steppewatch is at {page_url(host, port)}  (data in {settings.data_dir}; Ctrl-C stops it)"
    if not (settings.page_is_guarded or is_loopback(host)):
        page += f"\n{_UNGUARDED}"
    sign = partial(heartbeat_age_s, settings.data_dir)
    # the in-memory worker sends no heartbeat while it works
    worker_age_s = _always if broker_url.startswith(_IN_MEMORY) else partial(sign, "worker")
    children = (
        ManagedProcess(
            name="crawler",
            argv=(*python, "crawlers.service"),
            env=env,
            cwd=cwd,
            stores=True,
            last_sign_s=partial(sign, "crawler"),
        ),
        ManagedProcess(
            name="worker",
            argv=(*python, *_worker(settings, broker_url)),
            env={**env, **_CONTAINER_ENV},
            cwd=cwd,
            stores=True,
            rephrase=worker_line,
            last_sign_s=worker_age_s,
        ),
        ManagedProcess(
            name="web",
            argv=(*python, "web.serve", host, str(port)),
            env=env,
            cwd=cwd,
            is_ready=lambda: _is_listening(host, port),
            greeting=page,
        ),
    )
    if broker is None:
        return children
    server = ManagedProcess(
        name="broker",
        argv=broker.argv,
        serves=True,
        is_ready=broker.answers,
        rephrase=broker_line,
        mend=broker.set_log_aside,
    )
    return (server, *children)


def broker_line(line: str) -> str:
    """Return a line of Valkey without its time stamp; "" for advice meant for large servers and a normal shutdown."""
    return "" if any(words in line for words in _NORMAL_LINES) else _VALKEY_STAMP.sub("", line)


def worker_line(line: str) -> str:
    """Return a line of the worker; "" for the lines that Celery prints, past any log, at a normal shutdown."""
    return "" if _CELERY_ENDS.fullmatch(line.strip()) else line


def _worker(settings: Settings, broker_url: str) -> tuple[str, ...]:
    if broker_url.startswith(_IN_MEMORY):
        return ("worker.solo", *_NO_CONTACT, "--loglevel", settings.log_level)
    schedule = ("--schedule", str(settings.data_dir / "beat-schedule"))
    beat = ("--beat", "--scheduler", "worker.runtime.heartbeat:PersistentScheduler", *schedule)
    return (
        "celery",
        "--quiet",
        "--app",
        "worker.app",
        *worker_command(settings, settings.worker_processes),
        *beat,
    )


def worker_command(settings: Settings, processes: int) -> tuple[str, ...]:
    """Return Celery's sub-command for a worker with this number of processes."""
    pool = ("--pool", "prefork", "--concurrency", str(processes))
    return ("worker", *pool, *_NO_CONTACT, "--loglevel", settings.log_level)


def page_url(host: str, port: int) -> str:
    """Return the URL of the page for a browser."""
    name = _BROWSABLE.get(host, host)
    return f"http://[{name}]:{port}" if ":" in name else f"http://{name}:{port}"


def absolute_url(database_url: str) -> str:
    """Return the URL with an absolute path to a SQLite file, so that it is valid in every folder."""
    url = make_url(database_url)
    if url.get_backend_name() != "sqlite" or not url.database or url.database == ":memory:":
        return database_url
    return url.set(database=str(Path(url.database).absolute())).render_as_string(hide_password=False)


def _is_listening(host: str, port: int) -> bool:
    try:
        socket.create_connection((_BROWSABLE.get(host, host), port), timeout=0.5).close()
    except OSError:
        return False
    return True


def _always() -> float:
    return 0.0
