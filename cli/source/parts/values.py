"""Facts about outlets as values of options."""

from __future__ import annotations

import re
from collections.abc import Sequence

import typer

NONE = "none"
"""The word that empties a value."""
_UNITS = {"s": 1, "m": 60, "h": 3_600, "d": 86_400}
_INTERVAL = re.compile(r"(\d{1,7})([smhd])")
_SHORTEST_S, _LONGEST_S = 60, 31 * 86_400
_MAX_PATTERN = 500


def parse_text(value: str, option: str, *, longest: int, may_be_empty: bool = True) -> str | None:
    """Return one line of text, or None for `none`. Raises typer.BadParameter."""
    plain = " ".join(value.split())
    if plain.lower() in ("", NONE):
        if may_be_empty:
            return None
        raise typer.BadParameter("must not be empty", param_hint=option)
    if len(plain) > longest or not plain.isprintable():
        raise typer.BadParameter(f"must be printable and at most {longest:,} characters", param_hint=option)
    return plain


def parse_country(value: str) -> str | None:
    """Return a country as the catalogue spells it, or None for `none`. Raises typer.BadParameter."""
    from worker.catalogue.files import COUNTRY

    plain = value.strip()
    if plain.lower() == NONE:
        return None
    found = next((word for word in (plain.upper(), plain.lower()) if COUNTRY.fullmatch(word)), None)
    if found is None or len(found) > 20:
        reason = f"{plain[:60]!r} is not two letters of ISO 3166-1 such as KZ, KG/KZ, exile or international"
        raise typer.BadParameter(reason, param_hint="--country")
    return found


def parse_languages(values: Sequence[str]) -> list[str]:
    """Return languages, each once; `none` alone for an empty list. Raises typer.BadParameter."""
    from worker.catalogue.files import LANGUAGE

    if [value.strip().lower() for value in values] == [NONE]:
        return []
    for value in values:
        if not LANGUAGE.fullmatch(value):
            raise typer.BadParameter(f"{value[:60]!r} is not like en or kk-Latn", param_hint="--lang")
    return list(dict.fromkeys(values))


def parse_paywall(value: str) -> str | None:
    """Return a kind of paywall, or None for `none`. Raises typer.BadParameter."""
    from worker.catalogue.files import PAYWALLS

    plain = value.strip().lower()
    if plain == NONE:
        return None
    if plain not in PAYWALLS:
        raise typer.BadParameter(f"{value[:60]!r} is not one of {', '.join(PAYWALLS)}, none", param_hint="--paywall")
    return plain


def parse_domain(value: str, option: str) -> str:
    """Return a domain as it is stored: lower case, without `www.`. Raises typer.BadParameter."""
    from db.net.urls import read_host
    from worker.catalogue.files import DOMAIN

    written = value.strip()
    host = read_host(written if "://" in written else f"https://{written}/").removeprefix("www.")
    if len(host) > 253 or not DOMAIN.fullmatch(host):
        raise typer.BadParameter(f"{value[:60]!r} is no domain such as herald.example", param_hint=option)
    return host


def parse_intervals(value: str) -> dict[str, int | None]:
    """Return `floor_s` and `ceiling_s` from MIN..MAX such as 10m..6h; either may be left out, `none` is both.

    Raises typer.BadParameter.
    """
    plain = value.strip().lower()
    if plain == NONE:
        return {"floor_s": None, "ceiling_s": None}
    least, dots, most = plain.partition("..")
    floor, ceiling = _seconds(least), _seconds(most)
    if not dots or (floor is None and ceiling is None):
        raise typer.BadParameter(f"{value[:60]!r} is not like 10m..6h, 10m.., ..6h or none", param_hint="--poll-every")
    if floor is not None and ceiling is not None and floor > ceiling:
        raise typer.BadParameter(f"{least} is longer than {most}", param_hint="--poll-every")
    return {"floor_s": floor, "ceiling_s": ceiling}


def _seconds(written: str) -> int | None:
    if not written:
        return None
    found = _INTERVAL.fullmatch(written)
    seconds = int(found[1]) * _UNITS[found[2]] if found else -1
    if not _SHORTEST_S <= seconds <= _LONGEST_S:
        reason = f"{written[:60]!r} is not an interval from 1m to 31d: a number with s, m, h or d"
        raise typer.BadParameter(reason, param_hint="--poll-every")
    return seconds


def parse_link_pattern(value: str) -> str | None:
    """Return a shell pattern of path and query such as /news/*, or None for `none`. Raises typer.BadParameter."""
    plain = value.strip()
    if plain.lower() == NONE:
        return None
    if not plain.startswith(("/", "*")) or len(plain) > _MAX_PATTERN or not plain.isprintable():
        reason = f"{plain[:60]!r} is not a pattern of path and query such as /news/* or */20??/*"
        raise typer.BadParameter(reason, param_hint="--link-pattern")
    return plain


def parse_zone(name: str) -> str | None:
    """Return the name of a time zone, or None for `none`. Raises typer.BadParameter for an unknown one."""
    from zoneinfo import ZoneInfo

    wanted = name.strip()
    if wanted.lower() in ("", NONE):
        return None
    try:
        return ZoneInfo(wanted).key
    except (KeyError, ValueError, OSError):
        near = _nearest_zone(wanted)
        hint = f"; did you mean {near}?" if near else "; use a name such as Asia/Almaty"
        raise typer.BadParameter(f"unknown time zone {wanted[:60]!r}{hint}", param_hint="--time-zone") from None


def _nearest_zone(wanted: str) -> str | None:
    """Return the time zone with the most similar name, or city name."""
    from difflib import get_close_matches
    from zoneinfo import available_timezones

    zones = {zone.casefold(): zone for zone in sorted(available_timezones())}
    places = {zone.rpartition("/")[2]: zone for zone in zones}
    plain = wanted[:60].casefold().replace(" ", "_")
    near = get_close_matches(plain, zones, n=1, cutoff=0.8)
    place = get_close_matches(plain.rpartition("/")[2], places, n=1, cutoff=0.8)
    found = near[0] if near else places[place[0]] if place else None
    return zones[found] if found else None
