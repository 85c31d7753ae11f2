"""The columns of each export, in their order. New ones are added at the end; none changes its meaning."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from db.enums.alerts import SENT_STATUSES, MatchStatus, SubscriptionKind
from db.enums.articles import Genre
from db.enums.base import listed
from db.enums.collection import SourceOrigin
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


@dataclass(frozen=True, slots=True)
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
    return Column(name, meaning, ColumnKind.INTEGER, required=True)


def _count(name: str, meaning: str, unit: str) -> Column:
    return Column(name, meaning, ColumnKind.INTEGER, unit, required=True)


_ARTICLE_ID = _id("article_id", "number of the article in this store")
_URL = Column("url", "address of the article, as last seen", required=True)
_SOURCE = Column(
    "source", "outlet: its id in the catalogue, for an unknown outlet its registrable domain", required=True
)
_SOURCE_NAME = Column("source_name", "outlet, for display", required=True)
_COUNTS_ON = Column(
    "counts_on", "day on which the article counts: of publication, else of collection", ColumnKind.DAY, required=True
)

ARTICLES = (
    _ARTICLE_ID,
    _URL,
    _SOURCE,
    Column("title", "headline; empty when the text has none"),
    Column("author", "by-line; empty without a named author"),
    Column("language", "ISO 639-1, a script may follow: kk-Latn"),
    Column(
        "published_at", "instant of publication; a day when no time is known; empty when unknown", ColumnKind.MOMENT
    ),
    Column("collected_at", "instant at which the article was first collected", ColumnKind.INSTANT, required=True),
    Column(
        "cluster_id", "article_id of the original that this one is or copies; empty until compared", ColumnKind.INTEGER
    ),
    Column("is_original", "false for a reprint; empty until compared", ColumnKind.FLAG),
    _SOURCE_NAME,
    _COUNTS_ON,
    Column(
        "date_is_assumed",
        "true: the date of publication is unknown; counts_on is the day of collection",
        ColumnKind.FLAG,
        required=True,
    ),
    _count("revisions", "number of different texts seen at this address", "texts"),
    Column("genre", f"{listed(Genre)}; empty if unknown"),
    Column(
        "in_scope", "true for articles about Central Asian security by the vocabulary's scope rule", ColumnKind.FLAG
    ),
    Column("canonical_url", "the one spelling of the address under which the article is stored", required=True),
    Column("original_url", "canonical_url of the cluster's original; empty until compared"),
    Column(
        "is_undated",
        "true: it counts on no day, but in the undated period: it has no date, and a person imported it or its"
        " feed listed it before we followed it; exports limited to days leave it out",
        ColumnKind.FLAG,
        required=True,
    ),
)

MENTIONS = (
    _ARTICLE_ID,
    Column("field", f"{listed(MentionField)}: where the mention stands", ColumnKind.WORD, required=True),
    _count("start", "offset of its first character in that field", "code points"),
    _count("end", "offset after its last character", "code points"),
    Column("surface", "the words as they stand there", required=True),
    Column("entity", "id of the entity in the vocabulary", required=True),
    Column("type", "type of the entity: person, organisation, place, concept …", required=True),
    Column("level", listed(MentionLevel), ColumnKind.WORD, required=True),
    Column("alias", "spelling of the vocabulary that matched", required=True),
    Column("language", "language of the alias; empty when it is of none"),
    Column("rule", "rule of matching that was used", ColumnKind.WORD, required=True),
    Column("vocabulary_version", "vocabulary it was found with", ColumnKind.WORD, required=True),
    _URL,
    _SOURCE,
    _COUNTS_ON,
    Column("metonym_of", "entity for which a capital stands here; otherwise empty"),
)

ALIVE = Column(
    "alive",
    "share of the watched outlets whose collection was whole that day; empty if none was watched",
    ColumnKind.NUMBER,
)

_DAY = Column(
    "day", "day on which the articles count; empty for those that count on none: articles.is_undated", ColumnKind.DAY
)

COVERAGE = (
    _DAY,
    Column("entity", "id of the entity in the vocabulary", required=True),
    _SOURCE,
    _count("articles", "articles of the outlet that mention the entity, reprints included", "articles"),
    _count(
        "stories",
        "clusters among them; a story of two outlets or two days is in both rows: never add these up",
        "clusters",
    ),
    _count("mentions", "number of mentions in them, at any level", "mentions"),
    Column("entity_label", "entity, for display", required=True),
    Column("entity_type", "type of the entity", required=True),
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
        "impaired",
        "true: on that day our collection of this outlet was impaired, the counts may be too low; empty as alive",
        ColumnKind.FLAG,
    ),
)

COOCCURRENCE = (
    _DAY,
    Column("entity_a", "id of the one entity, the lesser of the two", required=True),
    Column("entity_b", "id of the other entity", required=True),
    _count("articles", "articles that mention both, reprints included", "articles"),
    _count("stories", "clusters among them; never to be added up over days", "clusters"),
    _count("scope_articles", "those of the articles that are in scope", "articles"),
    _count("scope_stories", "clusters among those", "clusters"),
    Column("label_a", "entity_a, for display", required=True),
    Column("label_b", "entity_b, for display", required=True),
)

REVISIONS = (
    _id("revision_id", "number of the text in this store"),
    _ARTICLE_ID,
    _URL,
    _SOURCE,
    Column("observed_at", "instant at which this text was seen at the address", ColumnKind.INSTANT, required=True),
    Column("is_current", "true for the text that the article has now", ColumnKind.FLAG, required=True),
    Column("title", "headline of this text; empty when it has none"),
    Column("author", "by-line of this text; empty without a named author"),
    Column("language", "ISO 639-1, a script may follow: kk-Latn"),
    Column("published_at", "publication by this text; a day when no time is known", ColumnKind.MOMENT),
    Column("genre", "as in articles, of this text"),
    Column("in_scope", "as in articles, of this text", ColumnKind.FLAG),
    _count("characters", "length of the text", "code points"),
    Column("content_hash", "xxh3-128 of title and text: equal texts have equal hashes", ColumnKind.WORD, required=True),
    Column("vocabulary_version", "vocabulary it was read with; empty until then", ColumnKind.WORD),
    _COUNTS_ON,
)

CLUSTERS = (
    _id("cluster_id", "article_id of the original, which the others were copied from"),
    _ARTICLE_ID,
    Column("is_original", "true for the original itself, which comes first", ColumnKind.FLAG, required=True),
    _URL,
    _SOURCE,
    Column(
        "published_at", "instant of publication; a day when no time is known; empty when unknown", ColumnKind.MOMENT
    ),
    Column(
        "containment",
        "share of the smaller text's shingles that the larger one, copy or original, holds",
        ColumnKind.NUMBER,
    ),
    Column("jaccard", "shingles that both texts have, as a share of those that either has", ColumnKind.NUMBER),
    Column("shared_shingles", "shingles that both texts have", ColumnKind.INTEGER, "shingles"),
    Column("method", "measure and thresholds that recognised the copy; empty for a person's merge"),
    Column("collected_at", "instant at which the article was first collected", ColumnKind.INSTANT, required=True),
    _COUNTS_ON,
    Column("title", "headline; empty when the text has none"),
    Column("language", "ISO 639-1, a script may follow: kk-Latn"),
    Column("original_source", "outlet of the original", required=True),
    Column("original_published_at", "publication of the original, as published_at", ColumnKind.MOMENT),
    Column("original_url", "canonical URL of the original", required=True),
)

MATCHES = (
    _id("match_id", "number of the match in this store"),
    Column("subscription", "name of the subscription", required=True),
    Column(
        "status",
        f"{', '.join(SENT_STATUSES)}: sent; {', '.join(one for one in MatchStatus if one not in SENT_STATUSES)}: kept",
        ColumnKind.WORD,
        required=True,
    ),
    Column("article_id", "as in articles; empty where a match is about no article", ColumnKind.INTEGER),
    Column("url", "as in articles"),
    Column("source", "as in articles"),
    Column("title", "as in articles"),
    Column("matched_at", "instant of the match", ColumnKind.INSTANT, required=True),
    Column("because", "the matched words, with semicolons between them"),
    Column("event", "what matched", required=True),
    Column("subscription_kind", listed(SubscriptionKind), ColumnKind.WORD, required=True),
    Column("query", "the query; for silence the outlet's id, for burst the entity's", required=True),
    Column("revision_id", "the text that matched", ColumnKind.INTEGER),
    Column(
        "began_with_match_id",
        "match that began the story for this subscription; empty for that one",
        ColumnKind.INTEGER,
    ),
    Column("counts_on", "as in articles", ColumnKind.DAY),
)

SOURCES = (
    _SOURCE,
    _SOURCE_NAME,
    Column("country", "ISO 3166-1 alpha-2, or as in the catalogue; empty when unknown"),
    Column("languages", "codes with spaces between them, as the catalogue has them"),
    Column("kind", "kind of outlet, in the catalogue's words"),
    Column("homepage", "address of the front page"),
    Column("paywall", "as the catalogue has it"),
    Column("origin", f"{listed(SourceOrigin)}: origin of the outlet", ColumnKind.WORD, required=True),
    Column("added_at", "instant at which the outlet was added", ColumnKind.INSTANT, required=True),
    _count("feeds", "feeds that are known of it", "feeds"),
    _count("articles", "articles stored of it", "articles"),
    Column("first_counts_on", "first day on which an article of it counts", ColumnKind.DAY),
    Column("last_counts_on", "last such day", ColumnKind.DAY),
    Column("last_collected_at", "instant at which its newest article was collected", ColumnKind.INSTANT),
)

COLUMNS: Mapping[str, tuple[Column, ...]] = {
    "articles": ARTICLES,
    "mentions": MENTIONS,
    "coverage": COVERAGE,
    "cooccurrence": COOCCURRENCE,
    "clusters": CLUSTERS,
    "revisions": REVISIONS,
    "matches": MATCHES,
    "sources": SOURCES,
}
"""The columns by kind of export."""

WITH_TEXT = (
    Column(
        "text_from",
        "page; or feed for the text of a feed, often only its beginning",
        ColumnKind.WORD,
        required=True,
    ),
    Column("text", "the text as it stands now, a paragraph a line"),
)

WITH_CHANGES = (
    Column("previous_revision_id", "the text that stood there before it; empty for the first", ColumnKind.INTEGER),
    Column("title_changed", "whether that one had another headline; empty for the first", ColumnKind.FLAG),
    Column(
        "entities_added",
        "ids of entities that it mentions and that one did not, with spaces between them; empty until both are tagged",
    ),
    Column("entities_removed", "likewise of those that it mentions no more"),
    Column("changes", "changes of the words: a JSON list of {op, old, new}, as in article diff; empty for the first"),
    Column("diff", "the same to be read: a line for each change, [-taken out-] and {+put in+} with a few words around"),
)

OF_REVISIONS = (
    _id("revision_id", "the text that it stands in, as in revisions"),
    Column("observed_at", "instant at which that text was seen at the address", ColumnKind.INSTANT, required=True),
    Column("is_current", "true for the text that the article has now", ColumnKind.FLAG, required=True),
)

DETAILS: Mapping[str, tuple[str, tuple[Column, ...]]] = {
    "text": ("articles", WITH_TEXT),
    "diff": ("revisions", WITH_CHANGES),
    "revisions": ("mentions", OF_REVISIONS),
}
"""The optional details by name: the kind of export, and the columns that they add at the end."""


def columns_with(kind: str, detail: str = "") -> tuple[Column, ...]:
    """Return the columns of a kind of export, including those of a detail."""
    return COLUMNS[kind] + (DETAILS[detail][1] if detail else ())
