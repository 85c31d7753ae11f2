"""The process of the pages loads no large library, whatever it is asked for: its memory is bounded."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from samplestore import Sample, store_of

ROOT = Path(__file__).resolve().parents[3]
HEAVY = {
    "alembic",
    "apprise",
    "celery",
    "daachorse",
    "feedgen",
    "feedparser",
    "kombu",
    "lxml",
    "matplotlib",
    "pandas",
    "py3langid",
    "pyarrow",
    "pymorphy3",
    "scipy",
    "scrapy",
    "sqlalchemy.dialects.postgresql",
    "trafilatura",
    "twisted",
    "vl_convert",
}
# Invented: none of this was ever published.
SAMPLES = [
    Sample("https://herald.example/1", title="The CSTO met", text="It met in the old town.", says=(("CSTO", "csto"),)),
    Sample("https://oasis.example/1", "oasis-wire", title="Maps", text="A map was drawn.", language="ru"),
]
_ASKS_FOR_ALL = """
import sys
from asgi import get
from benchmarks.page_addresses import fill, iter_routes, read_samples
from db.engine import Database
from web.app import build_application, create_app

database = Database(sys.argv[1])
with database.reading() as conn:
    samples = read_samples(conn)
app, asked = create_app(database), 0
for path, _ in iter_routes(build_application(database)):
    for _, address in fill(path, samples):
        for query in ("", "format=json", "format=csv", "format=atom"):
            asked += get(app, address, query=query).status == 200
for path, query in (("/search", "q=csto+NEAR/9+met"), ("/api/v1/articles", "query=map*"), ("/compare", "entity=csto")):
    asked += get(app, path, query=query).status == 200
print(asked, *sorted(sys.modules))
"""


def test_no_page_loads_a_large_library_of_another_process(sqlite_url: str) -> None:
    store_of(sqlite_url, SAMPLES, by_migrations=True).close()
    path = os.pathsep.join(map(str, (ROOT, ROOT / "tests", ROOT / "tests" / "helpers")))
    done = subprocess.run(
        [sys.executable, "-c", _ASKS_FOR_ALL, sqlite_url],
        env={**os.environ, "PYTHONPATH": path},
        capture_output=True,
        text=True,
        check=True,
    )
    asked, *modules = done.stdout.split()
    assert int(asked) > 60, done.stderr
    assert "numpy" in modules, "what searches need is there, so they were made"
    assert HEAVY & set(modules) == set()
