"""Links between revisions, and the clusters derived from them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, or_, select, update
from sqlalchemy.orm import aliased

from db.dialect import insert
from db.enums.stories import ReprintRelation
from db.models import Article, ClusterLink, Revision
from db.stories.judgements import read_judgements

JOINING = (ReprintRelation.COPY, ReprintRelation.HEADLINE)
"""The relations that join two articles into one story (`worker.dedup.relation`)."""
COUNTING = (ReprintRelation.COPY, ReprintRelation.COMMONPLACE)
"""The relations that depend on which passages are commonplaces."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkIn:
    """A verified resemblance of two revisions."""

    revision_a: int
    revision_b: int
    shared: int
    containment: float
    jaccard: float
    relation: str
    method: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberRow:
    """An article of a connected set, with its sort key and its current cluster."""

    article_id: int
    revision_id: int | None
    canonical_url: str
    source_id: str
    published_at: datetime | None
    cluster_id: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkRow:
    """A link between the current revisions of two articles."""

    article_a: int
    article_b: int
    shared: int
    containment: float
    jaccard: float
    relation: str


def record_links(conn: Connection, links: Iterable[LinkIn]) -> None:
    """Store links; the same pair again takes the newer scores. Skips deleted texts, and two texts of one article."""
    found = list(links)
    ends = {end for link in found for end in (link.revision_a, link.revision_b)}
    query = select(Revision.id, Revision.article_id).where(Revision.id.in_(sorted(ends)))
    article_of = dict(conn.execute(query).all()) if ends else {}
    links = [link for link in found if _is_between_articles(link, article_of)]
    rows = sorted(
        (
            {
                "revision_a": min(link.revision_a, link.revision_b),
                "revision_b": max(link.revision_a, link.revision_b),
                "containment": link.containment,
                "jaccard": link.jaccard,
                "shared": link.shared,
                "relation": link.relation,
                "method": link.method,
            }
            for link in links
        ),
        key=lambda row: (row["revision_a"], row["revision_b"]),
    )
    if rows:
        upsert = insert(conn, ClusterLink)
        changed = {name: upsert.excluded[name] for name in ("shared", "containment", "jaccard", "relation", "method")}
        conn.execute(upsert.on_conflict_do_update(index_elements=["revision_a", "revision_b"], set_=changed), rows)


def _is_between_articles(link: LinkIn, article_of: Mapping[int, int]) -> bool:
    one, other = article_of.get(link.revision_a), article_of.get(link.revision_b)
    return one is not None and other is not None and one != other


@dataclass(frozen=True, slots=True)
class Connected:
    """Articles connected by copies or people's merges, by id, with the links and judgements between two of them."""

    members: Mapping[int, MemberRow]
    links: Mapping[tuple[int, int], LinkRow]
    judged: Mapping[tuple[int, int], bool]
    """True: a person joined them; False: a person separated them."""


def lock_connected(conn: Connection, article_ids: Sequence[int]) -> Connected:
    """Return all articles connected with these, locked until the end of the transaction.

    Starts from the articles and all members of their current clusters, follows merges and the links between current
    revisions, and searches again after each lock, since another worker may have added links in the meantime.
    """
    present = select(Article.cluster_id).where(Article.id.in_(article_ids), Article.cluster_id.is_not(None))
    seeds = set(conn.scalars(select(Article.id).where(Article.cluster_id.in_(present))))
    seeds.update(article_ids)
    locked: dict[int, MemberRow] = {}
    links: dict[tuple[int, int], LinkRow] = {}
    judged: dict[tuple[int, int], bool] = {}
    frontier = seeds
    while frontier:
        locked.update(_lock_members(conn, sorted(frontier)))
        found = _load_links(conn, [m.revision_id for m in locked.values() if m.revision_id])
        links = {(link.article_a, link.article_b): link for link in found}
        judged = read_judgements(conn, sorted(locked))
        joined = {end for link in found if link.relation in JOINING for end in (link.article_a, link.article_b)}
        joined |= {end for pair, together in judged.items() if together for end in pair}
        frontier = joined - locked.keys()
    return Connected(
        locked,
        {pair: link for pair, link in links.items() if locked.keys() >= set(pair)},
        {pair: together for pair, together in judged.items() if locked.keys() >= set(pair)},
    )


def _lock_members(conn: Connection, article_ids: Sequence[int]) -> dict[int, MemberRow]:
    query = (
        select(
            Article.id.label("article_id"),
            Article.revision_id,
            Article.canonical_url,
            Article.source_id,
            Article.published_at,
            Article.cluster_id,
        )
        .where(Article.id.in_(article_ids))
        .order_by(Article.id)
        .with_for_update()
    )
    return {row.article_id: MemberRow(**row._asdict()) for row in conn.execute(query)}


def _load_links(conn: Connection, revision_ids: Sequence[int]) -> list[LinkRow]:
    a, b = aliased(Article), aliased(Article)
    query = (
        select(
            a.id.label("article_a"),
            b.id.label("article_b"),
            ClusterLink.shared,
            ClusterLink.containment,
            ClusterLink.jaccard,
            ClusterLink.relation,
        )
        .join(a, a.revision_id == ClusterLink.revision_a)
        .join(b, b.revision_id == ClusterLink.revision_b)
        .where(or_(ClusterLink.revision_a.in_(revision_ids), ClusterLink.revision_b.in_(revision_ids)))
        .order_by(a.id, b.id)
    )
    return [LinkRow(**row._asdict()) for row in conn.execute(query)]


def record_clusters(conn: Connection, members: Mapping[int, MemberRow], originals: Mapping[int, int]) -> list[int]:
    """Store the original of each article; return the articles that changed their cluster, by id."""
    moved = [
        article_id for article_id, original in sorted(originals.items()) if members[article_id].cluster_id != original
    ]
    by_original: dict[int, list[int]] = {}
    for article_id in moved:
        by_original.setdefault(originals[article_id], []).append(article_id)
    for original, ids in by_original.items():
        conn.execute(update(Article).where(Article.id.in_(ids)).values(cluster_id=original))
    return moved


def find_members(conn: Connection, article_id: int) -> list[int]:
    """Return the articles in this article's story, by id; empty if the article does not exist."""
    cluster = select(Article.cluster_id).where(Article.id == article_id).scalar_subquery()
    query = select(Article.id).where(or_(Article.id == article_id, Article.cluster_id == cluster))
    return sorted(conn.scalars(query))
