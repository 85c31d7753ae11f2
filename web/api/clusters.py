"""Clusters: stories with their originals and reprints."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request
from pydantic import Field
from starlette.responses import Response

from db.articles.details import find_article
from db.enums.exports import ExportKind
from db.enums.stories import ReprintRelation, StoryDecisionKind
from db.models import Article
from db.stories.clusters import find_members
from web.api.articles import ArticleFacts
from web.api.parts.answers import KNOWN_ONLY, LIMIT, ArticleId, Cursor, Limit, answer, documented, not_found
from web.api.parts.row_lists import RowList, read_rows
from web.api.parts.row_models import IS_CUT, ApiModel, build_list_model, build_row_model
from web.shared.params import ArticleParameters, InvalidParameter, QueryText
from web.shared.store import Reading
from worker.export.formats.columns import COLUMNS
from worker.search.stories import read_story_record

router = APIRouter(tags=["clusters"], dependencies=KNOWN_ONLY)

_MEMBERS_MAX = 500

ClusterMember = build_row_model(
    "ClusterMember", "An article of a story with reprints, as in `export clusters`.", COLUMNS[ExportKind.CLUSTERS]
)
ClusterList = build_list_model(
    "ClusterList",
    "A page of articles of stories.",
    "clusters",
    ClusterMember,
    "The articles, story by story.",
    is_cut=IS_CUT,
)


@router.get("/clusters", operation_id="list_clusters", **documented(ClusterList, without=[404]))
def list_clusters(
    request: Request,
    store: Reading,
    parameters: ArticleParameters,
    cluster: Annotated[
        int | None,
        Query(ge=1, le=2**63 - 1, description="Only this story: the article_id of its original.", examples=[17]),
    ] = None,
    query: QueryText = "",
    limit: Limit = LIMIT,
    cursor: Cursor = "",
) -> Response:
    """List the articles of stories that have reprints, the story of the last collected original first."""
    asked = RowList(
        kind=ExportKind.CLUSTERS,
        things="clusters",
        limit=limit,
        cursor=cursor,
        filters=parameters,
        query=query,
        among=[] if cluster is None else [Article.cluster_id == cluster],
    )
    with store.reading() as conn:
        return read_rows(conn, request, asked, store=store)


class StoryEvidence(ApiModel):
    """The measured resemblance of two articles of a story."""

    article_a: int = Field(description="The one article.", examples=[17])
    article_b: int = Field(description="The other article.", examples=[19])
    containment: float = Field(description="Share of the smaller text that the larger one holds.", examples=[0.97])
    jaccard: float = Field(description="What both have, as a share of what either has.", examples=[0.91])
    relation: ReprintRelation = Field(description="What that makes them.", examples=["copy"])
    method: str = Field(description="Measure and thresholds.", examples=["shingles-1"])


class StoryJudgement(ApiModel):
    """A person's decision about a story."""

    id: int = Field(description="Number of the decision.", examples=[3])
    kind: StoryDecisionKind = Field(description="What was decided.", examples=["merge"])
    decided_at: str = Field(description="When.", examples=["2022-01-07T09:00:00Z"])
    note: str | None = Field(description="Why.", examples=["the same speech"])
    undone_at: str | None = Field(description="When it was taken back.", examples=[None])
    articles: list[int] = Field(description="The articles that it names.", examples=[[17, 19]])


class Story(ApiModel):
    """A story with its articles, as `story show` prints it."""

    story: int | None = Field(description="The original; null until compared.", examples=[17])
    articles: list[ArticleFacts] = Field(description="Its articles, by publication.")
    evidence: list[StoryEvidence] = Field(description="What was measured between their texts.")
    decisions: list[StoryJudgement] = Field(description="What people decided about it.")


@router.get("/clusters/{article_id}", operation_id="get_cluster", **documented(Story))
def get_cluster(request: Request, store: Reading, article_id: ArticleId) -> Response:
    """Return the story of an article: the original, its reprints, how much they resemble each other, decisions."""
    with store.reading() as conn:
        if find_article(conn, str(article_id)) is None:
            raise not_found(f"article {article_id}")
        members = find_members(conn, article_id)
        if len(members) > _MEMBERS_MAX:
            message = f"the story has {len(members):,} articles, more than {_MEMBERS_MAX}"
            raise InvalidParameter("article_id", message, "read it page by page: /api/v1/clusters?cluster=")
        return answer(request, read_story_record(conn, article_id))
