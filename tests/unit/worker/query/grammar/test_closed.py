"""Fields whose values are known refuse others, and name what was meant."""

from __future__ import annotations

import pytest

from db.enums.articles import Genre
from db.enums.vocabulary import EntityType
from worker.export.formats.article_columns import ARTICLES
from worker.extract.genre import declared_genre, genre_of_kind, genre_of_url
from worker.query.article import QueryOutlet
from worker.query.grammar.codes import COUNTRIES, LANGUAGES
from worker.query.names import QueryNames
from worker.query.query import QueryError, parse, parse_stored
from worker.vocabulary.entities import Alias, Entity, Vocabulary

KNOWN = QueryNames(entities={"csto": "CSTO"}).and_outlets(
    [
        QueryOutlet("qamys-habary", ("Qamys Habary", "qamys.example"), "KZ"),
        QueryOutlet("oasis", ("Oasis Gazette", "oasis.co.uk")),
    ]
)


@pytest.mark.parametrize(
    ("typed", "position", "says"),
    [
        ("genre:interviewww", 6, "did you mean interview?"),
        ("genre:op-ed", 6, "did you mean opinion?"),
        ("genre:мнение", 6, "did you mean opinion?"),
        ("genre:zzz", 6, "genres are news, analysis"),
        ("genre:zzz*", 6, "genres are news"),
        ("lang:english", 5, "did you mean en (English)?"),
        ("lang:Russian", 5, "did you mean ru (Russian)?"),
        ("lang:русский", 5, "did you mean ru (Russian)?"),
        ("lang:türkçe", 5, "did you mean tr (Turkish)?"),
        ("lang:kazak", 5, "did you mean kk (Kazakh)?"),
        ("lang:kz", 5, "did you mean kk (Kazakh)?"),
        ("lang:rus", 5, "did you mean ru (Russian)?"),
        ("lang:zz", 5, "two letters, such as ru"),
        ("lang:kk-Lant", 5, "did you mean kk-Latn"),
        ("lang:(ru OR englsh)", 12, "did you mean en (English)"),
        ("country:XX", 8, "two letters, such as KZ"),
        ("country:Kazakhstan", 8, "did you mean KZ (Kazakhstan)?"),
        ("country:Казахстан", 8, "did you mean KZ (Kazakhstan)?"),
        ("country:UK", 8, "did you mean GB (United Kingdom)?"),
        ("country:exil", 8, "did you mean exile"),
        ("type:persn", 5, "did you mean person?"),
        ("type:country", 5, "did you mean state?"),
        ("type:zzz", 5, "types are state"),
        ("type:", 0, "types are state"),
        ("drills AND type:", 11, "types are state"),
        ("genre: AND drills", 0, "genres are news"),
        ("lang:()", 6, "nothing between ( and )"),
        ("source:unknown", 7, "steppewatch source list"),
        ("source:qamys-habari", 7, "did you mean qamys-habary (Qamys Habary)?"),
        ('source:"Oasis Gazete"', 7, "did you mean oasis (Oasis Gazette)?"),
    ],
)
def test_a_value_that_no_article_has_is_an_error_with_the_nearest(typed: str, position: int, says: str) -> None:
    with pytest.raises(QueryError) as caught:
        parse(typed, None, KNOWN)
    assert says in str(caught.value)
    assert caught.value.position == position


@pytest.mark.parametrize(
    "typed",
    [
        *("source:qamys-habary", 'source:"Qamys Habary"', "source:qamys.example", "source:www.qamys.example"),
        *("source:qamys", "source:oasis", "source:oasis.co.uk", "source:new.example", "source:*.kg", "source:qam*"),
        *("lang:kk-latn", "lang:RU", "country:kz", "country:Exile", "type:Person", "genre:Opinion", "genre:stat*"),
    ],
)
def test_values_that_articles_have_are_understood(typed: str) -> None:
    query = parse(typed, None, KNOWN)
    assert parse(str(query), None, KNOWN) == query


@pytest.mark.parametrize("typed", ["genre:op-ed", "lang:zz", "country:XX", "source:unknown AND Osh"])
def test_what_was_stored_keeps_its_meaning_and_says_what_is_wrong(typed: str) -> None:
    query, wrong = parse_stored(typed, None, KNOWN)
    assert str(query) == typed
    assert wrong is not None
    assert wrong.hint


def test_every_value_that_is_offered_is_one() -> None:
    for field, values in {
        "genre": list(Genre),
        "type": list(EntityType),
        "lang": LANGUAGES,
        "country": COUNTRIES,
    }.items():
        for value in values:
            query = parse(f'{field}:"{value}"')
            assert value in str(query)
            assert parse(str(query)) == query


@pytest.mark.parametrize("code", ["ru", "kk", "uz", "tr"])
def test_a_language_goes_by_each_of_its_names(code: str) -> None:
    for name in LANGUAGES[code]:
        with pytest.raises(QueryError, match=rf"did you mean {code} "):
            parse(f'lang:"{name}"')


def test_there_is_one_list_of_genres() -> None:
    told = next(column.meaning for column in ARTICLES if column.name == "genre")
    assert all(genre in told for genre in Genre)
    made = {
        genre_of_url("https://post.example/intervyu/ozero"),
        genre_of_url("https://post.example/podcasts/the-lake"),
        declared_genre("OpinionNewsArticle"),
        *map(genre_of_kind, ("think tank", "government", "news agency")),
    }
    assert made == set(Genre)


VOCABULARY = Vocabulary(
    entities=(
        Entity(
            id="csto",
            type="alliance",
            label="CSTO",
            description="",
            aliases=(Alias(text="ОДКБ", language="ru", level="name"), Alias(text="KGAÖ", language="tr", level="name")),
        ),
        Entity(
            id="georgia",
            type="state",
            label="Georgia",
            description="",
            aliases=(
                Alias(text="Грузия", language="ru", level="name"),
                Alias(text="грузинский", language="ru", level="demonym"),
            ),
        ),
        Entity(
            id="georgia-us",
            type="place",
            label="Georgia (US)",
            description="",
            aliases=(Alias(text="GA", language="en", level="name"),),
        ),
        Entity(
            id="gazprom",
            type="company",
            label="Gazprom",
            description="",
            aliases=(Alias(text="GA", language="en", level="name"), Alias(text="Газпром", language="ru", level="name")),
        ),
    )
)


@pytest.mark.parametrize("name", ["csto", "CSTO", "ОДКБ", "одкб", '"KGAÖ"', "kgao"])
def test_an_entity_goes_by_any_alias_that_is_its_alone(name: str) -> None:
    assert str(parse(f"entity:{name}", None, QueryNames.of(VOCABULARY))) == "entity:csto"


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("GA", "2 entities are called 'GA'; did you mean georgia-us (Georgia (US)) or gazprom (Gazprom)?"),
        ("Грузии", "no entity is called 'Грузии'; did you mean georgia (Georgia)?"),
        ("gasprom", "did you mean gazprom (Gazprom)?"),
        ("zzz", "vocabulary list"),
    ],
)
def test_what_no_single_entity_is_called_names_those_that_may_be_meant(name: str, says: str) -> None:
    with pytest.raises(QueryError) as caught:
        parse(f"entity:{name}", None, QueryNames.of(VOCABULARY))
    assert says in str(caught.value)
