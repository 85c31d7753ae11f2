"""All subscriptions at once: article → the queries that match it."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Generic, TypeVar

from worker.alerts.article import Article
from worker.alerts.evaluate import Verdict, judge
from worker.alerts.nodes import Query
from worker.alerts.reading import Reading

Key = TypeVar("Key", bound=Hashable)


class Presearcher(Generic[Key]):
    """Queries under keys, which may be added, changed and removed at any time. Not shared between threads."""

    def __init__(self, queries: Mapping[Key, Query] | None = None) -> None:
        self._queries: dict[Key, Query] = dict(queries or {})

    def __len__(self) -> int:
        return len(self._queries)

    def add(self, key: Key, query: Query) -> None:
        """Have a query under a key; one that was there is replaced."""
        self._queries[key] = query

    def remove(self, key: Key) -> None:
        """Forget the query under a key; again changes nothing."""
        self._queries.pop(key, None)

    def matches(self, article: Article) -> dict[Key, Verdict]:
        """Return the verdicts of the queries that match an article, by key."""
        reading = Reading(article)
        verdicts = {key: judge(query, reading) for key, query in self._queries.items()}
        return {key: verdict for key, verdict in verdicts.items() if verdict.matched}
