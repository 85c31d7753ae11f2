"""`steppewatch coverage`: counts of articles about entities over time."""

from __future__ import annotations

from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Annotated

import typer

from cli.shared.day_options import Since, Until, day_range, first_day, last_day
from cli.shared.output import fail
from cli.shared.store import open_store
from cli.shared.tables import Format, wants_json
from db.enums.coverage import CoverageLevel, CoverageSplit, Grain


class SplitBy(StrEnum):
    """Breakdown of the counts."""

    source = CoverageSplit.SOURCE
    lang = CoverageSplit.LANG
    country = CoverageSplit.COUNTRY
    genre = CoverageSplit.GENRE


def coverage(
    entities: Annotated[list[str] | None, typer.Argument(metavar="ENTITY...", help="Ids, labels or aliases.")] = None,
    by: Annotated[Grain, typer.Option(help="Length of a period; weeks are those of ISO 8601.")] = Grain.DAY,
    split: Annotated[SplitBy | None, typer.Option(help="Count per outlet, language, country or genre.")] = None,
    level: Annotated[CoverageLevel, typer.Option(help="Only mentions of this level.")] = CoverageLevel.ALL,
    since: Since = None,
    until: Until = None,
    share: Annotated[bool, typer.Option("--share", help="Also as a share of all articles in scope.")] = False,
    voice: Annotated[bool, typer.Option("--voice", help="Also as a share of all these entities together.")] = False,
    compare: Annotated[
        tuple[str, str] | None, typer.Option(metavar="A..B C..D", help="Compare two ranges of days instead.")
    ] = None,
    unusual: Annotated[
        bool, typer.Option("--unusual", help="List unusual attention now, or on the day --until, over all entities.")
    ] = False,
    false_alarms: Annotated[
        float,
        typer.Option(
            metavar="SHARE", min=0.0, max=1.0, help="Expected share of chance findings in the list of --unusual."
        ),
    ] = 0.1,
    everything: Annotated[bool, typer.Option("--all", help="All findings of --unusual, not only the top ten.")] = False,
    plot: Annotated[str | None, typer.Option(metavar="F", help="Also draw a chart into F.png or F.svg.")] = None,
    format: Annotated[Format | None, typer.Option(help="json or table; a table on a terminal.")] = None,
) -> None:
    """Count articles, stories and mentions per period, including empty periods.

    A reprint counts as an article of its own and as part of its original's story. The default range is from the first
    to the last day with an article; a period at the edge of the range is counted whole. An article without a date
    counts on the day when a feed first showed it (`undated`); those imported by a person, or already in a feed when it
    was added, count in a separate period: the last line, with a null period in JSON. `alive` is the share of outlets
    that were collected without gaps; `impaired` is true where some were not, so a drop may be an artefact. `complete`
    is the estimated share of their articles that was seen, null if unknown.

    Example: steppewatch coverage csto kazakhstan --by month --split source

    Example: steppewatch coverage csto --compare 2021-12-01..2021-12-31 2022-01-01..2022-01-31

    Example: steppewatch coverage --unusual --false-alarms 0.05
    """
    from cli.coverage import render
    from cli.shared.lookup import entity_ids
    from db.collection.sources.sources import find_names
    from db.vocabulary.versions import find_labels
    from worker.coverage.comparisons import compare_ranges
    from worker.coverage.series import Names, RangeTooLong, SeriesQuestion, load_series

    as_json = wants_json(format)
    if unusual:
        from cli.coverage.unusual import unusual as show_unusual

        return show_unusual(until=until, rate=false_alarms, as_json=as_json, everything=everything)
    if not entities:
        raise typer.BadParameter("name at least one entity", param_hint="ENTITY...")
    first, last = day_range(since, until)
    spans = (_parse_span(compare[0]), _parse_span(compare[1])) if compare else None
    database = open_store()
    with database.reading() as conn:
        ids = entity_ids(conn, entities)
        try:
            if spans is not None:
                comparisons = compare_ranges(conn, ids, spans, level)
                if as_json:
                    render.comparisons_as_json(comparisons)
                else:
                    render.comparisons_as_table(comparisons, Names(find_labels(conn), {}))
                return
            question = SeriesQuestion(
                entities=ids,
                grain=by,
                split=CoverageSplit.from_value(split or CoverageSplit.ALL),
                level=level,
                since=first,
                until=last,
                has_share=share,
                has_voice=voice,
            )
            shown = load_series(conn, question, now=datetime.now(UTC))
        except RangeTooLong as error:
            raise typer.BadParameter(str(error), param_hint="--since") from None
        names = Names(find_labels(conn), find_names(conn) if split is SplitBy.source else {})
    if plot is not None:
        from cli.coverage.plot import draw

        draw(plot, shown, names, grain=by)
    if as_json:
        render.as_json(shown)
    else:
        render.as_table(shown, names)


def _parse_span(text: str) -> tuple[date, date]:
    first, _, last = text.partition("..")
    try:
        days = first_day(first), last_day(last)
    except typer.BadParameter as error:
        raise typer.BadParameter(f"{text!r} is not like 2022-01-01..2022-01-31: {error.message}") from None
    if days[0] > days[1]:
        fail(f"--compare: {days[0]} is after {days[1]}")
    return days
