"""A story: the original and its reprints on a time line, and what each of them changed."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from markupsafe import Markup
from sqlalchemy import Connection
from starlette.responses import Response

from db.articles.details import LinkEvidence, read_articles, read_evidence, read_text
from db.stories.judgements import Judgement, list_decisions
from db.stories.members import StoryMember, StorySize, find_story, read_members, read_size
from db.text.headlines import headline
from web.answers.page import Format, respond
from web.answers.tables import PageTable
from web.charts.parts import Spec
from web.charts.sparkline import draw_sparkline
from web.charts.timeline import ChartArticle, plot_timeline
from web.pages.articles import get_article_id
from web.shared.links import article_address, page_address
from web.shared.params import InvalidParameter
from web.shared.store import Reading
from worker.lib.plain_values import to_plain
from worker.search.hits import FoundArticle, list_articles
from worker.search.records import article_record
from worker.search.stories import TextComparison, decision_record, find_closest, load_texts
from worker.text.word_diff import Passage, passages

_ON_PAGE, _ON_CHART = 25, 200
_LEAST = 5
"""Number of reprints that are compared however long it takes."""
_COMPARING_S = 0.3
"""Time after which a page ends with the reprints compared so far."""
_PASSAGES_MAX, _OPEN = 40, 3
"""Passages that are listed, and those among them that are shown at once."""
_LENGTH_MAX = 240
_DECISIONS_MAX = 30
_BARS = 48

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReprintView:
    """An article of a story, and what it changed."""

    member: StoryMember
    is_original: bool
    after: timedelta | None
    """Time since the original; None if one of both has no time."""
    comparison: TextComparison | None
    """None for the original, and without measured overlap with it."""

    @property
    def headline(self) -> str:
        """The headline, or the first words."""
        return headline(self.member.title, self.member.beginning) or "(no words)"

    @property
    def has_other_title(self) -> bool:
        """True if its headline is another one than that of the original."""
        return self.comparison is not None and self.comparison.old.title != self.member.title

    @property
    def passages(self) -> Sequence[Passage]:
        """The first changes in their context."""
        if self.comparison is None:
            return ()
        compared = self.comparison
        changes = compared.changes[:_PASSAGES_MAX]
        return [one.shortened(_LENGTH_MAX) for one in passages(compared.old.text, compared.new, changes)]

    @property
    def open_passages(self) -> Sequence[Passage]:
        """The changes that are shown at once."""
        return self.passages[:_OPEN]

    @property
    def folded_passages(self) -> Sequence[Passage]:
        """The further changes."""
        return self.passages[_OPEN:]

    @property
    def unlisted(self) -> int:
        """The number of changes that are not listed."""
        return max(0, len(self.comparison.changes) - _PASSAGES_MAX) if self.comparison else 0


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryPage:
    """The content of the page of a story."""

    article_id: int
    story: int
    original: StoryMember
    size: StorySize
    views: Sequence[ReprintView]
    after: int | None
    """The article after which the page begins; None for the first page."""
    following: int | None
    """The article after which the next page begins; None on the last one."""
    timeline: Sequence[StoryMember]
    """The articles of the chart; none on later pages."""
    decisions: Sequence[Judgement]
    rows: Sequence[Mapping[str, Any]]
    evidence: Sequence[LinkEvidence]
    listed: Sequence[FoundArticle]
    now: datetime

    template = "story.html"

    @property
    def title(self) -> str:
        """The title of the page."""
        return f"Story: {headline(self.original.title, self.original.beginning) or 'without words'}"

    @property
    def next_address(self) -> str | None:
        """The address of the next page."""
        return page_address(f"/stories/{self.article_id}", after=self.following) if self.following else None

    @property
    def spec(self) -> Spec | None:
        """The chart; None for an article alone."""
        if len(self.timeline) < 2:
            return None
        return plot_timeline(
            [
                ChartArticle(
                    key=str(member.article_id),
                    outlet=member.source_name,
                    title=headline(member.title, member.beginning),
                    at=member.published_at,
                    is_day=member.published_is_day,
                    is_original=member.article_id == self.story,
                    shared=member.containment,
                    href=article_address(member.article_id),
                )
                for member in self.timeline
            ]
        )

    @property
    def course(self) -> Markup:
        """The picture of the chart for readers without scripts: the articles over the time of the story."""
        times = [member.published_at for member in self.timeline if member.published_at is not None]
        counts = count_over_time(times, _BARS)
        label = (
            f"{len(times)} articles from {min(times):%Y-%m-%d %H:%M} to {max(times):%Y-%m-%d %H:%M} UTC"
            if times
            else ""
        )
        return draw_sparkline(counts, label=label, width=720, height=80, css_class="spark wide-spark")

    def articles(self) -> Sequence[FoundArticle]:
        """Return the articles of this page, the newest first."""
        return self.listed[::-1]

    def record(self) -> dict[str, Any]:
        """Return the articles of this page as `story show` prints them, the overlaps and people's decisions."""
        return {
            "story": self.story,
            "articles": list(self.rows),
            "evidence": [asdict(link) for link in self.evidence],
            "decisions": [decision_record(decision) for decision in self.decisions],
            "articles_in_story": self.size.articles,
            "outlets_in_story": self.size.outlets,
            "next": self.next_address and f"{self.next_address}&format=json",
        }

    def table(self) -> PageTable:
        """Return the articles of this page with their overlap with the original and the number of changes."""
        columns = ("article_id", "role", "source", "title", "url", "published_at", "counts_on", "language")
        measured = ("containment", "jaccard", "relation", "changes")
        return PageTable.of_records((*columns, *measured), [_row(view) for view in self.views])


def _row(view: ReprintView) -> dict[str, Any]:
    member = view.member
    published_at = member.published_at
    return {
        "article_id": member.article_id,
        "role": "original" if view.is_original else "reprint",
        "source": member.source_id,
        "title": member.title,
        "url": member.url,
        "published_at": to_plain(published_at.date() if published_at and member.published_is_day else published_at),
        "counts_on": None if member.is_undated else member.counts_on,
        "language": member.language,
        "containment": member.containment,
        "jaccard": member.jaccard,
        "relation": member.relation,
        "changes": len(view.comparison.changes) if view.comparison else None,
    }


def count_over_time(times: Sequence[datetime], bars: int) -> list[int]:
    """Return the number of instants in each of equal parts of the time from the first to the last. Pure."""
    if not times:
        return []
    first, last = min(times), max(times)
    span = (last - first).total_seconds()
    counts = [0] * (bars if span else 1)
    for one in times:
        share = (one - first).total_seconds() / span if span else 0
        counts[min(int(share * len(counts)), len(counts) - 1)] += 1
    return counts


@router.get("/stories/{reference}")
def show_story(
    request: Request,
    reference: str,
    store: Reading,
    format: Format,
    after: Annotated[str, Query(max_length=20, pattern=r"^\s*[0-9]*\s*$")] = "",
) -> Response:
    """Return the page of the story of an article."""
    with store.reading() as conn:
        article_id = get_article_id(conn, reference)
        page = _read_page(conn, article_id, int(after) if after.strip() else None, store.now())
    return respond(request, page, format)


def _read_page(conn: Connection, article_id: int, after: int | None, now: datetime) -> StoryPage:
    story = find_story(conn, article_id) or article_id
    try:
        members = read_members(conn, story, limit=_ON_PAGE + 1, after=after)
    except LookupError as error:
        raise InvalidParameter("after", str(error)) from None
    original = _read_original(conn, story)
    end = time.monotonic() + _COMPARING_S
    views: list[ReprintView] = []
    for view in _compare(conn, original, members[:_ON_PAGE]):
        views.append(view)
        if len(views) >= _LEAST and time.monotonic() > end:
            break
    ids = [view.member.article_id for view in views]
    around = sorted({*ids, original.article_id, article_id})
    return StoryPage(
        article_id=article_id,
        story=story,
        original=original,
        size=read_size(conn, story),
        views=views,
        after=after,
        following=ids[-1] if len(members) > len(views) and ids else None,
        timeline=read_members(conn, story, limit=_ON_CHART) if after is None else (),
        decisions=list_decisions(conn, around)[-_DECISIONS_MAX:],
        rows=[article_record(row) for row in read_articles(conn, ids)],
        evidence=read_evidence(conn, around),
        listed=list_articles(conn, ids),
        now=now,
    )


def _read_original(conn: Connection, story: int) -> StoryMember:
    """Return the original; the first article if that one was removed."""
    found = read_members(conn, story, limit=1, only=story) or read_members(conn, story, limit=1)
    return found[0]


def _compare(conn: Connection, original: StoryMember, members: Sequence[StoryMember]) -> Iterator[ReprintView]:
    texts = load_texts(conn, original.article_id) if any(one.containment is not None for one in members) else []
    for member in members:
        comparison = None
        if member.containment is not None:
            comparison = find_closest(texts, read_text(conn, member.article_id)[0])
        yield ReprintView(
            member=member,
            is_original=member.article_id == original.article_id,
            after=_lag(original, member),
            comparison=comparison,
        )


def _lag(original: StoryMember, member: StoryMember) -> timedelta | None:
    if member is original or original.published_is_day or member.published_is_day:
        return None
    if original.published_at is None or member.published_at is None:
        return None
    return member.published_at.astimezone(UTC) - original.published_at.astimezone(UTC)
