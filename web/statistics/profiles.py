"""Everything that the page of an entity reads from the store."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import Connection

from db.collection.sources.sources import find_names
from db.coverage.cells import period_end, period_start
from db.coverage.first_seen import TopStory, newest_articles, top_stories
from db.coverage.pairs import Companion, find_companions
from db.enums.coverage import CoverageSplit, Grain
from db.vocabulary.versions import EntityEntry, find_labels
from web.charts.parts import ChartLine, ChartPeriod
from web.shared.links import search_address
from web.shared.names import find_name_book
from web.shared.store import Store
from web.statistics.series import SeriesParameters, name_level, read_range
from worker.coverage.health import HealthReader, day_not_over
from worker.coverage.profile import PartCells, PartCount, UnusualDays, find_bursts, read_parts, sum_parts
from worker.coverage.series import Names, SeriesQuestion, ShownSeries, load_series
from worker.coverage.stats.health import DayHealth
from worker.coverage.stats.series import format_period
from worker.search.hits import FoundArticle, list_articles
from worker.vocabulary.name_book import StoredName

_COMPANIONS, _STORIES, _ARTICLES = 15, 6, 20
_DAY = timedelta(days=1)
_HEAT_PERIODS_MAX, HEAT_ROWS = 45, 20
_COARSER = {Grain.DAY: Grain.WEEK, Grain.WEEK: Grain.MONTH, Grain.MONTH: Grain.MONTH}


@dataclass(frozen=True, slots=True, kw_only=True)
class Heat:
    """The articles of outlets over time, in periods that are long enough to be seen."""

    periods: Sequence[ChartPeriod]
    lines: Sequence[ChartLine]
    per: Grain


@dataclass(frozen=True, slots=True, kw_only=True)
class EntityProfile:
    """An entity with its coverage in a range of days."""

    entity: EntityEntry
    parameters: SeriesParameters
    grain: Grain
    since: date
    until: date
    shown: ShownSeries
    names: Names
    bursts: Sequence[UnusualDays]
    outlets: Sequence[PartCount]
    languages: Sequence[PartCount]
    genres: Sequence[PartCount]
    heat: Heat
    companions: Sequence[Companion]
    stories: Sequence[TopStory]
    latest: Sequence[FoundArticle]
    aliases: Sequence[StoredName]
    now: datetime


def read_profile(conn: Connection, entity: EntityEntry, parameters: SeriesParameters, *, store: Store) -> EntityProfile:
    """Return the content of an entity's page. Raises InvalidParameter."""
    asked = read_range(conn, parameters, store=store)
    since, until = asked.since, asked.until
    now, id = store.now(), entity.id
    question = SeriesQuestion(
        entities=[id],
        grain=asked.grain,
        split=CoverageSplit.from_value(parameters.split),
        level=parameters.level,
        since=since,
        until=until,
    )
    names = Names(find_labels(conn), find_names(conn))
    outlets, languages, genres = (
        read_parts(conn, question, split) for split in (CoverageSplit.SOURCE, CoverageSplit.LANG, CoverageSplit.GENRE)
    )
    shown = load_series(conn, question, now=now, read_health=store.health)
    return EntityProfile(
        entity=entity,
        parameters=parameters,
        grain=asked.grain,
        since=since,
        until=until,
        shown=shown,
        names=names,
        bursts=find_bursts(conn, id, since, until, today=day_not_over(conn, now), read_health=_completed(shown, store)),
        outlets=sum_parts(outlets),
        languages=sum_parts(languages),
        genres=sum_parts(genres),
        heat=build_heat(shown, outlets, question, names),
        companions=find_companions(conn, id, since, until, limit=_COMPANIONS),
        stories=top_stories(conn, [id], since, until, limit=_STORIES),
        latest=list_articles(conn, newest_articles(conn, id, since, until, limit=_ARTICLES)),
        aliases=find_name_book(conn).list_names(id),
        now=now,
    )


def _completed(shown: ShownSeries, store: Store) -> HealthReader:
    """Return a reader of health that reads only the days before those of a series."""
    known = {
        begins + timedelta(days=number): day
        for label, begins in shown.begins.items()
        for number, day in enumerate(shown.health[label])
    }

    def read(conn: Connection, since: date, until: date, *, today: date) -> Mapping[date, DayHealth]:
        before = min(known, default=until + _DAY) - _DAY
        return {**(store.health(conn, since, before, today=today) if since <= before else {}), **known}

    return read


def build_heat(shown: ShownSeries, cells: PartCells, question: SeriesQuestion, names: Names) -> Heat:
    """Return the articles of the largest outlets over time; `cells` are those of the periods of the series."""
    heat_grain, periods = _join_periods(shown, question.grain)
    place_of = {
        begins: place
        for place, period in enumerate(periods)
        for begins in shown.begins.values()
        if period.begins <= begins < period.after
    }
    impaired: list[set[str]] = [set() for _ in periods]
    for label, begins in shown.begins.items():
        impaired[place_of[begins]].update(outlet for day in shown.health[label] for outlet in day.impaired)
    articles: dict[str, list[int]] = {}
    for (begins, _, outlet), counts in cells.items():
        articles.setdefault(outlet, [0] * len(periods))[place_of[begins]] += counts.articles
    largest = sorted(articles, key=lambda outlet: (-sum(articles[outlet]), outlet))[:HEAT_ROWS]
    lines = [
        ChartLine(
            key=outlet,
            name=names.part(outlet),
            articles=articles[outlet],
            hrefs=[link_outlet(question, outlet, period) for period in periods],
            impaired=[outlet in period for period in impaired],
        )
        for outlet in largest
    ]
    return Heat(periods=periods, lines=lines, per=heat_grain)


def link_outlet(question: SeriesQuestion, outlet: str, period: ChartPeriod) -> str:
    """Return the address of an outlet's articles about the entity in a period."""
    level, last = name_level(question.level), period.after - _DAY
    return search_address(entity=question.entities, level=level, source=outlet, since=period.begins, until=last)


def _join_periods(shown: ShownSeries, grain: Grain) -> tuple[Grain, list[ChartPeriod]]:
    """Return the periods of the series, or longer ones within its range if there were too many to be seen."""
    begins = list(shown.begins.values())
    if not begins:
        return grain, []
    after = period_end(begins[-1], grain)
    while len({period_start(begin, grain) for begin in begins}) > _HEAT_PERIODS_MAX and grain != Grain.MONTH:
        grain = _COARSER[grain]
    firsts = sorted({period_start(begin, grain) for begin in begins})
    return grain, [
        ChartPeriod(
            label=format_period(first, grain),
            begins=max(first, begins[0]),
            after=min(period_end(first, grain), after),
        )
        for first in firsts
    ]
