"""A spider as a child process: its log line by line, and its end for certain.

It runs in a process of its own because a Twisted reactor starts only once in a process, and because Airflow
can then stop it: politely first, by force in time, and by the kernel when Airflow itself is killed.
"""

from __future__ import annotations

import ctypes
import logging
import os
import re
import signal
import subprocess
import sys
import threading
from typing import TYPE_CHECKING, Final, Self

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from typing import IO

GRACE: Final = 2.5
"""Seconds a spider may take to close after SIGTERM. Airflow kills a task five seconds after it asked it to stop, and
the leases are still to be given back."""

_NOT_FOR_SPIDERS = ("AIRFLOW", "DATABASE_OWNER", "DATABASE_READER")
_LEVELLED = re.compile(r"\d\S* \S+ \[([^\]]*)\] (DEBUG|INFO|WARNING|ERROR|CRITICAL): ?(.*)")
_PR_SET_PDEATHSIG = 1
_LIBC = ctypes.CDLL(None) if sys.platform == "linux" else None


class PythonProcess:
    """A running Python module. It has its own session, so that signals to the task's group do not reach it twice."""

    def __init__(self, words: Sequence[str], environment: Mapping[str, str]) -> None:
        """Start it.

        Args:
            words: name of the module, and its arguments.
            environment: variables added to this process's own.
        """
        # What it reads may take it over: Airflow's keys and its metadata are none of its business.
        ours = {name: value for name, value in os.environ.items() if not name.lstrip("_").startswith(_NOT_FOR_SPIDERS)}
        project = {"SCRAPY_SETTINGS_MODULE": "spiders.settings", "PYTHONUNBUFFERED": "1"}
        self._error = ""
        self._last_line = ""
        self._kill: threading.Timer | None = None
        self._child: subprocess.Popen[str] = subprocess.Popen(
            # -P: a file in the working directory must not shadow a module of the spider.
            [sys.executable, "-P", "-m", *words],
            env={**ours, **project, **environment},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            errors="replace",
            start_new_session=True,
            preexec_fn=_die_with_parent,  # noqa: PLW1509 - one system call that takes no lock
        )
        self._log: IO[str] = self._child.stdout  # type: ignore[assignment]  # it is a pipe

    @property
    def pid(self) -> int:
        """Process id, which is also the id of its session and group."""
        return self._child.pid

    @property
    def last_words(self) -> str:
        """The line that explains why it never began: its first error, else its last line."""
        return self._error or self._last_line or "the spider ended without a word"

    def lines(self) -> Iterator[tuple[int, str]]:
        """Its log as it comes, until it ends: level of `logging` and text; later lines of a message keep its level."""
        level = logging.INFO
        for line in self._log:
            text = line.rstrip()
            self._last_line = text.strip() or self._last_line
            if found := _LEVELLED.match(text):
                level = logging.getLevelNamesMapping()[found[2]]
                text = f"[{found[1]}] {found[3]}"
                # "Unhandled error in Deferred:" only announces the lines that tell.
                if level >= logging.ERROR and not self._error and not found[3].endswith(":"):
                    self._error = found[3]
            yield level, text

    def wait(self) -> int:
        """Wait for its end; the exit status, negative for a signal."""
        status = self._child.wait()
        if self._kill is not None:
            self._kill.cancel()
        return status

    def stop(self) -> None:
        """Ask it to end and return at once; after `GRACE` seconds it is killed."""
        if self._kill is None:
            self._kill = threading.Timer(GRACE, self._signal, [signal.SIGKILL])
            self._kill.start()
            self._signal(signal.SIGTERM)

    def __enter__(self) -> Self:
        """At the end of the block the spider has ended, whatever happened to its reader."""
        return self

    def __exit__(self, *_: object) -> None:
        """Stop it, wait, and close the pipe."""
        self.stop()
        self.wait()
        self._log.close()

    def _signal(self, number: signal.Signals) -> None:
        if self._child.poll() is None:
            os.killpg(self._child.pid, number)


class SpiderProcess(PythonProcess):
    """A running crawl."""

    def __init__(self, publisher: str, arguments: Mapping[str, str], environment: Mapping[str, str]) -> None:
        """Start `scrapy crawl <publisher>`.

        Args:
            publisher: key of the publisher, the spider's name.
            arguments: spider arguments, each one `-a name=value`.
            environment: variables added to this process's own.
        """
        words = [word for name, value in arguments.items() for word in ("-a", f"{name}={value}")]
        super().__init__(["scrapy", "crawl", publisher, *words], environment)


def _die_with_parent() -> None:
    """In the child: have the kernel kill it when the task's process dies, so that no orphan keeps crawling."""
    if _LIBC is not None:
        _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
