"""Errors of the parser → errors in the words of queries, which say the fault, its place and the form to use."""

from __future__ import annotations

import re

from lark.exceptions import UnexpectedCharacters, UnexpectedInput, UnexpectedToken

from worker.query.errors import QueryError
from worker.query.grammar.closed import describe_values

_EXPECTED = {
    "WORD": "a word",
    "PHRASE": "a phrase",
    "_OPEN": "a group in parentheses",
    "_CLOSE": "a closing parenthesis",
    "_AND": "AND",
    "_OR": "OR",
    "WEIGHT": "a weight such as ^5",
}
_FIELD_BEFORE = re.compile(r"([^\W\d]\w{0,30}):\s*$")
_LONELY = {
    "~": "write summit~1: ~ follows a word or phrase directly",
    ":": "put quotes around text with a colon",
}
_PART = "a word, a phrase or a group in parentheses"
_JOINS = ("_AND", "_OR", "NOT", "NEAR")


def explain_fault(error: UnexpectedInput, plain: str) -> QueryError:
    """Return the error of a query that the parser refused."""
    if isinstance(error, UnexpectedCharacters):
        position = error.pos_in_stream or 0
        return QueryError(f"{plain[position]!r} means nothing here", position, _LONELY.get(plain[position], ""))
    assert isinstance(error, UnexpectedToken)
    is_end = error.token.type == "$END"
    position = len(plain.rstrip()) if is_end else error.token.start_pos or 0
    if is_end and not position:
        return QueryError("an empty query", 0, "write at least a word")
    field = _FIELD_BEFORE.search(plain[:position])
    if field and (values := describe_values(field[1].lower())):
        return QueryError(f"{field[0].strip()} needs a value", field.start(), values)
    if error.token.type == "WEIGHT":
        hint = "write score>=15(SCO^10 summit^5): weights go inside a score"
        return QueryError(f"{str(error.token)!r} cannot stand here", position, hint)
    wanted = set(error.accepts or error.expected)
    if "WORD" in wanted and not wanted & {"_AND", "_CLOSE", "$END"}:
        return _explain_gap(error, plain, position)
    expected = [text for name, text in _EXPECTED.items() if name in wanted]
    hint = f"expected {', '.join(expected[:-1])} or {expected[-1]}" if expected[1:] else f"expected {expected[0]}"
    if error.token.type == "FUZZ":
        hint = _LONELY["~"]
    return QueryError(f"{str(error.token)!r} cannot stand here", position, hint + _itself(error))


def _explain_gap(error: UnexpectedToken, plain: str, position: int) -> QueryError:
    """Return the error for a place where a part of the query is missing."""
    before, token = _last_piece(plain[:position]), str(error.token)
    if error.token.type == "$END":
        more = ", with a distance: a NEAR/5 b" if before.upper() in ("NEAR", "ONEAR") else ""
        return QueryError(f"nothing stands after {before}", position, f"write {_PART} behind it{more}")
    if before == "(" and error.token.type == "_CLOSE":
        return QueryError(
            "there is nothing between ( and )", position, "write a word or a phrase there, or leave both out"
        )
    if not before or before == "(":
        return QueryError(f"nothing stands before {token}", position, f"write {_PART} before it" + _itself(error))
    if error.token.type == "NOT":
        hint = f"write a AND NOT (a {before} b), for what stands without the other near it"
        return QueryError(f"NOT cannot stand behind {before}", position, hint + _itself(error))
    return QueryError(f"nothing stands between {before} and {token}", position, f"write {_PART} there" + _itself(error))


def _itself(error: UnexpectedToken) -> str:
    return f'; to look for the word itself write "{error.token}"' if error.token.type in _JOINS else ""


def _last_piece(text: str) -> str:
    """Return the last word or sign of a text, "" if it has none; linear in the text."""
    last = (text.split() or [""])[-1]
    return last[-1:] if last.endswith("(") else last[last.rfind("(") + 1 :]
