"""Migration of addresses to the current rules for canonical URLs.

Articles with equal addresses under these rules are joined: they would have been two texts of one article. An article
with several addresses was stored by rules that already know of them, and stays.
"""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import Connection, bindparam, delete, func, select, update

from db.articles.recording.addresses import PLACEHOLDER, Named, find_articles, note_addresses, settle_names
from db.articles.recording.joins import Joined, Joining, join_articles
from db.coverage.cells import mark_articles
from db.dialect import insert
from db.dialect.locks import lock_names
from db.enums.articles import RevisionStage
from db.models import AddressState, Article, ArticleAddress, Capture, Page, Revision, Sighting
from db.net.urls import RULES, canonical_url

_BATCH = 200
_THE_ROW = AddressState.id == 1


def is_behind(conn: Connection) -> bool:
    """Return whether some rows may still follow older rules."""
    row = conn.execute(select(AddressState.rules, AddressState.articles_to, AddressState.pages_to)).first()
    return row is None or tuple(row) != (RULES, None, None)


def readdress(conn: Connection, joining: Joining) -> bool:
    """Rewrite the addresses of some articles, then of some pages; return False when all are done.

    Call it repeatedly, each time in a transaction of its own; it resumes after an interruption.
    """
    start: dict[str, int | None] = {"rules": RULES, "articles_to": 0, "pages_to": 0}
    conn.execute(insert(conn, AddressState).values(id=1, **start).on_conflict_do_nothing(index_elements=["id"]))
    columns = (AddressState.rules, AddressState.articles_to, AddressState.pages_to)
    rules, articles_to, pages_to = conn.execute(select(*columns).where(_THE_ROW).with_for_update()).one()
    if rules != RULES:
        done = start
    elif articles_to is not None:
        done = {"articles_to": _readdress_articles(conn, articles_to, joining)}
    elif pages_to is not None:
        done = {"pages_to": _readdress_pages(conn, pages_to)}
    else:
        return False
    conn.execute(update(AddressState).where(_THE_ROW).values(done))
    return True


def _wanted(name: str, url: str) -> str | None:
    """Return the current canonical form of a name; None if it is the same, or no web address."""
    if not name.startswith("http"):
        return None
    try:
        wanted = canonical_url(url)
    except ValueError:
        return None
    return wanted if wanted != name else None


def _readdress_articles(conn: Connection, after: int, joining: Joining) -> int | None:
    """Rewrite the next articles; return the last of them, None if there was none."""
    has_rows = (
        select(ArticleAddress.article_id).where(ArticleAddress.article_id == Article.id).exists().label("has_rows")
    )
    columns = (Article.id, Article.canonical_url, Article.url, has_rows)
    rows = conn.execute(select(*columns).where(Article.id > after).order_by(Article.id).limit(_BATCH)).all()
    wanted = {row.id: name for row in rows if not row.has_rows and (name := _wanted(row.canonical_url, row.url))}
    if wanted:
        _file_articles(conn, wanted, {row.id: row.url for row in rows}, joining)
    return rows[-1].id if rows else None


def _file_articles(conn: Connection, wanted: Mapping[int, str], urls: Mapping[int, str], joining: Joining) -> None:
    lock_names(conn, wanted.values())
    conn.execute(select(Article.id).where(Article.id.in_(sorted(wanted))).order_by(Article.id).with_for_update())
    aside = [{"of_id": article_id, "name": f"{PLACEHOLDER}{article_id}"} for article_id in sorted(wanted)]
    renaming = update(Article).where(Article.id == bindparam("of_id")).values(canonical_url=bindparam("name"))
    conn.execute(renaming, aside)
    there = find_articles(conn, set(wanted.values()))
    taken = set(conn.scalars(select(Article.canonical_url).where(Article.canonical_url.in_(sorted(wanted.values())))))
    joined = Joined()
    for article_id, name in sorted(wanted.items()):
        if name in taken or name in there:
            note_addresses(conn, [Named(there.get(name, article_id), name, urls[article_id])])
        else:
            conn.execute(renaming, [{"of_id": article_id, "name": name}])
        keep, gone = sorted((there.get(name, article_id), article_id))
        if keep != gone:
            join_articles(conn, keep, gone, joining, joined)
        there[name] = keep
    settle_names(conn, set(there.values()))
    waiting = sorted({joined.revision(revision_id) for revision_id in joined.current})
    conn.execute(
        update(Revision).where(Revision.id.in_(waiting)).values(stage=RevisionStage.STORED, claimed_until=None)
    )
    mark_articles(conn, sorted(set(there.values())))
    joining.recluster(conn, sorted(joined.stories | set(there.values())))


def _readdress_pages(conn: Connection, after: int) -> int | None:
    """Rewrite the next pages; return the last of them, None if there was none."""
    columns = (Page.id, Page.canonical_url, Page.url)
    rows = conn.execute(select(*columns).where(Page.id > after).order_by(Page.id).limit(_BATCH)).all()
    wanted = {row.id: name for row in rows if (name := _wanted(row.canonical_url, row.url))}
    taken = select(Page.canonical_url, Page.id).where(Page.canonical_url.in_(sorted(wanted.values())))
    there: dict[str, int] = dict(conn.execute(taken.order_by(Page.id).with_for_update()).all()) if wanted else {}
    for page_id, name in sorted(wanted.items()):
        keep, gone = sorted((there.get(name, page_id), page_id))
        if keep != gone:
            _merge_pages(conn, keep, gone)
        conn.execute(update(Page).where(Page.id == keep).values(canonical_url=name))
        there[name] = keep
    return rows[-1].id if rows else None


def _merge_pages(conn: Connection, keep: int, gone: int) -> None:
    """Move the sightings and captures of one page to another."""
    kept_feeds = select(Sighting.feed_id).where(Sighting.page_id == keep).scalar_subquery()
    duplicates = select(Sighting.feed_id, Sighting.first_seen_at).where(
        Sighting.page_id == gone, Sighting.feed_id.in_(kept_feeds)
    )
    for feed_id, first_seen_at in conn.execute(duplicates).all():
        sighting = (Sighting.page_id == keep, Sighting.feed_id == feed_id, Sighting.first_seen_at > first_seen_at)
        conn.execute(update(Sighting).where(*sighting).values(first_seen_at=first_seen_at))
    move_sightings = update(Sighting).where(Sighting.page_id == gone, Sighting.feed_id.not_in(kept_feeds))
    conn.execute(move_sightings.values(page_id=keep))
    same = select(func.count()).where(
        (other := Capture.__table__.alias()).c.page_id == keep,
        other.c.body_hash == Capture.body_hash,
        other.c.fetched_at == Capture.fetched_at,
    )
    moved = update(Capture).where(Capture.page_id == gone, same.correlate(Capture).scalar_subquery() == 0)
    conn.execute(moved.values(page_id=keep))
    conn.execute(delete(Page).where(Page.id == gone))
