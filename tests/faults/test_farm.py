"""The harness itself: what it serves and what it plans are the same for the same seed, and worth running."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from faults.farm import farm
from faults.household import Household, children_of
from faults.showing import plan
from processes import wait_until

from cli.demo.outlets import Act
from cli.run.process import ManagedProcess


def test_a_farm_is_the_same_for_the_same_seed() -> None:
    assert farm(100, seed=3) == farm(100, seed=3)
    assert farm(100, seed=3) != farm(100, seed=4)


def test_a_farm_has_what_can_go_wrong() -> None:
    articles = {f"{outlet.id}/{article.slug}": article for outlet in farm(400, seed=7) for article in outlet.articles}
    copies = [article for article in articles.values() if article.copy_of]
    assert len(articles) == 400
    assert len({article.wording for article in articles.values()}) == 400
    assert {article.act for article in copies} == {Act.OPENING, Act.NEWS, Act.REPRINTS}
    assert any(article.at < articles[article.copy_of].at for article in copies), "dated before what it reprints"
    assert any(article.act < articles[article.copy_of].act for article in copies), "seen before what it reprints"
    assert any(article.edited for article in articles.values())


@pytest.mark.parametrize("count", [2, 5, 40])
def test_each_kind_comes_once_before_any_comes_again(count: int) -> None:
    kinds = ["a", "b", "c", "d", "e"]
    planned = list(plan(random.Random(count), kinds, count))
    assert len(planned) == count
    assert len(set(planned[: len(kinds)])) == min(count, len(kinds))
    assert planned == list(plan(random.Random(count), kinds, count))


def test_what_dies_is_started_again_and_its_orphans_are_ended(tmp_path: Path) -> None:
    forks = (
        "import subprocess, sys, time; subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)']).wait()"
    )
    with Household([ManagedProcess(name="one", argv=(sys.executable, "-c", forks))], {}, tmp_path / "log") as household:
        household.look_after()
        first = household.pid("one")
        wait_until(lambda: bool(children_of(first)), 30, "it has a child")
        (orphan,) = children_of(first)
        subprocess.run(["kill", f"-{signal.SIGKILL:d}", str(first)], check=True)

        def is_started_again() -> bool:
            household.look_after()
            return household.starts["one"] == 2

        wait_until(is_started_again, 30, "it is started again")
        assert household.pid("one") != first
        wait_until(lambda: _is_gone(orphan), 30, "the child of the first is gone")


def _is_gone(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return True
    return state == "Z"  # whoever inherited it has not buried it yet
