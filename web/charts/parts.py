"""The inputs of charts, and the values that every chart has: plain labels, safe addresses, the head of a spec. Pure."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from web.charts.theme import DARK, LIGHT, write_config

Spec = dict[str, Any]
"""A Vega-Lite specification: JSON values only, all data in it, no address to load from."""

SCHEMA = "https://vega.github.io/schema/vega-lite/v6.json"
"""The name of the grammar; it is never loaded."""
LINES_MAX = 8
"""Maximum number of lines, limited by the number of colours that all readers can tell apart."""
NAME_MAX, TEXT_MAX = 60, 300
_HREF_MAX = 4_000


@dataclass(frozen=True, slots=True, kw_only=True)
class ChartPeriod:
    """A period on the time axis."""

    label: str
    """The name in the CSV and JSON: `2022-01-05`, `2022-W01` or `2022-01`."""
    begins: date
    after: date
    """First day after the period."""
    is_impaired: bool = False
    """True if collection was impaired, so that a fall may be an artefact; drawn as a band."""
    complete: float | None = None
    """Estimated share of the published articles that was seen; None if unknown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChartLine:
    """The counts of an entity, outlet or language, one for each period in their order."""

    key: str
    """The id in the CSV and JSON."""
    name: str
    articles: Sequence[int]
    stories: Sequence[int] = ()
    """Empty, or as many as articles."""
    hrefs: Sequence[str | None] = ()
    """Address of the articles behind each point; empty, or as many as articles."""
    impaired: Sequence[bool] = ()
    """Periods in which this line may be too low; empty, or as many as articles."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChartEvent:
    """A burst or another event, marked above the period in which it is."""

    period: str
    text: str
    href: str | None = None


def plain(text: str, most: int = TEXT_MAX) -> str:
    """Return a text on one line without controls and bidirectional overrides, shortened to `most` characters.

    Joiners of Persian and Indic words stay. A right-to-left name keeps its letters and reorders nothing around it,
    because every label of a chart is a text element of its own.
    """
    begin = text[: most * 4]
    kept = "".join(" " if char.isspace() else char for char in begin if char.isspace() or not _is_control(char))
    folded = " ".join(kept.split())
    return folded if len(folded) <= most and len(begin) == len(text) else folded[: most - 1].rstrip() + "…"


def _is_control(char: str) -> bool:
    return unicodedata.category(char) in ("Cc", "Cf", "Cs", "Co", "Cn") and char not in "\u200c\u200d"


def distinct_names(names: Iterable[str]) -> list[str]:
    """Return plain names, in order, numbered where two would look alike, since a chart tells its parts by name."""
    taken: set[str] = set()
    found = []
    for name in names:
        shown = base = plain(name, NAME_MAX) or "unknown"
        number = 1
        while shown in taken:
            number += 1
            shown = f"{base} ({number})"
        taken.add(shown)
        found.append(shown)
    return found


def check_href(href: str | None) -> str | None:
    """Return an address inside these pages. Raises ValueError for any other, so that no chart leads to strangers."""
    if href is None:
        return None
    is_ours = href.startswith(("/", "?")) and not href.startswith("//") and href.isascii() and href.isprintable()
    if not is_ours or "\\" in href or len(href) > _HREF_MAX:
        raise ValueError("a chart links only to pages of this site, by path")
    return href


def with_href(row: dict[str, Any], href: str | None) -> dict[str, Any]:
    """Return the row with its address, if it has one."""
    return row if href is None else row | {"href": check_href(href)}


def to_number(value: float) -> float | None:
    """Return a number for JSON, in six digits after the point; None if it is not finite."""
    return round(value, 6) if math.isfinite(value) else None


def build_spec(
    *,
    description: str,
    height: int,
    layer: Sequence[Mapping[str, Any]],
    values: Sequence[Mapping[str, Any]],
    title: Sequence[str] = (),
    **more: Any,
) -> Spec:
    """Return a whole spec: the layers over inline data, with the colours for light pages and, aside, for dark ones."""
    spec: Spec = {
        "$schema": SCHEMA,
        "description": plain(description, 500),
        "width": "container",
        "height": height,
        "autosize": {"type": "fit-x", "contains": "padding"},
        "data": {"values": list(values)},
        "layer": list(layer),
        **more,
        "config": write_config(LIGHT),
        "usermeta": {"dark": write_config(DARK)},
    }
    if title:
        spec["title"] = {"text": plain(title[0]), "subtitle": [plain(line) for line in title[1:]]}
    return spec


def link_channel(values: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return the channel that makes marks lead to the articles behind them; empty if no row has an address."""
    return {"href": {"field": "href"}} if any("href" in row for row in values) else {}


def tooltip(*fields: str, **formats: str) -> list[dict[str, str]]:
    """Return the tooltip channel: plain fields first, then fields with the format of their numbers."""
    shown = [{"field": field, "title": field.replace("_", " "), "type": "nominal"} for field in fields]
    return shown + [
        {"field": field, "title": field.replace("_", " "), "type": "quantitative", "format": form}
        for field, form in formats.items()
    ]


COUNT, SHARE, RATE = ",d", ".1%", ",.2f"
"""Formats of numbers in tooltips and on axes."""
