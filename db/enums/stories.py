"""The closed sets of stories: the relations of texts, and people's decisions. Pure."""

from __future__ import annotations

from db.enums.base import ClosedSet


class ReprintRelation(ClosedSet):
    """The reason why two texts resemble each other."""

    COPY = "copy", "one is a copy of the other; both are one story"
    HEADLINE = "headline", "the same headline, and one of them has no text; both are one story"
    EDITION = "edition", "two texts of one template: the next weather, rates or verdict"
    BACKGROUND = "background", "each begins with news of its own; they share what stands below"
    COMMONPLACE = "commonplace", "they share only passages that their outlet prints in many articles"
    TEASER = "teaser", "the same few words under headlines that say different things"
    REUSE = "reuse", "notes and credits of one outlet that recur on another day"


class StoryDecisionKind(ClosedSet):
    """The kind of a person's decision about two articles."""

    MERGE = "merge", "they belong to one story"
    SPLIT = "split", "they belong to different stories"
