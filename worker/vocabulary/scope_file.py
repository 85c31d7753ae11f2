"""`scope.toml` → the definition of the scope, or all its problems."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from db.enums.vocabulary import EntityType
from worker.vocabulary.relations import RELATIONS
from worker.vocabulary.scope import Definition, Theme
from worker.vocabulary.toml_table import TomlTable, read_toml

NAME = "scope.toml"


def read_scope(folder: Path, ids: Collection[str], problems: list[str]) -> Definition | None:
    """Return the definition in a vocabulary's folder, None without one; problems are added to `problems`.

    `ids` are the existing entities.
    """
    path = folder / NAME
    if not path.exists():
        return None
    try:
        content = read_toml(path)
    except ValueError as error:
        problems.append(f"{NAME}: {error}")
        return None
    table = TomlTable(content, NAME, problems)
    themes = tuple(
        _theme(name, table.within(theme, f"themes.{name}"), ids) for name, theme in table.table("themes").items()
    )
    if not themes:
        table.wrong("themes", "there must be at least one")
    definition = Definition(
        threshold=table.number("threshold"),
        repeats=table.number("repeats"),
        in_title=table.number("in_title"),
        length=table.number("length"),
        themes=themes,
    )
    for field in ("repeats", "length"):
        if not getattr(definition, field):
            table.wrong(field, "must be at least 1")
    table.done()
    return definition


def _theme(name: str, table: TomlTable, ids: Collection[str]) -> Theme:
    theme = Theme(
        name=name,
        needed=table.number("needed"),
        entities=_weights(table, "entities", ids, "no entity has the id"),
        types=_weights(table, "types", tuple(EntityType), "no such type:"),
        related=table.number("related"),
        through=table.texts("through"),
    )
    for at, kind in enumerate(theme.through):
        if kind not in RELATIONS:
            table.wrong(f"through[{at}]", f"no such relation: {kind!r}")
    table.done()
    return theme


def _weights(table: TomlTable, key: str, known: Collection[str], unknown: str) -> dict[str, int]:
    content = table.table(key)
    group = table.within(content, key)
    weights = {}
    for name in content:
        weights[name] = group.number(name)
        if name not in known:
            group.wrong(name, f"{unknown} {name!r}")
    return weights
