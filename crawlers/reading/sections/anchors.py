"""The links of a page with their places, headlines and dates. Pure; bounded in size, depth and number of links."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import urljoin, urlsplit

from lxml import etree

from crawlers.reading.sections.headline_words import rate_words
from crawlers.sanitize import clean
from db.text.dates import ParsedDate, parse_date
from db.text.encoding import decode, find_charset

MAX_BYTES = 5_000_000
MAX_ANCHORS = 10_000
_MAX_ADDRESS, _MAX_TEXT, _MAX_DEPTH = 2_000, 600, 150
_MAX_DATES = 5_000
_PATH = 6
"""Number of elements in the path of a place."""
_AROUND = 5
"""Number of links before and after a date that may belong to it."""
_UNSEEN = frozenset({"script", "style", "template", "noscript", "svg", "select", "textarea", "iframe"})
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_BLOCKS = frozenset({"p", "div", "li", "br", "section", "time", "ul", "figure", "figcaption"}) | _HEADINGS
_FURNITURE = re.compile(
    r"(?:^|[-_ ])(?:nav|navbar|navigation|menu|submenu|megamenu|footer|breadcrumbs?|pagination|pager|paging|social|"
    r"share|sharing|soc|tags?|taglist|author|byline|login|cookies?|langs?|language|languages|subscribe|newsletter|banner|"
    r"advert|ads|copyright|toolbar|topbar|weather|currency|counter)(?:$|[-_ ])"
)
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_DATED = re.compile(r"(?:^|[-_ ])(?:date|time|datetime|published|pubdate|posted|tarih|data|timestamp|day)(?:$|[-_ ])")
_DIGITS = re.compile(r"[0-9]+")
_SPACE = re.compile(r"\s+")


@dataclass(slots=True, kw_only=True)
class Anchor:
    """A link as it stands in its page."""

    href: str
    place: str
    """The last elements of its path with their first class."""
    ancestors: tuple[int, ...]
    """The serial numbers of the elements around it."""
    order: int
    is_furniture: bool
    """True in the navigation, the footer, or among tags and share buttons."""
    in_heading: bool = False
    rel: str = ""
    texts: list[str] = field(default_factory=list)
    heading: str = ""
    """The heading inside it, else the one beside it."""
    label: str = ""
    """Words of its attributes or its picture."""
    dated: ParsedDate | None = None

    @property
    def text(self) -> str:
        """Return its words in one line."""
        return _tidy(" ".join(self.texts))


@dataclass(frozen=True, slots=True)
class _Mark:
    """A date or a heading outside of links, to be given to the link that it belongs to."""

    ancestors: tuple[int, ...]
    order: int
    dated: ParsedDate | None
    words: str


@dataclass(slots=True)
class _Open:
    """An open element during the walk."""

    serial: int
    label: str
    is_furniture: bool
    is_article: bool


def read_page(body: bytes, content_type: str | None) -> etree._Element | None:
    """Return the tree of a page; None if it has no element."""
    text = clean(decode(body[:MAX_BYTES], find_charset(content_type)))
    parser: etree.HTMLParser[etree._Element] = etree.HTMLParser(
        encoding="utf-8", recover=True, remove_comments=True, remove_pis=True, no_network=True, huge_tree=False
    )
    try:
        return etree.fromstring(text.encode("utf-8", "replace"), parser)
    except (etree.XMLSyntaxError, ValueError):
        return None


def find_base(root: etree._Element, url: str) -> str:
    """Return the address that the page's links are relative to."""
    base = root.find(".//base[@href]")
    try:
        joined = urljoin(url, (base.get("href") or "").strip()[:_MAX_ADDRESS]) if base is not None else url
        return joined if urlsplit(joined).hostname else url
    except ValueError:
        return url


def find_anchors(root: etree._Element) -> list[Anchor]:
    """Return the links of a page in their order."""
    reader = _Reader()
    for event, element in etree.iterwalk(root, events=("start", "end")):
        if not isinstance(element.tag, str):
            continue
        (reader.open if event == "start" else reader.close)(element)
        if len(reader.anchors) > MAX_ANCHORS:
            break
    _give_marks(reader.anchors, reader.dates, is_date=True)
    _give_marks(reader.anchors, reader.headings, is_date=False)
    return reader.anchors


class _Reader:
    """Collects links, dates and headings in one pass."""

    def __init__(self) -> None:
        self.anchors: list[Anchor] = []
        self.dates: list[_Mark] = []
        self.headings: list[_Mark] = []
        self._stack: list[_Open] = []
        self._serial = self._order = self._hidden = 0
        self._anchor: Anchor | None = None
        self._heading: list[str] | None = None
        self._heading_has_link = False

    def open(self, element: etree._Element) -> None:
        """Take in the beginning of an element and the text up to its first child."""
        tag = str(element.tag)
        self._serial += 1
        self._order += 1
        if tag in _UNSEEN:
            self._hidden += 1
        names = "" if tag in ("html", "body", "main") else _read_names(element)
        above = self._stack[-1] if self._stack else None
        self._stack.append(_describe(self._serial, tag, element, names, above))
        if self._hidden:
            return
        if tag in _HEADINGS:
            self._heading, self._heading_has_link = [], False
        if tag == "a" and (element.get("href") or "").strip():
            self._begin_anchor(element)
        elif tag == "img" and self._anchor is not None:
            self._anchor.label = self._anchor.label or _tidy(element.get("alt") or "")
        elif tag == "time" or (names and _DATED.search(names)):
            self._take_date(element)
        self._take_text(element.text, is_new=tag in _BLOCKS)

    def close(self, element: etree._Element) -> None:
        """Take in the end of an element and the text after it."""
        tag = str(element.tag)
        self._stack.pop()
        if tag in _UNSEEN:
            self._hidden -= 1
        if not self._hidden:
            if tag in _HEADINGS and self._heading is not None:
                self._end_heading(_tidy(" ".join(self._heading)))
            if tag == "a":
                self._anchor = None
        self._take_text(element.tail, is_new=tag in _BLOCKS)

    def _begin_anchor(self, element: etree._Element) -> None:
        self._heading_has_link = True
        self._anchor = Anchor(
            href=(element.get("href") or "").strip()[: _MAX_ADDRESS + 1],
            place="/".join(each.label for each in self._stack[-_PATH:]),
            ancestors=self._ancestors(),
            order=self._order,
            is_furniture=self._stack[-1].is_furniture,
            in_heading=self._heading is not None,
            rel=(element.get("rel") or "").lower()[:100],
            label=_tidy(element.get("title") or element.get("aria-label") or ""),
        )
        self.anchors.append(self._anchor)

    def _end_heading(self, words: str) -> None:
        if self._anchor is not None:
            self._anchor.heading = self._anchor.heading or words
        elif words and not self._heading_has_link:
            self.headings.append(_Mark(self._ancestors(), self._order, None, words))
        self._heading = None

    def _take_date(self, element: etree._Element) -> None:
        if len(self.dates) >= _MAX_DATES or (self._anchor is not None and self._anchor.dated is not None):
            return
        written = (element.get("datetime") or "").strip() or _tidy("".join(_first_texts(element)))
        dated = parse_date(written[:80]) if written and any(map(str.isdigit, written)) else None
        if dated is None:
            return
        if self._anchor is not None:
            self._anchor.dated = dated
        else:
            self.dates.append(_Mark(self._ancestors(), self._order, dated, ""))

    def _take_text(self, text: str | None, *, is_new: bool) -> None:
        if self._hidden or not text or not text.strip():
            return
        piece = text[:_MAX_TEXT]
        if self._heading is not None:
            self._heading.append(piece)
        if self._anchor is not None and sum(map(len, self._anchor.texts)) < _MAX_TEXT:
            if is_new or not self._anchor.texts:
                self._anchor.texts.append(piece)
            else:
                self._anchor.texts[-1] += piece

    def _ancestors(self) -> tuple[int, ...]:
        return tuple(each.serial for each in self._stack[:_MAX_DEPTH])


def _first_texts(element: etree._Element) -> Iterator[str]:
    """Yield the first texts of an element, enough for a date."""
    length = 0
    for number, text in enumerate(element.itertext()):
        yield text
        length += len(text)
        if length > 80 or number > 10:
            return


def _describe(serial: int, tag: str, element: etree._Element, names: str, above: _Open | None) -> _Open:
    is_article = tag == "article" or (above is not None and above.is_article)
    role = (element.get("role") or "").lower()
    is_bar = tag in ("nav", "menu") or role in ("navigation", "menu", "contentinfo", "menubar", "search")
    is_edge = tag in ("header", "footer") and not is_article
    own = is_bar or is_edge or (bool(names) and tag != "a" and _FURNITURE.search(names) is not None)
    first = (element.get("class") or "").split(None, 1)[:1]
    label = f"{tag}.{_DIGITS.sub('#', first[0][:40])}" if first else tag
    return _Open(serial, label, own or (above is not None and above.is_furniture), is_article)


def _read_names(element: etree._Element) -> str:
    """Return class and id in lower case, parted into words."""
    names = f"{element.get('class') or ''} {element.get('id') or ''}"[:200]
    return _CAMEL.sub("-", names).lower().replace("__", "-").strip()


def _tidy(text: str) -> str:
    return _SPACE.sub(" ", text[: 2 * _MAX_TEXT]).strip()[:_MAX_TEXT]


def _give_marks(anchors: list[Anchor], marks: list[_Mark], *, is_date: bool) -> None:
    """Give each mark to the link with which it shares the innermost element."""
    following = 0
    leads: dict[int, bool] = {}
    for mark in marks:
        while following < len(anchors) and anchors[following].order < mark.order:
            following += 1
        before = anchors[following - 1] if following else None
        after = anchors[following] if following < len(anchors) else None
        depth_before, depth_after = _shared(mark, before), _shared(mark, after)
        depth = max(depth_before, depth_after)
        if depth < 3:
            continue
        takers = _only_headline(anchors, following, mark, depth)
        if not takers:
            goes_ahead = leads.setdefault(mark.ancestors[depth - 1], depth_after > depth_before)
            is_after = depth_after > depth_before or (depth_after == depth_before and goes_ahead)
            takers = [anchor for anchor in (after if is_after else before,) if anchor is not None]
        for anchor in takers:
            if is_date:
                anchor.dated = anchor.dated or mark.dated
            else:
                anchor.heading = anchor.heading or mark.words


def _only_headline(anchors: list[Anchor], following: int, mark: _Mark, depth: int) -> list[Anchor]:
    """Return the links around a mark that lead where the only headline in their common element leads."""
    around = [
        anchor
        for anchor in anchors[max(0, following - _AROUND) : following + _AROUND]
        if _shared(mark, anchor) >= depth
    ]
    if len(around) >= 2 * _AROUND:
        return []
    headlines = {anchor.href for anchor in around if anchor.in_heading or rate_words(anchor.text) > 0}
    return [anchor for anchor in around if anchor.href in headlines] if len(headlines) == 1 else []


def _shared(mark: _Mark, anchor: Anchor | None) -> int:
    """Return the number of elements around both."""
    if anchor is None:
        return 0
    number = 0
    for one, other in zip(mark.ancestors, anchor.ancestors, strict=False):
        if one != other:
            break
        number += 1
    return number
