"""`steppewatch alert match|lint`: try queries on files, and check their syntax and cost."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.shared.day_options import first_day
from cli.shared.output import emit, fail, get_reason, note
from cli.shared.store import find_store
from worker.lib.named_file import open_named

if TYPE_CHECKING:
    from worker.chain.documents import Document, Rejected
    from worker.chain.preview import Preview
    from worker.query.article import QueryOutlet
    from worker.query.evaluate import Verdict
    from worker.query.query import Query, QueryNames

MAX_QUERIES = 50_000_000
"""Maximum size of a file of queries, in bytes."""


def alert_match(
    files: Annotated[list[str], typer.Argument(metavar="FILE...", help=".txt, .html or .jsonl, read as ingest does.")],
    queries: Annotated[
        Path,
        typer.Option(metavar="Q.json", help='Queries: {"alerts": [{"id", "query"}…], "saved": {name: query…}}.'),
    ],
) -> None:
    """Match queries against files, and print the matched words of each pair.

    Needs no store: the articles are tagged with the packaged vocabulary.

    Example: steppewatch alert match --queries queries.json op-ed.txt
    """
    entries, saved = _read_queries(queries)
    preview = _preview()
    known = preview.known()
    # the queries may name outlets that only the files have
    if any(_is_invalid(text, saved, known) for _, text in entries):
        known = known.and_outlets(_outlets(files, preview))
    parsed, all_good = _parse_all(entries, saved, known)
    for name, document in _documents(files):
        all_good = _match(name, document, parsed, preview) and all_good
    if not all_good:
        raise typer.Exit(1)


def alert_lint(
    texts: Annotated[list[str], typer.Argument(metavar="QUERY...", help="Queries; each in quotes for the shell.")],
    since: Annotated[
        date | None,
        typer.Option(
            parser=first_day,
            metavar="DAY",
            help="Also estimate from the archive the items since then, and of next week.",
        ),
    ] = None,
) -> None:
    """Check a query: print its canonical form, errors, and remarks on its cost.

    Needs no store, except for the estimate of --since; then saved queries are available, too. Entities and outlets are
    those of the store, or the packaged ones if there is no store.

    Example: steppewatch alert lint 'entity:csto AND (withdraw* OR leav*) NEAR/8 CSTO'
    Example: steppewatch alert lint 'saved:pacts AND drill*' --since 90d
    """
    from cli.alert.backtest import load_archive
    from worker.presearch.cost import lint_query
    from worker.query.query import QueryError, parse

    estimate, saved, known = load_archive(since) if since is not None else (None, {}, _load_names())
    all_good = True
    for text in texts:
        try:
            query = parse(text, saved, known)
        except QueryError as error:
            note(error.pointed(text))
            emit({"query": text, "error": error.message, "position": error.position, "hint": error.hint})
            all_good = False
        else:
            remarks = [
                {"term": remark.term, "message": remark.message, "hint": remark.hint}
                for remark in lint_query(query, known=known)
            ]
            estimated = estimate(query) if estimate else {}
            emit({"query": text, "canonical": str(query), "remarks": remarks, **estimated})
    if not all_good:
        raise typer.Exit(1)


def _match(name: str, document: Document | Rejected, parsed: Mapping[str, Query], preview: Preview) -> bool:
    """Print a line for each query; return whether the document could be read."""
    from worker.chain.documents import Rejected
    from worker.chain.service import utc_now
    from worker.query.evaluate import judge
    from worker.query.positions.article_text import TokenizedArticle

    article = document if isinstance(document, Rejected) else preview.article(document, now=utc_now())
    if isinstance(article, Rejected):
        emit({"file": name, "error": article.reason})
        return False
    tokenized = TokenizedArticle(article)
    for id, query in parsed.items():
        emit({"query": id, "file": name, **_verdict(judge(query, tokenized))})
    return True


def _verdict(verdict: Verdict) -> dict[str, object]:
    because = [
        {"field": fired.field, "start": fired.start, "end": fired.end, "surface": fired.surface, "term": fired.term}
        for fired in verdict.because
    ]
    return {"matched": verdict.matched, "because": because}


def _documents(files: list[str]) -> Iterator[tuple[str, Document | Rejected]]:
    """Yield the documents in the files with their names; articles of a .jsonl have the line in their name."""
    from worker.chain.inputs.reader import iter_paths, read_file
    from worker.chain.service import utc_now

    for name, path in iter_paths(files):
        for document in read_file(name, path, observed_at=utc_now()):
            yield document.subject, document


def _parse_all(
    entries: list[tuple[str, str]], saved: Mapping[str, str], known: QueryNames
) -> tuple[dict[str, Query], bool]:
    """Return the valid queries by id, and whether all are valid; print a line for each error."""
    from worker.query.query import QueryError, parse

    parsed: dict[str, Query] = {}
    for id, text in entries:
        try:
            parsed[id] = parse(text, saved, known)
        except QueryError as error:
            emit({"query": id, "error": str(error), "position": error.position})
    return parsed, len(parsed) == len(entries)


def _is_invalid(text: str, saved: Mapping[str, str], known: QueryNames) -> bool:
    from worker.query.query import QueryError, parse

    try:
        parse(text, saved, known)
    except QueryError:
        return True
    return False


def _outlets(files: list[str], preview: Preview) -> Iterator[QueryOutlet]:
    """Yield the outlets of the articles in the files."""
    from worker.chain.documents import Rejected

    for _, document in _documents(files):
        outlet = None if isinstance(document, Rejected) else preview.outlet(document)
        if outlet is not None:
            yield outlet


def _load_names() -> QueryNames:
    """Return the names of the store, or of the packaged vocabulary and catalogue if the store cannot be read."""
    from worker.subscriptions.references import load_query_names

    database = find_store()
    return (database.read(load_query_names) if database else None) or _preview().known()


def _read_queries(path: Path) -> tuple[list[tuple[str, str]], dict[str, str]]:
    """Return the queries in a file, and its saved queries by name. Exit if the file is invalid."""
    try:
        with open_named(path) as file:
            raw = file.read(MAX_QUERIES + 1)
        if len(raw) > MAX_QUERIES:
            fail(f"{path} is larger than {MAX_QUERIES:,} bytes", code=2)
        content: Any = json.loads(raw.decode("utf-8-sig"))
    except OSError as error:
        fail(f"{path}: {get_reason(error)}", code=2)
    except (ValueError, RecursionError) as error:
        fail(f"{path} is not JSON: {error}", code=2)
    alerts = content.get("alerts") if isinstance(content, dict) else None
    saved = content.get("saved", {}) if isinstance(content, dict) else {}
    if not isinstance(alerts, list) or not all(_is_alert(alert) for alert in alerts):
        fail(
            f'{path} holds no {{"alerts": [{{"id": …, "query": …}}…]}}', hint="ids and queries must be strings", code=2
        )
    if not isinstance(saved, dict) or not all(isinstance(query, str) for query in saved.values()):
        fail(f'{path}: "saved" must map names to strings', code=2)
    entries = [(alert["id"], alert["query"]) for alert in alerts]
    if len(dict(entries)) != len(entries):
        fail(f"{path} has two queries with the same id", code=2)
    return entries, saved


def _is_alert(alert: object) -> bool:
    return isinstance(alert, dict) and isinstance(alert.get("id"), str) and isinstance(alert.get("query"), str)


def _preview() -> Preview:
    from worker.catalogue.files import CatalogueError
    from worker.chain.preview import Preview
    from worker.vocabulary.entities import VocabularyError

    try:
        return Preview()
    except (VocabularyError, CatalogueError) as error:
        fail(f"the vocabulary has errors:\n{error}", hint="steppewatch vocabulary check")
