"""Which pages of an archive are articles: archives of others hold front pages and challenges, too."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from db.net.urls import read_host, registrable_domain
from worker.chain.inputs.archived_pages import LED_TO
from worker.chain.inputs.fields import InputField
from worker.extract.page import Extracted
from worker.judging.archived_kind import judge_archived_page
from worker.judging.page_kind import Look


class NoArticle(ValueError):
    """A page that is no article; the text is its kind."""


def require_article(page: Extracted, known: Mapping[str, Any]) -> None:
    """Judge a page by what it is and by what its record tells. Raises NoArticle."""
    asked_url = known[InputField.URL]
    final_url = known.get(LED_TO) or asked_url
    verdict = judge_archived_page(
        Look(
            asked_url=asked_url,
            final_url=final_url,
            same_host=registrable_domain(read_host(asked_url)) == registrable_domain(read_host(final_url)),
            text=page.text,
            signs=page.signs,
            feed_title=known.get(InputField.TITLE),
        )
    )
    if not verdict.is_article:
        raise NoArticle(str(verdict.kind))
