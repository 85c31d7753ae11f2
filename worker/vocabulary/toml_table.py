"""A reader for one reviewable TOML file: typed access to its keys, and a sentence for each problem."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from pathlib import Path

from worker.lib.named_file import open_named

ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_MOST_A_LINE = 10_000
"""Bytes: tomllib is quadratic in the dots of a key."""
MAX_BYTES = 1_000_000


class ProblemsFound(Exception):
    """An unusable folder of files; `problems` has a sentence for each fault."""

    def __init__(self, problems: tuple[str, ...]) -> None:
        super().__init__(problems)
        self.problems = problems

    def __str__(self) -> str:
        return "\n".join(self.problems)


def read_toml(path: Path) -> dict[str, object]:
    """Return the content of a file; raise ValueError with a sentence if it is not readable TOML."""
    try:
        with open_named(path) as file:
            content = file.read(MAX_BYTES + 1)
        if len(content) > MAX_BYTES:
            raise ValueError(f"is larger than {MAX_BYTES:,} bytes")
        if any(len(line) > _MOST_A_LINE for line in content.splitlines()):
            raise ValueError(f"has a line of more than {_MOST_A_LINE:,} bytes")
        return tomllib.loads(content.decode("utf-8"))
    except OSError as error:
        raise ValueError(f"cannot be read: {(error.strerror or str(error)).lower()}") from None
    except UnicodeDecodeError as error:
        raise ValueError(f"is not UTF-8 (byte {error.start})") from None
    except RecursionError:
        raise ValueError("is nested too deeply") from None
    except tomllib.TOMLDecodeError as error:
        raise ValueError(f"is not valid TOML: {error}") from None


class TomlTable:
    """A table of a TOML file whose keys are taken one by one; problems are added to `problems`.

    A getter returns an empty value of its type for a missing or wrong key, so that one reading finds every problem.
    `done` reports the unused keys.
    """

    def __init__(self, content: dict[str, object], where: str, problems: list[str], prefix: str = "") -> None:
        self._content = dict(content)
        self._where = where
        self._prefix = prefix
        self._problems = problems

    def wrong(self, field: str, what: str) -> None:
        """Add a problem of one field."""
        self._problems.append(f"{self._where}: {self._prefix}{field}: {what}")

    def text(self, key: str, *, required: bool = False, one_of: Sequence[str] = ()) -> str:
        """Return a string without space around it, "" when missing."""
        if key not in self._content:
            if required:
                self.wrong(key, "is missing")
            return ""
        value = self._content.pop(key)
        if not isinstance(value, str) or value != value.strip() or not value.isprintable():
            self.wrong(key, f"must be one line of text without space around it, not {value!r}")
            return ""
        if not value:
            self.wrong(key, "is empty; leave the key out instead")
        elif one_of and value not in one_of:
            self.wrong(key, f"unknown value {value!r}; known are {', '.join(one_of)}")
        return value

    def flag(self, key: str) -> bool:
        """Return a boolean, false when missing."""
        value = self._content.pop(key, False)
        if not isinstance(value, bool):
            self.wrong(key, f"must be true or false, not {value!r}")
        return value is True

    def number(self, key: str) -> int:
        """Return a whole number of at least 0, which it is when missing."""
        value = self._content.pop(key, 0)
        if isinstance(value, bool) or not isinstance(value, int) or value < 0:
            self.wrong(key, f"must be a whole number, not {value!r}")
            return 0
        return value

    def items(self, key: str) -> list[object]:
        """Return an array of any values, empty when missing."""
        value = self._content.pop(key, [])
        if not isinstance(value, list):
            self.wrong(key, f"must be an array, not {value!r}")
            return []
        return value

    def texts(self, key: str) -> tuple[str, ...]:
        """Return an array of non-empty strings."""
        found: list[str] = []
        for at, value in enumerate(self.items(key)):
            if isinstance(value, str) and value and value == value.strip() and value.isprintable():
                found.append(value)
            else:
                self.wrong(f"{key}[{at}]", f"must be one line of text without space around it, not {value!r}")
        return tuple(found)

    def words(self, key: str) -> tuple[str, ...]:
        """Return the words of a string that may have several lines, none when it is missing."""
        value = self._content.pop(key, "")
        if not isinstance(value, str):
            self.wrong(key, f"must be words separated by spaces, not {value!r}")
            return ()
        return tuple(value.split())

    def table(self, key: str) -> dict[str, object]:
        """Return a table's content, empty when missing."""
        value = self._content.pop(key, {})
        if not isinstance(value, dict):
            self.wrong(key, f"must be a table, not {value!r}")
            return {}
        return value

    def within(self, content: object, field: str) -> TomlTable:
        """Return the reader of a table nested in this one; anything that is no table is a problem."""
        if not isinstance(content, dict):
            self.wrong(field, f"must be a table, not {content!r}")
            content = {}
        return TomlTable(content, self._where, self._problems, f"{self._prefix}{field}.")

    def done(self) -> None:
        """Report the unused keys."""
        for key in self._content:
            self.wrong(key, "unknown key")
