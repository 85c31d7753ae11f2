"""The columns of exports about articles: articles, their texts and mentions, and their reprints."""

from __future__ import annotations

from db.enums.articles import Genre
from db.enums.base import listed
from db.enums.vocabulary import MentionField, MentionLevel
from worker.export.formats.column import (
    ARTICLE_ID,
    COUNTS_ON,
    SOURCE,
    SOURCE_NAME,
    URL,
    Column,
    ColumnKind,
    count_column,
    id_column,
)

ARTICLES = (
    ARTICLE_ID,
    URL,
    SOURCE,
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
    SOURCE_NAME,
    COUNTS_ON,
    Column(
        name="date_is_assumed",
        meaning="true: the date of publication is unknown; counts_on is the day of collection",
        kind=ColumnKind.FLAG,
        required=True,
    ),
    count_column("revisions", "number of different texts seen at this address", "texts"),
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
    ARTICLE_ID,
    Column(
        name="field", meaning=f"{listed(MentionField)}: where the mention stands", kind=ColumnKind.WORD, required=True
    ),
    count_column("start", "offset of its first character in that field", "code points"),
    count_column("end", "offset after its last character", "code points"),
    Column(name="surface", meaning="the words as they stand there", required=True),
    Column(name="entity", meaning="id of the entity in the vocabulary", required=True),
    Column(name="type", meaning="type of the entity: person, organisation, place, concept …", required=True),
    Column(name="level", meaning=listed(MentionLevel), kind=ColumnKind.WORD, required=True),
    Column(name="alias", meaning="spelling of the vocabulary that matched", required=True),
    Column(name="language", meaning="language of the alias; empty when it is of none"),
    Column(name="rule", meaning="rule of matching that was used", kind=ColumnKind.WORD, required=True),
    Column(name="vocabulary_version", meaning="vocabulary it was found with", kind=ColumnKind.WORD, required=True),
    URL,
    SOURCE,
    COUNTS_ON,
    Column(name="metonym_of", meaning="entity for which a capital stands here; otherwise empty"),
)

REVISIONS = (
    id_column("revision_id", "number of the text in this store"),
    ARTICLE_ID,
    URL,
    SOURCE,
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
    count_column("characters", "length of the text", "code points"),
    Column(
        name="content_hash",
        meaning="xxh3-128 of title and text: equal texts have equal hashes",
        kind=ColumnKind.WORD,
        required=True,
    ),
    Column(name="vocabulary_version", meaning="vocabulary it was read with; empty until then", kind=ColumnKind.WORD),
    COUNTS_ON,
)

CLUSTERS = (
    id_column("cluster_id", "article_id of the original, which the others were copied from"),
    ARTICLE_ID,
    Column(
        name="is_original",
        meaning="true for the original itself, which comes first",
        kind=ColumnKind.FLAG,
        required=True,
    ),
    URL,
    SOURCE,
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
    COUNTS_ON,
    Column(name="title", meaning="headline; empty when the text has none"),
    Column(name="language", meaning="ISO 639-1, a script may follow: kk-Latn"),
    Column(name="original_source", meaning="outlet of the original", required=True),
    Column(
        name="original_published_at", meaning="publication of the original, as published_at", kind=ColumnKind.MOMENT
    ),
    Column(name="original_url", meaning="canonical URL of the original", required=True),
)

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
    id_column("revision_id", "the text that it stands in, as in revisions"),
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
