"""The state of the whole system as a record for JSON."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from db.collection.sources.sources import WAYS
from db.enums.alerts import ChannelState, DeliveryState
from db.status import StoreStatus
from worker.lib.plain_values import to_plain


def display_url(url: str) -> str:
    """Return a database URL without its password, or the path of an embedded database."""
    try:
        parsed = make_url(url)
    except ArgumentError:
        return "in STEPPEWATCH_DATABASE_URL"
    if parsed.get_backend_name() == "sqlite":
        return parsed.database or url
    return parsed.render_as_string(hide_password=True)


def status_record(
    health: StoreStatus,
    messages: Mapping[str, int],
    *,
    database_url: str,
    revision: str | None,
    disk_full: str | None,
) -> dict[str, object]:
    """Return the state of the store, of the outlets and of the alerts, as `status --format json` prints it."""
    return {
        "database": display_url(database_url),
        "revision": revision,
        "disk_full": disk_full,
        **_health_record(health),
        "alerts": count_messages(messages),
    }


def count_messages(counts: Mapping[str, int]) -> dict[str, int]:
    """Return the counts of waiting, sent and given-up messages, and of paused addresses."""
    states = (DeliveryState.WAITING, DeliveryState.SENT, DeliveryState.DEAD, ChannelState.PAUSED)
    return {str(name): counts.get(name, 0) for name in states}


def _health_record(health: StoreStatus) -> dict[str, object]:
    outcomes: dict[str, dict[str, int]] = {}
    for stage, outcome, inputs in health.outcomes:
        outcomes.setdefault(stage, {})[outcome] = inputs
    return {
        "at": to_plain(health.at),
        "articles": health.articles,
        "stories": health.stories,
        "revisions": health.revisions,
        "mentions": health.mentions,
        "latest_article_at": to_plain(health.latest_article_at),
        "sources": health.sources,
        "outlets_collected_by": {way: health.collected[way] for way in WAYS},
        "outlets_never_heard": health.collected["never_heard"],
        "outlets_removed": health.collected["removed"],
        "feeds": {name.replace(" ", "_"): number for name, number in health.feeds.items()},
        "feeds_guessed": dict(health.guesses),
        "last_poll_at": to_plain(health.last_poll_at),
        "outlets_unreachable": health.unreachable,
        "outlets_impaired": {outlet: walled.sentence for outlet, walled in health.walled.items()},
        "suspects": health.suspects,
        "ahead": dict(health.ahead),
        "captures_waiting": health.captures_waiting,
        "revisions_unfinished": health.revisions_unfinished,
        "coverage_marks": health.coverage_marks,
        "vocabulary": health.vocabulary,
        "entities": health.entities,
        "revisions_outdated": health.outdated,
        "retagging": health.is_retagging,
        "outcomes_24h": outcomes,
        "problems": [
            {
                "stage": problem.stage,
                "subject": problem.subject,
                "reason": problem.reason,
                "last_at": to_plain(problem.last_at),
                "times": problem.times,
            }
            for problem in health.problems
        ],
    }
