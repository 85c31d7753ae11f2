"""The decision which matches are news to a subscriber: pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from db.alerts.matches import Earlier, Fact
from db.enums.alerts import MatchStatus

_SENT = (MatchStatus.NEWS, MatchStatus.REVISED)


@dataclass(frozen=True, slots=True)
class AlertPolicy:
    """The criteria of a subscription for news."""

    max_age: timedelta
    on_revision: bool


@dataclass(frozen=True, slots=True)
class AlertDecision:
    """The status of a match (see `db.models.MatchRow`) and the earlier match that it belongs to."""

    status: str
    item_id: int | None = None


def decide_alert_status(
    fact: Fact, rule: AlertPolicy, terms: frozenset[tuple[str, str]] | None, earlier: Sequence[Earlier]
) -> AlertDecision | None:
    """Return the decision about a revision for a subscription; None if there is nothing to record.

    `terms` are the matched (field, term); None without a match. `earlier` are the subscription's matches in the same
    story, the oldest first.
    """
    of_article = [m for m in earlier if m.article_id == fact.article_id and m.status != MatchStatus.SUPERSEDED]
    item_id = next((match.item_id or match.id for match in earlier if match.status in _SENT), None)
    if terms is None:
        return _withdrawn(fact, rule, of_article, item_id)
    if not fact.is_current:
        return AlertDecision(MatchStatus.SUPERSEDED, item_id)
    if of_article:
        changed = rule.on_revision and of_article[-1].terms != terms
        return AlertDecision(MatchStatus.REVISED if changed else MatchStatus.KNOWN, item_id)
    if rule.on_revision and not fact.is_first:
        return AlertDecision(MatchStatus.REVISED, item_id)
    if fact.is_first and fact.is_backfill:
        return AlertDecision(MatchStatus.BACKFILL, item_id)
    if is_old(fact, rule.max_age):
        return AlertDecision(MatchStatus.OLD, item_id)
    return AlertDecision(MatchStatus.NEWS) if item_id is None else AlertDecision(MatchStatus.ALSO, item_id)


def _withdrawn(
    fact: Fact, rule: AlertPolicy, of_article: Sequence[Earlier], item_id: int | None
) -> AlertDecision | None:
    """Return the decision for an edit that removed a match already sent, for subscriptions to revisions."""
    was_told = bool(of_article) and of_article[-1].status in (*_SENT, MatchStatus.ALSO, MatchStatus.KNOWN)
    if rule.on_revision and fact.is_current and was_told and item_id is not None:
        return AlertDecision(MatchStatus.WITHDRAWN, item_id)
    return None


def is_old(fact: Fact, max_age: timedelta) -> bool:
    """Return whether an article was published too long before it was seen, or may have been; a day counts to its end.

    The time of collection counts, not that of processing: an outage of ours makes no article old.
    """
    if fact.published_at is None:
        return fact.is_undated
    published_at: datetime = fact.published_at + (timedelta(days=1) if fact.published_is_day else timedelta())
    return fact.observed_at - published_at > max_age
