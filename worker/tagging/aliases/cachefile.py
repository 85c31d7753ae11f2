"""A cache file for the tables of a vocabulary, so that a process starts quickly.

A file is used only if it belongs to this user (or root) and is not writable by others, was made from the same
vocabulary by the same versions, and is complete. Any other is ignored and written again.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
import tempfile
from array import array
from hashlib import blake2b
from importlib.metadata import version
from itertools import accumulate, pairwise
from pathlib import Path

from worker.lib.trusted_file import open_if_trusted
from worker.tagging.aliases.compiling import KINDS, Compiled, Endings, Numbers, Stems, Table, compiled
from worker.vocabulary.entities import Vocabulary

FORMAT = 7
"""Version of the format; raise it with every change of the compiled content."""

_MAGIC = b"steppewatch tables\n"
_DIGEST = 32
_KEPT = 4  # versions with files that stay: tagging again goes back and forth between two
_MAX_BYTES = 4 << 30


def cached(vocabulary: Vocabulary, folder: Path) -> Compiled:
    """Return the tables of a vocabulary for all KINDS of texts, from a file in `folder` or compiled and stored there.

    A read-only folder is no error: then the tables are compiled at each start.
    """
    path = folder / f"tagging-{vocabulary.version}.tables"
    key = _key(vocabulary)
    content = _read(path, key)
    if content is not None:
        return _unpacked(vocabulary, *content)
    made = compiled(vocabulary)
    for language in KINDS:
        made.table(language)
    with contextlib.suppress(OSError):
        _write(path, _packed(made, key))
    return made


def _key(vocabulary: Vocabulary) -> list[object]:
    libraries = [f"{name} {version(name)}" for name in ("daachorse", "pymorphy3", "pymorphy3-dicts-ru")]
    return [FORMAT, vocabulary.version, sys.byteorder, array("I").itemsize, *libraries]


def _packed(made: Compiled, key: list[object]) -> bytes:
    stems = made.stems
    parts = [bytes(one) for one in (stems.aliases, stems.endings, stems.derived, stems.ends, stems.texts)]
    tables = list({id(made.tables[language]): made.tables[language] for language in KINDS}.values())
    for table in tables:
        parts += [bytes(one) for one in (table.automaton, table.endings, table.ends, table.rows, table.against)]
    head = {
        "key": key,
        "sets": [" ".join(sorted(one)) if one else None for one in made.endings.plain],
        "unions": made.endings.unions,
        "tables": [tables.index(made.tables[language]) for language in KINDS],
        "lengths": [len(part) for part in parts],
    }
    body = json.dumps(head, ensure_ascii=False).encode() + b"\n" + b"".join(parts)
    return _MAGIC + blake2b(body, digest_size=_DIGEST).digest() + body


def _unpacked(vocabulary: Vocabulary, head: dict[str, list[object]], parts: list[memoryview]) -> Compiled:
    sets = (frozenset(str(one).split(" ")) if one is not None else frozenset[str]() for one in head["sets"])
    unions = (tuple(one) for one in head["unions"] if isinstance(one, list))
    remaining = iter(parts)

    def numbers() -> Numbers:
        return next(remaining).cast("I")

    stems = Stems(aliases=numbers(), endings=numbers(), derived=numbers(), ends=numbers(), texts=bytes(next(remaining)))
    order = [number for number in head["tables"] if isinstance(number, int)]
    tables = [
        Table(automaton=bytes(next(remaining)), endings=numbers(), ends=numbers(), rows=numbers(), against=numbers())
        for _ in set(order)
    ]
    by_kind = {language: tables[number] for language, number in zip(KINDS, order, strict=True)}
    return Compiled(vocabulary, Endings(sets, unions), stems, by_kind)


def _read(path: Path, key: list[object]) -> tuple[dict[str, list[object]], list[memoryview]] | None:
    """Return the head and the parts of a trustworthy file, else None."""
    content = _owned(path)
    start = len(_MAGIC) + _DIGEST
    whole = memoryview(content)
    if (
        not content.startswith(_MAGIC)
        or blake2b(whole[start:], digest_size=_DIGEST).digest() != whole[:start][-_DIGEST:]
    ):
        return None
    end = content.index(b"\n", start)
    head = json.loads(content[start:end])
    if head["key"] != key:
        return None
    ends = list(accumulate(head["lengths"], initial=end + 1))
    return head, [whole[first:last] for first, last in pairwise(ends)]


def _owned(path: Path) -> bytes:
    """Return the content of a trusted plain file; empty for any other."""
    with open_if_trusted(path) as descriptor:
        if descriptor is None or os.fstat(descriptor).st_size > _MAX_BYTES:
            return b""
        with open(descriptor, "rb", closefd=False) as file:
            return file.read()


def _write(path: Path, content: bytes) -> None:
    """Replace a file atomically, and remove those of old versions."""
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(prefix=path.name, dir=path.parent)
    try:
        with open(descriptor, "wb") as file:
            file.write(content)
        os.replace(name, path)
    except BaseException:
        os.unlink(name)
        raise
    known = sorted(path.parent.glob("tagging-*.tables"), key=lambda one: one.stat().st_mtime)
    for old in known[:-_KEPT]:
        old.unlink(missing_ok=True)
