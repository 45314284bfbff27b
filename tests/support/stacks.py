"""A stack in a folder of its own: its command line, and processes of it that do nothing."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from support.checkout import ROOT

from pipelines.stack import processes

if TYPE_CHECKING:
    from collections.abc import Callable

    from pipelines.stack.home import Home, Recorded

LUMBUNG = Path(sys.executable).with_name("lumbung")


def lumbung(home: Home, *words: str, **variables: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, **variables, "LUMBUNG_STACK": str(home.folder)}
    return subprocess.run([LUMBUNG, *words], env=environment, text=True, capture_output=True, check=False)


def sleeper(home: Home, code: str = "import time; time.sleep(600)") -> Recorded:
    """A process of the stack that does nothing but `code`."""
    home.make()
    environment = {**os.environ, **processes.marked(home.folder)}
    return processes.start([sys.executable, "-c", code], environment, home.logs / "sleeper.log", cwd=ROOT)


def until(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 30
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.05)
