"""The days of a list in steps, the newest first: what ends early reads little, what does not reads all of it once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import ColumnElement, Connection, Select, select, union_all

from db.coverage.cells import UNDATED
from db.models import Article, CoverageFact, CoverageMark, MentionRow

_FIRST, _GROWTH = 400, 4
"""Articles in the first step, and how many times more are in each next one."""


@dataclass(frozen=True, slots=True)
class Days:
    """A range of days; None for an open end."""

    first: date | None = None
    last: date | None = None

    def holds(self) -> Iterator[ColumnElement[bool]]:
        """Yield the conditions that an article counts in it, or would if it counted on a day."""
        if self.first is not None:
            yield Article.counts_on >= self.first
        if self.last is not None:
            yield Article.counts_on <= self.last


def iter_steps(
    conn: Connection, *, first: date | None, last: date | None, entities: Sequence[str] = ()
) -> Iterator[Days]:
    """Yield ranges of days that together are those from `first` to `last`, both included, each with more articles.

    With `entities` it counts the articles that name one of them. The last step may be as long as the archive.
    """
    size = _FIRST
    while True:
        begin = _find_begin(conn, Days(first, last), entities, size)
        if begin is None or begin == date.min or (first is not None and begin <= first):
            yield Days(first, last)
            return
        yield Days(begin, last)
        last = begin - timedelta(days=1)
        size *= _GROWTH


def _find_begin(conn: Connection, days: Days, entities: Sequence[str], size: int) -> date | None:
    """Return the last day from which on there are more than `size` articles; None if there are not so many."""
    if not entities:
        newest = select(Article.counts_on).where(*days.holds()).order_by(Article.counts_on.desc())
        return conn.scalar(newest.offset(size).limit(1))
    begins = [conn.scalar(_select_days(entity, days).offset(size).limit(1)) for entity in entities]
    return max((begin for begin in begins if begin is not None), default=None)


def _select_days(entity: str, days: Days) -> Select[date]:
    day = CoverageFact.counts_on
    query = select(day).where(CoverageFact.entity_id == entity, day > UNDATED)
    if days.last is not None:
        query = query.where(day <= days.last)
    if days.first is not None:
        query = query.where(day >= days.first)
    return query.order_by(day.desc())


def mention_any(entities: Sequence[str], days: Days) -> Iterator[ColumnElement[bool]]:
    """Yield the conditions that the current text of an article mentions one of these entities.

    The counted facts of these days are the candidates, and articles that changed since.
    """
    facts = select(CoverageFact.article_id).where(CoverageFact.entity_id.in_(entities))
    within = facts.where(CoverageFact.counts_on > UNDATED)
    if days.first is not None:
        within = within.where(CoverageFact.counts_on >= days.first)
    if days.last is not None:
        within = within.where(CoverageFact.counts_on <= days.last)
    without_day = facts.where(CoverageFact.counts_on == UNDATED)
    yield Article.id.in_(union_all(within, without_day, select(CoverageMark.article_id)))
    named = select(MentionRow.revision_id).where(MentionRow.revision_id == Article.revision_id)
    yield named.where(MentionRow.entity_id.in_(entities)).exists()
