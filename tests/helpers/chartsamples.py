"""Invented inputs of charts, and a chart of each kind."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

from web.charts.bars import ChartBar, ChartChange, plot_bars, plot_comparison
from web.charts.heat import plot_heat
from web.charts.parts import ChartEvent, ChartLine, ChartPeriod, Spec
from web.charts.series import plot_series
from web.charts.share import plot_share
from web.charts.timeline import ChartArticle, plot_timeline
from worker.coverage.stats.compare import compare

FIRST = date(2022, 1, 1)
HOSTILE = "</script><script>alert(1)</script>\u202e\u2066\x00\r\n{{7*7}} ${x} https://evil.example/" + "w" * 10_000


def days(number: int, *, impaired: tuple[int, ...] = ()) -> list[ChartPeriod]:
    return [
        ChartPeriod(
            label=(FIRST + timedelta(days=place)).isoformat(),
            begins=FIRST + timedelta(days=place),
            after=FIRST + timedelta(days=place + 1),
            is_impaired=place in impaired,
            complete=0.9 if place in impaired else None,
        )
        for place in range(number)
    ]


def line(*articles: int, key: str = "csto", name: str = "CSTO", **more: Any) -> ChartLine:
    return ChartLine(key=key, name=name, articles=articles, **more)


def every_spec(name: str = "CSTO") -> list[Spec]:
    """Return a chart of each kind, with this name in each place that strangers fill."""
    lines = [line(1, 2, 3, key=name, name=name, stories=[1, 1, 1]), line(3, 0, 1, key="b", name=name)]
    change = ChartChange(key=name, name=name, articles=(1, 2), comparison=compare([1], [2]))
    article = ChartArticle(key=name, outlet=name, title=name, at=datetime(2022, 1, 1, tzinfo=UTC))
    event = ChartEvent(period="2022-01-02", text=name)
    return [
        plot_series(days(3, impaired=(1,)), lines, per="day", events=[event], title=[name, name], remarks=["remark"]),
        plot_share(days(3), lines, per="day"),
        plot_share(days(3), lines, per="day", is_stacked=False),
        plot_heat(days(3), lines, per="day"),
        plot_bars([ChartBar(key=name, name=name, value=3)]),
        plot_comparison([change], periods=("2021", "2022")),
        plot_timeline([article]),
    ]
