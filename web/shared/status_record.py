"""The state of the whole system for JSON, for the status page and the API alike."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from db.alerts.channels import count_paused
from db.alerts.delivery_lists import count_deliveries
from db.migrate import current
from web.shared.hidden import hide_passwords
from web.shared.store import Store
from worker.search.status import status_record

_PROBLEMS = 10


def read_status_record(store: Store) -> Any:
    """Return the state as `status --format json` prints it, without passwords in addresses."""
    with store.reading() as conn:
        health = store.board.view().health
        health = replace(health, problems=health.problems[:_PROBLEMS])
        messages = {**count_deliveries(conn), "paused": count_paused(conn)}
    record = status_record(
        health,
        messages,
        database_url=store.database.url,
        revision=current(store.database),
        disk_full=store.lack_of_room(),
    )
    return hide_passwords(record)
