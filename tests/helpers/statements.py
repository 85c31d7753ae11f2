"""SQL statements that are compiled once in a process of the test run, whatever number of stores it opens.

SQLAlchemy keeps the compiled statements of each engine, and almost every test has a store, and so an engine, of its
own. What a statement becomes depends on the kind of database alone: all stores are opened with the same options.
"""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy
from sqlalchemy.engine import Compiled, Engine
from sqlalchemy.util import LRUCache

_MOST = 1_500


class _Statements(dict[tuple[Any, ...], Compiled]):
    """The compiled statements of one kind of database; keys come with the dialect of an engine, and go without."""

    def __init__(self) -> None:
        super().__init__()
        self._kept: LRUCache[tuple[Any, ...], Compiled] = LRUCache(_MOST)

    def get(self, key: tuple[Any, ...], default: Any = None) -> Any:
        return self._kept.get(key[1:], default)

    def __setitem__(self, key: tuple[Any, ...], compiled: Compiled) -> None:
        self._kept[key[1:]] = compiled


_kinds: dict[str, _Statements] = {}


def share_compiled() -> None:
    """Have all stores of one kind that this process opens from now on share what is compiled for them."""
    pytest.MonkeyPatch().setattr("db.engine.create_engine", _create_engine)


def _create_engine(url: str, **options: Any) -> Engine:
    kind = sqlalchemy.make_url(url).drivername
    shared = {"compiled_cache": _kinds.setdefault(kind, _Statements())}
    return sqlalchemy.create_engine(url, execution_options=shared, **options)
