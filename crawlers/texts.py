"""Text from outside, made fit to be stored and shown."""

from __future__ import annotations

import re
from html.parser import HTMLParser

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]")
_SPACE = re.compile(r"\s+")
_BLOCKS = frozenset({"br", "p", "div", "li", "td", "tr", "h1", "h2", "h3", "h4"})
_HIDDEN = frozenset({"script", "style"})


def clean(text: str) -> str:
    """Return `text` without control characters and lone surrogates, which databases and UTF-8 refuse."""
    return _CONTROL.sub("", text).encode("utf-8", "replace").decode("utf-8")


def one_line(text: str) -> str:
    """Return clean text with every run of white space as one space."""
    return _SPACE.sub(" ", clean(text)).strip()


def without_tags(markup: str) -> str:
    """Return the text of a piece of HTML in one line: tags gone, entities resolved; a lone `<` stays."""
    if "<" not in markup and "&" not in markup:
        return one_line(markup)
    reader = _TextOnly()
    reader.feed(markup)
    reader.close()
    return one_line("".join(reader.pieces))


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
