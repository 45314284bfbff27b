"""The product's programs as the harness runs them: started, watched from outside, frozen, killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Self

import psutil
from crash.moments import Sight
from support.spider_runs import FAST

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from pipelines.database.connections import Connection
    from seeds.newsstand.server import Newsstand

_QUICK = [word for name, value in {**FAST, "LOG_LEVEL": "WARNING"}.items() for word in ("-s", f"{name}={value}")]
COMMANDS: Final[Mapping[str, list[str]]] = {
    "crawl": ["scrapy", "crawl", "contoh", *_QUICK],
    "deduplicate": ["pipelines.cli", "deduplicate"],
    "deduplicate again": ["pipelines.cli", "deduplicate", "--recheck"],
}
PATIENCE: Final = 120.0
"""Seconds in which a program must have ended by itself, whatever was done to it, with little to do."""
MUCH: Final = 1800.0
"""Seconds for the whole site, on a busy machine."""
_LOOK = 0.003
_DOING = (
    "select query from pg_stat_activity where datname = current_database() and application_name like 'lumbung%'"
    " and xact_start is not null and pid <> pg_backend_pid() limit 1"
)


@dataclass(slots=True)
class Watch:
    """Where to look: the site, and the database where there is one."""

    stand: Newsstand
    database: Connection | None = None
    reach: int = 80
    """Of each sight."""


class Program:
    """One process, with what it said in a file."""

    def __init__(self, words: list[str], environment: Mapping[str, str], watch: Watch) -> None:
        plain = {"PATH": os.environ["PATH"], "SCRAPY_SETTINGS_MODULE": "spiders.settings", **environment}
        self._said = tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace")  # noqa: SIM115 - closed at exit
        self._watch = watch
        self._counted = len(watch.stand.requests)
        self._listings = self._pages = 0
        self._started = time.monotonic()
        self._busy_since: float | None = None
        self._child = subprocess.Popen(
            [sys.executable, "-m", *words],
            env=plain,
            stdout=self._said,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )

    def look(self) -> Sight:
        """What it is doing now."""
        requests = self._watch.stand.requests
        for request in requests[self._counted :]:
            pages = request.path.startswith(("/news-", "/cetak/"))
            self._pages += pages
            self._listings += not pages
            self._counted += 1
        statement = ""
        if self._watch.database is not None:
            with self._watch.database.cursor() as cursor:
                cursor.execute(_DOING)
                row = cursor.fetchone()
            statement = row[0] if row else ""
        now = time.monotonic()
        if statement and self._busy_since is None:
            self._busy_since = now
        busy = 0.0 if self._busy_since is None else now - self._busy_since
        return Sight(now - self._started, busy, self._listings, self._pages, statement, self._watch.reach)

    def reaches(self, holds: Callable[[Sight, float], bool], chance: float) -> bool:
        """Wait for a moment and freeze the process in it; False when it has ended before."""
        while self.runs:
            if holds(self.look(), chance):
                self._signal(signal.SIGSTOP)
                if self.runs and holds(self.look(), chance):
                    return True
                self._signal(signal.SIGCONT)
            time.sleep(_LOOK)
        return False

    @property
    def runs(self) -> bool:
        """Whether it has not ended yet."""
        return self._child.poll() is None

    def thaw(self) -> None:
        """Let a frozen process go on."""
        self._signal(signal.SIGCONT)

    def kill(self) -> list[str]:
        """`kill -9`; returns a line for each of its children that outlives it."""
        with suppress(psutil.NoSuchProcess):
            children = psutil.Process(self._child.pid).children(recursive=True)
            self._signal(signal.SIGKILL)
            self._child.wait()
            _, left = psutil.wait_procs(children, timeout=10)
            return [f"process {each.pid} outlives its killed crawl" for each in left]
        return []

    def end(self, patience: float = PATIENCE) -> int:
        """Wait until it has ended by itself; its exit status, negative for a signal.

        Raises:
            AssertionError: it hangs.
        """
        try:
            return self._child.wait(patience)
        except subprocess.TimeoutExpired:
            self.kill()
            raise AssertionError(f"hangs for more than {patience:.0f} s\n{self.said[-2000:]}") from None

    @property
    def said(self) -> str:
        """All that it wrote."""
        self._said.seek(0)
        return self._said.read()

    def __enter__(self) -> Self:
        """It has ended when the block has."""
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()
        self._said.close()
        if self._watch.database is not None:
            self._watch.database.close()

    def _signal(self, number: signal.Signals) -> None:
        with suppress(ProcessLookupError):
            self._child.send_signal(number)
