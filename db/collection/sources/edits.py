"""Changes of an outlet by a person. The next merge of a catalogue finds them, and leaves them as they are."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, select, update

from db.collection.feeds.edits import (
    refuse_taken,
    replace_feed,
    retire_feed,
    set_intervals,
    set_link_pattern,
)
from db.collection.feeds.feeds import add_feed
from db.collection.sources.catalogue import lock_catalogues, mark_articles_of, revive_feed
from db.collection.sources.removals import find_removal
from db.dialect import insert
from db.models import Source, SourceDomain


class OutletRemoved(ValueError):
    """A person removed the outlet; that has to be taken back first."""


class DomainTaken(ValueError):
    """The domain belongs to another outlet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedRules:
    """Rules for polling and reading some feeds; an absent key of `values` stays as it is.

    The keys: `floor_s` with `ceiling_s`, and `link_pattern`; None stands for the usual.
    """

    urls: tuple[str, ...] = ()
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceEdit:
    """Changes to an outlet; nothing else changes."""

    facts: Mapping[str, Any] = field(default_factory=dict)
    """New values of columns of `Source`."""
    domains_added: tuple[str, ...] = ()
    domains_removed: tuple[str, ...] = ()
    feeds_added: tuple[str, ...] = ()
    feeds_removed: tuple[str, ...] = ()
    feeds_replaced: tuple[tuple[str, str], ...] = ()
    """Pairs of the old and the new address."""
    rules: FeedRules = FeedRules()


def refuse_removed(conn: Connection, source_id: str) -> None:
    """Raise OutletRemoved if a person removed the outlet."""
    if find_removal(conn, source_id) is not None:
        raise OutletRemoved(f"{source_id} was removed; steppewatch source restore {source_id} brings it back")


def edit_source(conn: Connection, source_id: str, edit: SourceEdit, *, now: datetime) -> None:
    """Change an outlet. Raises OutletRemoved, DomainTaken or FeedTaken; then its transaction must not be committed."""
    lock_catalogues(conn)
    refuse_removed(conn, source_id)
    if edit.facts:
        conn.execute(update(Source).where(Source.id == source_id).values(**edit.facts))
        if "country" in edit.facts:
            mark_articles_of(conn, source_id)
    _change_domains(conn, source_id, edit.domains_added, edit.domains_removed)
    for old, new in edit.feeds_replaced:
        replace_feed(conn, old, new, now=now)
    for url in edit.feeds_removed:
        retire_feed(conn, url)
    for url in edit.feeds_added:
        refuse_taken(conn, url, source_id=source_id)
        add_feed(conn, source_id=source_id, url=url, now=now)
        revive_feed(conn, url, source_id=source_id, now=now)
    rules = edit.rules
    if "floor_s" in rules.values:
        set_intervals(conn, rules.urls, rules.values["floor_s"], rules.values["ceiling_s"])
    if "link_pattern" in rules.values:
        set_link_pattern(conn, rules.urls, rules.values["link_pattern"])


def _change_domains(conn: Connection, source_id: str, added: Collection[str], removed: Collection[str]) -> None:
    mine = SourceDomain.source_id == source_id
    conn.execute(delete(SourceDomain).where(mine, SourceDomain.domain.in_(removed)))
    for domain in added:
        owner = conn.scalar(select(SourceDomain.source_id).where(SourceDomain.domain == domain))
        if owner not in (None, source_id):
            raise DomainTaken(f"{domain} is a domain of {owner}")
        row = {"domain": domain, "source_id": source_id}
        conn.execute(insert(conn, SourceDomain).on_conflict_do_nothing(index_elements=["domain"]), [row])
