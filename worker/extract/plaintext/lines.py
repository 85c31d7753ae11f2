"""Lines of a text file other than text: by-lines, labels with their values, dates, addresses."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime

from db.text.dates import ParsedDate, fault_in, parse_date
from worker.extract.authors import clean_names
from worker.extract.dates.labels import PUBLISHED, UPDATED, is_line_of_date, read_date_label
from worker.extract.language.names import language_code
from worker.extract.plaintext.header import Label, read_label
from worker.extract.plaintext.phrases import BY, LABELLED, NAME_WORD, TITLE_LABEL

TITLE_LENGTH = 200
"""Maximum length of a title line."""
_DATES_LENGTH = 100
_LABEL_LENGTH = 30
_NO_LATEST = datetime.max.replace(tzinfo=UTC)
_ADDRESS = re.compile(r"^<?(https?://\S{3,2000}?)>?$", re.I)


@dataclass(slots=True, kw_only=True)
class LineFacts:
    """The facts from labels and by-lines; the first value of each is kept."""

    title: str | None = None
    authors: list[str] | None = None
    source: str | None = None
    url: str | None = None
    moment: ParsedDate | None = None
    changed: ParsedDate | None = None
    """Time of the last change: it counts only without other dates."""
    language: str | None = None
    date_fault: str | None = None


def is_field(text: str, found: LineFacts) -> bool:
    """Return whether a line is a by-line, a label with its value, a date or an address; keep its facts."""
    if match := TITLE_LABEL.match(text):
        found.title = found.title or spaced(match["value"])
        return len(text) <= TITLE_LENGTH
    if match := LABELLED.match(text):
        value = match["value"]
        if match["author"]:
            return _keep_author(value, found, labelled=True)
        if match["source"]:
            return _keep_source(value, found)
        if match["url"]:
            return _keep_address(value, found)
        return _keep_date(value, found, label=text[: match.start("value")]) or _keep_fault(value, found)
    if match := BY.match(text):
        return _keep_author(match["value"], found, labelled=False)
    return _keep_address(text, found) or ((len(text) <= 40 or _is_of_dates(text)) and _keep_date(text, found))


def _keep_author(value: str, found: LineFacts, *, labelled: bool) -> bool:
    """Keep the names of a by-line; after a label a note on the author may follow: “Author: Jane Roe (historian…)”."""
    name = re.split(r"[(\[]", value, maxsplit=1)[0].strip().strip(" \u00a0.,;")
    if labelled and len(name) > 80:
        name = name.split(",")[0]
    words = name.split()
    if not 1 <= len(words) <= 12 or len(name) > 100 or not (labelled or len(value) <= 120):
        return False
    if not all(NAME_WORD.match(word) for word in words) or not words[0][:1].isalpha():
        return False
    names = clean_names([name])
    found.authors = found.authors or names or None
    return bool(names)


def _keep_source(value: str, found: LineFacts) -> bool:
    value = spaced(value).strip(" .")
    words = value.split()
    if len(value) > 80 or len(words) > 10:
        return False
    if len(words) >= 5 and 3 * sum(not word[:1].islower() for word in words) < len(words):
        return False  # a sentence: names of outlets have capitals
    if address := re.search(r"https?://\S+", value):
        found.url = found.url or address[0]
        value = value.replace(address[0], "").strip(" .,()–—-")
    found.source = found.source or value or None
    return True


def _keep_address(value: str, found: LineFacts) -> bool:
    if match := _ADDRESS.match(value.strip()):
        found.url = found.url or match[1]
    return match is not None


def _keep_date(value: str, found: LineFacts, *, label: str = "") -> bool:
    """Keep the date of publication, or that of a change, according to its label; `label` stands before it."""
    if not (_is_short(value) or (len(value) <= _DATES_LENGTH and is_line_of_date(value))):
        return False
    labelled, first = read_date_label(value, month_first=None, before=label), parse_date(value)
    if labelled is not None and labelled.is_change:
        found.changed = found.changed or first
    else:
        found.moment = found.moment or (labelled.moment if labelled else first)
    return first is not None


def _is_short(value: str) -> bool:
    """Return whether a value has almost no words beside a date."""
    return len(value) <= 60 and len(re.findall(r"[^\W\d_]{3,}", value)) <= 4


def _keep_fault(value: str, found: LineFacts) -> bool:
    """Keep the reason why a labelled date is impossible; return whether it is a date at all."""
    fault = fault_in(value, latest=_NO_LATEST) if _is_short(value) else None
    found.date_fault = found.date_fault or fault
    return fault is not None


def _is_of_dates(text: str) -> bool:
    """Return whether a line consists of dates, and begins with a label for them."""
    is_called = PUBLISHED.search(text[:_LABEL_LENGTH]) or UPDATED.search(text[:_LABEL_LENGTH])
    return len(text) <= _DATES_LENGTH and bool(is_called) and is_line_of_date(text)


def keep_labelled(line: str, found: LineFacts) -> bool:
    """Keep the facts of a line in the block; return whether its label is known and its value plausible."""
    label, value = read_label(line) or (None, "")
    match label:
        case Label.TITLE:
            found.title = found.title or spaced(value)
            return len(value) <= TITLE_LENGTH
        case Label.DATE:
            return _keep_date(value, found, label=line[:_LABEL_LENGTH]) or _keep_fault(value, found)
        case Label.SOURCE:
            return _keep_source(value, found)
        case Label.URL:
            return _keep_address(value, found)
        case Label.AUTHOR:
            return _keep_author(value, found, labelled=True)
        case Label.LANGUAGE:
            code = language_code(value)
            found.language = found.language or code
            return code is not None
        case _:
            return False


def spaced(text: str) -> str:
    """Return the text on one line, with single blanks."""
    return " ".join(text.split())
