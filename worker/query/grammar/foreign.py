"""Words that are operators in other tools or languages: refused with the form to use, never searched for.

Forms of more than one word are in `forms`. The printed form of a query is never refused, so that it can be read back.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from worker.query.errors import QueryError

OTHERWISE = "is written otherwise here"

_SPOKEN = {
    "AND": "и й і та ve və және жана va ва hamda ҳамда և եւ და 和 与 與 及 且 以及 و",
    "OR": "или либо або veya yahut yaxud немесе же yoki ёки ёхуд ё ýa-da կամ ან 或 或者 还是 یا أو",
    "NOT": "не değil deyil емес эмес emas эмас däl ոչ არა 非 不 不是 不包括 不含 除了",
}
_SHOUTED = {"AND": "UND ORAZ", "OR": "ODER LUB ALBO NEBO", "NOT": "NICHT OHNE SAUF NIE КРОМЕ БЕЗ НЕТ"}
"""Operators in capitals only."""
_IN_SMALL = {word: operator for operator, words in _SPOKEN.items() for word in words.split()}
_IN_CAPITALS = {word: operator for operator, words in _SHOUTED.items() for word in words.split()}
_LIKE_LATIN = str.maketrans("АЕОРТаеорΑΕΝΟΡΤο", "AEOPTaeopAENOPTo")
_OURS = re.compile(r"and|or|not|o?near(/\d+)?", re.I)

_UNITS = r"s|sen|sent|sentence|p|par|para|paragraph|seg"
DISTANT = "near|onear|nnear|adj|within|around|pre|рядом|около"
_DISTANCE = re.compile(
    rf"\*?(?P<name>{DISTANT})[/:=._*-]?(?P<far>\d{{1,3}})[a-z]?"
    rf"|(?P<short>[wnp]|pre|within|near)/(?P<unit>\d{{1,3}}[a-z]?|n|{_UNITS})",
    re.I,
)
_SLASHED = re.compile(rf"\+?/(\d{{1,3}}|{_UNITS})", re.I)
_ANY_DISTANCE = re.compile(r"\*?(?P<name>[^\W\d_](?:[^\W\d_]|-)+)/(?P<far>\d{1,3})[a-z]?", re.I)
"""Any name with a distance, such as FOLLOWEDBY/5."""
_ORDERED = frozenset(("pre", "p", "onear", "before", "next", "then", "fby", "followedby", "followed"))
_AT_LEAST = re.compile(r"(?:atleast|atl)[:=-]?(\d{1,3})", re.I)
_EITHER = re.compile(r"(?:and|и|ve|və|va|және)/(?:or|или|veya|yoki|немесе)", re.I)
_WITHOUT = re.compile(r"w/o|w/out|(?:but|and)[-/]?not", re.I)
_BOOST = re.compile(r"([^@]*)@\d+(?:\.\d+)?")
_ANY_LETTERS = re.compile(r"([^.*+\\]{2,})\.[*+]+[^\s]*")
_COMPARED = re.compile(r"[^\W\d]\w*[<>=≤≥]")
_RANGE = re.compile(r"(\d+)\.\.+(\d*)")
_CUT_SHORT = re.compile(r"([^\W\d_][\w*'-]*)[!?$%]+")
_ONE_LETTER = re.compile(r"(?<=[\w*])[?$#%!]+(?=[\w*])")
_JOINED = re.compile(r"([^&|]*\w)(&&|\|\|?)([\w*].*)")


def refuse_word(typed: str, core: str, position: int) -> None:
    """Raise QueryError for a word that is an operator elsewhere; `core` is the word without punctuation around it."""
    if not core:
        return
    for hint_of in _HINTS:
        hint = hint_of(typed, core)
        if hint:
            raise QueryError(f"{typed} {OTHERWISE}", position, hint)


def farthest(name: str, distance: str) -> str:
    """Return the operator for another tool's distance, or for a unit such as s for sentence."""
    distance = re.sub(r"(?<=\d)\D+|^n$", "", distance, flags=re.I) or "5"
    if distance.isdecimal():
        return f"{'ONEAR' if name.casefold() in _ORDERED else 'NEAR'}/{min(max(int(distance), 1), 100)}"
    unit = distance[0].casefold() if distance.casefold() != "seg" else ""
    return {"s": "SENT(a b)", "p": "NEAR/50"}.get(unit, "AND")


def _spoken(typed: str, core: str) -> str:
    operator = _IN_SMALL.get(core.replace("İ", "i").casefold()) or _IN_CAPITALS.get(core)
    if operator:
        return f'write {operator}; to look for the word itself write "{core}"'
    latin = core.translate(_LIKE_LATIN)
    if latin != core and _OURS.fullmatch(latin):
        return f"write {latin.upper()}, in Latin letters"
    return ""


def _distant(typed: str, core: str) -> str:
    found = _SLASHED.fullmatch(typed)
    if found:
        return f"write {farthest('pre' if typed[0] == '+' else 'w', found[1])}"
    found = _DISTANCE.fullmatch(core)
    if found:
        return f"write {farthest(found['name'] or found['short'], found['far'] or found['unit'])}"
    found = _ANY_DISTANCE.fullmatch(core)
    if found and found["name"].casefold().startswith("not"):
        return "write a AND NOT (a NEAR/5 b)"
    if found and not _OURS.fullmatch(core):
        return f'write {farthest(found["name"], found["far"])}; to look for the text itself write "{core}"'
    return ""


def _combined(typed: str, core: str) -> str:
    small = core.casefold()
    if _EITHER.fullmatch(core):
        return "write OR, which is true of both, too"
    if small == "xor":
        return "write (a OR b) AND NOT (a AND b)"
    if _WITHOUT.fullmatch(core):
        return "write NOT"
    if re.fullmatch("or[-/]not", small):
        return "write OR NOT"
    if typed.casefold() == "w/":
        return "write AND"
    counted = _AT_LEAST.fullmatch(core)
    return f"write atleast/{max(int(counted[1]), 1)}, then what it counts in parentheses" if counted else ""


def _joined(typed: str, core: str) -> str:
    found = _JOINED.fullmatch(core)
    if found:
        return f"write {found[1]} {'AND' if found[2] == '&&' else 'OR'} {found[3]}"
    operator = {"&&": "AND", "|": "OR", "||": "OR"}.get(typed[: len(typed) - len(typed.lstrip("&|"))])
    if operator:
        return f"write {operator} {core}"
    return ""


def _begins(typed: str, core: str) -> str:
    sign, rest = typed[0], typed.lstrip("+=")
    if sign == "+" and rest.isdecimal():
        return f"write {farthest('pre', rest[:3])}"
    if sign in "+=":
        return f"write {core}, for words side by side must all stand; just this spelling is case:{core}"
    if sign in "<>≤≥":
        return "write date>=2022-01-05, for only dates and scores are compared"
    if sign == "/":
        return f"write {_letters(core)}*, for words that begin so; there are no regular expressions"
    if sign in "?%":
        return f"write *{core}, where * stands for any letters"
    return f'write "{typed}"' if sign == "$" else ""


def _ends(typed: str, core: str) -> str:
    cut = _CUT_SHORT.fullmatch(typed.rstrip(".,;"))
    if cut:
        stem = cut[1].rstrip("*")
        return f"write {stem}* for words that begin so, {stem} for the word alone"
    regular = _ANY_LETTERS.fullmatch(typed) or _ANY_LETTERS.fullmatch(core)
    if regular:
        return f"write {regular[1]}*, where * stands for any letters; there are no regular expressions"
    boost = _BOOST.fullmatch(core if "@" in core else typed)
    if boost:
        return f"write score>=15({boost[1] or 'SCO'}^10 summit^5): weights go inside a score"
    if _ONE_LETTER.search(core):
        return f"write {_ONE_LETTER.sub('*', core).replace('**', '*')}, where * stands for any letters"
    return ""


def _compared(typed: str, core: str) -> str:
    within = _RANGE.fullmatch(core)
    if within:
        return f"write date:{within[1]}..{within[2]} for days; list other numbers with OR"
    if core.casefold().startswith("score"):
        return "write score>=5(SCO^3 summit^2), with the terms and their weights in parentheses"
    if _COMPARED.match(core):
        return "write date>=2022-01-05, for only dates and scores are compared"
    return ""


def _letters(text: str) -> str:
    found = re.match(r"[^\W_]+", text)
    return found[0] if found else "drill"


_HINTS: tuple[Callable[[str, str], str], ...] = (_spoken, _distant, _combined, _joined, _begins, _ends, _compared)
