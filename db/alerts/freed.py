"""Matches that were not sent because their article was a reprint of a sent one, and no longer is."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, and_, func, or_, select, update
from sqlalchemy.orm import aliased

from db.enums.alerts import MatchStatus
from db.models import Article, ClusterLink, MatchRow, Revision, Subscription
from db.stories.clusters import JOINING


@dataclass(frozen=True, slots=True, kw_only=True)
class Freed:
    """A match with its article in another story than the match that it was listed under."""

    match_id: int
    subscription_id: int
    story: int
    max_age_h: int
    observed_at: datetime
    published_at: datetime | None
    published_is_day: bool
    is_undated: bool


def find_freed(conn: Connection, article_ids: Collection[int], *, resembling: bool) -> list[Freed]:
    """Return the matches freed by articles that changed their stories, in the order of publication.

    Unless `resembling`, a match is left out if its article is still a reprint of the sent one and only its story is
    another.
    """
    moved = sorted(article_ids)
    told, first = aliased(MatchRow), aliased(Article)
    ends = (ClusterLink.revision_a, ClusterLink.revision_b)
    is_link = or_(*(and_(a == Article.revision_id, b == first.revision_id) for a, b in (ends, ends[::-1])))
    still = select(ClusterLink.revision_a).where(is_link, ClusterLink.relation.in_(JOINING)).exists()
    story = func.coalesce(Article.cluster_id, Article.id)
    query = (
        select(
            MatchRow.id.label("match_id"),
            MatchRow.subscription_id,
            story.label("story"),
            Subscription.max_age_h,
            Revision.observed_at,
            Article.published_at,
            Article.published_is_day,
            Article.is_undated,
        )
        .join(Subscription, Subscription.id == MatchRow.subscription_id)
        .join(Article, Article.id == MatchRow.article_id)
        .join(Revision, Revision.id == MatchRow.revision_id)
        .join(told, told.id == MatchRow.item_id)
        .join(first, first.id == told.article_id)
        .where(MatchRow.article_id.in_(moved) | told.article_id.in_(moved), MatchRow.status == MatchStatus.ALSO)
        .where(func.coalesce(first.cluster_id, first.id) != story)
        .order_by(Article.published_at.is_(None), Article.published_at, Article.canonical_url, MatchRow.id)
    )
    return [Freed(**row._asdict()) for row in conn.execute(query if resembling else query.where(~still))]


def find_first_matches(conn: Connection, freed: Collection[Freed]) -> dict[tuple[int, int], int]:
    """Return the first match of each subscription in each story, where there is one already."""
    query = (
        select(MatchRow.subscription_id, Article.cluster_id, func.min(MatchRow.id))
        .join(Article, Article.id == MatchRow.article_id)
        .where(
            Article.cluster_id.in_({each.story for each in freed}),
            MatchRow.status.in_((MatchStatus.NEWS, MatchStatus.REVISED)),
        )
        .where(MatchRow.subscription_id.in_({each.subscription_id for each in freed}), MatchRow.item_id.is_(None))
        .group_by(MatchRow.subscription_id, Article.cluster_id)
    )
    return {(subscription, story): match_id for subscription, story, match_id in conn.execute(query) if story}


def record_freed(conn: Connection, rulings: Mapping[int, tuple[str, int | None]]) -> None:
    """Store the new status of matches, and the match under which each is listed."""
    for match_id, (status, item_id) in sorted(rulings.items()):
        conn.execute(update(MatchRow).where(MatchRow.id == match_id).values(status=status, item_id=item_id))
