"""The columns of each export, in their order. New ones are added at the end; none changes its meaning."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from db.enums.alerts import SENT_STATUSES, MatchStatus, SubscriptionKind
from db.enums.articles import Genre
from db.enums.base import listed
from db.enums.collection import SourceOrigin
from db.enums.exports import ExportDetail, ExportKind
from db.enums.vocabulary import MentionField, MentionLevel


class ColumnKind(Enum):
    """The type of a column's values, which decides their format."""

    TEXT = "text"
    """Free text: quoted, and guarded against spreadsheets."""
    WORD = "word"
    """One of a few words of our own: never quoted."""
    INTEGER = "integer"
    NUMBER = "number"
    FLAG = "flag"
    """True or false."""
    DAY = "day"
    INSTANT = "instant"
    MOMENT = "moment"
    """An instant, or a day if only that is known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column of an export with the meaning of its values. `required`: it is never empty."""

    name: str
    meaning: str
    kind: ColumnKind = ColumnKind.TEXT
    unit: str = ""
    required: bool = False

    @property
    def title(self) -> str:
        """Return the name for people."""
        return self.name.replace("_", " ").capitalize()


def _id(name: str, meaning: str) -> Column:
    return Column(name=name, meaning=meaning, kind=ColumnKind.INTEGER, required=True)


def _count(name: str, meaning: str, unit: str) -> Column:
    return Column(name=name, meaning=meaning, kind=ColumnKind.INTEGER, unit=unit, required=True)


_ARTICLE_ID = _id("article_id", "number of the article in this store")
_URL = Column(name="url", meaning="address of the article, as last seen", required=True)
_SOURCE = Column(
    name="source",
    meaning="outlet: its id in the catalogue, for an unknown outlet its registrable domain",
    required=True,
)
_SOURCE_NAME = Column(name="source_name", meaning="outlet, for display", required=True)
_COUNTS_ON = Column(
    name="counts_on",
    meaning="day on which the article counts: of publication, else of collection",
    kind=ColumnKind.DAY,
    required=True,
)

ARTICLES = (
    _ARTICLE_ID,
    _URL,
    _SOURCE,
    Column(name="title", meaning="headline; empty when the text has none"),
    Column(name="author", meaning="by-line; empty without a named author"),
    Column(name="language", meaning="ISO 639-1, a script may follow: kk-Latn"),
    Column(
        name="published_at",
        meaning="instant of publication; a day when no time is known; empty when unknown",
        kind=ColumnKind.MOMENT,
    ),
    Column(
        name="collected_at",
        meaning="instant at which the article was first collected",
        kind=ColumnKind.INSTANT,
        required=True,
    ),
    Column(
        name="cluster_id",
        meaning="article_id of the original that this one is or copies; empty until compared",
        kind=ColumnKind.INTEGER,
    ),
    Column(name="is_original", meaning="false for a reprint; empty until compared", kind=ColumnKind.FLAG),
    _SOURCE_NAME,
    _COUNTS_ON,
    Column(
        name="date_is_assumed",
        meaning="true: the date of publication is unknown; counts_on is the day of collection",
        kind=ColumnKind.FLAG,
        required=True,
    ),
    _count("revisions", "number of different texts seen at this address", "texts"),
    Column(name="genre", meaning=f"{listed(Genre)}; empty if unknown"),
    Column(
        name="in_scope",
        meaning="true for articles about Central Asian security by the vocabulary's scope rule",
        kind=ColumnKind.FLAG,
    ),
    Column(
        name="canonical_url", meaning="the one spelling of the address under which the article is stored", required=True
    ),
    Column(name="original_url", meaning="canonical_url of the cluster's original; empty until compared"),
    Column(
        name="is_undated",
        meaning="true: it counts on no day, but in the undated period: it has no date, and a person imported it or its"
        " feed listed it before we followed it; exports limited to days leave it out",
        kind=ColumnKind.FLAG,
        required=True,
    ),
)

MENTIONS = (
    _ARTICLE_ID,
    Column(
        name="field", meaning=f"{listed(MentionField)}: where the mention stands", kind=ColumnKind.WORD, required=True
    ),
    _count("start", "offset of its first character in that field", "code points"),
    _count("end", "offset after its last character", "code points"),
    Column(name="surface", meaning="the words as they stand there", required=True),
    Column(name="entity", meaning="id of the entity in the vocabulary", required=True),
    Column(name="type", meaning="type of the entity: person, organisation, place, concept …", required=True),
    Column(name="level", meaning=listed(MentionLevel), kind=ColumnKind.WORD, required=True),
    Column(name="alias", meaning="spelling of the vocabulary that matched", required=True),
    Column(name="language", meaning="language of the alias; empty when it is of none"),
    Column(name="rule", meaning="rule of matching that was used", kind=ColumnKind.WORD, required=True),
    Column(name="vocabulary_version", meaning="vocabulary it was found with", kind=ColumnKind.WORD, required=True),
    _URL,
    _SOURCE,
    _COUNTS_ON,
    Column(name="metonym_of", meaning="entity for which a capital stands here; otherwise empty"),
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
    _SOURCE,
    _count("articles", "articles of the outlet that mention the entity, reprints included", "articles"),
    _count(
        "stories",
        "clusters among them; a story of two outlets or two days is in both rows: never add these up",
        "clusters",
    ),
    _count("mentions", "number of mentions in them, at any level", "mentions"),
    Column(name="entity_label", meaning="entity, for display", required=True),
    Column(name="entity_type", meaning="type of the entity", required=True),
    _SOURCE_NAME,
    _count("in_title", "those of the mentions that stand in a title", "mentions"),
    _count("scope_articles", "those of the articles that are in scope", "articles"),
    _count("scope_stories", "clusters among those; never to be added up, like stories", "clusters"),
    _count(
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
    _count("articles", "articles that mention both, reprints included", "articles"),
    _count("stories", "clusters among them; never to be added up over days", "clusters"),
    _count("scope_articles", "those of the articles that are in scope", "articles"),
    _count("scope_stories", "clusters among those", "clusters"),
    Column(name="label_a", meaning="entity_a, for display", required=True),
    Column(name="label_b", meaning="entity_b, for display", required=True),
)

REVISIONS = (
    _id("revision_id", "number of the text in this store"),
    _ARTICLE_ID,
    _URL,
    _SOURCE,
    Column(
        name="observed_at",
        meaning="instant at which this text was seen at the address",
        kind=ColumnKind.INSTANT,
        required=True,
    ),
    Column(
        name="is_current", meaning="true for the text that the article has now", kind=ColumnKind.FLAG, required=True
    ),
    Column(name="title", meaning="headline of this text; empty when it has none"),
    Column(name="author", meaning="by-line of this text; empty without a named author"),
    Column(name="language", meaning="ISO 639-1, a script may follow: kk-Latn"),
    Column(
        name="published_at", meaning="publication by this text; a day when no time is known", kind=ColumnKind.MOMENT
    ),
    Column(name="genre", meaning="as in articles, of this text"),
    Column(name="in_scope", meaning="as in articles, of this text", kind=ColumnKind.FLAG),
    _count("characters", "length of the text", "code points"),
    Column(
        name="content_hash",
        meaning="xxh3-128 of title and text: equal texts have equal hashes",
        kind=ColumnKind.WORD,
        required=True,
    ),
    Column(name="vocabulary_version", meaning="vocabulary it was read with; empty until then", kind=ColumnKind.WORD),
    _COUNTS_ON,
)

CLUSTERS = (
    _id("cluster_id", "article_id of the original, which the others were copied from"),
    _ARTICLE_ID,
    Column(
        name="is_original",
        meaning="true for the original itself, which comes first",
        kind=ColumnKind.FLAG,
        required=True,
    ),
    _URL,
    _SOURCE,
    Column(
        name="published_at",
        meaning="instant of publication; a day when no time is known; empty when unknown",
        kind=ColumnKind.MOMENT,
    ),
    Column(
        name="containment",
        meaning="share of the smaller text's shingles that the larger one, copy or original, holds",
        kind=ColumnKind.NUMBER,
    ),
    Column(
        name="jaccard",
        meaning="shingles that both texts have, as a share of those that either has",
        kind=ColumnKind.NUMBER,
    ),
    Column(name="shared_shingles", meaning="shingles that both texts have", kind=ColumnKind.INTEGER, unit="shingles"),
    Column(name="method", meaning="measure and thresholds that recognised the copy; empty for a person's merge"),
    Column(
        name="collected_at",
        meaning="instant at which the article was first collected",
        kind=ColumnKind.INSTANT,
        required=True,
    ),
    _COUNTS_ON,
    Column(name="title", meaning="headline; empty when the text has none"),
    Column(name="language", meaning="ISO 639-1, a script may follow: kk-Latn"),
    Column(name="original_source", meaning="outlet of the original", required=True),
    Column(
        name="original_published_at", meaning="publication of the original, as published_at", kind=ColumnKind.MOMENT
    ),
    Column(name="original_url", meaning="canonical URL of the original", required=True),
)

MATCHES = (
    _id("match_id", "number of the match in this store"),
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
    _SOURCE,
    _SOURCE_NAME,
    Column(name="country", meaning="ISO 3166-1 alpha-2, or as in the catalogue; empty when unknown"),
    Column(name="languages", meaning="codes with spaces between them, as the catalogue has them"),
    Column(name="kind", meaning="kind of outlet, in the catalogue's words"),
    Column(name="homepage", meaning="address of the front page"),
    Column(name="paywall", meaning="as the catalogue has it"),
    Column(name="origin", meaning=f"{listed(SourceOrigin)}: origin of the outlet", kind=ColumnKind.WORD, required=True),
    Column(name="added_at", meaning="instant at which the outlet was added", kind=ColumnKind.INSTANT, required=True),
    _count("feeds", "feeds that are known of it", "feeds"),
    _count("articles", "articles stored of it", "articles"),
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

WITH_TEXT = (
    Column(
        name="text_from",
        meaning="page; or feed for the text of a feed, often only its beginning",
        kind=ColumnKind.WORD,
        required=True,
    ),
    Column(name="text", meaning="the text as it stands now, a paragraph a line"),
)

WITH_CHANGES = (
    Column(
        name="previous_revision_id",
        meaning="the text that stood there before it; empty for the first",
        kind=ColumnKind.INTEGER,
    ),
    Column(
        name="title_changed", meaning="whether that one had another headline; empty for the first", kind=ColumnKind.FLAG
    ),
    Column(
        name="entities_added",
        meaning="ids of entities that it mentions and that one did not, with spaces between them;"
        " empty until both are tagged",
    ),
    Column(name="entities_removed", meaning="likewise of those that it mentions no more"),
    Column(
        name="changes",
        meaning="changes of the words: a JSON list of {op, old, new}, as in article diff; empty for the first",
    ),
    Column(
        name="diff",
        meaning="the same to be read: a line for each change, [-taken out-] and {+put in+} with a few words around",
    ),
)

OF_REVISIONS = (
    _id("revision_id", "the text that it stands in, as in revisions"),
    Column(
        name="observed_at",
        meaning="instant at which that text was seen at the address",
        kind=ColumnKind.INSTANT,
        required=True,
    ),
    Column(
        name="is_current", meaning="true for the text that the article has now", kind=ColumnKind.FLAG, required=True
    ),
)

DETAILS: Mapping[ExportDetail, tuple[ExportKind, tuple[Column, ...]]] = {
    ExportDetail.TEXT: (ExportKind.ARTICLES, WITH_TEXT),
    ExportDetail.DIFF: (ExportKind.REVISIONS, WITH_CHANGES),
    ExportDetail.REVISIONS: (ExportKind.MENTIONS, OF_REVISIONS),
}
"""The optional details by name: the kind of export, and the columns that they add at the end."""


def columns_with(kind: ExportKind, detail: ExportDetail | None = None) -> tuple[Column, ...]:
    """Return the columns of a kind of export, including those of a detail."""
    return COLUMNS[kind] + (DETAILS[detail][1] if detail else ())
