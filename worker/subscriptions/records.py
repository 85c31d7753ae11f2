"""Subscriptions, their matches and messages as records for JSON, without any secret."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from db.alerts.channels import FEED, RecipientRow
from db.alerts.delivery_lists import DeliveryRow
from db.alerts.message_rows import MatchDetails
from db.alerts.subscriptions import SubscriptionRow
from db.enums.alerts import RecipientState
from db.text.headlines import headline
from worker.delivery.transports.table import shown
from worker.lib.plain_values import to_plain


def subscription_record(
    row: SubscriptionRow, recipients: Sequence[RecipientRow], count: tuple[int, datetime | None]
) -> dict[str, Any]:
    """Return a subscription with its recipients; `count` is its number of matches and the time of the latest."""
    return {
        "name": row.name,
        "kind": row.kind,
        "query": row.query,
        "cadence": row.cadence,
        "max_age_h": row.max_age_h,
        "on_revision": row.on_revision,
        "all_quiet": row.all_quiet,
        "state": row.state,
        "file": row.origin or None,
        "recipients": [recipient_record(recipient) for recipient in recipients],
        "matches": count[0],
        "latest_match_at": to_plain(count[1]),
    }


def recipient_record(recipient: RecipientRow) -> dict[str, Any]:
    """Return a recipient with its address as it may be shown."""
    address = FEED if recipient.channel.kind == FEED else shown(recipient.channel.kind, recipient.channel.address)
    state = recipient.state if recipient.state != RecipientState.ACTIVE else recipient.channel.state
    return {"kind": recipient.channel.kind, "address": address, "state": state}


def match_record(match: MatchDetails) -> dict[str, Any]:
    """Return a match with its article and the matched words."""
    return {
        "matched_at": to_plain(match.matched_at),
        "status": match.status,
        "outlet": match.source_name,
        "headline": headline(match.title, match.text) or match.facts.get("headline"),
        "url": match.url,
        "because": sorted({str(fired[3]) for fired in match.because}),
    }


def delivery_record(row: DeliveryRow) -> dict[str, object]:
    """Return a message with its address as it may be shown."""
    return {
        **asdict(row),
        "address": shown(row.channel_kind, row.address),
        "due_at": to_plain(row.due_at),
        "sent_at": to_plain(row.sent_at),
    }
