"""Lines of fields in a TOML file: `names.en[2].text` → its line. For error messages; pure."""

from __future__ import annotations

import re

_TABLE = re.compile(r"\s*\[(\[?)\s*([^\]]+?)\s*\]")
_KEY = re.compile(r"""\s*(?:"([^"]+)"|'([^']+)'|([\w-]+(?:\.[\w-]+)*))\s*=""")
_STRING = re.compile(r"\"(?:[^\"\\]|\\.)*\"|'[^']*'|#.*")
_STEP = re.compile(r"([^.\[\]]+)|\[(\d+)\]")


def find_line(source: str, field: str) -> int | None:
    """Return the line, from 1, on which a field of a TOML text begins; or that of its nearest known parent.

    The fields are those of `tomlfile.Table`: keys joined by dots, positions in an array in brackets. None if not even
    its first key exists. Arrays are parsed in the form of this product's files, an entry a line.
    """
    lines = _lines_of_fields(source)
    steps = [match[0] for match in _STEP.finditer(field)]
    for depth in range(len(steps), 0, -1):
        if (line := lines.get(tuple(steps[:depth]))) is not None:
            return line
    return None


def _lines_of_fields(source: str) -> dict[tuple[str, ...], int]:
    lines: dict[tuple[str, ...], int] = {}
    table: tuple[str, ...] = ()
    array: tuple[str, ...] | None = None
    at = depth = 0
    for number, line in enumerate(source.splitlines(), 1):
        bare = _STRING.sub(lambda match: "" if match[0].startswith("#") else '""', line)
        if array is not None:
            if bare.strip(" \t,]") and depth == 1:
                lines.setdefault((*array, f"[{at}]"), number)
                at += 1
            depth += bare.count("[") - bare.count("]")
            array = array if depth > 0 else None
        elif header := _TABLE.match(line):
            table = tuple(part.strip(" \"'") for part in header[2].split("."))
            if header[1]:
                count = sum(1 for known in lines if known[: len(table)] == table and len(known) == len(table) + 1
                            and known[-1].startswith("["))  # fmt: skip
                table = (*table, f"[{count}]")
            lines.setdefault(table, number)
        elif key := _KEY.match(line):
            field = (*table, *(key[1] or key[2] or key[3]).split("."))
            lines.setdefault(field, number)
            depth = bare.count("[") - bare.count("]")
            array, at = (field, 0) if depth > 0 else (None, 0)
    return lines
