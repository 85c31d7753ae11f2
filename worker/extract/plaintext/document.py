"""Text file → article: title, by-line and source are recognised, page boilerplate is left out.

The rules, in the order in which they apply. A *line* is a paragraph; the *head* is the first five lines, the *end
matter* follows the article. A block of labels at the top (`header`) is read before all else.

1. A title is the first line that is no by-line, label, date or address, if it is among the first three lines, is short
   (≤ 200 characters, ≤ 30 words), does not end like a sentence (. , ; : are out; ? ! and … are fine) and is followed by
   an empty line, a by-line or a longer line. A text of one line has no title.
2. In the head and in the end matter, a by-line (“By Jane Roe”, “Автор: …”, “Yazar: …”), a label (“Source: …”, “Дата:
   …”, “URL: …”), a line that is only a date or only an address are facts, and are not text. A label must open its line
   and be followed by a short value: a sentence with “source:” in it is text.
3. The end matter begins at the first by-line, source, disclaimer, share button or comment form after which no more
   prose comes, or at a heading of a page's lower part (“Similar Posts”, “Leave a Reply”) in the second half of the
   text. A note on the author may follow a by-line.
4. A line with the author's name alone is a caption.
5. A disclaimer about the views of an outlet supplies the outlet, if there is no better source.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from worker.extract.plaintext.header import find_block
from worker.extract.plaintext.lines import TITLE_LENGTH, LineFacts, is_field, keep_labelled, spaced
from worker.extract.plaintext.phrases import (
    BUTTON,
    DISCLAIMER,
    LOWER_PART,
    WHOSE_VIEWS,
)
from worker.text.nfc import nfc

_HEAD_LINES = 5
_TITLE_WORDS = 30
_PROSE_LENGTH = 160

_SENTENCE_END = re.compile(r"[.!?…。！？։]['\"”’»)\]]*$")


@dataclass(frozen=True, slots=True, kw_only=True)
class PlainDocument:
    """The article in a text file; `text` is NFC, one paragraph a line. `published_at` is aware UTC, or 00:00 of a
    day.
    """

    title: str | None
    text: str
    author: str | None
    source: str | None
    url: str | None
    published_at: datetime | None
    published_is_day: bool = False
    language: str | None = None
    """The code for the language in its header."""
    date_remark: str | None = None
    """Readable reason why its date is impossible."""


@dataclass(frozen=True, slots=True)
class _Line:
    """A paragraph, and whether an empty line (or the end) follows it."""

    text: str
    is_apart: bool


def read_plaintext(text: str) -> PlainDocument:
    """Return the article in a text file; never fails, an empty file yields an empty document."""
    found = LineFacts()
    lines = _below_block(_lines(text), found)
    end = _end_of_article(lines)
    for line in lines[end:]:
        is_field(line.text, found)
    body = _without_head(lines[:end], found)
    for line in lines[end:]:
        if found.source is None and DISCLAIMER.match(line.text) and (whose := WHOSE_VIEWS.search(line.text)):
            found.source = spaced(whose["outlet"])
    names = {name.casefold() for name in found.authors or ()}
    moment = found.moment or found.changed
    return PlainDocument(
        title=found.title,
        text="\n".join(line.text for line in body if spaced(line.text).casefold() not in names),
        author=", ".join(found.authors) if found.authors else None,
        source=found.source,
        url=found.url,
        published_at=moment.sure[0] if moment else None,
        published_is_day=moment.sure[1] if moment else False,
        language=found.language,
        date_remark=found.date_fault,
    )


def _lines(text: str) -> list[_Line]:
    # str.splitlines would also cut at U+2028 and form feeds inside a paragraph
    rows = re.split(r"\r\n|\r|\n", nfc(text.removeprefix("\ufeff")))
    rows = [row.strip().strip("\ufeff\u200b") for row in rows]
    return [_Line(row, at + 1 == len(rows) or not rows[at + 1]) for at, row in enumerate(rows) if row]


def _below_block(lines: list[_Line], found: LineFacts) -> list[_Line]:
    """Return the lines without those of a block of labels at the top; keep the facts of these."""
    block = find_block([line.text for line in lines], [line.is_apart for line in lines])
    facts = LineFacts()
    labelled = [at for at in block if keep_labelled(lines[at].text, facts)]
    is_language_alone = len(labelled) == len(block) == 1 and facts.language and lines[labelled[0]].is_apart
    if len(labelled) < 2 and not is_language_alone:
        return lines
    for at in labelled:
        keep_labelled(lines[at].text, found)
    above = [_Line(line.text, is_apart=True) for line in lines[: block.start]]
    return above + [line for at, line in enumerate(lines) if at >= block.start and at not in labelled]


def _without_head(lines: list[_Line], found: LineFacts) -> list[_Line]:
    """Return the lines without title, by-line and labels at the top."""
    body: list[_Line] = []
    for at, line in enumerate(lines):
        if len(body) >= 2 or at >= _HEAD_LINES:
            return body + lines[at:]
        if is_field(line.text, found) or BUTTON.match(_bare(line.text)):
            continue  # a fact, not text
        if not body and found.title is None and at < 3 and _is_title(lines, at):
            found.title = spaced(line.text)
        else:
            body.append(line)
    return body


def _is_title(lines: list[_Line], at: int) -> bool:
    text = lines[at].text
    if at + 1 >= len(lines) or len(text) > TITLE_LENGTH or len(text.split()) > _TITLE_WORDS:
        return False
    if text.endswith((".", ",", ";", ":")) and not text.endswith("..."):
        return False
    following = lines[at + 1].text
    return lines[at].is_apart or len(following) > len(text) or is_field(following, LineFacts())


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
        found = LineFacts()
        if is_field(line.text, found):
            names += (found.authors or []) if at >= half else []
        elif _is_end_matter(line.text) or any(name in line.text[:120] for name in names[:10]):
            continue  # no evidence of the article's end
        elif len(line.text) >= _PROSE_LENGTH or (len(line.text) >= 60 and _SENTENCE_END.search(line.text)):
            last = at
    return last


def _is_end_matter(text: str) -> bool:
    return bool(DISCLAIMER.match(text) or BUTTON.match(_bare(text))) or is_field(text, LineFacts())


def _bare(text: str) -> str:
    return text.rstrip(" .:!")
