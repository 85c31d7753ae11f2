"""Preparation of a database: tables, vocabulary, catalogue of outlets. Safe to repeat at every start."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from db import migrate
from db.articles import counting_day, readdressing, recomparing
from db.articles.recomparing import Recompared
from db.collection.sources.catalogue import PACKAGED, CatalogueChanges, apply_changes, lock_catalogues, read_view
from db.collection.sources.sources import count_sources
from db.engine import Database
from db.stories import commonplaces
from db.vocabulary import versions
from worker.catalogue.files import ListedOutlet, read_catalogue
from worker.catalogue.merge import merge_catalogue
from worker.vocabulary.entities import Vocabulary
from worker.vocabulary.loader import packaged_folder, read_vocabulary


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """The content of a database after `prepare`, and its previous revision."""

    revision_before: str | None
    revision: str
    vocabulary: str
    outlets: int
    recompared: Recompared
    """The changes from comparing stories again by newer rules."""


def prepare(database: Database, *, now: datetime, time_zone: str = "UTC") -> Prepared:
    """Migrate the database, and bring addresses and stories up to the current rules; fill an empty one.

    In a new database days begin in `time_zone`; an existing one keeps its own.
    """
    before = migrate.current(database)
    migrate.upgrade(database)
    if before is None:
        database.write(lambda conn: counting_day.choose_zone(conn, time_zone))
    recompared = _recompare(database, now)
    readdress(database)
    if any(database.read(lambda conn: commonplaces.find_due(conn, ()))):
        from worker.stories.commonplaces import settle

        settle(database, (), now=now)
    with database.reading() as conn:
        version = versions.current_version(conn)
        known = count_sources(conn)
    if version is None:
        vocabulary = read_vocabulary(packaged_folder())
        version = vocabulary.version
        database.write(lambda conn: load_vocabulary(conn, vocabulary, now=now))
    if known == 0:
        update_catalogue(database, now=now)
        known = database.read(count_sources)
    return Prepared(
        revision_before=before, revision=migrate.head(), vocabulary=version, outlets=known, recompared=recompared
    )


def _recompare(database: Database, now: datetime) -> Recompared:
    """Compare the stored articles by the current rules; return the changes."""
    if database.read(recomparing.find_state).is_done:
        return Recompared()
    from worker.stories.recompare import recompare  # loads the comparison of texts, so only when needed

    return recompare(database, now=now)


def readdress(database: Database) -> None:
    """Rewrite the addresses of articles and pages by the current rules."""
    if database.read(readdressing.is_behind):
        from worker.chain.batch.joining import JOINING  # loads the comparison of texts, so only when needed

        while database.write(lambda conn: readdressing.readdress(conn, JOINING)):
            pass


def move_to_zone(database: Database, name: str) -> None:
    """Set the time zone in which days begin. After a change all articles are dated again and marked for a recount."""
    database.write(lambda conn: counting_day.choose_zone(conn, name))
    while database.write(counting_day.redate):
        pass


def load_vocabulary(conn: Connection, vocabulary: Vocabulary, *, now: datetime) -> bool:
    """Store a vocabulary as the current version; return whether it was new."""
    return versions.record_version(
        conn,
        version=vocabulary.version,
        content=vocabulary.to_json(),
        entities=[
            {
                "id": entity.id,
                "type": entity.type,
                "label": entity.label,
                "wikidata": entity.wikidata or None,
                "description": entity.description or None,
                "in_seed": entity.in_seed,
            }
            for entity in vocabulary.entities
        ],
        aliases=sum(len(entity.aliases) for entity in vocabulary.entities),
        now=now,
    )


def load_catalogue(
    conn: Connection, outlets: tuple[ListedOutlet, ...], *, now: datetime, catalogue: str = PACKAGED
) -> CatalogueChanges:
    """Merge a catalogue into the database, and record its entries; return the changes."""
    lock_catalogues(conn)
    changes = merge_catalogue(catalogue, outlets, read_view(conn))
    apply_changes(conn, catalogue, changes, now=now)
    return changes


def catalogue_changes(conn: Connection, outlets: tuple[ListedOutlet, ...] | None = None) -> CatalogueChanges:
    """Return the changes of merging the packaged catalogue: none in a database never filled from it."""
    view = read_view(conn)
    if view.outlets and not view.select_records(PACKAGED):
        return CatalogueChanges()
    return merge_catalogue(PACKAGED, outlets or read_catalogue(packaged_folder()), view)


def newer_vocabulary(conn: Connection) -> str | None:
    """Return the version of the packaged vocabulary if the database never had it."""
    version = read_vocabulary(packaged_folder()).version
    return None if versions.has_version(conn, version) else version


def update_catalogue(database: Database, *, now: datetime) -> CatalogueChanges:
    """Merge news of the packaged catalogue into the database; return the changes.

    A database never filled from it, such as the demo's, is left alone.
    """
    outlets = read_catalogue(packaged_folder())
    if not database.read(lambda conn: catalogue_changes(conn, outlets)).said:
        return CatalogueChanges()
    return database.write(lambda conn: load_catalogue(conn, outlets, now=now))
