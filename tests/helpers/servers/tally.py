"""Saying in the summary which servers the tests ran against, and how many did."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

_MARK = "ran on "
SQLITE, POSTGRESQL, REDIS = "SQLite", "PostgreSQL", "the Redis protocol"


def note(item: pytest.Item, kind: str, server: str) -> None:
    """Remember that a test runs on a kind of server. Travels with the test's report from worker to controller."""
    item.user_properties.append((_MARK + kind, server))


def summary(passed: Iterable[pytest.TestReport]) -> str:
    """Return `ran on SQLite: 12 (SQLite 3.45.1), on PostgreSQL: 12 (…), over the Redis protocol: 3 (…)`."""
    counts = dict.fromkeys((SQLITE, POSTGRESQL, REDIS), 0)
    servers: dict[str, set[str]] = {kind: set() for kind in counts}
    for report in passed:
        if report.when != "call":
            continue
        noted = {
            (name.removeprefix(_MARK), str(value)) for name, value in report.user_properties if name.startswith(_MARK)
        }
        for kind in {kind for kind, _ in noted}:
            counts[kind] += 1
        for kind, server in noted:
            servers[kind].add(server)
    parts = (
        f"{preposition} {kind}: {counts[kind]}" + (f" ({', '.join(sorted(servers[kind]))})" if servers[kind] else "")
        for preposition, kind in (("on", SQLITE), ("on", POSTGRESQL), ("over", REDIS))
    )
    return "ran " + ", ".join(parts)
