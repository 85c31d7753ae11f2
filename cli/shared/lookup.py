"""Lookup of entities and outlets for commands: an unknown name ends the command with suggestions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from cli.shared.output import fail

if TYPE_CHECKING:
    from sqlalchemy import Connection


def entity_ids(conn: Connection, names: Sequence[str]) -> list[str]:
    """Return the ids of entities named by id, label or unambiguous alias; each once, in the order of the names.

    Exits for an unknown or an ambiguous name.
    """
    from worker.search.lookup import UnknownName, find_entity_ids

    try:
        return find_entity_ids(conn, names)
    except UnknownName as error:
        fail(f"entity: {error.message}", hint=error.hint)


def source_ids(conn: Connection, names: Sequence[str]) -> list[str]:
    """Return the ids of outlets named by id, name or domain. Exit for an unknown one."""
    from worker.search.lookup import UnknownName, find_source_ids

    try:
        return find_source_ids(conn, names)
    except UnknownName as error:
        fail(f"outlet: {error.message}", hint=error.hint)
