"""Digests, and outlets that fall silent: told when it is time, once, and never for nothing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from alertdesk import Desk, titled
from samples import NOON, OTHER, document, text

from db.alerts import channels
from db.collection.feeds.feeds import record_network
from worker.matching.silence import record_silences

REPRINT = "https://mirror.example/copy"


def test_digests_take_what_no_digest_had_and_are_never_empty(either: Desk) -> None:
    either.subscribe(cadence="daily 08:00 UTC")
    either.bring(document())
    assert either.post() == 0
    either.now = datetime(2022, 1, 7, 8, tzinfo=UTC)
    assert either.post() == 1
    assert either.mailbox.taken[0]["Subject"] == "[drills] 1 story"
    either.now += timedelta(days=1)
    assert either.post() == 0
    either.bring(document(REPRINT, title="Officers bring chairs", published_at=either.now, observed_at=either.now))
    either.now += timedelta(days=1)
    assert either.post() == 0, "a reprint alone is no reason for a mail"
    other = document("https://outlet.example/b", body="CSTO officers mend chairs.\n" + text(0, 1, 2, 3, of=OTHER))
    either.bring(other)
    either.now += timedelta(days=1)
    assert either.post() == 1
    assert either.mailbox.taken[1]["Subject"] == "[drills] 1 story, 1 reprint"


def test_a_digest_caps_what_it_tells_and_says_how_much_more_there_is(either: Desk) -> None:
    either.subscribe(cadence="hourly", **either.hook())
    either.bring(*(titled(number) for number in range(47)))
    either.now += timedelta(hours=1)
    assert either.post() == 1
    (body,) = either.receiver.bodies
    assert (len(body["items"]), body["more"], body["stories"]) == (40, 7, 47)


def test_all_quiet_is_said_only_to_whoever_wants_to_hear_it(desk: Desk) -> None:
    desk.subscribe("loud", all_quiet=True, cadence="daily 08:00 UTC")
    desk.subscribe("quiet", cadence="daily 08:00 UTC")
    desk.now = datetime(2022, 1, 7, 8, tzinfo=UTC)
    assert desk.post() == 1
    assert desk.post() == 0
    (mail,) = desk.mailbox.taken
    assert mail["Subject"] == "[loud] All quiet"


def test_a_digest_is_not_lost_when_its_subscription_changes_to_at_once(either: Desk) -> None:
    number = either.subscribe(cadence="daily 08:00 UTC")
    either.bring(document())
    either.database.write(lambda conn: channels.set_cadence_due(conn, number, due_at=None))
    assert either.post() == 1


def test_an_outlet_that_falls_silent_is_told_once_for_each_silence(either: Desk) -> None:
    first = document()
    either.bring(first)
    either.subscribe("hush", "outlet.example", kind="silence", max_age_h=24)
    either.now = NOON + timedelta(hours=23)
    assert record_silences(either.database, now=either.now) == 0
    either.now = NOON + timedelta(hours=25)
    assert [record_silences(either.database, now=either.now) for _ in range(2)] == [1, 0]
    assert either.post() == 1
    assert either.mailbox.taken[0]["Subject"] == "[hush] outlet.example has been silent for 25 hours"
    either.bring(document("https://outlet.example/b", body=text(0, 1, of=OTHER), observed_at=either.now))
    either.now += timedelta(hours=30)
    assert record_silences(either.database, now=either.now) == 1


def test_while_our_own_network_is_down_no_outlet_is_called_silent(desk: Desk) -> None:
    desk.bring(document())
    desk.subscribe("hush", "outlet.example", kind="silence", max_age_h=24)
    desk.database.write(lambda conn: record_network(conn, "no route", at=desk.now))
    assert record_silences(desk.database, now=NOON + timedelta(days=9)) == 0
