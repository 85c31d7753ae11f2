"""Fields with known values: lang:, country:, genre: and type: are checked, with suggestions in errors."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cache

from db.enums.articles import Genre
from db.enums.vocabulary import EntityType
from worker.extract.genre import genre_called
from worker.query.errors import QueryError
from worker.query.grammar.codes import COUNTRIES, LANGUAGES
from worker.query.names import did_you_mean, nearest
from worker.query.nodes import QueryField
from worker.query.words import is_like, pattern_words

_LANGUAGE = re.compile(r"([a-z]{2,3})(?:-([a-z]{4}))?", re.I)
_COUNTRY = re.compile("[A-Za-z]{2}|exile|international")
_SCRIPTS = ("Latn", "Cyrl", "Arab", "Armn", "Geor", "Hans", "Hant", "Hebr", "Mong")
_NO_COUNTRIES = ("exile", "international")
"""The catalogue's values for outlets without a country."""

_OF_COUNTRY = "kz kk|kg ky|tj tg|tm tk|cn zh|jp ja|kr ko|ua uk|cz cs|gr el|dk da|ir fa|us en|gb en|al sq|se sv"
_THREE_LETTERS = (
    "eng en|rus ru|tur tr|kaz kk|kir ky|uzb uz|tgk tg|tuk tk|aze az|hye hy|zho zh|chi zh|ger de|deu de|fra fr|fre fr"
    "|fas fa|per fa|ukr uk|kat ka|spa es|ita it|pol pl|ara ar|jpn ja|kor ko|hin hi|pus ps|uig ug|mon mn|bel be"
)
_MEANT_LANGUAGES = dict(pair.split(" ") for pair in f"{_OF_COUNTRY}|{_THREE_LETTERS}".split("|"))
"""Codes of countries and of three letters that people use for a language."""
_MEANT_COUNTRIES = {"UK": "GB", "SU": "RU", "KK": "KZ", "KY": "KG", "TG": "TJ", "EN": "GB", "ZH": "CN"}
_OTHER_TYPES = {
    EntityType.STATE: "country nation government land",
    EntityType.ALLIANCE: "bloc pact organization-of-states treaty-organisation",
    EntityType.ORGANISATION: "organization org ngo agency institution ministry",
    EntityType.COMPANY: "corporation firm business enterprise",
    EntityType.OUTLET: "media newspaper source publisher",
    EntityType.PERSON: "people human politician president per",
    EntityType.PLACE: "city town location loc gpe river",
    EntityType.EVENT: "war summit conflict exercise",
    EntityType.DOCUMENT: "treaty agreement law accord",
    EntityType.WEAPON: "arms missile drone",
    EntityType.CONCEPT: "idea term theme topic theory",
}
_TYPE_CALLED = {name: known for known, names in _OTHER_TYPES.items() for name in names.split()}


def checked_value(field: str, text: str, position: int) -> str:
    """Return a value of one of these fields in normal form; raises QueryError if no article can have it."""
    match field:
        case QueryField.LANG:
            return _checked_language(text, position)
        case QueryField.COUNTRY:
            return _checked_country(text, position)
        case QueryField.GENRE:
            return _require_one(tuple(Genre), text, position, QueryField.GENRE, genre_called(text), plural="genres")
        case QueryField.TYPE:
            meant = _TYPE_CALLED.get(text.lower())
            return _require_one(tuple(EntityType), text, position, "type of entity", meant, plural="types")
    return text


def stored_value(field: str, text: str) -> str:
    """Return a value in normal form even if it is unknown: it was stored under fewer rules."""
    if field == QueryField.LANG and (match := _LANGUAGE.fullmatch(text)):
        return match[1].lower() + (f"-{match[2].title()}" if match[2] else "")
    if field == QueryField.COUNTRY and len(text) == 2:
        return text.upper()
    return text.lower() if field == QueryField.TYPE else text


def describe_values(field: str) -> str:
    """Return a description of the values of a field; "" if it takes any."""
    hints: Mapping[str, str] = {
        QueryField.LANG: "write two letters, such as ru, or with a script: kk-Latn",
        QueryField.COUNTRY: "write two letters, such as KZ; or exile, international",
        QueryField.GENRE: f"genres are {', '.join(Genre)}",
        QueryField.TYPE: f"types are {', '.join(EntityType)}",
        QueryField.SOURCE: "write an outlet's id, name or domain, or a pattern: *.kg",
        QueryField.ENTITY: "write the id or the label of an entity",
        QueryField.SAVED: "write the name of a saved query",
    }
    return hints.get(field, "")


def _checked_language(text: str, position: int) -> str:
    match = _LANGUAGE.fullmatch(text)
    if match and match[1].lower() in LANGUAGES:
        script = (match[2] or "").title()
        if not script or script in _SCRIPTS:
            return stored_value(QueryField.LANG, text)
        near = [f"{match[1].lower()}-{one.title()}" for one in nearest(script, map(str.lower, _SCRIPTS))]
        raise QueryError(f"{script!r} is no script", position, did_you_mean(near) or f"scripts: {', '.join(_SCRIPTS)}")
    name = (match[1] if match else text).lower()
    codes = [_MEANT_LANGUAGES[name]] if name in _MEANT_LANGUAGES else _codes_like(text, QueryField.LANG)
    raise QueryError(
        f"{text!r} is no language", position, _offered(codes, LANGUAGES) or describe_values(QueryField.LANG)
    )


def _checked_country(text: str, position: int) -> str:
    if text.upper() in COUNTRIES:
        return text.upper()
    if text.lower() in _NO_COUNTRIES:
        return text.lower()
    meant = _MEANT_COUNTRIES.get(text.upper())
    codes = [meant] if meant else _codes_like(text, QueryField.COUNTRY)
    raise QueryError(
        f"{text!r} is no country", position, _offered(codes, COUNTRIES) or describe_values(QueryField.COUNTRY)
    )


def _require_one(values: Iterable[str], text: str, position: int, noun: str, meant: str | None, *, plural: str) -> str:
    """Return one of a few values, or a pattern that matches one of them."""
    key = " ".join(pattern_words(text))
    if key in values:
        return key
    if noun == QueryField.GENRE and "*" in key and any(is_like(value, key) for value in values):
        return key
    hint = did_you_mean([meant] if meant else nearest(key, values)) or f"{plural} are {', '.join(values)}"
    raise QueryError(f"no {noun} is called {text!r}", position, hint)


def _offered(codes: Iterable[str], names: Mapping[str, tuple[str, ...]]) -> str:
    return did_you_mean(f"{code} ({names[code][0]})" if code in names else code for code in codes)


@cache
def _codes_by_name(field: str) -> Mapping[str, str]:
    names = LANGUAGES if field == QueryField.LANG else COUNTRIES
    found = {_folded(name): code for code in reversed(list(names)) for name in names[code]}
    return found if field == QueryField.LANG else found | {name: name for name in _NO_COUNTRIES}


def _codes_like(text: str, field: str) -> list[str]:
    """Return the codes for a name in English, Russian or Turkish, or for similar names."""
    by_name, key = _codes_by_name(field), _folded(text)
    if key in by_name:
        return [by_name[key]]
    return list(dict.fromkeys(by_name[name] for name in nearest(key, by_name) if len(key) > 2))


def _folded(name: str) -> str:
    return " ".join(pattern_words(name))
