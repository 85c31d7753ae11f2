"""Addresses of articles: finding the article under an address, and choosing an article's canonical address.

An article is *asked* for under the address of its document. Its page may declare another address as its own, and
redirects may end elsewhere: these are claims. Two articles with a common address are one if their texts agree
(`joins`); otherwise the claim counts for nothing. All this follows from the rows alone, so the order of arrival does
not matter.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, bindparam, case, delete, exists, func, or_, select, update
from sqlalchemy.orm import aliased

from db.changes import note_changes
from db.dialect import insert
from db.models import Article, ArticleAddress

MOST_CLAIMS = 20
"""An address shared by more articles names none of them: it comes from a mistake in a template."""

_TRIES = 8
_ROWS = 400


@dataclass(frozen=True, slots=True)
class Claim:
    """An address claimed by a page's declaration or by the end of redirects."""

    canonical_url: str
    url: str
    is_declared: bool


@dataclass(slots=True)
class KnownAddress:
    """The articles that are found under some addresses; their rows are locked."""

    ids: dict[str, int]
    spelled: dict[int, str]
    """The displayed URL of each article."""
    manifold: set[int]
    """Articles that have several addresses."""
    taken: dict[str, str] = field(default_factory=dict)
    """Provisional names of new articles: their address serves as the name of another article without being one of its
    own.
    """


@dataclass(frozen=True, slots=True)
class Named:
    """A document's addresses, and the article that contains it."""

    article_id: int
    canonical_url: str
    url: str
    claims: Sequence[Claim] = ()


def find_articles(conn: Connection, urls: Collection[str]) -> dict[str, int]:
    """Return the articles asked for under these canonical URLs, by URL."""
    found: dict[str, int] = {}
    ordered = sorted(urls)
    for start in range(0, len(ordered), _ROWS):
        part = ordered[start : start + _ROWS]
        only = select(Article.canonical_url, Article.id).where(Article.canonical_url.in_(part), ~_has_rows())
        found |= {url: article_id for url, article_id in conn.execute(only)}
        requested = select(ArticleAddress.canonical_url, ArticleAddress.article_id)
        rows = conn.execute(requested.where(ArticleAddress.canonical_url.in_(part), ArticleAddress.is_asked))
        found |= {url: article_id for url, article_id in rows}
    return found


def find_article(conn: Connection, url: str) -> int | None:
    """Return the article that has this address as its name or among its others; None if there is none."""
    by_key = conn.scalar(select(Article.id).where(Article.canonical_url == url))
    if by_key is not None:
        return by_key
    claimed = select(ArticleAddress.article_id).where(ArticleAddress.canonical_url == url)
    return conn.scalar(claimed.order_by(ArticleAddress.is_asked.desc(), ArticleAddress.article_id).limit(1))


def lock_articles(conn: Connection, urls: Collection[str]) -> KnownAddress:
    """Return the articles asked for under these canonical URLs, with their rows locked in the order of ids.

    Searches again if another transaction joined one of them to another article in the meantime.
    """
    for _ in range(_TRIES):
        ids = find_articles(conn, urls)
        if not ids:
            break
        query = select(Article.id, Article.url, _has_rows().label("has_rows")).where(
            Article.id.in_(sorted(set(ids.values())))
        )
        rows = conn.execute(query.order_by(Article.id).with_for_update(of=Article)).all()
        if find_articles(conn, urls) == ids:
            return KnownAddress(ids, {row.id: row.url for row in rows}, {row.id for row in rows if row.has_rows})
    return KnownAddress({}, {}, set())


def _has_rows() -> Any:
    return exists().where(ArticleAddress.article_id == Article.id)


def find_shared(conn: Connection, urls: Collection[str]) -> set[str]:
    """Return those of the addresses that belong to an article with several."""
    query = select(ArticleAddress.canonical_url).where(ArticleAddress.canonical_url.in_(sorted(urls)))
    return set(conn.scalars(query))


def note_addresses(conn: Connection, named: Iterable[Named]) -> set[int]:
    """Store the addresses of documents; return their articles and those found under the claimed addresses."""
    documents = list(named)
    claimed = {claim.canonical_url for document in documents for claim in document.claims}
    there = find_articles(conn, claimed)
    articles = {document.article_id for document in documents}
    _add_single_addresses(conn, articles | set(there.values()))
    rows: dict[tuple[str, int], dict[str, Any]] = {}
    for document in documents:
        _add(rows, document.canonical_url, document.article_id, document.url, is_asked=True)
        for claim in document.claims:
            is_declared = claim.is_declared
            _add(
                rows,
                claim.canonical_url,
                document.article_id,
                claim.url,
                is_declared=is_declared,
                is_end=not is_declared,
            )
    _upsert(conn, rows)
    return articles | set(there.values())


def _add(
    rows: dict[tuple[str, int], dict[str, Any]], canonical_url: str, article_id: int, url: str, **is_: bool
) -> None:
    plain = {"is_asked": False, "is_declared": False, "is_end": False}
    row = rows.setdefault(
        (canonical_url, article_id), {"canonical_url": canonical_url, "article_id": article_id, "url": url, **plain}
    )
    row["url"] = min(row["url"], url)
    for name, value in is_.items():
        row[name] = row[name] or value


def _upsert(conn: Connection, rows: Mapping[tuple[str, int], dict[str, Any]]) -> None:
    if not rows:
        return
    upsert = insert(conn, ArticleAddress)
    again = upsert.excluded
    set_: dict[str, Any] = {
        name: or_(getattr(ArticleAddress, name), again[name]) for name in ("is_asked", "is_declared", "is_end")
    }
    set_["url"] = case((again.url < ArticleAddress.url, again.url), else_=ArticleAddress.url)
    statement = upsert.on_conflict_do_update(index_elements=["canonical_url", "article_id"], set_=set_)
    conn.execute(statement, [rows[key] for key in sorted(rows)])


def _add_single_addresses(conn: Connection, article_ids: Collection[int]) -> None:
    """Add the address row of articles that had only one address."""
    query = select(Article.canonical_url, Article.id, Article.url)
    rows: dict[tuple[str, int], dict[str, Any]] = {}
    for canonical_url, article_id, url in conn.execute(query.where(Article.id.in_(sorted(article_ids)), ~_has_rows())):
        if not canonical_url.startswith(PLACEHOLDER):
            _add(rows, canonical_url, article_id, url, is_asked=True)
    _upsert(conn, rows)


PLACEHOLDER = "urn:steppewatch:placeholder:"
"""Prefix of temporary names, used while two articles exchange addresses."""


def find_neighbours(conn: Connection, article_ids: Collection[int]) -> list[tuple[int, int]]:
    """Return the pairs of articles with a common address, one of them among these; the lower id first."""
    this, other = aliased(ArticleAddress), aliased(ArticleAddress)
    query = (
        select(this.article_id, other.article_id)
        .join(other, (other.canonical_url == this.canonical_url) & (other.article_id != this.article_id))
        .where(this.article_id.in_(sorted(article_ids)), _is_bounded(this.canonical_url))
        .distinct()
    )
    return sorted({(min(pair), max(pair)) for pair in conn.execute(query)})


def _is_bounded(canonical_url: Any) -> Any:
    every = aliased(ArticleAddress)
    count = select(func.count()).where(every.canonical_url == canonical_url).correlate_except(every).scalar_subquery()
    return count <= MOST_CLAIMS


def move_addresses(conn: Connection, *, keep: int, gone: int) -> None:
    """Move the addresses of one article to another."""
    _add_single_addresses(conn, [keep, gone])
    rows: dict[tuple[str, int], dict[str, Any]] = {}
    query = select(ArticleAddress.__table__).where(ArticleAddress.article_id == gone)
    for row in conn.execute(query).mappings().all():
        flags = {name: row[name] for name in ("is_asked", "is_declared", "is_end")}
        _add(rows, row["canonical_url"], keep, row["url"], **flags)
    conn.execute(delete(ArticleAddress).where(ArticleAddress.article_id == gone))
    _upsert(conn, rows)


def settle_names(conn: Connection, article_ids: Collection[int]) -> set[int]:
    """Rename these articles and their neighbours to the best of their own addresses; return the changed ones.

    The best is the address declared by a page of the article, then the end of redirects, then the requested one.
    """
    ids = set(article_ids) | {article_id for pair in find_neighbours(conn, article_ids) for article_id in pair}
    query = select(ArticleAddress.__table__).where(ArticleAddress.article_id.in_(sorted(ids)))
    rows = conn.execute(query).mappings().all()
    contested = _contested(conn, {row["canonical_url"] for row in rows})
    own: defaultdict[int, list[tuple[bool, bool, str, str]]] = defaultdict(list)
    for row in rows:
        if row["is_asked"] or row["canonical_url"] not in contested:
            best_first = (not row["is_declared"], not row["is_end"], row["canonical_url"], row["url"])
            own[row["article_id"]].append(best_first)
    wanted = {article_id: min(names)[2:] for article_id, names in own.items()}
    return _rename(conn, wanted)


def _contested(conn: Connection, urls: Collection[str]) -> set[str]:
    """Return the addresses that an article was found under, or that several articles claim."""
    found: set[str] = set()
    ordered = sorted(urls)
    for start in range(0, len(ordered), _ROWS):
        query = (
            select(ArticleAddress.canonical_url)
            .where(ArticleAddress.canonical_url.in_(ordered[start : start + _ROWS]))
            .group_by(ArticleAddress.canonical_url)
            .having(or_(func.count() > 1, func.max(case((ArticleAddress.is_asked, 1), else_=0)) > 0))
        )
        found.update(conn.scalars(query))
    return found


def _rename(conn: Connection, wanted: Mapping[int, tuple[str, str]]) -> set[int]:
    query = select(Article.id, Article.canonical_url, Article.url).where(Article.id.in_(sorted(wanted)))
    now = {article_id: (canonical_url, url) for article_id, canonical_url, url in conn.execute(query)}
    changed = sorted(article_id for article_id in now if now[article_id] != wanted[article_id])
    renamed = [article_id for article_id in changed if now[article_id][0] != wanted[article_id][0]]
    statement = update(Article).where(Article.id == bindparam("of_id"))
    if renamed:  # two of them may exchange names
        rows = [{"of_id": article_id, "name": f"{PLACEHOLDER}{article_id}"} for article_id in renamed]
        conn.execute(statement.values(canonical_url=bindparam("name")), rows)
        copies = select(Article.id).where(Article.cluster_id.in_(renamed), Article.id != Article.cluster_id)
        note_changes(conn, sorted(conn.scalars(copies)))  # they show the address of their original
    if changed:
        names = [{"of_id": i, "name": wanted[i][0], "spelled": wanted[i][1]} for i in changed]
        conn.execute(statement.values(canonical_url=bindparam("name"), url=bindparam("spelled")), names)
    return set(changed)
