"""The processes that `steppewatch up` is made of."""

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
_USUAL = ("vm.overcommit_memory", "Received SIGTERM scheduling shutdown", "is now ready to exit")
_CELERY_ENDS = re.compile(r"worker: (Warm|Cold|Hitting Ctrl\+C again will).*")
_ANY_ADDRESS = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # what a browser understands instead

_UNGUARDED = (
    "Others can reach that address, so it shows what messages link to and nothing else; "
    "where a proxy or a port mapping guards it, STEPPEWATCH_PAGE_IS_GUARDED=true shows the rest"
)

# There root is usual; Celery would say four lines about it at every start.
_IN_A_CONTAINER = {"PYTHONWARNINGS": "ignore::UserWarning:celery.platforms"}
# glibc keeps what is freed, for each thread apart. Pages come and go here, and what they took is wanted back: 12 MB.
_FREED = {"MALLOC_ARENA_MAX": "2", "MALLOC_TRIM_THRESHOLD_": "131072"}
# Workers need not know of each other here: the rows say who holds what.
_QUIETLY = ("--without-gossip", "--without-mingle", "--without-heartbeat")


def services(settings: Settings, broker: Launch | None, *, host: str, port: int) -> tuple[ManagedProcess, ...]:
    """Return what is to run, in order of start; `broker` is the embedded one, if there is to be one."""
    broker_url = broker.url() if broker else settings.broker_url or _IN_MEMORY
    env = {
        "STEPPEWATCH_DATA_DIR": str(settings.data_dir),
        "STEPPEWATCH_DATABASE_URL": absolute_url(settings.database),
        "STEPPEWATCH_BROKER_URL": broker_url,
        "PYTHONUNBUFFERED": "1",
        "PYTHONIOENCODING": "utf-8:backslashreplace",
        **{name: os.environ.get(name, value) for name, value in _FREED.items()},
    }
    # "-m", Celery and uvicorn look for modules in the current folder first; "db" or "web" may be another's there.
    cwd = settings.data_dir
    python = (sys.executable, "-m")
    page = f"Steppewatch is at {page_url(host, port)}  (data in {settings.data_dir}; Ctrl-C ends it)"
    if not (settings.page_is_guarded or is_loopback(host)):
        page += f"\n{_UNGUARDED}"
    sign = partial(heartbeat_age_s, settings.data_dir)
    # one that runs alone shows no life while it works
    of_worker = _always if broker_url.startswith(_IN_MEMORY) else partial(sign, "worker")
    children = (
        ManagedProcess(
            "crawler", (*python, "crawlers.service"), env, cwd, stores=True, last_sign_s=partial(sign, "crawler")
        ),
        ManagedProcess(
            "worker",
            (*python, *_worker(settings, broker_url)),
            {**env, **_IN_A_CONTAINER},
            cwd,
            stores=True,
            rephrase=worker_line,
            last_sign_s=of_worker,
        ),
        ManagedProcess(
            "web",
            (*python, "web.serve", host, str(port)),
            env,
            cwd,
            is_ready=lambda: _answers(host, port),
            greeting=page,
        ),
    )
    if broker is None:
        return children
    server = ManagedProcess(
        "broker", broker.argv, serves=True, is_ready=broker.answers, rephrase=broker_line, mend=broker.set_log_aside
    )
    return (server, *children)


def broker_line(line: str) -> str:
    """Return what Valkey says without its own time stamp; nothing for advice to large servers and a usual end."""
    return "" if any(words in line for words in _USUAL) else _VALKEY_STAMP.sub("", line)


def worker_line(line: str) -> str:
    """Return what the worker says; nothing for what Celery says of a usual end, past any log."""
    return "" if _CELERY_ENDS.fullmatch(line.strip()) else line


def _worker(settings: Settings, broker_url: str) -> tuple[str, ...]:
    if broker_url.startswith(_IN_MEMORY):
        return ("worker.solo", *_QUIETLY, "--loglevel", settings.log_level)
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
    """Return Celery's sub-command for a worker with that many processes."""
    pool = ("--pool", "prefork", "--concurrency", str(processes))
    return ("worker", *pool, *_QUIETLY, "--loglevel", settings.log_level)


def page_url(host: str, port: int) -> str:
    """Return what to type into a browser for a page served at this address."""
    name = _ANY_ADDRESS.get(host, host)
    return f"http://[{name}]:{port}" if ":" in name else f"http://{name}:{port}"


def absolute_url(database_url: str) -> str:
    """Return the URL with the path of a SQLite file made absolute, so that it means the same in every folder."""
    url = make_url(database_url)
    if url.get_backend_name() != "sqlite" or not url.database or url.database == ":memory:":
        return database_url
    return url.set(database=str(Path(url.database).absolute())).render_as_string(hide_password=False)


def _answers(host: str, port: int) -> bool:
    try:
        socket.create_connection((_ANY_ADDRESS.get(host, host), port), timeout=0.5).close()
    except OSError:
        return False
    return True


def _always() -> float:
    return 0.0
