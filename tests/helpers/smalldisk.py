"""A file system of a few megabytes, to fill up; seen by one script only."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

import pytest
from material import ROOT

COMMAND = (sys.executable, "-m", "cli.main")


def small_disk(script: str, *, megabytes: int = 12) -> subprocess.CompletedProcess[str]:
    """Run a script whose $DISK is a file system of its own, seen by nobody else."""
    if os.geteuid() != 0 or shutil.which("unshare") is None:
        pytest.skip("a file system of one's own can be mounted by root with unshare only")
    mount = 'DISK=$(mktemp -d) && mount -t tmpfs -o size=$SIZE tmpfs "$DISK" || exit 99; '
    clean = 'trap \'umount "$DISK"; rmdir "$DISK"\' EXIT; '
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "RUN": " ".join(COMMAND), "SIZE": f"{megabytes}m"}
    argv = ["unshare", "-m", "sh", "-c", mount + clean + script]
    done = subprocess.run(argv, env=environment, cwd="/", capture_output=True, timeout=180, text=True)
    if done.returncode == 99:
        pytest.skip(f"no file system can be mounted here: {done.stderr.strip()}")
    return done
