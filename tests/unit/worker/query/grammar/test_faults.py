"""Errors of queries as their writers read them: what is wrong, where, and what to write; each whole."""

from __future__ import annotations

import pytest

from worker.query.query import QueryError, parse

SAVED = {"loop": "saved:loop", "bad": "a NEAR"}


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("", "at character 1: an empty query; write at least a word"),
        (
            "a NEAR",
            "at character 7: nothing stands after NEAR; "
            "write a word, a phrase or a group in parentheses behind it, with a distance: a NEAR/5 b",
        ),
        (
            "a AND",
            "at character 6: nothing stands after AND; write a word, a phrase or a group in parentheses behind it",
        ),
        ("NOT", "at character 4: nothing stands after NOT; write a word, a phrase or a group in parentheses behind it"),
        (
            "title:",
            "at character 7: nothing stands after title:; write a word, a phrase or a group in parentheses behind it",
        ),
        (
            "OR b",
            "at character 1: nothing stands before OR; "
            "write a word, a phrase or a group in parentheses before it; "
            'to look for the word itself write "OR"',
        ),
        (
            "a AND OR b",
            "at character 7: nothing stands between AND and OR; "
            "write a word, a phrase or a group in parentheses there; "
            'to look for the word itself write "OR"',
        ),
        (
            "(a OR) b",
            "at character 6: nothing stands between OR and ); write a word, a phrase or a group in parentheses there",
        ),
        ("()", "at character 2: there is nothing between ( and ); write a word or a phrase there, or leave both out"),
        (
            "lang:()",
            "at character 7: there is nothing between ( and ); write a word or a phrase there, or leave both out",
        ),
        ("(a", "at character 1: a ( that is not closed; add the )"),
        ("a)", "at character 2: a ) without its (; leave it out, or add the ("),
        ('a "b', 'at character 3: a quote that is not closed; add the second "'),
        ("a NEAR/0 b", "at character 3: a distance is from 1 to 100 words; write NEAR/5"),
        (
            "a NEAR/5 NOT b",
            "at character 10: NOT cannot stand behind NEAR/5; "
            "write a AND NOT (a NEAR/5 b), for what stands without the other near it; "
            'to look for the word itself write "NOT"',
        ),
        (
            "a NEAR/5 (b AND c)",
            "at character 3: NEAR takes words, phrases, entities and groups of them with OR; "
            "repeat NEAR for each: (a NEAR/5 b) AND (a NEAR/5 c)",
        ),
        (
            "a NEAR/5 lang:ru",
            "at character 3: NEAR takes words, phrases, entities and groups of them with OR; "
            "join the rest with AND: (a NEAR/5 b) AND (lang:ru)",
        ),
        ("atleast/0 a", "at character 1: a number from 1 to 999 is expected after atleast/; write atleast/2"),
        (
            "atleast/2 (a AND b)",
            "at character 1: atleast takes words, phrases, entities and groups of them with OR; "
            "repeat atleast for each: atleast/2 a AND atleast/2 b",
        ),
        (
            "score>=5 a",
            "at character 1: score>=5 is written otherwise here; "
            "write score>=5(SCO^3 summit^2), with the terms and their weights in parentheses",
        ),
        ("score>=5(a)", "at character 1: all terms together reach only 1; lower 5 or raise a weight"),
        ("score>=1(a^x)", "at character 11: '^x' is no weight; write a number, such as ^5, ^0.5 or ^-20"),
        ("a^5", "at character 2: '^5' cannot stand here; write score>=15(SCO^10 summit^5): weights go inside a score"),
        (
            "score>=1(a AND b)",
            "at character 12: 'AND' cannot stand here; "
            "expected a word, a phrase, a group in parentheses, a closing parenthesis or a weight such as ^5; "
            'to look for the word itself write "AND"',
        ),
        ("(a b)~2", "at character 6: '~2' cannot stand here; write summit~1: ~ follows a word or phrase directly"),
        (
            "a~1",
            "at character 1: a is too short for ~1: too many words are that near; "
            "leave ~1 out; "
            "other spellings are listed with OR",
        ),
        ("lang:ru~1", "at character 8: ~ does not go with lang:; leave ~1 out"),
        ('"..."', "at character 1: a phrase without a word; write at least a word between the quotes"),
        ("lang:", "at character 1: lang: needs a value; write two letters, such as ru, or with a script: kk-Latn"),
        (
            "date:",
            "at character 6: date needs a day; "
            "write date:2022-01-05, date:2022-01, date>=2022-01-05 or date:2022-01-05..2022-02-10",
        ),
        ("title:lang:ru", "at character 7: lang: cannot stand inside title:; join them with AND: title:… AND lang:…"),
        ("saved:nope", "at character 7: no saved query is called 'nope'; steppewatch alert list shows them"),
        (
            "saved:loop",
            "at character 7: the saved query 'loop' is wrong at character 7: the saved query 'loop' is part of itself; "
            "take saved:loop out of it",
        ),
        (
            "saved:bad",
            "at character 7: the saved query 'bad' is wrong at character 7: nothing stands after NEAR; "
            "write a word, a phrase or a group in parentheses behind it, with a distance: a NEAR/5 b",
        ),
        (
            "SENT(lang:ru)",
            "at character 1: lang:ru is about the whole article, not about a sentence; "
            "write it outside SENT(…), joined with AND",
        ),
        ("1:2:", "at character 4: ':' means nothing here; put quotes around text with a colon"),
    ],
)
def test_an_error_says_what_is_wrong_where_and_what_to_write(query: str, message: str) -> None:
    with pytest.raises(QueryError) as caught:
        parse(query, SAVED)
    assert str(caught.value) == message
