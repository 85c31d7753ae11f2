"""The commands that pages show exist, with the options that they name."""

from __future__ import annotations

import re
import shlex

import pytest
from examples import ROOT, commands
from typer.main import get_command

from cli.main import application

_SHOWN = re.compile(r"<code>(steppewatch [^<]+)</code>")
TEMPLATES = sorted((ROOT / "web/templates").glob("*.html"))
SHOWN = sorted(
    {
        (path.name, re.sub(r"{{.*?}}", "X", written))
        for path in TEMPLATES
        for written in _SHOWN.findall(path.read_text("utf-8"))
    }
)


def test_pages_show_commands() -> None:
    assert len(SHOWN) > 10


@pytest.mark.parametrize(("page", "written"), SHOWN)
def test_a_command_on_a_page_has_its_options(page: str, written: str) -> None:
    words = shlex.split(written)[1:]
    known = dict(commands(get_command(application())))
    path = next((tuple(words[:length]) for length in (2, 1) if tuple(words[:length]) in known), None)
    assert path is not None, f"{page}: {written}"
    options = {option for parameter in known[path].params for option in parameter.opts}
    assert {word for word in words[len(path) :] if word.startswith("-")} <= options
