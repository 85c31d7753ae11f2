"""A look at an outlet for a command: its page is asked for, and what it names, with the guard and robots.txt."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from crawlers.discovery.findings import FeedCondition, FoundBy
from crawlers.discovery.search import OutletSearch
from crawlers.discovery.trials import Trial, recommended
from crawlers.subprocess_run import read_orders, run_child, say
from db.enums.collection import FeedKind
from db.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class LookedUp:
    """The result of a look: ways to collect, best first, addresses that could not be used, and the page itself."""

    found: tuple[Trial, ...]
    recommended: tuple[str, ...]
    """The addresses of those to collect from."""
    failed: tuple[Trial, ...]
    page: Trial | None


def look_up(settings: Settings, url: str, *, progress: Callable[[str], None] | None = None) -> LookedUp:
    """Return what was found from the page (or feed) at `url`. Raises ChildFailed if the crawler could not run."""
    result: dict[str, Any] = {}
    for line in run_child(__name__, settings, {"url": url}):
        if "asks" in line:
            if progress is not None:
                progress(line["asks"])
        else:
            result = line
    return LookedUp(
        found=tuple(map(_trial, result.get("found", ()))),
        recommended=tuple(result.get("recommended", ())),
        failed=tuple(map(_trial, result.get("failed", ()))),
        page=_trial(result["page"]) if result.get("page") else None,
    )


def summarise(search: OutletSearch) -> LookedUp:
    """Return the result of a search that has ended."""
    found = search.found
    best = recommended(trial for trial in found if trial.kind == FeedKind.FEED) or found[:1]
    return LookedUp(
        found=found,
        recommended=tuple(trial.url for trial in best),
        failed=tuple(trial for trial in search.trials if not trial.is_usable),
        page=search.page,
    )


def to_plain(looked_up: LookedUp) -> dict[str, Any]:
    """Return the result as JSON has it."""
    page = looked_up.page
    return {
        "found": [_plain(trial) for trial in looked_up.found],
        "recommended": list(looked_up.recommended),
        "failed": [_plain(trial) for trial in looked_up.failed],
        "page": _plain(page) if page else None,
    }


def _plain(trial: Trial) -> dict[str, Any]:
    newest = trial.newest_at.isoformat() if trial.newest_at else None
    return {**asdict(trial), "newest_at": newest, "keys": []}


def _trial(plain: dict[str, Any]) -> Trial:
    newest = plain["newest_at"]
    return Trial(
        **{
            **plain,
            "kind": FeedKind.from_value(plain["kind"]),
            "found_by": FoundBy(plain["found_by"]),
            "condition": FeedCondition(plain["condition"]),
            "newest_at": datetime.fromisoformat(newest) if newest else None,
            "keys": frozenset(),
        }
    )


def _tell(urls: Sequence[str]) -> None:
    for url in urls:
        say({"asks": url})


def main() -> None:
    """Main function of the child: search, and print the result."""
    from functools import partial

    from crawlers.bounded_process import Endable
    from crawlers.reading.parse import parse_feed
    from crawlers.service import run_spider, set_up_log
    from crawlers.spiders.searcher import SearcherSpider

    settings, orders = read_orders()
    set_up_log("WARNING")
    parser = Endable()
    search = OutletSearch(url=orders["url"], now=datetime.now(UTC), parse=partial(parser.run, parse_feed))
    run_spider(
        settings,
        SearcherSpider,
        on_end=parser.close,
        search=search,
        own=settings,
        tell=_tell,
    )
    say(to_plain(summarise(search)))


if __name__ == "__main__":
    main()
