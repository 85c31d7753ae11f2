"""The content of the page of a search: its list, its filters and counts, and the command that makes an alert of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from db.articles.filters import ANY_OUTLET, Filters, Lack
from db.articles.lists.facets import FacetCount, Facets
from web.answers.render import count_things
from web.answers.tables import PageTable
from web.shared.links import change_query
from web.shared.params import SearchParameters
from web.shared.positions import write_best_place, write_position
from web.statistics.series import LEVEL_NAMES
from worker.search.hits import FoundArticle
from worker.search.pages.best import BestPlace
from worker.search.pages.results import ResultPage
from worker.search.records import list_record
from worker.subscriptions.suggestion import join_filters, suggest_command

_TITLES = {
    "entity": "Entities",
    "source": "Outlets",
    "lang": "Languages",
    "country": "Countries",
    "genre": "Genres",
    "scope": "Scope",
    "reprints_of": "Reprints",
    "reprinted_by": "Originals",
}

_FILTERS: Mapping[str, str] = {
    "since": "from",
    "until": "to",
    "entity": "entity",
    "together": "named together",
    "level": "mentioned",
    "source": "outlet",
    "reprints_of": "reprints of",
    "reprinted_by": "reprinted by",
    "lang": "language",
    "country": "country",
    "genre": "genre",
    "scope": "scope",
    "lacks": "without",
}
"""The parameters that are filters, in the order of their chips, with their names there."""


class SortOrder(StrEnum):
    """The order of a list of articles."""

    NEWEST = "newest"
    OLDEST = "oldest"
    BEST = "best"
    """By relevance; only for a query."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchRequest:
    """The question of a reader."""

    q: str
    parameters: SearchParameters
    sort: SortOrder = SortOrder.NEWEST
    after: str = ""
    limit: int = 25


@dataclass(frozen=True, slots=True)
class Chip:
    """A filter in force, and the address without it."""

    name: str
    label: str
    address: str

    @property
    def filter(self) -> str:
        """The name of the filter on screen."""
        return _FILTERS[self.name]


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchProblem:
    """The reason why a search is not possible."""

    field: str
    message: str
    hint: str = ""
    pointed: str = ""
    """The query with a caret under the place."""


@dataclass(frozen=True, slots=True)
class Beginning:
    """The state of a store without articles: its active feeds, and why outlets cannot be reached, if they cannot."""

    feeds: int
    unreachable: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchPage:
    """The content of the page of a search."""

    asked: SearchRequest
    now: datetime
    path: str
    pairs: Sequence[tuple[str, str]]
    """The parameters of its address."""
    filters: Filters = field(default_factory=Filters)
    results: ResultPage = field(default_factory=lambda: ResultPage(found=(), counted=(), is_all=True, after=None))
    facets: Facets = field(default_factory=dict)
    canonical: str = ""
    names: Mapping[str, str] = field(default_factory=dict)
    labels: Mapping[str, str] = field(default_factory=dict)
    named: Mapping[str, str] = field(default_factory=dict)
    """The labels of the entities of which the query is a name."""
    problem: SearchProblem | None = None
    beginning: Beginning | None = None
    """None if the store has articles."""
    following: BestPlace | None = None
    """The place where a list by relevance goes on."""

    template = "search.html"

    @property
    def title(self) -> str:
        """The title of the page."""
        return f"Search: {' '.join(self.asked.q.split())[:80]}" if self.asked.q.strip() else "Search"

    @property
    def next_address(self) -> str | None:
        """The address of the next page."""
        if self.following is not None:
            return change_query(self.path, self.pairs, {"after": write_best_place(self.following)})
        if self.results.after is None:
            return None
        return change_query(self.path, self.pairs, {"after": write_position(self.results.after)})

    @property
    def is_ranked(self) -> bool:
        """True if the articles come by relevance."""
        return self.asked.sort is SortOrder.BEST and bool(self.asked.q.strip())

    @property
    def heading(self) -> str:
        """Say what the list holds."""
        things = count_things(len(self.results.counted), "article")
        if not self.results.found:
            return "Nothing found"
        if self.is_ranked:
            continued = ", continued" if self.asked.after else ""
            if self.results.is_all:
                return f"The most relevant of all {things}{continued}"
            return f"The most relevant of the {'next' if self.asked.after else 'newest'} {things}"
        if self.results.is_all and not self.asked.after:
            return things
        return f"The {'oldest' if self.asked.sort is SortOrder.OLDEST else 'newest'} articles" + (
            ", continued" if self.asked.after else ""
        )

    @property
    def next_json(self) -> str | None:
        """The address of the next page as JSON."""
        return f"{self.next_address}&format=json" if self.next_address else None

    @property
    def searched_to(self) -> date | None:
        """The day up to which the search came before its time was over."""
        return self.results.after.counts_on if self.results.is_cut and self.results.after else None

    @property
    def shown_facets(self) -> Sequence[tuple[str, str, Sequence[FacetCount]]]:
        """The counts: (parameter, title, values), without the values that are filters already."""
        in_force = set(self.pairs)
        shown = [
            (name, title, [one for one in self.facets.get(name, ()) if (name, one.value) not in in_force])
            for name, title in _TITLES.items()
        ]
        return [facet for facet in shown if facet[2]]

    def add(self, name: str, value: str) -> str:
        """Return the address of the search with one more filter."""
        present = [] if name == "scope" else [known for key, known in self.pairs if key == name and known != value]
        return change_query(self.path, self.pairs, {name: [*present, value], "after": None})

    @property
    def chips(self) -> Sequence[Chip]:
        """The filters in force."""
        outlets = {ANY_OUTLET: "any other outlet", **self.names}
        known: Mapping[str, Mapping[str, str]] = {
            "entity": self.labels,
            "together": self.labels,
            "source": self.names,
            "reprints_of": outlets,
            "reprinted_by": outlets,
        }
        found = []
        for name in _FILTERS:
            values = [value for key, value in self.pairs if key == name and value.strip()]
            for value in values:
                rest = [other for other in values if other != value]
                address = change_query(self.path, self.pairs, {name: rest, "after": None})
                found.append(Chip(name, _describe(known.get(name, {}), name, value), address))
        return found

    @property
    def hidden(self) -> Sequence[str]:
        """The filters that the form has no fields for."""
        return [name for name in _FILTERS if name not in ("since", "until")]

    @property
    def unsaid(self) -> Sequence[str]:
        """The filters in force that no alert can have, by their names on screen."""
        names = ("together", "level", "reprints_of", "reprinted_by", "country", "lacks")
        return [_FILTERS[name] for name in names if getattr(self.asked.parameters, name)]

    @property
    def command(self) -> str | None:
        """The command that subscribes to this search."""
        joined = join_filters(self.asked.q, self.filters)
        return suggest_command(joined) if joined.strip() and self.problem is None else None

    def articles(self) -> Sequence[FoundArticle]:
        """Return the articles found, those by date with the newest first."""
        found = self.results.found
        return found[::-1] if self.asked.sort is SortOrder.OLDEST else found

    def record(self) -> dict[str, Any]:
        """Return the articles found with snippets, the counts, and the address of the next page."""
        return {
            "query": self.asked.q,
            "canonical": self.canonical,
            "articles": [self._article(found) for found in self.results.found],
            "counted": len(self.results.counted),
            "counted_all": self.results.is_all,
            "facets": {
                name: [{"value": one.value, "label": one.label, "articles": one.articles} for one in values]
                for name, values in self.facets.items()
            },
            "searched_to": self.searched_to and self.searched_to.isoformat(),
            "next": self.next_json,
        }

    def table(self) -> PageTable:
        """Return the articles found."""
        columns = ("article_id", "counts_on", "published_at", "source", "title", "language", "genre", "url", "snippet")
        return PageTable.of_records(columns, [self._article(found) for found in self.results.found])

    @staticmethod
    def _article(found: FoundArticle) -> dict[str, Any]:
        return list_record(found.article) | {"snippet": "".join(piece.text for piece in found.words) or None}


def _describe(names: Mapping[str, str], name: str, value: str) -> str:
    """Return a filter's value in words."""
    if name == "lacks":
        return Lack.from_value(value).meaning
    return dict[str, str](LEVEL_NAMES).get(value, value) if name == "level" else names.get(value, value)
