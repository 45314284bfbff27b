"""Watch without Airflow: rounds in processes of their own, and a crawl for each publisher that has due pages."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from contextlib import closing
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Self

from pipelines.command_line import counted
from pipelines.database.connections import DatabaseError, connect
from pipelines.watch.due import wake
from spiders.errors import AT_WORK, LumbungError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from types import FrameType

_AT_ONCE = 4
"""Crawls at a time: each is a process, and most of its time it waits for its turn."""
_POLL = 0.2
_STOPPING = (signal.SIGINT, signal.SIGTERM)


class WatchFailed(LumbungError):  # noqa: N818 - reads as what it is
    """A round could not begin, or lost its database; or crawls that it woke were no good."""


class Watch:
    """Rounds over the same publishers, and the crawls that they wake; they end when this process is asked to."""

    def __init__(self, keys: Sequence[str], database_url: str, tell: Callable[[str], None], *, quiet: bool) -> None:
        """Begin.

        Args:
            keys: of publishers.
            database_url: libpq connection string.
            tell: takes a line for people.
            quiet: processes log only what goes wrong.
        """
        self._keys = keys
        self._database_url = database_url
        self._tell = tell
        self._quiet = quiet
        self._environment = {**os.environ, "DATABASE_URL": database_url, "SCRAPY_SETTINGS_MODULE": "spiders.settings"}
        self._round: subprocess.Popen[bytes] | None = None
        self._crawls: dict[str, subprocess.Popen[bytes]] = {}
        self._waiting: dict[str, int] = {}
        self._bad: list[str] = []
        self._stopping = False

    def once(self) -> None:
        """One round, and its crawls to their end.

        Raises:
            WatchFailed: something went wrong, in one line.
        """
        self._begin()
        while not self._over():
            time.sleep(_POLL)
        if self._bad:
            raise WatchFailed("; ".join(self._bad))

    def every(self, seconds: float) -> None:
        """A round every so many seconds, until this process is asked to stop; what goes wrong is told and goes on."""
        due = time.monotonic()
        while not (self._stopping and self._over()):
            if not self._stopping and self._round is None and time.monotonic() >= due:
                due = max(due + seconds, time.monotonic())
                self._begin()
            self._over()
            for line in self._bad:
                self._tell(line)
            self._bad.clear()
            time.sleep(_POLL)

    def __enter__(self) -> Self:
        """While the block runs, SIGINT and SIGTERM end what was started, and then this."""
        self._before = {number: signal.signal(number, self._stop) for number in _STOPPING}
        return self

    def __exit__(self, *_: object) -> None:
        """Wait for what was started; it has been asked to end where the block raised."""
        for process in self._processes():
            process.terminate()
            process.wait()
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def _begin(self) -> None:
        run = f"shell-{datetime.now(UTC):%Y%m%dT%H%M%SZ}-{os.getpid()}"
        silent = ["-s", "LOG_LEVEL=WARNING"] if self._quiet else []
        self._round = self._start("spiders.watch", run, *silent, *self._keys)

    def _over(self) -> bool:
        """Look after what runs; whether nothing does any more."""
        if self._round is not None and (status := self._round.poll()) is not None:
            self._round = None
            if status not in {0, AT_WORK} and not self._stopping:
                self._bad.append(f"the round ended with status {status}: its log says why")
            if status != AT_WORK:
                self._wake()
        for key in [key for key, crawl in self._crawls.items() if crawl.poll() is not None]:
            if self._crawls.pop(key).returncode and not self._stopping:
                self._bad.append(f"the crawl of {key} was no good: its last line says why")
        while self._waiting and len(self._crawls) < _AT_ONCE:
            key = next(iter(self._waiting))
            pages = self._waiting.pop(key)
            if not self._quiet:
                self._tell(f"{key}: {counted(pages, 'page')} due")
            quiet = ["--quiet"] if self._quiet else []
            self._crawls[key] = self._start("pipelines.cli", "crawl", key, "--due", *quiet)
        return self._round is None and not self._crawls

    def _wake(self) -> None:
        if self._stopping:
            return
        try:
            with closing(connect(self._database_url)) as connection:
                due = wake(connection, self._keys)
        except DatabaseError as error:
            self._bad.append(str(error))
        else:
            self._waiting = {key: pages for key, pages in due.items() if key not in self._crawls}

    def _start(self, module: str, *words: str) -> subprocess.Popen[bytes]:
        # A session of its own: Ctrl-C reaches it once, through us.
        command = [sys.executable, "-P", "-m", module, *words]
        return subprocess.Popen(command, env=self._environment, start_new_session=True)

    def _processes(self) -> list[subprocess.Popen[bytes]]:
        return [*self._crawls.values(), *([] if self._round is None else [self._round])]

    def _stop(self, _number: int, _frame: FrameType | None) -> None:
        self._stopping = True
        self._waiting.clear()
        for process in self._processes():
            process.terminate()
