"""The bytes of a mail: its head, its body, and a final check before sending. Pure."""

from __future__ import annotations

import re
from binascii import b2a_qp
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import blake2b

from worker.delivery.transports.mail.headers import LINE_MAX, checked_address
from worker.messages.plain_text import escape_controls

_NAME = re.compile(r"([A-Za-z][A-Za-z-]*): [!-~]")
_HEAD = re.compile(r"[\x20-\x7e\r\n]+")
_MIME = ("MIME-Version", "Content-Type", "Content-Transfer-Encoding")
_STRAY = re.compile(rb"\r(?!\n)|(?<!\r)\n|[^\t\r\n\x20-\x7e]")


class LetterFault(ValueError):
    """A mail that must not be sent, with the reason as text."""


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail to one address. `sender` and `to` are for the server; `names` are the intended fields."""

    sender: str
    to: str
    names: tuple[str, ...]
    data: bytes


def write(sender: str, to: str, fields: Mapping[str, str], text: str, html: str = "") -> Letter:
    """Return the mail with these fields, whole lines each, in plain text and, if there is any, as HTML."""
    body = _alternative(text, html) if html else _part("plain", text)
    head, _, rest = body.partition(b"\r\n\r\n")
    lines = "\r\n".join((*fields.values(), "MIME-Version: 1.0"))
    data = lines.encode("ascii", "strict") + b"\r\n" + head + b"\r\n\r\n" + rest
    mime = _MIME[:2] if html else _MIME
    return Letter(checked_address(sender), checked_address(to), (*fields, *mime), data)


def check(letter: Letter) -> bytes:
    """Return the bytes of a correct mail. Raises LetterFault.

    This holds after any earlier fault: no line is too long, all bytes are ASCII, and the head has exactly the intended
    fields, each once.
    """
    try:
        for address in (letter.sender, letter.to):
            checked_address(address)
    except ValueError as error:
        raise LetterFault(str(error)) from error
    stray = _STRAY.search(letter.data)
    if stray:
        raise LetterFault(f"the byte {stray[0]!r} at {stray.start():,} must not be in a mail")
    if any(len(line) > LINE_MAX for line in letter.data.split(b"\r\n")):
        raise LetterFault(f"a line has more than {LINE_MAX} characters")
    head, blank, _ = letter.data.partition(b"\r\n\r\n")
    if not blank:
        raise LetterFault("it has no body")
    _check_head(head.decode("ascii"), letter.names)
    return letter.data


def _check_head(head: str, names: tuple[str, ...]) -> None:
    if not _HEAD.fullmatch(head):
        raise LetterFault("its head has a tab or a control character")
    fields = re.split(r"\r\n(?![ ])", head)
    found = [_NAME.match(field) for field in fields]
    if None in found or any(not line.strip() for line in head.split("\r\n")):
        raise LetterFault("its head has a line that is no field")
    if tuple(match[1] for match in found if match) != names or len(set(names)) != len(names):
        raise LetterFault("its head has other fields than were meant")


def _part(subtype: str, text: str) -> bytes:
    """Return a part with its own head, quoted-printable: lines of at most 76 characters, all of them ASCII."""
    lines = (line if line == "-- " else line.rstrip(" \t") for line in escape_controls(text).split("\n"))
    quoted = b2a_qp("\n".join(lines).encode(), istext=True).replace(b"\n", b"\r\n")
    head = f"Content-Type: text/{subtype}; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"
    return head.encode() + quoted


def _alternative(text: str, html: str) -> bytes:
    """Return both as multipart/alternative. Quoted-printable text never contains `=_`, so the boundary is unique."""
    boundary = f"=_{blake2b(html.encode('utf-8', 'replace'), digest_size=12).hexdigest()}"
    head = f'Content-Type: multipart/alternative; boundary="{boundary}"\r\n\r\n'
    parts = [f"--{boundary}\r\n".encode() + _part(*each) + b"\r\n" for each in (("plain", text), ("html", html))]
    return head.encode() + b"".join(parts) + f"--{boundary}--\r\n".encode()
