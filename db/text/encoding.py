"""Encodings of pages and feeds: byte order mark, header, declaration, and detection from the bytes. Pure."""

from __future__ import annotations

import re
from email.message import Message
from itertools import islice
from typing import TypeGuard

from w3lib.encoding import html_body_declared_encoding, read_bom, resolve_encoding, to_unicode

from db.text.mojibake import REPLACED, is_plausible, sibling

# Common encodings of pages in our languages other than UTF-8; charset_normalizer chooses among these.
_SNIFFED = [
    "cp1251",
    "koi8_u",
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
# Candidates only for long samples, because a short Russian text looks like these as well.
_FAR = ["cp1255", "tis_620"]
_LONG = 200
# Names of encodings that pages use; Python knows others (idna, unicode_escape, base64) that are none.
_CHARSET = re.compile(r"(?:utf[-_](?:8|16|32)|cp\d|iso|koi8|kz1048|ptcp154|gb|big5|euc|shift|mac|hz|johab|tis|ascii)")
_SAMPLE = 8_000
_SAMPLE_PIECES = 500
_MARKUP = re.compile(rb"<[^<>]*>")
_FOREIGN_RUN = re.compile(rb"[\x80-\xff]+")
_BELIEVED = 30
"""With this few letters beyond ASCII the byte order mark decides."""
_PART = 3
"""One in this many letters must be UTF-8 for the text to be UTF-8 with faults."""
_WIDE = (
    (b"\xff\xfe\0\0", "utf-32"),
    (b"\0\0\xfe\xff", "utf-32"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
    (b"<\0\0\0", "utf-32-le"),
    (b"\0\0\0<", "utf-32-be"),
    (b"<\0", "utf-16-le"),
    (b"\0<", "utf-16-be"),
)
"""Beginnings of markup in two or four bytes a letter; Python's codecs of the first four read the mark themselves."""


def decode(body: bytes, charset: str | None = None) -> str:
    """Return the text of a page or a feed; never fails, unreadable bytes become U+FFFD.

    A byte order mark decides unless the bytes contradict it; then the bytes themselves if most of them are UTF-8, since
    text in another encoding is practically never valid UTF-8 by chance; then `charset` (the HTTP header's) and the
    text's own declaration, each unless it yields nonsense; then a guess.
    """
    marked, rest = _marked(body)
    if marked is not None:
        return to_unicode(rest, marked)
    declared = [name for name in (_resolved(charset), html_body_declared_encoding(rest)) if _is_charset(name)]
    if not _are_ascii_only(declared):
        try:
            return rest.decode("utf-8")
        except UnicodeDecodeError:
            if _is_utf8_in_part(rest):
                return _read_in_pieces(rest, declared)
    return _read_whole(rest, declared)


def wide_encoding(beginning: bytes) -> str | None:
    """Return the encoding of a text in two or four bytes a letter, by its first bytes; None for all others."""
    marked = next((codec for mark, codec in _WIDE[:4] if beginning.startswith(mark)), None)
    if marked:
        return marked
    head = beginning[:64]
    if len(head) >= 4 and len(head) % 2 == 0 and not head[::2].strip(b"\0") and all(head[1::2]):
        return "utf-16-be"
    if len(head) >= 4 and not head[1::2].strip(b"\0") and all(head[::2]):
        return "utf-16-le"
    return None


def encoding_of_older(lines: bytes) -> str:
    """Return the older encoding of those lines that are not UTF-8."""
    foreign = b"\n".join(line for line in lines.splitlines() if not _is_utf8(line))
    return _guess(foreign) or "cp1252"


def find_charset(content_type: str | None) -> str | None:
    """Return the charset in a Content-Type header."""
    message = Message()
    message["content-type"] = "".join(letter for letter in content_type or "" if letter.isprintable())
    return message.get_content_charset()


def _marked(body: bytes) -> tuple[str | None, bytes]:
    """Return the encoding proved by the first bytes, and the bytes after the mark."""
    codec = next((codec for opening, codec in _WIDE if body.startswith(opening)), None)
    if codec is not None:
        return codec, body
    marked, mark = read_bom(body)
    if marked is None or mark is None:
        return None, body
    rest = body[len(mark) :].removeprefix(mark)
    if marked == "utf-8" and sum(map(len, _FOREIGN_RUN.findall(rest))) > _BELIEVED:
        return None, rest  # the bytes are better evidence than a template's mark before a text in another encoding
    return marked, rest


def _read_whole(body: bytes, declared: list[str]) -> str:
    for name in declared:
        text = to_unicode(body, name)
        if is_plausible(text, name):
            close = sibling(text, name)
            return to_unicode(body, close) if close else text
    return to_unicode(body, _guess(body) or next(iter(declared), "cp1252"))


def _is_utf8_in_part(body: bytes) -> bool:
    """Return whether many of the letters are UTF-8: one broken include, a cut letter, a piece from elsewhere."""
    runs = _FOREIGN_RUN.findall(body)
    return sum(len(run) for run in runs if _is_utf8(run)) * _PART > sum(map(len, runs))


def _read_in_pieces(body: bytes, declared: list[str]) -> str:
    """Return a text that is UTF-8 except for a few letters or whole pieces in an older encoding."""
    text = body.decode("utf-8", "replace")
    if text.count(REPLACED) * 10 < len(text) - len(text.encode("ascii", "ignore")):
        return text
    foreign = b" ".join(run for run in _FOREIGN_RUN.findall(body) if _is_mostly_broken(run))
    older = _older(foreign, declared)

    def read(found: re.Match[bytes]) -> bytes:
        run = found[0]
        letters = to_unicode(run, older) if _is_mostly_broken(run) else run.decode("utf-8", "replace")
        return letters.encode("utf-8", "replace")

    return _FOREIGN_RUN.sub(read, body).decode("utf-8", "replace")


def _older(foreign: bytes, declared: list[str]) -> str:
    """Return the encoding of letters that are not UTF-8."""
    names = [name for name in declared if name.replace("_", "-") != "utf-8"]
    plausible = (name for name in names if is_plausible(to_unicode(foreign, name), name))
    return next(plausible, None) or _guess(foreign) or "cp1252"


def _is_mostly_broken(run: bytes) -> bool:
    if _is_utf8(run):
        return False
    text = run.decode("utf-8", "replace")
    return text.count(REPLACED) * 2 > len(text)


def _is_utf8(piece: bytes) -> bool:
    try:
        piece.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _are_ascii_only(encodings: list[str]) -> bool:
    """Return whether the encodings write other letters in ASCII, so that valid UTF-8 is no evidence."""
    return any(name.startswith(("iso2022", "hz")) for name in encodings)


def _is_charset(name: str | None) -> TypeGuard[str]:
    return name is not None and _CHARSET.match(name) is not None


def _resolved(charset: str | None) -> str | None:
    return resolve_encoding(charset.strip().strip("\"'")) if charset else None


def _guess(body: bytes) -> str | None:
    from charset_normalizer import from_bytes  # only needed for a page that is not UTF-8

    foreign = (piece.strip() for piece in _MARKUP.split(body) if not piece.isascii())
    sample = b" ".join(islice(foreign, _SAMPLE_PIECES))[:_SAMPLE]
    if all(len(run) < 3 for run in _FOREIGN_RUN.findall(sample)):  # no word of another script
        return sibling(to_unicode(sample, "cp1252"), "cp1252") or "cp1252"
    names = _SNIFFED if len(sample) < _LONG else [*_SNIFFED, *_FAR]
    best = from_bytes(sample, cp_isolation=names, enable_fallback=False).best()
    if best is None:
        return None
    return sibling(to_unicode(sample, best.encoding), best.encoding) or best.encoding
