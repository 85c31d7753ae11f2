"""What a check says about a feed: its state, what is wrong, what happens next, what to do. All samples are invented."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from cli.source.parts.advice import check_feed
from crawlers.discovery.findings import FeedCondition, FoundBy
from crawlers.discovery.trials import Trial
from db.collection.feeds.plans import FeedPlan
from db.enums.collection import FeedKind, FeedState

URL = "https://herald.example/rss"
AT = datetime(2026, 11, 29, 12, tzinfo=UTC)
TRIAL = Trial(
    url=URL,
    asked_url=URL,
    kind=FeedKind.FEED,
    found_by=FoundBy.GIVEN,
    condition=FeedCondition.WORKS,
    entries=3,
    newest_at=AT,
)
PLAN = FeedPlan(
    id=1,
    url=URL, kind=FeedKind.FEED, title="Herald", state=FeedState.ACTIVE, next_poll_at=AT,
    next_poll_because="as it publishes", failures=0, link_pattern=None, unverified=None,
)  # fmt: skip


def failed(condition: FeedCondition, problem: str, kind: FeedKind = FeedKind.FEED) -> Trial:
    return replace(TRIAL, condition=condition, problem=problem, kind=kind, entries=0, newest_at=None)


def test_a_feed_that_works_needs_nothing() -> None:
    check = check_feed(TRIAL, PLAN, source_id="herald")
    assert check.record == {
        "url": URL,
        "title": "Herald",
        "entries": 3,
        "newest_at": "2026-11-29T12:00:00Z",
        "state": "works",
        "next": "polled again at 2026-11-29T12:00:00Z: as it publishes",
    }
    assert check.advice == ()


def test_what_is_not_collected_has_no_next_poll() -> None:
    assert "next" not in check_feed(TRIAL, None, source_id=None).record


@pytest.mark.parametrize(
    ("trial", "words"),
    [
        (failed(FeedCondition.REFUSED, "robots.txt forbids it"), "robots.txt of herald.example does not want it"),
        (failed(FeedCondition.REFUSED, "the server answered 403: it does not let us in"), "ask the outlet to admit"),
        (failed(FeedCondition.REFUSED, "a private address"), "STEPPEWATCH_ALLOW_PRIVATE_HOSTS"),
        (failed(FeedCondition.OTHER, "an HTML page, not a feed"), "moved or switched off"),
        (
            failed(FeedCondition.OTHER, "a page that tests whether a person asks, in place of it"),
            "nothing passes such a test",
        ),
        (failed(FeedCondition.OTHER, "no link", kind=FeedKind.SECTION), "source edit herald --link-pattern '/news/*'"),
        (failed(FeedCondition.MISSING, "404"), "steppewatch source check https://herald.example/ looks for another"),
        (failed(FeedCondition.STALE, "its newest entry is of 2026-01-01"), "has stopped"),
        (failed(FeedCondition.EMPTY, "it lists nothing"), "not used any more"),
        (failed(FeedCondition.FAILING, "the server answered 500"), "polled again at growing intervals"),
        (failed(FeedCondition.FAILING, "the server answered 429"), "--poll-every 1h.."),
    ],
)
def test_each_fault_has_its_advice(trial: Trial, words: str) -> None:
    check = check_feed(trial, PLAN, source_id="herald")
    assert check.problem == trial.problem
    assert words in " ".join(check.advice)


def test_a_failure_of_what_is_not_collected_is_not_promised_another_poll() -> None:
    (advice,) = check_feed(failed(FeedCondition.FAILING, "timed out"), None, source_id=None).advice
    assert advice.endswith("try again later")


def test_a_moved_feed_is_told_with_the_command_that_follows_it() -> None:
    there = "https://herald.example/news.xml"
    check = check_feed(replace(TRIAL, url=there), PLAN, source_id="herald")
    assert (check.state, check.problem) == ("moved", f"it has moved to {there}")
    assert check.advice == (f"it has moved: steppewatch source edit herald --replace-feed {URL} {there}",)
    assert check_feed(replace(TRIAL, url="https://www.herald.example/rss/"), PLAN, source_id="herald").state == "works"


def test_a_bad_certificate_is_told() -> None:
    check = check_feed(replace(TRIAL, unverified="has expired"), PLAN, source_id="herald")
    assert check.state == "works"
    assert check.problem == "a certificate on the way to it has expired; it is read unverified"


@pytest.mark.parametrize("state", [FeedState.PAUSED, FeedState.RETIRED])
def test_what_is_not_polled_is_said_to_be(state: FeedState) -> None:
    check = check_feed(TRIAL, replace(PLAN, state=state), source_id="herald")
    assert (check.state, check.next) == (state, "it is not polled")
    assert (check.problem or "").startswith(state.meaning)


def test_a_feed_that_is_gone_is_asked_monthly() -> None:
    plan = replace(PLAN, state=FeedState.GONE, next_poll_because=None)
    assert (check_feed(TRIAL, plan, source_id="herald").next or "").endswith("it is asked monthly")
