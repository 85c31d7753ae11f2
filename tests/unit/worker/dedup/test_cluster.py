"""Links → clusters, and articles that come one by one. All texts are invented."""

from __future__ import annotations

import itertools
import random
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from material import shared

from db.enums.stories import ReprintRelation
from worker.dedup.archive import Archive
from worker.dedup.cluster import Link, clusters
from worker.dedup.fingerprint import fingerprint
from worker.dedup.members import Member
from worker.dedup.sketch import POSTINGS


def linked(a: int, b: int, relation: ReprintRelation = ReprintRelation.COPY) -> Link[int]:
    return Link(a=a, b=b, shared=100, containment=0.9, jaccard=0.8, relation=relation)


def published(id: int, day: int | None, url: str | None = None) -> Member[int]:
    return Member(id, url or f"https://a.example/{id}", date(2022, 1, day) if day else None, f"s{id}")


@pytest.mark.parametrize(
    ("members", "links", "originals"),
    [
        pytest.param([published(1, 1)], [], {1: 1}, id="alone"),
        pytest.param([published(1, 2), published(2, 1)], [linked(1, 2)], {1: 2, 2: 2}, id="the earlier one"),
        pytest.param([published(1, None), published(2, 9)], [linked(1, 2)], {1: 2, 2: 2}, id="a missing date is last"),
        pytest.param(
            [published(1, None, "https://b.example/"), published(2, None, "https://a.example/")],
            [linked(1, 2)],
            {1: 2, 2: 2},
            id="no dates: by address",
        ),
        pytest.param(
            [published(1, 1), published(2, 2), published(3, 3)],
            [linked(1, 2), linked(2, 3)],
            {1: 1, 2: 1, 3: 3},
            id="a copy of a copy that does not resemble the original",
        ),
        pytest.param(
            [published(1, 1), published(2, 2)],
            [linked(1, 2, ReprintRelation.EDITION)],
            {1: 1, 2: 2},
            id="editions stay apart",
        ),
        pytest.param(
            [published(1, 1), published(2, 2), published(3, 3)],
            [linked(1, 2), linked(1, 3), linked(2, 3, ReprintRelation.EDITION)],
            {1: 1, 2: 1, 3: 3},
            id="and are not brought together by a third",
        ),
        pytest.param(
            [published(1, 1), published(2, 2), published(3, 3), published(4, 4)],
            [linked(1, 2, ReprintRelation.REUSE), linked(1, 3), linked(2, 4)],
            {1: 1, 2: 2, 3: 1, 4: 2},
            id="each with its own copies",
        ),
    ],
)
def test_clusters(members: list[Member[int]], links: list[Link[int]], originals: dict[int, int]) -> None:
    assert clusters(members, links) == originals


def test_a_day_is_its_first_moment() -> None:
    day = Member(1, "https://b.example/", date(2022, 1, 5))
    night = Member(2, "https://a.example/", datetime(2022, 1, 5, 0, 1, tzinfo=UTC))
    assert clusters([night, day], [linked(1, 2)]) == {1: 1, 2: 1}


def test_a_link_to_a_stranger_is_an_error() -> None:
    with pytest.raises(KeyError):
        clusters([published(1, 1)], [linked(1, 2)])


MEMBERS = st.lists(st.none() | st.integers(1, 5), min_size=1, max_size=9)


@given(days=MEMBERS, data=st.data())
@settings(max_examples=100, deadline=None)
def test_clusters_depend_on_the_set_alone(days: list[int | None], data: st.DataObject) -> None:
    members = [published(id, day) for id, day in enumerate(days)]
    pairs = list(itertools.combinations(range(len(days)), 2))
    chosen = data.draw(st.lists(st.sampled_from(pairs), unique=True)) if pairs else []
    links = [linked(a, b, data.draw(st.sampled_from(ReprintRelation))) for a, b in chosen]
    result = clusters(members, links)
    flipped = [
        Link(
            a=link.b,
            b=link.a,
            shared=link.shared,
            containment=link.containment,
            jaccard=link.jaccard,
            relation=link.relation,
        )
        for link in links
    ]
    assert clusters(data.draw(st.permutations(members)), data.draw(st.permutations(flipped))) == result

    joined = {frozenset((link.a, link.b)) for link in links if link.joins}
    apart = {frozenset((link.a, link.b)) for link in links if not link.joins}
    order = {member.id: member.order for member in members}
    assert set(result) == {member.id for member in members}
    for id, original in result.items():
        assert result[original] == original
        assert id == original or frozenset((id, original)) in joined
        assert order[original] <= order[id]
    for a, b in apart:
        assert result[a] != result[b]
    for pair in joined:  # no copy is left alone beside its original for nothing
        first, second = sorted(pair, key=lambda id: order[id])
        if result[first] == first and result[second] == second:
            taken = {id for id, original in result.items() if original == first and order[id] < order[second]}
            assert any(frozenset((id, second)) in apart for id in taken | {first})


def report(words: int, seed: int) -> list[str]:
    return [f"w{seed}x{n}" for n in range(words)]


def add(archive: Archive[int], id: int, words: list[str], day: int | None = None, source: str | None = None) -> None:
    published_at = date(2022, 1, 1) + timedelta(days=day) if day is not None else None
    member = Member(id, f"https://s{id}.example/", published_at, source or f"s{id}")
    archive.add(member, fingerprint(" ".join(words)))


def test_archive_links_the_whole_and_the_part() -> None:
    archive: Archive[int] = Archive()
    add(archive, 1, report(200, 0), day=2)
    add(archive, 2, report(200, 0), day=1)
    add(archive, 3, report(50, 1) + report(200, 0)[:60], day=3)
    add(archive, 4, report(200, 2), day=4)
    assert archive.clusters() == {1: 2, 2: 2, 3: 2, 4: 4}
    assert archive.find_links(1)[2].jaccard == 1.0
    assert archive.find_links(3)[1].containment == archive.find_links(3)[2].containment == pytest.approx(57 / 107)
    assert not archive.find_links(4)


def test_an_id_is_taken_once() -> None:
    archive: Archive[int] = Archive()
    add(archive, 1, report(20, 0))
    with pytest.raises(ValueError, match="there already"):
        add(archive, 1, report(20, 1))
    assert archive.clusters() == {1: 1}


def test_window_compares_within_days_and_with_the_undated() -> None:
    archive: Archive[int] = Archive(window=timedelta(days=30))
    for id, day in ((1, 0), (2, 30), (3, 61), (4, None)):
        add(archive, id, report(100, 0), day=day)
    assert set(archive.find_links(1)) == {2, 4}
    assert set(archive.find_links(3)) == {4}


@pytest.mark.slow
def test_a_text_that_everybody_reprints_is_one_cluster() -> None:
    """More copies than an index entry is read for, arriving in any order."""
    copies = POSTINGS + 60
    archive: Archive[int] = Archive()
    arrivals = list(range(copies))
    random.Random(1).shuffle(arrivals)
    for id in arrivals:
        add(archive, id, report(60, 0) + report(id % 20, 1000 + id), day=id)
    assert set(archive.clusters().values()) == {0}


def test_a_reprint_of_todays_edition_joins_today_only() -> None:
    def rates(day: int) -> list[str]:
        values = f"На {day} января доллар {80 + day},{10 + day} евро {90 + day},{30 + day} рубль 1,{day + 11}".split()
        return values + [f"обычный{n}" for n in range(60)]

    archive: Archive[int] = Archive()
    for day in (1, 2, 3):
        add(archive, day, rates(day), day=day, source="bank.example")
    add(archive, 4, rates(2), day=2, source="nur.example")
    assert archive.clusters() == {1: 1, 2: 2, 3: 3, 4: 2}


def test_notices_of_one_outlet_do_not_swallow_each_other() -> None:
    """A thousand short texts of one agency, no dates, no addresses: look-alikes are different news."""
    import csv

    path = shared("data/news_kyrgyz_24kg/dev/qad-train_1000.csv")
    archive: Archive[str] = Archive()
    with open(path, encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            archive.add(Member(row["id"], source="24.kg"), fingerprint(row["text"]))
    originals = archive.clusters()
    assert len(originals) == 1000
    assert sum(id != original for id, original in originals.items()) <= 5
