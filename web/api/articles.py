"""Articles: lists, what changed since a position, one with all that is known of it, and what changed in its text."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from pydantic import Field
from starlette.responses import Response

from db.articles.changed import BEGINNING, ChangePosition
from db.articles.details import find_article, read_text
from db.changes import adopt_numbers, find_server, settled_number
from db.enums.exports import ExportKind
from web.api.parts.answers import (
    KNOWN_ONLY,
    LIMIT,
    ArticleId,
    Cursor,
    Limit,
    answer,
    documented,
    next_address,
    not_found,
    read_place,
    start_search,
)
from web.api.parts.row_models import IS_CUT, ApiModel, build_list_model, build_row_model, row_record
from web.shared.cursors import LONGEST, NoCursor, read_cursor, write_cursor
from web.shared.params import ArticleParameters, InvalidParameter, QueryText, read_filters, reading_query
from web.shared.store import Reading, Store
from worker.export.formats.columns import COLUMNS
from worker.search.articles import read_article_record
from worker.search.changed import ChangedPage, ChangeQuestion, RemovalReason, list_changed
from worker.search.pages.rows import RowQuestion, list_rows

router = APIRouter(tags=["articles"], dependencies=KNOWN_ONLY)

_COLUMNS = COLUMNS[ExportKind.ARTICLES]
_LIST, _CHANGES = "articles", "changes"

ListedArticle = build_row_model(
    "ListedArticle", "An article, as in `export articles`.", _COLUMNS, nullable=["counts_on"]
)


class DroppedArticle(ApiModel):
    """An article that a client which follows the changes has to drop, if it has it."""

    article_id: int = Field(description="Number of the article in this store.", examples=[16])
    reason: RemovalReason = Field(
        description="`removed`; `joined`: the same article as another; `filtered`: it does not pass the filters.",
        examples=["joined"],
    )
    joined_to: int | None = Field(description="The article that has its texts now.", examples=[17])


ArticleList = build_list_model(
    "ArticleList",
    "A page of articles.",
    "articles",
    ListedArticle,
    "The articles, the last collected first; with `changed_since` in the order of their last change.",
    removed=(
        list[DroppedArticle],
        Field(description="With `changed_since`: articles to drop. Empty without it."),
    ),
    is_cut=IS_CUT,
    changed_since=(
        str,
        Field(
            description="Pass it as `changed_since` to learn what changes from this page on. Of a list that is read "
            "from its first page: that of the first page.",
            examples=["WyJjaGFuZ2VzIiwgIiIsIDUxMjAsIDAsIDUxMjBd"],
        ),
    ),
)


@router.get("/articles", operation_id="list_articles", **documented(ArticleList, without=[404]))
def list_articles(
    request: Request,
    store: Reading,
    parameters: ArticleParameters,
    query: QueryText = "",
    changed_since: Annotated[
        str,
        Query(
            max_length=LONGEST,
            description="Instead of the whole list what changed since that answer: new, edited, tagged again, moved to "
            "another story, removed. `0` for everything from the beginning.",
            examples=["0"],
        ),
    ] = "",
    limit: Limit = LIMIT,
    cursor: Cursor = "",
) -> Response:
    """List the articles that pass the filters, the last collected first.

    While articles arrive and change, each article that stays is in exactly one page. With filters or a query a page may
    be shorter than `limit`, even empty, and yet not the last (`is_cut`): follow `next` until it is null. A client that
    has read all pages and then follows `changed_since` has what a full read would give it; names of outlets and filters
    by days back (`90d`) change without that.
    """
    if changed_since and cursor:
        raise InvalidParameter("cursor", "is not for changes", "changed_since of each page leads to the next")
    is_over = start_search()
    server = _own_numbers(store)
    with store.reading() as conn, reading_query():
        settled = settled_number(conn)
        filters = read_filters(conn, parameters, store=store)
        if changed_since:
            after, begun = _read_position(server, changed_since, settled)
            asked = ChangeQuestion(filters=filters, query=query, after=after, until=settled, begun=begun)
            changed = list_changed(conn, asked, limit=limit, is_over=is_over)
            record = _changes_record(request, changed, _write_position(server, changed.position, begun))
        else:
            place = read_place(_LIST, cursor, [int])
            question = RowQuestion(kind=ExportKind.ARTICLES, filters=filters, query=query, after=place, limit=limit)
            page = list_rows(conn, question, is_over=is_over)
            record = {
                "articles": [_record(row) for row in page.rows],
                "next": page.after and next_address(request, cursor=write_cursor(_LIST, page.after)),
                "removed": [],
                "is_cut": page.after is not None and len(page.rows) < limit,
                "changed_since": _write_position(server, (settled, 2**63 - 1), settled),
            }
    return answer(request, record)


def _changes_record(request: Request, page: ChangedPage, position: str) -> dict[str, Any]:
    return {
        "articles": [_record(row) for row in page.rows],
        "next": None if page.is_last else next_address(request, changed_since=position),
        "removed": [
            {"article_id": change.article_id, "reason": reason, "joined_to": change.joined_to}
            for change, reason in page.dropped
        ],
        "is_cut": page.is_cut,
        "changed_since": position,
    }


def _own_numbers(store: Store) -> str:
    """Return the server that numbers the changes, after starting the numbers again if it is another than before."""
    server = store.database.read(find_server)
    while server is None:
        store.database.write(adopt_numbers)
        server = store.database.read(find_server)
    return server


def _write_position(server: str, position: ChangePosition, begun: int) -> str:
    return write_cursor(_CHANGES, [server, *position, begun])


def _read_position(server: str, written: str, settled: int) -> tuple[ChangePosition, int]:
    """Return the position of a reader, and the number where it began. Raises InvalidParameter."""
    if written == "0":
        return BEGINNING, settled
    try:
        of, number, article_id, begun = read_cursor(_CHANGES, written, [str, int, int, int])
    except NoCursor:
        hint = "take changed_since of an answer, or 0"
        raise InvalidParameter("changed_since", "this is no place between changes", hint) from None
    if of != server or max(number, begun) > settled:
        hint = "read everything again, beginning with 0"
        raise InvalidParameter("changed_since", "this place is of another store, or of a later state of this one", hint)
    return (number, article_id), begun


def _record(row: Mapping[str, Any]) -> dict[str, Any]:
    record = row_record(_COLUMNS, row)
    return record | ({"counts_on": None} if record["is_undated"] else {})


class SuspectText(ApiModel):
    """Another text that was found at the address, which does not replace the article's."""

    reason: str = Field(description="Why it is held back.", examples=["it has nothing in common with the article"])
    title: str | None = Field(description="Its headline.", examples=["Are you a robot?"])
    text: str = Field(description="Its words.", examples=["Please wait."])
    looks: int = Field(description="How often it was seen in a row.", examples=[2])
    first_seen_at: str = Field(description="When it was seen first.", examples=["2022-01-06T10:00:00Z"])
    last_seen_at: str = Field(description="When it was seen last.", examples=["2022-01-06T12:00:00Z"])


class ArticleFacts(ApiModel):
    """An article as it is now."""

    article_id: int = Field(description="Number of the article in this store.", examples=[17])
    url: str = Field(description="Address, as last seen.", examples=["https://example.org/news/17"])
    source_id: str = Field(description="Outlet: its id.", examples=["example-herald"])
    source_name: str = Field(description="Outlet, for display.", examples=["Example Herald"])
    title: str | None = Field(description="Headline; null when the text has none.", examples=["Peacekeepers arrive"])
    headline: str | None = Field(description="Headline, else the first words.", examples=["Peacekeepers arrive"])
    author: str | None = Field(description="By-line.", examples=["A. Writer"])
    language: str | None = Field(description="ISO 639-1, a script may follow.", examples=["en"])
    genre: str | None = Field(description="Genre; null if unknown.", examples=["news"])
    in_scope: bool | None = Field(description="Whether it is about Central Asian security.", examples=[True])
    published_at: str | None = Field(description="Instant of publication.", examples=["2022-01-06T10:00:00Z"])
    published_is_day: bool = Field(description="Whether only the day of it is known.", examples=[False])
    collected_at: str = Field(description="Instant of first collection.", examples=["2022-01-06T10:05:00Z"])
    counts_on: str = Field(description="Day on which it counts.", examples=["2022-01-06"])
    story: int | None = Field(description="Article that it is or copies; null until compared.", examples=[17])
    revisions: int = Field(description="Number of different texts seen at its address.", examples=[1])


class WholeArticle(ArticleFacts):
    """An article with all that is known of it, as `article show --text` prints it."""

    entities: dict[str, int] = Field(description="Mentions by entity, the most frequent first.", examples=[{"csto": 3}])
    text_from: str = Field(description="Origin of the text: page or feed.", examples=["page"])
    aggregated: bool = Field(description="Whether the feed is an aggregator's.", examples=[False])
    unverified: bool = Field(description="Whether the server's certificate was bad.", examples=[False])
    certificate: str | None = Field(description="What was wrong with the certificate.", examples=[None])
    suspect: SuspectText | None = Field(description="Another text found at its address.", examples=[None])
    text: str = Field(description="The text as it stands now, a paragraph a line.", examples=["CSTO troops arrive."])


@router.get("/articles/{article_id}", operation_id="get_article", **documented(WholeArticle))
def get_article(request: Request, store: Reading, article_id: ArticleId) -> Response:
    """Return one article with its text and all that is known of it."""
    with store.reading() as conn:
        known = find_article(conn, str(article_id))
        if known is None:
            raise not_found(f"article {article_id}")
        text, text_from = read_text(conn, known)
        return answer(request, read_article_record(conn, known, text_from) | {"text": text})
