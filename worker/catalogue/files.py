"""The source catalogue: outlets and their feeds, as reviewable text files."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from db.enums.collection import Confidence, FeedKind
from worker.vocabulary.toml_table import ID, ProblemsFound, TomlTable, read_toml

PAYWALLS = ("no", "metered", "partial", "hard")
LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Z][a-z]{3})?")
COUNTRY = re.compile(r"[A-Z]{2}(/[A-Z]{2})*|exile|international")
DOMAIN = re.compile(r"([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z0-9-]{2,}")
_MAX_ID, _MAX_KIND, _MAX_COUNTRY, _MAX_ADDRESS, _MAX_PATTERN = 200, 100, 20, 2_000, 500
"""Maximum of characters in the database column."""


class CatalogueError(ProblemsFound):
    """The catalogue cannot be used."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedFeed:
    """The address of a feed, a sitemap or a section page, with the `confidence` in it and the `evidence` for that."""

    url: str
    confidence: str
    evidence: str | None = None
    kind: FeedKind = FeedKind.FEED
    pattern: str | None = None
    """Of a section page: the form of links to articles, as a shell pattern of path and query."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedOutlet:
    """An outlet: its country, languages, addresses and notes for readers."""

    id: str
    name: str
    kind: str
    country: str
    languages: tuple[str, ...]
    paywall: str
    time_zone: str | None = None
    homepage: str | None = None
    country_uncertain: bool = False
    bias_note: str | None = None
    domain_aliases: tuple[str, ...] = ()
    section_paths: tuple[str, ...] = ()
    feeds: tuple[ListedFeed, ...] = ()
    sitemaps: tuple[ListedFeed, ...] = ()
    sections: tuple[ListedFeed, ...] = ()

    @property
    def ways(self) -> tuple[ListedFeed, ...]:
        """Return all addresses from which its articles can be collected."""
        return (*self.feeds, *self.sitemaps, *self.sections)


def read_catalogue(folder: Path) -> tuple[ListedOutlet, ...]:
    """Return the outlets of `folder`/sources in the order of their ids.

    Raises CatalogueError with every problem by file, outlet and field.
    """
    return _read(folder, folder / "sources", "sources/<id>.toml")


def read_outlets(folder: Path) -> tuple[ListedOutlet, ...]:
    """Return the outlets of a folder of outlet files, or of its folder `sources`; raises as `read_catalogue` does."""
    inner = folder / "sources"
    return _read(folder, inner if inner.is_dir() else folder, "<id>.toml")


def _read(folder: Path, within: Path, wanted: str) -> tuple[ListedOutlet, ...]:
    files = sorted(within.glob("*.toml"))
    if not files:
        raise CatalogueError((f"{folder}: holds no {wanted}",))
    problems: list[str] = []
    outlets: list[ListedOutlet] = []
    owners: dict[str, str] = {}
    for path in files:
        name = path.relative_to(folder).as_posix()
        try:
            content = read_toml(path)
        except ValueError as error:
            problems.append(f"{name}: {error}")
            continue
        outlet = _outlet(content, path, name, problems)
        for domain in outlet.domain_aliases:
            owner = owners.setdefault(domain, outlet.id)
            if owner != outlet.id:
                problems.append(f"{name}: {outlet.id}: domain_aliases: {domain} also belongs to {owner}")
        outlets.append(outlet)
    if problems:
        raise CatalogueError(tuple(problems))
    return tuple(sorted(outlets, key=lambda outlet: outlet.id))


def _outlet(content: dict[str, object], path: Path, name: str, problems: list[str]) -> ListedOutlet:
    table = TomlTable(content, f"{name}: {content.get('id', path.stem)}", problems)
    identifier = table.text("id", required=True)
    if identifier and not ID.fullmatch(identifier):
        table.wrong("id", "must be lower-case letters and digits joined by hyphens")
    elif len(identifier) > _MAX_ID:
        table.wrong("id", f"must have at most {_MAX_ID} letters")
    elif identifier and identifier != path.stem:
        table.wrong("id", f"is not the file's name, {path.stem}.toml")
    country = table.text("country", required=True)
    if country and (len(country) > _MAX_COUNTRY or not COUNTRY.fullmatch(country)):
        table.wrong("country", f"must look like KZ or KG/KZ, not {country!r}")
    single = table.table("sitemap")
    outlet = ListedOutlet(
        id=identifier,
        name=table.text("name", required=True),
        kind=table.text("kind", required=True),
        country=country,
        country_uncertain=table.flag("country_uncertain"),
        languages=_matching(table, "languages", LANGUAGE, "a language such as ru or kk-Latn"),
        homepage=_address(table, "homepage"),
        paywall=table.text("paywall", required=True, one_of=PAYWALLS),
        time_zone=_time_zone(table),
        bias_note=table.text("bias_note") or None,
        domain_aliases=_matching(table, "domain_aliases", DOMAIN, "a lower-case domain"),
        section_paths=table.texts("section_paths"),
        feeds=_ways(table, "feeds", FeedKind.FEED),
        sitemaps=(
            *((_way(table.within(single, "sitemap"), FeedKind.SITEMAP),) if single else ()),
            *_ways(table, "sitemaps", FeedKind.SITEMAP),
        ),
        sections=_ways(table, "sections", FeedKind.SECTION),
    )
    if len(outlet.kind) > _MAX_KIND:
        table.wrong("kind", f"must have at most {_MAX_KIND} letters")
    if not outlet.languages:
        table.wrong("languages", "an outlet needs at least one")
    for at, way in enumerate(outlet.ways):
        if way.url in {other.url for other in outlet.ways[:at]}:
            place = at - (len(outlet.feeds) + len(outlet.sitemaps) if way.kind == FeedKind.SECTION else 0)
            place -= len(outlet.feeds) if way.kind == FeedKind.SITEMAP else 0
            table.wrong(f"{way.kind}s[{place}].url", f"listed twice: {way.url}")
    table.done()
    return outlet


def _time_zone(table: TomlTable) -> str | None:
    """Return the time zone of the clock times on the outlet's pages."""
    name = table.text("time_zone")
    try:
        return ZoneInfo(name).key if name else None
    except (KeyError, ValueError, OSError):
        table.wrong("time_zone", f"must be a place of the time zone database such as Asia/Almaty, not {name!r}")
        return None


def _ways(table: TomlTable, key: str, kind: FeedKind) -> tuple[ListedFeed, ...]:
    return tuple(_way(table.within(entry, f"{key}[{at}]"), kind) for at, entry in enumerate(table.items(key)))


def _way(table: TomlTable, kind: FeedKind) -> ListedFeed:
    url = _address(table, "url", required=True)
    confidence = table.text("confidence", required=True, one_of=tuple(Confidence))
    evidence = table.text("evidence") or None
    pattern = table.text("pattern") or None if kind == FeedKind.SECTION else None
    if pattern and (len(pattern) > _MAX_PATTERN or not pattern.startswith(("/", "*")) or not pattern.isprintable()):
        table.wrong("pattern", f"must be a pattern of path and query such as /news/*, not {pattern[:60]!r}")
    table.done()
    return ListedFeed(url=url or "", confidence=confidence, evidence=evidence, kind=kind, pattern=pattern)


def _address(table: TomlTable, key: str, *, required: bool = False) -> str | None:
    url = table.text(key, required=required)
    try:
        parts = urlsplit(url)
        is_web = parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        is_web = False
    if len(url) > _MAX_ADDRESS:
        table.wrong(key, f"must have at most {_MAX_ADDRESS:,} letters")
    elif url and (not is_web or " " in url):
        table.wrong(key, f"must be an address that begins with https:// or http://, not {url!r}")
    return url or None


def _matching(table: TomlTable, key: str, pattern: re.Pattern[str], what: str) -> tuple[str, ...]:
    values = table.texts(key)
    for at, value in enumerate(values):
        if not pattern.fullmatch(value):
            table.wrong(f"{key}[{at}]", f"must be {what}, not {value!r}")
    return values
