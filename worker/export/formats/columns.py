"""The columns of each export, in their order. New ones are added at the end; none changes its meaning.

Those about articles stand in `article_columns`, those of counts in `count_columns`, the others here.
"""

from __future__ import annotations

from collections.abc import Mapping

from db.enums.alerts import SENT_STATUSES, MatchStatus, SubscriptionKind
from db.enums.base import listed
from db.enums.collection import SourceOrigin
from db.enums.exports import ExportDetail, ExportKind
from worker.export.formats.article_columns import (
    ARTICLES,
    CLUSTERS,
    MENTIONS,
    OF_REVISIONS,
    REVISIONS,
    WITH_CHANGES,
    WITH_TEXT,
)
from worker.export.formats.column import (
    SOURCE,
    SOURCE_NAME,
    Column,
    ColumnKind,
    count_column,
    id_column,
)
from worker.export.formats.count_columns import COOCCURRENCE, COVERAGE

MATCHES = (
    id_column("match_id", "number of the match in this store"),
    Column(name="subscription", meaning="name of the subscription", required=True),
    Column(
        name="status",
        meaning=f"{', '.join(SENT_STATUSES)}: sent;"
        f" {', '.join(one for one in MatchStatus if one not in SENT_STATUSES)}: kept",
        kind=ColumnKind.WORD,
        required=True,
    ),
    Column(
        name="article_id", meaning="as in articles; empty where a match is about no article", kind=ColumnKind.INTEGER
    ),
    Column(name="url", meaning="as in articles"),
    Column(name="source", meaning="as in articles"),
    Column(name="title", meaning="as in articles"),
    Column(name="matched_at", meaning="instant of the match", kind=ColumnKind.INSTANT, required=True),
    Column(name="because", meaning="the matched words, with semicolons between them"),
    Column(name="event", meaning="what matched", required=True),
    Column(name="subscription_kind", meaning=listed(SubscriptionKind), kind=ColumnKind.WORD, required=True),
    Column(
        name="query",
        meaning="the query; for silence and health the outlet's id (or all), for burst the entity's",
        required=True,
    ),
    Column(name="revision_id", meaning="the text that matched", kind=ColumnKind.INTEGER),
    Column(
        name="began_with_match_id",
        meaning="match that began the story for this subscription; empty for that one",
        kind=ColumnKind.INTEGER,
    ),
    Column(name="counts_on", meaning="as in articles", kind=ColumnKind.DAY),
)

SOURCES = (
    SOURCE,
    SOURCE_NAME,
    Column(name="country", meaning="ISO 3166-1 alpha-2, or as in the catalogue; empty when unknown"),
    Column(name="languages", meaning="codes with spaces between them, as the catalogue has them"),
    Column(name="kind", meaning="kind of outlet, in the catalogue's words"),
    Column(name="homepage", meaning="address of the front page"),
    Column(name="paywall", meaning="as the catalogue has it"),
    Column(name="origin", meaning=f"{listed(SourceOrigin)}: origin of the outlet", kind=ColumnKind.WORD, required=True),
    Column(name="added_at", meaning="instant at which the outlet was added", kind=ColumnKind.INSTANT, required=True),
    count_column("feeds", "feeds that are known of it", "feeds"),
    count_column("articles", "articles stored of it", "articles"),
    Column(name="first_counts_on", meaning="first day on which an article of it counts", kind=ColumnKind.DAY),
    Column(name="last_counts_on", meaning="last such day", kind=ColumnKind.DAY),
    Column(
        name="last_collected_at", meaning="instant at which its newest article was collected", kind=ColumnKind.INSTANT
    ),
    Column(name="newest_at", meaning="publication of the newest entry of its feeds", kind=ColumnKind.INSTANT),
    Column(
        name="complete",
        meaning="share of the entries of its feeds that are believed to have been seen since it is polled, 0 to 1",
        kind=ColumnKind.NUMBER,
    ),
    Column(
        name="missed",
        meaning="expected number of entries that came and went between two polls since then",
        kind=ColumnKind.NUMBER,
    ),
)

COLUMNS: Mapping[ExportKind, tuple[Column, ...]] = {
    ExportKind.ARTICLES: ARTICLES,
    ExportKind.MENTIONS: MENTIONS,
    ExportKind.COVERAGE: COVERAGE,
    ExportKind.COOCCURRENCE: COOCCURRENCE,
    ExportKind.CLUSTERS: CLUSTERS,
    ExportKind.REVISIONS: REVISIONS,
    ExportKind.MATCHES: MATCHES,
    ExportKind.SOURCES: SOURCES,
}
"""The columns by kind of export."""

DETAILS: Mapping[ExportDetail, tuple[ExportKind, tuple[Column, ...]]] = {
    ExportDetail.TEXT: (ExportKind.ARTICLES, WITH_TEXT),
    ExportDetail.DIFF: (ExportKind.REVISIONS, WITH_CHANGES),
    ExportDetail.REVISIONS: (ExportKind.MENTIONS, OF_REVISIONS),
}
"""The optional details by name: the kind of export, and the columns that they add at the end."""


def columns_with(kind: ExportKind, detail: ExportDetail | None = None) -> tuple[Column, ...]:
    """Return the columns of a kind of export, including those of a detail."""
    return COLUMNS[kind] + (DETAILS[detail][1] if detail else ())
