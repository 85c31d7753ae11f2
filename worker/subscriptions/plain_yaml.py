"""YAML of plain values: texts, whole numbers, yes and no, lists, and mappings by text. Pure.

Built from the parser's events, so that no content of a file can call a constructor, nest without end or copy itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

import yaml
from yaml import events

MAX_DEPTH: Final = 20
MAX_VALUES: Final = 500_000

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_TAGS = ("tag:yaml.org,2002:str", "tag:yaml.org,2002:seq", "tag:yaml.org,2002:map")
_WORDS: dict[str, bool | None] = {"": None, "~": None, "null": None}
_WORDS |= dict.fromkeys(("true", "yes", "on"), True) | dict.fromkeys(("false", "no", "off"), False)
_WHOLE_NUMBER = re.compile(r"[-+]?[0-9]{1,18}")
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_MERGE = "<<"


class Fault(ValueError):
    """The fault of a text, in one sentence with its position."""


def read_yaml(text: str) -> Any:
    """Return the value of a text; None if it is empty. Raises Fault."""
    try:
        return _Builder().build(yaml.parse(text, _LOADER))
    except yaml.MarkedYAMLError as error:
        message = ", ".join(filter(None, (error.context, error.problem)))
        if "nesting depth" in message:  # the library has a limit of its own, and meets it before our builder
            message = f"nested more than {MAX_DEPTH} deep"
        raise Fault(_at(error.problem_mark or error.context_mark, message or "not YAML")) from None
    except yaml.YAMLError as error:
        raise Fault(f"not YAML: {' '.join(str(error).split())}") from None


class _Builder:
    """The open containers, innermost last; a mapping with the key that waits for its value."""

    def __init__(self) -> None:
        self._top: list[Any] = []
        self._open: list[list[Any] | dict[str, Any]] = [self._top]
        self._keys: list[str | None] = []
        self._anchors: dict[str, Any] = {}
        self._unfinished: list[str | None] = []
        self._count = 0

    def build(self, stream: Iterator[events.Event]) -> Any:
        for event in stream:
            self._count += 1
            if self._count > MAX_VALUES:
                raise Fault(_at(event.start_mark, f"more than {MAX_VALUES:,} values"))
            self._take(event)
        return self._top[0] if self._top else None

    def _take(self, event: events.Event) -> None:
        match event:
            case events.DocumentStartEvent() if self._top:
                raise Fault(_at(event.start_mark, "a second document; a file holds one"))
            case events.ScalarEvent():
                self._check_tag(event)
                self._put(event, event.value if self._awaits_key() else _scalar(event), event.anchor)
            case events.AliasEvent():
                if event.anchor not in self._anchors:
                    what = "is inside itself" if event.anchor in self._unfinished else "is not there"
                    raise Fault(_at(event.start_mark, f"what *{event.anchor} stands for {what}"))
                self._put(event, self._anchors[event.anchor], None)
            case events.CollectionStartEvent():
                self._start(event)
            case events.CollectionEndEvent():
                finished = self._open.pop()
                self._keys.pop()
                if anchor := self._unfinished.pop():
                    self._anchors[anchor] = finished

    def _start(self, event: events.CollectionStartEvent) -> None:
        self._check_tag(event)
        if len(self._open) > MAX_DEPTH:
            raise Fault(_at(event.start_mark, f"nested more than {MAX_DEPTH} deep"))
        container: list[Any] | dict[str, Any] = {} if isinstance(event, events.MappingStartEvent) else []
        self._put(event, container, None)
        self._open.append(container)
        self._keys.append(None)
        self._unfinished.append(event.anchor)

    def _awaits_key(self) -> bool:
        return isinstance(self._open[-1], dict) and self._keys[-1] is None

    def _put(self, event: events.Event, value: Any, anchor: str | None) -> None:
        if anchor:
            self._anchors[anchor] = value
        inside = self._open[-1]
        if isinstance(inside, list):
            inside.append(value)
        elif (key := self._keys[-1]) is not None:
            inside[key] = value
            self._keys[-1] = None
        elif not isinstance(value, str):
            raise Fault(_at(event.start_mark, "a name must be a text"))
        elif value in inside:
            raise Fault(_at(event.start_mark, f"{value[:60]!r} comes twice"))
        elif value == _MERGE:
            raise Fault(_at(event.start_mark, "<< is not taken; write out what a mapping holds"))
        else:
            self._keys[-1] = value

    def _check_tag(self, event: events.ScalarEvent | events.CollectionStartEvent) -> None:
        if event.tag not in (None, "!", *_TAGS):
            raise Fault(_at(event.start_mark, f"the tag {event.tag[:60]} is not taken; the file holds plain values"))
        if isinstance(event, events.ScalarEvent) and _UNSTORABLE.search(event.value):
            raise Fault(_at(event.start_mark, "a text with NUL or half of a surrogate pair"))


def _scalar(event: events.ScalarEvent) -> str | int | bool | None:
    """Return the value of a scalar: a quoted one is a text; an unquoted one by its form."""
    value: str = event.value
    if not event.implicit[0]:
        return value
    if value.lower() in _WORDS:
        return _WORDS[value.lower()]
    return int(value) if _WHOLE_NUMBER.fullmatch(value) else value


def _at(mark: Any, what: str) -> str:
    place = f"line {mark.line + 1}, column {mark.column + 1}: " if mark else ""
    return place + " ".join(what.split())
