"""The addresses of a running page that are worth measuring: its own routes, filled with names from its store."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple
from urllib.parse import quote, urlencode

from sqlalchemy import Connection, func, select

from db.coverage.cells import TOTAL
from db.enums.coverage import CoverageLevel, CoverageSplit, Grain
from db.models import (
    Article,
    CoverageCell,
    CoverageSeries,
    Feed,
    MatchRow,
    MentionRow,
    Recipient,
    Revision,
    Source,
    Subscription,
)


class Sample(NamedTuple):
    """A value of a parameter, and what kind of value it is."""

    kind: str
    value: str


Samples = Mapping[str, Sequence[Sample]]
"""Values by the noun that a parameter stands for."""

_NOUNS = {
    "articles": "article", "article": "article", "revisions": "article", "text": "article",
    "stories": "story", "story": "story", "clusters": "story", "cluster": "story",
    "entities": "entity", "entity": "entity", "coverage": "entity", "compare": "entity", "cooccurrence": "entity",
    "outlets": "outlet", "outlet": "outlet", "sources": "outlet", "source": "outlet",
    "alerts": "alert", "alert": "alert", "subscriptions": "alert", "subscription": "alert",
    "feeds": "feed", "feed": "feed", "matches": "match", "match": "match", "exports": "export", "export": "export",
    "unsubscribe": "token", "feed_token": "token",
}  # fmt: skip
_PARAMETER = re.compile(r"{(\w+)(?::\w+)?}")


def read_samples(conn: Connection) -> dict[str, list[Sample]]:
    """Return values from the store: frequent, middling and rare ones."""
    entities = _ranked(conn, CoverageSplit.ALL, CoverageSeries.entity_id, CoverageSeries.entity_id != TOTAL)
    outlets = _ranked(conn, CoverageSplit.SOURCE, CoverageSeries.part, CoverageSeries.entity_id == TOTAL)
    newest = conn.scalar(select(func.max(Article.id))) or 1
    edited = conn.scalar(select(Article.id).where(Article.revisions > 1).order_by(Article.id.desc()).limit(1))
    sizes = (
        select(Article.cluster_id, func.count())
        .where(Article.id > newest - 50_000, Article.cluster_id > newest - 50_000)
        .group_by(Article.cluster_id)
        .order_by(func.count().desc())
        .limit(1)
    )
    largest = conn.execute(sizes).first()
    story = largest[0] if largest else newest
    alerts = conn.execute(select(Subscription.id, Subscription.name).order_by(Subscription.id).limit(3)).all()
    tokens = conn.scalars(select(Recipient.token).limit(1)).all()
    return {
        "article": [Sample("new", f"{newest}"), Sample("edited", f"{edited or 1}"), Sample("old", f"{newest // 3}")],
        "story": [Sample("of many", f"{story}"), Sample("of one", f"{newest}")],
        "entity": _spread(entities),
        "outlet": _spread(outlets),
        "alert": [Sample("name", name) for _, name in alerts[:2]],
        "alert_id": [Sample("id", f"{number}") for number, _ in alerts[:2]],
        "feed": [Sample("first", f"{conn.scalar(select(func.min(Feed.id))) or 1}")],
        "match": [Sample("first", f"{conn.scalar(select(func.min(MatchRow.id))) or 1}")],
        "export": [Sample(kind, kind) for kind in ("articles", "coverage")],
        "token": [Sample("one", token) for token in tokens],
        "revision": [Sample("last", f"{conn.scalar(select(func.max(Revision.id))) or 1}")],
        "source_name": [Sample("name", name) for name in conn.scalars(select(Source.name).limit(1))],
    }


def _ranked(conn: Connection, split: CoverageSplit, column: Any, condition: Any) -> list[str]:
    """Return the values of a column of series, those with most articles first."""
    total = func.sum(CoverageCell.articles)
    query = (
        select(column)
        .join(CoverageCell, CoverageCell.series_id == CoverageSeries.id)
        .where(
            CoverageSeries.grain == Grain.MONTH,
            CoverageSeries.split == split,
            CoverageSeries.level == CoverageLevel.ALL,
            condition,
        )
        .group_by(column)
        .order_by(total.desc())
    )
    return list(conn.scalars(query))


def _spread(ranked: Sequence[str]) -> list[Sample]:
    places = {"frequent": 0, "middling": len(ranked) // 4, "rare": len(ranked) - 1}
    return [Sample(kind, ranked[place]) for kind, place in places.items()] if ranked else []


def find_words(conn: Connection, entity: str) -> dict[str, str]:
    """Return queries by what they ask for, made of words of the newest English article that names the entity."""
    current = select(Revision.text).join(Article, Article.revision_id == Revision.id)
    named = current.join(MentionRow, MentionRow.revision_id == Revision.id).where(MentionRow.entity_id == entity)
    texts = list(conn.scalars(named.where(Article.language == "en").order_by(Revision.id.desc()).limit(30)))
    counts: dict[str, int] = {}
    for text in texts:
        for word in set(re.findall(r"[a-z]{3,}", text)):
            counts[word] = counts.get(word, 0) + 1
    ranked = sorted(counts, key=lambda word: (-counts[word], word))
    first, second, rare = ranked[0], ranked[min(20, len(ranked) - 1)], ranked[-1]
    side = re.search(rf"\b{first} ([a-z]{{3,}})", " ".join(texts)) or re.search(r"([a-z]+)", first)
    assert side is not None
    return {
        "frequent word": first,
        "two words": f"{first} {second}",
        "rare word": rare,
        "no hit": "nowhereatallword",
        "phrase": f'"{first} {side.group(1)}"',
        "NEAR": f"{first} NEAR/8 {second}",
        "NOT": f"{second} NOT {first}",
        "only NOT": f"NOT {first}",
        "entity": f"entity:{entity}",
        "entity and rare word": f"entity:{entity} {rare}",
        "pattern": f"{first[:4]}*",
        "author": "author:Orlan",
    }


def iter_routes(app: Any, prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Yield the path and the route of everything that an application answers to GET."""
    while not hasattr(app, "routes") and hasattr(app, "app"):
        app = app.app
    for route in getattr(app, "routes", ()):
        path = prefix + (getattr(route, "path", None) or "")
        if included := getattr(route, "original_router", None):
            yield from iter_routes(included, path + route.include_context.prefix)
        elif getattr(route, "methods", None) is None:
            yield from iter_routes(route, path)
        elif "GET" in route.methods:
            yield path, route


def fill(path: str, samples: Samples) -> Iterator[tuple[str, str]]:
    """Yield (what kind, address) for a route's path; nothing if a parameter stands for something unknown."""
    found = _PARAMETER.search(path)
    if found is None:
        yield "", path
        return
    before = path[: found.start()].strip("/").split("/")[-1]
    named = found.group(1).removesuffix("_id").removesuffix("_name")
    noun = _NOUNS.get(named, _NOUNS.get(before, ""))
    if noun == "alert" and found.group(1) in ("id", "number", "subscription_id", "alert_id"):
        noun = "alert_id"
    for kind, value in samples.get(noun, ()):
        rest = path[: found.start()] + quote(value, safe="") + path[found.end() :]
        yield from ((f"{kind} {more}".strip(), address) for more, address in fill(rest, samples))


def parameters_of(route: Any) -> set[str]:
    """Return the names of a route's query parameters, as far as it declares them."""
    dependant = getattr(route, "dependant", None)
    found = set()
    waiting = [dependant] if dependant else []
    while waiting:
        one = waiting.pop()
        found |= {str(parameter.alias) for parameter in one.query_params}
        waiting += one.dependencies
    return found


def with_query(address: str, **values: str) -> str:
    """Return an address with parameters."""
    return f"{address}{'&' if '?' in address else '?'}{urlencode(values)}"
