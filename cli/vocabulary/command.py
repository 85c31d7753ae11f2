"""`steppewatch vocabulary list|show|check`: the entities of a vocabulary."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.shared.output import emit, fail, note
from cli.shared.tables import Format, wants_json
from db.enums.vocabulary import EntityType, MentionLevel
from worker.lib.named_file import open_named

if TYPE_CHECKING:
    from worker.vocabulary.entities import Alias, Entity, Vocabulary
    from worker.vocabulary.lint import LintFinding


_FORMAT = typer.Option("--format", help="A table, or JSON lines; by default a table on a terminal.")


class FindingLevel(StrEnum):
    """The weight of a finding of `vocabulary lint`."""

    ERROR = "error"
    WARNING = "warning"


def vocabulary_list(
    type: Annotated[str | None, typer.Option("--type", metavar="TYPE", help="Only one type, e.g. person.")] = None,
    seed: Annotated[bool, typer.Option("--seed", help="Only the entities of the seed vocabulary.")] = False,
    format: Annotated[Format | None, _FORMAT] = None,
) -> None:
    """List the entities: id, type, label and number of aliases.

    Example: steppewatch vocabulary list --type alliance
    """

    if type is not None and type not in tuple(EntityType):
        fail(f"unknown type: {type}", hint="known types: " + ", ".join(EntityType), code=2)
    records: list[dict[str, object]] = [
        {
            "id": entity.id,
            "type": entity.type,
            "label": entity.label,
            "aliases": len(entity.aliases),
            "languages": len({alias.language for alias in entity.aliases}),
            "in_seed": entity.in_seed,
        }
        for entity in read_folder("default").entities
        if (type is None or entity.type == type) and (entity.in_seed or not seed)
    ]
    _show_all(records, format)


def vocabulary_show(
    name: Annotated[str, typer.Argument(metavar="ENTITY", help="Its id, its label or an alias, e.g. csto.")],
    format: Annotated[Format | None, _FORMAT] = None,
) -> None:
    """Show everything about one entity.

    Example: steppewatch vocabulary show kazakhstan

    Example: steppewatch vocabulary show ОДКБ
    """
    from worker.query.names import QueryNames
    from worker.search.lookup import UnknownName, get_entity_id

    vocabulary = read_folder("default")
    try:
        entity = vocabulary.by_id.get(name) or vocabulary.by_id[get_entity_id(QueryNames.of(vocabulary), name)]
    except UnknownName as error:
        fail(f"entity: {error.message}", hint=error.hint)
    if wants_json(format):
        emit(_record(entity, vocabulary.version))
    else:
        _show_one(entity)


def vocabulary_check(
    folder: Annotated[
        str, typer.Argument(metavar="FOLDER", help="A vocabulary folder; by default the packaged one.")
    ] = "default",
    format: Annotated[Format | None, _FORMAT] = None,
) -> None:
    """Check a vocabulary and its source catalogue for errors (exit 1) and for entries to review.

    Example: steppewatch vocabulary check ./vocabulary
    """
    from worker.catalogue.files import CatalogueError, read_catalogue
    from worker.vocabulary.entities import VocabularyError
    from worker.vocabulary.lint import check
    from worker.vocabulary.loader import read_vocabulary

    root = resolve_folder(folder)
    problems: list[str] = []
    followed: set[str] = set()
    found: tuple[LintFinding, ...] = ()
    try:
        outlets = read_catalogue(root)
        followed = {language for outlet in outlets if outlet.feeds for language in outlet.languages}
        note(f"{len(outlets)} outlets with {sum(len(outlet.feeds) for outlet in outlets)} feeds")
    except CatalogueError as error:
        problems.extend(error.problems)
    try:
        vocabulary = read_vocabulary(root)
        note(_summary(vocabulary))
        found = check(vocabulary, followed)
    except VocabularyError as error:
        problems.extend(error.problems)
    records = [
        *(_problem_record(root, problem) for problem in problems),
        *(_finding_record(root, one) for one in found),
    ]
    errors = sum(record["level"] is FindingLevel.ERROR for record in records)
    _show_all(sorted(records, key=lambda record: record["level"] is not FindingLevel.ERROR), format)
    if errors:
        note(f"{errors} errors")
        raise typer.Exit(1)


def _problem_record(root: Path, problem: str) -> dict[str, object]:
    """Return the record for an error message that starts with a file, and perhaps an entity and a field."""
    match = _PROBLEM.match(problem)
    if match is None:
        return {"level": FindingLevel.ERROR, "message": problem}
    return {
        "level": FindingLevel.ERROR,
        "file": match[1],
        "line": _line(root, match[1], match[2] or ""),
        "message": problem,
    }


_PROBLEM = re.compile(r"([^:\n]+\.toml):(?: (?:[^:\n]*: )??([\w.\[\]-]+):)?")


def _finding_record(root: Path, finding: LintFinding) -> dict[str, object]:
    file = f"entities/{finding.type}/{finding.entity}.toml"
    return {
        "level": FindingLevel.ERROR if finding.is_error else FindingLevel.WARNING,
        "file": file,
        "line": _line(root, file, finding.field),
        "entity": finding.entity,
        "field": finding.field,
        "message": finding.message,
    }


def _line(root: Path, file: str, field: str) -> int | None:
    from worker.vocabulary.line_numbers import find_line
    from worker.vocabulary.toml_table import MAX_BYTES

    try:
        with open_named(root / file) as source:
            return find_line(source.read(MAX_BYTES).decode("utf-8"), field)
    except (OSError, UnicodeDecodeError):
        return None  # the error message says so already


def _summary(vocabulary: Vocabulary) -> str:
    types = Counter(entity.type for entity in vocabulary.entities)
    aliases = sum(len(entity.aliases) for entity in vocabulary.entities)
    listed = ", ".join(f"{count} {kind}" for kind, count in types.most_common())
    return f"version {vocabulary.version}: {len(vocabulary.entities)} entities, {aliases} aliases ({listed})"


def resolve_folder(folder: str) -> Path:
    """Return the folder with this name; `default` is the packaged vocabulary."""
    from worker.vocabulary.loader import packaged_folder

    return packaged_folder() if folder == "default" else Path(folder)


def read_folder(folder: str) -> Vocabulary:
    """Return the vocabulary of a folder; `default` is the packaged one. Exit if it has errors."""
    from worker.vocabulary.entities import VocabularyError
    from worker.vocabulary.loader import read_vocabulary

    try:
        return read_vocabulary(resolve_folder(folder))
    except VocabularyError as error:
        fail("the vocabulary has errors:\n" + str(error), hint=f"steppewatch vocabulary check {folder}")


def _show_all(records: Sequence[dict[str, object]], format: Format | None) -> None:
    if wants_json(format):
        for record in records:
            emit(record)
    elif records:
        from rich.console import Console
        from rich.table import Table

        columns = list(dict.fromkeys(key for record in records for key in record))
        table = Table(*columns, box=None)
        for record in records:
            table.add_row(*(_cell(record.get(column)) for column in columns))
        Console(markup=False).print(table)


def _cell(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else ""
    return "" if value is None else str(value)


def _record(entity: Entity, version: str) -> dict[str, object]:
    relations = [
        {"rel": one.kind, "target": one.target, "from": one.from_on, "to": one.to_on, "date": one.on}
        for one in entity.relations
    ]
    aliases, decoys = (
        [
            {
                "text": alias.text,
                "lang": alias.language,
                "level": alias.level,
                "case": alias.case_sensitive,
                "context": alias.needs_context,
                "generated": alias.generated,
                "source": alias.source,
            }
            for alias in spellings
        ]
        for spellings in (entity.aliases, entity.decoys)
    )
    return {
        "id": entity.id,
        "type": entity.type,
        "label": entity.label,
        "description": entity.description,
        "wikidata": entity.wikidata,
        "ambiguity": entity.ambiguity,
        "context_any": entity.context_any,
        "context_none": entity.context_none,
        "context_words": entity.context_words or None,
        "office": entity.office,
        "offices": [
            {"title": one.title, "of": one.of, "from": one.from_on, "until": one.until_on, "terms": one.terms}
            for one in entity.offices
        ],
        "keep_inner": entity.keep_inner,
        "surname_rule": entity.surname_rule,
        "in_seed": entity.in_seed,
        "relations": relations,
        "aliases": aliases,
        "decoys": decoys,
        "vocabulary_version": version,
    }


def _describe_spelling(alias: Alias) -> str:
    """Return a spelling with its remarks: needs context, and its source."""
    remarks = [*(["with context"] if alias.needs_context else ()), *([alias.source] if alias.source else ())]
    return f"{alias.text} ({', '.join(remarks)})" if remarks else alias.text


def _show_one(entity: Entity) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table(box=None, show_header=False)
    for name, value in (
        ("id", entity.id),
        ("type", entity.type),
        ("label", entity.label),
        ("description", entity.description),
        ("wikidata", entity.wikidata),
        ("ambiguity", entity.ambiguity),
        ("with context", ", ".join(entity.context_any)),
        ("never with", ", ".join(entity.context_none)),
        ("within", f"{entity.context_words} words" if entity.context_words else ""),
        ("office", ", ".join(entity.office)),
        ("surname alone", "only with the full name or the office in the article" if entity.surname_rule else ""),
        ("inner names", "tagged too" if entity.keep_inner else ""),
    ):
        if value:
            table.add_row(name, value)
    for office in entity.offices:
        table.add_row("office", f"{office.title} {office.from_on or ''}–{office.until_on or ''}")
    for relation in entity.relations:
        span = f" {relation.from_on or ''}–{relation.to_on or ''}" if relation.from_on or relation.to_on else ""
        table.add_row(relation.kind.replace("_", " "), f"{relation.target}{span} {relation.on or ''}".rstrip())
    for level in (MentionLevel.NAME, MentionLevel.CONCEPT, MentionLevel.DEMONYM):
        for language in dict.fromkeys(alias.language for alias in entity.aliases if alias.level == level):
            spellings = (a for a in entity.aliases if a.language == language and a.level == level)
            table.add_row(f"{level} {language}", ", ".join(map(_describe_spelling, spellings)))
    for language in dict.fromkeys(alias.language for alias in entity.decoys):
        table.add_row(f"decoy {language}", ", ".join(a.text for a in entity.decoys if a.language == language))
    Console(markup=False).print(table)
