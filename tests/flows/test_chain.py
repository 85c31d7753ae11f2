"""The chain as a whole: documents in; articles, reprints, mentions and coverage out. On both databases."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from samples import NOON, OTHER, chain_over, document, prepared_store, text
from sqlalchemy import select

from db.coverage import cells as coverage
from db.engine import Database
from db.models import Article, ClusterLink, MentionRow, Outcome, Problem, Revision
from worker.chain.documents import Document, InputResult, Rejected
from worker.chain.pipeline import Pipeline
from worker.chain.service import finish_left_behind
from worker.coverage.recount import recount

REPRINT = "https://mirror.example/copy"
DRILLS = "Kazakhstan between the CSTO and its neighbours"


@pytest.fixture
def chain(database_url: str) -> Iterator[Pipeline]:
    database = prepared_store(database_url)
    yield chain_over(database)
    database.close()


def run(chain: Pipeline, *inputs: Document | Rejected) -> list[str]:
    return [end.outcome for end in chain.process(inputs)]


def clusters(chain: Pipeline) -> dict[str, str]:
    """Return the original's address for each article's."""
    with chain.database.reading() as conn:
        rows = conn.execute(select(Article.id, Article.canonical_url, Article.cluster_id)).all()
    urls = {row.id: row.canonical_url for row in rows}
    return {row.canonical_url: urls[row.cluster_id] for row in rows}


def test_an_article_is_stored_tagged_and_counted(chain: Pipeline) -> None:
    assert run(chain, document()) == ["new"]
    recount(chain.database)
    with chain.database.reading() as conn:
        cells = list(coverage.iter_cells(conn, entities=["kazakhstan", "csto"]))
    assert [(cell.bucket_on, cell.entity_id, cell.articles, cell.stories) for cell in cells] == [
        (NOON.date(), "csto", 1, 1),
        (NOON.date(), "kazakhstan", 1, 1),
    ]


@pytest.mark.parametrize(
    ("url", "title", "body", "genre", "in_scope"),
    [
        pytest.param(
            "https://outlet.example/a", DRILLS, text(0, 1, 2, 3, 4, 5), None, True, id="drills of an alliance"
        ),
        pytest.param(
            "https://outlet.example/opinion/a", "Apples", text(0, 1, of=OTHER), "opinion", False, id="an apple harvest"
        ),
        pytest.param(
            "https://eurasianet.org/a", "Apples", text(0, 1, of=OTHER), "news", False, id="the outlet's usual genre"
        ),
    ],
)
def test_genre_and_scope_are_kept_with_the_article_and_its_revision(
    chain: Pipeline, url: str, title: str, body: str, genre: str | None, in_scope: bool
) -> None:
    run(chain, document(url, body=body, title=title))
    with chain.database.reading() as conn:
        for table in (Article, Revision):
            assert conn.execute(select(table.genre, table.in_scope)).all() == [(genre, in_scope)]


def test_an_article_whose_new_text_leaves_the_subject_leaves_the_scope(chain: Pipeline) -> None:
    run(chain, document(title=DRILLS))
    run(chain, document(body=text(0, 1, of=OTHER), title="Apples", observed_at=NOON + timedelta(hours=1)))
    with chain.database.reading() as conn:
        assert conn.scalars(select(Revision.in_scope).order_by(Revision.id)).all() == [True, False]
        assert conn.scalar(select(Article.in_scope)) is False


def test_every_mention_points_at_the_words_it_names(chain: Pipeline) -> None:
    run(chain, document(title="Kazakhstan and the CSTO"))
    with chain.database.reading() as conn:
        revision = conn.execute(select(Revision.title, Revision.text)).one()
        mentions = conn.execute(select(MentionRow.__table__)).all()
    assert {mention.field for mention in mentions} == {"title", "text"}
    for mention in mentions:
        whole = revision.title if mention.field == "title" else revision.text
        assert whole[mention.start : mention.end] == mention.surface


def test_a_reprint_is_a_copy_of_the_earlier_text_whichever_came_first(chain: Pipeline) -> None:
    original = document("https://outlet.example/a")
    reprint = document(REPRINT, title="Officers bring their own chairs", published_at=NOON + timedelta(hours=5))
    assert run(chain, reprint) == ["new"]
    assert run(chain, original) == ["new"]
    assert clusters(chain) == {
        REPRINT: "https://outlet.example/a",
        "https://outlet.example/a": "https://outlet.example/a",
    }


def test_half_a_reprinted_text_is_found(chain: Pipeline) -> None:
    half = document(REPRINT, body=text(0, 1, 2) + "\n" + text(3, of=OTHER), published_at=NOON + timedelta(hours=1))
    assert run(chain, document(), half) == ["new", "copy"]


def test_different_texts_stay_apart(chain: Pipeline) -> None:
    assert run(chain, document(), document("https://other.example/b", body=text(0, 1, 2, 3, of=OTHER))) == [
        "new",
        "new",
    ]
    with chain.database.reading() as conn:
        assert conn.execute(select(ClusterLink.__table__)).all() == []


def test_a_revision_that_says_something_else_leaves_its_cluster(chain: Pipeline) -> None:
    run(chain, document(), document(REPRINT, published_at=NOON + timedelta(hours=1)))
    rewritten = document(REPRINT, body=text(0, 1, 2, 3, of=OTHER), observed_at=NOON + timedelta(days=1))
    assert run(chain, rewritten) == ["revised"]
    assert clusters(chain)[REPRINT] == REPRINT


def test_when_the_original_is_rewritten_its_copies_find_a_new_one(chain: Pipeline) -> None:
    copies = [document(f"https://mirror{n}.example/copy", published_at=NOON + timedelta(hours=n)) for n in (1, 2)]
    run(chain, document(), *copies)
    rewritten = document(body=text(0, 1, 2, 3, of=OTHER), observed_at=NOON + timedelta(days=1))
    run(chain, rewritten)
    assert clusters(chain) == {
        "https://outlet.example/a": "https://outlet.example/a",
        "https://mirror1.example/copy": "https://mirror1.example/copy",
        "https://mirror2.example/copy": "https://mirror1.example/copy",
    }


def test_the_second_time_nothing_changes_but_the_count_of_inputs(chain: Pipeline) -> None:
    given = [document(), document(REPRINT, published_at=None), document(None, title=None, body=text(1, 2, of=OTHER))]
    assert run(chain, *given) == ["new", "copy", "new"]
    recount(chain.database)
    before = contents(chain.database)
    assert run(chain, *given) == ["seen_again"] * 3
    recount(chain.database)
    assert contents(chain.database) == before


def contents(database: Database) -> dict[str, list[tuple[object, ...]]]:
    """Return every row of every table except the counts of inputs."""
    from db.models import Base

    with database.reading() as conn:
        return {
            table.name: sorted((tuple(row) for row in conn.execute(select(table))), key=repr)
            for table in Base.metadata.sorted_tables
            if table.name != "outcomes"
        }


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        pytest.param(document(body="", title=None), "neither a text nor a headline", id="nothing to store"),
        pytest.param(document("ftp://outlet.example/a"), "not an absolute http(s) address", id="no web address"),
        pytest.param(Rejected(subject="a.pdf", reason="not a page: PDF"), "not a page: PDF", id="rejected before"),
    ],
)
def test_what_cannot_be_stored_is_rejected_with_a_reason_and_the_rest_goes_on(
    chain: Pipeline, given: Document | Rejected, reason: str
) -> None:
    assert run(chain, given, document("https://outlet.example/fine")) == ["rejected", "new"]
    with chain.database.reading() as conn:
        assert reason in conn.execute(select(Problem.reason)).scalar_one()


@pytest.mark.parametrize(
    "hostile",
    [
        pytest.param({"title": "A nul\x00 in \ud800 the title"}, id="NUL and half a surrogate pair"),
        pytest.param({"language": "english, mostly, with a long explanation"}, id="language that is none"),
        pytest.param({"source": "x" * 5_000}, id="endless outlet"),
        pytest.param({"source": "\x00"}, id="outlet of NUL"),
        pytest.param({"author": "By " + "\udfff" * 20}, id="author of surrogates"),
        pytest.param({"url": f"https://{'a.' * 110}example/x"}, id="endless host"),
        pytest.param({"published_at": NOON.replace(year=1)}, id="year one"),
    ],
)
def test_hostile_fields_harm_nobody(chain: Pipeline, hostile: dict[str, object]) -> None:
    given = replace(document("https://outlet.example/hostile"), **hostile)
    assert run(chain, given, document("https://outlet.example/fine", body=text(0, 1, of=OTHER))) == ["new", "new"]


def test_a_subject_may_be_named_anything(chain: Pipeline) -> None:
    assert run(chain, Rejected(subject="bad \udcff name\x00.txt", reason="unreadable \ud800")) == ["rejected"]


def test_a_headline_without_text_is_stored_and_its_title_tagged(chain: Pipeline) -> None:
    assert run(chain, document(body="", title="CSTO to meet in Bishkek")) == ["new"]
    with chain.database.reading() as conn:
        found = {tuple(row) for row in conn.execute(select(MentionRow.field, MentionRow.entity_id))}
    assert found == {("title", "csto"), ("title", "bishkek")}


def test_a_date_in_the_future_is_taken_as_missing_and_said_so(chain: Pipeline) -> None:
    ended = chain.process([document(published_at=NOON + timedelta(days=400))])
    assert [(end.outcome, "is after tomorrow" in str(end.reason)) for end in ended] == [("new", True)]
    with chain.database.reading() as conn:
        assert conn.execute(select(Article.published_at, Article.counts_on)).one() == (None, NOON.date())


def test_outcomes_sum_to_the_inputs(chain: Pipeline) -> None:
    given = [
        document(),
        document(),
        document(REPRINT),
        document(body="", title=None),
        Rejected(subject="x", reason="broken"),
    ]
    ended = Counter(run(chain, *given))
    with chain.database.reading() as conn:
        stored: Counter[str] = Counter()
        for outcome, inputs in conn.execute(select(Outcome.outcome, Outcome.inputs)):
            stored[outcome] += inputs
    assert ended == stored == {"new": 1, "seen_again": 1, "copy": 1, "rejected": 2}


class Stopped(RuntimeError):
    """A process that died between the two transactions."""


def test_a_batch_stopped_between_its_transactions_is_finished_later(
    chain: Pipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    def die(*_: object) -> list[InputResult]:
        raise Stopped

    with monkeypatch.context() as patch:
        patch.setattr(chain, "_commit", die)
        with pytest.raises(Stopped):
            run(chain, document(), document(REPRINT, published_at=NOON + timedelta(hours=1)))
    with chain.database.reading() as conn:
        assert set(conn.scalars(select(Revision.stage))) == {"stored"}
    chain.clock = lambda: NOON + timedelta(minutes=2)
    later: list[InputResult] = []
    finish_left_behind(chain, progress=later.extend)
    assert sorted(end.outcome for end in later) == ["copy", "new"]
    assert clusters(chain)[REPRINT] == "https://outlet.example/a"


def test_an_unknown_outlet_is_created_under_its_registrable_domain(chain: Pipeline) -> None:
    run(
        chain,
        document("https://news.lake-post.co.uk/a"),
        replace(document("https://x.example/b"), source="Pass Herald"),
    )
    with chain.database.reading() as conn:
        assert sorted(conn.scalars(select(Article.source_id))) == ["lake-post.co.uk", "x.example"]


def test_a_document_of_a_known_outlet_is_filed_under_its_catalogue_id(chain: Pipeline) -> None:
    named = replace(document("https://somewhere.example/b"), source="New Eastern Outlook")
    run(chain, document("https://www.eurasianet.org/a"), named)
    with chain.database.reading() as conn:
        assert sorted(conn.scalars(select(Article.source_id))) == ["eurasianet", "new-eastern-outlook"]
