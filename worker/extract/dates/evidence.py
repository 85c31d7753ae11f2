"""The dates of publication and change in a page, the most trustworthy place first."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime

from lxml.html import HtmlElement

from db.text.dates import EARLIEST_YEAR, LATEST_YEAR, ParsedDate, fault_in, parse_date
from worker.extract.dates.choice import DateEvidence
from worker.extract.dates.places import read_places
from worker.extract.jsonld import as_text
from worker.extract.metadata import Declared, get_host

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
_URL_DATE = re.compile(r"/((?:19|20)\d\d)([/-])(0?[1-9]|1[0-2]|[a-z]{3})\2(0?[1-9]|[12]\d|3[01])(?=[/\-_.]|$)")
_MOST = 6
_NO_LATEST = datetime.max.replace(tzinfo=UTC)


def read_evidence(tree: HtmlElement, declared: Declared, headline: str | None = None) -> DateEvidence:
    """Return the dates in a page; call it before the page is stripped.

    Visible dates are searched only if the page does not declare an instant.
    """
    month_first = None if declared.region is None else declared.region == "US"
    moments: list[ParsedDate] = []
    fault = None
    for text in _declared_texts(declared):
        if moment := parse_date(text, month_first=month_first):
            moments.append(moment)
            if moment.has_zone or len(moments) >= _MOST:
                break
        else:
            fault = fault or fault_in(text, latest=_NO_LATEST)
    changed = tuple(_modifications(declared))
    if any(moment.has_zone for moment in moments):
        return DateEvidence(declared=tuple(moments), changed=changed, fault=fault)
    places = read_places(tree, headline, get_host(declared.page_url), month_first=month_first)
    return DateEvidence(
        declared=(*moments, *places.marked),
        beside=tuple(places.beside),
        elsewhere=tuple(places.elsewhere),
        others=frozenset(places.others),
        changed=changed,
        fault=fault,
    )


def search_published(tree: HtmlElement, evidence: DateEvidence) -> ParsedDate | None:
    """Return the day that htmldate finds in the markup of a stripped page; never the mere year of a copyright.

    For the few pages without other evidence: it costs 10 ms. The day of another article does not count.
    """
    from htmldate import find_date

    day = find_date(
        tree,
        extensive_search=False,
        original_date=True,
        min_date=f"{EARLIEST_YEAR}-01-01",
        max_date=f"{LATEST_YEAR}-12-31",
    )
    moment = parse_date(day) if day else None
    return None if moment is None or moment.at.date() in evidence.others else moment


def _declared_texts(declared: Declared) -> Iterator[str]:
    """Yield the machine-readable declarations of publication, the most trustworthy first."""
    article, page = declared.linked.article, declared.linked.page
    for value in (article.get("datePublished"), article.get("dateCreated")):
        if text := as_text(value):
            yield text
    yield from declared.every(*_META_PUBLISHED)
    for value in (page.get("datePublished"), page.get("uploadDate"), page.get("dateCreated")):
        if text := as_text(value):
            yield text
    if (address := _URL_DATE.search(declared.page_url or "")) and int(address[1]) >= EARLIEST_YEAR:
        yield f"{address[1]}-{address[3]}-{address[4]}"


def _modifications(declared: Declared) -> Iterator[ParsedDate]:
    linked = (as_text(node.get("dateModified")) for node in (declared.linked.article, declared.linked.page))
    for text in (*linked, *declared.every(*_META_MODIFIED)):
        if text and (moment := parse_date(text)):
            yield moment
