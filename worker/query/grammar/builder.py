"""The grammar's tree → a query: fields handed down to their words, values checked, names looked up."""

from __future__ import annotations

import re
from collections.abc import Callable

from lark import Token, Tree

from worker.query.errors import QueryError
from worker.query.grammar.checks import check_places, check_sentence
from worker.query.grammar.closed import checked_value, describe_values, stored_value
from worker.query.grammar.days import day_range
from worker.query.grammar.fields import ANYWHERE, FieldScope
from worker.query.grammar.foreign import refuse_word
from worker.query.grammar.forms import refuse_form
from worker.query.joining import is_abbreviation
from worker.query.names import NoSuchEntity, QueryNames
from worker.query.nodes import (
    And,
    AtLeast,
    DateRange,
    EntityNode,
    Filter,
    LetterCase,
    Near,
    Not,
    Or,
    Phrase,
    Query,
    QueryField,
    Saved,
    Score,
    Sentence,
    Word,
    get_parts,
)
from worker.query.words import plain
from worker.text.nfc import nfc

MAX_DISTANCE = 100
MAX_EDITS = 2
MAX_SLOP = 20
MAX_NEARS = 10
"""In a row."""
_LIKE_FIELD = re.compile(r"[^\W\d]\w*:")
_INNER = re.compile(r"[\w*](?:.*[\w*])?", re.S)  # linear in the text, unlike a pattern anchored at its end
_LIKE_OPERATOR = re.compile(r"and|or|not|o?near(/\d+)?|atleast/\d+|(date|score)\s*[<>=≤≥].*", re.I)
_WEIGHT = re.compile(r"\^(-?\d{1,4}(?:\.\d{1,2})?)")

FindSaved = Callable[[str, int], Query]


class Builder:
    """Builds a query from the grammar's tree; recursion is as deep as the parentheses are."""

    def __init__(self, find_saved: FindSaved, known: QueryNames | None, lenient: bool) -> None:
        self._find_saved = find_saved
        self._known = known
        self._lenient = lenient

    def build(self, tree: Tree[Token] | Token, scope: FieldScope = ANYWHERE) -> Query:
        """Return the query of a tree; raises QueryError."""
        assert isinstance(tree, Tree)
        made: Query = getattr(self, f"_{tree.data}")(tree.children, scope)
        return made

    def _either(self, children: list[Tree[Token]], scope: FieldScope) -> Query:
        return Or(_flat(Or, [self.build(child, scope) for child in children]))

    def _both(self, children: list[Tree[Token]], scope: FieldScope) -> Query:
        return And(_flat(And, [self.build(child, scope) for child in children]))

    def _negation(self, children: list[Tree[Token]], scope: FieldScope) -> Query:
        part = self.build(children[-1], scope)
        times = len(children) - 1
        while isinstance(part, Not):
            part, times = part.part, times + 1
        return Not(part) if times % 2 else part

    def _near(self, children: list[Tree[Token] | Token], scope: FieldScope) -> Query:
        if len(children) > 2 * MAX_NEARS + 1:
            raise QueryError(
                f"more than {MAX_NEARS} NEAR in a row",
                _position(children[2 * MAX_NEARS + 1]),
                "make several queries of it",
            )
        query = self.build(children[0], scope)
        for operator, operand in zip(children[1::2], children[2::2], strict=True):
            assert isinstance(operator, Token)
            name, _, number = operator.upper().partition("/")
            if not number:
                raise QueryError(f"{name} without a distance", _position(operator), f"write {name}/5, at most 5 words")
            if not 1 <= len(number) <= 3 or not 1 <= int(number) <= MAX_DISTANCE:
                raise QueryError(
                    f"a distance is from 1 to {MAX_DISTANCE} words", _position(operator), f"write {name}/5"
                )
            right = self.build(operand, scope)
            for side in (query, right):
                check_places(side, f"{name}/{number}", _position(operator))
            query = Near(query, right, int(number), name == "ONEAR")
        return query

    def _sentence(self, children: list[Tree[Token] | Token], scope: FieldScope) -> Query:
        part = self.build(children[1], scope)
        check_sentence(part, _position(children[0]))
        return Sentence(part)

    def _at_least(self, children: list[Tree[Token] | Token], scope: FieldScope) -> Query:
        operator = children[0]
        assert isinstance(operator, Token)
        number = operator.partition("/")[2]
        if len(number) > 3 or not int(number):
            raise QueryError(
                "a number from 1 to 999 is expected after atleast/", _position(operator), "write atleast/2"
            )
        part = self.build(children[-1], scope)
        check_places(part, str(operator).lower(), _position(operator))
        return AtLeast(int(number), part)

    def _at_least_fielded(self, children: list[Tree[Token] | Token], scope: FieldScope) -> Query:
        return self._at_least([children[0], Tree("fielded", children[1:])], scope)

    def _score(self, children: list[Tree[Token] | Token], scope: FieldScope) -> Query:
        threshold = re.split("=|≥", str(children[0]))[1].strip()
        if not re.fullmatch(r"\d{1,4}(\.\d{1,2})?", threshold) or not float(threshold):
            raise QueryError(
                "a threshold is a number above 0 and below 10000", _position(children[0]), "write score>=5"
            )
        terms: list[tuple[Query, float]] = []
        for child in children[1:]:
            assert isinstance(child, Tree)
            operand, *weight = child.children
            terms.append((self.build(operand, scope), _weight(weight[0]) if weight else 1.0))
        most = sum(weight for _, weight in terms if weight > 0)
        if most < float(threshold):
            hint = f"lower {threshold} or raise a weight"
            raise QueryError(f"all terms together reach only {most:g}", _position(children[0]), hint)
        return Score(float(threshold), tuple(terms))

    def _date(self, children: list[Token], scope: FieldScope) -> Query:
        return DateRange(*day_range(children[0], _position(children[0])))

    def _fielded(self, children: list[Tree[Token] | Token], scope: FieldScope) -> Query:
        for token in children[:-1]:
            assert isinstance(token, Token)
            scope = scope.narrowed(str(token[:-1]), _position(token))
        return self.build(children[-1], scope)

    def _word(self, children: list[Token], scope: FieldScope) -> Query:
        token, *fuzz = children
        text = plain(nfc(" ".join(str(token).split())))
        if scope.takes_values:
            _refuse(fuzz, scope)
            return self._value(text, scope, token)
        if token[0] in "'`‘´‚‛" or (token[-1] in "‘" and len(token) > 1):
            raise QueryError("a single quote does not begin a phrase", _position(token), 'use double quotes: "…"')
        inner = _INNER.search(text)
        typed, text = text, inner[0] if inner else ""
        if not self._lenient:
            refuse_word(typed, text, _position(token))
            refuse_form(text, _position(token))
        if text != token and _LIKE_OPERATOR.fullmatch(text):
            raise QueryError(f"{text} is an operator", _position(token), f'to look for the word itself write "{text}"')
        if _LIKE_FIELD.match(text):  # it would be read as a field without the text before it
            raise QueryError("':' means nothing here", _position(token), "put quotes around text with a colon")
        case = scope.case or self._choose_case(text, bool(fuzz))
        word = Word(text, scope.field, case, _number(token, fuzz, MAX_EDITS))
        _check_word(word, token)
        return word

    def _choose_case(self, text: str, is_fuzzy: bool) -> str:
        """Return the default letter case of a word: U.S. is not us, nor Trump a trump."""
        if is_fuzzy:
            return ""
        if _is_in_capitals(text):
            return LetterCase.EXACT
        return LetterCase.NAME if self._known and text in self._known.surnames else ""

    def _phrase(self, children: list[Token], scope: FieldScope) -> Query:
        token, *fuzz = children
        text = " ".join(plain(nfc(token[1:-1])).split())
        if scope.takes_values:
            _refuse(fuzz, scope)
            return self._value(text, scope, token)
        case = scope.case or (LetterCase.EXACT if not fuzz and _is_in_capitals(text) else "")
        phrase = Phrase(text, scope.field, case, _number(token, fuzz, MAX_SLOP))
        if not any(words and set(words) != {"*"} for words in phrase.variants):
            raise QueryError("a phrase without a word", _position(token), "write at least a word between the quotes")
        return phrase

    def _value(self, text: str, scope: FieldScope, token: Token) -> Query:
        position = _position(token)
        if scope.case:
            raise QueryError(f"case: does not go with {scope.field}:", position, "leave case: out")
        if not text.strip():
            raise QueryError(f"{scope.field}: needs a value", position, describe_values(scope.field))
        match scope.field:
            case QueryField.SAVED:
                return Saved(text, self._find_saved(text, position))
            case QueryField.ENTITY:
                return EntityNode(QueryField.ENTITY, self._entity(text, position), scope.tagged_in)
            case QueryField.SOURCE:
                self._check_source(text, position)
        field = scope.field
        value = stored_value(field, text) if self._lenient else checked_value(field, text, position)
        return EntityNode(QueryField.TYPE, value, scope.tagged_in) if field == QueryField.TYPE else Filter(field, value)

    def _check_source(self, text: str, position: int) -> None:
        known = self._known
        if known is not None and not known.may_be_source(text):
            hint = known.like_source(text) or "steppewatch source list shows them; domains and patterns may be any"
            raise QueryError(f"no outlet is called {text!r}", position, hint)

    def _entity(self, text: str, position: int) -> str:
        if self._known is None:
            return text.lower()
        try:
            return self._known.get_entity(text)
        except NoSuchEntity as error:
            hint = error.hint or "steppewatch vocabulary list shows them all"
            raise QueryError(error.message, position, hint) from None


def depth_and_size(query: Query, seen: dict[int, tuple[int, int]] | None = None) -> tuple[int, int]:
    """Return the depth and the number of parts of a query; saved queries are walked once."""
    seen = {} if seen is None else seen
    if id(query) in seen:
        return seen[id(query)]
    inner = [depth_and_size(part, seen) for part in get_parts(query)]
    found = 1 + max((depth for depth, _ in inner), default=0), 1 + sum(size for _, size in inner)
    if isinstance(query, Saved):
        seen[id(query.part)] = inner[0]
    return found


def _flat(kind: type[And] | type[Or], parts: list[Query]) -> tuple[Query, ...]:
    return tuple(inner for part in parts for inner in (part.parts if isinstance(part, kind) else (part,)))


def _is_in_capitals(text: str) -> bool:
    return is_abbreviation(text) and text.isupper()


def _position(token: Tree[Token] | Token) -> int:
    while isinstance(token, Tree):
        token = token.children[0]
    return token.start_pos or 0


def _number(token: Token, fuzz: list[Token], most: int) -> int:
    if not fuzz:
        return 0
    digits = fuzz[0][1:]
    if not digits or len(digits) > 2 or not 1 <= int(digits) <= most:
        hint = f"write {token}~{most if digits and int(digits) else 1}"
        raise QueryError(f"~ is followed by a number from 1 to {most}", _position(fuzz[0]), hint)
    return int(digits)


def _refuse(fuzz: list[Token], scope: FieldScope) -> None:
    if fuzz:
        raise QueryError(f"~ does not go with {scope.field}:", _position(fuzz[0]), f"leave {fuzz[0]} out")


def _weight(token: Tree[Token] | Token) -> float:
    match = _WEIGHT.fullmatch(str(token))
    if not match:
        raise QueryError(f"{str(token)!r} is no weight", _position(token), "write a number, such as ^5, ^0.5 or ^-20")
    return float(match[1])


def _check_word(word: Word, token: Token) -> None:
    position = _position(token)
    words = word.variants[0]
    if not words:
        raise QueryError(f"{str(token)!r} holds no letter or digit", position, 'what is meant literally goes in "…"')
    if all(set(part) == {"*"} for part in words):
        raise QueryError("* alone stands for every word", position, "put some letters before or after it")
    without = f"leave ~{word.edits} out"
    if word.edits and ("*" in word.text or len(words) > 1):
        raise QueryError(f"~{word.edits} goes with a single word without * and hyphen", position, without)
    if word.edits and word.case:
        raise QueryError(f"case: does not go with ~{word.edits}", position, without)
    if word.edits and len(words[0]) < 2 * word.edits + 1:
        hint = f"{without}; other spellings are listed with OR"
        raise QueryError(f"{word.text} is too short for ~{word.edits}: too many words are that near", position, hint)
