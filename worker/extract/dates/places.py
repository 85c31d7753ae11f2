"""Dates shown in a page: beside its headline, elsewhere, and beside the headlines of other articles."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from itertools import islice

from lxml.etree import XPath
from lxml.html import HtmlElement

from db.text.dates import ParsedDate
from worker.extract.dates.labels import PUBLISHED, UPDATED, is_line_of_date, read_date_label
from worker.extract.metadata import get_host, read_text, squeezed

_OF_OTHERS = re.compile(
    r"comment|related|sidebar|widget|footer|aside|recommend|promo|teaser|popular|latest|card|read-?also|similar|more-?news",
    re.IGNORECASE,
)
_READ_ALSO = re.compile(
    r"\W*(?:читайте|смотрите|по теме|материалы по|похож|последн|другие|ещ[её] по|новости по"
    r"|read (?:also|more)|related|see also|more (?:from|on|news|stories)|latest|recent|popular|you may"
    r"|читайте також|ilgili|benzer|diğer|son haber|оқи отыр|тағы оқ|ұқсас|соңғы жаң|басқа жаң|окшош|дагы оку|акыркы"
    r"|o[ʻ'’`]?xshash|mavzuga|so[ʻ'’`]?nggi|ўхшаш|мавзуга|сўнгги|маводҳои|ҳамчунин|хабарҳои"
    r"|oxşar|digər|son xəb|meňzeş|soňky|կարդացեք|նմանատիպ|այլ նյութ|相关|相關|推荐|延伸阅读)",
    re.IGNORECASE,
)
_MICRODATA = XPath(".//*[@itemprop='datePublished' or @itemprop='dateCreated' or @pubdate]")
_DATE_CLASSES = XPath(
    ".//*[self::span or self::div or self::p or self::li or self::dd or self::small or self::a or self::td or self::b]["
    "contains(@class, 'date') or contains(@class, 'Date') or contains(@id, 'date') or contains(@class, 'time') or "
    "contains(@class, 'publish') or contains(@class, 'posted') or contains(@class, 'meta') or contains(@class, 'info')]"
)
_MAYBE = re.compile(r"\d\d|年")
_OPEN_TAGS = ("body", "html", "article", "main")
_LONGEST = 100
_LABEL = 30
_PROSE = 100
_HEADINGS = ("h1", "h2", "h3", "h4")


@dataclass(slots=True)
class DatePlaces:
    """The publication dates shown in a page: `marked` by microdata; `others` are days of other articles."""

    marked: list[ParsedDate] = field(default_factory=list)
    beside: list[ParsedDate] = field(default_factory=list)
    elsewhere: list[ParsedDate] = field(default_factory=list)
    others: set[date] = field(default_factory=set)

    @property
    def is_enough(self) -> bool:
        """True if more dates would add no evidence: some stand by the headline, and the rest is one long list."""
        found = len(self.marked) + len(self.beside)
        return found >= 4 or found + len(self.elsewhere) >= (8 if found else 25)


@dataclass(slots=True)
class _Title:
    """The element that shows the headline (None without one), its words squeezed, the host of the page."""

    element: HtmlElement | None
    words: str
    host: str
    line: list[HtmlElement] = field(default_factory=list)
    """Its ancestors, the nearest first."""

    def __post_init__(self) -> None:
        if self.element is not None:
            self.line = list(self.element.iterancestors())

    def is_beside(self, element: HtmlElement) -> bool:
        """Return whether an element stands in one block with the headline."""
        around = [up for up in self.line[:3] if up.tag not in ("body", "html")]
        return self.is_near(element) or any(up in around for up in islice(element.iterancestors(), 4))

    def is_near(self, element: HtmlElement) -> bool:
        """Return whether little or no text stands between an element and the headline."""
        if self.element is None:
            return False
        branch = element
        for up in islice(element.iterancestors(), 5):
            if up in self.line[:3]:
                at = self.line.index(up)
                own = self.element if at == 0 else self.line[at - 1]
                first, last = sorted((up.index(own), up.index(branch)))
                between = up[first + 1 : last]
                return len(between) <= 4 and not any(len(read_text(one, _PROSE)) >= _PROSE for one in between)
            branch = up
        return False

    def is_other(self, link: HtmlElement, *, in_heading: bool) -> bool:
        """Return whether a link of the host leads to another article: its words are a headline."""
        address = (link.get("href") or "#").strip().lower()
        if address.startswith(("#", "mailto:", "javascript:", "tel:")) or get_host(address) not in ("", self.host):
            return False
        text = read_text(link, 200)
        if squeezed(text) == self.words:
            return False
        parent = link.getparent()
        is_heading = (parent is not None and parent.tag in _HEADINGS) or next(link.iter(*_HEADINGS), None) is not None
        if is_heading:
            return len(text) >= 12 and len(text.split()) >= 2
        return not in_heading and len(text) >= 25 and len(text.split()) >= 4


def read_places(tree: HtmlElement, headline: str | None, host: str, *, month_first: bool | None) -> DatePlaces:
    """Return the dates shown in a page of a host, without mere changes; the tree is not stripped yet."""
    places = DatePlaces()
    title = _Title(_title_element(tree, headline), squeezed(headline or ""), host)
    for element in _elements(tree, title.element):
        if places.is_enough:
            break
        for text, is_machine in _texts(element):
            if not _MAYBE.search(text):
                continue
            dated = read_date_label(text, month_first=month_first, before=_before(element))
            if dated is None or dated.moment is None:
                continue
            if not dated.is_published and _names_change(element):
                break
            if _is_of_another(element, title):
                places.others.add((dated.moment.at + dated.moment.offset).date())
            elif is_machine and element.get("itemprop") in ("datePublished", "dateCreated"):
                places.marked.append(dated.moment)
            elif title.element is None or title.is_beside(element):
                places.beside.append(dated.moment)
            else:
                places.elsewhere.append(dated.moment)
    return places


def _title_element(tree: HtmlElement, headline: str | None) -> HtmlElement | None:
    """Return the element that shows the headline; None if no heading does."""
    wanted = squeezed(headline or "")
    first = None
    for element in islice(tree.iter("h1", "h2"), 20):
        text = squeezed(read_text(element))
        if text and wanted and (text.startswith(wanted) or wanted.startswith(text)):
            return element
        first = element if first is None and element.tag == "h1" and text else first
    return first


def _elements(tree: HtmlElement, title: HtmlElement | None) -> Iterator[HtmlElement]:
    """Yield the elements that may contain a date, each once."""
    seen = set()
    lines = [] if title is None else [line for line in _siblings(title) if is_line_of_date(read_text(line, _LONGEST))]
    for element in (*_MICRODATA(tree)[:3], *lines, *islice(tree.iter("time"), 30), *_DATE_CLASSES(tree)[:60]):
        if element not in seen:
            seen.add(element)
            yield element


def _siblings(title: HtmlElement) -> Iterator[HtmlElement]:
    """Yield the short elements next to a headline, and next to elements that contain it alone."""
    parent = title.getparent()
    for element in (title, parent):
        if element is None or element.tag in ("body", "html"):
            continue
        near = [*islice(element.itersiblings(preceding=True), 1), *islice(element.itersiblings(), 3)]
        yield from (one for one in near if isinstance(one.tag, str) and one.tag not in ("script", "style", "time"))


def _texts(element: HtmlElement) -> Iterator[tuple[str, bool]]:
    """Yield the texts of an element that may be a date, and whether each is for machines."""
    is_for_dates = element.tag == "time" or element.get("itemprop") or element.get("pubdate") is not None
    if is_for_dates:
        yield from ((text, True) for text in (element.get("content"), element.get("datetime")) if text)
    text = read_text(element, _LONGEST + 20)
    if (6 <= len(text) <= _LONGEST - 20) or (text and len(text) <= _LONGEST + 20 and is_line_of_date(text)):
        yield text, False


def _before(element: HtmlElement) -> str:
    """Return the short label before an element, such as “Updated:”."""
    previous, parent = element.getprevious(), element.getparent()
    if previous is None:
        return ((parent.text or "") if parent is not None else "").strip()[-_LABEL:]
    if previous.tail and previous.tail.strip():
        return str(previous.tail).strip()[-_LABEL:]
    is_heading = not isinstance(previous.tag, str) or re.fullmatch(r"h\d", previous.tag)
    text = "" if is_heading else read_text(previous, _LABEL + 1)
    return text if len(text) <= _LABEL and not re.search(r"\d", text) else ""


def _names_change(element: HtmlElement) -> bool:
    own = f"{element.get('class')} {element.get('itemprop')} {element.get('id')}"
    return bool(UPDATED.search(own)) and not PUBLISHED.search(own)


def _is_of_another(element: HtmlElement, title: _Title) -> bool:
    """Return whether a date stands beside the headline of another article, in a list of such, or in a comment."""
    around = [up for up in (element, *islice(element.iterancestors(), 4)) if up.tag not in _OPEN_TAGS]
    if any(
        up.tag in ("aside", "footer", "nav") or _OF_OTHERS.search(f"{up.get('class')} {up.get('id')}") for up in around
    ):
        return True
    is_near = title.is_near(element)
    for up in around:
        if up in title.line:
            break
        if _READ_ALSO.match(read_text(up, 60)):
            return True
        if any(title.is_other(link, in_heading=is_near) for link in islice(up.iter("a"), 10)):
            return True
    return False
