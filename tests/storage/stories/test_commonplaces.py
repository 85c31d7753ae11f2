"""Passages that an outlet prints in many articles: in whatever order all came, the stories are the same, on both."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from recounted import recounted, stored
from samples import NOON, chain_over, document, prepared_store
from sqlalchemy import delete, select

from db.engine import Database
from db.models import Article, ClusterLink, Commonplace, Revision, SketchHash, StoryState
from db.stories import commonplaces as facts
from worker.chain.documents import Document
from worker.chain.pipeline import Pipeline
from worker.coverage.recount import recount
from worker.dedup.commonplace import MANY
from worker.stories.commonplaces import settle
from worker.stories.edits import remove
from worker.stories.recompare import recompare

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


def note(number: int, *, host: str = "nur.example", headed: bool = True, edition: int = 0) -> Document:
    """Return a note, with the header of its outlet or without; of two editions the later one is current."""
    at = NOON + timedelta(minutes=number)
    body = f"{HEADER}\n{NOTES[number]}" if headed else NOTES[number] + " It was a quiet week otherwise."
    url, seen = f"https://{host}/{number}", NOON + timedelta(hours=edition)
    return document(url, body=body, title=None, published_at=at, observed_at=seen, source=host)


def everything() -> list[Document]:
    """Return six headed notes, one of which loses its header later; the header alone; reprints of two."""
    alone = document("https://nur.example/alone", body=HEADER, title=None, published_at=NOON, source="nur.example")
    return [
        *map(note, range(6)),
        note(5, headed=False, edition=2),
        note(0, host="tan.example"),
        note(1, host="tan.example"),
        alone,
    ]


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    database = prepared_store(database_url)
    yield database
    database.close()


def stories(database: Database) -> dict[str, str]:
    """Return the original of each article, both by their addresses."""
    with database.reading() as conn:
        rows = conn.execute(select(Article.id, Article.cluster_id, Article.canonical_url)).all()
    names = {row.id: row.canonical_url for row in rows}
    return {row.canonical_url: names[row.cluster_id] for row in rows}


class Crew:
    """Workers who take batches at once, each with a chain of its own."""

    def __init__(self, database: Database) -> None:
        self.chains = [chain_over(database) for _ in range(3)]

    def work(self, batches: Sequence[Sequence[Document]], workers: int = 1) -> None:
        """Let so many of them take the batches, every one his share, in their order."""

        def take(chain: Pipeline, share: Sequence[Sequence[Document]]) -> None:
            for batch in share:
                chain.process(batch)

        shares = [(self.chains[number], batches[number::workers]) for number in range(workers)]
        with ThreadPoolExecutor(workers) as pool:
            for done in [pool.submit(take, *share) for share in shares]:
                done.result()


def forget_everything(database: Database) -> None:
    with database.engine.begin() as conn:
        for table in (ClusterLink, SketchHash, Commonplace, Revision, Article):
            conn.execute(delete(table))


def check_facts(database: Database) -> None:
    """Check that the facts are what the samples say, none in doubt."""
    with database.reading() as conn:
        counts: dict[tuple[int, str], int] = {}
        for value, source in conn.execute(
            select(SketchHash.hash, Article.source_id).join(Article, Article.id == SketchHash.article_id)
        ):
            counts[value, source] = counts.get((value, source), 0) + 1
        wanted = {value for (value, _), count in counts.items() if count >= MANY}
        assert {
            value: doubt for value, doubt in conn.execute(select(Commonplace.hash, Commonplace.is_doubted))
        } == dict.fromkeys(wanted, False)


def test_stories_do_not_depend_on_order_or_workers(database: Database) -> None:
    crew = Crew(database)
    crew.work([everything()])
    wanted = stories(database)
    assert len(set(wanted.values())) == 7, "six notes and the header alone; two reprints"
    draw = random.Random(5)
    for workers in (1, 1, 2, 3, 3, 2, 1, 3):
        forget_everything(database)
        documents = everything()
        draw.shuffle(documents)
        cuts = sorted(draw.sample(range(1, len(documents)), draw.randint(1, 6)))
        batches = [documents[a:b] for a, b in zip([0, *cuts], [*cuts, len(documents)], strict=True)]
        crew.work(batches, workers)
        check_facts(database)
        assert stories(database) == wanted, [[d.url for d in batch] for batch in batches]
    with database.engine.begin() as conn:
        conn.execute(delete(StoryState))
    recompare(database, now=NOON)
    assert stories(database) == wanted
    check_facts(database)
    recount(database)
    with database.reading() as conn:
        assert stored(conn) == recounted(conn)


def test_a_passage_that_becomes_rare_again_joins_what_it_joined_before(database: Database) -> None:
    crew = Crew(database)
    crew.work([[note(n) for n in range(MANY)]])
    assert len(set(stories(database).values())) == MANY
    with database.reading() as conn:
        gone = conn.scalars(select(Article.id).order_by(Article.id)).first()
    assert gone is not None
    database.write(lambda conn: remove(conn, gone))
    assert any(database.read(lambda conn: facts.find_due(conn, ())))
    settle(database, (), now=NOON)
    check_facts(database)
    few = stories(database)
    forget_everything(database)
    crew.work([[note(n) for n in range(1, MANY)]])
    assert stories(database) == few


def test_both_know_how_many_are_many() -> None:
    assert facts.MANY == MANY
