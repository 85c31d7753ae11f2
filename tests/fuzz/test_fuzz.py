"""Inputs of strangers, changed at random: none is a crash, none takes more than two seconds or 500 MB.

Short among all tests. `make fuzz MINUTES=60` goes on with one seed after the other and prints how many of each kind;
`make fuzz SEED=7` does one seed again. What fails is kept in a file whose name is printed.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest
from fuzz.seeds import SEEDS, mutated
from fuzz.targets import TARGETS, take, warm_up

from crawlers.bounded_process import Endable, ProcessEnded

MOST_S, MOST_MB = 2.0, 500
EACH = 25
"""Inputs of a kind for one seed."""


class Readers:
    """For each kind of input a process that reads it, and is ended with one that it cannot."""

    def __init__(self) -> None:
        self._all: dict[str, Endable] = {}

    def find_fault(self, kind: str, body: bytes) -> str | None:
        """Return what is wrong with how an input was taken."""
        try:
            report = self._get_endable(kind).run(take, kind, body)
            if report.seconds > MOST_S:  # measured again: the process may have begun with it
                report = self._get_endable(kind).run(take, kind, body)
        except ProcessEnded as error:
            self._all.pop(kind).close()
            return f"ended: {error}"
        if report.fault or report.seconds > MOST_S:
            return report.fault or f"took {report.seconds:.1f} s"
        return f"took {report.megabytes} MB" if report.megabytes > MOST_MB else None

    def _get_endable(self, kind: str) -> Endable:
        if kind not in self._all:
            self._all[kind] = Endable(cpu_s=10, wall_s=60)
            self._all[kind].run(warm_up, kind)
        return self._all[kind]

    def close(self) -> None:
        """End the processes."""
        for each in self._all.values():
            each.close()


@pytest.fixture(scope="module")
def readers() -> Iterator[Readers]:
    """They find the inputs and what is done with them beside the tests."""
    with pytest.MonkeyPatch.context() as patch:
        tests = Path(__file__).resolve().parents[1]
        patch.setenv(
            "PYTHONPATH",
            os.pathsep.join(filter(None, [str(tests), str(tests / "helpers"), os.environ.get("PYTHONPATH")])),
        )
        all_of_them = Readers()
        yield all_of_them
        all_of_them.close()


def kept(kind: str, seed: int, number: int, body: bytes) -> Path:
    """Keep an input that failed; return where."""
    path = Path(tempfile.gettempdir()) / f"fuzz-{kind}-{seed}-{number}"
    path.write_bytes(body)
    return path


def faults(readers: Readers, kind: str, seed: int) -> list[str]:
    """Return what is wrong with the inputs of a seed."""
    chance, found = Random(f"{kind} {seed}"), []
    for number in range(EACH):
        body = mutated(kind, chance)
        if fault := readers.find_fault(kind, body):
            found.append(f"{kept(kind, seed, number, body)} ({len(body)} bytes): {fault}")
    return found


@pytest.mark.parametrize("kind", SEEDS)
def test_nothing_that_strangers_send_is_a_crash_or_takes_long(kind: str, readers: Readers) -> None:
    seed = int(os.environ.get("STEPPEWATCH_TEST_FUZZ_SEED", "1"))
    assert faults(readers, kind, seed) == []


@pytest.mark.parametrize("kind", SEEDS)
def test_what_was_not_changed_is_read(kind: str) -> None:
    for seed in SEEDS[kind]:
        TARGETS[kind](seed.encode())


@pytest.mark.skipif(not os.environ.get("STEPPEWATCH_TEST_FUZZ_MINUTES"), reason="long: make fuzz MINUTES=60")
def test_nor_in_many_minutes(readers: Readers) -> None:
    until = time.monotonic() + 60 * float(os.environ["STEPPEWATCH_TEST_FUZZ_MINUTES"])
    seed = first = int(os.environ.get("STEPPEWATCH_TEST_FUZZ_SEED", "1"))
    counts: Counter[str] = Counter()
    wrong: list[str] = []
    while time.monotonic() < until:
        for kind in SEEDS:
            wrong += faults(readers, kind, seed)
            counts[kind] += EACH
        seed += 1
    sys.stdout.write(f"seeds {first} to {seed - 1}: {dict(counts)}; {len(wrong)} faults\n")
    assert wrong == []
