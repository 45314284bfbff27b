"""Runs pytest again and again: a process that has imported other people's packages forks for each run.

Started anew, pytest with its plugins, Scrapy and the driver takes two seconds of CPU before the first test; a fork
takes a tenth. Nothing of the checkout is imported before the fork, so each run reads the files as they are then.
"""

from __future__ import annotations

import gc
import json
import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, NamedTuple, NoReturn

import psutil
import pytest
from mutants.some_tests import SomeTests

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_AT_HAND = ("hypothesis", "psycopg2.extras", "scrapy.crawler", "lxml.html", "bs4", "pydantic", "feedparser", "protego")
_PLUGINS = ("pytest_timeout", "_hypothesis_pytestplugin")
"""The plugins that tests use; asking every installed distribution for more costs half a second a run."""
_LOOK = 0.02
_NICE = 10


class Ended(NamedTuple):
    """How a run ended."""

    status: int | None
    """Exit status; None where the time was up."""
    output: str
    notes: Mapping[str, Any]
    """What `mutants.some_tests` noted of each test, by its node id."""


class Forks:
    """The process that forks, in one folder; ends with `close`."""

    def __init__(self, folder: Path, environment: Mapping[str, str]) -> None:
        self._scratch = TemporaryDirectory(prefix="lumbung-mutants-run-")
        self._process = subprocess.Popen(
            ["nice", "-n", str(max(0, _NICE - os.nice(0))), sys.executable, "-m", "mutants.forks"],
            cwd=folder,
            env={**os.environ, **environment, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def run(
        self,
        arguments: Sequence[str],
        environment: Mapping[str, str],
        patience: float,
        *,
        only: Sequence[str] | None = None,
        watched: str | None = None,
    ) -> Ended:
        """Run pytest in a fork.

        Args:
            arguments: of pytest.
            environment: added to the process's.
            patience: seconds it may take.
            only: node ids of the tests to run, in this order; None for all as they are.
            watched: path of the module of which is noted what each test runs of it.
        """
        output, notes = Path(self._scratch.name, "output"), Path(self._scratch.name, "notes")
        notes.unlink(missing_ok=True)
        task = {
            "arguments": [*arguments],
            "environment": {**environment},
            "patience": patience,
            "only": only if only is None else [*only],
            "watched": watched,
            "output": str(output),
            "notes": str(notes),
        }
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        print(json.dumps(task), file=self._process.stdin, flush=True)
        if not (answer := self._process.stdout.readline()):
            raise RuntimeError("the process that forks for each run of tests has ended")
        status = json.loads(answer)
        noted = json.loads(notes.read_text("utf-8")) if notes.exists() else {}
        return Ended(status, output.read_text("utf-8", "replace"), noted)

    def close(self) -> None:
        """End the process and what it runs."""
        self._process.terminate()
        self._process.communicate()
        self._scratch.cleanup()


def main() -> int:
    """Fork for each line of standard input; print how each run ended. In each fork it returns pytest's status."""
    for name in (*_AT_HAND, *_PLUGINS):
        with suppress(ImportError):  # a checkout that needs less has fewer
            import_module(name)
    gc.freeze()
    with suppress(_Ended):
        for line in sys.stdin:
            task = json.loads(line)
            if not (pid := os.fork()):
                return _run(task)
            print(json.dumps(_waited(pid, task["patience"])), flush=True)
    return 0


def _run(task: Mapping[str, Any]) -> int:
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    os.setsid()
    with open(os.devnull, "rb") as nothing, open(task["output"], "wb") as output:  # noqa: PTH123 - for their numbers
        os.dup2(nothing.fileno(), 0)
        os.dup2(output.fileno(), 1)
        os.dup2(output.fileno(), 2)
    os.environ.update(task["environment"])
    some = SomeTests(task["only"], task["notes"], task["watched"])
    sys.argv = ["pytest", *task["arguments"]]
    return pytest.main(sys.argv[1:], plugins=[*map(import_module, _PLUGINS), some])


class _Ended(Exception):  # noqa: N818 - reads as what it is
    """SIGTERM has come."""


def _sigterm(*_: object) -> NoReturn:
    raise _Ended


def _waited(pid: int, patience: float) -> int | None:
    """Exit status of a fork; None where its time was up. Ends it when whoever wanted to know is gone."""
    wanted_by, deadline = os.getppid(), time.monotonic() + patience
    try:
        while time.monotonic() < deadline and os.getppid() == wanted_by:
            ended, status = os.waitpid(pid, os.WNOHANG)
            if ended:
                return os.waitstatus_to_exitcode(status)
            time.sleep(_LOOK)
    except BaseException:
        _end(pid)
        raise
    _end(pid)
    return None


def _end(pid: int) -> None:
    """End pytest as Ctrl-C does, so that it stops its servers; then whatever is left of it."""
    run = psutil.Process(pid)
    family = run.children(recursive=True)
    run.send_signal(signal.SIGINT)
    _, left = psutil.wait_procs([run], timeout=20)
    for each in [*left, *family]:
        with suppress(psutil.NoSuchProcess):
            each.kill()
    with suppress(ChildProcessError):
        os.waitpid(pid, 0)


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, _sigterm)
    sys.exit(main())
