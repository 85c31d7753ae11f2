"""Words after a name that make it another entity's: a region of another state, or Jr."""

from __future__ import annotations

from collections.abc import Sequence

from db.enums.vocabulary import EntityType
from worker.tagging.aliases.forms import Hit
from worker.tagging.namesakes import JUNIOR_BEGINS, is_junior
from worker.tagging.vetoes import Veto
from worker.vocabulary.regions import REGION_BEGINS, Regions

_BEGINS = JUNIOR_BEGINS | REGION_BEGINS


def ruled_out(text: str, hits: Sequence[Hit], regions: Regions) -> dict[Hit, Veto]:
    """Return the hits ruled out by the following words (another place, or a son of the same name), with the reason."""
    found: dict[Hit, Veto] = {}
    for hit in [hit for hit in hits if text[-hit[1] : 2 - hit[1]] in _BEGINS]:
        entity = hit.form.entity
        if entity.type == EntityType.PERSON:
            if is_junior(text, -hit.minus_end):
                found[hit] = Veto.OTHER_PERSON
        elif regions.is_elsewhere(text, -hit.minus_end, entity):
            found[hit] = Veto.ELSEWHERE
    return found
