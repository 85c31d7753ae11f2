"""What was no news because it counted as a reprint, and does no longer: told late rather than never."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from alertdesk import Desk
from samples import NOON, PARAGRAPHS, document
from sqlalchemy import delete, select, update

from db.models import Article, ClusterLink, MatchRow, StoryState
from worker.chain.documents import Document
from worker.stories.edits import split
from worker.stories.recompare import recompare

FOOTER = (
    "Subscribe to our channel and be the first to read the news. Reprints are allowed only with an active link to the "
    "source. The opinion of the editors may differ from that of the authors. Found a mistake? Select it and press both."
)
NOTES = (
    "Three CSTO officers came with folding chairs of their own and left before anybody had counted them.",
    "A carpenter in the old town has sold forty chairs to the secretariat of the CSTO since the beginning of spring.",
    "Chairs remained empty at the CSTO hearing, where a clerk read the minutes aloud to nobody in particular.",
)


def note(number: int) -> Document:
    return document(
        f"https://outlet.example/{number}", body=f"{NOTES[number]}\n{FOOTER}", title=f"Note number {number}"
    )


def make_older(desk: Desk) -> None:
    """Let everything be as the rules before had it: whatever resembles is a copy, and only the first is news."""
    with desk.database.engine.begin() as conn:
        first, *others = conn.scalars(select(Article.id).order_by(Article.id)).all()
        conn.execute(update(ClusterLink).values(relation="copy", method="word-4-grams/1"))
        conn.execute(update(Article).values(cluster_id=first))
        began = conn.scalars(select(MatchRow.id).where(MatchRow.article_id == first)).one()
        copies = update(MatchRow).where(MatchRow.article_id.in_(others), MatchRow.status == "news")
        conn.execute(copies.values(status="also", item_id=began))
        conn.execute(delete(StoryState))


def test_a_footer_hid_two_alerts_and_the_new_rules_tell_them(either: Desk) -> None:
    either.subscribe(cadence="daily 08:00 UTC")
    either.bring(*map(note, range(3)))
    make_older(either)
    assert either.statuses() == ["news", "also", "also"]
    done = recompare(either.database, now=either.now)
    assert (done.articles, done.moved, done.alerts) == (3, 2, 2)
    assert either.statuses() == ["news", "news", "news"]
    either.now = datetime(2022, 1, 7, 8, tzinfo=UTC)
    assert either.post() == 1
    assert either.mailbox.taken[0]["Subject"] == "[drills] 3 stories"


def test_what_was_sent_is_not_sent_again_and_what_is_free_is_sent_at_once(either: Desk) -> None:
    either.subscribe()
    either.bring(note(0))
    assert either.post() == 1
    either.pipeline.process([note(1)])
    split_off = either.statuses()
    assert split_off == ["news", "news"], "a note with the same footer is news of its own"
    assert either.post() == 1


@pytest.mark.parametrize(("hours", "status"), [(71, "news"), (73, "old")])
def test_what_a_person_splits_off_is_told_while_it_is_young(either: Desk, hours: int, status: str) -> None:
    either.subscribe()
    body = "\n".join(PARAGRAPHS)
    either.bring(document("https://outlet.example/a", body=body))
    either.bring(document("https://other.example/a", body=body), document("https://third.example/a", body=body))
    assert either.statuses() == ["news", "also", "also"]
    assert either.post() == 1
    either.now = NOON + timedelta(hours=hours)
    copy = either.column(Article.id)[1]
    either.database.write(lambda conn: split(conn, copy, note=None, now=either.now))
    assert either.statuses() == ["news", status, "also"]
    assert either.post() == (status == "news")


def test_an_older_original_that_takes_one_of_two_reprints_frees_nothing(either: Desk) -> None:
    either.subscribe()
    whole, rest = "\n".join(PARAGRAPHS), "\n".join(PARAGRAPHS[1:])
    either.bring(document("https://outlet.example/a", body=whole), document("https://other.example/b", body=rest))
    assert either.statuses() == ["news", "also"]
    early = document("https://third.example/c", body="\n".join(PARAGRAPHS[:2]), published_at=NOON - timedelta(hours=3))
    either.bring(early)
    assert either.statuses()[:2] == ["news", "also"]
