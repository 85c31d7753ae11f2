"""The page of the search: what is found, counted and continued, and what is wrong with a query."""

from __future__ import annotations

import csv
import json
import shlex
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, quote, urlsplit

import pytest
from asgi import Answer, get
from hypothesis import given
from hypothesis import strategies as st
from samplestore import NOON, Sample, empty_store, fill
from seen_pages import load_names
from sqlalchemy import update
from webpages import BIDI, CONTROLS, HOSTILE, LONG_WORD, assert_inert, elements_of, links_of, part_of, shown, words_of

from db.articles.filters import Filters
from db.articles.lists import candidates
from db.collection.feeds.feeds import add_feed, record_network
from db.dialect.word_index import create_word_index
from db.engine import Database
from db.models import Source
from web.app import create_app
from web.pages import search
from web.shared.links import page_address
from worker.query.query import parse
from worker.search.pages import best, results
from worker.subscriptions.suggestion import join_filters, suggest_command, suggest_name

CSTO = (("CSTO", "csto"),)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Database]:
    database = empty_store(f"sqlite:///{tmp_path / 'steppewatch.db'}")
    database.write(create_word_index)
    yield database
    database.close()


@pytest.fixture(autouse=True)
def leisure(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give searches more time than any machine needs for so few articles."""
    monkeypatch.setattr(search, "_SEARCHING_S", 60.0)
    monkeypatch.setattr(search, "_COUNTING_S", 60.0)


def sample(number: int, **values: Any) -> Sample:
    at = datetime(2022, 1, 1, tzinfo=UTC) + timedelta(hours=number // 3)
    text = f"Drills of the CSTO, number {number}." if number % 2 else f"A bridge, number {number}."
    known = {"published_at": at, "title": f"Article {number}", "text": text, "says": CSTO}
    return Sample(f"https://herald.example/{number}", **{**known, **values})


def ask(store: Database, address: str) -> Answer:
    path, _, query = address.partition("?")
    return get(create_app(store, now=lambda: NOON), path, query=query)


def page_of(store: Database, **parameters: str) -> str:
    answer = ask(store, page_address("/search", **parameters))
    assert answer.status == 200
    return answer.text


def titles_of(page: str) -> list[str]:
    return [words_of(part.partition("</h3>")[0].partition(">")[2]).strip() for part in page.split("<h3")[1:]]


def walk(store: Database, address: str) -> list[int]:
    """Return the articles of all pages of a list, followed by the links of its JSON."""
    found: list[int] = []
    while address:
        record = json.loads(ask(store, address).body)
        found += [article["article_id"] for article in record["articles"]]
        address = record["next"]
    return found


def test_without_a_query_the_newest_articles_come_first(store: Database) -> None:
    fill(store, [sample(number) for number in range(5)])
    page = page_of(store)
    assert titles_of(page) == ["Article 3", "Article 4", "Article 2", "Article 1", "Article 0"] or (
        titles_of(page) == ["Article 4", "Article 3", "Article 2", "Article 1", "Article 0"]
    )
    assert "5 articles" in words_of(page)
    assert titles_of(page_of(store, sort="oldest")) == titles_of(page)[::-1]


def test_a_query_marks_its_words(store: Database) -> None:
    fill(store, [sample(number) for number in range(4)])
    page = page_of(store, q="drill* AND number")
    assert titles_of(page) == ["Article 3", "Article 1"]
    assert "<mark>Drills</mark>" in page
    assert "<mark>number</mark>" in page


def test_what_articles_lack_is_a_filter_that_can_be_removed(store: Database) -> None:
    fill(store, [sample(1, genre=None), sample(2), sample(3, language=None), sample(4, source="meadow.example")])
    for lack, found in (("genre", ["Article 1"]), ("lang", ["Article 3"]), ("country", ["Article 4"]), ("day", [])):
        page = page_of(store, lacks=lack)
        assert titles_of(page) == found
        assert "/search" in links_of(part_of(page, "filters", "</ul>"))
    assert "without a known genre" in words_of(page_of(store, lacks="genre"))
    assert ask(store, "/search?lacks=everything").status == 422


def test_a_reprint_is_marked_and_leads_to_its_story(store: Database) -> None:
    original = sample(1)
    fill(store, [original, sample(2, copies=original.url, source="oasis-wire")])
    page = page_of(store)
    assert sorted(titles_of(page)) == ["Article 1", "Article 2"]
    marked = [attrs["href"] for tag, attrs in elements_of(page) if tag == "a" and attrs.get("class") == "reprint"]
    assert marked == ["/stories/2"]


def test_a_query_that_is_a_name_leads_to_all_its_articles(store: Database) -> None:
    load_names(store)
    fill(store, [sample(1)])
    for name in ("csto", "ОДКБ", "ұқшұ"):
        page = page_of(store, q=name)
        assert f"{name} is a name of CSTO" in words_of(page)
        links = links_of(part_of(page, "notice named", "</p>"))
        assert links == ["/entities/csto", "/search?q=entity%3Acsto"]
    for other in ("cst", "csto AND drills", "drills", "(csto)", "entity:csto"):
        assert "is a name of" not in words_of(page_of(store, q=other))
    assert "is a name of" not in words_of(page_of(store, entity="csto"))


def test_counts_of_countries_are_exact(store: Database) -> None:
    store.write(lambda conn: conn.execute(update(Source).where(Source.id == "oasis-wire").values(country="KZ/UZ")))
    fill(store, [sample(1), sample(2, source="oasis-wire"), sample(3)])
    for country, found in (("KZ", ["Article 1", "Article 3"]), ("KZ/UZ", ["Article 2"]), ("UZ", [])):
        page = page_of(store, country=country)
        assert sorted(titles_of(page)) == found
    assert "queries cannot say that" in words_of(page_of(store, country="KZ", q="number"))
    page = page_of(store, q="number")
    assert "/search?q=number&country=KZ%2FUZ" in links_of(part_of(page, "side facets", 'id="save"'))


@pytest.mark.parametrize("few", [10_000, 1])
def test_a_level_of_mentions_is_a_filter(store: Database, monkeypatch: pytest.MonkeyPatch, few: int) -> None:
    monkeypatch.setattr(candidates, "_FEW", few)  # of more, the list by date is walked
    fill(store, [sample(1), sample(2), sample(3, text="Turan.", says=(("Turan", "turan"),))])
    assert titles_of(page_of(store, level="name")) == ["Article 1"]
    assert titles_of(page_of(store, level="concept")) == ["Article 3"]
    assert titles_of(page_of(store, level="name", entity="turan")) == []
    page = page_of(store, level="name", entity="csto", q="drills")
    assert titles_of(page) == ["Article 1"]
    assert "mentioned by name" in words_of(page)
    assert "queries cannot say that" in words_of(page)


def test_counts_lead_to_the_articles_that_they_count(store: Database) -> None:
    others = {"language": "ru", "genre": "opinion", "source": "oasis-wire"}
    fill(store, [sample(number, **(others if number % 3 == 0 else {})) for number in range(12)])
    page = page_of(store, q="number")
    facets = part_of(page, "facets", "</aside>")
    rows = [part.partition("</li>")[0] for part in facets.split("<li>")[1:]]
    assert len(rows) >= 8
    for row in rows:
        count = int(words_of(row).split()[-1])
        followed = ask(store, links_of(row)[0])
        assert followed.status == 200
        assert len(titles_of(followed.text)) == count, row
    assert "Counts of all 12 found" in words_of(page)


def test_filters_in_force_can_be_removed(store: Database) -> None:
    fill(store, [sample(number) for number in range(4)])
    address = "/search?q=number&entity=csto&lang=en&lang=ru&since=2022-01-01&scope="
    page = ask(store, address).text
    chips = part_of(page, 'class="chips filters"', "</ul>")
    assert "from 2022-01-01" in words_of(chips)
    assert "entity CSTO" in words_of(chips)
    without_day = links_of(chips)[0]
    assert sorted(parse_qsl(urlsplit(without_day).query)) == [
        ("entity", "csto"),
        ("lang", "en"),
        ("lang", "ru"),
        ("q", "number"),
    ]
    assert "CSTO" not in words_of(part_of(page, "side facets", 'id="save"'))
    hidden = [(a["name"], a["value"]) for tag, a in elements_of(page) if tag == "input" and a.get("type") == "hidden"]
    assert hidden == [("entity", "csto"), ("lang", "en"), ("lang", "ru")]


@pytest.mark.parametrize("query", ["", "number", "drills"])
@pytest.mark.parametrize("sort", ["newest", "oldest", "best"])
def test_pages_lose_and_repeat_nothing(store: Database, query: str, sort: str) -> None:
    fill(store, [sample(number) for number in range(23)])
    every = walk(store, f"/search?q={query}&sort={sort}&limit=200&format=json")
    assert len(every) == (11 if query == "drills" else 23)
    assert walk(store, f"/search?q={query}&sort={sort}&limit=4&format=json") == every
    page = page_of(store, q=query, sort=sort, limit="4")
    following = [attrs for tag, attrs in elements_of(page) if tag == "a" and attrs.get("rel") == "next"]
    assert len(following) == 1
    assert titles_of(ask(store, following[0]["href"] or "").text)


def test_articles_that_arrive_meanwhile_change_no_later_page(store: Database) -> None:
    fill(store, [sample(number) for number in range(20)])
    every = walk(store, "/search?q=number&format=json&limit=200")
    first = json.loads(ask(store, "/search?q=number&format=json&limit=6").body)
    fill(store, [sample(100 + number) for number in range(8)])
    rest = walk(store, first["next"])
    assert [article["article_id"] for article in first["articles"]] + rest == every


def test_the_best_come_first_and_what_arrives_repeats_none(store: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    texts = [
        ("Drills", "Drills end."),
        ("Prices", "Bread."),
        ("Prices", "Drills."),
        ("Prices", f"{'Bread. ' * 99}Drills."),
    ]
    fill(store, [replace(sample(number), title=title, text=text) for number, (title, text) in enumerate(texts * 5)])
    every = walk(store, "/search?q=drills&sort=best&format=json&limit=200")
    assert [(number - 1) % 4 for number in every] == [0] * 5 + [2] * 5 + [3] * 5
    first = json.loads(ask(store, "/search?q=drills&sort=best&format=json&limit=4").body)
    fill(store, [replace(sample(100 + number), title="Drills", text="Drills end.") for number in range(3)])
    rest = walk(store, first["next"])
    assert [number for number in rest if number <= 20] == every[4:]
    assert len(set(rest)) == len(rest)
    words = words_of(page_of(store, q="drills", sort="best"))
    assert "The most relevant of all 18 articles" in words
    monkeypatch.setattr(best, "RANKED_MAX", 6)
    assert "The most relevant of the newest 6 articles" in words_of(page_of(store, q="drills", sort="best"))
    assert sorted(walk(store, "/search?q=drills&sort=best&format=json&limit=4")) == sorted({*every, *range(21, 24)})
    assert "these are the newest" in words_of(page_of(store, sort="best"))


def test_a_search_whose_time_is_over_goes_on_where_it_was(store: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(store, [sample(number) for number in range(9)])
    every = walk(store, "/search?q=drills&format=json")
    monkeypatch.setattr(search, "_SEARCHING_S", -1.0)
    monkeypatch.setattr(search, "_COUNTING_S", -1.0)
    first = json.loads(ask(store, "/search?q=drills&format=json").body)
    assert first["searched_to"] is None, "some articles are judged however late it is"
    assert [article["article_id"] for article in first["articles"]] == every
    monkeypatch.setattr(results, "LEAST_STEPS", 0)
    assert walk(store, "/search?q=drills&format=json") == every
    page = page_of(store, q="drills")
    assert "Searched back to 1 Jan 2022 , then the time for one page was over. Continue the search" in words_of(page)
    assert "Nothing found" in words_of(page) or titles_of(page)


@pytest.mark.parametrize(
    ("parameters", "words"),
    [
        ({"q": "csto AND (drill"}, "The query: a ( that is not closed"),
        ({"q": "entity:nobody"}, "The query:"),
        ({"since": "soon"}, "From: 'soon' is not a day"),
        ({"lang": "klingon"}, "Language:"),
        ({"entity": "nobody"}, "Entity:"),
        ({"source": "nobody"}, "Outlet: 'nobody' is unknown"),
        ({"after": "17"}, "The page: this is no place in a list"),
        ({"after": "17", "q": "csto", "sort": "best"}, "The page: this is no place in a list"),
    ],
)
def test_what_is_wrong_stands_beside_the_field(store: Database, parameters: dict[str, str], words: str) -> None:
    answer = ask(store, page_address("/search", **parameters))
    assert answer.status == 422
    assert words in words_of(answer.text)
    assert parameters.get("q", "") in [attrs.get("value") for _, attrs in elements_of(answer.text)]
    record = ask(store, page_address("/search", **parameters, format="json"))
    assert record.status == 422
    assert json.loads(record.body)["parameter"] in parameters


def test_a_caret_points_to_the_fault(store: Database) -> None:
    page = ask(store, "/search?q=" + quote("csto AND (drill")).text
    assert "<pre>csto AND (drill\n         ^</pre>" in page


def test_queries_are_checked_for_the_script(store: Database) -> None:
    fill(store, [sample(number) for number in range(4)])
    good = json.loads(ask(store, "/search/check?q=" + quote("drills csto")).body)
    assert (good["valid"], good["canonical"], good["may_match"]) == (True, "drills AND csto", 4)  # none is indexed yet
    bad = json.loads(ask(store, "/search/check?q=" + quote('"csto')).body)
    assert (bad["valid"], bad["position"], bad["pointed"]) == (False, 0, '"csto\n^')
    assert json.loads(ask(store, "/search/check?q=+").body)["valid"]
    assert ask(store, "/search/check?q=" + "x" * 2_001).status == 422


def test_other_formats(store: Database) -> None:
    fill(store, [sample(number) for number in range(3)])
    rows = list(csv.DictReader(ask(store, "/search?q=drills&format=csv").text.splitlines()))
    assert [(row["title"], row["snippet"]) for row in rows] == [("Article 1", "Drills of the CSTO, number 1.")]
    feed = ask(store, "/search?q=drills&format=atom")
    assert feed.headers["content-type"].startswith("application/atom+xml")
    assert "<title>Article 1</title>" in feed.text
    record = json.loads(ask(store, "/search?q=drills&format=json").body)
    assert (record["counted"], record["counted_all"], record["next"], record["searched_to"]) == (1, True, None, None)
    assert record["facets"]["entity"] == [{"value": "csto", "label": "CSTO", "articles": 1}]


def test_empty_stores_and_searches_say_what_to_do(store: Database) -> None:
    assert "steppewatch source add" in words_of(page_of(store))
    fill(store, [sample(1)])
    assert "No article matches." in words_of(page_of(store, q="nowhere"))
    assert "Remove a filter above" in words_of(page_of(store, lang="fa"))


@pytest.mark.parametrize("words", [HOSTILE, BIDI, LONG_WORD[:1_500], CONTROLS, "'; rm -rf ~; '"])
def test_what_strangers_wrote_stays_text(store: Database, words: str) -> None:
    fill(store, [sample(1, title=words, text=f"drills {words}", author=words), sample(2, title=None, text=words)])
    for address in ("/search", "/search?q=drills", f"/search?q={quote(words)}", f"/search?lang={quote(words[:99])}"):
        answer = ask(store, address)
        assert answer.status in (200, 422)
        assert_inert(answer.text)
    assert shown(words)[:20].strip() in unescape(page_of(store))


@pytest.mark.parametrize(
    ("filters", "joined"),
    [
        (Filters(), "a OR b"),
        (Filters(entities=["csto"]), "(a OR b) AND entity:csto"),
        (
            Filters(languages=["ru", "kk-Latn"], sources=["it's"]),
            '(a OR b) AND source:"it\'s" AND (lang:ru OR lang:kk-Latn)',
        ),
    ],
)
def test_filters_become_part_of_the_query(filters: Filters, joined: str) -> None:
    assert join_filters("a OR b", filters) == joined
    parse(joined)


def test_the_command_of_a_search(store: Database) -> None:
    fill(store, [sample(1)])
    page = page_of(store, q="drills", entity="csto")
    assert "steppewatch alert add drills-csto &#39;(drills) AND entity:csto&#39; --email you@office.example" in page
    assert "An alert needs a query of printable characters" in page_of(store, q="drills\u202e")


@given(st.text(max_size=60))
def test_a_shell_reads_the_query_as_it_is(query: str) -> None:
    command = suggest_command(query)
    if command is None:
        return
    assert command.isprintable() or "\u200c" in command or "\u200d" in command
    steppewatch, alert, add, name, asked, email, _address = shlex.split(command)
    assert (steppewatch, alert, add, email) == ("steppewatch", "alert", "add", "--email")
    assert asked.strip("()").split() == " ".join(query.split()).strip("()").split()
    assert not asked.startswith("-")
    assert name == suggest_name(" ".join(query.split()))


@pytest.mark.parametrize("query", ["a\x1b[201~b", "a\u202eb", "", "  ", "a\x00"])
def test_no_command_of_what_a_terminal_would_obey(query: str) -> None:
    assert suggest_command(query) is None


def test_headlines_and_snippets_say_their_language_and_run_in_its_direction(store: Database) -> None:
    title = "CSTO: رزمایش مشترک در مرز"
    fill(store, [Sample("https://herald.example/fa", title=title, text=f"CSTO {title}", says=CSTO, language="fa")])
    found = get(create_app(store, now=lambda: NOON), "/search", query="q=CSTO").text
    spoken = [attrs for tag, attrs in elements_of(found) if tag in ("h3", "p") and attrs.get("lang")]
    assert [(one["lang"], one["dir"]) for one in spoken] == [("fa", "rtl"), ("fa", "rtl")]


@pytest.mark.parametrize("asked", ["/search", "/search?q=drills", "/search?lang=ru"])
def test_a_store_without_articles_says_what_it_waits_for(store: Database, asked: str) -> None:
    assert "Nothing has been collected yet. Add an outlet:" in words_of(ask(store, asked).text)
    store.write(lambda conn: add_feed(conn, source_id="oasis-wire", url="https://oasis.example/rss", now=NOON))
    assert "Nothing has been collected yet. 1 feed is being polled: see the status page" in words_of(
        ask(store, asked).text
    )
    store.write(lambda conn: record_network(conn, "no network", at=NOON))
    assert "1 feed waits for the network" in words_of(ask(store, asked).text)


def test_a_store_with_articles_says_that_none_matches(store: Database) -> None:
    fill(store, [sample(1)])
    assert "No article matches." in words_of(ask(store, "/search?q=walnut").text)
