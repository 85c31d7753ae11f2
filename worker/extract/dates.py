"""When an article was published: what the page says, the most trustworthy place first."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from itertools import islice

from lxml.etree import XPath
from lxml.html import HtmlElement

from db.moments import EARLIEST_YEAR, LATEST_YEAR, Moment, parse_moment
from worker.extract.jsonld import as_text
from worker.extract.metadata import Declared, text_of

_META_PUBLISHED = (
    "article:published_time",
    "og:article:published_time",
    "og:published_time",
    "article:published",
    "datepublished",
    "parsely-pub-date",
    "sailthru.date",
    "mediator_published_time",
    "publishdate",
    "publish-date",
    "publish_date",
    "published-date",
    "published_date",
    "publication_date",
    "publication-date",
    "published_time",
    "published",
    "pubdate",
    "dc.date.issued",
    "dcterms.issued",
    "dc.date.published",
    "dcterms.created",
    "dc.date.created",
    "citation_publication_date",
    "article.published",
    "originalpublicationdate",
    "cxenseparse:recs:publishtime",
    "article_date_original",
    "date",
    "dc.date",
    "dcterms.date",
    "article:created",
    "og:pubdate",
    "ptime",
    "gentime",
    "video:release_date",
)
_META_MODIFIED = (
    "article:modified_time",
    "og:updated_time",
    "og:article:modified_time",
    "datemodified",
    "last-modified",
)
_CHANGED = re.compile(r"updat|modif|edited|обновл|измен|güncel", re.I)
_ELSEWHERE = re.compile(r"comment|related|sidebar|widget|footer|aside|recommend|promo|teaser|popular|latest|card", re.I)
_URL_DATE = re.compile(r"/((?:19|20)\d\d)([/-])(0?[1-9]|1[0-2]|[a-z]{3})\2(0?[1-9]|[12]\d|3[01])(?=[/\-_.]|$)")
_MICRODATA = XPath(".//*[@itemprop='datePublished' or @itemprop='dateCreated' or @pubdate]")
_DATE_CLASSES = XPath(
    ".//*[self::span or self::div or self::p or self::li or self::dd or self::small or self::a or self::td or self::b]["
    "contains(@class, 'date') or contains(@class, 'Date') or contains(@id, 'date') or contains(@class, 'time') or "
    "contains(@class, 'publish') or contains(@class, 'posted') or contains(@class, 'meta') or contains(@class, 'info')]"
)


def find_published(tree: HtmlElement, declared: Declared) -> Moment | None:
    """Return when the page declares that it was published; None when it does not.

    A day that one place gives is completed by the time which another gives for the same day, and a time
    without a zone by the zone of another that shows the same clock. The date of a change is never
    taken for that of publication.
    """
    month_first = declared.region == "US"
    found: list[Moment] = []
    for text in _published(tree, declared):
        moment = parse_moment(text, month_first=month_first)
        if moment is not None:
            found.append(moment)
            if moment.has_zone or len(found) >= 6:
                break
    return _completed(found, declared) if found else None


def find_modified(declared: Declared) -> Moment | None:
    """Return the date of the last change: what is left when the page gives no other."""
    return next(_modifications(declared), None)


def search_published(tree: HtmlElement) -> Moment | None:
    """Return the day that htmldate finds in the markup of a stripped page; never the mere year of a copyright.

    For the few pages which declare nothing: it costs 10 ms.
    """
    from htmldate import find_date

    day = find_date(
        tree,
        extensive_search=False,
        original_date=True,
        min_date=f"{EARLIEST_YEAR}-01-01",
        max_date=f"{LATEST_YEAR}-12-31",
    )
    return parse_moment(day) if day else None


def _published(tree: HtmlElement, declared: Declared) -> Iterator[str]:
    article, page = declared.linked.article, declared.linked.page
    for value in (article.get("datePublished"), article.get("dateCreated")):
        if text := as_text(value):
            yield text
    yield from declared.every(*_META_PUBLISHED)
    for value in (page.get("datePublished"), page.get("uploadDate"), page.get("dateCreated")):
        if text := as_text(value):
            yield text
    if address := _URL_DATE.search(declared.page_url or ""):
        yield f"{address[1]}-{address[3]}-{address[4]}"
    yield from _times(tree)
    yield from _labels(tree)


def _times(tree: HtmlElement) -> Iterator[str]:
    """Yield the page's own `<time>` elements and date microdata, without those of comments, teasers and changes."""
    elements = [*_MICRODATA(tree)[:3], *islice(tree.iter("time"), 30)]
    for element in islice((element for element in elements if not _is_elsewhere(element)), 5):
        for text in (element.get("content"), element.get("datetime"), text_of(element, 100)):
            if text:
                yield text


def _labels(tree: HtmlElement) -> Iterator[str]:
    """Yield the short texts of elements whose class or id speaks of a date."""
    for element in _DATE_CLASSES(tree)[:60]:
        text = text_of(element, 100)
        if 6 <= len(text) <= 80 and not _is_elsewhere(element):
            yield text


def _is_elsewhere(element: HtmlElement) -> bool:
    own = f"{element.get('class')} {element.get('itemprop')} {text_of(element, 60)}"
    if _CHANGED.search(own):
        return True
    around = [element, *islice(element.iterancestors(), 4)]
    return any(
        parent.tag in ("aside", "footer", "nav") or _ELSEWHERE.search(f"{parent.get('class')} {parent.get('id')}")
        for parent in around
        if parent.tag not in ("body", "html", "article", "main")
    )


def _completed(found: list[Moment], declared: Declared) -> Moment:
    best = found[0]
    if best.is_day:
        day = timedelta(days=1)
        best = next((other for other in found if not other.is_day and abs(other.at - best.at) <= day), best)
    if not best.is_day and not best.has_zone:
        for other in (*found, *_modifications(declared)):
            shift = best.at - other.at
            # the same clock read in another zone: a whole number of quarter hours apart
            if other.has_zone and abs(shift) <= timedelta(hours=14) and shift % timedelta(minutes=15) == timedelta(0):
                if other in found:
                    return other
                break
    return best


def _modifications(declared: Declared) -> Iterator[Moment]:
    linked = (as_text(node.get("dateModified")) for node in (declared.linked.article, declared.linked.page))
    for text in (*linked, *declared.every(*_META_MODIFIED)):
        if text and (moment := parse_moment(text)):
            yield moment
