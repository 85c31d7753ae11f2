"""Reprints between an outlet and others, in both directions, by the stories of its articles."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import Connection, func, select
from sqlalchemy.orm import aliased

from db.articles.filters import ANY_OUTLET, Filters, conditions
from db.models import Article, Source


@dataclass(frozen=True, slots=True, kw_only=True)
class EchoPartner:
    """Another outlet, with the number of articles between the two."""

    source: str
    name: str
    articles: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Echo:
    """The reprints of an outlet in a range of days."""

    articles: int
    """All its articles."""
    copied: int
    """Of these, reprints of articles of other outlets."""
    reprinted: int
    """Of these, originals that other outlets reprinted, whenever that was."""
    reprints: int
    """Articles of other outlets on these days that are reprints of its own."""
    copies_from: Sequence[EchoPartner]
    """The outlets whose articles it reprints most."""
    copied_by: Sequence[EchoPartner]
    """The outlets that reprint its articles most."""

    @property
    def echo_share(self) -> float | None:
        """Return the share of its articles that are reprints of others; None without an article."""
        return self.copied / self.articles if self.articles else None


def read_echo(conn: Connection, source_id: str, since: date, until: date, *, partners: int = 8) -> Echo:
    """Return how much an outlet copied and was copied in a range of days, with the outlets it shares most with.

    All numbers are of articles that count on these days, as lists with the same filters have them.
    """
    own = Filters(sources=[source_id], since=since, until=until)
    original = aliased(Article)
    from_others = (
        select(original.source_id, func.count())
        .select_from(Article)
        .join(original, original.id == Article.cluster_id)
        .where(*conditions(replace(own, reprints_of=[ANY_OUTLET])))
        .group_by(original.source_id)
    )
    by_others = (
        select(Article.source_id, func.count())
        .where(*conditions(Filters(reprints_of=[source_id], since=since, until=until)))
        .group_by(Article.source_id)
    )
    copies = {source: n for source, n in conn.execute(from_others)}
    copied = {source: n for source, n in conn.execute(by_others)}
    query = select(Source.id, Source.name).where(Source.id.in_([*copies, *copied]))
    names = {source: name for source, name in conn.execute(query)}
    return Echo(
        articles=_count(conn, own),
        copied=sum(copies.values()),
        reprinted=_count(conn, replace(own, reprinted_by=[ANY_OUTLET])),
        reprints=sum(copied.values()),
        copies_from=_top(copies, names, partners),
        copied_by=_top(copied, names, partners),
    )


def _count(conn: Connection, filters: Filters) -> int:
    return conn.scalar(select(func.count()).select_from(Article).where(*conditions(filters))) or 0


def _top(counts: dict[str, int], names: dict[str, str], most: int) -> list[EchoPartner]:
    largest = sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:most]
    return [EchoPartner(source=source, name=names.get(source, source), articles=n) for source, n in largest]
