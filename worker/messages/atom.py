"""The matches of a subscription → an Atom feed (RFC 4287). Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from hashlib import blake2b

from markupsafe import Markup, escape

from worker.messages.atom_feed import AtomFeed
from worker.messages.message import MARKS, MessageItem, Publication
from worker.messages.snippet import Piece

_UNSAID = re.compile(r"[\ud800-\udfff\ufffe\uffff]")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def write_atom(name: str, question: str, items: Sequence[MessageItem], *, token: str) -> bytes:
    """Return the feed of a subscription; `items` have the newest first.

    An edit is an entry of its own, since readers hide entries once shown. Ids never change. Readers republish entries,
    so these do not contain the secret `token`, nor the address of the feed.
    """
    known_as = blake2b(token.encode(), digest_size=16, person=b"id of a feed").hexdigest()
    feed = AtomFeed(
        f"urn:steppewatch:feed:{known_as}",
        _clean(name),
        updated=max((item.matched_at for item in items), default=_EPOCH),
        subtitle=_clean(question),
    )
    for item in items:
        feed.add_entry(
            f"urn:steppewatch:match:{known_as}:{item.match_id}",
            _clean(MARKS.get(item.status, "") + item.headline),
            updated=item.matched_at,
            published=item.dated_at,
            author=_clean(item.author or (item.place.outlet if item.place else "Steppewatch")),
            link=_clean(item.place.url) if item.place and item.place.is_web else "",
            html=_html(item),
        )
    return feed.to_bytes()


def _html(item: MessageItem) -> str:
    parts = [Markup("<p>{}</p>").format(_pieces(item.snippet))] if item.snippet else []
    if item.place:
        parts.append(Markup("<p>{}</p>").format(_clean(item.place.outlet)))
    if item.terms:
        parts.append(Markup("<p>Why: {}</p>").format(_clean(" · ".join(item.terms))))
    if item.also:
        more = f" and {item.more_also} more" if item.more_also else ""
        parts.append(Markup("<p>Also in: {}{}</p>").format(_links(item.also), more))
    return str(Markup("").join(parts))


def _pieces(pieces: Sequence[Piece]) -> Markup:
    marked = Markup("<b>{}</b>")  # readers drop <mark>
    return Markup("").join(
        marked.format(_clean(piece.text)) if piece.is_marked else escape(_clean(piece.text)) for piece in pieces
    )


def _links(places: Sequence[Publication]) -> Markup:
    link = Markup('<a href="{}">{}</a>')
    return Markup(", ").join(
        link.format(_clean(place.url), _clean(place.outlet)) if place.is_web else escape(_clean(place.outlet))
        for place in places
    )


def _clean(text: str) -> str:
    """Return the text without characters that XML 1.0 does not allow."""
    return "".join(letter for letter in text if letter in "\t\n" or (letter >= " " and not _UNSAID.match(letter)))
