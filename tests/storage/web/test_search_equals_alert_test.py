"""The page of the search finds what `alert test` finds, on both databases, page by page."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from urllib.parse import quote

import pytest
from asgi import get
from commandline import run
from samplestore import NOON, Sample, store_of

from db.engine import Database
from db.vocabulary.versions import record_version
from web.app import create_app
from worker.vocabulary.entities import Entity, Vocabulary

# Invented: none of this was ever published.
WORDS = ("bridge", "River", "drills", "CSTO", "border clash", "границе", "talks")
QUERIES = (
    "bridge",
    "riv*",
    "drills OR границ*",
    '"border clash"',
    "entity:csto AND NOT bridge",
    "title:river",
    "lang:ru",
    "talks NEAR/3 river",
    "bridgx~1",
    "source:oasis-wire AND case:CSTO",
    "NOT bridge",
)


def sample(number: int) -> Sample:
    chosen = [word for place, word in enumerate(WORDS) if (number * 7 + place * 3) % 5 < 2]
    return Sample(
        f"https://herald.example/{number}",
        source=("steppe-herald", "oasis-wire")[number % 2],
        title=" and ".join(chosen[:2]) or None,
        text=f"Number {number} says {', '.join(chosen)}.",
        says=(("CSTO", "csto"),),
        published_at=datetime(2022, 1, 1, tzinfo=UTC) + timedelta(hours=5 * number),
        language=("en", "ru")[number % 3 == 0],
    )


@pytest.fixture
def store(command_url: str) -> Iterator[Database]:
    database = store_of(command_url, [sample(number) for number in range(30)], by_migrations=True)
    content = Vocabulary(
        entities=(Entity(id="csto", type="alliance", label="CSTO", description="", aliases=()),)
    ).to_json()
    database.write(lambda conn: record_version(conn, version="1b", content=content, entities=[], aliases=0, now=NOON))
    yield database
    database.close()


@pytest.mark.parametrize("query", QUERIES)
def test_a_search_finds_what_alerts_would(store: Database, query: str) -> None:
    tested = run(
        "alert", "test", query, "--since", "2022-01-01", "--until", "2022-02-01", "--format", "json", "--limit", "99"
    )
    assert tested.exit_code == 0, tested.output
    records = [json.loads(line) for line in tested.stdout.splitlines()]
    wanted = {record["url"] for record in records if "url" in record}
    app = create_app(store, now=lambda: NOON)
    found: list[str] = []
    address = f"/search?q={quote(query)}&limit=4&format=json"
    while address:
        page = json.loads(get(app, "/search", query=address.partition("?")[2]).body)
        found += [article["url"] for article in page["articles"]]
        address = page["next"]
    assert len(found) == len(set(found))
    assert set(found) == wanted
    assert wanted or query == "talks NEAR/3 river"
