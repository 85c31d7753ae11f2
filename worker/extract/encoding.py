"""In which encoding a page is written: byte order mark, header, declaration, and what the bytes themselves say."""

from __future__ import annotations

import re
from itertools import islice
from typing import TypeGuard

from w3lib.encoding import html_body_declared_encoding, read_bom, resolve_encoding, to_unicode

# What pages in our languages are written in when it is not UTF-8; charset_normalizer chooses among these.
_SNIFFED = [
    "cp1251",
    "koi8_r",
    "cp866",
    "iso8859_5",
    "kz1048",
    "cp1252",
    "cp1256",
    "cp1253",
    "gb18030",
    "big5",
    "cp932",
    "euc_jp",
    "euc_kr",
]
# Names of encodings that pages are written in; Python knows others (idna, unicode_escape, base64) that are none.
_CHARSET = re.compile(r"(?:utf[-_](?:8|16|32)|cp\d|iso|koi8|kz1048|ptcp154|gb|big5|euc|shift|mac|hz|johab|tis|ascii)")
_SAMPLE = 8_000
_SAMPLE_PIECES = 500
_MARKUP = re.compile(rb"<[^<>]*>")
_FOREIGN_WORD = re.compile(r"[A-Za-z\u0080-\u024f]{3,}")
_ACCENTED_WORD = re.compile(r"[\u0080-\u00ff]{3,}\Z")
_REPLACED = "\ufffd"


def decode(body: bytes, charset: str | None = None) -> str:
    """Return the text of a page; never fails, what cannot be read becomes U+FFFD.

    A byte order mark decides; then the bytes themselves if they are UTF-8, since text in another encoding is
    practically never valid UTF-8 by chance; then `charset` (the HTTP header's) and the page's own declaration,
    each unless it yields nonsense; then a guess.
    """
    marked, mark = read_bom(body)
    if marked is not None and mark is not None:
        return to_unicode(body[len(mark) :], marked)
    declared = [name for name in (_resolved(charset), html_body_declared_encoding(body)) if _is_charset(name)]
    if not _are_ascii_only(declared):
        try:
            return body.decode("utf-8")
        except UnicodeDecodeError:
            pass
    for name in declared:
        text = to_unicode(body, name)
        if _is_plausible(text, name):
            return text
    if _mostly_utf8(body):
        return body.decode("utf-8", "replace")
    return to_unicode(body, _guess(body) or next(iter(declared), "cp1252"))


def _are_ascii_only(encodings: list[str]) -> bool:
    """Return whether other letters are written in ASCII, so that being valid UTF-8 says nothing."""
    return any(name.startswith(("iso2022", "hz")) for name in encodings)


def _is_charset(name: str | None) -> TypeGuard[str]:
    return name is not None and _CHARSET.match(name) is not None


def _resolved(charset: str | None) -> str | None:
    return resolve_encoding(charset.strip().strip("\"'")) if charset else None


def _is_plausible(text: str, encoding: str) -> bool:
    if encoding.replace("_", "-") == "utf-8":
        return False  # it was tried strictly; a few broken bytes are judged by _mostly_utf8
    if text.count(_REPLACED) > len(text) // 1000:
        return False
    if encoding in ("cp1252", "cp1254", "cp1250", "iso8859-1"):
        return not _is_mojibake(text)
    return True


def _is_mojibake(text: str) -> bool:
    """Return whether words consist of accented letters alone, as Cyrillic read as Latin does."""
    words = [word for word in _FOREIGN_WORD.findall(text) if not word.isascii()]
    nonsense = sum(1 for word in words if _ACCENTED_WORD.match(word))
    return nonsense * 3 > len(words)


def _mostly_utf8(body: bytes) -> bool:
    """Return whether all but a few bytes are UTF-8: a page with one broken include, or cut in mid-letter."""
    text = body.decode("utf-8", "replace")
    foreign = len(text) - len(text.encode("ascii", "ignore"))
    return text.count(_REPLACED) * 10 < foreign


def _guess(body: bytes) -> str | None:
    from charset_normalizer import from_bytes  # only a page that is not UTF-8 needs it

    foreign = (piece.strip() for piece in _MARKUP.split(body) if not piece.isascii())
    sample = b" ".join(islice(foreign, _SAMPLE_PIECES))[:_SAMPLE]
    best = from_bytes(sample, cp_isolation=_SNIFFED, enable_fallback=False).best()
    if best is None:
        return None
    # Turkish and Western European differ in six letters, which Icelandic alone would use otherwise.
    if best.encoding == "cp1252" and re.search(rb"[\xd0\xdd\xde\xf0\xfd\xfe]", sample):
        return "cp1254"
    return best.encoding
