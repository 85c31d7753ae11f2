"""The choice of what is worth following in sitemaps: children of an index, and entries. Pure.

An index of an old outlet names thousands of sitemaps and these millions of pages. What is new stands in a few of them:
those changed lately, those whose names hold a recent date, or the newest ones if neither helps. Both dates may lie:
programs write today's date beside everything, and a date in a path may mean something else.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qsl, urlsplit

from crawlers.reading.parse import FeedEntry
from crawlers.reading.sitemaps.sitemap import SitemapChild
from db.text.dates import EARLIEST_YEAR, end_of_tomorrow

WINDOW_DAYS = 7
MAX_CHILDREN = 10
"""Maximum number of children of one index that are followed."""
_NEWEST = 2
"""Number of children that are followed if none was changed in the window, and of those without any date."""
_EXCEPTIONS = 2
"""Number of children up to which a recent `lastmod` is believed against an old date in the name."""
FIRST_POLL_MAX, POLL_MAX = 100, 500
"""Maximum number of entries taken from the first poll of a sitemap, and from any other."""
SMALL = 200
"""Number of entries up to which those without a date are taken as they are."""

_DATE = re.compile(r"(?<!\d)((?:19|20)\d\d)[-_./]?(0[1-9]|1[0-2])(?:[-_./]?(0[1-9]|[12]\d|3[01]))?(?!\d)")
_YEAR = re.compile(r"(?<!\d)((?:19|20)\d\d)(?!\d)")
_NUMBER = re.compile(r"\d+")
_WORD = re.compile(r"[a-z]+")
_NEWS = frozenset({"news", "gnews", "googlenews", "latest", "recent"})
_NO_ARTICLES = re.compile(r"(?:author|categor(?:y|ie)|image|page|product|tag|taxonom(?:y|ie)|term|topic|user|video)s?")
_YEARS, _MONTHS, _DAYS = ("yyyy", "year", "y"), ("mm", "month", "m"), ("dd", "day", "d")


@dataclass(frozen=True, slots=True)
class ChildrenChoice:
    """The children of an index to follow, best first, and the known ones that are over, each with the reason."""

    follow: tuple[SitemapChild, ...]
    over: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class EntriesChoice:
    """The entries of a sitemap to record; `are_dated` is False if many of all have no date that can be used."""

    chosen: tuple[FeedEntry, ...]
    are_dated: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class _Judged:
    """A child with the time of its contents, as far as its name or its index tells."""

    child: SitemapChild
    until: datetime | None
    """The end of the period in its name, else its `lastmod`."""
    is_recent: bool
    is_news: bool
    number: int


def choose_children(
    children: Sequence[SitemapChild],
    *,
    now: datetime,
    window_days: int = WINDOW_DAYS,
    known: Collection[str] = (),
    is_whole: bool = True,
) -> ChildrenChoice:
    """Return which of the `children` of an index to follow, and which of the `known` ones are over.

    `known` are the addresses followed so far. Of an index that was not read as a whole none is over because it is
    missing.
    """
    unique = list({child.url: child for child in children}.values())
    useful = [child for child in unique if may_have_articles(child)] or unique
    judged = _judge(useful, now, now - timedelta(days=window_days))
    undated = [one for one in judged if one.until is None]
    dated = sorted((one for one in judged if one.until is not None), key=lambda one: _rank(one, known), reverse=True)
    recent = [one for one in dated if one.is_recent] or dated[:_NEWEST]
    follow = [one.child for one in [*recent[: MAX_CHILDREN - _NEWEST], *_ends(undated, known)]]
    if not undated:
        follow = [one.child for one in recent[:MAX_CHILDREN]]
    named, followed = {child.url for child in unique}, {child.url for child in follow}
    over = [
        (url, f"holds nothing of the last {window_days} days" if url in named else "its index names it no more")
        for url in sorted(set(known) - followed)
        if url in named or is_whole
    ]
    return ChildrenChoice(tuple(follow), tuple(over))


def choose_entries(
    entries: Sequence[FeedEntry],
    *,
    now: datetime,
    window_days: int = WINDOW_DAYS,
    is_first: bool,
    fresh: Collection[str] | None = None,
) -> EntriesChoice:
    """Return the entries of a sitemap that are worth recording, the newest first.

    These are the ones published or changed in the window. Entries without a date are taken if there are few entries; if
    there are many without, those with an address in `fresh`: the poll before did not list them (None: not known).
    """
    dates = [_date(entry, now) for entry in entries]
    begin = now - timedelta(days=window_days)
    if says_nothing([at for at in dates if at is not None and at >= begin]):
        dates = [None] * len(entries)
    dated = [(at, entry) for at, entry in zip(dates, entries, strict=True) if at is not None and at >= begin]
    dated.sort(key=lambda pair: pair[0], reverse=True)
    undated = [entry for at, entry in zip(dates, entries, strict=True) if at is None]
    are_dated = len(undated) <= SMALL
    if len(entries) > SMALL:
        undated = [entry for entry in undated if fresh is not None and entry.url in fresh and not are_dated]
    chosen = [*(entry for _, entry in dated), *undated][: FIRST_POLL_MAX if is_first else POLL_MAX]
    return EntriesChoice(tuple(chosen), are_dated)


def find_period(url: str, *, is_series: bool = False) -> tuple[datetime, datetime] | None:
    """Return the period that the name of a sitemap tells: its days, months or years; the end is not part of it.

    In a series of files with numbers a number alone is no year.
    """
    parts = urlsplit(url)
    periods = [_period(*map(int, filter(None, date.groups()))) for date in _DATE.finditer(parts.path)]
    if not any(periods):
        periods = [_period_of_query(dict(parse_qsl(parts.query.lower(), max_num_fields=50)))]
    if not any(periods) and not is_series:
        periods = [_period(int(year[1])) for year in _YEAR.finditer(parts.path.rpartition("/")[2])]
    usable = [period for period in periods if period is not None]
    return (min(start for start, _ in usable), max(end for _, end in usable)) if usable else None


def _judge(children: Iterable[SitemapChild], now: datetime, begin: datetime) -> list[_Judged]:
    """Return the children with the time of their contents."""
    several = list(children)
    series = _series(several, now.year)
    conflicts: list[int] = []
    judged: list[_Judged] = []
    for child in several:
        period = _safe_period(child.url, is_series=_template(child.url) in series)
        changed = child.lastmod is not None and child.lastmod >= begin
        is_recent = begin < period[1] and period[0] <= end_of_tomorrow(now) if period else changed
        if period and changed and not is_recent:
            conflicts.append(len(judged))
        judged.append(
            _Judged(
                child=child,
                until=min(period[1], now) if period else child.lastmod,
                is_recent=is_recent,
                is_news=bool(_words(child) & _NEWS),
                number=_last_number(child.url),
            )
        )
    if len(conflicts) <= _EXCEPTIONS:
        for at in conflicts:
            one = judged[at]
            judged[at] = _Judged(
                child=one.child, until=one.child.lastmod, is_recent=True, is_news=one.is_news, number=one.number
            )
    return judged


def _rank(one: _Judged, known: Collection[str]) -> tuple[bool, datetime, bool, int]:
    assert one.until is not None
    return one.is_news, one.until, one.child.url in known, one.number


def _ends(undated: Sequence[_Judged], known: Collection[str]) -> list[_Judged]:
    """Return the two children that may be the newest: the known ones, those of news, else both ends of a series."""
    if len(undated) <= _NEWEST:
        return list(undated)
    best = [one for one in undated if one.is_news] + [one for one in undated if one.child.url in known]
    numbered = sorted(undated, key=lambda one: one.number)
    ends = [numbered[-1], numbered[0]] if numbered[0].number != numbered[-1].number else [undated[0], undated[-1]]
    return list({one.child.url: one for one in [*best, *ends]}.values())[:_NEWEST]


def _series(children: Iterable[SitemapChild], this_year: int) -> set[str]:
    """Return the forms of names whose numbers count files, so that 2019 among 1 to 3000 is no year."""
    numbers: defaultdict[str, set[int]] = defaultdict(set)
    for child in children:
        path = child.url.partition("?")[0]
        if (number := _last_number(path)) >= 0 and not _DATE.search(path):
            numbers[_template(child.url)].add(number)
    years = range(EARLIEST_YEAR, this_year + 2)
    return {name for name, several in numbers.items() if any(number not in years for number in several)}


def _template(url: str) -> str:
    return _NUMBER.sub("#", url.partition("?")[0])


def _last_number(url: str) -> int:
    numbers = _NUMBER.findall(url.rpartition("/")[2])
    return int(numbers[-1][:9]) if numbers else -1


def may_have_articles(child: SitemapChild) -> bool:
    """Return whether a sitemap may list articles, by its name."""
    words = _words(child)
    return bool(words & _NEWS) or not any(map(_NO_ARTICLES.fullmatch, words))


def _words(child: SitemapChild) -> set[str]:
    return set(_WORD.findall(child.url.lower().rpartition("/")[2]))


def _safe_period(url: str, *, is_series: bool) -> tuple[datetime, datetime] | None:
    try:
        return find_period(url, is_series=is_series)
    except ValueError:  # more fields in the query than anybody needs, or no address
        return None


def _period(year: int, month: int | None = None, day: int | None = None) -> tuple[datetime, datetime] | None:
    """Return the first instant of a day, month or year, and that of the next one; None if there is no such day."""
    if year < EARLIEST_YEAR:
        return None
    try:
        start = datetime(year, month or 1, day or 1, tzinfo=UTC)
    except ValueError:
        return None
    if day:
        return start, start + timedelta(days=1)
    if month:
        return start, (start + timedelta(days=31)).replace(day=1)
    return start, start.replace(year=year + 1)


def _period_of_query(query: dict[str, str]) -> tuple[datetime, datetime] | None:
    if date := _DATE.fullmatch(query.get("date", "")):
        return _period(*map(int, filter(None, date.groups())))
    year, month, day = (
        next((int(query[name]) for name in names if re.fullmatch(r"\d{1,4}", query.get(name, ""), re.ASCII)), None)
        for names in (_YEARS, _MONTHS, _DAYS)
    )
    return _period(year, month, day) if year else None


def _date(entry: FeedEntry, now: datetime) -> datetime | None:
    """Return when an entry was published or changed last; None if that is not known or lies ahead."""
    latest = end_of_tomorrow(now)
    known = [at for at in (entry.published_at, entry.updated_at) if at is not None and at <= latest]
    return max(known, default=None)


def says_nothing(dates: Sequence[datetime]) -> bool:
    """Return whether the dates are those of the sitemap and not of its pages: most of many are the same."""
    return len(dates) > FIRST_POLL_MAX and 2 * max(Counter(dates).values()) > len(dates)
