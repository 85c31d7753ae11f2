"""Fetching of a few URLs for a command, with the guard, limits and robots.txt of the collector."""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from crawlers.http.results import FetchFailure, FetchResult, describe_status
from crawlers.subprocess_run import read_orders, run_child, say
from db.enums.outcomes import RequestOutcome
from db.settings import Settings


def fetch_once(settings: Settings, urls: Sequence[str]) -> list[FetchResult]:
    """Return a result for each URL, in order. Results other than status 200 have `trouble`.

    Raises ChildFailed if the crawler process could not run.
    """
    results: dict[int, FetchResult] = {}
    for line in run_child(__name__, settings, {"urls": list(urls)}):
        place, body, trouble = line.pop("place"), line.pop("body"), line.pop("trouble")
        result = FetchResult(**line, body=b64decode(body), trouble=_failure(trouble))
        results[place] = result
    silent = FetchFailure(RequestOutcome.BROKEN, "the crawler exited before there was a response")
    return [results.get(place) or FetchResult(url=url, status=0, trouble=silent) for place, url in enumerate(urls)]


def _failure(fields: dict[str, Any] | None) -> FetchFailure | None:
    return FetchFailure(**fields | {"kind": RequestOutcome.from_value(fields["kind"])}) if fields else None


def main() -> None:
    """Main function of the child: fetch, and print each result."""
    from crawlers.service import run_spider, set_up_log
    from crawlers.spiders.fetcher import FetcherSpider

    settings, orders = read_orders()
    set_up_log("WARNING")

    def tell(place: int, result: FetchResult) -> None:
        trouble = result.trouble or describe_status(result.status)
        line = {"url": result.url, "status": result.status, "headers": dict(result.headers)} | {
            "unverified": result.unverified
        }
        body = b64encode(result.body).decode("ascii")
        say({**line, "place": place, "body": body, "trouble": asdict(trouble) if trouble else None})

    run_spider(settings, FetcherSpider, on_end=lambda: None, urls=orders["urls"], own=settings, tell=tell)


if __name__ == "__main__":
    main()
