"""`steppewatch vocabulary load|diff|retag`: the vocabulary of the store, and the archive tagged with it."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from cli.shared.output import emit, fail, note
from cli.shared.store import open_store
from cli.shared.tables import Format, wants_json
from cli.vocabulary.command import read_folder

if TYPE_CHECKING:
    from db.engine import Database
    from worker.vocabulary.diff import Difference
    from worker.vocabulary.entities import Vocabulary

_SHOWN = 40
_FOLDER = typer.Argument(metavar="FOLDER|default", help="A vocabulary folder; `default` is the packaged one.")
_FORMAT = typer.Option("--format", help="Lines for people, or one JSON line; by default lines on a terminal.")


def vocabulary_load(
    folder: Annotated[str, _FOLDER],
    format: Annotated[Format | None, _FORMAT] = None,
) -> None:
    """Load a folder as the vocabulary of the store: new articles are tagged with it from now on.

    Prints the additions and removals. Existing mentions stay until `steppewatch vocabulary retag`. A vocabulary with
    errors is not loaded.

    Example: steppewatch vocabulary load ./vocabulary
    """
    from db.vocabulary.retags import count_outdated
    from worker.chain.service import utc_now
    from worker.setup import load_vocabulary

    vocabulary = _load_or_exit(folder)
    database = open_store()
    old_version, found = _compare(database, vocabulary)
    database.write(lambda conn: load_vocabulary(conn, vocabulary, now=utc_now()))
    outdated = database.read(count_outdated)
    _show(vocabulary.version, old_version, found, format, revisions_outdated=outdated)
    if outdated:
        note(f"{outdated:,} texts are tagged with another version; run steppewatch vocabulary retag")


def vocabulary_diff(
    folder: Annotated[str, _FOLDER],
    format: Annotated[Format | None, _FORMAT] = None,
) -> None:
    """Show the changes that `load` of a folder would make to the vocabulary of the store.

    Example: steppewatch vocabulary diff ./vocabulary
    """
    vocabulary = _load_or_exit(folder)
    old_version, found = _compare(open_store(), vocabulary)
    _show(vocabulary.version, old_version, found, format)


def vocabulary_retag(
    background: Annotated[
        bool, typer.Option("--background", help="Let the workers of the running service do it.")
    ] = False,
    format: Annotated[Format | None, _FORMAT] = None,
) -> None:
    """Tag all stored texts with the current vocabulary, and update coverage.

    You can stop it at any time and run it again to continue. Workers of a running service help. Each text keeps its old
    mentions until then. `steppewatch status` shows how many are left.

    Example: steppewatch vocabulary retag
    """
    from db.settings import load
    from db.vocabulary.retags import count_outdated, request_retag
    from db.vocabulary.versions import current_version
    from worker.chain.pipeline import Pipeline
    from worker.chain.retag import retag_archive
    from worker.chain.service import utc_now

    database = open_store()
    version = database.read(current_version)
    if version is None:
        fail("no vocabulary is loaded", hint="steppewatch vocabulary load default")
    database.write(lambda conn: request_retag(conn, now=utc_now()))
    waiting = database.read(count_outdated)
    if background:
        _print_result(
            {"version": version, "waiting": waiting}, f"{waiting:,} texts are waiting for the workers", format
        )
        return
    began = time.perf_counter()
    with _progress(waiting) as advance:
        settings = load()
        chain = Pipeline(database, clock=utc_now, lease_s=settings.lease_s, cache=settings.cache_dir)
        done = retag_archive(chain, progress=advance)
    spent = time.perf_counter() - began
    _print_result(
        {"version": version, "retagged": done, "seconds": round(spent, 1)},
        f"{done:,} texts tagged with {version} in {spent:,.1f} s",
        format,
    )


def _load_or_exit(folder: str) -> Vocabulary:
    """Return the vocabulary of a folder. Exit if `vocabulary check` finds errors in it."""
    from worker.vocabulary.lint import check

    vocabulary = read_folder(folder)
    errors = [finding for finding in check(vocabulary) if finding.is_error]
    if errors:
        fail(
            "the vocabulary has errors:\n" + "\n".join(f"{one.entity}: {one.message}" for one in errors),
            hint=f"steppewatch vocabulary check {folder}",
        )
    return vocabulary


def _compare(database: Database, vocabulary: Vocabulary) -> tuple[str | None, Difference]:
    """Return the version in the store, and its difference to another vocabulary."""
    from db.vocabulary.versions import current_version, get_content
    from worker.vocabulary.diff import difference
    from worker.vocabulary.entities import Vocabulary

    with database.reading() as conn:
        old_version = current_version(conn)
        old = (
            Vocabulary.from_json(get_content(conn, old_version)) if old_version is not None else Vocabulary(entities=())
        )
    return old_version, difference(old, vocabulary)


def _show(
    version: str,
    old_version: str | None,
    found: Difference,
    format: Format | None,
    revisions_outdated: int | None = None,
) -> None:
    if wants_json(format):
        aliases = {
            name: [{"entity": entity, "lang": alias.language, "text": alias.text} for entity, alias in pairs]
            for name, pairs in (("aliases_added", found.aliases_added), ("aliases_removed", found.aliases_removed))
        }
        record: dict[str, object] = {
            "version": version,
            "was": old_version,
            "entities_added": found.added,
            "entities_removed": found.removed,
            "entities_changed": found.changed,
            **aliases,
            "scope_changed": found.scope_changed,
        }
        emit(record if revisions_outdated is None else record | {"revisions_outdated": revisions_outdated})
        return
    lines = [
        *(f"+ {id}" for id in found.added),
        *(f"- {id}" for id in found.removed),
        *(f"~ {id}: changed, apart from its names" for id in found.changed),
        *(f"+ {entity}: {alias.text} ({alias.language})" for entity, alias in found.aliases_added),
        *(f"- {entity}: {alias.text} ({alias.language})" for entity, alias in found.aliases_removed),
        *(["~ the scope"] if found.scope_changed else []),
        *(["~ rules for all entities"] if found.rest_changed else []),
    ]
    more = [f"… and {len(lines) - _SHOWN:,} more; --format json has them all"] if len(lines) > _SHOWN else []
    header = f"{old_version or 'nothing'} → {version}" if found else f"{version}: already in the store"
    sys.stdout.write("\n".join([header, *lines[:_SHOWN], *more]) + "\n")


def _print_result(record: dict[str, object], sentence: str, format: Format | None) -> None:
    if wants_json(format):
        emit(record)
    else:
        sys.stdout.write(sentence + "\n")


@contextmanager
def _progress(total: int) -> Iterator[Callable[[int], object]]:
    """Yield a callback that shows progress on a terminal."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    console = Console(stderr=True)
    columns = (BarColumn(), MofNCompleteColumn(), TextColumn("texts"), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task("", total=total)
        yield lambda done: bar.advance(task, done)
