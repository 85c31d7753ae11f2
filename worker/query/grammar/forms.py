"""Forms of other tools with more than one word: found in a query before parsing, refused with the form to use.

Words that are operators elsewhere are in `foreign`. The printed form of a query is never refused.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from worker.query.errors import QueryError
from worker.query.grammar.foreign import DISTANT, OTHERWISE, farthest
from worker.query.nodes import TAG_FIELDS, VALUE_FIELDS, QueryField

MINUSES = "-‐‑‒–—―−﹘﹣－"
"""A hyphen, and its variants from word processors and keyboards."""

Piece = tuple[str, int]
"""A phrase, a parenthesis, or the text between spaces; and its position."""

_PIECE = re.compile(r'"[^"]*"|[()]|[^\s()"]+')
_FIELDS = re.compile(r"(?:[^\W\d]\w*:)+")
_TAKES_VALUES = re.compile(rf"(?:{'|'.join((*VALUE_FIELDS, *TAG_FIELDS, 'saved'))}):", re.I)
_OURS = re.compile(r"and|or|&&|\|\|?|o?near/\d+", re.I)
_BEFORE_OPERAND = re.compile(rf"not|{_OURS.pattern}", re.I)

_CALLS = {
    "title:(": "headline title intitle hl ti",
    "lead:(": "hlead lead lp ingress",
    "body:(": "body text content intext",
    "author:(": "byline author au",
    "source:(": "publication source pub site",
    "lang:(": "language lang",
    "country:(": "country geographic",
    "entity:(": "entity company person organization",
    "case:(": "caps allcaps nocaps case",
    "SENT(": "sentence sent",
    "date>=2022-01-05": QueryField.DATE,
}
_FORM_OF_CALL = {name: form for form, names in _CALLS.items() for name in names.split()}
_COMPARISON = {"is": ":", "on": ":", "bef": "<", "before": "<", "lss": "<", "until": "<=", "leq": "<="}
_FIELD_OF_TAG = {"ti": "title", "tiab": "title", "title": "title", "au": "author", "author": "author"}


def _minus(found: re.Match[str]) -> str:
    return f"write NOT {found['rest']}".rstrip() + ("" if found["rest"] else ", or leave it out")


def _plus(found: re.Match[str]) -> str:
    return (
        f"write {found['phrase']}, for words side by side must all stand; just this spelling is case:{found['phrase']}"
    )


def _bracket(found: re.Match[str]) -> str:
    return f'write "{re.sub(r"[][{}]", "", found[0])}" for what is meant literally; only dates have ranges'


def _or_itself(words: str) -> str:
    return f'; to look for the words themselves write "{words}"' if re.search(r"\s\d", words) else ""


def _called(found: re.Match[str]) -> str:
    form = _FORM_OF_CALL.get(found["name"].casefold())
    return f"write {form}" if form and found["name"] != "SENT" else ""


_NO_CALL = re.compile(r"and|or|not|sent|(?:atleast|atl)\d+", re.I)


def _attached(found: re.Match[str]) -> str:
    """Return the suggestion for an unknown function, or for drone(s)."""
    word, rest = found["word"], found["rest"]
    if _NO_CALL.fullmatch(word):
        return ""
    if rest.isalpha() and len(rest) < 3 and found.string.startswith(")", found.end()):
        return f"write {word}*, where * stands for any letters"
    return f"write {word} AND ({rest or 'a b'}), for there is no function of that name"


_FORMS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], str]], ...] = tuple(
    (re.compile(form, re.I), hint_of)
    for form, hint_of in (
        (rf"[{MINUSES}!¬]+(?P<rest>[^\s()\"]*)", _minus),
        (r"\++(?P<phrase>\"[^\"]*\"|\()", _plus),
        (r"[\[{]\s*(\d[\d-]*)\s+TO\s+(\d[\d-]*)\s*[\]}]", lambda found: f"write date:{found[1]}..{found[2]}"),
        (r"\{([^\s\"{}]+)\}", lambda found: f"write case:{found[1]}"),
        (
            r"([^\s\"()\[\]]+)\[(ti|tiab|title|au|author)\]",
            lambda found: f"write {_FIELD_OF_TAG[found[2].lower()]}:{found[1]}",
        ),
        (r"/([^\W\d_]+)[^\s()\"]*[\[\]{}]", lambda found: f"write {found[1]}*; there are no regular expressions"),
        (r"[^\s()\"\[\]{}]*[\[\]{}][^\s()\"]*", _bracket),
        (
            r"[^\s()\"]*\\[^\s()\"]*",
            lambda found: 'write "{}" for what is meant literally'.format(found[0].replace("\\", "")),
        ),
        (r"(?<![^\s(:])~+[^\s()\"~]*", lambda found: "write summit~1 for misspellings; other words are listed with OR"),
        (r"\*:\*", lambda found: "write date>=1990 for every article that has a date"),
        (r"o?near\s*\(\s*\(?[^\s(),]+,|o?near\(", lambda found: "write a NEAR/5 b"),
        (
            rf"(?!o?near/\d+(?:[\s()\"]|$))(?:(?P<name>{DISTANT})(?:\s+|\s*[/:=(]\s*|\s+\(\s*)|(?P<short>[wnp])\s*/\s*)"
            r"(?P<far>\d{1,3})(?![\w/]|[.,]\d|\s\d{3}(?!\w))",
            lambda found: f"write {farthest(found['name'] or found['short'], found['far'])}{_or_itself(found[0])}",
        ),
        (
            r"not\s+(?:w|o?near|pre|within|adj)\s*/?\s*(?:\d{1,3}|s|p)(?!\w)",
            lambda found: "write a AND NOT (a NEAR/5 b)",
        ),
        (r"but\s+not(?!\w)", lambda found: "write AND NOT"),
        (r"(?-i:FOLLOWED\s+BY)(?!\w)", lambda found: "write ONEAR/5"),
        (r"(?:ya\s+da|ýa\s+da|və\s+ya)(?!\w)", lambda found: "write OR"),
        (r"(?:at\s?least|atl)\s+(\d{1,3})(?!\w)", lambda found: f"write atleast/{max(int(found[1]), 1)}"),
        (
            r"(?:pub)?date\s+(?P<how>is|on|aft|after|since|geq|gtr|bef|before|until|leq|lss)(?!\w)",
            lambda found: f"write date{_COMPARISON.get(found['how'].lower(), '>')}2022-01-05",
        ),
        (
            r"(?:singular|plural)\(\s*([^()]*?)\s*\)",
            lambda found: f"write {found[1]}, or drill* for words that begin so",
        ),
        (r"(?P<name>[^\W\d_]+)\(", _called),
        (r"(?P<word>[^\W\d_]\w*)\((?P<rest>[^\s()]*)", _attached),
    )
)

_BETWEEN = {
    "NEAR/5": "near within around prox proximity beside nnear рядом около возле yakın yakin yaqin",
    "ONEAR/5": "onear pre before then fby followedby",
    "ONEAR/1": "adj adjacent next",
    "b ONEAR/5 a": "after",
    "NEAR/50": "same paragraph",
    "SENT(a b)": "with sentence",
    "NOT": "minus except without no nor nand минус",
    "AND": "but et we y e plus плюс ham",
    "OR": "ou o",
    "title:(a b)": "in",
    '"a b"': "phrase exact like contains",
}
"""Words that are operators only between two others, and in capitals."""
_FORM_BETWEEN = {name.upper(): form for form, names in _BETWEEN.items() for name in names.split()}
_IN_SMALL_TOO = frozenset(("near", "onear", "adj"))
_LETTERED = re.compile(r"[NW](\d{1,2})")


def refuse_forms(text: str) -> None:
    """Raise QueryError for the first form of another tool in a query, with its position; values of fields are left
    alone.
    """
    pieces = [(found[0], found.start()) for found in _PIECE.finditer(text)]
    is_value, depth = False, 0
    for at, (piece, start) in enumerate(pieces):
        if depth or (is_value and piece == "("):
            depth += {"(": 1, ")": -1}.get(piece, 0)
            is_value = False
        elif is_value or piece[0] in '"()':
            if piece[0] == '"' and text[start + len(piece) : start + len(piece) + 1].isalnum():
                raise QueryError(
                    "a space is missing behind the phrase", start, f"write {piece}~5, or put a space there"
                )
            is_value = False
        else:
            fields = _FIELDS.match(piece)
            behind = fields.end() if fields else 0
            takes_value = fields is not None and _TAKES_VALUES.search(fields[0]) is not None
            is_value = takes_value and behind == len(piece)
            if not takes_value:
                _refuse_at(text, start + behind)
                _refuse_between(pieces, at)
            _refuse_at(text, start)


def refuse_form(word: str, position: int) -> None:
    """Raise QueryError for a form of another tool that remains of a word without the signs around it."""
    _refuse_at(word, 0, position)


def _refuse_at(text: str, begin: int, position: int | None = None) -> None:
    for form, hint_of in _FORMS:
        found = form.match(text, begin)
        hint = hint_of(found) if found else ""
        if found and hint:
            raise QueryError(f"{found[0].strip()} {OTHERWISE}", begin if position is None else position, hint)


def _refuse_between(pieces: Sequence[Piece], at: int) -> None:
    """Raise QueryError for a word in the position of an operator that is one elsewhere."""
    word, position = pieces[at]
    form = _FORM_BETWEEN.get(word.upper() if word.casefold() in _IN_SMALL_TOO else word)
    numbered = _LETTERED.fullmatch(word)
    if numbered:
        form = farthest("pre" if word[0] == "W" else "w", numbered[1])
    if form and 0 < at < len(pieces) - 1:
        before, behind = pieces[at - 1][0], pieces[at + 1][0]
        is_first = before == "(" or _BEFORE_OPERAND.fullmatch(before)
        is_last = behind == ")" or _OURS.fullmatch(behind)
        if not is_first and not is_last:
            hint = f'write {form}; to look for the word itself write "{word}"'
            raise QueryError(f"{word} {OTHERWISE}", position, hint)
