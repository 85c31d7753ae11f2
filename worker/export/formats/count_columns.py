"""The columns of exports of counts: coverage, and entities in the same articles."""

from __future__ import annotations

from worker.export.formats.column import (
    SOURCE,
    SOURCE_NAME,
    Column,
    ColumnKind,
    count_column,
)

ALIVE = Column(
    name="alive",
    meaning="share of the watched outlets whose collection was whole that day; empty if none was watched",
    kind=ColumnKind.NUMBER,
)

_DAY = Column(
    name="day",
    meaning="day on which the articles count; empty for those that count on none: articles.is_undated",
    kind=ColumnKind.DAY,
)

COVERAGE = (
    _DAY,
    Column(name="entity", meaning="id of the entity in the vocabulary", required=True),
    SOURCE,
    count_column("articles", "articles of the outlet that mention the entity, reprints included", "articles"),
    count_column(
        "stories",
        "clusters among them; a story of two outlets or two days is in both rows: never add these up",
        "clusters",
    ),
    count_column("mentions", "number of mentions in them, at any level", "mentions"),
    Column(name="entity_label", meaning="entity, for display", required=True),
    Column(name="entity_type", meaning="type of the entity", required=True),
    SOURCE_NAME,
    count_column("in_title", "those of the mentions that stand in a title", "mentions"),
    count_column("scope_articles", "those of the articles that are in scope", "articles"),
    count_column("scope_stories", "clusters among those; never to be added up, like stories", "clusters"),
    count_column(
        "undated",
        "articles without a known date among those: in the row of a day, the ones that a feed brought as new",
        "articles",
    ),
    ALIVE,
    Column(
        name="impaired",
        meaning="true: on that day our collection of this outlet was impaired, the counts may be too low;"
        " empty as alive",
        kind=ColumnKind.FLAG,
    ),
)

COOCCURRENCE = (
    _DAY,
    Column(name="entity_a", meaning="id of the one entity, the lesser of the two", required=True),
    Column(name="entity_b", meaning="id of the other entity", required=True),
    count_column("articles", "articles that mention both, reprints included", "articles"),
    count_column("stories", "clusters among them; never to be added up over days", "clusters"),
    count_column("scope_articles", "those of the articles that are in scope", "articles"),
    count_column("scope_stories", "clusters among those", "clusters"),
    Column(name="label_a", meaning="entity_a, for display", required=True),
    Column(name="label_b", meaning="entity_b, for display", required=True),
)
