"""Sets of positions as the bits of a number: distances are computed for all of them at once, linear in the text."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Sequence
from typing import Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

Bits = int
"""The bit of each position that is in the set."""

Key = TypeVar("Key", bound=Hashable)
_FEW = 64
_OVERHEAD = 200


def to_bits(positions: Sequence[int]) -> Bits:
    """Return the set of the given positions, in any order."""
    if not positions:
        return 0
    if len(positions) == 1:
        return 1 << positions[0]
    set_bits = bytearray(max(positions) // 8 + 1)
    for position in positions:
        set_bits[position >> 3] |= 1 << (position & 7)
    return int.from_bytes(set_bits, "little")


def list_positions(bits: Bits) -> NDArray[np.intp]:
    """Return the positions of a set in rising order."""
    if bits.bit_count() <= _FEW:
        return np.fromiter(iter_positions(bits), dtype=np.intp)
    return np.flatnonzero(to_flags(bits, bits.bit_length()))


def to_flags(bits: Bits, length: int) -> NDArray[np.bool_]:
    """Return a flag for each position up to a length."""
    octets = bits.to_bytes((max(bits.bit_length(), length) + 7) // 8, "little")
    flags = np.unpackbits(np.frombuffer(octets, dtype=np.uint8), bitorder="little")
    return flags[:length].view(np.bool_)


def iter_positions(bits: Bits) -> Iterator[int]:
    """Yield the positions of a set in rising order; for sets from which only few are needed."""
    while bits:
        lowest = bits & -bits
        yield lowest.bit_length() - 1
        bits ^= lowest


def between(begin: int, end: int) -> Bits:
    """Return the positions from `begin` up to, not including, `end`."""
    return (1 << end) - (1 << begin) if begin < end else 0


class Fences:
    """Positions that no place may cross, such as the first words of sentences; or none."""

    def __init__(self, begins: Bits = 0) -> None:
        self._behind = {1: begins >> 1}

    def behind(self, distance: int) -> Bits:
        """Return the positions with a fence at most this distance ahead."""
        found = self._behind.get(distance, 0)
        if not found and distance > 1 and self._behind[1]:
            half = distance // 2
            found = self._behind[distance] = self.behind(half) | self.behind(distance - half) >> half
        return found


OPEN = Fences()


def before(these: Bits, distance: int, fences: Fences = OPEN) -> Bits:
    """Return the positions with one of these one to `distance` ahead, with no fence on the way."""
    is_fenced = fences is not OPEN
    reached, width = (these >> 1 & ~fences.behind(1) if is_fenced else these >> 1), 1
    while width < distance:  # each step doubles the reach
        step = min(width, distance - width)
        reached |= reached >> step & ~fences.behind(step) if is_fenced else reached >> step
        width += step
    return reached


def after(these: Bits, distance: int, fences: Fences = OPEN) -> Bits:
    """Return the positions with one of these one to `distance` back, with no fence on the way."""
    is_fenced = fences is not OPEN
    reached, width = ((these & ~fences.behind(1) if is_fenced else these) << 1), 1
    while width < distance:
        step = min(width, distance - width)
        reached |= (reached & ~fences.behind(step) if is_fenced else reached) << step
        width += step
    return reached


class Kept(Generic[Key]):
    """A cache of sets with a limit on its total size."""

    def __init__(self, most: int = 1 << 25) -> None:
        """`most` is in bytes."""
        self._sets: dict[Key, Bits] = {}
        self._most = self._left = most

    def get(self, key: Key, make: Callable[[Key], Bits]) -> Bits:
        """Return the set of a key, computed unless it is cached."""
        found = self._sets.get(key)
        if found is None:
            found = make(key)
            self._left -= found.bit_length() // 8 + _OVERHEAD
            if self._left < 0:
                self._sets.clear()
                self._left = self._most
            self._sets[key] = found
        return found
