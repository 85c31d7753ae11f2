"""Revisions: the texts that stood at the addresses of articles, and what changed between two of them."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request
from pydantic import Field
from starlette.responses import Response

from db.articles.details import find_article
from db.enums.exports import ExportKind
from web.api.parts.answers import KNOWN_ONLY, LIMIT, ArticleId, Cursor, Limit, answer, documented, not_found
from web.api.parts.row_lists import RowList, read_rows, read_rows_of_article
from web.api.parts.row_models import IS_CUT, ApiModel, build_list_model, build_row_model
from web.shared.params import ArticleParameters, InvalidParameter, QueryText
from web.shared.store import Reading
from worker.export.formats.columns import COLUMNS
from worker.search.revisions import NoRevision, choose_revisions, compare_revisions

router = APIRouter(tags=["revisions"], dependencies=KNOWN_ONLY)

ListedRevision = build_row_model(
    "ListedRevision", "A text of an article, as in `export revisions`.", COLUMNS[ExportKind.REVISIONS]
)
RevisionList = build_list_model(
    "RevisionList",
    "A page of revisions.",
    "revisions",
    ListedRevision,
    "The texts, the last stored first.",
    is_cut=IS_CUT,
)


@router.get("/revisions", operation_id="list_revisions", **documented(RevisionList, without=[404]))
def list_revisions(
    request: Request,
    store: Reading,
    parameters: ArticleParameters,
    query: QueryText = "",
    limit: Limit = LIMIT,
    cursor: Cursor = "",
) -> Response:
    """List the texts of the articles that pass the filters, the last stored first."""
    asked = RowList(
        kind=ExportKind.REVISIONS, things="revisions", limit=limit, cursor=cursor, filters=parameters, query=query
    )
    with store.reading() as conn:
        return read_rows(conn, request, asked, store=store)


@router.get("/articles/{article_id}/revisions", operation_id="list_article_revisions", **documented(RevisionList))
def list_article_revisions(
    request: Request, store: Reading, article_id: ArticleId, limit: Limit = LIMIT, cursor: Cursor = ""
) -> Response:
    """List the texts of one article, the last stored first."""
    return read_rows_of_article(
        request, ExportKind.REVISIONS, "revisions", article_id, limit=limit, cursor=cursor, store=store
    )


class WordChange(ApiModel):
    """A stretch of words that changed."""

    op: str = Field(description="What happened: replace, delete or insert.", examples=["replace"])
    old: str = Field(description="The words before.", examples=["three"])
    new: str = Field(description="The words after.", examples=["four"])


class ArticleChanges(ApiModel):
    """The changes between two texts of an article, as `article diff` prints it."""

    article_id: int = Field(description="Number of the article in this store.", examples=[17])
    from_: int = Field(alias="from", description="The older text.", examples=[17])
    to: int = Field(description="The newer text.", examples=[21])
    changes: list[WordChange] = Field(description="The changes, in their order.")
    entities_added: list[str] | None = Field(
        description="Entities that only the newer text mentions; null until both are tagged.", examples=[["csto"]]
    )
    entities_removed: list[str] | None = Field(
        description="Entities that only the older text mentions.", examples=[["kazakhstan"]]
    )
    title_changed: bool = Field(description="Whether the headline changed.", examples=[False])


_Revision = Annotated[
    int | None,
    Query(ge=1, le=2**63 - 1, description="Number of a text of the article; both, or none for the latest change."),
]


@router.get("/articles/{article_id}/changes", operation_id="compare_article_revisions", **documented(ArticleChanges))
def compare_article_revisions(
    request: Request,
    store: Reading,
    article_id: ArticleId,
    before: Annotated[_Revision, Query(alias="from", examples=[17])] = None,
    after: Annotated[_Revision, Query(alias="to", examples=[21])] = None,
) -> Response:
    """Return which words of an article changed between two texts; by default the latest change."""
    if (before is None) != (after is None):
        raise InvalidParameter("from", "two texts are compared", "pass both from and to, or none")
    wanted = [before, after] if before is not None and after is not None else []
    with store.reading() as conn:
        if find_article(conn, str(article_id)) is None:
            raise not_found(f"article {article_id}")
        try:
            old, new = choose_revisions(conn, article_id, [one for one in wanted if one])
        except NoRevision as error:
            raise not_found(f"such text: {error.message}{'; ' if error.hint else ''}{error.hint}") from None
        difference = compare_revisions(conn, old, new)
    return answer(request, {"article_id": article_id, "from": old, "to": new} | difference.record())
