"""The reasons why a name in a text does not count."""

from __future__ import annotations

from db.enums.base import ClosedSet


class Veto(ClosedSet):
    """The reason why a name does not count; its meaning is the sentence for a reader."""

    DECOY = "decoy", "it is part of a name that means something else"
    ELSEWHERE = "elsewhere", "a region of another state follows, so it is a town of the same name"
    AGAINST = "against", "a term of context_none stands near"
    NO_CONTEXT = "no-context", "it is ambiguous and nothing in the article speaks for it"
    OTHER_PERSON = (
        "other-person",
        "a given name, an initial or Jr. says that it is another person, here or earlier in the article",
    )
    CAPITALS = "capitals", "capitals say nothing here and the article names nothing else"
    DEFINED = "defined", "the article defines this acronym as something else"
    NEAREST = "nearest", "what else it names is nearer"
    LONGEST = "longest", "it is inside a longer name or across one"
    ENDING = "ending", "the word goes on, and not with an ending of the language"
    CASE = "case", "capital and small letters are not those of the name"
    PUNCTUATION = "punctuation", "a comma, a point or the like stands between its words"
