"""The closed sets of `db.models.vocabulary`: mentions. Pure."""

from __future__ import annotations

from db.enums.base import ClosedSet


class MentionLevel(ClosedSet):
    """The directness with which a mention names its entity."""

    NAME = "name", "by its own name, or a short form of it"
    DEMONYM = "demonym", "by a people or an adjective: “the Kazakhs”"
    CONCEPT = "concept", "by a word for an idea"


class MentionField(ClosedSet):
    """The field of a mention."""

    TITLE = "title", "in the headline"
    TEXT = "text", "in the text"


class MentionRule(ClosedSet):
    """The rule by which a mention counts."""

    EXACT = "exact", "spelled as in the vocabulary"
    INFLECTED = "inflected", "with an ending of its language"
    PLURAL = "plural", "with the ending of the plural"
    POSSESSIVE = "possessive", "with an ending after an apostrophe"
    SMALL = "small", "in lower case, in a text without capitals or if it is not a common word"
    COMPOUND = "compound", "a part of a word with hyphens"
    CONTEXT = "context", "a term of context_any is near"
    FULL_NAME = "full-name", "an unambiguous name is also in the article"
    OFFICE = "office", "the person's office is in the article, or was held on its day by this bearer of the surname"
    NEAREST = "nearest", "the nearest of several possible entities"
    CAPITALS = "capitals", "capitals are meaningless in this line, and the article names something else"
    DEFINED = "defined", "the article defines this acronym"


class EntityType(ClosedSet):
    """The type of an entity."""

    STATE = "state", "a country"
    ALLIANCE = "alliance", "a union or alliance of states"
    ORGANISATION = "organisation", "a body: ministry, agency, party, group"
    COMPANY = "company", "a firm"
    OUTLET = "outlet", "a publisher of news"
    PERSON = "person", "a human being"
    PLACE = "place", "a town, river, base or other spot"
    REGION = "region", "a part of a country, or of the world"
    EVENT = "event", "a war, exercise, summit or unrest"
    DOCUMENT = "document", "a treaty, law or strategy"
    WEAPON = "weapon", "a weapon, or a system of weapons"
    CONCEPT = "concept", "an idea or theme"
