"""A run of tests that is aborted leaves no server behind, however it ends."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest
from support.checkout import ROOT, TESTS

RUN = """
import os, sys, time
from support.throwaway import throwaway_server

def test_with_a_server():
    with throwaway_server() as server:
        print(server.data.parent, server.postmaster[0], flush=True)
        {ending}
"""
ENDINGS = {
    "killed": "time.sleep(600)",
    "os._exit": "os._exit(3)",
    "an internal error of pytest": "sys.stdout = sys.stderr = None; raise KeyboardInterrupt",
    "well": "pass",
}


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_server_ends_with_the_run_that_started_it(ending: str, tmp_path: Path) -> None:
    program = tmp_path / "test_aborted.py"
    program.write_text(RUN.format(ending=ENDINGS[ending]), "utf-8")
    options = ["-s", "-q", "-p", "no:cacheprovider", "--rootdir", str(tmp_path)]
    command = [sys.executable, "-m", "pytest", *options, str(program)]
    paths = {**os.environ, "PYTHONPATH": f"{TESTS}{os.pathsep}{ROOT}"}
    with subprocess.Popen(command, env=paths, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as run:
        assert run.stdout is not None
        folder, pid = next(line.split() for line in run.stdout if line.startswith("/"))
        if ending == "killed":
            assert psutil.pid_exists(int(pid))
            run.send_signal(signal.SIGKILL)
    deadline = time.monotonic() + 20
    while (psutil.pid_exists(int(pid)) or Path(folder).exists()) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not psutil.pid_exists(int(pid))
    assert not Path(folder).exists()
