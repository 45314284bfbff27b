"""`lumbung up` where a stack already runs: interrupted, it stops what it has started itself and nothing else."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import psutil
import pytest

from pipelines.stack import lifecycle, processes
from pipelines.stack.home import Home, Recorded

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

LUMBUNG = Path(sys.executable).with_name("lumbung")
FIRST = {"postgres", "newsstand", "log-keeper"}
"""Services of the first start; the second one goes on with Airflow's tables."""


@pytest.fixture
def home() -> Iterator[Home]:
    """A stack's folder that the server's user may enter; whatever runs in it is ended."""
    folder = Path(tempfile.mkdtemp(prefix="lumbung-test-"))
    folder.chmod(0o755)
    home = Home(folder / ".lumbung")
    yield home
    lifecycle.down(home)
    shutil.rmtree(folder)


def up(home: Home) -> subprocess.Popen[str]:
    environment = {**os.environ, "LUMBUNG_STACK": str(home.folder)}
    return subprocess.Popen([LUMBUNG, "up"], env=environment, text=True, stdout=subprocess.PIPE)


def until(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def running(home: Home) -> dict[str, int]:
    """Process ids of the services that run."""
    return {each.name: each.pid for each in lifecycle.status(home) if each.pid is not None}


def migration(home: Home) -> Recorded | None:
    state = home.load()
    return None if state is None else state.processes.get("airflow-migrate")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_second_start_leaves_what_was_running_before(home: Home, number: signal.Signals) -> None:
    first = up(home)
    until(lambda: FIRST.issubset(running(home)) and migration(home) is not None)
    first.kill()
    first.communicate()
    before, begun = running(home), migration(home)
    assert before.keys() == FIRST

    second = up(home)
    until(lambda: migration(home) not in [None, begun])
    own = migration(home)
    second.send_signal(number)
    said, _ = second.communicate(timeout=60)
    assert second.returncode == 128 + number
    assert "stopping what was started" in said
    assert running(home) == before
    assert own is not None
    assert processes.find(own) is None
    assert {psutil.Process(pid).is_running() for pid in before.values()} == {True}
