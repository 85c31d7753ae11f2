"""A chart of a story: the original and its reprints on a time line. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from web.charts.axis import DATES, instant_ms
from web.charts.parts import NAME_MAX, SHARE, Spec, build_spec, link_channel, plain, to_number, tooltip, with_href

OUTLETS_MAX = 40
_POINTS_MAX = 400
_ROW_PX = 22
_TIMES = DATES | {"minutes": "%H:%M", "hours": "%H:%M"}


@dataclass(frozen=True, slots=True, kw_only=True)
class ChartArticle:
    """An article of a story. An article without any time is not drawn."""

    key: str
    outlet: str
    title: str
    at: datetime | None
    is_day: bool = False
    """True if only the day is known, in UTC; drawn across that day."""
    is_original: bool = False
    shared: float | None = None
    """Share of its text in common with the original; None if unknown."""
    href: str | None = None


def plot_timeline(articles: Sequence[ChartArticle], *, title: Sequence[str] = ()) -> Spec:
    """Return a time line with a row for each outlet, the first to publish on top, and a mark for each article.

    The original is a diamond, reprints are circles; of an article with a day and no time a line shows the day. Times
    are in the zone of the reader, with UTC in the tooltip. At most 40 outlets and 400 articles, the earliest.
    """
    dated = sorted((article for article in articles if article.at is not None), key=_order)
    outlets = list(dict.fromkeys(_outlet(article) for article in dated))[:OUTLETS_MAX]
    rows = [_row(article) for article in dated if _outlet(article) in outlets][:_POINTS_MAX]
    outlets = list(dict.fromkeys(row["outlet"] for row in rows))
    x = {
        "field": "at",
        "type": "temporal",
        "axis": {"title": None, "grid": True, "format": _TIMES, "tickCount": {"signal": "ceil(width / 110)"}},
    }
    x |= {"scale": {"nice": False, "padding": 14}}
    y_axis = {"title": None, "domain": False, "ticks": False, "grid": True}
    y = {"field": "outlet", "type": "nominal", "scale": {"domain": outlets}, "axis": y_axis}
    is_shared = any("share_in_common" in row for row in rows)
    tips = tooltip("outlet", "kind", "title", "published", **({"share_in_common": SHARE} if is_shared else {}))
    shapes = {"domain": ["original", "reprint"], "range": ["diamond", "circle"]}
    kinds = {"field": "kind", "type": "nominal", "title": None}
    legend = {"symbolStrokeWidth": 1}
    base = {"y": y, "tooltip": tips, "color": kinds | {"scale": {"domain": shapes["domain"]}, "legend": legend}}
    base |= link_channel(rows)
    is_original = {"test": "datum.kind === 'original'", "value": 130}
    marks = {"shape": kinds | {"scale": shapes}, "size": {"condition": is_original, "value": 70}}
    layers: list[dict[str, Any]] = []
    if any("to" in row for row in rows):
        layers.append(
            {
                "transform": [{"filter": "isValid(datum.to)"}],
                "mark": {"type": "rule", "strokeWidth": 4, "opacity": 0.4},
                "encoding": base | {"x": x | {"field": "from"}, "x2": {"field": "to"}},
            }
        )
    layers.append({"mark": {"type": "point", "filled": True, "opacity": 1}, "encoding": base | {"x": x} | marks})
    return build_spec(
        description=_describe(rows, len(articles)),
        height=max(len(outlets), 1) * _ROW_PX,
        layer=layers,
        values=rows,
        title=title,
    )


def _order(article: ChartArticle) -> tuple[datetime, bool, str]:
    assert article.at is not None
    return article.at, not article.is_original, article.key


def _outlet(article: ChartArticle) -> str:
    return plain(article.outlet, NAME_MAX) or "unknown"


def _row(article: ChartArticle) -> dict[str, Any]:
    assert article.at is not None
    at = article.at.astimezone(UTC)
    row: dict[str, Any] = {
        "key": article.key,
        "outlet": _outlet(article),
        "kind": "original" if article.is_original else "reprint",
        "title": plain(article.title, 120) or "untitled",
        "at": instant_ms(at),
        "published": f"{at:%Y-%m-%d}, no time given" if article.is_day else f"{at:%Y-%m-%d %H:%M} UTC",
    }
    if article.is_day:
        begin = at.replace(hour=0, minute=0, second=0, microsecond=0)
        row |= {"from": instant_ms(begin), "at": instant_ms(begin + timedelta(hours=12))}
        row |= {"to": instant_ms(begin) + 86_400_000}
    if article.shared is not None:
        row["share_in_common"] = to_number(article.shared)
    return with_href(row, article.href)


def _describe(rows: Sequence[dict[str, Any]], total: int) -> str:
    if not rows:
        return "No article of this story has a date."
    first, last = rows[0], rows[-1]
    return (
        f"{total:,} article{'' if total == 1 else 's'} in {len({row['outlet'] for row in rows}):,} "
        f"outlet{'' if len({row['outlet'] for row in rows}) == 1 else 's'}. "
        f"First: {first['outlet']}, {first['published']}. Last: {last['outlet']}, {last['published']}."
    )
