"""The columns of each export, in their order. New ones are added at the end; none changes its meaning."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, auto


class Kind(Enum):
    """How the values of a column are written."""

    PLAIN = auto()
    """Texts, numbers and days."""
    MOMENT = auto()
    """Instants; a day where only that is known."""
    FLAG = auto()
    """True or false."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of an export and what its values mean."""

    name: str
    meaning: str
    kind: Kind = Kind.PLAIN


ARTICLES = (
    Column("article_id", "number of the article in this store"),
    Column("url", "address of the article, as last seen"),
    Column("source", "outlet: its id in the catalogue, for an unknown outlet its registrable domain"),
    Column("source_name", "outlet, for display"),
    Column("title", "headline; empty when the text has none"),
    Column("author", "by-line; empty when nobody is named"),
    Column("language", "ISO 639-1, a script may follow: kk-Latn"),
    Column("published_at", "instant of publication; a day when no time is known; empty when unknown", Kind.MOMENT),
    Column("collected_at", "instant at which the article was first collected", Kind.MOMENT),
    Column("counts_on", "day (UTC) on which it counts: of publication, else of collection"),
    Column("date_is_assumed", "true: nobody says when it was published, it counts on the day of collection", Kind.FLAG),
    Column("cluster_id", "article_id of the original that this one is or copies; empty until compared"),
    Column("is_original", "false for a reprint; empty until compared", Kind.FLAG),
    Column("revisions", "how many different texts stood at this address"),
    Column("canonical_url", "the one spelling of the address under which the article is stored"),
    Column("original_url", "canonical_url of the cluster's original"),
    Column("genre", "analysis, opinion, news or statement, by page, address or outlet; empty when none says so"),
    Column("in_scope", "true: commentary on Central Asian security, by the vocabulary's definition", Kind.FLAG),
)

MENTIONS = (
    Column("article_id", "as in articles"),
    Column("field", "title or text: where the mention stands"),
    Column("start", "offset of its first character in that field, in code points"),
    Column("end", "offset after its last character"),
    Column("surface", "the words as they stand there"),
    Column("entity", "id of the entity in the vocabulary"),
    Column("type", "type of the entity: person, organisation, place, concept …"),
    Column("level", "name, demonym or concept"),
    Column("alias", "spelling of the vocabulary that matched"),
    Column("language", "language of the alias; empty when it is of none"),
    Column("rule", "rule of matching that was used"),
    Column("vocabulary_version", "vocabulary it was found with"),
    Column("url", "as in articles"),
    Column("source", "as in articles"),
    Column("counts_on", "as in articles"),
    Column("metonym_of", "entity for which a capital stands here; otherwise empty"),
)

COVERAGE = (
    Column("day", "day (UTC) on which the articles count"),
    Column("entity", "id of the entity in the vocabulary"),
    Column("source", "as in articles"),
    Column("articles", "articles of the outlet that mention the entity, reprints included"),
    Column("stories", "clusters among them; a story of two outlets or two days is in both rows: never add these up"),
    Column("mentions", "how often they mention it, at any level"),
    Column("entity_label", "entity, for display"),
    Column("entity_type", "type of the entity"),
    Column("source_name", "outlet, for display"),
)

COLUMNS: Mapping[str, tuple[Column, ...]] = {"articles": ARTICLES, "mentions": MENTIONS, "coverage": COVERAGE}
"""The columns by kind of export."""
