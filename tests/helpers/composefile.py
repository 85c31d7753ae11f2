"""Reads `docker-compose.yml`, which is written in so small a part of YAML that it can be read here.

What could mean anything else to another reader (tabs, block scalars, plain words such as `yes` or `1.5`, quotes other
than JSON's) is refused, so whatever is accepted means the same to every YAML parser.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

_LINE = re.compile(r"(?P<indent> *)(?P<key>[A-Za-z_<][\w.<-]*):(?: +(?P<value>.+))?")
_PLAIN = re.compile(r"(?:--?)?[A-Za-z0-9_./$][^,\[\]{}#&*!|>'\"%`]*")
_SUBSTITUTED = re.compile(r"\$\{\w+(?::\?[\w .]+)?\}")
_WORDS_OF_YAML = {"yes", "no", "on", "off", "y", "n", "null", "~"}
_TRUTH = {"true": True, "false": False}


class Unreadable(ValueError):
    """The file uses something that this reader does not know."""


def read(text: str) -> dict[str, Any]:
    """Return the content. Raises Unreadable."""
    lines = [line.rstrip() for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    rows = []
    for line in lines:
        match = _LINE.fullmatch(line)
        if match is None:
            raise Unreadable(line)
        rows.append((len(match["indent"]), match["key"], match["value"]))
    anchors: dict[str, Any] = {}
    content, end = _mapping(rows, 0, 0, anchors)
    if end != len(rows):
        raise Unreadable(lines[end])
    return content


def _mapping(
    rows: list[tuple[int, str, str | None]], start: int, indent: int, anchors: dict[str, Any]
) -> tuple[dict[str, Any], int]:
    own: dict[str, Any] = {}
    merged: dict[str, Any] = {}
    place = start
    while place < len(rows) and rows[place][0] == indent:
        _, key, value = rows[place]
        place += 1
        if key in own or (key == "<<" and merged):
            raise Unreadable(f"{key} twice")
        if key == "<<":
            merged = anchors[(value or "").removeprefix("*")]
        elif value is None or value.startswith("&"):
            inner = rows[place][0] if place < len(rows) else 0
            own[key], place = _mapping(rows, place, inner, anchors) if inner > indent else (None, place)
            if value:
                anchors[value[1:]] = own[key]
        else:
            own[key] = _value(value)
    return {**merged, **own}, place


def _value(value: str) -> Any:
    if value.startswith("[") and value.endswith("]"):
        return [_scalar(item) for item in _items(value)]
    if value.startswith("{") and value.endswith("}"):
        pairs = (item.partition(": ") for item in _items(value))
        return {key.strip(): _scalar(inner.strip()) for key, _, inner in pairs}
    return _scalar(value)


def _items(flow: str) -> Iterator[str]:
    """Yield what stands between the commas of a flow sequence or mapping; commas in quotes do not count."""
    for item in re.findall(r"""(?:"(?:[^"\\]|\\.)*"|[^,"])+""", flow[1:-1]):
        yield item.strip()


def _scalar(value: str) -> Any:
    if value.startswith('"'):
        try:
            return json.loads(value)
        except ValueError as error:
            raise Unreadable(value) from error
    if value in _TRUTH:
        return _TRUTH[value]
    if re.fullmatch(r"0|[1-9]\d*", value):
        return int(value)
    plain = ": " not in value and not value.endswith(":") and _PLAIN.fullmatch(_SUBSTITUTED.sub("x", value))
    looks_like_another = value.lower() in _WORDS_OF_YAML or re.fullmatch(r"[-+.]?[\d_][\d_.:e+-]*", value)
    if not plain or (looks_like_another and value.count(".") != 3):  # an address with four parts is no number
        raise Unreadable(value)
    return value
