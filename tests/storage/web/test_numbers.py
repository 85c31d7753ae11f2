"""Every number on every page that leads somewhere leads to a list of as many things, on both databases."""

from __future__ import annotations

import csv
import io
import json
import re
from collections import deque
from collections.abc import Iterator
from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

import pytest
from samplestore import Sample, fill
from seen_pages import count_behind, open_page, read_json, read_links
from sqlalchemy import Connection, select, update
from webstore import NOW, plain_store

from db.coverage.cells import mark_articles
from db.engine import Database
from db.enums.vocabulary import MentionLevel
from db.models import Article, MentionRow
from web.pages import search
from worker.coverage.recount import recount
from worker.search.pages import best

_EACH = 2
"""Pages to read of each kind, and numbers to follow from each kind of page to each other: the others are alike."""
_DAYS = "since=2021-12-20&until=2022-01-10"
_PAGES = (
    "/",
    "/?until=2022-01-03",
    "/status",
    "/outlets",
    "/entities",
    "/alerts",
    "/articles/1",
    "/articles/33",
    "/search?q=CSTO&sort=best",
    "/search?reprints_of=any",
    *(f"/entities/csto?{_DAYS}&split={split}" for split in ("all", "source", "lang", "country", "genre")),
    *(f"/entities/csto?{_DAYS}&level={level}" for level in MentionLevel),
    f"/entities/turan?{_DAYS}&by=week&level=demonym&split=source",
    f"/compare?entity=csto&entity=turan&{_DAYS}&first=2021-12&second=2022-01",
    f"/compare?entity=csto&split=lang&level=name&{_DAYS}",
)
_NEVER = "https://herald.example/never"
_WORDED = r"(?:[Aa]ll )?(\d[\d,]*)(?: articles?(?: of these days|: who .*)?|: see what changed)?|[a-z ]+ (\d+)"
"""The words of a link that is a number, or a number of things."""


@pytest.fixture
def store(database_url: str) -> Iterator[Database]:
    """Give a store with reprints, with an article of no day, and with mentions of every level."""
    database = plain_store(database_url)
    people = Sample(
        "https://herald.example/people",
        text="Turan and CSTO, CSTO.",
        says=(("Turan", "turan"), ("CSTO", "csto")),
        published_at=datetime(2022, 1, 8, 9, tzinfo=UTC),
        language="kk-Latn",
    )
    fill(database, [people, Sample(_NEVER, text="CSTO.", says=(("CSTO", "csto"),), published_at=None)])
    database.write(_change)
    recount(database)
    yield database
    database.close()


def _change(conn: Connection) -> None:
    """Make mentions of an article demonyms, and let another count on no day."""
    revision = conn.scalar(select(Article.revision_id).where(Article.url == "https://herald.example/people"))
    conn.execute(update(MentionRow).where(MentionRow.revision_id == revision).values(level=MentionLevel.DEMONYM))
    conn.execute(update(Article).where(Article.url == _NEVER).values(is_undated=True))
    mark_articles(conn, list(conn.scalars(select(Article.id))))


@pytest.mark.slow
def test_every_number_leads_to_a_list_as_long(store: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("_COUNTING_S", "_SEARCHING_S"):
        monkeypatch.setattr(search, name, 60.0)  # or the counts are those of as many articles as the time allowed
    waiting, known = deque(_PAGES), set(_PAGES)
    read: dict[str, int] = {}
    followed: dict[tuple[str, str], int] = {}
    wrong = {}
    while waiting:
        address = waiting.popleft()
        kind = _kind(address)
        read[kind] = read.get(kind, 0) + 1
        if read[kind] > _EACH and address not in _PAGES:
            continue
        page = open_page(store, address, now=NOW)
        assert page.status == 200, address
        for link, number in {**dict(_numbers_of_charts(page.text)), **dict(_numbers_of(address, page.text))}.items():
            way = (kind, _kind(link))
            followed[way] = followed.get(way, 0) + 1
            if followed[way] <= _EACH and number != (length := _measure(store, link)):
                wrong[address, link] = number, length
        for link, _ in read_links(page.text):
            if _is_page(link) and link not in known:
                known.add(link)
                waiting.append(link)
    assert not wrong, "\n".join(f"{page} -> {link}: {numbers}" for (page, link), numbers in wrong.items())
    assert {"reprints_of", "reprinted_by", "together", "level"} <= {name for _, to in followed for name in _names(to)}
    assert {"/", "/search", "/entities", "/compare", "/outlets", "/alerts", "/status", "/articles"} <= {
        re.match(r"/[a-z]*", kind).group()  # type: ignore[union-attr]
        for kind, _ in followed
    }


def test_pages_by_relevance_lose_and_repeat_nothing(store: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search, "_SEARCHING_S", 60.0)
    monkeypatch.setattr(best, "RANKED_MAX", 20)
    every = [one["article_id"] for one in read_json(store, "/search?q=CSTO&limit=200", now=NOW)["articles"]]
    found, following = list[int](), "/search?q=CSTO&sort=best&limit=6&format=json"
    while following:
        part = read_json(store, following.removesuffix("&format=json"), now=NOW)
        found += [one["article_id"] for one in part["articles"]]
        following = part["next"]
    assert len(found) == len(set(found)) > 40
    assert sorted(found) == sorted(every)


def _is_page(link: str) -> bool:
    """Return whether to read the page of a link: not the other formats of a page, nor a search within a search."""
    return bool(re.match(r"/(?!static|api|search|exports)", link)) and "format=" not in link and "after=" not in link


def _numbers_of(address: str, page: str) -> Iterator[tuple[str, int]]:
    """Yield (link, number) of the numbers in the words of links, and of those beside the links of filters."""
    for link, words in read_links(page):
        link = link.partition("#")[0]
        link = address.partition("?")[0] + link if link.startswith("?") else link
        number = re.fullmatch(_WORDED, words)
        if number and not re.match(r"/articles/\d+$", link):
            yield link, int((number[1] or number[2]).replace(",", ""))
    for link, number in re.findall(
        r'<a href="(/search[^"]+)"><bdi>[^<]*</bdi></a> <span class="number">([\d,]+)<', page
    ):
        yield link.replace("&amp;", "&"), int(number.replace(",", ""))


def _numbers_of_charts(page: str) -> Iterator[tuple[str, int]]:
    for spec in re.findall(r'<script type="application/json">(.*?)</script>', page, re.DOTALL):
        for row in json.loads(spec).get("data", {}).get("values", ()):
            if row.get("href") and row.get("articles"):
                yield row["href"], row["articles"]


def _measure(store: Database, link: str) -> int:
    """Return the length of the list at an address. Fails for a page that is no list."""
    path, query = urlsplit(link)[2:4]
    if path == "/search":
        return count_behind(store, link)
    if path == "/exports":
        [kind] = parse_qs(query)["kind"]
        table = open_page(store, f"/api/v1/exports/{kind}?{query.replace(f'kind={kind}', '')}", now=NOW)
        return len(list(csv.DictReader(io.StringIO(table.text))))
    record = read_json(store, link, now=NOW)
    if path == "/outlets":
        return len(record)
    if re.fullmatch("/alerts/[0-9]+", path):
        return len(record["latest"])
    if re.fullmatch("/entities/.+", path):
        return len({point["source"] for point in record["series"]})
    if re.fullmatch("/stories/[0-9]+", path):
        return len(record["articles"])
    if path.endswith("/revisions"):
        return len(record["revisions"])
    raise AssertionError(f"{link} is no list")


def _kind(address: str) -> str:
    path, query = urlsplit(address)[2:4]
    return f"{re.sub('(?<=[a-z]/).+', '…', path)}?{','.join(sorted(_names(query)))}"


def _names(query: str) -> set[str]:
    return set(re.findall(r"(?:^|[?&,])([a-z_]+)", query))
