"""Places of the same name: a town that the region after its name puts elsewhere (London, Ontario)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Protocol

from db.enums.vocabulary import EntityType
from worker.vocabulary.relations import RelationKind
from worker.vocabulary.toml_table import TomlTable, read_toml


class RelationLike(Protocol):
    """A relation of a place to a state."""

    @property
    def kind(self) -> str: ...
    @property
    def target(self) -> str: ...


class RegionPlace(Protocol):
    """An entity with its location."""

    @property
    def id(self) -> str: ...
    @property
    def type(self) -> str: ...
    @property
    def relations(self) -> Sequence[RelationLike]: ...


_TYPES = frozenset(map(str, (EntityType.PLACE, EntityType.STATE)))
REGION_BEGINS = frozenset((", ", " ("))
"""Two characters with which a region begins after a name."""
_STATE_WORDS = (r"штат\w{0,2} ", r"провинци\w ", "province of ", "state of ")
_ENDING = r"(?:[’'][^\W\d_]{1,5}|[^\W\d_]{0,3})"  # of a case
_ENDS_ADDRESS = re.compile(
    r"[ \u00a0]?(?:[.;()!?–—»”\n]|$|,(?![ \u00a0](?:and|or|и|или|[A-ZА-ЯЁ]))|(?:on|in|at|for|since|where|last)\b)"
)
"""Text after an address; before other text, a region of the own state begins the next part of a sentence."""
_ABBREVIATION = re.compile(r"[A-Z]{2,3}|.*\.")


@dataclass(frozen=True)
class Regions:
    """Names of regions under the id of the state they belong to; the states need not be in the vocabulary."""

    names: Mapping[str, tuple[str, ...]]

    def is_elsewhere(self, text: str, end: int, entity: RegionPlace) -> bool:
        """Return whether a region of another state follows the name of a place that ends at `end`.

        Or one of its own state, in the form of an address: the capital is in none (Washington, Pa.).
        """
        if entity.type not in _TYPES or text[end : end + 2] not in REGION_BEGINS:
            return False
        found = self._pattern.match(text, end + 2) if text[end + 2 : end + 3] in self._firsts else None
        if found is None:
            return False
        home = {
            entity.id,
            *(one.target for one in entity.relations if one.kind in (RelationKind.CAPITAL_OF, RelationKind.LOCATED_IN)),
        }
        if found.lastgroup is None or found.lastgroup.replace("_", "-") not in home:
            return found.lastgroup is not None
        is_address = _ABBREVIATION.fullmatch(found[0]) or _ENDS_ADDRESS.match(text, found.end())
        return entity.type == EntityType.PLACE and is_address is not None

    @cached_property
    def _firsts(self) -> frozenset[str]:
        """The possible first letters of a region."""
        return frozenset(name[0] for names in self.names.values() for name in (*names, *_STATE_WORDS) if name)

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        groups = []
        for state, names in self.names.items():
            longest_first = sorted(names, key=len, reverse=True)
            exact = "|".join(re.escape(name) for name in longest_first if _ABBREVIATION.fullmatch(name))
            spelled = "|".join(_stem(name) + _ENDING for name in longest_first if not _ABBREVIATION.fullmatch(name))
            spelled = f"(?:{'|'.join(_STATE_WORDS)})?(?:{spelled})"
            groups.append(f"(?P<{state.replace('-', '_')}>{spelled}|(?:{exact or '(?!)'}))")
        return re.compile(f"(?:{'|'.join(groups)})(?![^\\W_])")

    def to_json(self) -> dict[str, list[str]]:
        """Return the plain values for `parse_regions`."""
        return {state: list(names) for state, names in self.names.items()}


NOWHERE = Regions({})


def parse_regions(content: Mapping[str, list[str]]) -> Regions:
    """Return the regions written by `to_json`."""
    return Regions({state: tuple(names) for state, names in content.items()})


def read_regions(path: Path, problems: list[str]) -> Regions:
    """Return the regions of a vocabulary's `regions.toml`, none without one; problems are added to `problems`."""
    if not path.exists():
        return NOWHERE
    try:
        content = read_toml(path)
    except ValueError as error:
        problems.append(f"{path.name}: {error}")
        return NOWHERE
    table = TomlTable(content, path.name, problems)
    names: dict[str, tuple[str, ...]] = {}
    for state in content:
        found = " ".join(table.words(state)).split("|")
        names[state] = tuple(name.strip() for name in found if name.strip())
    table.done()
    return Regions(names)


def _stem(name: str) -> str:
    """Return a pattern for a name without its last vowel, which a case may change: Калифорни(я)."""
    return re.escape(name[:-1] if name[-1] in "аяую" else name)
