"""The fields of a mail's head (RFC 5322, RFC 2047): a text → bytes that decode to the same text. Pure.

Written without libraries that parse their own output: a headline that resembles an encoded word is text like any other,
and folding does not depend on the version of Python.
"""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Iterator, Sequence
from urllib.parse import quote

from worker.messages.plain_text import one_line

LINE_MAX = 998
"""Maximum length of a line, without its end (RFC 5322 §2.1.1)."""

_SOFT_MAX = 76
"""Maximum length of a line with encoded words (RFC 2047 §2); preferred for all others."""
_BEFORE, _AFTER = "=?utf-8?B?", "?="
_WORD_MAX = 75
_FOLD = "\r\n "
_IN_URL = "!#$%&'()*+,-./:;=?@[]_~"
_ATOMS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~ -]+")
_ADDRESS = re.compile(r"[!#$%&'*+/=?^_`{|}~A-Za-z0-9.-]{1,64}@[A-Za-z0-9.-]{1,253}")


def text_field(name: str, text: str) -> str:
    """Return a field of free text, such as `Subject`: unchanged if plain, else in encoded words."""
    line = one_line(text) or "(none)"
    if not _is_plain(line):
        return f"{name}: {_encoded(line, len(name) + 2)}"
    return f"{name}: {_folded(line.split(' '), len(name) + 2)}"


def address_field(name: str, shown: str, address: str) -> str:
    """Return a field with one address, such as `From`. Raises ValueError for an invalid address."""
    phrase = one_line(shown)
    angled = f"<{checked_address(address)}>"
    if not phrase:
        return f"{name}: {angled[1:-1]}"
    if _is_plain(phrase):
        return f"{name}: {_folded([*_phrase(phrase), angled], len(name) + 2)}"
    words = _encoded(phrase, len(name) + 2)
    fits = len(words.rpartition(_FOLD)[2]) + len(name) + 3 + len(angled) <= _SOFT_MAX
    return f"{name}: {words}{' ' if fits else _FOLD}{angled}"


def list_field(name: str, shown: str, label: str) -> str:
    """Return a field that names a list (RFC 2919). It has no encoded words: other characters are left out."""
    phrase = one_line(shown)
    words = _phrase(phrase) if phrase and phrase.isascii() and "=?" not in phrase else []
    return token_field(name, *words, f"<{label}>")


def token_field(name: str, *tokens: str) -> str:
    """Return a field of unencoded words, such as `Message-ID`. Raises ValueError for other characters."""
    if not tokens or not all(re.fullmatch(r"[!-~]{1,900}", token) for token in tokens):
        raise ValueError(f"not for a header: {tokens!r:.100}")
    return f"{name}: {_folded(tokens, len(name) + 2)}"


def url_field(name: str, url: str) -> str:
    """Return a field with a web address in angle brackets (RFC 2369), on one line if possible.

    Readers of the field skip blanks inside the brackets, so an address longer than a line may be folded there.
    """
    value = f"<{quote(one_line(url), safe=_IN_URL)}>"
    first = LINE_MAX - len(name) - 2
    rest = (value[at : at + LINE_MAX - 1] for at in range(first, len(value), LINE_MAX - 1))
    return f"{name}: {_FOLD.join((value[:first], *rest))}"


def checked_address(address: str) -> str:
    """Return a mail address that any server accepts. Raises ValueError for all others."""
    if not _ADDRESS.fullmatch(address):
        raise ValueError(f"not a mail address that can be written to: {address!r:.100}")
    return address


def _is_plain(line: str) -> bool:
    """Return whether a line can stand in a head unchanged: ASCII, no likeness of an encoded word, no endless word."""
    return line.isascii() and "=?" not in line and all(len(word) < _SOFT_MAX for word in line.split(" "))


def _phrase(line: str) -> Sequence[str]:
    """Return the words of a phrase (RFC 5322 §3.2.5), as one quoted string unless they are atoms."""
    if _ATOMS.fullmatch(line):
        return line.split(" ")
    inside = line.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{inside}"'.split(" ")


def _folded(words: Sequence[str], column: int) -> str:
    """Return words with blanks between, in lines of the preferred length; `column` is where they begin."""
    parts = [words[0]]
    column += len(words[0])
    for word in words[1:]:
        fits = column + 1 + len(word) <= _SOFT_MAX
        parts += [" " if fits else _FOLD, word]
        column = column + 1 + len(word) if fits else 1 + len(word)
    return "".join(parts)


def _encoded(line: str, column: int) -> str:
    """Return a line as encoded words, including its blanks, because those between encoded words are ignored."""
    return _FOLD.join(f"{_BEFORE}{b64encode(piece).decode()}{_AFTER}" for piece in _pieces(line, column))


def _pieces(line: str, column: int) -> Iterator[bytes]:
    """Yield the line's UTF-8 in pieces of whole characters that fit into one encoded word each."""
    piece, room = b"", _count_bytes_for(min(_WORD_MAX, _SOFT_MAX - column))
    for letter in line:
        encoded = letter.encode()
        if len(piece) + len(encoded) > room:
            yield piece
            piece, room = b"", _count_bytes_for(_WORD_MAX)
        piece += encoded
    yield piece


def _count_bytes_for(characters: int) -> int:
    """Return the number of bytes that fit into an encoded word of this length."""
    return (characters - len(_BEFORE) - len(_AFTER)) // 4 * 3
