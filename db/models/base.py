"""Base of all models: naming of constraints, and instants that keep their time zone on every database."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Annotated, Any

from sqlalchemy import JSON, BigInteger, Date, DateTime, Dialect, Index, Integer, MetaData, String, Text, text
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import DeclarativeBase, mapped_column
from sqlalchemy.schema import CreateIndex
from sqlalchemy.types import TypeDecorator


class UtcDateTime(TypeDecorator[datetime]):
    """An aware instant in UTC. SQLite drops time zones; this type restores them and rejects naive values."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"a naive instant cannot be stored: {value!r}")
        return value.astimezone(UTC)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        instant: datetime = value
        return instant.replace(tzinfo=UTC) if instant.tzinfo is None else instant.astimezone(UTC)


class Base(DeclarativeBase):
    """The root of all models."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {  # noqa: RUF012 - SQLAlchemy reads it as a plain class attribute
        datetime: UtcDateTime,
        date: Date,
        str: Text,
        dict[str, Any]: JSON,
        list[str]: JSON,
    }


class PartialIndex(Index):
    """An index of the rows that fulfil a condition, on either database.

    PostgreSQL receives the condition when the index is created: declared here it would load that dialect with its five
    drivers in every process, a twentieth of the run time of a small command.
    """

    def __init__(self, name: str, *columns: str, where: str, unique: bool = False) -> None:
        self.where = text(where)
        super().__init__(name, *columns, unique=unique, sqlite_where=self.where)


@compiles(CreateIndex, "postgresql")
def _with_condition(create: CreateIndex, compiler: Any, **options: Any) -> str:
    index = create.element
    if isinstance(index, PartialIndex):
        index.dialect_options["postgresql"]["where"] = index.where
    statement: str = compiler.visit_create_index(create, **options)
    return statement


BigId = BigInteger().with_variant(Integer, "sqlite")
"""SQLite increments a key by itself only for a column that is exactly INTEGER."""

RowId = Annotated[int, mapped_column(BigId, primary_key=True, autoincrement=True)]
Slug = Annotated[str, mapped_column(String(200))]
Url = Annotated[str, mapped_column(String(2_000))]
BytewiseUrl = Annotated[str, mapped_column(String(2_000).with_variant(String(2_000, collation="C"), "postgresql"))]
"""Sorted by code point on every database, not by a locale, so that an index yields that order."""
