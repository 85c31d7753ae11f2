"""The generated page of closed sets: each column of the database that may have a few values only, and their meaning."""

from __future__ import annotations

from collections.abc import Mapping

from db.enums import alerts, articles, collection, coverage, exports, outcomes, stories, vocabulary
from db.enums.base import ClosedSet, to_table

COLUMNS: Mapping[str, type[ClosedSet]] = {
    "sources.origin": collection.SourceOrigin,
    "sources.unverified": collection.CertificateRule,
    "feeds.confidence": collection.Confidence,
    "backfills.state": collection.BackfillState,
    "feeds.kind": collection.FeedKind,
    "feeds.state": collection.FeedState,
    "pages.state": collection.PageState,
    "captures.stage": collection.CaptureStage,
    "revisions.stage": articles.RevisionStage,
    "revisions.text_from": articles.TextFrom,
    "articles.genre": articles.Genre,
    "entities.type": vocabulary.EntityType,
    "mentions.field": vocabulary.MentionField,
    "mentions.rule": vocabulary.MentionRule,
    "mentions.level": vocabulary.MentionLevel,
    "subscriptions.kind": alerts.SubscriptionKind,
    "subscriptions.state": alerts.SubscriptionState,
    "channels.state": alerts.ChannelState,
    "recipients.state": alerts.RecipientState,
    "matches.status": alerts.MatchStatus,
    "deliveries.kind": alerts.DeliveryKind,
    "deliveries.state": alerts.DeliveryState,
    "cluster_links.relation": stories.ReprintRelation,
    "story_decisions.kind": stories.StoryDecisionKind,
    "coverage_series.grain": coverage.Grain,
    "coverage_series.split": coverage.CoverageSplit,
    "coverage_series.level": coverage.CoverageLevel,
    "export_schedules.every": exports.ExportPeriod,
    "outcomes.stage": outcomes.Stage,
}
"""The closed set of each column, in the order of the page."""

OUTCOMES = (
    outcomes.RequestOutcome,
    outcomes.EntryOutcome,
    outcomes.PushOutcome,
    outcomes.PageKind,
    outcomes.InputOutcome,
)
"""The closed sets of the column `outcomes.outcome`, by stage."""

_HEAD = """# States and other closed sets

Columns of the store that may have a few values only. This page is generated from `db/enums/`, where each value and its
meaning stand once; `make docs` writes it.
"""


def page() -> str:
    """Return the whole page."""
    parts = [f"\n## `{column}`\n\n{values.__doc__}\n\n{to_table(values)}" for column, values in COLUMNS.items()]
    parts.append("\n## `outcomes.outcome`\n")
    parts += [f"\n{values.__doc__}\n\n{to_table(values)}" for values in OUTCOMES]
    return _HEAD + "".join(parts)
