"""Decisions after fetching a page. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from crawlers.http.bodies import PAGE_TYPES, describe_binary, is_html
from crawlers.http.results import FetchFailure, FetchResult, describe_status
from crawlers.jobs.polls import body_hash
from crawlers.jobs.schedule import CONFIRM_GONE_S, NETWORK_RETRY_S, next_attempt, next_check, next_retry
from crawlers.scheduling.hints import retry_after_s
from db.collection.captures import CaptureIn
from db.collection.pages.pages import NEVER, PageDue, PageFetched
from db.enums.collection import PageState
from db.enums.outcomes import RequestOutcome
from db.text.dates import parse_date


@dataclass(frozen=True, slots=True)
class Fetched:
    """The page's new state, and the capture to store if there is a new text."""

    page: PageFetched
    capture: CaptureIn | None = None


def decide_fetch(page: PageDue, answer: FetchResult, *, now: datetime, jitter: float) -> Fetched:
    """Return the result of a fetch: captured, unchanged, or a failure."""
    trouble = answer.trouble or describe_status(answer.status) or _check_content(answer)
    if trouble is None and answer.status == 304 and page.body_hash is None:
        trouble = FetchFailure(RequestOutcome.SERVER_ERROR, "the server answered 304 to the first request")
    if trouble is not None:
        return Fetched(_failed(page, answer, trouble, now, jitter))
    digest = page.body_hash if answer.status == 304 else body_hash(answer.body)
    is_other = digest != page.body_hash
    is_new = is_other or (page.unverified is not None and answer.status != 304 and answer.is_verified)
    changed_at = _last_change(page, now) if page.body_hash is None else now if is_other else None
    check_at = next_check(now, last_change=changed_at or page.changed_at or page.first_seen_at, jitter=jitter)
    fetched = PageFetched(
        page_id=page.id,
        fetched_at=now,
        outcome=RequestOutcome.CAPTURED if is_new else RequestOutcome.UNCHANGED,
        error=None,
        state=PageState.ACTIVE if check_at else PageState.SETTLED,
        next_fetch_at=check_at or NEVER,
        fetches=page.fetches + 1,
        failures=0,
        etag=answer.header("etag") or (page.etag if answer.status == 304 else None),
        last_modified=answer.header("last-modified") or (page.last_modified if answer.status == 304 else None),
        body_hash=digest,
        changed_at=changed_at,
        unverified=answer.unverified if is_new else page.unverified,
    )
    if not is_new or digest is None:
        return Fetched(fetched)
    return Fetched(
        fetched,
        CaptureIn(
            page_id=page.id,
            source_id=page.source_id,
            url=answer.url,
            fetched_at=now,
            status=answer.status,
            content_type=answer.header("content-type"),
            body=answer.body,
            body_hash=digest,
            headers=answer.headers,
            hints={**page.hints, **({"page_unverified": answer.unverified} if answer.unverified else {})},
        ),
    )


def restore_fetch(page: PageDue, reason: str, *, now: datetime) -> PageFetched:
    """Return the page's state before a fetch that failed because of our own network."""
    again_at = now + timedelta(seconds=NETWORK_RETRY_S)
    return _kept(
        page, RequestOutcome.NO_NETWORK, reason, now, again_at, page.failures, state=PageState.from_value(page.state)
    )


def _last_change(page: PageDue, now: datetime) -> datetime:
    """Return the assumed last change of a page fetched for the first time: its publication, if known.

    At most a week ago, so that old articles of a new outlet are checked again too, but rarely.
    """
    said = page.hints.get("published_at")
    published = parse_date(said) if said else None
    return min(max(published.at if published else now, now - timedelta(days=7)), now)


def _check_content(answer: FetchResult) -> FetchFailure | None:
    if answer.status == 304:
        return None
    if not answer.body.strip():
        return FetchFailure(RequestOutcome.EMPTY, "an empty body")
    said = (answer.header("content-type") or "").partition(";")[0]
    if said and said not in PAGE_TYPES and not is_html(answer.body):
        kind: str | None = said[:100]
    else:
        kind = describe_binary(answer.body)
    return FetchFailure(RequestOutcome.NOT_A_PAGE, f"{kind} where a page was expected", is_final=True) if kind else None


def _failed(page: PageDue, answer: FetchResult, trouble: FetchFailure, now: datetime, jitter: float) -> PageFetched:
    failures = page.failures + 1
    state = _state_after(page, trouble)
    outcome = RequestOutcome.GONE if state == PageState.GONE else trouble.kind
    if state != PageState.ACTIVE:
        last_at = page.fetched_at if page.state == state else None
        again_at = next_attempt(now, last_at=last_at, jitter=jitter)
    elif trouble.kind == RequestOutcome.MISSING:
        again_at = now + timedelta(seconds=CONFIRM_GONE_S)
    else:
        wish = retry_after_s(answer.header("retry-after"), now) if answer.status in (429, 503) else None
        again_at = next_retry(now, failures=failures, jitter=jitter, retry_after_s=wish)
    if next_check(now, last_change=page.changed_at or page.first_seen_at, jitter=jitter) is None:
        state, again_at = PageState.SETTLED, NEVER
    return _kept(page, outcome, trouble.reason, now, again_at, failures, state=state)


def _state_after(page: PageDue, trouble: FetchFailure) -> PageState:
    """Return the state of a page after a failure; one bad response does not refuse a page that was read before."""
    if trouble.is_final and (page.changed_at is None or trouble.kind == RequestOutcome.ROBOTS):
        return PageState.REFUSED
    if trouble.kind == RequestOutcome.MISSING and (
        page.state == PageState.GONE or page.last_outcome == RequestOutcome.MISSING
    ):
        return PageState.GONE
    return PageState.ACTIVE


def _kept(
    page: PageDue,
    outcome: RequestOutcome,
    reason: str,
    now: datetime,
    again_at: datetime,
    failures: int,
    *,
    state: PageState,
) -> PageFetched:
    return PageFetched(
        page_id=page.id,
        fetched_at=now,
        outcome=outcome,
        error=reason,
        state=state,
        next_fetch_at=again_at,
        fetches=page.fetches,
        failures=failures,
        etag=page.etag,
        last_modified=page.last_modified,
        body_hash=page.body_hash,
        unverified=page.unverified,
    )
