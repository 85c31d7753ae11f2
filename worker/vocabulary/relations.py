"""The kinds of relations between the entities of a vocabulary."""

from __future__ import annotations

from enum import StrEnum


class RelationKind(StrEnum):
    """The kind of a relation: to another entity, or to a word or a date for a fact."""

    MEMBER_OF = "member_of"
    FORMER_MEMBER_OF = "former_member_of"
    OBSERVER_OF = "observer_of"
    DIALOGUE_PARTNER_OF = "dialogue_partner_of"
    MEMBER = "member"
    LEADER = "leader"
    LEADER_OF = "leader_of"
    MINISTER_OF = "minister_of"
    OFFICIAL_OF = "official_of"
    SEAT_OF = "seat_of"
    CITIZEN_OF = "citizen_of"
    FAMILY_OF = "family_of"
    AFFILIATED_WITH = "affiliated_with"
    PART_OF = "part_of"
    CAPITAL_OF = "capital_of"
    LOCATED_IN = "located_in"
    BASED_IN = "based_in"
    MADE_BY = "made_by"
    OPERATED_BY = "operated_by"
    LEASED_BY = "leased_by"
    ISSUED_BY = "issued_by"
    SUCCEEDED_BY = "succeeded_by"
    RELATED = "related"
    NAMED = "named"
    FOUNDED = "founded"
    DISSOLVED = "dissolved"


FACTS = (RelationKind.NAMED, RelationKind.FOUNDED, RelationKind.DISSOLVED)
"""Relations with a word or a date as target."""
RELATIONS = tuple(kind for kind in RelationKind if kind not in FACTS)
"""Relations with an entity as target."""
