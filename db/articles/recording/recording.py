"""Recording of articles and their revisions: the first of the two transactions of a batch."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

import xxhash
from sqlalchemy import Connection, bindparam, delete, select, update

from db.alerts.matches import forget_superseded
from db.articles.counting_day import counts_on, get_time_zone
from db.articles.recording.addresses import (
    PLACEHOLDER,
    KnownAddress,
    Named,
    find_shared,
    lock_articles,
    note_addresses,
    settle_names,
)
from db.articles.recording.arrivals import (
    ArticleIn,
    Recorded,
    Stored,
    count_revisions,
    earliest_date,
    insert_revisions,
    is_alone,
    make_latest_current,
    note_returned,
    stored_revisions,
)
from db.articles.recording.current_text import refresh_articles
from db.articles.recording.first_sight import mark_undated
from db.articles.recording.joins import Joined, Joining, join_same
from db.changes import note_changes, note_removal
from db.collection.sources.unverified import forget_unverified
from db.coverage.cells import mark_articles
from db.dialect import insert
from db.dialect.locks import lock_names
from db.enums.articles import RevisionStage, TextFrom
from db.enums.collection import PageState
from db.enums.outcomes import InputOutcome
from db.models import Article, ArticleAddress, Capture, Page, Revision
from db.stories.commonplaces import doubt


def record_articles(
    conn: Connection, articles: Sequence[ArticleIn], *, lease_until: datetime, joining: Joining | None = None
) -> list[Recorded]:
    """Store each text as a new article or as a revision, unless a stored revision has the same text.

    With `joining`, articles that turn out to be one are joined. Results are in the order of the input. Addresses and
    rows are locked in one order everywhere (addresses, known articles by id, new ones by URL), so that two workers wait
    for each other rather than deadlock.
    """
    zone = get_time_zone(conn)
    articles = mark_undated(conn, articles)
    named = {article.canonical_url for article in articles}
    claimed = {claim.canonical_url for article in articles for claim in article.claims}
    lock_names(conn, named | claimed)
    known, created = _lock_or_insert(conn, articles, zone)
    ids = known.ids
    stored = stored_revisions(conn, [article_id for article_id in ids.values() if article_id not in created])
    fresh: dict[tuple[int, str], ArticleIn] = {}
    for article in articles:
        key = (ids[article.canonical_url], article.content_hash)
        if key not in stored:
            fresh.setdefault(key, article)
    keys = ((ids[article.canonical_url], article.content_hash) for article in articles if article.is_verified)
    forget_unverified(conn, {stored[key].id for key in keys if key in stored})
    returned = note_returned(conn, articles, ids, stored, lease_until)
    written = insert_revisions(conn, fresh, lease_until)
    stored.update(written)
    make_latest_current(conn, fresh | returned, stored, created, zone)
    count_revisions(conn, fresh, stored)
    _keep_least_spelling(conn, articles, known)
    recorded = _results(articles, ids, stored, written, returned, created)
    forms = _forms_read_at_last(articles, ids, stored)
    return _name(conn, articles, recorded, known, forms, joining, lease_until)


def _results(
    articles: Sequence[ArticleIn],
    ids: Mapping[str, int],
    stored: Mapping[tuple[int, str], Stored],
    written: Mapping[tuple[int, str], Stored],
    returned: Mapping[tuple[int, str], ArticleIn],
    created: set[int],
) -> list[Recorded]:
    """Return the result for each article."""
    recorded, counted = [], set()
    for article in articles:
        key = (ids[article.canonical_url], article.content_hash)
        revision = stored[key]
        ours = article.capture_id is not None and revision.capture_id == article.capture_id
        is_first = key in written and key not in counted
        counted.add(key)
        if is_first or (ours and revision.stage == RevisionStage.STORED):  # the latter: our own work before a crash
            is_new = key[0] in created or (not is_first and is_alone(stored, key[0]))
            outcome = InputOutcome.NEW if is_new else InputOutcome.REVISED
            created.discard(key[0])
            dated = revision.published_at or earliest_date(stored, key[0])[0]
            recorded.append(
                Recorded(
                    outcome=outcome,
                    article_id=key[0],
                    source_id=article.source_id,
                    revision_id=revision.id,
                    published_at=dated,
                )
            )
        elif returned.get(key) is article:
            dated = revision.published_at or earliest_date(stored, key[0])[0]
            recorded.append(
                Recorded(
                    outcome=InputOutcome.SEEN_AGAIN,
                    article_id=key[0],
                    source_id=article.source_id,
                    revision_id=revision.id,
                    published_at=dated,
                )
            )
        else:
            recorded.append(Recorded(outcome=InputOutcome.SEEN_AGAIN, article_id=key[0], source_id=article.source_id))
    return [
        replace(each, canonical_url=article.canonical_url) for each, article in zip(recorded, articles, strict=True)
    ]


def _forms_read_at_last(
    articles: Sequence[ArticleIn], ids: Mapping[str, int], stored: Mapping[tuple[int, str], Stored]
) -> dict[int, int]:
    """Return the revisions of other page forms whose page was read now, by article position."""
    places: dict[int, int] = {}
    for place, article in enumerate(articles):
        revision = stored[ids[article.canonical_url], article.content_hash]
        if article.text_from == TextFrom.PAGE and revision.text_from == TextFrom.FORM:
            places.setdefault(revision.id, place)
    return {place: revision_id for revision_id, place in places.items()}


def _name(
    conn: Connection,
    articles: Sequence[ArticleIn],
    recorded: Sequence[Recorded],
    known: KnownAddress,
    forms: Mapping[int, int],
    joining: Joining | None,
    lease_until: datetime,
) -> list[Recorded]:
    """Store the addresses of articles with several, join duplicates, and choose each article's best name."""
    shared = find_shared(conn, {article.canonical_url for article in articles})
    documents = [
        Named(each.article_id, article.canonical_url, article.url, article.claims)
        for each, article in zip(recorded, articles, strict=True)
        if article.claims or each.article_id in known.manifold or article.canonical_url in shared
    ]
    if not documents and not forms:
        return list(recorded)
    touched = note_addresses(conn, documents)
    joined = join_same(conn, touched, joining) if joining else Joined()
    read_now = {place: joined.revision(revision_id) for place, revision_id in forms.items()}
    if joining:
        _promote(conn, set(read_now.values()), joining)
    anew = set(read_now.values()) | {joined.revision(revision_id) for revision_id in joined.current}
    _queue_again(conn, anew, lease_until)
    renamed = settle_names(conn, {joined.article(article_id) for article_id in touched})
    mark_articles(conn, sorted(renamed))
    if joining:
        joining.recluster(conn, sorted(joined.stories | renamed))
    return _after(conn, recorded, joined, read_now, anew)


def _promote(conn: Connection, revision_ids: Collection[int], joining: Joining) -> None:
    """Promote texts from another form of the page to texts of the page."""
    changed = update(Revision).where(Revision.id.in_(sorted(revision_ids))).values(text_from=TextFrom.PAGE)
    ids = sorted(set(conn.scalars(changed.returning(Revision.article_id))))
    forget_superseded(conn, revision_ids)
    mark_articles(conn, ids)
    refresh_articles(conn, {article_id: {} for article_id in ids}, sketch_of=joining.sketch_of)


def _queue_again(conn: Connection, revision_ids: Collection[int], lease_until: datetime) -> None:
    """Queue texts to be processed again, because later ones were compared with the texts current at that time."""
    values = {"stage": RevisionStage.STORED, "claimed_until": lease_until}
    conn.execute(update(Revision).where(Revision.id.in_(sorted(revision_ids))).values(values))


def _after(
    conn: Connection,
    recorded: Sequence[Recorded],
    joined: Joined,
    read_now: Mapping[int, int],
    anew: Collection[int],
) -> list[Recorded]:
    """Return the results after joining and naming; revisions to be processed again are assigned to one of them."""
    ids = {joined.article(each.article_id) for each in recorded}
    rows = conn.execute(select(Article.id, Article.canonical_url).where(Article.id.in_(sorted(ids))))
    names = {article_id: canonical_url for article_id, canonical_url in rows}
    told = set(read_now.values())
    after = []
    for place, each in enumerate(recorded):
        article_id = joined.article(each.article_id)
        moved = replace(each, article_id=article_id, canonical_url=names[article_id])
        if place in read_now:
            moved = replace(moved, outcome=InputOutcome.SEEN_AGAIN, revision_id=read_now[place])
        elif each.revision_id is not None and (each.revision_id in joined.revisions or each.revision_id in told):
            moved = replace(moved, outcome=InputOutcome.SEEN_AGAIN, revision_id=None)  # this text was stored already
        after.append(moved)
    left = set(anew) - {each.revision_id for each in after}
    return [replace(after[0], others=tuple(sorted(left))), *after[1:]]


def _lock_or_insert(conn: Connection, articles: Sequence[ArticleIn], zone: ZoneInfo) -> tuple[KnownAddress, set[int]]:
    """Return the articles asked for under the canonical URLs, with locked rows, and the new ones among them."""
    first: dict[str, ArticleIn] = {}
    for article in articles:
        first.setdefault(article.canonical_url, article)
    known = lock_articles(conn, first.keys())
    missing = sorted(first.keys() - known.ids.keys())
    if not missing:
        return known, set()
    taken = conn.scalars(select(Article.canonical_url).where(Article.canonical_url.in_(missing)))
    known.taken = {url: f"{PLACEHOLDER}{xxhash.xxh3_128_hexdigest(url.encode())}" for url in taken}
    rows = [
        {
            "canonical_url": known.taken.get(url, url),
            "url": first[url].url,
            "source_id": first[url].source_id,
            "collected_at": first[url].observed_at,
            "published_is_day": False,
            "counts_on": counts_on(
                first[url].published_at, first[url].observed_at, is_day=first[url].published_is_day, zone=zone
            ),
            "is_undated": first[url].is_undated,
        }
        for url in missing
    ]
    statement = insert(conn, Article).returning(Article.id, Article.canonical_url)
    requested = {name: url for url, name in known.taken.items()}
    created = {requested.get(name, name): article_id for article_id, name in conn.execute(statement, rows)}
    known.ids |= created
    known.spelled |= {article_id: first[url].url for url, article_id in created.items()}
    return known, set(created.values())


def _keep_least_spelling(conn: Connection, articles: Sequence[ArticleIn], known: KnownAddress) -> None:
    """Display each article under its first URL spelling in code point order, independent of the order of arrival."""
    least = dict(known.spelled)
    for article in articles:
        article_id = known.ids[article.canonical_url]
        if article_id not in known.manifold:
            least[article_id] = min(least[article_id], article.url)
    other = {i: url for i, url in sorted(least.items()) if url != known.spelled[i]}
    if other:
        rows = [{"of_id": i, "url": url} for i, url in other.items()]
        conn.execute(update(Article).where(Article.id == bindparam("of_id")).values(url=bindparam("url")), rows)
        note_changes(conn, list(other))


def remove_article(conn: Connection, article_id: int) -> None:
    """Delete an article and all its data, including raw captures. Mark it for a recount first."""
    captured = select(Revision.capture_id).where(Revision.article_id == article_id, Revision.capture_id.is_not(None))
    name = select(Article.canonical_url).where(Article.id == article_id)
    others = select(ArticleAddress.canonical_url).where(
        ArticleAddress.article_id == article_id, ArticleAddress.is_asked
    )
    doubt(conn, [article_id])
    conn.execute(delete(Capture).where(Capture.id.in_(captured)))
    # read first: pages and articles sort their addresses differently, so no index would serve a comparison
    addresses = list(conn.scalars(name.union(others)))
    conn.execute(update(Page).where(Page.canonical_url.in_(addresses)).values(state=PageState.SETTLED))
    conn.execute(delete(Article).where(Article.id == article_id))
    note_removal(conn, article_id)
