"""Migration of stories to the current rules of resemblance, batch by batch; it may be interrupted anywhere."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection

from db.articles import recomparing
from db.articles.recomparing import Mark, MarkedText, Recompared, RecompareState
from db.dialect.locks import lock_commonplaces
from db.engine import Database
from db.stories import commonplaces
from db.stories.clusters import record_links
from worker.dedup.fingerprint import fingerprint
from worker.dedup.headline import strip_outlet
from worker.matching.freeing import free
from worker.stories.edits import recluster
from worker.stories.linking import METHOD_NOW, find_links

_TEXTS, _ARTICLES = 200, 50


def recompare(database: Database, *, now: datetime) -> Recompared:
    """Compare articles not yet compared under the current rules; return the changes."""
    done = Recompared()
    while True:
        state = database.read(recomparing.find_state)
        if state.is_done:
            return done
        if state.texts_to is not None:
            done = replace(done, texts=done.texts + _mark_texts(database, state, state.texts_to))
        else:
            more = _compare_articles(database, state, state.articles_to or 0, now)
            done = replace(
                done,
                articles=done.articles + more.articles,
                moved=done.moved + more.moved,
                alerts=done.alerts + more.alerts,
            )


def _mark_texts(database: Database, state: RecompareState, after: int) -> int:
    texts = database.read(lambda conn: recomparing.read_texts(conn, after, _TEXTS))
    marks = {text.revision_id: _read_mark(text) for text in texts}

    def write(conn: Connection) -> int:
        if not recomparing.is_at(conn, state):
            return 0
        recomparing.record_marks(conn, texts, marks)
        if not texts:
            lock_commonplaces(conn, alone=True)
            commonplaces.count_all(conn)
        recomparing.record_state(conn, replace(state, texts_to=texts[-1].revision_id if texts else None))
        return len(texts)

    return database.write(write)


def _read_mark(text: MarkedText) -> Mark:
    mark = fingerprint(text.text, strip_outlet(text.title, text.url))
    return Mark(mark.size, mark.to_bytes(), mark.sample.tolist())


def _compare_articles(database: Database, state: RecompareState, after: int, now: datetime) -> Recompared:
    """Compare the next articles with all others; return the changes."""
    with database.reading() as conn:
        articles = recomparing.read_articles(conn, after, _ARTICLES)
        links = find_links(conn, articles)

    def write(conn: Connection) -> Recompared:
        if not recomparing.is_at(conn, state):
            return Recompared()
        recomparing.record_state(conn, replace(state, articles_to=articles[-1].article_id if articles else None))
        if not articles:
            recomparing.forget_other_links(conn, METHOD_NOW)
            return Recompared()
        lock_commonplaces(conn, alone=False)
        recomparing.forget_links(conn, [article.id for article in articles], METHOD_NOW)
        record_links(conn, links)
        moved = recluster(conn, [article.article_id for article in articles])
        return Recompared(articles=len(articles), moved=len(moved), alerts=free(conn, moved, now=now))

    return database.write(write)
