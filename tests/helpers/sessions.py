"""Sessions that the docs show: commands behind a prompt, typed one after another, and what they print."""

from __future__ import annotations

import os
import pty
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PROMPT = "$ "
END = "\x1e"
"""Written after each command, so that what they print can be told apart."""


@dataclass(frozen=True, slots=True)
class Step:
    """A command of a page, and what the page shows below it."""

    command: str
    shown: str


def steps_of(page: str) -> list[Step]:
    """Return the steps of all sessions of a page, in their order."""
    steps: list[Step] = []
    for session in re.findall(r"```\n(\$ .*?)```", (ROOT / page).read_text("utf-8"), re.DOTALL):
        for line in session.splitlines():
            if line.startswith(PROMPT):
                steps.append(Step(line.removeprefix(PROMPT), ""))
            else:
                steps[-1] = Step(steps[-1].command, f"{steps[-1].shown}{line}\n")
    return steps


def play(steps: list[Step], setup: str, home: Path) -> list[str]:
    """Return what each command prints to somebody at a terminal whose home is `home`, errors first."""
    lines = ["set -e", 'steppewatch() { "$PYTHON" -m cli.main "$@"; }', setup]
    for number, step in enumerate(steps):
        lines.append(f"{{ {step.command}\n}} 2>$HOME/errors-{number}; printf '{END}'")
    own = {"HOME": str(home), "PYTHON": sys.executable, "PYTHONPATH": str(ROOT), "TERM": "dumb"}
    own |= {"COLUMNS": "116", "LINES": "40"}  # a dumb terminal has the width of the first only with the second
    kept = {name: value for name, value in os.environ.items() if not name.startswith("STEPPEWATCH_")}
    printed = type_at_terminal("\n".join(lines), kept | own).split(END)[:-1]
    return [(home / f"errors-{number}").read_text("utf-8") + output for number, output in enumerate(printed)]


def type_at_terminal(script: str, environment: dict[str, str]) -> str:
    """Return what a shell prints on a terminal."""
    master, slave = pty.openpty()
    with subprocess.Popen(
        ["bash", "-c", script], stdout=slave, stderr=subprocess.PIPE, env=environment, cwd=ROOT
    ) as shell:
        os.close(slave)
        printed = bytearray()
        try:
            while chunk := os.read(master, 65536):
                printed += chunk
        except OSError:  # Linux reports the end of a terminal as an error
            pass
        os.close(master)
        _, errors = shell.communicate()
    assert shell.returncode == 0, (errors, printed[-2000:])
    return printed.decode()


def plain(shown: str) -> list[str]:
    """Return the words of a result without what differs each time: colours, numbers of articles, the home folder."""
    shown = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", shown)
    shown = re.sub(r"(?m)^ *\d+(?=  2022-)|\barticle +\d+", "article N", shown)
    return re.sub(r"/\S*/january/store", "STORE", shown).split()
