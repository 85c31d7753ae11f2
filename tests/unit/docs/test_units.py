"""The units that the docs show for systemd, and the check of a webhook's signature, do what they say."""

from __future__ import annotations

import base64
import re
import shutil
import subprocess
from configparser import ConfigParser
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from db.settings import PREFIX, names
from worker.delivery.transports.webhook.body import sign_body

DOCS = Path(__file__).resolve().parents[3] / "docs"
UNITS = dict(
    re.findall(
        r"`/etc/systemd/system/(\S+\.service)`:\n\n```ini\n(.*?)```",
        (DOCS / "how-to/systemd.md").read_text("utf-8"),
        re.DOTALL,
    )
)
COMMAND = "/opt/steppewatch/bin/steppewatch"


def test_there_is_a_unit_for_one_process_and_a_template_for_several() -> None:
    assert set(UNITS) == {"steppewatch.service", "steppewatch@.service"}


@pytest.mark.parametrize("name", UNITS)
def test_a_unit_makes_no_user_and_keeps_its_data_where_the_service_looks(name: str) -> None:
    unit = ConfigParser(strict=True, interpolation=None)
    unit.read_string(UNITS[name])
    service = unit["Service"]
    assert service["DynamicUser"] == "yes"
    assert service["Environment"] == f"{PREFIX}DATA_DIR=/var/lib/{service['StateDirectory']}"
    assert service["ExecStart"].split()[0] == COMMAND


@pytest.mark.parametrize("name", UNITS)
def test_systemd_finds_no_fault_in_a_unit(name: str, tmp_path: Path) -> None:
    if not (analyze := shutil.which("systemd-analyze")):
        pytest.skip("systemd is not installed here")
    (tmp_path / name).write_text(UNITS[name].replace(COMMAND, "/bin/true"), "utf-8")
    unit = tmp_path / name.replace("@.", "@crawl.")
    done = subprocess.run([analyze, "verify", "--man=no", str(unit)], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("page", sorted(DOCS.rglob("*.md")), ids=lambda page: page.stem)
def test_each_setting_that_a_page_names_exists(page: Path) -> None:
    named = set(re.findall(rf"\b{PREFIX}[A-Z][A-Z_]*[A-Z]\b", page.read_text("utf-8")))
    assert {name for name in named if not name.startswith(f"{PREFIX}TEST_")} <= set(names())


def verifier() -> Any:
    """Return the function that the docs tell receivers of webhooks to use."""
    found = re.search(r"```python\n(.*?)```", (DOCS / "how-to/alerts.md").read_text("utf-8"), re.DOTALL)
    assert found
    scope: dict[str, Any] = {}
    exec(compile(found[1], "alerts.md", "exec"), scope)
    return scope["is_from_steppewatch"]


def test_a_receiver_can_tell_our_webhooks_from_others() -> None:
    secret = f"whsec_{base64.b64encode(b'0123456789abcdef').decode()}"
    body = b'{"schema": "steppewatch.alert/1"}'
    headers = sign_body("msg-1", body, secret=secret, now=datetime(2022, 1, 6, tzinfo=UTC))
    assert verifier()(secret, headers, body)
    assert not verifier()(secret, headers, body + b" ")
    assert not verifier()(secret, headers | {"Webhook-Id": "msg-2"}, body)
    assert not verifier()(f"whsec_{base64.b64encode(b'another').decode()}", headers, body)
