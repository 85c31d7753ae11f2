"""Bytes of a capture or a file → documents. Unreadable inputs are rejected by name, and the rest continues."""

from __future__ import annotations

import logging
import os
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO

from db.text.dates import end_of_tomorrow
from db.text.encoding import decode
from worker.chain.documents import Document, Rejected, joined
from worker.chain.inputs.archived_kinds import NoArticle, require_article
from worker.chain.inputs.archived_pages import LED_TO, archived_pages, describe_left_out
from worker.chain.inputs.defaults import InputOptions
from worker.chain.inputs.fields import ADDRESS, SOURCE_NAME, InputField
from worker.chain.inputs.tables import csv_inputs
from worker.chain.inputs.written_values import read_language, read_when
from worker.extract.dates.choice import to_instant
from worker.extract.page import Extracted, Hints, Unextractable, extract_page
from worker.extract.plaintext.document import read_plaintext
from worker.lib.json_lines import MAX_LINE, BadLine, json_lines
from worker.lib.named_file import endless_kind, open_named

log = logging.getLogger("worker")

MAX_FILE = 10_000_000
"""Bytes of one document. A whole .jsonl may be of any size: it is read line by line."""

_TABLES = (".csv", ".tsv")
_ARCHIVES = (".warc", ".warc.gz")
_OF_MANY = (".jsonl", *_TABLES, *_ARCHIVES)
SUFFIXES = (".txt", ".html", ".htm", *_OF_MANY)


def iter_paths(paths: list[str]) -> Iterator[tuple[str, Path]]:
    """Yield (display name, file) for files and, in name order, for the content of folders."""
    for name in paths:
        path = Path(name)
        if os.path.isdir(path):  # `Path.is_dir` raises if the system denies access
            for inner in sorted(p for p in path.rglob("*") if _find_suffix(p) in SUFFIXES and os.path.isfile(p)):
                yield str(inner), inner
        else:
            yield name, path


def read_file(
    name: str, path: Path, *, observed_at: datetime, options: InputOptions | None = None
) -> Iterator[Document | Rejected]:
    """Yield the documents of one file; an unusable file yields one rejection."""
    options = options or InputOptions()
    suffix = _find_suffix(path)
    if suffix not in SUFFIXES:
        yield Rejected(subject=name, reason=endless_kind(path) or _unknown_kind(suffix))
        return
    try:
        with open_named(path) as file:
            options.opened(name, file)
            if suffix in _OF_MANY:
                reader = read_table if suffix in _TABLES else read_archive if suffix in _ARCHIVES else read_lines
                yield from reader(name, file, observed_at=observed_at, options=options)
                return
            body = file.read(MAX_FILE + 1)
    except OSError as error:
        yield Rejected(subject=name, reason=f"cannot be read: {(error.strerror or str(error)).lower()}")
        return
    if len(body) > MAX_FILE:
        yield Rejected(subject=name, reason=f"larger than {MAX_FILE // 1_000_000} MB")
    elif suffix == ".txt":
        yield read_text(name, body, observed_at, options)
    else:
        yield _read_html(name, body, None, observed_at, options)


def _find_suffix(path: Path) -> str:
    """Return the ending of a file's name that tells its kind; of a packed WARC both of its endings."""
    name = path.name.lower()
    return ".warc.gz" if name.endswith(".warc.gz") else path.suffix.lower()


def _unknown_kind(suffix: str) -> str:
    kind = f"a {suffix[:40]} file" if suffix else "a file without an ending such as .txt"
    return f"{kind}; known are {', '.join(SUFFIXES)}"


def read_text(
    name: str, body: bytes, observed_at: datetime, options: InputOptions | None = None
) -> Document | Rejected:
    """Return a `.txt` document, optionally with a title line, a by-line, a source line, and boilerplate at the end."""
    if not body.strip():
        return Rejected(subject=name, reason="an empty file")
    kind = next((kind for start, kind in _SIGNATURES.items() if body.lstrip().startswith(start)), None)
    if kind is not None:
        return Rejected(subject=name, reason=f"no plain text: {kind}")
    text = decode(body)
    if len(_CONTROLS.findall(text, 0, _SAMPLE)) * 100 > min(len(text), _SAMPLE):
        return Rejected(subject=name, reason="no text: a binary file")
    plain = read_plaintext(text)
    document = Document(
        subject=name,
        url=plain.url,
        title=plain.title,
        text=plain.text,
        author=plain.author,
        language=plain.language,
        published_at=plain.published_at,
        published_is_day=plain.published_is_day,
        observed_at=observed_at,
        source=plain.source,
        remark=plain.date_remark,
    )
    return (options or InputOptions()).completed(document)


def read_lines(
    name: str, lines: BinaryIO, *, observed_at: datetime, options: InputOptions | None = None
) -> Iterator[Document | Rejected]:
    """Yield a document for each line of JSON, except empty lines."""
    options = options or InputOptions()
    for number, record in json_lines(lines, MAX_LINE):
        subject = f"{name}:{number}"
        if isinstance(record, BadLine):
            yield Rejected(subject=subject, reason=record.reason)
        else:
            yield _document(subject, options.columns.of_object(name, record), observed_at, options)


def read_table(
    name: str, stream: BinaryIO, *, observed_at: datetime, options: InputOptions
) -> Iterator[Document | Rejected]:
    """Yield a document for each row of a CSV, except empty rows."""
    for subject, fields in csv_inputs(name, stream, options.columns):
        if isinstance(fields, str):
            yield Rejected(subject=subject, reason=fields)
        else:
            yield _document(subject, fields, observed_at, options)


def read_archive(
    name: str, stream: BinaryIO, *, observed_at: datetime, options: InputOptions
) -> Iterator[Document | Rejected]:
    """Yield a document for each page of a WARC, named by the number of its record; it was observed when fetched."""
    left_out: Counter[str] = Counter()
    for number, page in archived_pages(stream, longest=options.max_page_bytes, left_out=left_out):
        subject = f"{name}:{number}" if number else name
        if isinstance(page, str):
            yield Rejected(subject=subject, reason=page)
            continue
        fetched_at, fault = read_when(page.fetched_at)
        at = min(fetched_at.at, observed_at) if fetched_at else observed_at
        remark = "its record does not tell when it was fetched; taken as now" if fault else None
        try:
            document = _read_html(subject, page.body, page.known, at, options, charset=page.charset, is_judged=True)
        except NoArticle as error:
            left_out[f"page that is no article ({error})"] += 1
            continue
        yield replace(document, remark=joined(document.remark, remark)) if isinstance(document, Document) else document
    if left_out:
        options.columns.note(f"{name}: {describe_left_out(left_out)}")


def _document(
    subject: str, record: dict[str, Any], observed_at: datetime, options: InputOptions
) -> Document | Rejected:
    wrong = [key for key in InputField if not isinstance(record.get(key), str | None)]
    if wrong:
        return Rejected(subject=subject, reason=f"the field {wrong[0].value!r} is not a text")
    if record.get("html"):
        return _read_html(subject, record["html"].encode(), record, observed_at, options, charset="utf-8")
    published_at, is_day, remark = parse_when(record.get("published_at"))
    language, doubt = read_language(record.get("language"))
    document = Document(
        subject=subject,
        url=record.get("url"),
        title=record.get("title"),
        text=record.get("text") or "",
        author=record.get("author"),
        language=language,
        published_at=published_at,
        published_is_day=is_day,
        observed_at=observed_at,
        source=record.get("source"),
        remark=joined(remark, doubt),
        address=record.get(ADDRESS),
        source_name=record.get(SOURCE_NAME),
    )
    return options.completed(document)


_CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")
_SAMPLE = 100_000
_SIGNATURES = {
    b"%PDF-": "a PDF",
    b"%!PS": "PostScript",
    b"{\\rtf": "RTF of a word processor",
    b"PK\x03\x04": "a packed file, perhaps of a word processor",
    b"\xd0\xcf\x11\xe0": "a file of a word processor",
}
"""First bytes of files that may have few control characters without being text."""


def _read_html(
    subject: str,
    body: bytes,
    record: Mapping[str, Any] | None,
    observed_at: datetime,
    options: InputOptions,
    *,
    charset: str | None = None,
    is_judged: bool = False,
) -> Document | Rejected:
    """Return the document of a page. Raises NoArticle, if the page `is_judged`."""
    known = record or {}
    url = known.get("url") or options.defaults.url
    source = known.get("source") or options.defaults.source
    language, doubt = read_language(known.get("language"))
    published, remark = read_when(known.get("published_at"))
    hints = Hints(
        title=known.get("title"),
        author=known.get("author"),
        published=published,
        time_zone=options.zone_of(source, url) if source or url else None,
        latest=end_of_tomorrow(observed_at),
    )
    try:
        page = extract_page(body, url=url, charset=charset, hints=hints)
    except Unextractable as error:
        return Rejected(subject=subject, reason=str(error))
    except Exception as error:  # an unforeseen page must not stop the reading of the others
        log.exception("%s: could not be read", subject)
        return Rejected(subject=subject, reason=f"internal error: {error!r}")
    if is_judged:
        require_article(page, known)
    document = _page_document(
        page,
        subject=subject,
        url=known.get("url") or page.declared_url,
        observed_at=observed_at,
        source=known.get("source"),
        language=language,
        remark=joined(remark, doubt),
        led_to=known.get(LED_TO),
    )
    if page.published_clock and not url:  # the page itself names its outlet, and so the time zone of its clock
        at = to_instant(page.published_clock.replace(tzinfo=UTC), options.zone_of(source, page.declared_url))
        document = replace(document, published_at=at, published_is_day=False) if at else document
    return options.completed(document, language_is_told=bool(language) or page.language_is_declared)


def _page_document(
    page: Extracted, *, url: str | None, language: str | None = None, remark: str | None = None, **known: Any
) -> Document:
    return Document(
        url=url,
        title=page.title,
        text=page.text,
        author=page.author,
        language=language or page.language,
        second_language=None if language else page.second_language,
        published_at=page.published_at,
        published_is_day=page.published_is_day,
        genre=page.genre,
        remark=joined(remark, page.date_remark),
        declared_url=page.declared_url,
        **known,
    )


def parse_when(value: str | None) -> tuple[datetime | None, bool, str | None]:
    """Return (instant in UTC, whether it is only a day, remark).

    A time without zone is UTC in ISO 8601, as it is our own format; in any other spelling only its day is reliable.
    """
    moment, remark = read_when(value)
    return (*(moment.sure if moment else (None, False)), remark)
