"""Message → texts for a chat: each short enough for its service, split only between stories. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from db.enums.alerts import DeliveryKind
from worker.delivery.transports.chat.markup import Markup
from worker.messages.message import MARKS, Message, MessageItem, Publication, counted, plain
from worker.messages.plain_text import cut, one_line

MESSAGES_MAX = 5
"""Maximum of texts per message; the last one states the number of stories left out."""

_HEADLINE_MAX, _SNIPPET_MAX, _NAME_MAX, _TERM_MAX, _SUBJECT_MAX = 400, 280, 80, 40, 200
_LEAST = 3
_GAP = "\n\n"


@dataclass(frozen=True, slots=True)
class ChatMessage:
    """One text for a chat."""

    text: str
    stories: int
    """Number of stories in it."""
    last_story: int | None
    """The last story sent once it has arrived."""
    left_out: int = 0
    """For the last text: number of stories left out of all."""


def write_messages(
    message: Message, markup: Markup, *, most: int = MESSAGES_MAX, after: int | None = None
) -> list[ChatMessage]:
    """Return at most `most` texts. The last ends with the number of stories left out.

    `after` is the last story sent before: the rest follows now.
    """
    items = [item for item in message.items if after is None or item.story > after]
    again = f"[{message.subscription}] continued"
    page = _Page(again if after is not None else message.subject, markup, after)
    page.parts += _notes(message)
    pages: list[ChatMessage] = []
    stories = 0
    for item in items:
        block = _block(item, markup, page.room_when_new)
        if not page.fits(block):
            if len(pages) + 1 == most:
                break
            pages.append(page.closed())
            page = _Page(again, markup, page.story)
        page.add(block, item.story)
        stories += 1
    reprints = _reprints(message, markup)
    is_listed = bool(reprints) and page.fits(reprints)
    page.parts += [reprints] if is_listed else []
    reprints_left = 0 if is_listed else len(message.reprints) + message.more_reprints
    left_out = len(items) - stories + message.more
    tail = _tail(left_out, reprints_left)
    page.parts += [tail] if tail else []
    return [*pages, replace(page.closed(), left_out=left_out)]


class _Page:
    """A text under construction, with a reserve for the line about stories left out."""

    def __init__(self, head: str, markup: Markup, story: int | None) -> None:
        self.markup = markup
        self.limit = markup.longest - markup.measure(_GAP + _tail(9_999_999, 9_999_999))
        self.parts = [_within(cut(one_line(head), _SUBJECT_MAX), markup, self.limit // 3)]
        self.stories = 0
        self.story = story
        """The last story included, here or before."""

    @property
    def room_when_new(self) -> int:
        """Maximum length of the first story here."""
        return self.limit - self.markup.measure(self.parts[0] + _GAP)

    def fits(self, block: str) -> bool:
        """Return whether another block fits."""
        return self.markup.measure(_GAP.join((*self.parts, block))) <= self.limit

    def add(self, block: str, story: int) -> None:
        """Add a story."""
        self.parts.append(block)
        self.stories += 1
        self.story = story

    def closed(self) -> ChatMessage:
        """Return the finished text."""
        return ChatMessage(_GAP.join(self.parts), self.stories, self.story)


def _notes(message: Message) -> list[str]:
    """Return the notes other than stories."""
    notes = [message.test_note] if message.test else []
    return [*notes, "Nothing matched since the last message."] if message.kind == DeliveryKind.QUIET else notes


def _tail(stories: int, reprints: int) -> str:
    """Return the line about stories left out; their number comes last."""
    what = [counted(reprints, "reprint", "reprints") + " not listed"] if reprints else []
    what += [f"{stories:,} more"] if stories else []
    return f"… and {', '.join(what)}." if what else ""


def _reprints(message: Message, markup: Markup) -> str:
    """Return the later reprints of earlier stories as lines; empty without any."""
    lines = [_reprint(place, markup) for place in message.reprints]
    if message.more_reprints:
        lines.append(f"and {counted(message.more_reprints, 'other reprint', 'other reprints')}")
    return "\n".join(("Later reprints of earlier stories:", *lines)) if lines else ""


def _reprint(place: Publication, markup: Markup) -> str:
    name = markup.text(cut(one_line(place.outlet), _NAME_MAX))
    title = markup.text(cut(one_line(place.title), _HEADLINE_MAX // 2))
    return " ".join(part for part in (f"{name}:", title, markup.url(place.url) if place.is_web else "") if part)


def _block(item: MessageItem, markup: Markup, room: int) -> str:
    """Return the text of a story, with as many details as fit; its headline at least."""
    for lines in _details(item, markup):
        block = "\n".join(lines)
        if markup.measure(block) <= room:
            return block
    return _within(one_line(item.headline), markup, room)


def _details(item: MessageItem, markup: Markup) -> Iterator[Sequence[str]]:
    """Yield a story's lines, each time with fewer details."""
    outlet = f" ({markup.text(cut(one_line(item.place.outlet), _NAME_MAX))})" if item.place else ""
    mark = MARKS.get(item.status, "")
    head = mark + markup.text(cut(one_line(item.headline), _HEADLINE_MAX)) + outlet
    url = [markup.url(item.place.url)] if item.place and item.place.is_web else []
    snippet = markup.text(cut(one_line(plain(item.snippet)), _SNIPPET_MAX))
    terms = " · ".join(markup.text(cut(one_line(term), _TERM_MAX)) for term in item.terms)
    text, why = ([snippet] if snippet else []), ([f"Why: {terms}"] if terms else [])
    yield head, *url, *text, *why
    yield head, *url, *why
    yield head, *url
    yield mark + markup.text(cut(one_line(item.headline), _HEADLINE_MAX // 4)) + outlet, *url
    yield (head,)


def _within(line: str, markup: Markup, room: int) -> str:
    """Return as much of a line as fits after escaping."""
    length = len(line)
    while markup.measure(text := markup.text(cut(line, length))) > room and length > _LEAST:
        length = max(_LEAST, length * 3 // 4)
    return text
