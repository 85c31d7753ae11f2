"""Articles for tests of stories, and how many stories they are."""

from __future__ import annotations

from datetime import UTC, datetime

from worker.dedup.archive import Archive
from worker.dedup.fingerprint import fingerprint
from worker.dedup.headline import strip_outlet
from worker.dedup.members import Member

NUR, TAN = "nur.example", "tan.example"


def article(
    text: str, source: str = NUR, *, hour: int = 8, day: int = 5, title: str = ""
) -> tuple[str, str, datetime, str]:
    """Return an article: its text, outlet, instant and headline."""
    return text, source, datetime(2022, 1, day, hour, tzinfo=UTC), title


def stories(*articles: tuple[str, str, datetime, str]) -> int:
    """Return how many stories these articles are, in whatever order they come."""
    counts = set()
    for numbers in (range(len(articles)), reversed(range(len(articles)))):
        archive: Archive[int] = Archive()
        for number in numbers:
            text, source, at, title = articles[number]
            url = f"https://{source}/{number}"
            archive.add(Member(number, url, at, source), fingerprint(text, strip_outlet(title, source, url)))
        counts.add(len(set(archive.clusters().values())))
    assert len(counts) == 1, "the order of arrival made a difference"
    return counts.pop()


def resemble(one: str, other: str) -> bool:
    """Return whether two texts are linked, without headlines and dates."""
    archive: Archive[int] = Archive()
    archive.add(Member(1), fingerprint(one))
    return bool(archive.add(Member(2), fingerprint(other)))
