"""Models of rows, made from the columns of the exports: the API and the exports cannot differ in names or meanings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, get_args, get_origin

from pydantic import BaseModel, ConfigDict, Field, create_model
from pydantic.config import JsonDict
from pydantic.fields import FieldInfo

from worker.export.formats.column import Column, ColumnKind
from worker.lib.plain_values import to_plain

_TYPES: Mapping[ColumnKind, Any] = {
    ColumnKind.TEXT: str,
    ColumnKind.WORD: str,
    ColumnKind.INTEGER: int,
    ColumnKind.NUMBER: float,
    ColumnKind.FLAG: bool,
    ColumnKind.DAY: str,
    ColumnKind.INSTANT: str,
    ColumnKind.MOMENT: str,
}
_FORMATS = {ColumnKind.DAY: "date", ColumnKind.INSTANT: "date-time"}
_EXAMPLES: Mapping[ColumnKind, Any] = {
    ColumnKind.TEXT: "words",
    ColumnKind.WORD: "word",
    ColumnKind.INTEGER: 17,
    ColumnKind.NUMBER: 0.875,
    ColumnKind.FLAG: True,
    ColumnKind.DAY: "2022-01-06",
    ColumnKind.INSTANT: "2022-01-06T10:00:00Z",
    ColumnKind.MOMENT: "2022-01-06",
}
_EXAMPLES_BY_NAME: Mapping[str, Any] = {
    "url": "https://example.org/news/17",
    "canonical_url": "https://example.org/news/17",
    "original_url": "https://example.org/news/17",
    "source": "example-herald",
    "source_name": "Example Herald",
    "title": "Peacekeepers arrive",
    "author": "A. Writer",
    "language": "en",
    "languages": "en kk",
    "genre": "news",
    "field": "text",
    "start": 0,
    "end": 4,
    "surface": "CSTO",
    "alias": "CSTO",
    "entity": "csto",
    "entity_a": "csto",
    "entity_b": "kazakhstan",
    "label_a": "CSTO",
    "label_b": "Kazakhstan",
    "type": "alliance",
    "level": "name",
    "rule": "plain",
    "vocabulary_version": "0a1b2c",
    "subscription": "csto-drills",
    "query": "csto AND drill*",
    "country": "KZ",
    "homepage": "https://example.org/",
    "revisions": 1,
}


class ApiModel(BaseModel):
    """The base of all answers: nothing in them that is not described."""

    model_config = ConfigDict(extra="forbid")


def build_row_model(
    name: str, about: str, columns: Sequence[Column], *, nullable: Sequence[str] = (), **more: Any
) -> type[BaseModel]:
    """Return the model of the rows of these columns; `more` are further fields."""
    fields: dict[str, Any] = {column.name: _field(column, column.name in nullable) for column in columns}
    return create_model(name, __base__=ApiModel, __doc__=about, **(fields | more))


def _field(column: Column, is_nullable: bool) -> tuple[Any, Any]:
    example = _EXAMPLES_BY_NAME.get(column.name, _EXAMPLES[column.kind])
    format: JsonDict = {"format": _FORMATS[column.kind]} if column.kind in _FORMATS else {}
    described = Field(description=column.meaning, examples=[example], json_schema_extra=format)
    base = _TYPES[column.kind]
    return (base if column.required and not is_nullable else base | None), described


def row_record(columns: Sequence[Column], row: Mapping[str, Any]) -> dict[str, Any]:
    """Return a row as a record for JSON."""
    return {column.name: _value(row[column.name], column.kind) for column in columns}


def _value(value: Any, kind: ColumnKind) -> Any:
    if value is None:
        return None
    if kind is ColumnKind.NUMBER:
        return float(value)
    if kind is ColumnKind.FLAG:
        return bool(value)
    return to_plain(value)


def build_list_model(
    name: str, about: str, things: str, model: type[BaseModel], described: str, **more: Any
) -> type[BaseModel]:
    """Return the model of a page of a list: the things, and the address of the next page; `more` are further fields."""
    listed: Any = list[model]  # type: ignore[valid-type]
    fields: dict[str, Any] = {
        things: (listed, Field(description=described)),
        "next": (
            str | None,
            Field(description="Address of the next page; null on the last.", examples=[None]),
        ),
    }
    return create_model(name, __base__=ApiModel, __doc__=about, **(fields | more))


IS_CUT = (
    bool,
    Field(
        description="Whether the page ended before it was full, because reading on would have taken too long: `next` "
        "goes on from there.",
        examples=[False],
    ),
)
"""A field of lists whose filters or query may select little of much."""


def make_example(model: type[BaseModel]) -> dict[str, Any]:
    """Return an example of a model, from the examples of its fields."""
    return {name: _example(field) for name, field in model.model_fields.items()}


def _example(field: FieldInfo) -> Any:
    if field.examples:
        return field.examples[0]
    for kind in (field.annotation, *get_args(field.annotation)):
        if get_origin(kind) is list and is_model(get_args(kind)[0]):
            return [make_example(get_args(kind)[0])]
        if is_model(kind):
            return make_example(kind)
    raise ValueError(f"a field without an example: {field}")


def is_model(kind: Any) -> bool:
    """Return whether this is a model."""
    return isinstance(kind, type) and issubclass(kind, BaseModel)


def said(description: str, example: Any, **more: Any) -> Any:
    """Return a field of a model with its meaning and an example."""
    return Field(description=description, examples=[example], **more)
