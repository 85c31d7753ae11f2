"""A text file → an article: title, by-line and source are told from the text, page boilerplate is left out.

The rules, in the order in which they apply. A *line* is a paragraph; the *head* is the first five lines, the
*end matter* what follows the article.

1. A title is the first line that is no by-line, label, date or address, if it is among the first three lines,
   is short (≤ 200 characters, ≤ 30 words), does not end like a sentence (. , ; : are out; ? ! and … are
   fine) and is followed by an empty line, a by-line or a longer line. A text of one line has no title.
2. In the head and in the end matter, a by-line (“By Jane Roe”, “Автор: …”, “Yazar: …”), a label (“Source: …”,
   “Дата: …”, “URL: …”), a line that is only a date or only an address give what they name, and are not text.
   A label must open its line and be followed by a short value: a sentence with “source:” in it is text.
3. The end matter begins at the first by-line, source, disclaimer, share button or comment form after which no
   more prose comes, or at a heading of a page's lower part (“Similar Posts”, “Leave a Reply”) in the second
   half of the text. A note on the author may follow a by-line.
4. A line that holds the author's name alone is a caption.
5. A disclaimer that names whose views are not expressed names the outlet, if nothing better does.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from db.moments import Moment, parse_moment
from worker.extract.authors import clean_names
from worker.extract.datelabels import PUBLISHED, UPDATED, is_line_of_date, told_by
from worker.extract.phrases import (
    BUTTON,
    BY,
    DISCLAIMER,
    LABELLED,
    LOWER_PART,
    NAME_WORD,
    TITLE_LABEL,
    WHOSE_VIEWS,
)
from worker.nfc import nfc

_HEAD_LINES = 5
_TITLE_LENGTH = 200
_TITLE_WORDS = 30
_PROSE_LENGTH = 160
_DATES_LENGTH = 100
_LABEL_LENGTH = 30

_ADDRESS = re.compile(r"^<?(https?://\S{3,2000}?)>?$", re.I)
_SENTENCE_END = re.compile(r"[.!?…。！？։]['\"”’»)\]]*$")


@dataclass(frozen=True, slots=True)
class PlainDocument:
    """What a text file says; `text` is NFC, one paragraph a line. `published_at` is aware UTC, or 00:00 of a day."""

    title: str | None
    text: str
    author: str | None
    source: str | None
    url: str | None
    published_at: datetime | None
    published_is_day: bool = False


@dataclass(frozen=True, slots=True)
class _Line:
    """A paragraph, and whether an empty line (or the end) follows it."""

    text: str
    is_apart: bool


@dataclass(slots=True)
class _Found:
    """What labels and by-lines gave; the first one said of each is kept."""

    title: str | None = None
    authors: list[str] | None = None
    source: str | None = None
    url: str | None = None
    moment: Moment | None = None
    changed: Moment | None = None
    """When the text was changed: it counts where nothing else is told."""


def read_plaintext(text: str) -> PlainDocument:
    """Return the article in a text file; never fails, an empty file gives an empty document."""
    lines = _lines(text)
    found = _Found()
    end = _end_of_article(lines)
    for line in lines[end:]:
        _is_field(line.text, found)
    body = _without_head(lines[:end], found)
    for line in lines[end:]:
        if found.source is None and DISCLAIMER.match(line.text) and (whose := WHOSE_VIEWS.search(line.text)):
            found.source = _spaced(whose["outlet"])
    names = {name.casefold() for name in found.authors or ()}
    moment = found.moment or found.changed
    return PlainDocument(
        title=found.title,
        text="\n".join(line.text for line in body if _spaced(line.text).casefold() not in names),
        author=", ".join(found.authors) if found.authors else None,
        source=found.source,
        url=found.url,
        published_at=moment.sure[0] if moment else None,
        published_is_day=moment.sure[1] if moment else False,
    )


def _lines(text: str) -> list[_Line]:
    # str.splitlines would also cut at U+2028 and form feeds inside a paragraph
    rows = re.split(r"\r\n|\r|\n", nfc(text.removeprefix("\ufeff")))
    rows = [row.strip().strip("\ufeff\u200b") for row in rows]
    return [_Line(row, at + 1 == len(rows) or not rows[at + 1]) for at, row in enumerate(rows) if row]


def _without_head(lines: list[_Line], found: _Found) -> list[_Line]:
    """Return the lines without title, by-line and labels at the top."""
    body: list[_Line] = []
    for at, line in enumerate(lines):
        if len(body) >= 2 or at >= _HEAD_LINES:
            return body + lines[at:]
        if _is_field(line.text, found) or BUTTON.match(_bare(line.text)):
            continue  # told, not text
        if not body and found.title is None and at < 3 and _is_title(lines, at):
            found.title = _spaced(line.text)
        else:
            body.append(line)
    return body


def _is_title(lines: list[_Line], at: int) -> bool:
    text = lines[at].text
    if at + 1 >= len(lines) or len(text) > _TITLE_LENGTH or len(text.split()) > _TITLE_WORDS:
        return False
    if text.endswith((".", ",", ";", ":")) and not text.endswith("..."):
        return False
    following = lines[at + 1].text
    return lines[at].is_apart or len(following) > len(text) or _is_field(following, _Found())


def _is_field(text: str, found: _Found) -> bool:
    """Return whether a line is a by-line, a label with its value, a date or an address; keep what it says."""
    if match := TITLE_LABEL.match(text):
        found.title = found.title or _spaced(match["value"])
        return len(text) <= _TITLE_LENGTH
    if match := LABELLED.match(text):
        value = match["value"]
        if match["author"]:
            return _keep_author(value, found, labelled=True)
        if match["source"]:
            return _keep_source(value, found)
        if match["url"]:
            return _keep_address(value, found)
        return _keep_date(value, found, label=text[: match.start("value")])
    if match := BY.match(text):
        return _keep_author(match["value"], found, labelled=False)
    return _keep_address(text, found) or ((len(text) <= 40 or _is_of_dates(text)) and _keep_date(text, found))


def _keep_author(value: str, found: _Found, *, labelled: bool) -> bool:
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


def _keep_source(value: str, found: _Found) -> bool:
    value = _spaced(value).strip(" .")
    if len(value) > 80 or len(value.split()) > 10:
        return False
    if address := re.search(r"https?://\S+", value):
        found.url = found.url or address[0]
        value = value.replace(address[0], "").strip(" .,()–—-")
    found.source = found.source or value or None
    return True


def _keep_address(value: str, found: _Found) -> bool:
    if match := _ADDRESS.match(value.strip()):
        found.url = found.url or match[1]
    return match is not None


def _keep_date(value: str, found: _Found, *, label: str = "") -> bool:
    """Keep the date of publication, or that of a change, as the words beside it say; `label` stands before it."""
    is_short = len(value) <= 60 and len(re.findall(r"[^\W\d_]{3,}", value)) <= 4
    if not (is_short or (len(value) <= _DATES_LENGTH and is_line_of_date(value))):
        return False
    told, first = told_by(value, month_first=None, before=label), parse_moment(value)
    if told is not None and told.is_change:
        found.changed = found.changed or first
    else:
        found.moment = found.moment or (told.moment if told else first)
    return first is not None


def _is_of_dates(text: str) -> bool:
    """Return whether a line tells nothing but dates, and begins by saying which."""
    is_called = PUBLISHED.search(text[:_LABEL_LENGTH]) or UPDATED.search(text[:_LABEL_LENGTH])
    return len(text) <= _DATES_LENGTH and bool(is_called) and is_line_of_date(text)


def _end_of_article(lines: list[_Line]) -> int:
    """Return the number of lines before the end matter."""
    half = _middle(lines)
    below = (at for at in range(max(half, 1), len(lines)) if LOWER_PART.match(_bare(lines[at].text)))
    end = next(below, len(lines))
    last_prose = _last_prose(lines[:end], half)
    opening = range(max(last_prose + 1, min(half, _HEAD_LINES), 1), end)
    return next((at for at in opening if _is_end_matter(lines[at].text)), end)


def _middle(lines: list[_Line]) -> int:
    """Return the index of the first line of the second half of the text, by characters."""
    total, before = sum(len(line.text) for line in lines), 0
    for at, line in enumerate(lines):
        if before * 2 >= total:
            return at
        before += len(line.text)
    return len(lines)


def _last_prose(lines: list[_Line], half: int) -> int:
    """Return the index of the last paragraph that belongs to the article; a note on the author does not."""
    names: list[str] = []
    last = 0
    for at, line in enumerate(lines):
        found = _Found()
        if _is_field(line.text, found):
            names += (found.authors or []) if at >= half else []
        elif _is_end_matter(line.text) or any(name in line.text[:120] for name in names[:10]):
            continue  # says nothing of where the article ends
        elif len(line.text) >= _PROSE_LENGTH or (len(line.text) >= 60 and _SENTENCE_END.search(line.text)):
            last = at
    return last


def _is_end_matter(text: str) -> bool:
    return bool(DISCLAIMER.match(text) or BUTTON.match(_bare(text))) or _is_field(text, _Found())


def _bare(text: str) -> str:
    return text.rstrip(" .:!")


def _spaced(text: str) -> str:
    return " ".join(text.split())
