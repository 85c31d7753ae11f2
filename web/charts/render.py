"""Pictures of charts without a browser: PNG and SVG. Import it only to draw: the library needs 160 MB."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from web.charts.parts import Spec

WIDTH = 860
_SCALE = 2.0
"""Dots of a PNG for each point, so that it is sharp in print."""


def render_svg(spec: Spec, *, width: int = WIDTH) -> str:
    """Return the chart as an SVG picture, in light colours, without links. Equal specs make equal pictures."""
    import vl_convert

    return str(vl_convert.vegalite_to_svg(_still(spec, width), allowed_base_urls=[]))


def render_png(spec: Spec, *, width: int = WIDTH) -> bytes:
    """Return the chart as a PNG picture, in light colours."""
    import vl_convert

    return bytes(vl_convert.vegalite_to_png(_still(spec, width), scale=_SCALE, allowed_base_urls=[]))


def _still(spec: Mapping[str, Any], width: int) -> dict[str, Any]:
    """Return the spec of a picture: of a given width, on paper, without what only a pointer can do."""
    layers = []
    for layer in spec["layer"]:
        if layer["encoding"].get("opacity", {}).get("value") == 0:  # seen under a pointer only
            continue
        encoding = {name: channel for name, channel in layer["encoding"].items() if name not in ("href", "tooltip")}
        layers.append({**layer, "encoding": encoding})
    shown = {name: value for name, value in spec.items() if name != "usermeta"}
    return {**shown, "width": width, "layer": layers, "background": "white", "padding": 12}
