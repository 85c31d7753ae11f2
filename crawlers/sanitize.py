"""Cleaning of untrusted text for storage and display."""

from __future__ import annotations

import html
import re
from html.parser import HTMLParser

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]")
_SPACE = re.compile(r"\s+")
_BLOCKS = frozenset({"br", "p", "div", "li", "td", "tr", "h1", "h2", "h3", "h4"})
_ANY_TAG = re.compile(r"<[^<>]*>")
_HIDDEN = frozenset({"script", "style"})
_NAMES = (
    "a|abbr|b|big|blockquote|br|center|cite|code|del|div|em|font|h[1-6]|hr|i|img|ins|li|mark|nobr|ol|p|q|s|script|small"
    "|span|strong|strike|style|sub|sup|table|tbody|td|tr|tt|u|ul|wbr"
)
_TAG = re.compile(rf"</?(?:{_NAMES})(?:\s[^<>]*)?/?>", re.IGNORECASE)
_SOME_TAG = re.compile(r"</?[A-Za-z][^<>]*>")
_ESCAPED_TAG = re.compile(rf"&lt;/?(?:{_NAMES})\b", re.IGNORECASE)
_CDATA_MARK = re.compile(r"<!\[CDATA\[|\]\]>")
_REFERENCE = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,30});")
_ESCAPES_MAX = 4
"""Maximum number of nested escapes in titles, which accumulate when they pass through several programs."""
_TITLE_MAX = 20_000
_LANGUAGE_MAX = 20
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{1,8}){0,3}\Z")


_UNKNOWN_SECTION = re.compile(r"<!\[(?!(?:temp|cdata|ignore|include|rcdata|if|else|endif)(?![-_.a-z0-9]))", re.I)
"""A marked section of an unknown kind, on which Python's parser raises AssertionError."""


def clean(text: str) -> str:
    """Return the text without control characters and lone surrogates, which databases and UTF-8 reject."""
    return _CONTROL.sub("", text).encode("utf-8", "replace").decode("utf-8")


def one_line(text: str) -> str:
    """Return the clean text with every run of white space replaced by one space."""
    return _SPACE.sub(" ", clean(text)).strip()


def without_tags(markup: str) -> str:
    """Return the text of an HTML fragment in one line: tags removed, entities resolved; a lone `<` stays."""
    if "<" not in markup and "&" not in markup:
        return one_line(markup)
    reader = _TextOnly()
    reader.feed(_UNKNOWN_SECTION.sub("&lt;![", markup))
    reader.close()
    return one_line("".join(reader.pieces))


def plain_title(title: str) -> str:
    """Return a headline as plain text, without markup and escapes at any depth; a lone `<` stays."""
    if "<" not in title and "&" not in title:
        return one_line(title)
    title = title[:_TITLE_MAX]
    for _ in range(_ESCAPES_MAX):
        title = _CDATA_MARK.sub("", title)
        if _TAG.search(title):
            title = without_tags(title)
        plain = _REFERENCE.sub(lambda found: html.unescape(found[0]), title)
        if plain == title:
            break
        title = plain
    return one_line(title)


def get_words(markup: str) -> str:
    """Return the approximate words of an HTML fragment, faster than `without_tags`; for comparison, not display."""
    return " ".join(_ANY_TAG.sub(" ", markup).split())


def as_markup(text: str, *, is_plain: bool) -> str:
    """Return a body as HTML, regardless of its declared type: by its tags and escapes."""
    text = _CDATA_MARK.sub("", text)
    if _TAG.search(text) or (_SOME_TAG.search(text) and not is_plain):
        return text
    if _ESCAPED_TAG.search(text):
        return html.unescape(text)
    return text.replace("<", "&lt;") if is_plain else text


def language_tag(value: object) -> str | None:
    """Return a declared language if it is well-formed: `ru`, `ru-RU`, `kk-Latn`."""
    text = value.strip() if isinstance(value, str) else ""
    return text.replace("_", "-") if len(text) <= _LANGUAGE_MAX and _LANGUAGE.match(text) else None


class _TextOnly(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[str] = []
        self._hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _HIDDEN:
            self._hidden += 1
        if tag in _BLOCKS:
            self.pieces.append(" ")

    def handle_endtag(self, tag: str) -> None:
        if tag in _HIDDEN and self._hidden:
            self._hidden -= 1

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.pieces.append(data)
