"""Alarms about outlets as messages: each beginning and each end once, to whoever subscribed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from alertdesk import Desk
from samples import document

from db.alerts import channels, subscriptions
from db.enums.alerts import SubscriptionState
from db.models import MatchRow
from worker.coverage.stats.alarms import Alarm, AlarmKind
from worker.matching.health import record_health

STALE = Alarm(AlarmKind.STALE, "stale: its newest item is 9 days old")
SHORT = Alarm(AlarmKind.SHORT, "its articles have become short")
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def judge(desk: Desk, *alarms: Alarm, outlet: str = "outlet.example", **others: Sequence[Alarm]) -> int:
    return record_health(desk.database, {outlet: alarms, **others}, now=desk.now)


def subjects(desk: Desk) -> list[str]:
    return [str(mail["Subject"]) for mail in desk.mailbox.taken]


def test_an_alarm_is_told_when_it_begins_and_when_it_ends_and_not_between(either: Desk) -> None:
    either.bring(document())
    either.subscribe("faults", "outlet.example", kind="health")
    assert judge(either) == 0
    assert judge(either, STALE) == 1
    for _ in range(30):
        either.now += HOUR
        assert judge(either, STALE) == 0
    assert judge(either, STALE, SHORT) == 1
    either.now += DAY
    assert [judge(either) for _ in range(2)] == [1, 0]
    assert either.post() == 3
    assert subjects(either) == [
        "[faults] outlet.example is not collected as it should be",
        "[faults] outlet.example is not collected as it should be",
        "[faults] outlet.example is collected as it should be again",
    ]
    text = either.mailbox.taken[1].get_body(("plain",)).get_content()
    assert "Its articles have become short. This goes on: stale" in " ".join(text.split())


def test_a_digest_takes_all_outlets_and_an_outlet_that_cannot_be_judged_is_left_as_it_was(either: Desk) -> None:
    either.bring(document(), document("https://mirror.example/b"))
    either.subscribe("faults", "all", kind="health", cadence="daily 08:00 UTC")
    assert judge(either, STALE, **{"mirror.example": (SHORT,)}) == 2
    either.now += 2 * DAY
    assert either.post() == 1
    assert subjects(either) == ["[faults] 2 stories"]
    assert record_health(either.database, {"outlet.example": (STALE,)}, now=either.now) == 0
    assert record_health(either.database, {"mirror.example": ()}, now=either.now) == 1
    either.now += DAY
    assert either.post() == 1
    assert subjects(either)[1] == "[faults] 1 story"


def test_others_and_those_who_left_or_paused_are_not_told(desk: Desk) -> None:
    desk.bring(document(), document("https://mirror.example/b"))
    paused = desk.subscribe("paused", "all", kind="health")
    left = desk.subscribe("left", "all", kind="health")
    desk.subscribe("other", "mirror.example", kind="health")
    desk.subscribe("query", "CSTO")
    desk.database.write(lambda conn: subscriptions.change_subscription(conn, paused, state=SubscriptionState.PAUSED))
    recipients = desk.database.read(lambda conn: channels.find_recipients(conn, [left]))
    desk.database.write(lambda conn: channels.unsubscribe(conn, [one.id for one in recipients]))
    assert judge(desk, STALE) == 1  # stored for whoever reads it by command
    assert desk.post() == 0
    desk.database.write(lambda conn: subscriptions.change_subscription(conn, paused, state=SubscriptionState.ACTIVE))
    assert judge(desk, STALE) == 1
    assert desk.post() == 1
    assert subjects(desk) == ["[paused] outlet.example is not collected as it should be"]


def test_whoever_subscribes_later_hears_what_is_wrong_then(desk: Desk) -> None:
    desk.bring(document())
    desk.subscribe("early", "all", kind="health")
    judge(desk, STALE)
    desk.subscribe("late", "outlet.example", kind="health")
    desk.now += HOUR
    assert judge(desk, STALE) == 1
    assert desk.column(MatchRow.event) == ["health of outlet.example after 0"] * 2
