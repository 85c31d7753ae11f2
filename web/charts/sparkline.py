"""Small line charts as inline SVG, drawn on the server for pages without scripts. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup, escape

from web.charts.parts import plain
from worker.coverage.stats.series import squeeze

_POINTS_MAX = 240
_EDGE = 2
"""Free space around the line, so that its width is not cut."""


def draw_sparkline(
    values: Sequence[int],
    *,
    label: str,
    impaired: Sequence[bool] = (),
    width: int = 120,
    height: int = 28,
    css_class: str = "sparkline",
) -> Markup:
    """Return the markup of a line of counts from zero, in the colour of the text around it.

    `label` says what it shows, for readers who do not see it: name the figures that matter. More than 240 values are
    summed with their neighbours. Periods of impaired collection have a band behind them. The markup has no style
    attribute, no script and no address, and any label is inert.
    """
    if impaired and len(impaired) != len(values):
        raise ValueError("a sparkline needs one mark of impaired collection for each value")
    sums = squeeze([max(value, 0) for value in values], _POINTS_MAX)
    flags = [bool(flag) for flag in squeeze([int(flag) for flag in impaired], _POINTS_MAX)]
    text = escape(plain(label))
    head = (
        f'<svg class="{escape(css_class)}" role="img" aria-label="{text}" viewBox="0 0 {width} {height}" '
        f'width="{width}" height="{height}" preserveAspectRatio="none" focusable="false">'
    )
    return Markup(f"{head}<title>{text}</title>{_bands(flags, width, height)}{_path(sums, width, height)}</svg>")


def _bands(flags: Sequence[bool], width: int, height: int) -> str:
    step = (width - 2 * _EDGE) / max(len(flags), 1)
    return "".join(
        f'<rect x="{_EDGE + place * step:.1f}" y="0" width="{step:.1f}" height="{height}" fill="currentColor" '
        f'fill-opacity="0.15"/>'
        for place, flag in enumerate(flags)
        if flag
    )


def _path(values: Sequence[int], width: int, height: int) -> str:
    if not values:
        return ""
    top = max(max(values), 1)
    step = (width - 2 * _EDGE) / len(values)
    room = height - 2 * _EDGE
    points = [
        f"{_EDGE + (place + 0.5) * step:.1f} {height - _EDGE - value / top * room:.1f}"
        for place, value in enumerate(values)
    ]
    if len(points) == 1:  # a line needs two ends
        y = points[0].split(" ")[1]
        points = [f"{_EDGE} {y}", f"{width - _EDGE} {y}"]
    line = " ".join(points)
    return (
        f'<path d="M{line}" fill="none" stroke="currentColor" stroke-width="1.5" stroke-linejoin="round" '
        'vector-effect="non-scaling-stroke"/>'
    )
