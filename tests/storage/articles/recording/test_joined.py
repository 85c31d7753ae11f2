"""One article under several addresses: what joins them joins them, in whatever order it comes. On both databases."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from recounted import recounted, stored
from samples import NOON, OTHER, PARAGRAPHS, chain_over, document, prepared_store, text
from sqlalchemy import delete, select

from db.articles import details
from db.articles.recording.addresses import MOST_CLAIMS
from db.articles.recording.joins import TextMark
from db.models import (
    Article,
    ArticleAddress,
    Base,
    ClusterLink,
    CoverageCell,
    CoverageDirty,
    CoverageFact,
    CoverageMark,
    CoverageSeries,
    FingerprintRow,
    MentionRow,
    Page,
    Revision,
    SketchHash,
)
from db.stories import judgements
from worker.chain.batch.joining import is_same_article
from worker.chain.documents import Document
from worker.chain.pipeline import Pipeline
from worker.coverage.recount import recount
from worker.dedup.fingerprint import Fingerprint, fingerprint
from worker.stories.edits import merge, remove, split

A, B, C, D = (f"https://outlet.example/news/{number}" for number in range(1, 5))
FULL, SHORTER, EDITED = text(0, 1, 2, 3, 4, 5), text(0, 1, 2, 3), text(0, 1, 2, 3, 4) + "\n" + OTHER[2]
STRANGE, SECOND = text(0, 1, 2, 3, of=OTHER), text(3, of=OTHER) + "\n" + PARAGRAPHS[2]


@pytest.fixture
def chain(database_url: str) -> Iterator[Pipeline]:
    database = prepared_store(database_url)
    yield chain_over(database)
    database.close()


def page(url: str, declared: str | None = None, led_to: str | None = None, body: str = FULL, **other: Any) -> Document:
    """Return a document with the addresses that its page gives."""
    given = document(url, body=body, title=None, published_at=NOON - timedelta(minutes=len(body)), **other)
    return replace(given, declared_url=declared, led_to=led_to)


def run(chain: Pipeline, *inputs: Document) -> list[str]:
    return [end.outcome for end in chain.process(inputs)]


def names(chain: Pipeline) -> dict[str, int]:
    """Return under which address each article goes, and how many texts it has had."""
    query = select(Article.canonical_url, Article.revisions).order_by(Article.canonical_url)
    with chain.database.reading() as conn:
        return {url: revisions for url, revisions in conn.execute(query)}


def snapshot(chain: Pipeline) -> dict[str, Any]:
    """Return everything that follows from the documents, without the numbers of rows."""
    recount(chain.database)
    with chain.database.reading() as conn:
        assert stored(conn) == recounted(conn)
        articles = conn.execute(select(Article.__table__)).all()
        name_of = {row.id: row.canonical_url for row in articles}
        told: dict[str, Any] = {}
        for row in articles:
            revisions = conn.execute(select(Revision.__table__).where(Revision.article_id == row.id)).all()
            [current] = [revision for revision in revisions if revision.id == row.revision_id]
            mentions = select(MentionRow.entity_id, MentionRow.start).where(MentionRow.revision_id == current.id)
            marks = select(FingerprintRow.data).where(FingerprintRow.revision_id == current.id)
            sketch = sorted(conn.scalars(select(SketchHash.hash).where(SketchHash.article_id == row.id)))
            assert sketch == sorted(Fingerprint.from_bytes(conn.execute(marks).scalar_one()).sample.tolist())
            addresses = select(ArticleAddress.__table__).where(ArticleAddress.article_id == row.id)
            told[row.canonical_url] = (
                *(
                    row.url,
                    row.source_id,
                    row.collected_at,
                    row.published_at,
                    row.counts_on,
                    row.language,
                    row.in_scope,
                ),
                *(row.title, row.revisions, name_of[row.cluster_id], current.text),
                sorted((each.content_hash, each.text_from, each.observed_at, each.stage) for each in revisions),
                sorted(conn.execute(mentions).all()),
                sorted((each.canonical_url, each.url, *each[3:]) for each in conn.execute(addresses)),
            )
        ids = set(conn.scalars(select(Revision.id)))
        for table in (
            MentionRow.revision_id,
            FingerprintRow.revision_id,
            ClusterLink.revision_a,
            ClusterLink.revision_b,
        ):
            assert set(conn.scalars(select(table))) <= ids
        assert conn.execute(select(CoverageMark.id)).all() == []
    return told


def wipe(chain: Pipeline) -> None:
    """Take all articles out of the store."""

    def empty(conn: Any) -> None:
        tables: list[type[Base]] = [Article, CoverageMark, CoverageDirty, CoverageFact, CoverageCell, CoverageSeries]
        for table in tables:
            conn.execute(delete(table))

    chain.database.write(empty)


@pytest.mark.parametrize(
    ("documents", "outcomes", "left"),
    [
        pytest.param([page(A), page(B, led_to=A)], ["new", "seen_again"], {A: 1}, id="redirect to a known article"),
        pytest.param([page(B, led_to=A), page(A)], ["new", "seen_again"], {A: 1}, id="the end of a known redirect"),
        pytest.param([page(A), page(B, A, body=SHORTER)], ["new", "seen_again"], {A: 1}, id="a form of a known page"),
        pytest.param([page(B, A, body=SHORTER), page(A)], ["new", "seen_again"], {A: 1}, id="the page of a known form"),
        pytest.param([page(B, A), page(C, A)], ["new", "seen_again"], {A: 1}, id="two that declare a third"),
        pytest.param([page(A), page(B), page(C, A, B)], ["new", "copy", "seen_again"], {A: 1}, id="joined by a third"),
        pytest.param([page(A), page(B, A, body=STRANGE)], ["new", "new"], {A: 1, B: 1}, id="another text"),
        pytest.param([page(B, A), page(C, A, body=STRANGE)], ["new", "new"], {B: 1, C: 1}, id="shared by two texts"),
        pytest.param([page(B, A), page(A, body=STRANGE)], ["new", "new"], {A: 1, B: 1}, id="found with another text"),
        pytest.param([page(B, A)], ["new"], {A: 1}, id="declared and never seen"),
        pytest.param([page("https://go.example/x7", led_to=A)], ["new"], {A: 1}, id="a shortener"),
        pytest.param([page("https://go.example/x7", A)], ["new"], {"https://go.example/x7": 1}, id="of another outlet"),
        pytest.param([page(A, "https://outlet.example/")], ["new"], {A: 1}, id="the front page"),
        pytest.param([page(A, "https://outlet.example/news")], ["new"], {A: 1}, id="a section"),
    ],
)
def test_what_has_an_address_in_common_and_says_the_same_is_one(
    chain: Pipeline, documents: Sequence[Document], outcomes: list[str], left: dict[str, int]
) -> None:
    assert [run(chain, each)[0] for each in documents] == outcomes
    assert names(chain) == left
    one_by_one = snapshot(chain)
    wipe(chain)
    run(chain, *documents)
    assert snapshot(chain) == one_by_one


def test_an_edit_on_either_side_of_a_join_is_kept(chain: Pipeline) -> None:
    run(chain, page(A, body=FULL), page(B, body=EDITED, observed_at=NOON + timedelta(hours=1)))
    assert names(chain) == {A: 1, B: 1}
    assert run(chain, page(C, A, B, body=EDITED, observed_at=NOON + timedelta(hours=2))) == ["seen_again"]
    assert names(chain) == {A: 2}
    [told] = snapshot(chain).values()
    assert EDITED in told


def test_a_form_of_a_page_is_no_edit_of_it(chain: Pipeline) -> None:
    run(chain, page(A, body=FULL))
    assert run(chain, page(B, A, body=SHORTER, observed_at=NOON + timedelta(hours=1))) == ["seen_again"]
    assert run(chain, page(B, A, body=EDITED, observed_at=NOON + timedelta(hours=2))) == ["seen_again"]
    assert names(chain) == {A: 1}
    assert FULL in snapshot(chain)[A]
    assert run(chain, page(A, body=EDITED, observed_at=NOON + timedelta(hours=3))) == ["revised"]
    assert names(chain) == {A: 2}
    assert EDITED in snapshot(chain)[A]


@pytest.mark.parametrize("last", [page(B, body=SHORTER), page(C, A, B, body=SHORTER)])
def test_a_text_that_becomes_current_is_compared_with_what_came_meanwhile(chain: Pipeline, last: Document) -> None:
    documents = [page(A, body=FULL), page(A, B, body=SHORTER), page(D, body=FULL), last]
    for each in documents:
        run(chain, each)
    one_by_one = snapshot(chain)
    wipe(chain)
    run(chain, *documents)
    assert snapshot(chain) == one_by_one


def test_what_a_person_put_apart_stays_apart(chain: Pipeline) -> None:
    run(chain, page(A), page(B))
    ids = chain.database.read(lambda conn: [details.find_article(conn, url) or 0 for url in (A, B)])
    chain.database.write(lambda conn: split(conn, ids[1], note=None, now=NOON))
    run(chain, page(B, A))
    assert names(chain) == {A: 1, B: 1}


def test_decisions_about_a_joined_article_hold_for_the_one_it_became(chain: Pipeline) -> None:
    run(chain, page(D, body=STRANGE), page(A), page(B))
    one, other = chain.database.read(lambda conn: [details.find_article(conn, url) or 0 for url in (D, B)])
    chain.database.write(lambda conn: merge(conn, one, other, note=None, now=NOON))
    run(chain, page(B, A))
    snapshot(chain)
    with chain.database.reading() as conn:
        clusters = set(conn.scalars(select(Article.cluster_id)))
        joined = details.find_article(conn, B)
        assert judgements.read_judgements(conn, [one]) == {(min(one, joined or 0), max(one, joined or 0)): True}
    assert len(clusters) == 1


def test_an_address_that_everything_declares_is_no_name(chain: Pipeline) -> None:
    wrong = "https://outlet.example/latest-news-2022"
    bodies = [
        f"Lorry {number} of {number + 7} left for pass {number * 3} at dawn." for number in range(MOST_CLAIMS + 3)
    ]
    asked = [f"https://outlet.example/news/{number}" for number in range(100, 100 + len(bodies))]
    for url, body in zip(asked, bodies, strict=True):
        run(chain, page(url, wrong, body=body))
    assert sorted(names(chain)) == sorted(asked)
    assert run(chain, page(wrong, body=STRANGE)) == ["new"]
    assert len(snapshot(chain)) == len(asked) + 1


def test_an_article_is_found_and_removed_by_any_of_its_addresses(chain: Pipeline) -> None:
    run(chain, page("https://www.outlet.example/news/2?utm_source=x", A), page(A))
    values = [
        {"canonical_url": url, "url": url, "host": "outlet.example", "first_seen_at": NOON, "next_fetch_at": NOON}
        for url in (A, B, C)
    ]
    chain.database.write(lambda conn: conn.execute(Page.__table__.insert(), values))
    found = chain.database.read(lambda conn: [details.find_article(conn, url) for url in (A, B, f"{B}/amp/", C)])
    assert found == [found[0]] * 3 + [None]
    chain.database.write(lambda conn: remove(conn, found[0] or 0))
    with chain.database.reading() as conn:
        states = dict(conn.execute(select(Page.canonical_url, Page.state)).all())
        assert states == {A: "settled", B: "settled", C: "active"}
        assert conn.execute(select(ArticleAddress.canonical_url)).all() == []


URLS = st.sampled_from([A, B, C, D, "http://www.outlet.example/news/1/", "https://m.outlet.example/news/2"])
DOCUMENTS = st.builds(
    page,
    URLS,
    declared=st.none() | st.sampled_from([A, B, C, "https://outlet.example/story-of-the-lake"]),
    led_to=st.none() | st.sampled_from([B, D, "https://outlet.example/2022/the-lake"]),
    body=st.sampled_from([FULL, FULL, SHORTER, EDITED, STRANGE, SECOND]),
)


@given(documents=st.lists(DOCUMENTS, min_size=2, max_size=6), data=st.data())
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_order_of_arrival_does_not_matter(chain: Pipeline, documents: list[Document], data: st.DataObject) -> None:
    told = []
    for order in (documents, data.draw(st.permutations(documents))):
        wipe(chain)
        rest = list(order)
        while rest:
            size = data.draw(st.integers(1, len(rest)))
            run(chain, *rest[:size])
            rest = rest[size:]
        told.append(snapshot(chain))
    assert told[0] == told[1]


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (("A", FULL), ("B", SHORTER), True),
        (("A", FULL), ("A", STRANGE), False),
        (("A title", ""), ("a  Title", "Four words of text."), True),
        (("A title", ""), ("Another", ""), False),
        ((None, ""), (None, "Few."), False),
        (("A", "Few."), ("A", "Few."), True),
    ],
)
def test_two_texts_say_the_same(one: tuple[str | None, str], other: tuple[str | None, str], same: bool) -> None:
    marks = [TextMark(title, f"{title}\n{body}", fingerprint(body).to_bytes()) for title, body in (one, other)]
    assert is_same_article(*marks) is same
