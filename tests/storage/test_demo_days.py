"""The demo says what was impaired while it ran, also when a day ended meanwhile."""

from __future__ import annotations

from datetime import timedelta

from samplestore import NOON, Sample, empty_store, fill

from cli.demo.store import read_knowledge
from db.outcomes import record_outcomes

LAST_MINUTE = NOON.replace(hour=23, minute=59)


def test_what_was_impaired_before_midnight_is_said_after_it(sqlite_url: str) -> None:
    database = empty_store(sqlite_url)
    fill(database, [Sample("https://herald.example/1", source="steppe-herald", published_at=NOON)])
    failed = {("steppe-herald", "unreachable"): 4}
    database.write(lambda conn: record_outcomes(conn, "poll", failed, at=LAST_MINUTE))
    for later in (timedelta(), timedelta(minutes=2)):
        known = read_knowledge(database, since=LAST_MINUTE, now=LAST_MINUTE + later)
        assert set(known.impaired) == {"steppe-herald"}
    tomorrow = LAST_MINUTE + timedelta(minutes=2)
    assert read_knowledge(database, since=tomorrow, now=tomorrow).impaired == {}
    database.close()
