"""Names of entities, outlets and aliases that are written like programs run on no page of statistics."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from samplestore import Sample, empty_store, fill
from seen_pages import load_names, open_page, read_tags, read_words
from sqlalchemy import update

from db.engine import Database
from db.models import EntityRow, Source

ATTACKS = (
    "</script><script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "{{ 7 * 7 }}<svg onload=alert(1)>",
    "\u202egnp.exe\u2066" + "a" * 2_000,
    "x\x01\x1b[31m' onmouseover='alert(1)",
)
PAGES = (
    "/",
    "/entities",
    "/entities?q=alert",
    "/entities/csto",
    "/entities/csto?split=source",
    "/compare?entity=csto&entity=kazakhstan",
    "/compare?entity=csto&split=source&first=2022-01-02&second=2022-01-05..2022-01-10",
)


@pytest.fixture(params=ATTACKS)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    attack = request.param
    database = empty_store(f"sqlite:///{tmp_path / 'steppewatch.db'}")
    load_names(database)
    says = (("CSTO", "csto"), ("Kazakhstan", "kazakhstan"))
    at = datetime(2022, 1, 10, 8, tzinfo=UTC)
    fill(
        database,
        [
            Sample(
                f"https://herald.example/{n}",
                title=attack,
                text="CSTO, Kazakhstan.",
                says=says,
                published_at=at - n * timedelta(days=1),
            )
            for n in range(70)
        ],
    )
    database.write(lambda conn: conn.execute(update(EntityRow).values(label=attack, description=attack)))
    database.write(lambda conn: conn.execute(update(Source).values(name=attack)))
    yield database
    database.close()


def test_names_written_like_programs_stay_text(store: Database) -> None:
    for address in PAGES:
        page = open_page(store, address)
        assert page.status == 200, address
        for tag, attributes in read_tags(page.text):
            assert tag not in ("img", "iframe", "object") or attributes.get("src") == "/static/icon.svg"
            assert not any(name.startswith("on") or name == "style" for name in attributes), (address, tag)
            if tag == "script":
                assert (attributes.get("src") or "").startswith("/static/") or attributes["type"] == "application/json"
        assert "49" not in read_words(page.text).split()
        for format in ("json", "csv"):
            joint = "&" if "?" in address else "?"
            assert open_page(store, f"{address}{joint}format={format}").status == 200
