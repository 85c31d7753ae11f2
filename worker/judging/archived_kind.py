"""The kind of a page that no feed named: a page of an archive that somebody else crawled. Pure."""

from __future__ import annotations

from urllib.parse import urlsplit

from db.enums.outcomes import PageKind
from worker.judging.page_kind import OWN_EVIDENCE, ROOT, Look, PageVerdict, evidence_of_article, judge_page

_LIST = 5
"""Least number of headings with links to other articles on a page that lists them."""
_MUCH, _MORE, _MOST = 0.15, 0.3, 0.6
"""Shares of the visible text that stand in links."""


def judge_archived_page(look: Look) -> PageVerdict:
    """Return the kind of a page: as of one that was fetched for a feed, and a front page by what it is itself.

    What is readable before a paywall counts as an article.
    """
    verdict = judge_page(look)
    if verdict.kind is PageKind.PAYWALL:
        return PageVerdict(PageKind.ARTICLE, verdict.reason)
    if not verdict.is_article:
        return verdict
    if reason := _front_page(look):
        return PageVerdict(PageKind.FRONT_PAGE, reason)
    return verdict


def _front_page(look: Look) -> str | None:
    """Return why a page is a front page or a section."""
    signs = look.signs
    try:
        parts = urlsplit(look.final_url)
    except ValueError:
        return None
    is_root = parts.scheme in ("http", "https") and not parts.query and ROOT.match(parts.path)
    is_sure = signs.is_declared and signs.is_dated
    if is_root and not (is_sure and signs.teasers < _LIST):
        return "its address is that of a front page"
    if signs.is_declared:
        return None
    if signs.teasers >= _LIST and (signs.linked > _MUCH or evidence_of_article(look) < OWN_EVIDENCE):
        return "it is a list of other articles"
    if signs.is_dated:
        return None
    if signs.is_website and signs.linked > _MORE:
        return "it calls itself a site and consists of links"
    return "it consists of links" if signs.linked > _MOST and signs.paragraphs < 2 else None
