"""An article: its text with the names marked, and where it and its metadata come from."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import UTC, datetime
from typing import Any

from fastapi import APIRouter, HTTPException, Request
from markupsafe import Markup
from sqlalchemy import Connection
from starlette.responses import Response

from db.alerts.traces import ArticleMatch, read_article_matches
from db.articles.details import ArticleRow, find_article, read_articles, read_text
from db.articles.mentions import NamedMention, read_named
from db.articles.origins import ArticleOrigin, read_origin
from db.enums.alerts import MatchStatus
from db.enums.articles import TextFrom
from db.enums.vocabulary import MentionField
from db.stories.members import StoryMember, count_members, find_story, read_members
from db.text.headlines import headline
from db.vocabulary.versions import find_labels
from web.answers.marked_text import mark_paragraphs
from web.answers.page import Format, respond
from web.answers.tables import PageTable
from web.shared.store import Reading
from worker.search.articles import read_article_record

_MATCHES_MAX = 20
_MEMBERS_MAX = 6
_WORDS_MAX = 12

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedEntity:
    """An entity in an article, with the number of its mentions."""

    id: str
    label: str
    type: str
    mentions: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticlePage:
    """The content of the page of an article."""

    article: ArticleRow
    facts: Mapping[str, Any]
    """The record of the article, without its text."""
    text: str
    text_from: str
    mentions: Sequence[NamedMention]
    labels: Mapping[str, str]
    origin: ArticleOrigin
    members: Sequence[StoryMember]
    """The first articles of its story."""
    in_story: int
    matches: Sequence[ArticleMatch]
    now: datetime

    template = "article.html"

    @property
    def title(self) -> str:
        """The headline, or the first words."""
        return headline(self.article.title, self.article.beginning) or "An article without words"

    @property
    def marked_title(self) -> Markup | None:
        """The title with its names marked; None without a title."""
        named = [mention for mention in self.mentions if mention.field == MentionField.TITLE]
        title = (self.article.title or "").replace("\n", " ")
        return mark_paragraphs(title, named, self.labels)[0] if title else None

    @property
    def paragraphs(self) -> Sequence[Markup]:
        """The lines of the text with the names marked."""
        named = [mention for mention in self.mentions if mention.field == MentionField.TEXT]
        return mark_paragraphs(self.text, named, self.labels) if self.text else ()

    @property
    def entities(self) -> Sequence[NamedEntity]:
        """The entities of the article, the most frequent first."""
        counts = Counter(mention.entity_id for mention in self.mentions)
        named = {mention.entity_id: mention for mention in self.mentions}
        found = [
            NamedEntity(id=id, label=named[id].label, type=named[id].type, mentions=count)
            for id, count in counts.items()
        ]
        return sorted(found, key=lambda entity: (-entity.mentions, entity.label))

    @property
    def date_origin(self) -> str:
        """A sentence on where the date comes from."""
        return explain_date(self.article, self.origin, self.text_from)

    @property
    def is_original(self) -> bool:
        """True if it is the original of its story."""
        return self.article.story in (None, self.article.id)

    @staticmethod
    def explain_match(match: ArticleMatch) -> str:
        """Return the meaning of a match's status."""
        return MatchStatus.from_value(match.status).meaning

    @staticmethod
    def fired_words(match: ArticleMatch) -> Sequence[str]:
        """Return the words of the article that matched, or the terms that have no place in it."""
        return list(dict.fromkeys(str(surface or term) for _, _, _, surface, term in match.because))[:_WORDS_MAX]

    def record(self) -> dict[str, Any]:
        """Return the article as `article show --text` prints it."""
        return {**self.facts, "text": self.text}

    def table(self) -> PageTable:
        """Return the mentions."""
        return PageTable.of_records(
            [field.name for field in fields(NamedMention)], [asdict(mention) for mention in self.mentions]
        )


def explain_date(article: ArticleRow, origin: ArticleOrigin, text_from: str) -> str:
    """Return a sentence on where the date of an article comes from. Pure."""
    if article.published_at is None:
        if origin.is_undated:
            return "no date is given, and it was not new when it was found: it counts on no day"
        return "no date is given: it counts on the day it was first seen"
    if not origin.is_collected:
        return "given with the imported document"
    if origin.dated_text_at is None:
        return "from another text at its address: the current one has no date"
    if text_from in (TextFrom.FEED, TextFrom.AGGREGATOR):
        return "from the entry of the feed, since the page was not available"
    dates = [entry.published_at for entry in origin.entries if entry.published_at is not None]
    if any(_is_same(article, date) for date in dates):
        return "from the page or its feed, which agree"
    return "from the page; the feed gives another date" if dates else "from the page; no feed gives a date"


def _is_same(article: ArticleRow, date: datetime) -> bool:
    published_at = article.published_at
    if published_at is None or not article.published_is_day:
        return published_at == date
    return published_at.astimezone(UTC).date() == date.astimezone(UTC).date()


def get_article_id(conn: Connection, reference: str) -> int:
    """Return the id of an article, from its id in an address. Raises HTTPException 404 if it does not exist."""
    article_id = find_article(conn, reference) if reference.isascii() else None
    if article_id is None:
        raise HTTPException(404, "There is no such article, or it was removed. The search lists all that are there.")
    return article_id


def _read_page(conn: Connection, article_id: int, now: datetime) -> ArticlePage:
    text, text_from = read_text(conn, article_id)
    [article] = read_articles(conn, [article_id])
    mentions = read_named(conn, article_id)
    story = find_story(conn, article_id) or article_id
    return ArticlePage(
        article=article,
        facts=read_article_record(conn, article_id, text_from),
        text=text,
        text_from=text_from,
        mentions=mentions,
        labels=find_labels(conn) if any(mention.metonym_of for mention in mentions) else {},
        origin=read_origin(conn, article_id),
        members=read_members(conn, story, limit=_MEMBERS_MAX),
        in_story=count_members(conn, story),
        matches=read_article_matches(conn, article_id, limit=_MATCHES_MAX),
        now=now,
    )


@router.get("/articles/{reference}")
def show_article(request: Request, reference: str, store: Reading, format: Format) -> Response:
    """Return the page of an article."""
    with store.reading() as conn:
        page = _read_page(conn, get_article_id(conn, reference), store.now())
    return respond(request, page, format)
