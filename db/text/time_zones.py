"""Names of time zones behind a clock → offset east of UTC. An unknown zone is unknown, not UTC."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from db.text.months import folded

_MINUTES: dict[str, int] = {
    **dict.fromkeys(("z", "utc", "gmt", "ut", "wet"), 0),
    **dict.fromkeys(("bst", "cet", "west", "mez"), 60),
    **dict.fromkeys(("cest", "eet", "sast", "mesz"), 120),
    **dict.fromkeys(("eest", "trt", "tsi", "fet"), 180),
    **{"irst": 210, "irdt": 270, "aft": 270, "npt": 345, "mmt": 390},
    **dict.fromkeys(("azt", "amt", "get", "msd"), 240),
    **dict.fromkeys(("uzt", "tjt", "tmt", "azst", "amst", "pkt", "aqtt", "ort"), 300),
    **dict.fromkeys(("almt", "kgt", "qyzt"), 360),
    **dict.fromkeys(("ict", "wib", "hovt"), 420),
    **dict.fromkeys(("hkt", "sgt", "awst", "ulat"), 480),
    **dict.fromkeys(("jst", "kst"), 540),
    **{"aest": 600, "aedt": 660, "nzst": 720, "nzdt": 780, "nst": -210, "ndt": -150, "adt": -180, "brt": -180},
    **{"est": -300, "edt": -240, "cdt": -300, "mst": -420, "mdt": -360, "pst": -480, "pdt": -420},
    **{"akst": -540, "akdt": -480, "hst": -600},
}
"""Names with one fixed offset. IST, CST, AST and GST are ambiguous and not here."""

_PLACES: dict[str, str] = {
    **dict.fromkeys(("msk", "мск"), "Europe/Moscow"),
    "samt": "Europe/Samara",
    "yekt": "Asia/Yekaterinburg",
    "omst": "Asia/Omsk",
    "novt": "Asia/Novosibirsk",
    "krat": "Asia/Krasnoyarsk",
    "irkt": "Asia/Irkutsk",
    "yakt": "Asia/Yakutsk",
    "vlat": "Asia/Vladivostok",
    "et": "America/New_York",
    "pt": "America/Los_Angeles",
}
"""Names for the clock of a place, with an offset that has changed or changes with the season."""

_EVEN_SMALL = frozenset({"z", "utc", "gmt", "msk", "мск", "tsi"})
"""Names that count in lower case too; `get` and `est` are words."""

_CITIES: dict[str, str] = {
    "москв": "Europe/Moscow",
    "московск": "Europe/Moscow",
    "moscow": "Europe/Moscow",
    "moskva": "Europe/Moscow",
    "астан": "Asia/Almaty",
    "алмат": "Asia/Almaty",
    "astana": "Asia/Almaty",
    "almaty": "Asia/Almaty",
    "бишкек": "Asia/Bishkek",
    "bishkek": "Asia/Bishkek",
    "ташкент": "Asia/Tashkent",
    "tashkent": "Asia/Tashkent",
    "toshkent": "Asia/Tashkent",
    "душанбе": "Asia/Dushanbe",
    "dushanbe": "Asia/Dushanbe",
    "ашхабад": "Asia/Ashgabat",
    "ashgabat": "Asia/Ashgabat",
    "баку": "Asia/Baku",
    "бакинск": "Asia/Baku",
    "baku": "Asia/Baku",
    "bakı": "Asia/Baku",
    "ереван": "Asia/Yerevan",
    "yerevan": "Asia/Yerevan",
    "тбилис": "Asia/Tbilisi",
    "tbilisi": "Asia/Tbilisi",
    "киев": "Europe/Kiev",
    "київ": "Europe/Kiev",
    "kyiv": "Europe/Kiev",
    "türkiye": "Europe/Istanbul",
    "istanbul": "Europe/Istanbul",
    "стамбул": "Europe/Istanbul",
    "кабул": "Asia/Kabul",
    "kabul": "Asia/Kabul",
    "тегеран": "Asia/Tehran",
    "tehran": "Asia/Tehran",
    "beijing": "Asia/Shanghai",
    "пекин": "Asia/Shanghai",
    "washington": "America/New_York",
    "london": "Europe/London",
    "лондон": "Europe/London",
    "гринвич": "UTC",
}
"""Stems of the cities in whose time outlets write: “по московскому времени”, “Astana time”."""

_LONGEST = timedelta(hours=14)
_DIGITS = re.compile(
    r"(?:\s?\([^()\d]{0,40}\))?\s?[\[(]?(?:(UTC|GMT|UT|MSK|МСК)\s?)?([+-])(\d{1,2})(?::?(\d{2}))?(?![\d:])\)?",
    re.IGNORECASE,
)
_PLACE = re.compile(r"\s?[\[(]?([A-Z][a-z]+/[A-Z][A-Za-z]+(?:_[A-Z][a-z]+)*)(?![A-Za-z/_])")
_BY_CLOCK_OF = re.compile(
    r"\s?[\[(]?(?:по\s(?:времени\s)?|времени\s)?([^\W\d_]{4,14})(\s(?:врем\w*|часу|time|vaqti|vaxtı|saati|уақыты))?",
    re.IGNORECASE,
)
_NAME = re.compile(r"\s?[\[(]?([^\W\d_]{1,8})(?![^\W_]|[-'’/][^\W_])\)?")


@dataclass(frozen=True, slots=True)
class ZoneOffset:
    """The zone behind a clock. `offset` is None without a zone, or with an unrecognised one (`is_unknown`)."""

    offset: timedelta | None
    end: int
    is_unknown: bool = False


def read_zone(text: str, start: int, local: datetime) -> ZoneOffset:
    """Return the zone in `text` from `start` on, for a clock that shows the naive instant `local`."""
    if match := _DIGITS.match(text, start):
        return _by_digits(match, local) or ZoneOffset(None, start)
    if match := _PLACE.match(text, start):
        offset = _of_place(match[1], local)
        return ZoneOffset(offset, match.end(), offset is None)
    if (match := _NAME.match(text, start)) and (named := _by_name(match, local)):
        return named
    if match := _BY_CLOCK_OF.match(text, start):
        word, is_said = folded(match[1]), match[2] or "по " in folded(match[0])
        place = next((place for city, place in _CITIES.items() if word.startswith(city)), None)
        if place and is_said:
            return ZoneOffset(_of_place(place, local), match.end())
    return ZoneOffset(None, start)


def _by_digits(match: re.Match[str], local: datetime) -> ZoneOffset | None:
    """Return the offset written as sign and digits; None if it is no valid offset."""
    hours, minutes = int(match[3]), int(match[4] or 0)
    distance = timedelta(hours=hours, minutes=minutes)
    if distance > _LONGEST or minutes % 15:
        return None
    base = timedelta()
    if match[1] and folded(match[1]) in ("msk", "мск"):
        base = _of_place("Europe/Moscow", local) or base  # MSK+2 is two hours ahead of Moscow
    return ZoneOffset(base + distance if match[2] == "+" else base - distance, match.end())


def _by_name(match: re.Match[str], local: datetime) -> ZoneOffset | None:
    word = folded(match[1])
    if not (match[1].isupper() or word in _EVEN_SMALL):
        return None
    if word in _MINUTES:
        return ZoneOffset(timedelta(minutes=_MINUTES[word]), match.end())
    if word in _PLACES:
        return ZoneOffset(_of_place(_PLACES[word], local), match.end())
    return ZoneOffset(None, match.end(), is_unknown=True) if len(word) <= 5 and word.isascii() else None


def _of_place(name: str, local: datetime) -> timedelta | None:
    try:
        return local.replace(tzinfo=ZoneInfo(name)).utcoffset()
    except (KeyError, ValueError, OSError):
        return None  # no such place
