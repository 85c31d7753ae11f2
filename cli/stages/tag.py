"""`steppewatch tag`: find the entities of the vocabulary in texts."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.shared.output import emit, fail, get_reason
from cli.shared.tables import Format, wants_json
from cli.vocabulary.command import read_folder
from worker.lib.json_lines import MAX_LINE, BadLine, json_lines
from worker.lib.named_file import open_named

if TYPE_CHECKING:
    from worker.tagging.tagger import Mention, Tagger

_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Z][a-z]{3})?")


def tag(
    files: Annotated[list[str] | None, typer.Argument(metavar="FILE...", help="Plain text files, in UTF-8.")] = None,
    lang: Annotated[
        str | None,
        typer.Option(metavar="LANG", help="Language of the texts, such as ru or kk-Latn; detected if left out."),
    ] = None,
    batch: Annotated[
        str | None,
        typer.Option(metavar="IN.jsonl|-", help='Texts, one {"id", "text", "lang"} per line; - reads stdin.'),
    ] = None,
    explain: Annotated[bool, typer.Option("--explain", help="Show each text with its tags and near misses.")] = False,
    vocabulary: Annotated[
        str,
        typer.Option(metavar="FOLDER|store|default", help="A vocabulary folder, or the one of the store."),
    ] = "default",
    format: Annotated[
        Format | None, typer.Option("--format", help="For --explain: one JSON line per file, or a table.")
    ] = None,
) -> None:
    """Print a line for each mention: its entity, position, words, and the rule that matched.

    Offsets count characters (code points) of the input.

    Examples: steppewatch tag article.txt --lang kk;  steppewatch tag --explain article.txt
    """
    if bool(files) == bool(batch):
        fail("pass either files or --batch", hint="steppewatch tag article.txt", code=2)
    if lang is not None and not _LANGUAGE.fullmatch(lang):
        fail(f"not a language: {lang!r}", hint="two letters, such as ru, or with a script: kk-Latn", code=2)
    if explain and batch:
        fail("--explain works on files only", hint="steppewatch tag --explain article.txt", code=2)
    tagger = _tagger(vocabulary)
    if batch:
        all_good = _tag_batch(tagger, batch, lang)
    elif explain:
        all_good = _explain_files(tagger, files or [], lang, in_colour=not wants_json(format))
    else:
        all_good = _tag_files(tagger, files or [], lang)
    if not all_good:
        raise typer.Exit(1)


def _tagger(vocabulary: str) -> Tagger:
    from db.settings import load
    from worker.tagging.tagger import Tagger, load_tagger
    from worker.vocabulary.entities import Vocabulary, VocabularyError

    if vocabulary == "store":
        from cli.shared.store import open_store
        from db.vocabulary.versions import current_version, get_content

        with open_store().reading() as conn:
            version = current_version(conn)
            if version is None:
                fail("the store has no vocabulary", hint="steppewatch vocabulary load default")
            return Tagger(Vocabulary.from_json(get_content(conn, version)))
    if vocabulary != "default":
        return Tagger(read_folder(vocabulary))
    try:
        return load_tagger(load().cache_dir)
    except VocabularyError as error:
        fail("the vocabulary has errors:\n" + str(error), hint="steppewatch vocabulary check")


def _tag_files(tagger: Tagger, files: list[str], lang: str | None) -> bool:
    all_good = True
    for file in files:
        if (text := _read_or_report(file)) is None:
            all_good = False
        else:
            _print({"file": file}, _mentions(tagger, text, lang))
    return all_good


def _explain_files(tagger: Tagger, files: list[str], lang: str | None, *, in_colour: bool) -> bool:
    from cli.stages.tag_explain import explain, record, show

    all_good = True
    for file in files:
        if (text := _read_or_report(file)) is None:
            all_good = False
            continue
        found = explain(tagger, text, lang)
        if in_colour:
            from rich.console import Console

            show(Console(markup=False, highlight=False, emoji=False), file, found)
        else:
            emit(record(file, found, [_record(mention) for mention in found.mentions]))
    return all_good


def _read_or_report(file: str) -> str | None:
    """Return the text of a file; None, with an error line, if it cannot be used."""
    try:
        return _read_text(Path(file))
    except (OSError, ValueError) as error:
        emit({"file": file, "error": get_reason(error) if isinstance(error, OSError) else str(error)})
        return None


def _read_text(path: Path) -> str:
    """Return the exact text of a file, line ends included. Raises ValueError if it is too long or not UTF-8."""
    with open_named(path) as stream:
        content = stream.read(MAX_LINE + 1)
    if len(content) > MAX_LINE:
        raise ValueError(f"longer than {MAX_LINE} bytes")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ValueError(f"not UTF-8: byte {error.start} is not part of a character") from None


def _tag_batch(tagger: Tagger, path: str, lang: str | None) -> bool:
    all_good = True
    try:
        with nullcontext(sys.stdin.buffer) if path == "-" else open_named(path) as stream:
            for number, fields in json_lines(stream):
                try:
                    id, text, own = _parse(fields)
                except ValueError as error:
                    emit({"file": path, "line": number, "error": str(error)})
                    all_good = False
                else:
                    _print({"id": id}, _mentions(tagger, text, own or lang))
    except OSError as error:
        emit({"file": path, "error": get_reason(error)})
        all_good = False
    return all_good


def _parse(fields: dict[str, Any] | BadLine) -> tuple[str | int, str, str | None]:
    """Return id, text and language of a line. Raises ValueError with the reason."""
    if isinstance(fields, BadLine):
        raise ValueError(fields.reason)
    id, text, lang = fields.get("id"), fields.get("text"), fields.get("lang")
    if isinstance(id, bool) or not isinstance(id, str | int):
        raise ValueError("id is missing or neither a string nor a whole number")
    if not isinstance(text, str):
        raise ValueError("text is missing or not a string")
    if lang is not None and not (isinstance(lang, str) and _LANGUAGE.fullmatch(lang)):
        raise ValueError(f"lang is not a language: {lang!r}")
    return id, text, lang


def _mentions(tagger: Tagger, text: str, language: str | None) -> Iterator[Mention]:
    from worker.extract.language.detection import identify_language
    from worker.extract.language.passages import find_passages
    from worker.extract.language.weighing import LanguageGuess
    from worker.tagging.pieces import iter_pieces
    from worker.tagging.tagger import moved

    detected = LanguageGuess(language) if language else identify_language(text)
    for offset, piece in iter_pieces(text):
        passages = {"text": find_passages(piece, detected.language)}
        for _, mention in tagger.tag_fields({"text": piece}, detected.language, passages, second=detected.second):
            yield moved(mention, offset) if offset else mention


def _print(origin: dict[str, object], mentions: Iterable[Mention]) -> None:
    for mention in mentions:
        emit(origin | _record(mention))


def _record(mention: Mention) -> dict[str, object]:
    record: dict[str, object] = {
        "start": mention.start,
        "end": mention.end,
        "surface": mention.surface,
        "entity": mention.entity,
        "type": mention.type,
        "level": mention.level,
        "alias": mention.alias,
        "lang": mention.language,
        "rule": mention.rule,
    }
    return record | ({"metonym_of": mention.metonym_of} if mention.metonym_of else {})
