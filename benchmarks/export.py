"""How many rows a second an export writes, and in how much memory, on both databases.

    python -m benchmarks.export [--rows N] [--url postgresql+psycopg://…] [--pandas PYTHON]

Each line is a process of its own: rows a second of the clock, of its CPU, and of the CPU of the busier one where the
database is another process; and the most memory that it had. Beside `steppewatch export articles` stands what a user
would pick instead, over the same columns: the sqlite3 shell, PostgreSQL's COPY and pandas (`--pandas` names a Python
that has it), none of which guards cells, writes times as ISO 8601 or keeps the order.
"""

from __future__ import annotations

import argparse
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from sqlalchemy import create_engine, make_url

from benchmarks.exportstore import fill

_QUERY = """
    SELECT a.id, a.url, a.source_id, a.title, a.author, a.language, a.published_at, a.collected_at, a.cluster_id,
           a.cluster_id = a.id, s.name, a.counts_on, a.published_at IS NULL, a.revisions, a.genre, a.in_scope,
           a.canonical_url, o.canonical_url
    FROM articles a JOIN sources s ON s.id = a.source_id LEFT JOIN articles o ON o.id = a.cluster_id
"""
_PANDAS = """
import sys, pandas
from sqlalchemy import create_engine
with create_engine(sys.argv[1]).connect() as conn:
    pandas.read_sql_query(sys.argv[2], conn).to_csv(sys.argv[3], index=False)
"""


def measure(name: str, rows: int, command: Sequence[str], environment: Mapping[str, str], server: str | None) -> None:
    """Run a command and print what it took."""
    before, began = _server_cpu(server), time.perf_counter()
    silent = subprocess.DEVNULL
    process = subprocess.Popen(command, env={**os.environ, **environment}, stdout=silent, stderr=silent)
    peak, ended = 0, 0
    while not ended:
        peak = max(peak, _resident_kb(process.pid))  # of rusage it would be at least ours, from before exec
        time.sleep(0.01)
        ended, status, usage = os.wait4(process.pid, os.WNOHANG)
    wall, served = time.perf_counter() - began, _server_cpu(server) - before
    cpu = usage.ru_utime + usage.ru_stime
    if status:
        raise SystemExit(f"{name} failed")
    print(
        f"{name:34} {rows / wall / 1e3:8.0f} k/s clock {rows / cpu / 1e3:8.0f} k/s own CPU"
        f" {rows / max(cpu, served) / 1e3:8.0f} k/s of the busier {peak / 1024:7.0f} MB"
    )


def _resident_kb(pid: int) -> int:
    """Return the most memory that a process had since it began its program, in KiB."""
    try:
        status = (Path("/proc") / str(pid) / "status").read_text()
    except OSError:
        return 0
    return max((int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM")), default=0)


def _server_cpu(url: str | None) -> float:
    """Return the CPU seconds of all processes of a PostgreSQL server on this machine; 0 without one."""
    if url is None:
        return 0.0
    engine = create_engine(url)
    with engine.connect() as conn:
        folder = str(conn.exec_driver_sql("SHOW data_directory").scalar_one())
    engine.dispose()
    postmaster = (Path(folder) / "postmaster.pid").read_text().split("\n", 1)[0]
    stat = (Path("/proc") / postmaster / "stat").read_text().rpartition(")")[2].split()
    own = sum(map(int, stat[11:15]))  # of itself and of the children that ended: a session is one
    return own / os.sysconf("SC_CLK_TCK")


def compare(url: str, rows: int, kinds: Mapping[str, int], pandas: str | None) -> None:
    """Print a table for one database."""
    parsed = make_url(url)
    server = None if parsed.get_backend_name() == "sqlite" else url
    ours = {"STEPPEWATCH_DATABASE_URL": url}
    with tempfile.TemporaryDirectory() as folder:
        out = str(Path(folder) / "out.csv")
        for kind, count in kinds.items():
            measure(
                f"steppewatch export {kind}",
                count,
                [sys.executable, "-m", "cli.main", "export", kind, "-o", out],
                ours,
                server,
            )
        if server is None and (shell := shutil.which("sqlite3")):
            command = [shell, "-csv", "-header", str(parsed.database), f".output {out}", _QUERY]
            measure("sqlite3 -csv", rows, command, {}, None)
        if server is not None and (psql := shutil.which("psql")):
            plain = parsed.set(drivername="postgresql").render_as_string(hide_password=False)
            copy = f"\\copy ({' '.join(_QUERY.split())}) TO '{out}' WITH (FORMAT csv, HEADER)"
            measure("psql \\copy", rows, [psql, "-qc", copy, plain], {}, server)
        if pandas is not None:
            measure("pandas", rows, [pandas, "-c", _PANDAS, url, _QUERY, out], {}, server)


def main() -> None:
    """Make the stores, export them, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--letters", type=int, default=200, help="length of a text; more only fills the disk")
    parser.add_argument("--url", help="an empty PostgreSQL database")
    parser.add_argument("--keep", type=Path, help="a SQLite file that is made once and used again")
    parser.add_argument("--pandas", help="a Python that has pandas, SQLAlchemy and psycopg")
    given = parser.parse_args()
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    kinds = {"articles": given.rows, "mentions": 2 * given.rows}
    with tempfile.TemporaryDirectory() as folder:
        file = given.keep or Path(folder) / "store.db"
        for url in filter(None, (f"sqlite:///{file}", given.url)):
            if not (url.startswith("sqlite") and file.exists()):
                fill(url, given.rows, mentions=2, letters=given.letters)
            print(make_url(url).get_backend_name(), f"{given.rows:,} articles")
            compare(url, given.rows, kinds, given.pandas)


if __name__ == "__main__":
    main()
