"""Addresses of articles: which article is found under one, and which of its addresses an article goes by.

An article is *asked* for under the address that its document came by. Its page may name another as its own, and
redirects may end elsewhere: these are claims. Two articles that have an address in common are one if their texts say
the same (`joins`); otherwise the claim is worth nothing. All this follows from the rows alone, so it does not matter
what came first.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, bindparam, case, delete, exists, func, or_, select, update
from sqlalchemy.orm import aliased

from db.dialect import insert
from db.models import Article, ArticleAddress

MOST_CLAIMS = 20
"""An address that more articles have in common is no name of any: a mistake in a template."""

_TRIES = 8
_ROWS = 400


@dataclass(frozen=True, slots=True)
class Claim:
    """An address that is an article's own by what its page declares, or because redirects ended there."""

    canonical_url: str
    url: str
    is_declared: bool


@dataclass(slots=True)
class KnownAddress:
    """The articles that are found under some addresses; their rows are locked."""

    ids: dict[str, int]
    spelled: dict[int, str]
    """How the address of each is shown."""
    manifold: set[int]
    """Those that have several addresses."""
    taken: dict[str, str] = field(default_factory=dict)
    """What a new article goes by until it is named, where another goes by its address without being found there."""


@dataclass(frozen=True, slots=True)
class Named:
    """A document's addresses, and the article it was filed in."""

    article_id: int
    canonical_url: str
    url: str
    claims: Sequence[Claim] = ()


def find_articles(conn: Connection, urls: Collection[str]) -> dict[str, int]:
    """Return which article each of these canonical URLs is asked for."""
    found: dict[str, int] = {}
    ordered = sorted(urls)
    for start in range(0, len(ordered), _ROWS):
        part = ordered[start : start + _ROWS]
        only = select(Article.canonical_url, Article.id).where(Article.canonical_url.in_(part), ~_has_rows())
        found |= {url: article_id for url, article_id in conn.execute(only)}
        asked = select(ArticleAddress.canonical_url, ArticleAddress.article_id)
        rows = conn.execute(asked.where(ArticleAddress.canonical_url.in_(part), ArticleAddress.is_asked))
        found |= {url: article_id for url, article_id in rows}
    return found


def find_article(conn: Connection, url: str) -> int | None:
    """Return the article that goes by this address or has it among its others; None when no article has."""
    by_key = conn.scalar(select(Article.id).where(Article.canonical_url == url))
    if by_key is not None:
        return by_key
    claimed = select(ArticleAddress.article_id).where(ArticleAddress.canonical_url == url)
    return conn.scalar(claimed.order_by(ArticleAddress.is_asked.desc(), ArticleAddress.article_id).limit(1))


def lock_articles(conn: Connection, urls: Collection[str]) -> KnownAddress:
    """Return the articles that these canonical URLs are asked for, with their rows locked in the order of ids.

    Looks again when another transaction joined one of them to another while we waited.
    """
    for _ in range(_TRIES):
        ids = find_articles(conn, urls)
        if not ids:
            break
        query = select(Article.id, Article.url, _has_rows()).where(Article.id.in_(sorted(set(ids.values()))))
        rows = conn.execute(query.order_by(Article.id).with_for_update(of=Article)).all()
        if find_articles(conn, urls) == ids:
            return KnownAddress(ids, {row[0]: row[1] for row in rows}, {row[0] for row in rows if row[2]})
    return KnownAddress({}, {}, set())


def _has_rows() -> Any:
    return exists().where(ArticleAddress.article_id == Article.id)


def find_shared(conn: Connection, urls: Collection[str]) -> set[str]:
    """Return those of the addresses that an article has among several."""
    query = select(ArticleAddress.canonical_url).where(ArticleAddress.canonical_url.in_(sorted(urls)))
    return set(conn.scalars(query))


def note_addresses(conn: Connection, named: Iterable[Named]) -> set[int]:
    """Store the addresses of documents; return their articles, and those that were found under what they claim."""
    documents = list(named)
    claimed = {claim.canonical_url for document in documents for claim in document.claims}
    there = find_articles(conn, claimed)
    articles = {document.article_id for document in documents}
    _spell_out(conn, articles | set(there.values()))
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


def _spell_out(conn: Connection, article_ids: Collection[int]) -> None:
    """Give articles that had one address a row for it."""
    query = select(Article.canonical_url, Article.id, Article.url)
    rows: dict[tuple[str, int], dict[str, Any]] = {}
    for canonical_url, article_id, url in conn.execute(query.where(Article.id.in_(sorted(article_ids)), ~_has_rows())):
        if not canonical_url.startswith(PLACEHOLDER):
            _add(rows, canonical_url, article_id, url, is_asked=True)
    _upsert(conn, rows)


PLACEHOLDER = "urn:steppewatch:placeholder:"
"""What an article goes by for the moment in which another one has its address."""


def find_neighbours(conn: Connection, article_ids: Collection[int]) -> list[tuple[int, int]]:
    """Return the pairs of articles that have an address in common, one of them among these; the lower id first."""
    mine, other = aliased(ArticleAddress), aliased(ArticleAddress)
    query = (
        select(mine.article_id, other.article_id)
        .join(other, (other.canonical_url == mine.canonical_url) & (other.article_id != mine.article_id))
        .where(mine.article_id.in_(sorted(article_ids)), _is_bounded(mine.canonical_url))
        .distinct()
    )
    return sorted({(min(pair), max(pair)) for pair in conn.execute(query)})


def _is_bounded(canonical_url: Any) -> Any:
    every = aliased(ArticleAddress)
    count = select(func.count()).where(every.canonical_url == canonical_url).correlate_except(every).scalar_subquery()
    return count <= MOST_CLAIMS


def move_addresses(conn: Connection, *, keep: int, gone: int) -> None:
    """Give one article the addresses of another."""
    _spell_out(conn, [keep, gone])
    rows: dict[tuple[str, int], dict[str, Any]] = {}
    query = select(ArticleAddress.__table__).where(ArticleAddress.article_id == gone)
    for row in conn.execute(query).mappings().all():
        flags = {name: row[name] for name in ("is_asked", "is_declared", "is_end")}
        _add(rows, row["canonical_url"], keep, row["url"], **flags)
    conn.execute(delete(ArticleAddress).where(ArticleAddress.article_id == gone))
    _upsert(conn, rows)


def settle_names(conn: Connection, article_ids: Collection[int]) -> set[int]:
    """Let these articles, and those that share an address with one, go by the best of their own; return who changed.

    The best is what a page of the article declares, else where redirects ended, else what it was asked for by.
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
    """Return the addresses that an article was found under, or that several claim."""
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
    if renamed:  # two of them may change places
        rows = [{"of_id": article_id, "name": f"{PLACEHOLDER}{article_id}"} for article_id in renamed]
        conn.execute(statement.values(canonical_url=bindparam("name")), rows)
    if changed:
        names = [{"of_id": i, "name": wanted[i][0], "spelled": wanted[i][1]} for i in changed]
        conn.execute(statement.values(canonical_url=bindparam("name"), url=bindparam("spelled")), names)
    return set(changed)
