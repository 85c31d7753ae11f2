"""Coverage counted anew by one plain SQL statement over articles and mentions; shares no code with the product."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Select, select, text

from db.models import CoverageCell, CoverageSeries

_BUCKETS = {
    "sqlite": {
        "day": "{day}",
        "week": "date({day}, '-6 days', 'weekday 1')",
        "month": "date({day}, 'start of month')",
    },
    "postgresql": {
        "day": "{day}",
        "week": "CAST(date_trunc('week', {day}) AS date)",
        "month": "CAST(date_trunc('month', {day}) AS date)",
    },
}
_PARTS = {
    "all": "''",
    "source": "a.source_id",
    "lang": "coalesce(a.language, '')",
    "country": "coalesce(s.country, '')",
    "genre": "coalesce(a.genre, '')",
}
_DAY = "CASE WHEN a.is_undated THEN {none} ELSE a.counts_on END"
_NO_DAY = {"sqlite": "'0001-01-01'", "postgresql": "DATE '0001-01-01'"}
_COUNTS = """
    count(DISTINCT a.id), count(DISTINCT coalesce(a.cluster_id, a.id)), {mentions}, {titles},
    count(DISTINCT CASE WHEN a.in_scope THEN a.id END),
    count(DISTINCT CASE WHEN a.in_scope THEN coalesce(a.cluster_id, a.id) END),
    count(DISTINCT CASE WHEN a.published_at IS NULL THEN a.id END)
"""
_MENTIONS, _TITLES = "count(m.entity_id)", "count(CASE WHEN m.field = 'title' THEN 1 END)"

Cells = dict[tuple[str, ...], tuple[int, ...]]


def recounted(conn: Connection) -> Cells:
    """Return every cell that should be there: (entity, grain, split, level, part, first day) → its numbers."""
    buckets = _BUCKETS[conn.dialect.name]
    day = _DAY.format(none=_NO_DAY[conn.dialect.name])
    selects = []
    for grain, bucket in buckets.items():
        on = bucket.format(day=day)
        for split, part in _PARTS.items():
            for entity, level, join in (
                ("''", "'all'", "LEFT JOIN"),
                ("m.entity_id", "'all'", "JOIN"),
                ("m.entity_id", "m.level", "JOIN"),
            ):
                selects.append(
                    f"SELECT {entity}, '{grain}', '{split}', {level}, {part}, {on}, "
                    + _COUNTS.format(mentions=_MENTIONS, titles=_TITLES)
                    + f"FROM articles a JOIN sources s ON s.id = a.source_id {join} mentions m"
                    f" ON m.revision_id = a.revision_id GROUP BY 1, 2, 3, 4, 5, 6"
                )
    selects.append(
        f"SELECT m.entity_id, 'day', 'entity', 'name', o.entity_id, {day}, "
        + _COUNTS.format(mentions="0", titles="0")
        + "FROM articles a JOIN mentions m ON m.revision_id = a.revision_id AND m.level = 'name'"
        " JOIN mentions o ON o.revision_id = a.revision_id AND o.level = 'name' AND o.entity_id > m.entity_id"
        " GROUP BY 1, 2, 3, 4, 5, 6"
    )
    return {tuple(map(str, row[:6])): tuple(row[6:]) for query in selects for row in conn.execute(text(query))}


def every_cell() -> Select[*tuple[Any, ...]]:
    """Return the query for all stored cells: their keys, as in `recounted`, then their numbers."""
    series, cells = CoverageSeries, CoverageCell.__table__
    keys = (series.entity_id, series.grain, series.split, series.level, series.part)
    return select(*keys, *list(cells.columns)[1:]).join(series, series.id == cells.c.series_id)


def stored(conn: Connection) -> Cells:
    """Return every cell that is there, in the same form."""
    return {tuple(map(str, row[:6])): tuple(row[6:]) for row in conn.execute(every_cell())}
