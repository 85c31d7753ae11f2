"""Explanation of a subscription's decision about an article: the query, each recorded match with its rule, and the
recipients.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from db.alerts import matches, traces
from db.alerts.channels import FEED
from db.alerts.matches import Fact
from db.alerts.subscriptions import SubscriptionRow, saved_queries
from db.alerts.traces import Carried, Noted, Seen
from db.enums.alerts import SENT_STATUSES, ChannelState, DeliveryState, MatchStatus, RecipientState, SubscriptionState
from db.enums.articles import RevisionStage
from worker.matching.article_view import read_articles
from worker.messages.because import Because, to_stored_terms
from worker.query.evaluate import judge
from worker.query.evaluation.explain_miss import Failing, failings
from worker.query.positions.article_text import TokenizedArticle
from worker.query.query import QueryError, parse_stored
from worker.subscriptions.references import load_query_names

_MINUTE = "%Y-%m-%d %H:%M UTC"


@dataclass(frozen=True, slots=True)
class RecipientOutcome:
    """A recipient, the state of the message to them, and the reason."""

    carried: Carried
    rule: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Why:
    """The decision of a subscription about an article."""

    query: str
    doubt: str | None
    """The fault of the query under the current rules."""
    matched: bool
    """True if the current article matches the current query."""
    because: Because
    failings: Sequence[Failing]
    noted: Sequence[Noted]
    """All recorded matches, the oldest first."""
    status: str | None
    rule: str
    deliveries: Sequence[RecipientOutcome]


def why(conn: Connection, subscription: SubscriptionRow, article_id: int) -> Why:
    """Return the decision of a query subscription about an article. Raises QueryError for an invalid query."""
    query, doubt = parse_stored(subscription.query, saved_queries(conn), load_query_names(conn))
    seen = traces.read_seen(conn, article_id)
    found = read_articles(conn, [seen.revision_id]) if seen.revision_id is not None else []
    matched, because, failed = False, Because(), tuple[Failing, ...]()
    if found:
        reading = TokenizedArticle(found[0][1])
        verdict = judge(query, reading)
        matched, because = verdict.matched, to_stored_terms(verdict)
        failed = failings(query, reading)
    noted = traces.read_noted(conn, subscription.id, article_id)
    decisive = _decisive(noted)
    fact = None
    if decisive is not None and decisive.revision_id is not None:
        fact = matches.read_facts(conn, [decisive.revision_id]).get(decisive.revision_id)
    carried = traces.read_carried(conn, subscription.id, [one.id for one in noted])
    return Why(
        query=str(query),
        doubt=str(doubt) if isinstance(doubt, QueryError) else None,
        matched=matched,
        because=because,
        failings=failed,
        noted=noted,
        status=decisive.status if decisive else None,
        rule=explain_status(subscription, decisive, fact, matched)
        if decisive
        else rule_of_none(subscription, seen, matched),
        deliveries=[RecipientOutcome(one, rule_of_message(one, decisive)) for one in carried],
    )


def _decisive(noted: Sequence[Noted]) -> Noted | None:
    """Return the latest sent match; if none was sent, the latest."""
    sent = [one for one in noted if one.status in SENT_STATUSES]
    return sent[-1] if sent else noted[-1] if noted else None


def rule_of_none(subscription: SubscriptionRow, seen: Seen, matched: bool) -> str:
    """Return the reason why no match was recorded. Pure."""
    if seen.revision_id is None or seen.stage != RevisionStage.DONE:
        return "the article is not processed yet; it is matched afterwards"
    if not matched:
        return "it does not match the query"
    if subscription.state != SubscriptionState.ACTIVE:
        return f"it matches, but the subscription is {subscription.state}: no article is matched"
    if seen.observed_at is not None and seen.observed_at <= subscription.created_at:
        return (
            f"it matches, but the subscription was created {subscription.created_at:{_MINUTE}}, after this text was"
            " seen (alert test searches the archive)"
        )
    return "it matches now, but did not when it was processed: the query, a saved query or the vocabulary has changed"


def explain_status(subscription: SubscriptionRow, noted: Noted, fact: Fact | None, matched: bool) -> str:
    """Return the rule behind the status of a match. Pure."""
    began = f"article {noted.began_article_id}" + (f" of {noted.began_source}" if noted.began_source else "")
    told_at = f", sent {noted.began_at:{_MINUTE}}" if noted.began_at else ""
    rules: dict[str, str] = {
        MatchStatus.NEWS: "the first article of its story that matches is sent",
        MatchStatus.ALSO: (
            f"a reprint of {began}{told_at}: listed as “also in” and in digests, without a message of its own"
        ),
        MatchStatus.REVISED: "an edit changed which words match, and the subscription includes edits (--on-revision)",
        MatchStatus.WITHDRAWN: (
            "an edit after which nothing matches any more, and the subscription includes edits (--on-revision)"
        ),
        MatchStatus.KNOWN: (
            "another text of an article that matched before; with --on-revision it is sent if other words match"
        ),
        MatchStatus.OLD: _why_old(subscription, fact),
        MatchStatus.BACKFILL: (
            "every feed that lists it did so in its first poll: it was published before we collected"
        ),
        MatchStatus.SUPERSEDED: "the text was not the current one any more when it was processed",
    }
    rule = rules.get(noted.status, noted.status)
    if not matched and noted.status != MatchStatus.WITHDRAWN:
        rule += f"; it matched on {noted.matched_at:{_MINUTE}}, the query or the text has changed since"
    return rule


def _why_old(subscription: SubscriptionRow, fact: Fact | None) -> str:
    if fact is not None and fact.is_undated:
        return "it has no date, and no feed listed it as new: its age is unknown"
    if fact is None or fact.published_at is None:
        return f"it was published before we collected, or is older than {subscription.max_age_h} hours (--max-age)"
    day = f"{fact.published_at:%Y-%m-%d}" if fact.published_is_day else f"{fact.published_at:{_MINUTE}}"
    late = f"more than {subscription.max_age_h} hours later (--max-age)"
    return f"published {day}, seen {fact.observed_at:{_MINUTE}}: {late}"


def rule_of_message(carried: Carried, noted: Noted | None) -> str:
    """Return the reason why a recipient has, or has not, received the message. Pure."""
    if carried.match_id is None:
        return _why_none(carried, noted)
    if carried.delivery_id is None:
        if carried.channel_state != ChannelState.ACTIVE:
            return _paused(carried)
        when = f" of {carried.digest_due_at:{_MINUTE}}" if carried.digest_due_at else ""
        return f"waits for the digest{when}"
    match carried.state:
        case DeliveryState.SENT:
            return f"accepted by the receiver {_at(carried.sent_at)}"
        case DeliveryState.DEAD:
            return f"given up after {carried.attempts} attempts; steppewatch alert resend {carried.delivery_id}"
        case DeliveryState.CANCELLED:
            return "cancelled: no longer wanted"
    if carried.channel_state != ChannelState.ACTIVE:
        return _paused(carried)
    tried = f" after {carried.attempts} attempts that failed" if carried.attempts else ""
    return f"waits to be sent{tried}, due {_at(carried.due_at)}"


def _why_none(carried: Carried, noted: Noted | None) -> str:
    if noted is None or noted.status not in (*SENT_STATUSES, MatchStatus.ALSO):
        return "nothing to send"
    if carried.channel_kind == FEED:
        return "the feed contains it" if noted.status in SENT_STATUSES else "a reprint has no entry of its own"
    if carried.recipient_state != RecipientState.ACTIVE:
        return "unsubscribed"
    if noted.status == MatchStatus.ALSO and carried.digest_due_at is None:
        return "a reprint has no message of its own where each story is sent at once"
    return "was no recipient yet"


def _paused(carried: Carried) -> str:
    reason = f" ({carried.channel_reason})" if carried.channel_reason else ""
    return f"waits: the address is {carried.channel_state}{reason}; alert resume --address sends it"


def _at(moment: datetime | None) -> str:
    return f"{moment:{_MINUTE}}" if moment else ""
