"""Patterns (`turk*`, `*stan`, `tokaev~1`) that a word matches."""

from __future__ import annotations

from collections import Counter

from worker.presearch.atoms import Atom, AtomKind
from worker.query.words import is_like, is_within

_LONGEST_PIECE = 6
_BEGIN, _END = "^", "$"


class _Pieces:
    """Patterns by the pieces that find them, and the lengths of the pieces."""

    def __init__(self) -> None:
        self.by_piece: dict[str, dict[int, Atom]] = {}
        self.lengths: Counter[int] = Counter()

    def add(self, piece: str, number: int, atom: Atom) -> None:
        if piece not in self.by_piece:
            self.by_piece[piece] = {}
            self.lengths[len(piece)] += 1
        self.by_piece[piece][number] = atom

    def remove(self, piece: str, number: int) -> None:
        found = self.by_piece[piece]
        del found[number]
        if not found:
            del self.by_piece[piece]
            self.lengths[len(piece)] -= 1
            self.lengths += Counter()  # leaves out zeros


class Patterns:
    """Numbered patterns; each is found by a piece that every matching word contains."""

    def __init__(self) -> None:
        self._beginning = _Pieces()
        self._inside = _Pieces()

    def add(self, number: int, atom: Atom) -> None:
        """Add a pattern, an atom of kind `like` or `within`, under a number."""
        for piece in _pieces(atom):
            self._index(piece).add(piece, number, atom)

    def remove(self, number: int, atom: Atom) -> None:
        """Remove a pattern."""
        for piece in dict.fromkeys(_pieces(atom)):
            self._index(piece).remove(piece, number)

    def _index(self, piece: str) -> _Pieces:
        return self._beginning if piece[0] == _BEGIN else self._inside

    def __bool__(self) -> bool:
        """Return whether there are any."""
        return bool(self._beginning.by_piece or self._inside.by_piece)

    def like(self, word: str) -> set[int]:
        """Return the numbers of the patterns that a word matches."""
        framed = _BEGIN + word + _END
        by_piece = self._beginning.by_piece
        hits = [by_piece.get(framed[:length]) for length in self._beginning.lengths]
        by_piece = self._inside.by_piece
        for length in self._inside.lengths:
            hits += [by_piece.get(framed[at : at + length]) for at in range(len(framed) - length + 1)]
        return {number for hit in hits if hit for number, atom in hit.items() if _is_like(word, atom)}


def _is_like(word: str, atom: Atom) -> bool:
    if atom.kind == AtomKind.LIKE:
        return is_like(word, atom.value)
    other, _, edits = atom.value.partition("~")
    return is_within(word, other, int(edits))


def _pieces(atom: Atom) -> list[str]:
    """Return pieces of which every word that matches the pattern contains one.

    n edits touch at most n of n + 1 pieces of a word, so one of them stays whole.
    """
    if atom.kind == AtomKind.LIKE:
        literal = max((_BEGIN + atom.value + _END).split("*"), key=len)
        return [literal[-_LONGEST_PIECE:] if literal[-1] == _END else literal[:_LONGEST_PIECE]]
    word, _, number = atom.value.partition("~")
    cut = int(number) + 1
    bounds = [len(word) * at // cut for at in range(cut + 1)]
    return [word[bounds[at] : bounds[at + 1]][:_LONGEST_PIECE] for at in range(cut)]
