"""The verdicts of the doctor, as tables of decisions over given observations."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cli.doctor.broker import BrokerSeen, judge_broker
from cli.doctor.clock import ahead_of_us, judge_clock
from cli.doctor.disk import FolderSeen, judge_folder, judge_space
from cli.doctor.finding import CheckState, Finding
from cli.doctor.network import Candidate, choose_addresses, judge_answers, judge_names, rank
from cli.doctor.port import PortSeen, judge_port
from cli.doctor.store import StoreSeen, judge_catalogue, judge_database, judge_migrations, judge_vocabulary
from cli.doctor.trust import TrustSeen, judge_trust
from crawlers.http.results import FetchFailure, FetchResult

FOLDER = FolderSeen(path=Path("/data"), exists=True, error=None, free_bytes=50_000_000_000)
STORE = StoreSeen(
    where="/data/steppewatch.db",
    head="0002",
    kind="SQLite",
    version=(3, 45, 1),
    revision="0002",
    vocabulary="2026-11-01",
    entities=416,
    outlets=136,
)
POSTGRES = replace(STORE, kind="PostgreSQL", version=(18, 1), where="postgresql+psycopg://u:***@host/base")
NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


def check(finding: Finding, state: CheckState, words: str) -> None:
    assert finding.state is state
    assert words in finding.found
    assert bool(finding.mend) == (state in (CheckState.warning, CheckState.failed)), (
        "what is wrong can be mended, all else not"
    )


@pytest.mark.parametrize(
    ("seen", "state", "words"),
    [
        pytest.param(FOLDER, CheckState.ok, "/data can be written to", id="all well"),
        pytest.param(replace(FOLDER, exists=False), CheckState.ok, "does not exist yet", id="not made yet"),
        pytest.param(
            replace(FOLDER, error="permission denied"), CheckState.failed, "permission denied", id="forbidden"
        ),
        pytest.param(
            replace(FOLDER, error="no space left on device"),
            CheckState.failed,
            "its disk is full: no space",
            id="disk full",
        ),
        pytest.param(replace(FOLDER, error="disk quota exceeded"), CheckState.failed, "its disk is full", id="quota"),
        pytest.param(
            replace(FOLDER, exists=False, error="read-only file system"),
            CheckState.failed,
            "cannot be created",
            id="no place",
        ),
    ],
)
def test_the_data_directory(seen: FolderSeen, state: CheckState, words: str) -> None:
    check(judge_folder(seen), state, words)


@pytest.mark.parametrize(
    ("free", "state", "words"),
    [
        pytest.param(50_000_000_000, CheckState.ok, "50.0 GB free", id="plenty"),
        pytest.param(2_000_000_000, CheckState.ok, "2.0 GB free", id="just enough"),
        pytest.param(1_999_999_999, CheckState.warning, "less than 2.0 GB", id="little"),
        pytest.param(199_999_999, CheckState.failed, "at least 200 MB", id="next to nothing"),
        pytest.param(0, CheckState.failed, "0 MB free", id="nothing"),
        pytest.param(None, CheckState.warning, "is unknown", id="unknown"),
    ],
)
def test_the_room_on_the_disk(free: int | None, state: CheckState, words: str) -> None:
    check(judge_space(replace(FOLDER, free_bytes=free)), state, words)


SPARE = (("cache", 80_000_000), ("steppewatch.log.1", 2_000_000), ("steppewatch.log.2", 900))


@pytest.mark.parametrize("full", [{"error": "no space left on device"}, {"free_bytes": 0}])
def test_on_a_full_disk_it_is_said_what_can_go(full: dict[str, Any]) -> None:
    seen = replace(FOLDER, spare=SPARE, **full)
    mend = next(
        finding.mend for finding in (judge_folder(seen), judge_space(seen)) if finding.state is CheckState.failed
    )
    assert "in /data these can be deleted: cache (80 MB), steppewatch.log.1 (2 MB);" in mend
    assert "STEPPEWATCH_CAPTURES_MAX_MB" in mend


@pytest.mark.parametrize(
    ("seen", "state", "words"),
    [
        pytest.param(STORE, CheckState.ok, "SQLite 3.45.1 at /data/steppewatch.db", id="embedded"),
        pytest.param(POSTGRES, CheckState.ok, "PostgreSQL 18.1 at postgresql", id="server"),
        pytest.param(
            StoreSeen(where="/data/a.db", head="2", missing=True), CheckState.ok, "no store at /data/a.db yet", id="new"
        ),
        pytest.param(
            StoreSeen(where="x", head="2", error="no route"),
            CheckState.failed,
            "x cannot be used: no route",
            id="silent",
        ),
        pytest.param(replace(STORE, read_only=True), CheckState.failed, "read-only", id="read-only"),
        pytest.param(
            replace(STORE, full="disk I/O error"), CheckState.failed, "the disk of /data is full", id="disk full"
        ),
        pytest.param(
            StoreSeen(where="pg", head="2", error="could not extend file: No space left on device"),
            CheckState.failed,
            "its disk is full",
            id="server's disk full",
        ),
        pytest.param(replace(STORE, version=(3, 34, 1)), CheckState.failed, "too old", id="SQLite without RETURNING"),
        pytest.param(replace(POSTGRES, version=(13, 9)), CheckState.warning, "no longer supported", id="old server"),
    ],
)
def test_the_database(seen: StoreSeen, state: CheckState, words: str) -> None:
    check(judge_database(seen), state, words)


@pytest.mark.parametrize(
    ("seen", "state", "words"),
    [
        pytest.param(STORE, CheckState.ok, "at revision 0002", id="current"),
        pytest.param(
            StoreSeen(where="x", head="0002", missing=True), CheckState.ok, "nothing is stored yet", id="no file yet"
        ),
        pytest.param(
            StoreSeen(where="x", head="0002", is_empty=True), CheckState.ok, "nothing is stored yet", id="empty"
        ),
        pytest.param(
            StoreSeen(where="x", head="0002"), CheckState.failed, "another program", id="somebody else's tables"
        ),
        pytest.param(replace(STORE, revision="0001"), CheckState.failed, "this version needs 0002", id="behind"),
        pytest.param(
            StoreSeen(where="x", head="0002", error="no route"), CheckState.skipped, "not checked", id="no database"
        ),
    ],
)
def test_the_migrations(seen: StoreSeen, state: CheckState, words: str) -> None:
    check(judge_migrations(seen), state, words)


@pytest.mark.parametrize(
    ("seen", "state", "words"),
    [
        pytest.param(STORE, CheckState.ok, "2026-11-01, 416 entities", id="loaded"),
        pytest.param(
            replace(STORE, newer_vocabulary="v2"), CheckState.warning, "brings a newer one, v2", id="newer to come"
        ),
        pytest.param(
            StoreSeen(where="x", head="0002", is_empty=True), CheckState.ok, "loads the packaged one", id="empty store"
        ),
        pytest.param(replace(STORE, vocabulary=None), CheckState.failed, "no vocabulary", id="none"),
        pytest.param(replace(STORE, entities=0), CheckState.failed, "nothing can be tagged", id="none in it"),
        pytest.param(replace(STORE, revision="0001"), CheckState.skipped, "not checked", id="not migrated"),
        pytest.param(
            StoreSeen(where="x", head="0002", error="no route"), CheckState.skipped, "not checked", id="no database"
        ),
    ],
)
def test_the_vocabulary(seen: StoreSeen, state: CheckState, words: str) -> None:
    check(judge_vocabulary(seen), state, words)


@pytest.mark.parametrize(
    ("seen", "state", "words"),
    [
        pytest.param(STORE, CheckState.ok, "136 outlets, up to date", id="current"),
        pytest.param(
            replace(STORE, catalogue=("1 new outlet: a",)), CheckState.warning, "1 new outlet: a", id="newer to come"
        ),
        pytest.param(
            StoreSeen(where="x", head="0002", is_empty=True), CheckState.ok, "loads the packaged one", id="empty store"
        ),
        pytest.param(replace(STORE, revision="0001"), CheckState.skipped, "not checked", id="not migrated"),
        pytest.param(
            StoreSeen(where="x", head="0002", error="no route"), CheckState.skipped, "not checked", id="no database"
        ),
    ],
)
def test_the_catalogue(seen: StoreSeen, state: CheckState, words: str) -> None:
    check(judge_catalogue(seen), state, words)


@pytest.mark.parametrize(
    ("seen", "state", "words"),
    [
        pytest.param(TrustSeen(140, "/etc/a.crt"), CheckState.ok, "the 140 authorities of /etc/a.crt", id="a store"),
        pytest.param(TrustSeen(0), CheckState.warning, "this machine trusts no authority", id="none"),
        pytest.param(
            TrustSeen(0, names=("SSL_CERT_FILE",)), CheckState.warning, "SSL_CERT_FILE names no", id="wrong name"
        ),
        pytest.param(TrustSeen(0, names=("A", "B")), CheckState.warning, "A and B name no authority", id="wrong names"),
    ],
)
def test_the_authorities(seen: TrustSeen, state: CheckState, words: str) -> None:
    check(judge_trust(seen), state, words)


@pytest.mark.parametrize(
    ("seen", "state", "words"),
    [
        pytest.param(BrokerSeen("embedded"), CheckState.ok, "starts and answers", id="our own"),
        pytest.param(
            BrokerSeen("embedded", error="no room"), CheckState.failed, "does not start: no room", id="broken"
        ),
        pytest.param(BrokerSeen("none"), CheckState.warning, "no embedded broker", id="none for this machine"),
        pytest.param(BrokerSeen("in memory"), CheckState.warning, "memory", id="in memory"),
        pytest.param(
            BrokerSeen("named", "redis://b//", "Valkey 9.1"),
            CheckState.ok,
            "Valkey 9.1 answers at redis://b//",
            id="named",
        ),
        pytest.param(
            BrokerSeen("named", "amqp://b//"), CheckState.ok, "it answers at amqp://b//", id="of another kind"
        ),
        pytest.param(BrokerSeen("named", "redis://b//", error="refused"), CheckState.failed, "refused", id="silent"),
    ],
)
def test_the_broker(seen: BrokerSeen, state: CheckState, words: str) -> None:
    check(judge_broker(seen), state, words)


@pytest.mark.parametrize(
    ("seen", "state", "words"),
    [
        pytest.param(PortSeen("::1", 80), CheckState.ok, "port 80 is free", id="free"),
        pytest.param(PortSeen("h", 80, "address already in use"), CheckState.failed, "already in use", id="taken"),
        pytest.param(
            PortSeen("h", 80, "address already in use", is_ours=True), CheckState.ok, "being served", id="ours"
        ),
    ],
)
def test_the_port(seen: PortSeen, state: CheckState, words: str) -> None:
    check(judge_port(seen), state, words)


@pytest.mark.parametrize(
    ("found", "state", "words"),
    [
        pytest.param({"a.kz": ("1.1.1.1",)}, CheckState.ok, "found a.kz", id="all found"),
        pytest.param({"a.kz": ("10.0.0.1", "1.1.1.1")}, CheckState.ok, "found a.kz", id="one public address is enough"),
        pytest.param(
            {"a.kz": ("1.1.1.1",), "b.kz": "not known"}, CheckState.warning, "b.kz: not known", id="one is not"
        ),
        pytest.param({"a.kz": "no answer within 5 s"}, CheckState.warning, "no host name can be looked up", id="none"),
        pytest.param({"a.kz": ("10.0.0.1",)}, CheckState.warning, "private addresses for a.kz", id="captive portal"),
        pytest.param({"127.0.0.1": ("127.0.0.1",)}, CheckState.skipped, "not checked", id="literals need no DNS"),
        pytest.param({}, CheckState.skipped, "not checked", id="nobody to ask"),
    ],
)
def test_names(found: dict[str, tuple[str, ...] | str], state: CheckState, words: str) -> None:
    check(judge_names(found), state, words)


SERVED = FetchResult(url="https://a.kz/rss", status=200)
FORBIDDEN = FetchResult(
    url="https://a.kz/rss", status=403, trouble=FetchFailure("forbidden", "the server answered 403")
)
SILENT = FetchResult(
    url="https://a.kz/rss", status=0, trouble=FetchFailure("timed out", "timed out after 10 s", is_network=True)
)


@pytest.mark.parametrize(
    ("answers", "state", "words"),
    [
        pytest.param([SERVED, SERVED], CheckState.ok, "0.kz: answered 200; 1.kz: answered 200", id="all"),
        pytest.param([SERVED, SILENT], CheckState.ok, "1 of 2 outlets respond", id="one"),
        pytest.param([SILENT, SILENT], CheckState.warning, "cannot reach any outlet", id="none: a missing network"),
        pytest.param([FORBIDDEN, SILENT], CheckState.warning, "refuse the request", id="all doors shut"),
        pytest.param([], CheckState.skipped, "no outlet", id="nobody to ask"),
    ],
)
def test_outgoing_requests(answers: list[FetchResult], state: CheckState, words: str) -> None:
    check(judge_answers({f"https://{number}.kz/rss": answer for number, answer in enumerate(answers)}), state, words)


@pytest.mark.parametrize(
    ("database_s", "outlets_s", "expected"),
    [
        pytest.param(None, [], [(CheckState.skipped, "not checked")], id="nobody to compare with"),
        pytest.param(0.2, [], [(CheckState.ok, "database within 5 s")], id="database agrees"),
        pytest.param(9.0, [], [(CheckState.warning, "9 s behind that of the database")], id="a little behind"),
        pytest.param(-61.0, [], [(CheckState.failed, "61 s ahead of that of the database")], id="more than a lease"),
        pytest.param(None, [86_400.0, 0.0], [(CheckState.ok, "outlets")], id="one outlet's own clock is wrong"),
        pytest.param(
            0.0,
            [7_200.0, 7_201.0],
            [(CheckState.ok, "database"), (CheckState.failed, "7,200 s behind")],
            id="whole cellar wrong",
        ),
    ],
)
def test_clocks(database_s: float | None, outlets_s: list[float], expected: list[tuple[CheckState, str]]) -> None:
    findings = judge_clock(database_s, outlets_s)
    assert len(findings) == len(expected)
    for finding, (state, words) in zip(findings, expected, strict=True):
        check(finding, state, words)


@pytest.mark.parametrize(
    ("date", "ahead_s"),
    [
        pytest.param("Sat, 21 Nov 2026 12:00:02 GMT", 0.0, id="while we waited"),
        pytest.param("Sat, 21 Nov 2026 11:59:59 GMT", 0.0, id="cut to whole seconds"),
        pytest.param("Sat, 21 Nov 2026 12:01:04 GMT", 60.0, id="they are ahead"),
        pytest.param("Sat, 21 Nov 2026 11:58:59 GMT", -60.0, id="they are behind"),
        pytest.param("Sat, 21 Nov 2026 17:00:02 +0500", 0.0, id="another zone"),
        pytest.param("yesterday", None, id="no date"),
        pytest.param("", None, id="empty"),
        pytest.param(None, None, id="missing"),
    ],
)
def test_a_date_header(date: str | None, ahead_s: float | None) -> None:
    assert ahead_of_us(date, requested_at=NOON, received_at=NOON + timedelta(seconds=4)) == ahead_s


@given(st.integers(-(10**9), 10**9), st.floats(0, 100))
def test_a_date_is_never_further_off_than_the_clock_that_wrote_it(offset_s: int, took_s: float) -> None:
    """Whatever the time a request takes, what is said of a clock is at most its real error."""
    for at_s in (0.0, took_s):
        written = NOON + timedelta(seconds=at_s + offset_s)
        answered_at = NOON + timedelta(seconds=took_s)
        ahead_s = ahead_of_us(format_datetime(written, usegmt=True), requested_at=NOON, received_at=answered_at)
        assert ahead_s is not None
        assert abs(ahead_s) <= abs(offset_s) + 1e-6


@given(st.text(max_size=100))
def test_any_date_header_is_survived(date: str) -> None:
    ahead_s = ahead_of_us(date, requested_at=NOON, received_at=NOON)
    assert ahead_s is None or isinstance(ahead_s, float)


def test_those_are_asked_who_will_most_likely_answer_and_each_host_once() -> None:
    candidates = [
        Candidate("https://guess.kz/rss", rank("guess", None)),
        Candidate("https://certain.kz/rss", rank("certain", None)),
        Candidate("https://certain.kz/atom", rank("certain", None)),
        Candidate("https://long-ago.kz/rss", rank("guess", NOON - timedelta(days=9))),
        Candidate("https://lately.kz/rss", rank("guess", NOON)),
        Candidate("http://10.0.0.1/rss", rank("certain", NOON)),
    ]
    chosen = ("https://lately.kz/rss", "https://long-ago.kz/rss", "https://certain.kz/atom")
    assert choose_addresses(candidates, frozenset()) == chosen
    assert choose_addresses(reversed(candidates), frozenset()) == chosen


def test_a_private_address_is_asked_only_when_settings_allow_it() -> None:
    candidates = [Candidate("http://127.0.0.1:8001/rss", (0, 0.0))]
    assert choose_addresses(candidates, frozenset()) == ()
    assert choose_addresses(candidates, {("127.0.0.1", 8001)}) == ("http://127.0.0.1:8001/rss",)
