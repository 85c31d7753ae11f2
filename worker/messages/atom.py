"""The matches of a subscription → an Atom feed (RFC 4287). Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from hashlib import blake2b

from markupsafe import Markup, escape

from worker.messages.atom_feed import AtomFeed
from worker.messages.message import MARKS, MessageItem, Publication
from worker.messages.snippet import Piece

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def write_atom(name: str, question: str, items: Sequence[MessageItem], *, token: str) -> bytes:
    """Return the feed of a subscription; `items` have the newest first.

    An edit is an entry of its own, since readers hide entries once shown. Ids never change. Readers republish entries,
    so these do not contain the secret `token`, nor the address of the feed.
    """
    known_as = blake2b(token.encode(), digest_size=16, person=b"id of a feed").hexdigest()
    feed = AtomFeed(
        f"urn:steppewatch:feed:{known_as}",
        name,
        updated=max((item.matched_at for item in items), default=_EPOCH),
        subtitle=question,
    )
    for item in items:
        feed.add_entry(
            f"urn:steppewatch:match:{known_as}:{item.match_id}",
            MARKS.get(item.status, "") + item.headline,
            updated=item.matched_at,
            published=item.dated_at,
            author=item.author or (item.place.outlet if item.place else "Steppewatch"),
            link=item.place.url if item.place and item.place.is_web else "",
            html=_html(item),
        )
    return feed.to_bytes()


def _html(item: MessageItem) -> str:
    parts = [Markup("<p>{}</p>").format(_pieces(item.snippet))] if item.snippet else []
    if item.place:
        parts.append(Markup("<p>{}</p>").format(item.place.outlet))
    if item.terms:
        parts.append(Markup("<p>Why: {}</p>").format(" · ".join(item.terms)))
    if item.also:
        more = f" and {item.more_also} more" if item.more_also else ""
        parts.append(Markup("<p>Also in: {}{}</p>").format(_links(item.also), more))
    return str(Markup("").join(parts))


def _pieces(pieces: Sequence[Piece]) -> Markup:
    marked = Markup("<b>{}</b>")  # readers drop <mark>
    return Markup("").join(marked.format(piece.text) if piece.is_marked else escape(piece.text) for piece in pieces)


def _links(places: Sequence[Publication]) -> Markup:
    link = Markup('<a href="{}">{}</a>')
    return Markup(", ").join(
        link.format(place.url, place.outlet) if place.is_web else escape(place.outlet) for place in places
    )
