"""`steppewatch source edit`: settings of an outlet."""

from __future__ import annotations

from typing import Annotated

import typer

from cli.shared.output import emit, fail
from cli.shared.store import open_store
from db.enums.collection import CertificateRule

_NONE = "none"


def source_edit(
    outlet: Annotated[str, typer.Argument(metavar="ID", help="The outlet's id, name or domain.")],
    unverified: Annotated[
        CertificateRule | None,
        typer.Option(help="Whether to read feeds and pages despite a bad certificate; by default without-secrets."),
    ] = None,
    time_zone: Annotated[
        str | None,
        typer.Option(metavar="ZONE", help="Time zone of the dates on its pages: Asia/Almaty; none for unknown."),
    ] = None,
) -> None:
    """Change how an outlet is collected from now on. Pages read despite a bad certificate are marked as unverified.

    Examples:

      steppewatch source edit new-eastern-outlook --unverified never

      steppewatch source edit 24-kg --time-zone Asia/Bishkek
    """
    if unverified is None and time_zone is None:
        fail("nothing to change", hint="use --unverified or --time-zone", code=2)
    zone = None if time_zone is None else _parse_zone(time_zone)

    from cli.shared.lookup import source_ids
    from db.collection.sources import find_source, set_time_zone
    from db.collection.unverified import set_rule

    database = open_store()
    with database.reading() as conn:
        source_id = source_ids(conn, [outlet])[0]
    if unverified is not None:
        database.write(lambda conn: set_rule(conn, source_id, unverified))
    if zone is not None:
        database.write(lambda conn: set_time_zone(conn, source_id, zone or None))
    source = database.read(lambda conn: find_source(conn, source_id))
    assert source is not None, "its id was just looked up"
    emit(
        {
            "id": source_id,
            "read_unverified": source.unverified or CertificateRule.WITHOUT_SECRETS,
            "time_zone": source.time_zone,
        }
    )


def _parse_zone(name: str) -> str:
    """Return the name of a time zone, or "" to remove it. Raises typer.BadParameter for an unknown one."""
    from zoneinfo import ZoneInfo

    wanted = name.strip()
    if wanted.lower() in ("", _NONE):
        return ""
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
