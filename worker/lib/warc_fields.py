"""Fields of our own in the records of a WARC: what a feed told of a page. Percent-encoded, as URLs are; pure."""

from __future__ import annotations

from enum import StrEnum
from typing import Final
from urllib.parse import quote, unquote

_LONGEST: Final = 4_000


class WarcField(StrEnum):
    """The name of a field; other programs ignore it."""

    ASKED = "Steppewatch-Asked-URI"
    TITLE = "Steppewatch-Title"
    AUTHOR = "Steppewatch-Author"
    PUBLISHED = "Steppewatch-Published"
    NO_ARTICLE = "Steppewatch-No-Article"


def encode_field(value: str) -> str:
    """Return a value of one line of ASCII."""
    return quote(value[:_LONGEST].encode("utf-8", "replace"), safe=" :/?#[]@!$&'()*+,;=-._~").strip()


def decode_field(written: str | None) -> str | None:
    """Return the value of a field; None without one."""
    return unquote(written[: 10 * _LONGEST]) if written else None
