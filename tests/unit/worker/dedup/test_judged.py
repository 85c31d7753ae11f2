"""Stories as people judged them: their word outweighs the evidence, in whatever order it is given."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from db.enums.stories import ReprintRelation
from worker.dedup.cluster import Link, clusters
from worker.dedup.members import Member

MEMBERS = [
    Member(name, f"https://{name}.example/", datetime(2022, 1, day, tzinfo=UTC)) for day, name in enumerate("abcd", 1)
]


def link(one: str, other: str) -> Link[str]:
    return Link(a=one, b=other, shared=50, containment=1.0, jaccard=0.9, relation=ReprintRelation.COPY)


@pytest.mark.parametrize(
    ("links", "judged", "expected"),
    [
        pytest.param([link("a", "b")], {}, "aacd", id="evidence alone"),
        pytest.param([link("a", "b")], {("a", "b"): False}, "abcd", id="a split outweighs a link"),
        pytest.param([], {("b", "c"): True}, "abbd", id="a merge needs no link"),
        pytest.param([link("a", "b"), link("c", "d")], {("b", "d"): True}, "aaaa", id="a merge joins whole stories"),
        pytest.param(
            [link("a", "b"), link("c", "d")], {("b", "d"): True, ("a", "c"): False}, "aacc", id="not past a split"
        ),
        pytest.param(
            [link("a", "b"), link("a", "c"), link("b", "c")],
            {("a", "c"): False, ("b", "c"): False},
            "aacd",
            id="who is taken out stays out of the whole story",
        ),
        pytest.param([], {("a", "b"): True, ("b", "c"): True, ("c", "d"): True}, "aaaa", id="merges add up"),
    ],
)
def test_judgements(links: list[Link[str]], judged: dict[tuple[str, str], bool], expected: str) -> None:
    for members in (MEMBERS, MEMBERS[::-1]):
        found = clusters(members, links, judged=judged)
        assert "".join(found[name] for name in "abcd") == expected
        assert clusters(members, links, judged=dict(reversed(judged.items()))) == found
