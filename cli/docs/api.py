"""The reference of the API, generated from its OpenAPI description."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from web.app import build_application

INTRODUCTION = """\
# The API

Made from the OpenAPI description by `make docs`; a test keeps it true. A running service has the description itself at
`/api/v1/openapi.json`. [How to read it from a program](../how-to/use-api.md) has examples.

All operations only read. Names of entities and outlets may be ids, labels or aliases in any language. Instants are
ISO 8601 in UTC, unknown is null. Every answer but an export has an `ETag`: sent back in `If-None-Match`, it saves the
body (304) while nothing has changed.

What is wrong comes as `application/problem+json` (RFC 9457): 404 for what does not exist; 422 for a parameter that
cannot be used, with its name, and with candidates for an unknown name; 503 while the database does not respond, or not
in time. The queries of an answer may take ten seconds, those of an export four minutes.

Lists come in pages of at most `limit` things. `next` (and the header `Link`) is the address of the next page, null on
the last. A page may be shorter than `limit`, even empty, and yet not the last: so no answer takes long. While articles
arrive and change, each thing that stays is in exactly one page. No answer holds addresses, tokens or keys of
recipients, or passwords in addresses of feeds.

The API is shown where the pages are: on a loopback address; anywhere else only with `STEPPEWATCH_PAGE_IS_GUARDED=true`,
behind a proxy that keeps strangers away.
"""
_Schemas = Mapping[str, Any]


def api_reference() -> str:
    """Return the page of all operations."""
    document = build_application().openapi()
    schemas = document["components"]["schemas"]
    parts = [INTRODUCTION, _contents(document["paths"])]
    described: list[str] = []
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            parts.append(_operation(method, path, operation, described))
    models = list(_models(described, schemas))
    return "\n".join([*parts, "## Answers\n", *(_model(name, schemas[name]) for name in models)])


def _contents(paths: Mapping[str, Any]) -> str:
    lines = ["| operation | does |", "|---|---|"]
    for path, operations in paths.items():
        for method, operation in operations.items():
            summary = operation["description"].partition("\n\n")[0].replace("\n", " ")
            lines.append(f"| [`{method.upper()} {path}`](#{_anchor(operation)}) | {_cell(summary)} |")
    return "\n".join(lines) + "\n"


def _anchor(operation: Mapping[str, Any]) -> str:
    return str(operation["operationId"]).replace("_", "-")


def _operation(method: str, path: str, operation: Mapping[str, Any], described: list[str]) -> str:
    title = str(operation["operationId"]).replace("_", " ")
    text = re.sub(r"(?<!\n)\n(?!\n)", " ", operation["description"])
    parts = [f"## {title}\n\n```\n{method.upper()} {path}\n```\n\n{text}\n"]
    if parameters := operation.get("parameters"):
        rows = [f"| `{one['name']}` | {_type(one['schema'])} | {_cell(one['description'])} |" for one in parameters]
        parts.append("\n".join(["| parameter | type | meaning |", "|---|---|---|", *rows]) + "\n")
    schema = operation["responses"]["200"]["content"].get("application/json", {}).get("schema", {})
    if name := _name(schema):
        described.append(name)
        parts.append(f"Answers with [{name}](#{name.lower()}).\n")
    else:
        types = ", ".join(f"`{media}`" for media in operation["responses"]["200"]["content"])
        parts.append(f"Answers with a file: {types}.\n")
    return "\n".join(parts)


def _models(names: list[str], schemas: _Schemas) -> Iterator[str]:
    """Yield the models of answers and those inside them, each once."""
    seen: set[str] = set()
    waiting = list(names)
    while waiting:
        name = waiting.pop(0)
        if name not in seen and schemas[name].get("properties"):
            seen.add(name)
            yield name
            waiting += [inner for field in schemas[name]["properties"].values() for inner in _inner(field)]


def _inner(schema: Mapping[str, Any]) -> Iterator[str]:
    if name := _name(schema):
        yield name
    for inner in (*schema.get("anyOf", ()), schema.get("items", {})):
        if inner:
            yield from _inner(inner)


def _model(name: str, schema: Mapping[str, Any]) -> str:
    rows = [
        f"| `{field}` | {_type(about)} | {_cell(about['description'])} |"
        for field, about in schema["properties"].items()
    ]
    about = re.sub(r"\s+", " ", schema.get("description", ""))
    return "\n".join([f"### {name}\n\n{about}\n", "| field | type | meaning |", "|---|---|---|", *rows]) + "\n"


def _name(schema: Mapping[str, Any]) -> str:
    return str(schema.get("$ref", "")).rpartition("/")[2]


def _type(schema: Mapping[str, Any]) -> str:
    if name := _name(schema):
        return name
    if "anyOf" in schema:
        return " or ".join(_type(one) for one in schema["anyOf"])
    if "allOf" in schema:
        return " and ".join(_type(one) for one in schema["allOf"])
    if schema.get("type") == "array":
        return f"list of {_type(schema['items'])}"
    if "enum" in schema:
        return ", ".join(f"`{value}`" for value in schema["enum"])
    return str(schema.get("type", "anything"))


def _cell(text: str) -> str:
    return re.sub(r"\s+", " ", text).replace("|", "\\|").replace("<", "&lt;")
