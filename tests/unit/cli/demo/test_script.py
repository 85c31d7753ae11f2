"""Where the demo's script goes on, and what is said of how everything ended."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

import pytest
from rich.console import Console

from cli.demo.outlets import Act, packaged_folder, read_outlets
from cli.demo.report import guide, print_result, remarks
from cli.demo.script import acts_to_play
from cli.demo.server import Served
from cli.demo.settled import accounts, endings
from cli.demo.show import Result, demo_processes, demo_settings
from cli.demo.store import DemoPage, Filed, Knowledge
from cli.demo.web import DemoWeb
from db.net.urls import canonical_url
from db.settings import Settings

WEB = DemoWeb(read_outlets(packaged_folder()), packaged_folder(), 8600)
NOTHING = Knowledge(feeds={}, pages={}, articles={})
ADDRESS = {f"{o.id}/{a.slug}": canonical_url(WEB.filed_at(o, a)) for o in WEB.outlets for a in o.articles}


def known_after(act: Act) -> Knowledge:
    """Return what a store knows when all went well until the end of an act."""
    pages, articles = {}, {}
    for outlet in WEB.outlets:
        for article in outlet.articles:
            url = ADDRESS[f"{outlet.id}/{article.slug}"]
            if article.act > act:
                continue
            if article.leads_astray:
                pages[url] = DemoPage("refused", "refused: private address 10.0.0.1")
                continue
            pages[url] = DemoPage("active", None)
            revisions = 2 if article.edited and act >= Act.EDIT else 1
            articles[url] = Filed(revisions, ADDRESS[article.copy_of] if article.copy_of else url)
    feeds = {WEB.feed_url(o): "the server answered 404" if o.feed == "dead" else None for o in WEB.outlets}
    return Knowledge(feeds=feeds, pages=pages, articles=articles)


END = known_after(Act.END)


@pytest.mark.parametrize(
    ("known", "first"),
    [
        pytest.param(NOTHING, Act.OPENING, id="an empty store"),
        pytest.param(known_after(Act.OPENING), Act.NEWS, id="ended after the opening"),
        pytest.param(known_after(Act.NEWS), Act.REPRINTS, id="ended before the reprints"),
        pytest.param(known_after(Act.REPRINTS), Act.EDIT, id="ended before the edit"),
        pytest.param(END, Act.END, id="run again"),
    ],
)
def test_the_script_goes_on_where_the_store_is(known: Knowledge, first: Act) -> None:
    assert acts_to_play(WEB, known) == [act for act in Act if act >= first]


def test_an_act_of_which_one_article_is_missing_is_played_again() -> None:
    opening = next(ADDRESS[f"{o.id}/{a.slug}"] for o in WEB.outlets for a in o.articles if a.act is Act.OPENING)
    left = {url: filed for url, filed in END.articles.items() if url != opening}
    assert acts_to_play(WEB, replace(END, articles=left))[0] is Act.OPENING


def result(before: Knowledge, after: Knowledge, *, vault: int = 0, served: Served | None = None) -> Result:
    outcomes = [("poll", "changed", 13), ("poll", "missing", 1), ("understand", "seen_again", 2)]
    return Result(
        outlets=endings(WEB, before, after),
        accounts=accounts(served or Served(polls=14, entries=0, pages=0, texts=2, vault=0), outcomes),
        vault=vault,
        took_s=12.3,
    )


def test_in_a_first_run_everything_ends_as_it_was_written() -> None:
    first = result(NOTHING, END)
    by_url = {ending.url: ending for ending in first.endings}
    assert first.is_good
    assert by_url[ADDRESS["saxaul-review/observers-at-aktogan"]].outcome == "revised"
    reprint = by_url[ADDRESS["meridian-77/what-saxaul-says"]]
    assert (reprint.outcome, reprint.remark) == ("copy", "reprint of saxaul-review")
    assert {e.outcome for e in first.endings} == {"new", "copy", "revised", "refused"}
    assert by_url[ADDRESS["silk-ferry-post/inside-the-network"]].remark == "private address 10.0.0.1"


def test_in_a_second_run_everything_was_seen_before() -> None:
    second = result(END, END)
    assert second.is_good
    assert {e.outcome for e in second.endings} == {"seen_again", "refused"}
    assert "All articles were already known: nothing was added." in remarks(second)


COPY, EDITED, TRAP = (
    ADDRESS["meridian-77/orchard-diplomacy"],
    ADDRESS["saxaul-review/observers-at-aktogan"],
    ADDRESS["turna-karvoni/the-vault"],
)


@pytest.mark.parametrize(
    ("after", "url"),
    [
        pytest.param(replace(END, articles=END.articles | {COPY: Filed(1, COPY)}), COPY, id="a reprint not found"),
        pytest.param(replace(END, articles=END.articles | {EDITED: Filed(1, EDITED)}), EDITED, id="an edit not seen"),
        pytest.param(replace(END, articles=END.articles | {EDITED: Filed(2, COPY)}), EDITED, id="in a wrong cluster"),
        pytest.param(replace(END, pages=END.pages | {TRAP: DemoPage("active", None)}), TRAP, id="a trap not refused"),
        pytest.param(replace(END, articles={}), COPY, id="not there at all"),
    ],
)
def test_what_did_not_end_as_written_is_told(after: Knowledge, url: str) -> None:
    bad = result(NOTHING, after)
    assert not bad.is_good
    assert url in {ending.url for ending in bad.endings if not ending.as_written}
    assert any("did not end as expected" in line for line in remarks(bad))


def test_a_trap_that_was_walked_into_spoils_everything() -> None:
    caught = result(NOTHING, END, vault=1)
    assert not caught.is_good
    assert "The address that must not be reached was reached 1 times." in remarks(caught)


def test_a_moved_feed_and_a_challenge_are_told() -> None:
    (old, new), *_ = WEB.moved_feeds().items()
    told = replace(
        result(NOTHING, END),
        moved={old: new},
        walled={"barkhan-monitor": "8 of the last 12 pages showed no article (challenge 8)"},
        impaired={"barkhan-monitor": "pages"},
    )
    assert remarks(told)[:2] == [
        f"A feed has moved for good, from {old} to {new}, and is polled there.",
        "barkhan-monitor: 8 of the last 12 pages showed no article (challenge 8); "
        "its collection counts as impaired today.",
    ]


def test_a_feed_that_moved_is_judged_at_its_new_address() -> None:
    (old, new), *_ = WEB.moved_feeds().items()
    moved = {url: error for url, error in END.feeds.items() if url != old} | {new: "it is empty"}
    (outlet,) = [outlet for outlet in endings(WEB, NOTHING, replace(END, feeds=moved)) if outlet.id == "tugai-lenta"]
    assert outlet.trouble == "it is empty"


def test_outcomes_that_do_not_add_up_are_told() -> None:
    assert all(account.is_even for account in result(NOTHING, END).accounts)
    uneven = result(NOTHING, END, served=Served(polls=16, entries=0, pages=0, texts=2, vault=0))
    assert any(line.startswith("polls: 16 were served, but 14 have an outcome") for line in remarks(uneven))


def test_the_table_fits_into_100_columns_and_runs_no_control_codes() -> None:
    screen = io.StringIO()
    print_result(result(NOTHING, END), Console(file=screen, width=100, force_terminal=False))
    lines = screen.getvalue().splitlines()
    assert max(map(len, lines)) <= 100
    assert len(lines) > len(ADDRESS)
    assert any("the server answered 404" in line and "failing" in line for line in lines)
    assert any(line.split()[:2] == ["polls", "14"] for line in lines)


def test_the_guide_names_addresses_that_exist() -> None:
    lines = guide(result(NOTHING, END), WEB, "http://127.0.0.1:8000", Path("/data/a b"))
    assert any(ADDRESS["saxaul-review/observers-at-aktogan"] in line for line in lines)
    assert any("STEPPEWATCH_DATA_DIR='/data/a b' steppewatch status" in line for line in lines)


def test_the_demo_runs_the_processes_of_up_with_settings_of_its_own() -> None:
    settings = demo_settings(Settings(allow_private_hosts="intranet:80"), WEB)
    children = demo_processes(settings, None, host="127.0.0.1", port=8000, page=False)
    assert [child.name for child in children] == ["crawler", "worker"]
    for child in children:
        assert child.env["STEPPEWATCH_ALLOW_PRIVATE_HOSTS"] == WEB.allowed
        assert child.env["STEPPEWATCH_HOST_DELAY_S"] == "0.2"
        assert child.env["STEPPEWATCH_LOG_LEVEL"] == "WARNING"
    assert demo_settings(Settings(log_level="DEBUG"), WEB).log_level == "DEBUG"
    with_page = demo_processes(settings, None, host="127.0.0.1", port=8000, page=True)
    assert [child.name for child in with_page] == ["crawler", "worker", "web"]
