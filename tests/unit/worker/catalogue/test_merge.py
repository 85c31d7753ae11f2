"""What a catalogue may change in a store, value by value: nothing that a person decided."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.collection.sources.catalogue import (
    FACTS,
    FOLDER,
    PACKAGED,
    CatalogueRecord,
    CatalogueView,
    FeedForm,
    OutletChange,
    OutletFacts,
    StoredFeed,
    StoredOutlet,
)
from db.enums.collection import FeedKind
from worker.catalogue.files import ListedFeed, ListedOutlet
from worker.catalogue.merge import list_facts, merge_catalogue

OUTLET = ListedOutlet(
    id="post",
    name="Post",
    kind="newspaper",
    country="KG",
    languages=("ky",),
    paywall="no",
    domain_aliases=("post.example",),
)
A, B, C = "https://post.example/a", "https://post.example/b", "https://post.example/c"


def outlet(*urls: str, of: ListedOutlet = OUTLET, **facts: Any) -> ListedOutlet:
    return replace(of, feeds=tuple(ListedFeed(url=url, confidence="likely") for url in urls), **facts)


def stored(of: ListedOutlet, states: Mapping[str, str], works: tuple[str, ...] = (), **facts: Any) -> StoredOutlet:
    """Return an outlet as a store has it, with the state of each of its feeds."""
    said = list_facts(of)
    feeds = {url: StoredFeed("likely", state, url in works) for url, state in states.items()}
    return StoredOutlet(
        id=of.id,
        origin="catalogue",
        facts={**said.facts, **facts},
        domains=frozenset(said.domains),
        feeds=feeds,
    )


def view(*outlets: StoredOutlet, **said: tuple[ListedOutlet, ...]) -> CatalogueView:
    """Return a store of these outlets, and what catalogues said of them last."""
    records = {
        catalogue: {each.id: CatalogueRecord(each.id, list_facts(each)) for each in before}
        for catalogue, before in said.items()
    }
    return CatalogueView(outlets={each.id: each for each in outlets}, records=records)


def change_of(seen: CatalogueView, *now: ListedOutlet, catalogue: str = PACKAGED) -> OutletChange:
    """Return what is changed about the first outlet; an empty change when nothing is."""
    changes = merge_catalogue(catalogue, now, seen).outlets
    found = [change for change in changes if change.outlet_id == now[0].id]
    return found[0] if found else OutletChange(outlet_id=now[0].id, source_id=now[0].id, said=list_facts(now[0]))


@pytest.mark.parametrize(
    ("mine", "changed", "is_kept"),
    [
        pytest.param("Post", {"name": "New Post"}, False, id="as it was said"),
        pytest.param("Our Post", {}, True, id="a person's"),
        pytest.param("New Post", {}, False, id="the same already"),
    ],
)
def test_a_fact_that_the_catalogue_changes(mine: str, changed: dict[str, str], is_kept: bool) -> None:
    seen = view(stored(OUTLET, {}, name=mine), packaged=(OUTLET,))
    found = change_of(seen, replace(OUTLET, name="New Post"))
    assert (dict(found.facts), bool(found.kept)) == (changed, is_kept)


@pytest.mark.parametrize(
    ("state", "works", "retired"),
    [
        pytest.param("active", False, (A,), id="failing, or never read"),
        pytest.param("gone", False, (A,), id="gone"),
        pytest.param("active", True, (), id="answering"),
        pytest.param("paused", False, (), id="paused by a person"),
    ],
)
def test_an_address_that_is_mended(state: str, works: bool, retired: tuple[str, ...]) -> None:
    seen = view(stored(OUTLET, {A: state, C: "active"}, (A,) if works else ()), packaged=(outlet(A, C),))
    found = change_of(seen, outlet(B, C))
    assert (found.feeds_retired, found.feeds_added) == (retired, {B: "active"})


def test_an_address_that_a_person_added_is_not_the_catalogues_to_retire() -> None:
    seen = view(stored(OUTLET, {A: "active", C: "active"}), packaged=(outlet(A),))
    assert change_of(seen, outlet(B)).feeds_retired == (A,)


def test_an_outlet_whose_feeds_a_person_removed_gets_no_others() -> None:
    found = change_of(view(stored(OUTLET, {}), packaged=(outlet(A),)), outlet(B))
    assert found.feeds_added == {}
    assert found.kept == (f"post: {B} is not added, for its feeds were removed here",)


def test_an_outlet_that_never_had_a_feed_gets_one() -> None:
    assert change_of(view(stored(OUTLET, {}), packaged=(OUTLET,)), outlet(A)).feeds_added == {A: "active"}


def test_a_feed_that_the_catalogue_moves_goes_with_its_outlet() -> None:
    other = replace(OUTLET, id="hill", domain_aliases=("hill.example",))
    seen = view(stored(OUTLET, {}), stored(other, {A: "active"}), packaged=(OUTLET, outlet(A, of=other)))
    moved = merge_catalogue(PACKAGED, (outlet(A), other), seen).outlets
    assert [(change.outlet_id, change.feeds_moved, change.feeds_retired) for change in moved] == [("post", (A,), ())]


def test_what_a_folder_names_outlasts_the_packaged_catalogue() -> None:
    seen = view(stored(OUTLET, {A: "active"}), packaged=(outlet(A),), folder=(outlet(A),))
    assert change_of(seen, outlet(B)).feeds_retired == ()


def test_a_folder_takes_a_feed_out_whether_it_answers_or_not() -> None:
    seen = view(stored(OUTLET, {A: "active"}, (A,)), folder=(outlet(A),))
    assert change_of(seen, OUTLET, catalogue=FOLDER).feeds_retired == (A,)


@pytest.mark.parametrize(("mine", "changed"), [("Post", {"name": "Folder Post"}), ("Our Post", {})])
def test_a_folder_that_speaks_for_the_first_time_follows_the_packaged_catalogue(
    mine: str, changed: dict[str, str]
) -> None:
    seen = view(stored(OUTLET, {}, name=mine), packaged=(OUTLET,))
    assert change_of(seen, replace(OUTLET, name="Folder Post"), catalogue=FOLDER).facts == changed


def test_two_new_outlets_of_one_house_share_no_domain_and_are_not_one() -> None:
    hill = replace(OUTLET, id="hill", domain_aliases=(), homepage="https://post.example/hill")
    changes = merge_catalogue(PACKAGED, (OUTLET, hill), view()).outlets
    assert [(change.source_id, change.is_new, change.domains_added) for change in changes] == [
        ("hill", True, ("post.example",)),
        ("post", True, ()),
    ]
    assert all(not change.kept for change in changes)


def section(pattern: str | None = None) -> ListedOutlet:
    way = ListedFeed(url=A, confidence="guess", kind=FeedKind.SECTION, pattern=pattern)
    return replace(OUTLET, sections=(way,))


def as_stored(form: FeedForm) -> StoredOutlet:
    """Return the outlet with one address of this form."""
    return replace(stored(OUTLET, {}), feeds={A: StoredFeed("guess", "active", False, form)})


def test_a_section_page_arrives_with_its_kind_and_pattern() -> None:
    change = change_of(view(stored(OUTLET, {}), packaged=(OUTLET,)), section("/a/*"))
    assert change.feeds_added == {A: "active"}
    assert change.said.find_form(A) == FeedForm("section", "/a/*")
    assert change.said.find_form(B) == FeedForm("feed", None)


def test_what_an_address_is_follows_the_catalogue_unless_a_person_changed_it() -> None:
    was = FeedForm("section", "/a/*")
    assert change_of(view(as_stored(was), packaged=(section("/a/*"),)), section("/b/*")).forms == {
        A: FeedForm("section", "/b/*")
    }
    own = as_stored(FeedForm("section", "/mine/*"))
    assert not merge_catalogue(PACKAGED, (section("/b/*"),), view(own, packaged=(section("/a/*"),)))


NAMES = st.sampled_from(["Post", "New Post", "Our Post"])
URLS = st.sets(st.sampled_from([A, B, C])).map(sorted)
STATES = st.dictionaries(
    st.sampled_from([A, B, C, "https://own.example/rss"]), st.sampled_from(["active", "paused", "gone", "retired"])
)


def after(seen: CatalogueView, now: ListedOutlet) -> CatalogueView:
    """Return the store after a merge, as `db.collection.sources.catalogue` writes it."""
    changes = merge_catalogue(PACKAGED, (now,), seen)
    outlets = dict(seen.outlets)
    for change in changes.outlets:
        before = outlets.get(change.source_id)
        feeds = dict(before.feeds) if before else {}
        for url, state in change.feeds_added.items():
            feeds[url] = StoredFeed(change.said.feeds[url], state, False, change.said.find_form(url))
        for url in change.feeds_revived:
            feeds[url] = replace(feeds[url], state="active")
        for url in change.feeds_retired:
            feeds[url] = replace(feeds[url], state="retired")
        for url, confidence in change.confidences.items():
            feeds[url] = replace(feeds[url], confidence=confidence)
        domains = (before.domains if before else frozenset()).difference(change.domains_dropped)
        outlets[change.source_id] = StoredOutlet(
            id=change.source_id,
            origin="catalogue",
            facts={**(before.facts if before else {}), **change.facts},
            domains=domains.union(change.domains_added),
            feeds=feeds,
        )
    records = {PACKAGED: {**seen.select_records(PACKAGED), **changes.said}}
    return CatalogueView(outlets=outlets, records=records)


@given(before=URLS, now=URLS, states=STATES, was=NAMES, mine=NAMES, name=NAMES, is_known=st.booleans())
def test_merging_again_changes_nothing_and_nothing_of_a_persons_is_lost(
    before: list[str], now: list[str], states: dict[str, str], was: str, mine: str, name: str, is_known: bool
) -> None:
    base, theirs = outlet(*before, name=was), outlet(*now, name=name)
    seen = view(stored(OUTLET, states, name=mine), **({PACKAGED: (base,)} if is_known else {}))
    merged = after(seen, theirs)
    assert not merge_catalogue(PACKAGED, (theirs,), merged)
    assert merge_catalogue(PACKAGED, (theirs,), merged).said == {}
    own = merged.outlets["post"]
    assert own.feeds.keys() >= states.keys(), "no feed is lost"
    assert all(own.feeds[url].state == "paused" for url, state in states.items() if state == "paused")
    assert all(own.feeds[url].state == state for url, state in states.items() if url not in {*before, *now})
    if is_known and mine != was:
        assert own.facts["name"] == mine
    elif is_known:
        assert own.facts["name"] == name


@given(st.dictionaries(st.sampled_from(FACTS), st.one_of(st.none(), st.text())), URLS)
def test_what_was_said_is_read_back(facts: dict[str, Any], urls: list[str]) -> None:
    said = OutletFacts(
        facts={name: facts.get(name) for name in FACTS}, domains=("a.example",), feeds=dict.fromkeys(urls, "guess")
    )
    assert OutletFacts.from_json(said.to_json()) == said
