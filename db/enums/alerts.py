"""The closed sets of `db.models.alerts`: subscriptions, channels, recipients, matches and deliveries. Pure."""

from __future__ import annotations

from typing import Self

from db.enums.base import ClosedSet


class SubscriptionKind(ClosedSet):
    """What a subscription asks for."""

    QUERY = "query", "articles that answer a query"
    SILENCE = "silence", "an outlet that publishes nothing for too long"
    BURST = "burst", "a day with unusually many articles about an entity"


class SubscriptionState(ClosedSet):
    """Whether a subscription is asked."""

    ACTIVE = "active", "every new article is asked"
    PAUSED = "paused", "a person paused it; it is asked nothing"
    REMOVED = "removed", "kept as evidence for its matches; its name is free again"


class ChannelState(ClosedSet):
    """Whether messages are sent to an address."""

    ACTIVE = "active", "messages are sent"
    PAUSED = "paused", "messages wait: a person paused it, or it failed too often"


class RecipientState(ClosedSet):
    """Whether an address still gets the messages of a subscription."""

    ACTIVE = "active", "it gets them"
    UNSUBSCRIBED = "unsubscribed", "it asked for no more"


class MatchStatus(ClosedSet):
    """What becomes of a match: all are stored, some are sent."""

    sent: str
    """Whether a message tells it, and how."""

    NEWS = "news", "the first article of a story that matches", "yes"
    REVISED = (
        "revised",
        "an edit that changes which words fire, if the subscription asks (`--on-revision`)",
        "yes, in the thread of the first mail",
    )
    WITHDRAWN = "withdrawn", "an edit after which nothing fires any more, if it asks", "yes"
    ALSO = (
        "also",
        "a reprint of a story that was told",
        "appended as “also in”; in digests, later ones are listed at the end; when it turns out to be none, it is told"
        " as `news`, unless it is too old by then",
    )
    OLD = "old", "published longer before it was seen than `--max-age` (72 hours)", "no"
    BACKFILL = "backfill", "named by every one of its feeds in their first poll: it was there before us", "no"
    KNOWN = "known", "another edit of a known article", "no"
    SUPERSEDED = "superseded", "a text that is not the current one any more when it is understood", "no"

    def __new__(cls, value: str, meaning: str, sent: str) -> Self:
        """Return a member that also says whether it is sent."""
        member = str.__new__(cls, value)
        member._value_ = value
        member.meaning, member.sent = meaning, sent
        return member


TOLD = (MatchStatus.NEWS, MatchStatus.REVISED, MatchStatus.WITHDRAWN)
"""Statuses of matches that are sent."""


def status_table() -> str:
    """Return the statuses of matches as a table of Markdown."""
    rows = "".join(f"| {status.meaning} | `{status}` | {status.sent} |\n" for status in MatchStatus)
    return f"| case | status | sent |\n|---|---|---|\n{rows}"


class DeliveryKind(ClosedSet):
    """What a delivery is."""

    MATCH = "match", "one match, sent at once"
    DIGEST = "digest", "all matches since the last digest"
    QUIET = "quiet", "an empty digest that was asked for"
    NOTICE = "notice", "a word to the operator"


class DeliveryState(ClosedSet):
    """How far a delivery has come."""

    WAITING = "waiting", "not sent yet, or to be tried again"
    SENT = "sent", "taken by the receiver"
    DEAD = "dead", "given up; `alert resend` tries it again"
    CANCELLED = "cancelled", "nobody wants it any more"
