"""All settings, read once from the environment (`STEPPEWATCH_…`) at the entry point of a process.

In the lowest package because every process needs the database. Nothing below an entry point calls `load()`.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterable
from dataclasses import Field, dataclass, field, fields, replace
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any, NoReturn

from db.environment import WrongSettings, about, read_values, setting
from db.net.hostports import parse_host_ports

PREFIX = "STEPPEWATCH_"
_NOT_OURS = ("STEPPEWATCH_SHARED", "STEPPEWATCH_TEST_")
"""Names, or beginnings of names, that belong to the test suite."""
_LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")


def _usual_data_dir() -> Path:
    from platformdirs import user_data_dir

    return Path(user_data_dir("steppewatch", appauthor=False))


def _absolute(value: Path) -> Path:
    return value.expanduser().absolute()


def _host_ports(value: str) -> str:
    parse_host_ports(value)
    return value


def _time_zone(value: str) -> str:
    from zoneinfo import ZoneInfo

    try:
        ZoneInfo(value)
    except (KeyError, ValueError, OSError) as error:
        raise ValueError(f"no time zone is called {value!r}") from error
    return value


def _web_address(value: str) -> str:
    if value and not value.startswith(("https://", "http://")):
        raise ValueError("not an address that begins with https:// or http://")
    if not re.fullmatch(r"[!#-;=?-~]*", value):
        raise ValueError("an address has no blanks, and a host of other letters is written as xn--…")
    return value.rstrip("/")


class MailTls(StrEnum):
    """The encryption of the connection to the mail server."""

    STARTTLS = "starttls"
    TLS = "tls"
    NONE = "none"


def _tls_mode(value: str) -> str:
    if value not in list(MailTls):
        raise ValueError(f"not one of {', '.join(MailTls)}: {value!r}")
    return value


def _sender(value: str) -> str:
    from email.utils import parseaddr

    local, _, domain = parseaddr(value)[1].rpartition("@")
    try:
        host = domain.encode("idna").decode()
    except UnicodeError:
        host = ""
    if not value.isprintable() or not re.fullmatch(r"[\w!#$%&'*+/=?^`{|}~.-]{1,64}@[\w.-]+", f"{local}@{host}", re.A):
        raise ValueError("not like: Steppewatch <alerts@office.example>")
    return value


def _log_level(value: str) -> str:
    if value.upper() not in _LOG_LEVELS:
        raise ValueError(f"not one of {', '.join(_LOG_LEVELS)}: {value!r}")
    return value.upper()


@dataclass(frozen=True, kw_only=True)
class Settings:
    """The operator's settings. Every field is `STEPPEWATCH_` and its name in capitals.

    Fields not passed to the constructor are read from the environment. Raises WrongSettings.
    """

    data_dir: Path = setting(
        _usual_data_dir,
        "Folder of the embedded database, the broker's log and all other files.",
        check=_absolute,
    )
    database_url: str = setting("", "SQLAlchemy URL; empty: SQLite in the data directory.")
    broker_url: str = setting("", "Celery broker URL; empty: `up` starts its own.")
    worker_processes: int = setting(2, "Celery pool size of `up` and `worker`.", least=1, most=64)
    batch_size: int = setting(20, "Captures per Celery message.", least=1, most=200)
    lease_s: int = setting(60, "Duration of a claim; after it the row can be claimed again.", least=2, most=3600)
    sweep_every_s: float = setting(
        1.0, "Interval at which waiting rows without a message are queued again.", least=0.1, most=60
    )
    waiting_max: int = setting(2_000, "Captures waiting for a worker at which the crawler pauses.", least=10)

    time_zone: str = setting(
        "UTC",
        "Time zone in which days begin, such as `Asia/Almaty`; after a change `migrate` re-dates the archive.",
        check=_time_zone,
    )
    keep_captures_days: float = setting(30, "How long raw captures are kept once processed.", above=0)
    captures_max_mb: float = setting(2_000, "Maximum size of raw captures; the oldest are deleted first.", above=0)

    user_agent: str = setting(
        "Steppewatch/0.1 (media monitoring; feeds and public articles)",
        "User agent of the crawler; add an address where outlets can reach you.",
    )
    host_delay_s: float = setting(5.0, "Minimum pause between two requests to one host.", least=0, most=3600)
    poll_every_s: float = setting(
        300.0,
        "Shortest pause between two polls of a feed, unless a hub tells of new entries; "
        "how long it is follows from what the feed publishes and asks for.",
        least=1,
        most=2_592_000,
    )
    poll_at_least_every_s: float = setting(
        86_400.0, "Longest pause between two polls of a feed.", least=1, most=2_592_000
    )
    fetch_timeout_s: float = setting(30.0, "Longest time for one response.", least=1)
    fetch_max_bytes: int = setting(10_000_000, "Largest response, after decompression.", least=1_000)
    redirects_max: int = setting(5, "Maximum of redirects followed.", least=0, most=20)
    concurrent_requests: int = setting(32, "Simultaneous requests to all hosts.", least=1, most=512)
    allow_private_hosts: str = setting(
        "",
        "Comma-separated host:port pairs on private or loopback addresses that the crawler may fetch.",
        check=_host_ports,
    )
    recheck: bool = setting(True, "Fetch known articles again to detect silent edits.")

    public_url: str = setting(
        "",
        "Public address of the pages, for links in messages and hubs that tell of new entries: https://watch.example.",
        check=_web_address,
    )
    page_is_guarded: bool = setting(
        False,
        "True if a proxy or a port mapping restricts access to the page; "
        "otherwise, on any address but loopback, it shows only the pages that messages link to.",
    )
    smtp_host: str = setting("", "Mail server that takes alerts; empty: mail waits.")
    smtp_port: int = setting(587, "Its port: 587 for starttls, 465 for tls.", least=1, most=65_535)
    smtp_tls: str = setting(MailTls.STARTTLS.value, "starttls, tls (from the first byte) or none.", check=_tls_mode)
    smtp_user: str = setting("", "User name at the mail server; empty: no login.")
    smtp_password_file: Path | None = setting(None, "File that holds the password and nothing else.")
    mail_from: str = setting("Steppewatch <steppewatch@localhost>", "Sender of alerts.", check=_sender)
    operator_email: str = setting("", "Mail address for notices about failing channels.")
    mail_per_minute: int = setting(60, "Maximum of mails to one address per minute.", least=1)
    webhook_per_minute: int = setting(600, "Maximum of calls to one webhook per minute.", least=1)
    chat_per_minute: int = setting(20, "Maximum of messages to one chat per minute.", least=1)

    log_level: str = setting(
        "INFO",
        "INFO: the results of each outlet per minute; DEBUG: each poll and page with its status; WARNING; or ERROR.",
        check=_log_level,
    )

    given: frozenset[str] = field(init=False, repr=False, compare=False)
    """Names of the fields set explicitly."""

    def __post_init__(self) -> None:
        made_with = {one.name: getattr(self, one.name) for one in _all()}
        values, explicit = read_values(_all(), made_with, os.environ, PREFIX)
        for name, value in {**values, "given": explicit}.items():
            object.__setattr__(self, name, value)

    def but(self, **values: Any) -> Settings:
        """Return a copy with some other values, which count as set explicitly."""
        changed = replace(self, **values)
        object.__setattr__(changed, "given", self.given | values.keys())
        return changed

    def plain(self) -> dict[str, str | int | float | bool | None]:
        """Return all values by name, paths as text; `Settings` can be created from them again."""
        values = {one.name: getattr(self, one.name) for one in _all()}
        return {name: str(value) if isinstance(value, Path) else value for name, value in values.items()}

    @property
    def database(self) -> str:
        """Return the SQLAlchemy URL in force."""
        return self.database_url or f"sqlite:///{self.data_dir / 'steppewatch.db'}"

    @property
    def cache_dir(self) -> Path:
        """Return the folder of reproducible data."""
        return self.data_dir / "cache"


def _all() -> tuple[Field[Any], ...]:
    return tuple(one for one in fields(Settings) if one.init)


def names() -> list[str]:
    """Return the names of all settings as environment variables."""
    return [f"{PREFIX}{one.name.upper()}" for one in _all()]


@cache
def load() -> Settings:
    """Return the settings of this process; exit if they are unusable.

    It exits with status 2 and one sentence per problem on stderr under any parent: a command, Celery, uvicorn or a
    supervisor.
    """
    refuse_unknown_names()
    try:
        return Settings()
    except WrongSettings as error:
        _end(wrong_values(error))


def refuse_unknown_names() -> None:
    """Exit, as `load` does, if the environment has names of settings that do not exist."""
    problems = unknown_names(os.environ)
    if problems:
        _end(problems)


def unknown_names(environment: Iterable[str]) -> tuple[str, ...]:
    """Return a sentence for each unknown `STEPPEWATCH_…` name, with the most similar setting."""
    known = names()
    prefixed = sorted(
        name for name in environment if name.upper().startswith(PREFIX) and not name.startswith(_NOT_OURS)
    )
    return tuple(
        f"{_printable(name)} is not a setting; did you mean {_nearest(name.upper(), known)}?"
        for name in prefixed
        if name.upper() not in known
    )


def wrong_values(error: WrongSettings) -> tuple[str, ...]:
    """Return a sentence for each unusable value. The value is not repeated: it may be a password."""
    return tuple(f"{PREFIX}{name.upper()}: {problem}" for name, problem in error.problems.items())


def _nearest(name: str, known: list[str]) -> str:
    import difflib

    return difflib.get_close_matches(name, known, n=1, cutoff=0)[0]


def _printable(name: str) -> str:
    return "".join(letter if letter.isprintable() else "\ufffd" for letter in name)[:100]


def _end(problems: tuple[str, ...]) -> NoReturn:
    sys.stderr.write("".join(f"error: {problem}\n" for problem in problems))
    raise SystemExit(2)


def described() -> str:
    """Return the table of all settings, as `docs/reference/settings.md` shows it."""
    lines = ["| variable | default | meaning |", "|---|---|---|"]
    for one in _all():
        known = about(one)
        default = "the platform's user data folder" if one.name == "data_dir" else f"`{known.default}`"
        lines.append(f"| `{PREFIX}{one.name.upper()}` | {'' if default == '``' else default} | {known.meaning} |")
    return "\n".join(lines) + "\n"
