"""py3langid's model, 68 MB, unpacked into a memory-mapped file: only the used parts are in memory, shared by
processes.
"""

from __future__ import annotations

import json
import mmap
import os
import sys
from array import array
from collections.abc import Sequence
from functools import partial
from hashlib import blake2b, file_digest
from importlib.metadata import version
from io import BytesIO
from operator import itemgetter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from worker.lib.atomic_file import replacing
from worker.lib.trusted_file import open_if_trusted

if TYPE_CHECKING:
    from py3langid.langid import LanguageIdentifier

_MAGIC = b"steppewatch language model     \n"
_blake = partial(blake2b, digest_size=32)
_BODY = len(_MAGIC) + 32
_ALIGNED = 64


def unpacked() -> LanguageIdentifier:
    """Return the model in this process's own memory."""
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    return LanguageIdentifier.from_model_file(MODEL_FILE)


def mapped(folder: Path) -> LanguageIdentifier:
    """Return the model from a file in `folder`, which is written first if there is no trustworthy one.

    A read-only folder is no error: then the model is in this process's own memory.
    """
    path = folder / "language.model"
    found = _read(path)
    if found is None:
        model = unpacked()
        try:
            _write(path, model)
        except OSError:
            return model
        found = _read(path)
    return found or model


def _key() -> list[object]:
    return [1, version("py3langid"), sys.byteorder]


def _write(path: Path, model: LanguageIdentifier) -> None:
    """Store the tables of a model, each aligned to 64 bytes."""
    import numpy as np

    numbers: tuple[Any, ...] = (model.nb_ptc, model.nb_pc, model.tk_nextmove, model.tk_row, array("i", model.tk_output))
    tables = [np.asarray(table) for table in numbers]
    kinds = [(table.dtype.str, table.size) for table in tables]
    head = json.dumps({"key": _key(), "classes": model.nb_classes, "tables": kinds}).encode() + b"\n"
    body: list[bytes | memoryview] = []
    for part in (memoryview(head), *(table.data.cast("B") for table in tables)):
        body += [part, bytes(-part.nbytes % _ALIGNED)]
    digest = _blake()
    for block in body:
        digest.update(block)
    path.parent.mkdir(parents=True, exist_ok=True)
    with replacing(path) as file:
        os.fchmod(file.fileno(), 0o600)
        file.writelines([_MAGIC, digest.digest(), *body])


def _read(path: Path) -> LanguageIdentifier | None:
    """Return the model in a trusted, complete file of the same model; else None."""
    with open_if_trusted(path) as descriptor:
        if descriptor is None:
            return None
        with open(descriptor, "rb", closefd=False) as file:
            # read, not mapped, so that pages read once do not stay in memory
            begin, digest = file.read(len(_MAGIC)), file.read(_BODY - len(_MAGIC))
            if begin != _MAGIC or file_digest(file, _blake).digest() != digest:
                return None
        content = memoryview(mmap.mmap(descriptor, 0, access=mmap.ACCESS_READ))[_BODY:]
    line = BytesIO(content[: 1 << 16]).readline()
    head = json.loads(line)
    return _identifier(head, content, len(line)) if head["key"] == _key() else None


def _identifier(head: dict[str, Any], content: memoryview, at: int) -> LanguageIdentifier:
    import numpy as np
    from py3langid.langid import LanguageIdentifier

    tables: list[Any] = []
    for kind, size in head["tables"]:
        at += -at % _ALIGNED
        tables.append(np.frombuffer(content, kind, size, at))
        at += tables[-1].nbytes
    ptc, pc, nextmove, row, output = tables
    ptc = ptc.reshape(-1, len(pc))
    # Texts are walked byte by byte: numbers of Python's own come faster out of a memoryview than out of an array.
    return LanguageIdentifier(
        ptc, pc, head["classes"], memoryview(nextmove), memoryview(output), tk_row=memoryview(row)
    )


def scores(model: LanguageIdentifier, text: str, codes: Sequence[str]) -> list[tuple[str, float]]:
    """Return the scores of the languages in `codes` for a text, the likeliest first.

    This is `model.rank` for some languages: ranking all 146 takes half as long again as judging a headline.
    """
    found = model._decide(text).tolist()
    first = dict(zip(reversed(model.nb_classes), reversed(found), strict=True))  # of two columns the first counts
    return sorted([(code, first[code]) for code in codes if code in first], key=itemgetter(1), reverse=True)
