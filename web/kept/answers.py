"""Answers that are costly to read, kept for a while and read by one reader at a time."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")

IS_AHEAD: ContextVar[bool] = ContextVar("is_ahead", default=False)
"""True while answers are read ahead of time: those that have passed three quarters of theirs are read again."""
_AHEAD = 0.75
_SLOW_MOST_S = 60.0


@dataclass(frozen=True, slots=True)
class _Answer(Generic[V]):
    value: V
    read_at: float
    fresh_s: float


class KeptAnswers(Generic[K, V]):
    """Answers by key, at most `most` of them. An answer that is `fresh_s` old is read again, by one reader at a time.

    Meanwhile other readers get the answer before, or wait for the first one. With `times_its_cost` an answer stays
    fresh for at least so many times as long as reading it took, up to a minute.
    """

    def __init__(
        self,
        *,
        fresh_s: float,
        most: int,
        times_its_cost: float = 0.0,
        timer: Callable[[], float] = time.monotonic,
    ) -> None:
        self._fresh_s, self._most = fresh_s, most
        self._times_its_cost, self._timer = times_its_cost, timer
        self._answers: OrderedDict[K, _Answer[V]] = OrderedDict()
        self._reading: dict[K, threading.Lock] = {}
        self._guard = threading.Lock()

    def get(self, key: K, read: Callable[[], V], now_s: float) -> V:
        """Return the answer for a key at an instant, in seconds. What `read` raises passes through."""
        with self._guard:
            answer = self._answers.get(key)
            if answer is not None and self._is_fresh(answer, now_s):
                self._answers.move_to_end(key)
                return answer.value
            reading = self._reading.setdefault(key, threading.Lock())
        if not reading.acquire(blocking=answer is None):
            assert answer is not None
            return answer.value
        try:
            with self._guard:
                known = self._answers.get(key)
            if known is not None and self._is_fresh(known, now_s):  # read while this reader waited
                return known.value
            begun = self._timer()
            value = read()
            slow_s = min(_SLOW_MOST_S, self._times_its_cost * (self._timer() - begun))
            return self._keep(key, _Answer(value, now_s, max(self._fresh_s, slow_s)))
        finally:
            reading.release()

    def put(self, key: K, value: V, now_s: float) -> None:
        """Keep an answer that was read elsewhere."""
        self._keep(key, _Answer(value, now_s, self._fresh_s))

    def is_due(self, key: K, now_s: float) -> bool:
        """Return whether an answer is missing, or has passed three quarters of its time."""
        with self._guard:
            answer = self._answers.get(key)
        return answer is None or not 0 <= now_s - answer.read_at < answer.fresh_s * _AHEAD

    def _is_fresh(self, answer: _Answer[V], now_s: float) -> bool:
        return 0 <= now_s - answer.read_at < answer.fresh_s * (_AHEAD if IS_AHEAD.get() else 1)

    def _keep(self, key: K, answer: _Answer[V]) -> V:
        with self._guard:
            self._answers[key] = answer
            self._answers.move_to_end(key)
            while len(self._answers) > self._most:
                self._answers.popitem(last=False)
            kept = self._answers
            self._reading = {one: lock for one, lock in self._reading.items() if one in kept or lock.locked()}
        return answer.value
