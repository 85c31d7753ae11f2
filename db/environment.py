"""Reading a class of settings from the environment: values of each type, with limits, and all problems at once.

Not a library, because every command reads settings: the usual one takes a tenth of the run time of a whole command.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import Field, dataclass, field
from pathlib import Path
from typing import Any, TypeVar

T = TypeVar("T")

_MEANS = {"true": True, "yes": True, "on": True, "1": True, "false": False, "no": False, "off": False, "0": False}


class WrongSettings(ValueError):
    """Unusable values. `problems` has the reason for each setting, by name, without the value."""

    def __init__(self, problems: Mapping[str, str]) -> None:
        super().__init__("; ".join(f"{name}: {problem}" for name, problem in problems.items()))
        self.problems = problems


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """The declaration of a setting: its default, its meaning and the limits of its value."""

    default: Any
    """The value, or a function that makes it."""
    meaning: str
    least: float | None
    most: float | None
    above: float | None
    check: Callable[[Any], Any] | None
    """Converts the value after reading. Raises ValueError."""

    @property
    def usual(self) -> Any:
        """Return the default value."""
        return self.default() if callable(self.default) else self.default


_UNREAD: Any = object()


def setting(
    default: T | Callable[[], T],
    meaning: str,
    *,
    least: float | None = None,
    most: float | None = None,
    above: float | None = None,
    check: Callable[[T], T] | None = None,
) -> T:
    """Return the dataclass field of a setting for `read_values`."""
    about = About(default=default, meaning=meaning, least=least, most=most, above=above, check=check)
    unread: T = field(default=_UNREAD, metadata={"about": about})
    return unread


def about(one: Field[Any]) -> About:
    """Return the declaration of a setting."""
    known: About = one.metadata["about"]
    return known


def read_values(
    settings: tuple[Field[Any], ...], made_with: Mapping[str, Any], environment: Mapping[str, str], prefix: str
) -> tuple[dict[str, Any], frozenset[str]]:
    """Return all values by name, and the names of those set explicitly: by the caller, or else in the environment.

    Names in the environment may be written in any letter case. Raises WrongSettings.
    """
    written = {name.upper(): value for name, value in environment.items()}
    values, explicit, problems = {}, set(), {}
    for one in settings:
        value = made_with[one.name]
        if value is _UNREAD:
            value = written.get(f"{prefix}{one.name}".upper(), _UNREAD)
        if value is _UNREAD:
            values[one.name] = about(one).usual
            continue
        explicit.add(one.name)
        try:
            values[one.name] = _checked(one, value)
        except ValueError as error:
            problems[one.name] = str(error)
    if problems:
        raise WrongSettings(problems)
    return values, frozenset(explicit)


def _checked(one: Field[Any], value: Any) -> Any:
    known = about(one)
    read = _READERS[str(one.type)](value)
    if known.least is not None and read < known.least:
        raise ValueError(f"less than {known.least}")
    if known.most is not None and read > known.most:
        raise ValueError(f"more than {known.most}")
    if known.above is not None and read <= known.above:
        raise ValueError(f"not more than {known.above}")
    return read if known.check is None else known.check(read)


def _whole(value: Any) -> int:
    try:
        return int(value)
    except (TypeError, ValueError):
        raise ValueError("not a whole number") from None


def _number(value: Any) -> float:
    try:
        number = float(value)
    except (TypeError, ValueError):
        raise ValueError("not a number") from None
    if not math.isfinite(number):
        raise ValueError("not a number")
    return number


def _yes_or_no(value: Any) -> bool:
    if isinstance(value, bool):
        return value
    meant = _MEANS.get(str(value).strip().lower())
    if meant is None:
        raise ValueError("not true or false")
    return meant


def _path_or_none(value: Any) -> Path | None:
    return Path(value) if value not in (None, "") else None


# annotations are text
_READERS: Mapping[str, Callable[[Any], Any]] = {
    "str": str,
    "int": _whole,
    "float": _number,
    "bool": _yes_or_no,
    "Path": Path,
    "Path | None": _path_or_none,
}
