"""`steppewatch source check`: what is wrong with the feeds of an outlet, what happens next, and what to do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Annotated

import typer

from cli.shared.addresses import parse_web_address
from cli.shared.output import emit, escape_controls, fail, note
from cli.shared.store import open_store
from cli.shared.tables import print_table, wants_json
from cli.source.parts.advice import FeedCheck, check_feed
from cli.source.parts.feeds import FORMAT
from cli.source.parts.look import describe_nothing, look_at
from db.enums.collection import FeedKind

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from crawlers.look_up import LookedUp
    from db.collection.feeds.plans import FeedPlan

_MAX_FEEDS = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class _Subject:
    """The subject of a check: an outlet with its feeds, or an address; `plans` are the feeds to try, of all `known`."""

    source_id: str | None
    url: str
    plans: Sequence[FeedPlan]
    known: frozenset[str]
    hubs: Mapping[int, str]
    """Sentences on the states of hubs, by the ids of their feeds."""


def source_check(
    outlet: Annotated[str, typer.Argument(metavar="ID|URL", help="The outlet's id, name or domain, or any address.")],
    format: FORMAT = None,
) -> None:
    """Check the feeds of an outlet, or any address: what is wrong, what happens next, what to do.

    Each feed is asked for once, as the crawler does: robots.txt is obeyed. If no feed of the outlet works, or an
    address is given that is none of its feeds, the page is looked at for others. Nothing is stored.

    Examples:

      steppewatch source check new-eastern-outlook

      steppewatch source check https://herald.example/rss
    """
    with open_store().reading() as conn:
        target = _find_target(conn, outlet)
    checks = _try_feeds(target)
    advice = list(dict.fromkeys(line for check in checks for line in check.advice))
    if target.url and all(check.state not in ("works", "moved", "failing") for check in checks):
        looked = look_at(target.url)
        if looked is not None:
            tried = {plan.url for plan in target.plans}
            found = [check for check in _list_checks(looked, target.source_id) if check.url not in tried]
            checks += found
            advice += [*(found[0].advice if found else ()), *_advise_on_look(looked, target)]
    record: dict[str, object] = {"source": target.source_id} if target.source_id else {}
    record |= {"url": target.url, "feeds": [check.record for check in checks], "advice": advice}
    if wants_json(format):
        emit(record)
    else:
        _print_checks(checks, advice)


def _find_target(conn: Connection, outlet: str) -> _Subject:
    """Return what an argument means. Exit for a name that is unknown."""
    from cli.shared.lookup import source_ids
    from db.collection.feeds.plans import list_feed_plans
    from db.collection.sources.book import load_book
    from db.collection.sources.sources import find_source
    from db.net.urls import canonical_url
    from web.shared.hubs import describe_hubs

    if "://" in outlet:
        url = parse_web_address(outlet, "ID|URL")
        source_id = load_book(conn).find_by_url(url)
        plans = list_feed_plans(conn, source_id) if source_id else []
        same = [plan for plan in plans if canonical_url(plan.url) == canonical_url(url)]
        hubs = describe_hubs(conn, [plan.id for plan in same], now=datetime.now(UTC))
        known = frozenset(plan.url for plan in plans)
        return _Subject(source_id=source_id, url=url, plans=same, known=known, hubs=hubs)
    source_id = source_ids(conn, [outlet])[0]
    source = find_source(conn, source_id)
    plans = list_feed_plans(conn, source_id)
    homepage = source.homepage if source else None
    known = frozenset(plan.url for plan in plans)
    hubs = describe_hubs(conn, [plan.id for plan in plans], now=datetime.now(UTC))
    url = homepage or (plans[0].url if plans else "")
    return _Subject(source_id=source_id, url=url, plans=plans, known=known, hubs=hubs)


def _try_feeds(target: _Subject) -> list[FeedCheck]:
    """Return the result of asking for each feed of the outlet once."""
    if not target.plans:
        return []
    from crawlers.bounded_process import Endable
    from crawlers.discovery.candidates import FeedAddress
    from crawlers.discovery.findings import FoundBy
    from crawlers.discovery.trials import try_candidate
    from crawlers.fetch_urls import fetch_once
    from crawlers.reading.parse import parse_feed
    from crawlers.subprocess_run import ChildFailed
    from db.settings import load

    plans = target.plans[:_MAX_FEEDS]
    if len(plans) < len(target.plans):
        note(f"only the first {len(plans)} of {len(target.plans)} feeds are asked for")
    try:
        results = fetch_once(load(), [plan.url for plan in plans])
    except ChildFailed as error:
        fail(f"nothing could be asked for: {error}")
    parser, now, checks = Endable(), datetime.now(UTC), []
    for plan, result in zip(plans, results, strict=True):
        address = FeedAddress(
            url=plan.url,
            found_by=FoundBy.GIVEN,
            rank=0.0,
            kind=FeedKind.from_value(plan.kind),
            pattern=plan.link_pattern,
        )
        trial = try_candidate(address, result, now=now, parse=partial(parser.run, parse_feed))
        checks.append(check_feed(trial, plan, source_id=target.source_id, hub=target.hubs.get(plan.id)))
    parser.close()
    return checks


def _list_checks(looked: LookedUp, source_id: str | None) -> list[FeedCheck]:
    """Return what a look found: the address itself if it is no page, what can be used, what is named but cannot."""
    from crawlers.discovery.candidates import looks_like_feed
    from crawlers.discovery.findings import FeedCondition, FoundBy

    page = looked.page
    is_wrong = page is not None and not page.is_usable
    if page is not None and page.condition == FeedCondition.OTHER:  # a page is no fault, unless a feed was expected
        is_wrong = looks_like_feed(page.asked_url) or "in place of" in (page.problem or "")
    own = [page] if page is not None and is_wrong else []
    named = [trial for trial in looked.failed if trial.found_by not in (FoundBy.CUSTOM, FoundBy.GIVEN)]
    return [check_feed(trial, None, source_id=source_id) for trial in (*own, *looked.found, *named)]


def _advise_on_look(looked: LookedUp, target: _Subject) -> list[str]:
    """Return how to collect from what a look found."""
    if not looked.found:
        return [describe_nothing(looked)]
    if target.source_id is None:
        return [f"steppewatch source add {target.url} --yes adds the outlet with what is recommended here"]
    fresh = [url for url in looked.recommended if url not in target.known]
    if not fresh:
        return [f"{target.source_id} is collected from {', '.join(looked.recommended)} already"]
    if all(trial.kind == FeedKind.FEED for trial in looked.found if trial.url in fresh):
        return [f"steppewatch source edit {target.source_id} --add-feed {url} collects from it" for url in fresh]
    return [f"steppewatch source add {target.url} --yes collects from what is recommended here"]


def _print_checks(checks: Sequence[FeedCheck], advice: Sequence[str]) -> None:
    from rich.console import Console

    rows = [
        (
            check.url,
            check.title,
            f"{check.entries:,}",
            check.newest_at and check.newest_at.date(),
            check.state,
            check.problem,
            "; ".join(filter(None, (check.next, check.hub))) or None,
        )
        for check in checks
    ]
    print_table(("feed", "title", "#entries", "newest", "state", "problem", "next"), rows, empty="no feed")
    console = Console(highlight=False, markup=False)
    for line in advice:
        console.print(escape_controls(f"- {line}"))
