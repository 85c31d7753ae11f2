"""Lists in pages and what changed since: nothing is lost and nothing repeated, whatever happens meanwhile."""

from __future__ import annotations

import base64
import json
import random
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime

import pytest
from apiclient import Follower, ask, read, read_all
from samplestore import Sample, fill, store_of
from sqlalchemy import Connection, select, update

from db import changes
from db.articles.recording.joins import Joined, Joining, join_articles
from db.engine import Database
from db.models import Article, ChangeClock
from web.app import create_app
from web.shared.cursors import write_cursor
from worker.coverage.recount import recount
from worker.stories.edits import NotPossible, merge, remove, split

NOW = datetime(2022, 2, 1, tzinfo=UTC)
# Invented: none of this was ever published.
SAMPLES = [Sample(f"https://herald.example/{number}", title=f"{number}: 0") for number in range(6)]
CSTO = (("CSTO", "csto"),)


@pytest.fixture
def store(database_url: str) -> Iterator[Database]:
    database = store_of(database_url, SAMPLES)
    yield database
    database.close()


class Newsroom:
    """Somebody who changes a store in all the ways in which it changes."""

    def __init__(self, store: Database, seed: int) -> None:
        self.store, self.random, self.number = store, random.Random(seed), 0
        self.removed: set[int] = set()

    def act(self) -> None:
        """Do one thing."""
        self.random.choice([self.publish, self.edit, self.edit, self.redate, self.reassign, self.remove])()

    def ids(self) -> list[int]:
        """Return the articles that exist."""
        return self.store.read(lambda conn: list(conn.scalars(select(Article.id).order_by(Article.id))))

    def publish(self) -> None:
        """Bring a new article, some in another language."""
        self.number += 1
        language = self.random.choice(["en", "ru"])
        url = f"https://oasis.example/{self.number}"
        fill(self.store, [Sample(url, "oasis-wire", title=f"n{self.number}", says=CSTO, language=language)])

    def edit(self) -> None:
        """Change a text, and perhaps its language."""
        self._change(title=f"e{self.random.random()}", language=self.random.choice(["en", "ru"]))

    def redate(self) -> None:
        """Have an article count on another day."""
        day = datetime(2022, 1, self.random.randint(1, 28), 8, tzinfo=UTC)
        self._change(published_at=day, counts_on=day.date())

    def reassign(self) -> None:
        """Join two stories, or part one, as a person does."""
        ids = self.ids()
        if len(ids) > 1:
            one, other = self.random.sample(ids, 2)
            with suppress(NotPossible):  # they are in one story already, or alone
                if self.random.random() < 0.5:
                    self.store.write(lambda conn: merge(conn, one, other, note=None, now=NOW))
                else:
                    self.store.write(lambda conn: split(conn, one, note=None, now=NOW))

    def remove(self) -> None:
        """Delete an article, or join it to another."""
        ids = self.ids()
        if len(ids) > 2:
            gone, kept = self.random.sample(ids, 2)
            joining = Joining(is_same=lambda _one, _other: True, sketch_of=lambda _: (), recluster=lambda _c, _i: None)
            if self.random.random() < 0.5:
                self.store.write(lambda conn: remove(conn, gone))
            else:
                self.store.write(lambda conn: join_articles(conn, kept, gone, joining, Joined()))
            self.removed.add(gone)
            recount(self.store)

    def _change(self, **values: object) -> None:
        article_id = self.random.choice(self.ids())

        def change(conn: Connection) -> None:
            conn.execute(update(Article).where(Article.id == article_id).values(values))
            changes.note_changes(conn, [article_id])

        self.store.write(change)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("filters", ["", "&lang=ru", "&since=2022-01-10", "&entity=csto&source=oasis-wire"])
def test_a_client_that_follows_has_what_a_full_read_gives(store: Database, filters: str, seed: int) -> None:
    app, room = create_app(store), Newsroom(store, seed)
    from_list, from_nothing = Follower(app, filters), Follower(app, filters)
    from_list.read_everything()
    from_nothing.follow()
    for _ in range(5):
        for _ in range(room.random.randint(0, 4)):
            room.act()
        from_list.follow()
        from_nothing.follow()
        full = {one["article_id"]: one for one in read_all(app, f"/articles?limit=4{filters}", "articles")}
        assert from_list.articles == full
        assert from_nothing.articles == full


@pytest.mark.parametrize("seed", range(4))
def test_each_article_that_stays_is_in_one_page(store: Database, seed: int) -> None:
    app, room = create_app(store), Newsroom(store, seed)
    for _ in range(8):
        room.publish()
    there = set(room.ids())
    seen: Counter[int] = Counter()
    place: str | None = "/articles?limit=3"
    while place:
        body = read(app, place)
        seen.update(article["article_id"] for article in body["articles"])
        place = body["next"]
        for _ in range(3):
            room.act()
    assert set(seen.values()) == {1}
    assert there - room.removed <= seen.keys()


def test_a_late_commit_is_not_lost(postgres_url: str) -> None:
    store = store_of(postgres_url, SAMPLES)
    follower = Follower(create_app(store))
    follower.read_everything()
    with store.engine.begin() as late:
        late.execute(update(Article).where(Article.id == 1).values(title="late"))
        changes.note_changes(late, [1])
        store.write(lambda conn: changes.note_changes(conn, [2]))
        follower.follow()
        assert follower.articles[1]["title"] == "0: 0"
    follower.follow()
    assert follower.articles[1]["title"] == "late"
    store.close()


def test_nothing_new_is_one_empty_answer(store: Database) -> None:
    follower = Follower(create_app(store))
    follower.read_everything()
    follower.follow()
    assert follower.requests == 1
    assert len(follower.articles) == 6


def test_a_joined_article_names_the_one_that_has_its_texts(store: Database) -> None:
    app = create_app(store)
    position = read(app, "/articles")["changed_since"]
    joining = Joining(is_same=lambda _one, _other: True, sketch_of=lambda _: (), recluster=lambda _c, _i: None)
    store.write(lambda conn: join_articles(conn, 1, 2, joining, Joined()))
    store.write(lambda conn: remove(conn, 3))
    assert read(app, f"/articles?changed_since={position}")["removed"] == [
        {"article_id": 2, "reason": "joined", "joined_to": 1},
        {"article_id": 3, "reason": "removed", "joined_to": None},
    ]


def test_a_position_of_another_server_or_of_the_future_is_refused(store: Database) -> None:
    app = create_app(store)
    name, server, number, article_id, begun = json.loads(decoded(read(app, "/articles")["changed_since"]))
    for foreign in ([name, "another", number, article_id, begun], [name, server, number + 10**9, article_id, begun]):
        answer = ask(app, f"/articles?changed_since={write_cursor(name, foreign[1:])}")
        assert answer.status == 422
        assert "read everything again" in answer.text


def test_a_store_that_moved_to_another_server_numbers_again(store: Database) -> None:
    app = create_app(store)
    store.write(lambda conn: conn.execute(update(ChangeClock).values(server="another")))
    follower = Follower(app)
    follower.follow()
    assert len(follower.articles) == 6


def decoded(cursor: str) -> bytes:
    return base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
