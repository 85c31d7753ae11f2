"""Message → the JSON of a webhook, and its signature (https://www.standardwebhooks.com). Pure."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from datetime import UTC, datetime

from db.enums.alerts import DeliveryKind
from worker.messages.message import Message, MessageItem, Publication, plain

SCHEMA = "steppewatch.alert/1"
"""Version of the format; raised for incompatible changes, while fields may be added without."""


def write_body(message: Message) -> bytes:
    """Return the JSON of a message, UTF-8; `docs/reference/alerts.md` describes it."""
    record: dict[str, object] = {
        "schema": SCHEMA,
        "id": message.key,
        "type": "test" if message.test else message.kind,
        "created_at": _instant(message.created_at),
        "subscription": {"name": message.subscription, "query": message.question},
        "stories": message.stories,
        "items": [_item(item) for item in message.items],
        "more": message.more,
        "reprints": [_place(place) for place in message.reprints],
        "more_reprints": message.more_reprints,
    }
    if message.test:
        record["note"] = message.test_note
    if message.kind == DeliveryKind.QUIET:
        record["outlets"] = {
            "well": message.outlets_well,
            "in_trouble": [
                {"name": line.name, "state": line.state, "succeeded_at": _instant(line.succeeded_at)}
                for line in message.outlets
            ],
        }
    return json.dumps(record, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")


def sign_body(key: str, body: bytes, *, secret: str, now: datetime) -> dict[str, str]:
    """Return the headers that prove the sender and the time of a body.

    The signature is HMAC-SHA256 over `<id>.<seconds since 1970>.<body>`; the id is the same for every attempt.
    """
    seconds = str(int(now.timestamp()))
    signed = b".".join((key.encode(), seconds.encode(), body))
    digest = hmac.new(base64.b64decode(secret.removeprefix("whsec_")), signed, hashlib.sha256).digest()
    return {
        "Content-Type": "application/json",
        "Webhook-Id": key,
        "Webhook-Timestamp": seconds,
        "Webhook-Signature": f"v1,{base64.b64encode(digest).decode()}",
        "Idempotency-Key": key,
    }


def _item(item: MessageItem) -> dict[str, object]:
    return {
        "match_id": item.match_id,
        "story_id": item.story,
        "status": item.status,
        "headline": item.headline,
        "url": item.place.url if item.place else None,
        "outlet": item.place.outlet if item.place else None,
        "article_id": item.article_id,
        "author": item.author,
        "language": item.language,
        "published_at": _published(item),
        "matched_at": _instant(item.matched_at),
        "snippet": plain(item.snippet),
        "because": [
            dict(zip(("field", "start", "end", "surface", "term"), fired, strict=True)) for fired in item.because
        ],
        "also_in": [_place(place) for place in item.also],
        "more_also_in": item.more_also,
    }


def _place(place: Publication) -> dict[str, str]:
    return {"outlet": place.outlet, "url": place.url, "headline": place.title}


def _published(item: MessageItem) -> str | None:
    if item.dated_at is None:
        return None
    return item.dated_at.astimezone(UTC).date().isoformat() if item.is_day else _instant(item.dated_at)


def _instant(moment: datetime | None) -> str | None:
    return None if moment is None else moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
