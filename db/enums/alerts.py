"""The closed sets of `db.models.alerts`: subscriptions, channels, recipients, matches and deliveries. Pure."""

from __future__ import annotations

from typing import Self

from db.enums.base import ClosedSet


class SubscriptionKind(ClosedSet):
    """The event that a subscription waits for."""

    QUERY = "query", "articles that answer a query"
    SILENCE = "silence", "an outlet that publishes nothing for too long"
    BURST = "burst", "a day with unusually many articles about an entity"
    HEALTH = "health", "an outlet that answers and yet is not collected as it should be, or is so again"


class SubscriptionState(ClosedSet):
    """The state of a subscription."""

    ACTIVE = "active", "matched against every new article"
    PAUSED = "paused", "a person paused it; no article is matched"
    REMOVED = "removed", "kept as evidence for its matches; its name is free again"


class ChannelState(ClosedSet):
    """The state of a channel."""

    ACTIVE = "active", "messages are sent"
    PAUSED = "paused", "messages wait: a person paused it, or it failed too often"


class RecipientState(ClosedSet):
    """The state of an address as recipient of a subscription."""

    ACTIVE = "active", "receives them"
    UNSUBSCRIBED = "unsubscribed", "unsubscribed by its link"


class MatchStatus(ClosedSet):
    """The status of a match: all are stored, some are sent."""

    sent: str
    """The part that messages contain of it, for the docs: yes, no, or how."""

    NEWS = "news", "the first article of a story that matches", "yes"
    REVISED = (
        "revised",
        "an edit that changes which words match, if the subscription includes edits (`--on-revision`)",
        "yes, in the thread of the first mail",
    )
    WITHDRAWN = "withdrawn", "an edit after which nothing matches any more, if it includes edits", "yes"
    ALSO = (
        "also",
        "a reprint of a story that was sent",
        "appended as “also in”; in digests, later ones are listed at the end; when it turns out to be none, it is sent"
        " as `news`, unless it is too old by then",
    )
    OLD = "old", "published longer before it was seen than `--max-age` (72 hours)", "no"
    BACKFILL = "backfill", "named by every one of its feeds in their first poll: it was there before us", "no"
    KNOWN = "known", "another edit of a known article", "no"
    SUPERSEDED = "superseded", "a text that is no longer the current one when it is processed", "no"

    def __new__(cls, value: str, meaning: str, sent: str) -> Self:
        """Return a member that also records whether it is sent."""
        member = str.__new__(cls, value)
        member._value_ = value
        member.meaning, member.sent = meaning, sent
        return member


SENT_STATUSES = (MatchStatus.NEWS, MatchStatus.REVISED, MatchStatus.WITHDRAWN)
"""Statuses of matches that are sent."""


def status_table() -> str:
    """Return the statuses of matches as a table of Markdown."""
    rows = "".join(f"| {status.meaning} | `{status}` | {status.sent} |\n" for status in MatchStatus)
    return f"| case | status | sent |\n|---|---|---|\n{rows}"


class DeliveryKind(ClosedSet):
    """The kind of a delivery."""

    MATCH = "match", "one match, sent at once"
    DIGEST = "digest", "all matches since the last digest"
    QUIET = "quiet", "an empty digest, if requested"
    NOTICE = "notice", "a message to the operator"


class DeliveryState(ClosedSet):
    """The state of a delivery."""

    WAITING = "waiting", "not sent yet, or to be tried again"
    SENT = "sent", "accepted by the receiver"
    DEAD = "dead", "given up; `alert resend` tries it again"
    CANCELLED = "cancelled", "no longer wanted"
