"""States that Chinese names by one character: 中俄关系 is China and Russia, 访华 a visit to China."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

from worker.vocabulary.toml_table import TomlTable, read_toml

_MOST = 4  # characters of one group: 中俄蒙 is three states


class Sign(NamedTuple):
    """A character at an offset that names a state, by its id."""

    start: int
    state: str


@dataclass(frozen=True, kw_only=True)
class Pairs:
    """The characters that name states, and the words beside them; `vocabulary/pairs.toml` explains each field."""

    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    signs: Mapping[str, str] = field(default_factory=dict)
    partners: Mapping[str, str] = field(default_factory=dict)
    alone: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    both: Mapping[str, str] = field(default_factory=dict)
    offices: tuple[str, ...] = ()
    holders: str = ""
    openers: str = ""

    def find(self, text: str) -> Iterator[Sign]:
        """Yield the characters of a text that name states, in order."""
        if not self.signs:
            return
        for found in self._pattern.finditer(text):
            if found["group"]:
                yield from self._of_group(found["group"], found.start("group"))
            elif found["holder"]:
                yield Sign(found.start("holder"), self.signs[found["holder"]])
            else:
                yield Sign(found.start("one"), self._state_alone(found["verb"] + found["one"]))

    def _of_group(self, group: str, start: int) -> Iterator[Sign]:
        if group in self.both:
            yield from (Sign(start + at, state) for at, state in enumerate(self.both[group].split()))
            return
        for at, sign in enumerate(group):
            if state := self.signs.get(sign):
                yield Sign(start + at, state)
                continue
            beside = (group[max(0, at - 1) : at + 1], group[at : at + 2])
            if state := next((self.partners[pair] for pair in beside if pair in self.partners), None):
                yield Sign(start + at, state)

    def _state_alone(self, pair: str) -> str:
        return self.partners.get(pair) or self.signs[pair[1]]

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        letters = "".join(dict.fromkeys((*self.signs, *"".join((*self.partners, *self.both)))))
        letters = "".join(letter for letter in letters if letter not in self.before)
        follows = "|".join(map(re.escape, self.after))
        alone = "|".join(f"{sign}(?![{''.join(never)}])" for sign, never in self.alone.items())
        verbs = "".join(self.before)
        helped = "|".join(f"(?<={pair[0]}){pair[1]}" for pair in self.partners if pair[0] in verbs)
        one = f"{alone}|{helped}" if helped else alone
        listed = f"(?:、[{letters}]{{2,{_MOST}}}){{0,3}}"
        offices = "|".join(map(re.escape, self.offices)) or "(?!)"
        return re.compile(
            f"(?P<group>[{letters}]{{2,{_MOST}}})(?={listed}(?:{follows}))|(?P<verb>[{verbs}])(?P<one>{one})"
            f"|(?:^|(?<=[\\s{re.escape(self.openers)}]))(?P<holder>[{self.holders or letters}])(?={offices})",
            re.MULTILINE,
        )

    def to_json(self) -> dict[str, Any]:
        """Return the plain values for `parse_pairs`."""
        return {
            "before": list(self.before),
            "after": list(self.after),
            "signs": dict(self.signs),
            "partners": dict(self.partners),
            "alone": {sign: list(never) for sign, never in self.alone.items()},
            "both": dict(self.both),
            "offices": list(self.offices),
            "holders": self.holders,
            "openers": self.openers,
        }


NO_PAIRS = Pairs()


def parse_pairs(content: Mapping[str, Any]) -> Pairs:
    """Return the pairs written by `to_json`."""
    alone = {sign: tuple(never) for sign, never in content["alone"].items()}
    before, after, both = tuple(content["before"]), tuple(content["after"]), content.get("both", {})
    offices, holders, openers = (
        tuple(content.get("offices", ())),
        content.get("holders", ""),
        content.get("openers", ""),
    )
    return Pairs(
        before=before,
        after=after,
        signs=content["signs"],
        partners=content["partners"],
        alone=alone,
        both=both,
        offices=offices,
        holders=holders,
        openers=openers,
    )


def read_pairs(path: Path, problems: list[str]) -> Pairs:
    """Return the pairs of a vocabulary's `pairs.toml`, none without one; problems are added to `problems`."""
    if not path.exists():
        return NO_PAIRS
    try:
        table = TomlTable(read_toml(path), path.name, problems)
    except ValueError as error:
        problems.append(f"{path.name}: {error}")
        return NO_PAIRS
    before, after = table.words("before"), table.words("after")
    signs, partners, alone, both = (
        {key: str(value) for key, value in table.table(name).items()} for name in ("signs", "partners", "alone", "both")
    )
    offices = table.words("offices")
    holders, openers = ("".join(table.words(key)) for key in ("holders", "openers"))
    table.done()
    for name, entries, length in (
        ("signs", signs, 1),
        ("partners", partners, 2),
        ("alone", alone, 1),
        ("both", both, 2),
    ):
        for key in entries:
            if len(key) != length:
                table.wrong(f"{name}.{key}", f"must be {length} characters")
    for key, value in both.items():
        if len(value.split()) != len(key):
            table.wrong(f"both.{key}", "must be two states")
    never_before = {sign: tuple(never.split()) for sign, never in alone.items()}
    for sign in sorted(set(holders) - set(signs)):
        table.wrong("holders", f"{sign} is none of signs")
    return Pairs(
        before=before,
        after=after,
        signs=signs,
        partners=partners,
        alone=never_before,
        both=both,
        offices=offices,
        holders=holders,
        openers=openers,
    )
