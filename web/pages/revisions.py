"""The texts of an article, and which words changed between two of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from sqlalchemy import Connection
from starlette.responses import Response

from db.articles.details import ArticleRow, read_articles
from db.articles.former_texts import RevisionSeen, find_revisions
from db.text.headlines import headline
from db.vocabulary.versions import find_labels
from web.answers.page import Format, respond
from web.answers.tables import PageTable
from web.pages.articles import get_article_id
from web.shared.params import InvalidParameter
from web.shared.store import Reading
from worker.lib.plain_values import to_plain
from worker.search.revisions import TextDifference, compare_revisions, list_revisions
from worker.text.diff_blocks import DiffBlock, diff_blocks
from worker.text.word_diff import changes_between

_SHOWN = 200
"""Number of the latest texts in the list."""

router = APIRouter(include_in_schema=False)

RevisionNumber = Annotated[str, Query(max_length=20, pattern=r"^\s*[0-9]*\s*$")]


@dataclass(frozen=True, slots=True, kw_only=True)
class RevisionsPage:
    """The content of the page of an article's texts."""

    article: ArticleRow
    revisions: Sequence[RevisionSeen]
    """The texts, the current one last."""
    before: int | None
    after: int | None
    difference: TextDifference | None
    """None if the article has only one text."""
    labels: Mapping[str, str]
    now: datetime

    template = "revisions.html"

    @property
    def title(self) -> str:
        """The title of the page."""
        return f"Changes of {headline(self.article.title, self.article.beginning) or 'an article'}"

    @property
    def blocks(self) -> Sequence[DiffBlock]:
        """The changed text in blocks."""
        if self.difference is None:
            return ()
        return diff_blocks(self.difference.old.text, self.difference.new.text, self.difference.changes)

    @property
    def title_blocks(self) -> Sequence[DiffBlock]:
        """The changed title in blocks."""
        if self.difference is None:
            return ()
        old, new = self.difference.old.title or "", self.difference.new.title or ""
        return diff_blocks(old, new, changes_between(old, new))

    @property
    def listed(self) -> Sequence[tuple[RevisionSeen, int | None]]:
        """The texts, the current one first, each with its predecessor."""
        before = [None, *(revision.revision_id for revision in self.revisions)]
        return list(zip(self.revisions, before, strict=False))[: -_SHOWN - 1 : -1]

    def record(self) -> dict[str, Any]:
        """Return the changes as `article diff` prints them, and the texts that there are."""
        changed = self.difference.record() if self.difference else {"changes": []}
        return {
            "article_id": self.article.id,
            "from": self.before,
            "to": self.after,
            **changed,
            "revisions": [
                {"revision_id": one.revision_id, "seen_at": to_plain(one.seen_at), "is_current": one.is_current}
                for one in self.revisions
            ],
        }

    def table(self) -> PageTable:
        """Return the changes."""
        changes = self.difference.record()["changes"] if self.difference else []
        return PageTable.of_records(("op", "old", "new"), changes)


@router.get("/articles/{reference}/revisions")
def show_revisions(
    request: Request,
    reference: str,
    store: Reading,
    format: Format,
    before: Annotated[RevisionNumber, Query(alias="from")] = "",
    after: Annotated[RevisionNumber, Query(alias="to")] = "",
) -> Response:
    """Return the page of an article's texts; by default with the latest change."""
    with store.reading() as conn:
        article_id = get_article_id(conn, reference)
        page = _read_page(conn, article_id, _number(before), _number(after), store.now())
    return respond(request, page, format)


def _number(written: str) -> int | None:
    return int(written) if written.strip() else None


def _read_page(
    conn: Connection, article_id: int, before: int | None, after: int | None, now: datetime
) -> RevisionsPage:
    [article] = read_articles(conn, [article_id])
    revisions = find_revisions(conn, article_id)
    pair = choose_pair(revisions, before, after)
    difference = compare_revisions(conn, *pair) if pair else None
    return RevisionsPage(
        article=article,
        revisions=revisions,
        before=pair[0] if pair else None,
        after=pair[1] if pair else None,
        difference=difference,
        labels=find_labels(conn) if difference else {},
        now=now,
    )


def choose_pair(revisions: Sequence[RevisionSeen], before: int | None, after: int | None) -> tuple[int, int] | None:
    """Return the two texts to compare: a missing one is the predecessor of the other, or the current text.

    None if there is only one text. Raises InvalidParameter for a text that the article does not have. Pure.
    """
    known = [revision.revision_id for revision in revisions]
    for name, chosen in (("from", before), ("to", after)):
        if chosen is not None and chosen not in known:
            raise InvalidParameter(name, "the article has no such text", f"it has {list_revisions(revisions)}")
    if len(known) < 2:
        return None
    last = known[-1] if after is None else after
    first = known[max(known.index(last) - 1, 0)] if before is None else before
    return first, last
