"""Fetching a few addresses for a command, with the guard, the limits and robots.txt of the collector."""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Sequence
from dataclasses import asdict

from crawlers.http.results import FetchFailure, FetchResult, describe_status
from crawlers.subprocess_run import read_orders, run_child, say
from db.settings import Settings


def fetch_once(settings: Settings, urls: Sequence[str]) -> list[FetchResult]:
    """Return an answer for each address, in the order of the list. Answers that are no 200 carry `trouble`.

    Raises ChildFailed if the crawler process could not run.
    """
    answers: dict[int, FetchResult] = {}
    for line in run_child(__name__, settings, {"urls": list(urls)}):
        place, body, trouble = line.pop("place"), line.pop("body"), line.pop("trouble")
        answer = FetchResult(**line, body=b64decode(body), trouble=FetchFailure(**trouble) if trouble else None)
        answers[place] = answer
    silent = FetchFailure("broken", "the crawler ended before there was an answer")
    return [answers.get(place) or FetchResult(url, 0, trouble=silent) for place, url in enumerate(urls)]


def main() -> None:
    """The child: fetch, and print each answer."""
    from crawlers.service import run_spider, set_up_log
    from crawlers.spiders.fetcher import FetcherSpider

    settings, orders = read_orders()
    set_up_log("WARNING")

    def tell(place: int, answer: FetchResult) -> None:
        trouble = answer.trouble or describe_status(answer.status)
        line = {"url": answer.url, "status": answer.status, "headers": dict(answer.headers)} | {
            "unverified": answer.unverified
        }
        body = b64encode(answer.body).decode("ascii")
        say({**line, "place": place, "body": body, "trouble": asdict(trouble) if trouble else None})

    run_spider(settings, FetcherSpider, on_end=lambda: None, urls=orders["urls"], own=settings, tell=tell)


if __name__ == "__main__":
    main()
