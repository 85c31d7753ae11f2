"""All settings, read once from the environment (`STEPPEWATCH_…`) by whoever starts a process.

They live on the lowest floor because every process needs the store. Nothing below an entry point calls `load()`.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

from platformdirs import user_data_dir
from pydantic import Field, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """What an operator may decide. Every field is `STEPPEWATCH_` and its name in capitals."""

    model_config = SettingsConfigDict(env_prefix="STEPPEWATCH_", frozen=True, extra="ignore")

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

    user_agent: str = Field(
        "Steppewatch/0.1 (media monitoring; feeds and public articles)",
        description="What the crawler calls itself; add an address where outlets can reach you.",
    )
    host_delay_s: float = Field(5.0, ge=0, description="Least distance between two requests to one host.")
    poll_every_s: float = Field(900.0, ge=1, description="How often a healthy feed is polled.")
    poll_at_least_every_s: float = Field(86_400.0, ge=1, description="Longest pause after failures.")
    fetch_timeout_s: float = Field(30.0, ge=1, description="Longest time for one response.")
    fetch_max_bytes: int = Field(10_000_000, ge=1_000, description="Largest response, after decompression.")
    redirects_max: int = Field(5, ge=0, le=20, description="Redirects that are followed.")
    concurrent_requests: int = Field(32, ge=1, le=512, description="Requests under way at once, all hosts.")
    allow_private_hosts: str = Field(
        "",
        description="Comma-separated host:port pairs on private or loopback addresses that may be fetched.",
    )
    recheck: bool = Field(True, description="Fetch known articles again, so that silent edits are noticed.")
    log_level: str = Field("INFO", description="DEBUG, INFO, WARNING or ERROR.")

    @field_validator("data_dir")
    @classmethod
    def _absolute(cls, value: Path) -> Path:
        return value.expanduser().absolute()

    @property
    def database(self) -> str:
        """Return the SQLAlchemy URL in force."""
        return self.database_url or f"sqlite:///{self.data_dir / 'steppewatch.db'}"


@cache
def load() -> Settings:
    """Return the settings of this process. Raises pydantic.ValidationError for values out of range."""
    return Settings()


def described() -> str:
    """Return the table of all settings, as `docs/settings.md` shows it."""
    lines = ["| variable | default | meaning |", "|---|---|---|"]
    for name, field in Settings.model_fields.items():
        default = "the platform's user data folder" if name == "data_dir" else f"`{field.get_default()}`"
        lines.append(f"| `STEPPEWATCH_{name.upper()}` | {'' if default == '``' else default} | {field.description} |")
    return "\n".join(lines) + "\n"
