"""The addresses that hubs call (WebSub §5.3 and §7): one for each subscription, found by its secret only.

A push says that a feed has something new, and has it polled; what it carries is not read, so that there is one way into
the store. It must be signed with the secret that only the hub and we know.
"""

from __future__ import annotations

import hmac
from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta

from fastapi import APIRouter, Request
from sqlalchemy import Connection
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.responses import PlainTextResponse, Response

from crawlers.scheduling.hubs import DENIED_RETRY_S, PushedFeed, plan_push, read_lease, renew_at
from db.collection.feeds.hubs import HubCall, find_hub_call, record_hub_denied, record_hub_verified, record_push
from db.enums.outcomes import PushOutcome, Stage
from db.net.callbacks import HUBS_PATH
from db.outcomes import record_outcomes
from web.limits import PUSH_MAX
from web.shared.store import Reading

router = APIRouter(include_in_schema=False)

_METHODS = frozenset({"sha1", "sha256", "sha384", "sha512"})
_REASON_MAX = 300


@router.get(HUBS_PATH + "{token}")
def verify(request: Request, store: Reading, token: str) -> Response:
    """Confirm a subscription that we asked for, or take note of a denied one; 404 for any other (WebSub §5.3)."""
    asked, now = request.query_params, store.now()

    def confirm(conn: Connection) -> str | None:
        call = find_hub_call(conn, token)
        if call is None or not call.is_wanted or asked.get("hub.topic") != call.topic_url:
            return None
        if asked.get("hub.mode") == "denied":
            reason = _printable(asked.get("hub.reason", ""))
            said = f"the hub refuses to tell of new entries{reason and ': '}{reason}"
            record_hub_denied(conn, call.id, now=now, reason=said, next_at=now + timedelta(seconds=DENIED_RETRY_S))
            return ""
        challenge = asked.get("hub.challenge")
        if asked.get("hub.mode") != "subscribe" or not challenge:
            return None
        lease_s = read_lease(asked.get("hub.lease_seconds"))
        lease_until = now + timedelta(seconds=lease_s)
        record_hub_verified(conn, call.id, now=now, lease_until=lease_until, next_at=renew_at(now, lease_s))
        return challenge

    answer = store.database.write(confirm)
    if answer is None:
        raise HTTPException(404)
    return PlainTextResponse(answer)


@router.post(HUBS_PATH + "{token}")
async def receive(request: Request, store: Reading, token: str) -> Response:
    """Have the feed of a push polled; 410 for an address that is not subscribed, so that the hub ends it.

    What is not signed as it should be is ignored, and answered as if it were not (WebSub §7.1).
    """
    database, now = store.database, store.now()
    call = await run_in_threadpool(database.read, lambda conn: find_hub_call(conn, token))
    if call is None or not call.is_wanted:
        return PlainTextResponse("Not subscribed.\n", 410, {"Connection": "close"})
    fault = await _find_fault(request, call.secret)
    await run_in_threadpool(database.write, lambda conn: _record(conn, token, fault, now))
    if fault is PushOutcome.TOO_LARGE:
        return PlainTextResponse("Too large.\n", 413, {"Connection": "close"})
    return Response(status_code=202)


async def _find_fault(request: Request, secret: str) -> PushOutcome | None:
    """Return why a push is ignored; None if its signature is that of its body, which is read and not kept."""
    signature = parse_signature(request.headers.getlist("x-hub-signature"))
    digest = hmac.new(secret.encode(), digestmod=signature[0] if signature else "sha256")
    size = 0
    async for chunk in request.stream():
        size += len(chunk)
        if size > PUSH_MAX:
            return PushOutcome.TOO_LARGE
        digest.update(chunk)
    is_signed = signature is not None and hmac.compare_digest(digest.hexdigest(), signature[1])
    return None if is_signed else PushOutcome.UNSIGNED


def parse_signature(values: Sequence[str]) -> tuple[str, str] | None:
    """Return method and digest of a signature, in lower case; None unless there is exactly one usable header."""
    if len(values) != 1:
        return None
    method, mark, digest = values[0].strip().lower().partition("=")
    if not mark or method not in _METHODS or not digest.isascii():
        return None
    return method, digest


def _record(conn: Connection, token: str, fault: PushOutcome | None, now: datetime) -> None:
    """Store a push with its outcome: exactly one."""
    call = find_hub_call(conn, token)  # as it is now: others may have come meanwhile
    if call is None:
        return
    outcome = fault or _follow(conn, call, now)
    record_outcomes(conn, Stage.PUSH, Counter({(call.source_id, outcome): 1}), at=now)


def _follow(conn: Connection, call: HubCall, now: datetime) -> PushOutcome:
    """Have the feed polled as soon as that may be."""
    was_idle = call.pushed_at is None or call.changed_at is None or call.changed_at < call.pushed_at
    idle = call.idle_pushes if was_idle else 0
    feed = PushedFeed(
        polled_at=call.polled_at,
        next_poll_at=call.next_poll_at,
        failures=call.failures,
        floor_s=call.floor_s,
        idle_pushes=idle,
    )
    poll_at = plan_push(feed, now)
    is_due = record_push(conn, call, now=now, poll_at=poll_at, idle_pushes=idle + (poll_at is not None))
    return PushOutcome.DUE if is_due else PushOutcome.PLANNED


def _printable(text: str) -> str:
    return "".join(letter for letter in text if letter.isprintable())[:_REASON_MAX]
