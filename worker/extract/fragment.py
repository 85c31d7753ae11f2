"""The text of an HTML fragment, such as the body of a feed entry."""

from __future__ import annotations

import re

from lxml import etree, html
from lxml.html import HtmlElement

from worker.extract.body import paragraphs

MAX_LENGTH = 500_000
_NO_TEXT = ("script", "style", "iframe", "form", "svg", "object", "video", "audio", "figure", "template")
_BLOCKS = frozenset(
    [
        "p",
        "div",
        "br",
        "li",
        "ul",
        "ol",
        "table",
        "tr",
        "td",
        "th",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "blockquote",
        "pre",
        "section",
        "article",
        "header",
        "footer",
        "hr",
    ]
)
_MARKUP = re.compile(r"<[a-zA-Z!/]|&#?\w{2,8};")
# The line that WordPress and others put below an entry's text.
_FOOTERS = (
    r"The post .{1,300} (?:first )?appeared (?:first )?on .{1,200}",
    r"(?:Сообщение|Запись) .{1,300} появил[ао]с[ья] (?:сначала|впервые) на .{1,200}",
    r".{1,300} yazısı .{0,40}.{1,200} (?:üzerinde|sitesinde) .{0,40}ortaya çıktı\.?",
    r"(?:Read more|Continue reading|Читать далее|Подробнее|Devamını oku|Толығырақ|Толук окуу|Batafsil|Батафсил).{,99}",
)
_FOOTER = re.compile(rf"(?:{'|'.join(_FOOTERS)})\s*\Z", re.I)


def fragment_text(fragment: str) -> str:
    """Return the paragraphs of an HTML fragment, one a line, NFC; plain text stays unchanged. Never fails."""
    fragment = fragment[:MAX_LENGTH]
    if not _MARKUP.search(fragment):
        return _without_footer(paragraphs(fragment))
    try:
        tree = html.fragment_fromstring(fragment.replace("\0", ""), create_parent="div")
    except (etree.LxmlError, ValueError):
        return ""
    etree.strip_tags(tree, etree.Comment, etree.ProcessingInstruction)
    etree.strip_elements(tree, *_NO_TEXT, with_tail=False)
    return _without_footer(paragraphs("".join(_pieces(tree))))


def _pieces(tree: HtmlElement) -> list[str]:
    pieces: list[str] = []
    for event, element in etree.iterwalk(tree, events=("start", "end")):
        if not isinstance(element.tag, str):
            continue
        is_block = element.tag in _BLOCKS
        if event == "start":
            pieces += ["\n" if is_block else "", _spaced(element.text)]
        else:
            pieces += ["\n" if is_block else "", _spaced(element.tail) if element is not tree else ""]
    return pieces


def _spaced(text: str | None) -> str:
    return re.sub(r"\s+", " ", text) if text else ""


def _without_footer(text: str) -> str:
    lines = text.split("\n")
    while lines and _FOOTER.match(lines[-1]):
        lines.pop()
    return "\n".join(lines)
