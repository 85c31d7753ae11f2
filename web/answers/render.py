"""Rendering of HTML: everything is escaped, and times have their zone."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape
from markupsafe import Markup, escape
from starlette.responses import HTMLResponse

from web.charts.bundle import bundle_name
from web.shared import links
from worker.messages.snippet import Piece

_WORDS = 14
_LETTERS = 110
_RIGHT_TO_LEFT = frozenset(("ar", "ckb", "dv", "fa", "he", "ps", "sd", "ug", "ur", "yi"))
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


def when(moment: datetime | date | None, now: datetime) -> Markup:
    """Return a <time> element: `08:30 UTC` for today, `5 Jan 2022, 08:30 UTC` otherwise; a date has no time."""
    if moment is None:
        return Markup("never")
    if not isinstance(moment, datetime):
        return Markup('<time datetime="{}">{}</time>').format(moment.isoformat(), _day(moment))
    utc = moment.astimezone(UTC)
    clock = f"{utc:%H:%M} UTC"
    shown = clock if utc.date() == now.astimezone(UTC).date() else f"{_day(utc)}, {clock}"
    return Markup('<time datetime="{}">{}</time>').format(f"{utc:%Y-%m-%dT%H:%M:%SZ}", shown)


def _day(day: date) -> str:
    return f"{day.day} {day:%b} {day.year}"


def show_days(first: date, last: date) -> str:
    """Return a range of days without what both ends share: `23–29 Nov 2026`, `28 Nov – 4 Dec 2026`."""
    if first == last:
        return _day(last)
    if first.year != last.year:
        return f"{_day(first)} – {_day(last)}"
    return f"{first.day}–{_day(last)}" if first.month == last.month else f"{first.day} {first:%b} – {_day(last)}"


def headline(title: str | None, beginning: str) -> str:
    """Return the title, or the first words of an article without one."""
    if title:
        return title
    words = beginning.split()
    shown = " ".join(words[:_WORDS])[:_LETTERS]
    return f"{shown}…" if shown else "(no words)"


def is_web(url: str | None) -> bool:
    """Return whether a link to this URL is safe: `javascript:` and the like are not."""
    return url is not None and url.lower().startswith(("https://", "http://"))


def _number(value: int) -> str:
    """Return the number with thin spaces between thousands, readable in every language."""
    return f"{value:,}".replace(",", "\N{NARROW NO-BREAK SPACE}")


def count_things(count: int, thing: str, things: str = "") -> str:
    """Return a count with its noun: `1 article`, `2 articles`; `things` is a plural that has another ending than s."""
    return f"{_number(count)} {thing if count == 1 else things or f'{thing}s'}"


def join_pieces(pieces: Iterable[Piece]) -> Markup:
    """Return a text in pieces as HTML, with the matched words in <mark>."""
    marked = Markup("<mark>{}</mark>")
    return Markup("").join(marked.format(piece.text) if piece.is_marked else escape(piece.text) for piece in pieces)


def written_in(language: str | None) -> Markup:
    """Return the attributes of a text in a language: `lang`, and `dir`, which is the text's own if unknown."""
    base, _, script = (language or "").partition("-")
    is_rtl = script == "Arab" or (base in _RIGHT_TO_LEFT and not script)
    direction = Markup('dir="rtl"' if is_rtl else 'dir="auto"')
    return Markup('lang="{}" {}').format(language, direction) if language else direction


def show_lag(lag: timedelta) -> str:
    """Return a time between two events in its two largest units: `3 h 20 min later`."""
    minutes = abs(int(lag.total_seconds())) // 60
    days, hours, minutes = minutes // 1440, minutes // 60 % 24, minutes % 60
    units = [(days, "d"), (hours, "h"), (minutes, "min")]
    shown = [f"{count} {unit}" for count, unit in units if count][:2] or ["at once"]
    direction = "" if shown == ["at once"] else " later" if lag > timedelta(0) else " earlier"
    return " ".join(shown) + direction


def _percent(value: float | None) -> str:
    return "" if value is None else f"{value:.1%}" if value < 0.1 else f"{value:.0%}"


def chart_script_address() -> str:
    """Return the address of the script that draws charts; it changes with the content."""
    return f"/charts/{bundle_name()}"


def _moment(written: str | None) -> datetime | None:
    """Return the instant of a record for JSON."""
    return datetime.fromisoformat(written) if written else None


class MenuEntry(NamedTuple):
    """A page in the menu."""

    address: str
    title: str


MENU = (
    MenuEntry("/", "Overview"),
    MenuEntry("/search", "Search"),
    MenuEntry("/entities", "Entities"),
    MenuEntry("/compare", "Compare"),
    MenuEntry("/outlets", "Outlets"),
    MenuEntry("/alerts", "Alerts"),
    MenuEntry("/exports", "Exports"),
    MenuEntry("/status", "Status"),
)

_templates = Environment(
    loader=PackageLoader("web"),
    autoescape=select_autoescape(default=True, default_for_string=True),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_templates.filters.update(
    when=when, number=_number, pieces=join_pieces, percent=_percent, moment=_moment, written_in=written_in, lag=show_lag
)
_templates.globals.update(
    chart_script=chart_script_address,
    days=show_days,
    headline=headline,
    counted_as=count_things,
    menu=MENU,
    article_address=links.article_address,
    story_address=links.story_address,
    entity_address=links.entity_address,
    outlet_address=links.outlet_address,
    search_address=links.search_address,
    page_address=links.page_address,
)
_templates.tests["on_the_web"] = is_web


def render_text(template: str, **values: object) -> str:
    """Return the HTML rendered from a template, with U+FFFD for control characters, which HTML does not allow."""
    return _CONTROLS.sub("\N{REPLACEMENT CHARACTER}", _templates.get_template(template).render(values))


def render(template: str, status: int = 200, **values: object) -> HTMLResponse:
    """Return the page rendered from a template."""
    return HTMLResponse(render_text(template, **values), status)
