"""Articles that turn out to be one: nobody is told of it twice, in mails at once and in digests."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from alertdesk import Desk
from samples import document, text

PLACE = "https://outlet.example/lake/chairs-on-the-shore"
FORM = "https://outlet.example/print/77"
SHORTER = text(0, 1, 2, 3)


@pytest.mark.parametrize(("body", "statuses"), [(None, ["news"]), (SHORTER, ["news", "known"])])
def test_a_digest_tells_of_an_article_once_that_came_under_two_addresses(
    either: Desk, body: str | None, statuses: list[str]
) -> None:
    either.subscribe(cadence="daily 08:00 UTC")
    either.bring(document(PLACE))
    either.bring(document(FORM, body=body) if body else document(FORM))
    assert either.statuses() == ["news", "also"]
    either.bring(replace(document("https://go.example/x7"), led_to=PLACE, declared_url=None))
    either.bring(replace(document("https://go.example/x8"), led_to=FORM))
    either.bring(replace(document(PLACE), declared_url=FORM))
    assert either.statuses()[:2] == statuses
    either.now = datetime(2022, 1, 7, 8, tzinfo=UTC)
    assert either.post() == 1
    assert either.mailbox.taken[0]["Subject"] == "[drills] 1 story"


def test_an_article_that_came_by_a_shortener_is_not_told_again_under_its_own_address(either: Desk) -> None:
    either.subscribe()
    assert either.bring(replace(document("https://go.example/x7"), led_to=PLACE)) == ["new"]
    assert either.post() == 1
    assert either.bring(document(PLACE)) == ["seen_again"]
    assert either.bring(replace(document(FORM, body=SHORTER), declared_url=PLACE)) == ["seen_again"]
    assert either.post() == 0
    assert set(either.statuses()) <= {"news", "superseded"}
    assert PLACE in str(either.mailbox.taken[0].get_body(("plain",)))
