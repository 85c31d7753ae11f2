"""A removal of an outlet with its articles: killed at any moment it goes on, and leaves what never having it leaves."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import TypeVar

import pytest
from alertdesk import small_store
from exported import export, exported
from recounted import recounted, stored
from samples import NOON, PARAGRAPHS, document, text
from servers import pgserver
from sqlalchemy import Connection, select, update
from templates import copied

from db.alerts.matches import MatchIn, record_match
from db.alerts.subscriptions import SubscriptionIn
from db.collection.feeds.feeds import add_feed
from db.collection.pages.entries import EntryIn, record_entries
from db.collection.sources.book import SourceIn, record_source
from db.collection.sources.removals import confirm_removal, count_removed, record_removal
from db.engine import Database
from db.enums.alerts import MatchStatus
from db.models import (
    Base,
    Commonplace,
    CoverageState,
    MatchRow,
    OutboxEntry,
    Outcome,
    Problem,
)
from worker.catalogue.removal import finish_all, finish_removal
from worker.chain.documents import Document
from worker.chain.pipeline import Pipeline
from worker.coverage.recount import recount
from worker.delivery.transports.transport import RecipientAddress
from worker.export.request import ExportRequest
from worker.subscriptions import definition
from worker.subscriptions.definition import SubscriptionDefinition

T = TypeVar("T")
GONE = "nur"
KINDS = ("articles", "mentions", "coverage", "cooccurrence", "clusters", "revisions", "matches", "sources")
HEADER = (
    "The valley service of the agency reports every day from both banks of the river, in four languages and with maps. "
    "Our editors can be reached by telephone at any hour, and letters are answered within a week of their arrival."
)
NOTES = (
    "Farmers chose a new keeper of the sluice on Monday, and the old one handed over his keys at the tea house.",
    "A lorry with apples overturned below the pass, and the crates were gathered by schoolchildren until the evening.",
    "The museum of carpets opens a room for looms that had been kept in the cellar since the flood of last century.",
    "Two herds were mixed up on the summer pasture and it took the judges of both villages three days to part them.",
    "A bell that had been lost for sixty years was found in the bed of a canal when the water was let out in spring.",
    "The ferry has a new engine, the third in its life, and the captain promises to be on time until the ice comes.",
)


def article(source: str, number: int, body: str, *, minute: int, seen: int = 0, title: str = "") -> Document:
    return document(
        f"https://{source}.example/{number}",
        title=title or f"CSTO chairs on the lake, {source}",
        body=body,
        published_at=NOON + timedelta(minutes=minute),
        observed_at=NOON + timedelta(minutes=minute, hours=seen),
        source=source,
    )


def documents() -> list[Document]:
    """Return originals that the outlet has first, a reprint of its own, a repeated header, a revision, and others."""
    story = text(0, 1, 2, 3, 4, 5)
    found = [
        article(GONE, 1, story, minute=0),
        article("tan", 1, story, minute=1),
        article("sai", 1, story, minute=2),
        article("tan", 2, "\n".join(PARAGRAPHS[1:]), minute=3),
        article(GONE, 2, "\n".join(PARAGRAPHS[1:]), minute=4),
        article("sai", 2, "A quiet day at CSTO headquarters: the chairs were counted twice.", minute=5),
        article(GONE, 2, "\n".join((*PARAGRAPHS[1:], "They left by noon.")), minute=4, seen=2),
    ]
    for number, words in enumerate(NOTES):
        found.append(article(GONE, 10 + number, f"{HEADER}\n{words}", minute=10 + number, title=f"Note {number}"))
    found.append(article("tan", 10, f"{HEADER}\n{NOTES[0]}", minute=30, title="Note 0"))
    found += [article(GONE, 30 + n, f"CSTO chairs number {n} stood by the lake.", minute=40 + n) for n in range(5)]
    return found


def fill(database: Database, *, without: bool = False) -> None:
    """Fill a store, without the outlet that is to go if so wanted."""
    for source in (GONE, "tan", "sai"):
        if source != GONE or not without:
            database.write(lambda conn, source=source: add_source(conn, source))  # type: ignore[misc]
    subscription = SubscriptionIn(name="drills", query="entity:csto AND chairs", max_age_h=1_000)
    new = SubscriptionDefinition(subscription, (RecipientAddress("email", "analyst@office.example"),), False)
    subscription_id = database.write(lambda conn: definition.create(conn, new, now=NOON))
    chain = Pipeline(database, clock=lambda: NOON + timedelta(hours=3))
    for each in documents():
        if each.source != GONE or not without:
            chain.process([each])
    if not without:
        silence = MatchIn(subscription_id=subscription_id, event=f"silence of {GONE} since 2022-01-05", status="news")
        database.write(lambda conn: record_match(conn, silence, now=NOON))
    recount(database)


def add_source(conn: Connection, source: str) -> None:
    domains = (f"{source}.example",)
    record_source(conn, SourceIn(id=source, name=source.title(), domains=domains, origin="person"), now=NOON)
    feed_id = add_feed(conn, source_id=source, url=f"https://{source}.example/rss", now=NOON)
    urls = [f"https://{source}.example/{number}" for number in range(1, 40)]
    entries = [EntryIn(canonical_url=url, url=url, title="On the lake") for url in urls]
    record_entries(conn, feed_id=feed_id, source_id=source, entries=entries, seen_at=NOON)


def make_decided(database: Database) -> None:
    """Fill a store; decide and confirm the removal."""
    small_store(database.url).close()
    fill(database)
    decided = {"by": "ed", "note": None, "now": NOON}
    database.write(lambda conn: record_removal(conn, GONE, with_articles=True, **decided))  # type: ignore[arg-type]
    database.write(lambda conn: confirm_removal(conn, GONE, now=NOON))


@pytest.fixture
def two(database_url: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[Database, Database]]:
    """Give two equal stores on a database: one for a removal without trouble, one to be killed."""

    @contextmanager
    def another() -> Iterator[str]:
        if database_url.startswith("sqlite"):
            yield f"sqlite:///{tmp_path / 'other.db'}"
        else:
            server = request.getfixturevalue("postgres_server")
            with pgserver.empty_database(server.url) as url:
                yield url

    with another() as other:
        stores = [copied(url, make_decided) for url in (database_url, other)]
        yield stores[0], stores[1]
        for store in stores:
            store.close()


def exports(store: Database) -> dict[str, bytes]:
    return {kind: exported(store, ExportRequest(kind=kind)) for kind in KINDS}


def left_rows(store: Database) -> dict[str, list[str]]:
    """Return the rows of all tables but those whose numbers depend on the course of a recount."""
    skipped = {"coverage_state", "change_clock", "coverage_series", "coverage_cells", "host_leases"}
    at_random = {"changed", "key", "token", "feed_token"}
    found = {}
    with store.reading() as conn:
        for table in Base.metadata.sorted_tables:
            if table.name not in skipped:
                columns = [column for column in table.columns if column.name not in at_random]
                found[table.name] = sorted(map(repr, conn.execute(select(*columns)).all()))
    return found


class Killed(BaseException):
    """The process ends here."""


class Mortal(Database):
    """A database whose process ends before or after its n-th commit."""

    def __init__(self, url: str, *, before: int = 0, after: int = 0) -> None:
        super().__init__(url)
        self.before, self.after, self.commits = before, after, 0

    def write(self, work: Callable[[Connection], T]) -> T:
        self.commits += 1

        def killed(conn: Connection) -> T:
            result = work(conn)
            if self.commits == self.before:
                raise Killed
            return result

        result = super().write(killed)
        if self.commits == self.after:
            raise Killed
        return result


def end(url: str, **when: int) -> bool:
    """Go on with the removal in a process that ends as told; return whether it came to its end.

    The lease of a recount that was killed has run out by then.
    """
    database = Mortal(url, **when)
    with database.engine.begin() as conn:
        conn.execute(update(CoverageState).values(held_until=None))
    try:
        finish_all(database, now=NOON)
    except Killed:
        return False
    finally:
        database.close()
    return True


def test_killed_at_each_commit_it_ends_as_if_nothing_had_happened(two: tuple[Database, Database]) -> None:
    calm, killed = two
    before = exports(calm)
    finish_removal(calm, GONE, now=NOON)
    kills, commits, rows = 0, 1, left_rows(killed)
    while not end(killed.url, before=commits) and not end(killed.url, after=commits):
        kills += 2
        assert kills < 400
        left = left_rows(killed)
        commits = 1 if left != rows else commits + 1  # only the lease of a recount was taken: one more next time
        rows = left
    assert kills > 30, "articles take two transactions, each kind of row one, and the recount several"
    assert exports(killed) == exports(calm) != before
    assert left_rows(killed) == left_rows(calm)
    assert killed.read(recounted) == killed.read(stored)


@pytest.mark.parametrize("moments", [(1, 2, 3, 1, 4), (5, 1, 1, 2, 2), (2, 6, 3, 7, 1)], ids=str)
def test_killed_five_times_it_ends_the_same(two: tuple[Database, Database], moments: Sequence[int]) -> None:
    calm, killed = two
    finish_removal(calm, GONE, now=NOON)
    for moment in moments:
        end(killed.url, before=moment)
    assert end(killed.url)
    assert exports(killed) == exports(calm)


def test_five_real_kills_change_nothing(two: tuple[Database, Database]) -> None:
    calm, killed = two
    finish_removal(calm, GONE, now=NOON)
    script = (
        "import os, signal, sys; from datetime import datetime; from db.engine import Database;"
        "from worker.catalogue.removal import finish_all\n"
        "class Mortal(Database):\n"
        "    left = int(sys.argv[2])\n"
        "    def write(self, work):\n"
        "        def killed(conn):\n"
        "            result = work(conn); self.left -= 1\n"
        "            if not self.left: os.kill(os.getpid(), signal.SIGKILL)\n"
        "            return result\n"
        "        return super().write(killed)\n"
        "finish_all(Mortal(sys.argv[1]), now=datetime.fromisoformat(sys.argv[3]))"
    )
    for moment in (2, 1, 3, 4, 2):
        arguments = [sys.executable, "-c", script, killed.url, str(moment), NOON.isoformat()]
        assert subprocess.run(arguments, check=False).returncode == -9
    assert end(killed.url)
    assert exports(killed) == exports(calm)


def test_it_leaves_what_never_having_had_the_outlet_leaves(two: tuple[Database, Database], tmp_path: Path) -> None:
    store, _ = two
    never = small_store(f"sqlite:///{tmp_path / 'never.db'}")
    fill(never, without=True)
    counted = store.read(lambda conn: count_removed(conn, GONE))
    assert (counted["articles"], counted["pages"], counted["sightings"]) == (13, 39, 39)
    finish_removal(store, GONE, now=NOON)
    for kind in KINDS:
        if kind != "matches":
            assert without_ids(store, kind) == without_ids(never, kind), kind
    for table in (Outcome, Problem):
        assert GONE not in store.read(lambda conn, table=table: set(conn.scalars(select(table.source_id))))  # type: ignore[misc]
    rows = (Commonplace.hash, Commonplace.is_doubted)
    assert store.read(lambda conn: conn.execute(select(*rows)).all()) == never.read(
        lambda conn: conn.execute(select(*rows)).all()
    )
    never.close()


def without_ids(store: Database, kind: str) -> list[tuple[tuple[str, str], ...]]:
    """Return the rows of an export, with addresses in place of the numbers of articles."""
    urls = {row["article_id"]: row["url"] for row in export(store, "articles")}
    left_out = {"revision_id"}
    rows = []
    for row in export(store, kind):
        named = {name: urls.get(value, value) if name.endswith("_id") else value for name, value in row.items()}
        rows.append(tuple((name, value) for name, value in named.items() if name not in left_out))
    return sorted(rows)


def test_a_story_that_was_sent_goes_on_under_the_next_article(two: tuple[Database, Database]) -> None:
    store, _ = two
    finish_removal(store, GONE, now=NOON)
    with store.reading() as conn:
        found = conn.execute(select(MatchRow.id, MatchRow.status, MatchRow.item_id).order_by(MatchRow.id)).all()
        told = set(conn.scalars(select(OutboxEntry.match_id)))
    began = [row for row in found if row.status == MatchStatus.NEWS]
    also = [row for row in found if row.status == MatchStatus.ALSO]
    assert all(row.item_id is None for row in began)
    assert {row.id for row in began} <= told
    assert {row.item_id for row in also} <= {row.id for row in began}
    assert also, "the second reprint is listed under the first"
