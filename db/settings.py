"""All settings, read once from the environment (`STEPPEWATCH_…`) by whoever starts a process.

They live on the lowest floor because every process needs the store. Nothing below an entry point calls `load()`.
"""

from __future__ import annotations

import difflib
import os
import re
import sys
from collections.abc import Iterable
from email.utils import parseaddr
from functools import cache
from pathlib import Path
from typing import NoReturn
from zoneinfo import ZoneInfo

from platformdirs import user_data_dir
from pydantic import Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from db.hostports import parse_host_ports

PREFIX = "STEPPEWATCH_"
_NOT_OURS = ("STEPPEWATCH_SHARED", "STEPPEWATCH_TEST_")
"""Names, or beginnings of names, that belong to the test suite."""
_LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")


class Settings(BaseSettings):
    """What an operator may decide. Every field is `STEPPEWATCH_` and its name in capitals."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, extra="ignore")

    data_dir: Path = Field(
        default_factory=lambda: Path(user_data_dir("steppewatch", appauthor=False)),
        description="Folder of the embedded database, the broker's log and everything else that is kept.",
    )
    database_url: str = Field("", description="SQLAlchemy URL; empty: SQLite in the data directory.")
    broker_url: str = Field("", description="Celery broker URL; empty: `up` starts its own.")
    worker_processes: int = Field(2, ge=1, le=64, description="Celery pool size of `up` and `worker`.")
    batch_size: int = Field(20, ge=1, le=200, description="Captures per Celery message.")
    lease_s: int = Field(
        60, ge=2, le=3600, description="How long a claimed row is left alone before it is given out again."
    )
    sweep_every_s: float = Field(1.0, ge=0.1, le=60, description="How often rows without a message are sent.")
    waiting_max: int = Field(2_000, ge=10, description="Captures that may wait for a worker before the crawler pauses.")

    time_zone: str = Field(
        "UTC",
        description="By whose midnight a day begins, `Asia/Almaty`; after a change `migrate` re-dates the archive.",
    )
    keep_captures_days: float = Field(30, gt=0, description="How long raw captures are kept once understood.")
    captures_max_mb: float = Field(2_000, gt=0, description="Most room for raw captures; the oldest go first.")

    user_agent: str = Field(
        "Steppewatch/0.1 (media monitoring; feeds and public articles)",
        description="What the crawler calls itself; add an address where outlets can reach you.",
    )
    host_delay_s: float = Field(5.0, ge=0, le=3600, description="Least distance between two requests to one host.")
    poll_every_s: float = Field(900.0, ge=1, le=2_592_000, description="How often a healthy feed is polled.")
    poll_at_least_every_s: float = Field(86_400.0, ge=1, le=2_592_000, description="Longest pause after failures.")
    fetch_timeout_s: float = Field(30.0, ge=1, description="Longest time for one response.")
    fetch_max_bytes: int = Field(10_000_000, ge=1_000, description="Largest response, after decompression.")
    redirects_max: int = Field(5, ge=0, le=20, description="Redirects that are followed.")
    concurrent_requests: int = Field(32, ge=1, le=512, description="Requests under way at once, all hosts.")
    allow_private_hosts: str = Field(
        "",
        description="Comma-separated host:port pairs on private or loopback addresses that may be fetched.",
    )
    recheck: bool = Field(True, description="Fetch known articles again, so that silent edits are noticed.")

    public_url: str = Field(
        "", description="Where the pages can be reached from outside, for links in messages: https://watch.example."
    )
    page_is_guarded: bool = Field(
        False,
        description="Whether a proxy or a port mapping keeps strangers from the page; "
        "else it shows only what messages link to wherever it is bound to another address than loopback.",
    )
    smtp_host: str = Field("", description="Mail server that takes alerts; empty: mail waits.")
    smtp_port: int = Field(587, ge=1, le=65_535, description="Its port: 587 for starttls, 465 for tls.")
    smtp_tls: str = Field("starttls", description="starttls, tls (from the first byte) or none.")
    smtp_user: str = Field("", description="User name at the mail server; empty: none is asked for.")
    smtp_password_file: Path | None = Field(None, description="File that holds the password and nothing else.")
    mail_from: str = Field("Steppewatch <steppewatch@localhost>", description="Sender of alerts.")
    operator_email: str = Field("", description="Who hears of addresses that fail.")
    mail_per_minute: int = Field(60, ge=1, description="Most mails to one address in a minute.")
    webhook_per_minute: int = Field(600, ge=1, description="Most calls of one webhook in a minute.")
    chat_per_minute: int = Field(20, ge=1, description="Most messages into one chat in a minute.")

    log_level: str = Field("INFO", description="DEBUG, INFO, WARNING or ERROR.")

    @field_validator("data_dir")
    @classmethod
    def _absolute(cls, value: Path) -> Path:
        return value.expanduser().absolute()

    @field_validator("allow_private_hosts")
    @classmethod
    def _host_ports(cls, value: str) -> str:
        parse_host_ports(value)
        return value

    @field_validator("time_zone")
    @classmethod
    def _time_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (KeyError, ValueError, OSError) as error:
            raise ValueError(f"no time zone is called {value!r}") from error
        return value

    @field_validator("public_url")
    @classmethod
    def _web_address(cls, value: str) -> str:
        if value and not value.startswith(("https://", "http://")):
            raise ValueError("not an address that begins with https:// or http://")
        if not re.fullmatch(r"[!#-;=?-~]*", value):
            raise ValueError("an address has no blanks, and a host of other letters is written as xn--…")
        return value.rstrip("/")

    @field_validator("smtp_tls")
    @classmethod
    def _tls_mode(cls, value: str) -> str:
        if value not in ("starttls", "tls", "none"):
            raise ValueError(f"not one of starttls, tls, none: {value!r}")
        return value

    @field_validator("mail_from")
    @classmethod
    def _sender(cls, value: str) -> str:
        local, _, domain = parseaddr(value)[1].rpartition("@")
        try:
            host = domain.encode("idna").decode()
        except UnicodeError:
            host = ""
        if not value.isprintable() or not re.fullmatch(
            r"[\w!#$%&'*+/=?^`{|}~.-]{1,64}@[\w.-]+", f"{local}@{host}", re.A
        ):
            raise ValueError("not like: Steppewatch <alerts@office.example>")
        return value

    @field_validator("log_level")
    @classmethod
    def _log_level(cls, value: str) -> str:
        if value.upper() not in _LOG_LEVELS:
            raise ValueError(f"not one of {', '.join(_LOG_LEVELS)}: {value!r}")
        return value.upper()

    @property
    def database(self) -> str:
        """Return the SQLAlchemy URL in force."""
        return self.database_url or f"sqlite:///{self.data_dir / 'steppewatch.db'}"

    @property
    def cache_dir(self) -> Path:
        """Return the folder of what can be made again at any time."""
        return self.data_dir / "cache"


@cache
def load() -> Settings:
    """Return the settings of this process; end it if they cannot be used.

    It ends with exit status 2 and a sentence on stderr for each thing that is wrong, whoever started it: a command,
    Celery, uvicorn or a supervisor.
    """
    refuse_unknown_names()
    try:
        return Settings()
    except ValidationError as error:
        _end(wrong_values(error))


def refuse_unknown_names() -> None:
    """End this process, as `load` does, if the environment has names of settings that do not exist."""
    problems = unknown_names(os.environ)
    if problems:
        _end(problems)


def unknown_names(names: Iterable[str]) -> tuple[str, ...]:
    """Return a sentence for each `STEPPEWATCH_…` name that is no setting, with the setting that looks most like it."""
    known = [f"{PREFIX}{field.upper()}" for field in Settings.model_fields]
    ours = sorted(name for name in names if name.upper().startswith(PREFIX) and not name.startswith(_NOT_OURS))
    return tuple(
        f"{_printable(name)} is not a setting; did you mean {_nearest(name.upper(), known)}?"
        for name in ours
        if name.upper() not in known
    )


def wrong_values(error: ValidationError) -> tuple[str, ...]:
    """Return a sentence for each value that cannot be used. The value is not repeated: it may hold a password."""
    return tuple(
        f"{PREFIX}{str(problem['loc'][0]).upper()}: {problem['msg'].removeprefix('Value error, ')}"
        for problem in error.errors(include_url=False, include_context=False, include_input=False)
    )


def _nearest(name: str, known: list[str]) -> str:
    return difflib.get_close_matches(name, known, n=1, cutoff=0)[0]


def _printable(name: str) -> str:
    return "".join(letter if letter.isprintable() else "\ufffd" for letter in name)[:100]


def _end(problems: tuple[str, ...]) -> NoReturn:
    sys.stderr.write("".join(f"error: {problem}\n" for problem in problems))
    raise SystemExit(2)


def described() -> str:
    """Return the table of all settings, as `docs/settings.md` shows it."""
    lines = ["| variable | default | meaning |", "|---|---|---|"]
    for name, field in Settings.model_fields.items():
        default = "the platform's user data folder" if name == "data_dir" else f"`{field.get_default()}`"
        lines.append(f"| `STEPPEWATCH_{name.upper()}` | {'' if default == '``' else default} | {field.description} |")
    return "\n".join(lines) + "\n"
