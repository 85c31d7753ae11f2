"""Vocabulary versions: each is stored completely, one is current."""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select, update

from db.dialect import insert
from db.models import EntityRow, VocabularyVersion


def current_version(conn: Connection) -> str | None:
    """Return the version for new mentions; None while no vocabulary is loaded."""
    return conn.scalar(select(VocabularyVersion.version).where(VocabularyVersion.is_current.is_(True)))


def has_version(conn: Connection, version: str) -> bool:
    """Return whether this version is or was in the database."""
    return conn.scalar(select(VocabularyVersion.version).where(VocabularyVersion.version == version)) is not None


def get_content(conn: Connection, version: str) -> str:
    """Return the JSON of a version. Raises LookupError if there is none."""
    content = conn.scalar(select(VocabularyVersion.content).where(VocabularyVersion.version == version))
    if content is None:
        raise LookupError(f"no vocabulary version {version!r} is stored")
    return zlib.decompress(content).decode()


def record_version(
    conn: Connection,
    *,
    version: str,
    content: str,
    entities: Sequence[Mapping[str, Any]],
    aliases: int,
    now: datetime,
) -> bool:
    """Store a version and make it current; return whether it was new.

    `entities` are rows of id, type, label, wikidata, description, in_seed. Entities removed from a version stay in the
    table: older mentions refer to them.
    """
    if entities:
        upsert = insert(conn, EntityRow)
        changed = {name: upsert.excluded[name] for name in ("type", "label", "wikidata", "description", "in_seed")}
        conn.execute(
            upsert.on_conflict_do_update(index_elements=["id"], set_=changed),
            sorted(entities, key=lambda row: str(row["id"])),
        )
    new = conn.scalar(
        insert(conn, VocabularyVersion)
        .values(
            version=version,
            loaded_at=now,
            entities=len(entities),
            aliases=aliases,
            content=zlib.compress(content.encode(), 6),
            is_current=False,
        )
        .on_conflict_do_nothing(index_elements=["version"])
        .returning(VocabularyVersion.version)
    )
    if current_version(conn) != version:
        conn.execute(
            update(VocabularyVersion).values(is_current=VocabularyVersion.version == version, retag_asked_at=None)
        )
    return new is not None


def find_labels(conn: Connection) -> dict[str, str]:
    """Return the label of each entity by id."""
    return {entity_id: label for entity_id, label in conn.execute(select(EntityRow.id, EntityRow.label))}


@dataclass(frozen=True, slots=True, kw_only=True)
class EntityEntry:
    """An entity as lists show it."""

    id: str
    type: str
    label: str
    description: str | None
    wikidata: str | None


def find_entity(conn: Connection, entity_id: str) -> EntityEntry | None:
    """Return an entity by its id."""
    query = select(EntityRow.id, EntityRow.type, EntityRow.label, EntityRow.description, EntityRow.wikidata)
    row = conn.execute(query.where(EntityRow.id == entity_id)).one_or_none()
    return EntityEntry(**row._asdict()) if row is not None else None
