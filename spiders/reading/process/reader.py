"""Pages are read in a process of their own: none of them can stop a crawl, whatever it costs to read.

The process lives as long as the spider's, so that a page costs a message to and fro (about a third of a millisecond).
It ends when a page takes more than its time or memory, or crashes the parser; the page is told to be over the limit,
and the next page finds a new process.
"""

from __future__ import annotations

import asyncio
import logging
import os
import select
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import TYPE_CHECKING, ClassVar, Final

from spiders.reading.process.messages import Answer, Sheet, receive, send

if TYPE_CHECKING:
    from spiders.publishers import Publisher

logger = logging.getLogger(__name__)

_PATIENCE: Final = 10
"""Wall-clock seconds for each second of CPU: a busy machine is slow, a process that sleeps is stuck."""

_NOT_FOR_PAGES: Final = ("AIRFLOW", "_AIRFLOW", "DATABASE_", "PG")
"""Variables that hold addresses and passwords: should a page take its reader over, it finds none there."""

_PAGES_OWN: Final = frozenset({signal.SIGSEGV, signal.SIGBUS, signal.SIGABRT, signal.SIGFPE, signal.SIGILL})
"""Signals that a page provokes; any other one came from outside, and says nothing of the page."""


class ReaderLost(Exception):  # noqa: N818 - reads as what it is
    """The reading process was ended from outside; its text is one line that says how."""


class OverLimit(Exception):  # noqa: N818 - reads as what it is
    """A page that cost more than it may; its text is one line that says what."""


class Reader:
    """A reading process, started when the first page comes; all crawls of a process share one."""

    _shared: ClassVar[dict[tuple[float, int], Reader]] = {}

    @classmethod
    def shared(cls, seconds: float, megabytes: int) -> Reader:
        """The reader with these limits; `release` it when the crawl is over.

        Args:
            seconds: CPU for one page.
            megabytes: Address space of the process; it needs about 150 itself.
        """
        reader = cls._shared.setdefault((seconds, megabytes), cls(seconds, megabytes))
        reader.users += 1
        return reader

    def __init__(self, seconds: float, megabytes: int) -> None:
        self.users = 0
        self._seconds = seconds
        self._megabytes = megabytes
        self._child: subprocess.Popen[bytes] | None = None
        self._known: dict[str, Publisher] = {}
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="reader")

    async def read(self, sheet: Sheet, publisher: Publisher) -> Answer:
        """Read a page.

        Raises:
            OverLimit: it took more CPU or memory than it may, or crashed the process.
            ReaderLost: the process was ended from outside.
        """
        return await asyncio.get_running_loop().run_in_executor(self._thread, self._read, sheet, publisher)

    def release(self) -> None:
        """The last crawl ends the process."""
        self.users -= 1
        if not self.users:
            self._shared.pop((self._seconds, self._megabytes), None)
            self._thread.shutdown(cancel_futures=True)
            self._end()

    def _read(self, sheet: Sheet, publisher: Publisher) -> Answer:
        child = self._child or self._start()
        assert child.stdin is not None  # noqa: S101 - both are pipes
        assert child.stdout is not None  # noqa: S101 - as above
        try:
            if self._known.get(publisher.key) is not publisher:
                send(child.stdin, publisher)
                self._known[publisher.key] = publisher
            send(child.stdin, sheet)
            ready, _, _ = select.select([child.stdout], [], [], self._seconds * _PATIENCE)
            answer: Answer = receive(child.stdout) if ready else Answer()
        except (EOFError, BrokenPipeError):
            raise self._lost() from None
        if not ready:
            self._end()
            raise OverLimit(f"did not come back within {self._seconds * _PATIENCE:g} s")
        if answer.out_of_memory:
            self._end()
            raise OverLimit(f"needs more than {self._megabytes} MiB of memory")
        return answer

    def _start(self) -> subprocess.Popen[bytes]:
        self._known = {}
        harmless = {name: value for name, value in os.environ.items() if not name.startswith(_NOT_FOR_PAGES)}
        self._child = subprocess.Popen(
            [sys.executable, "-P", "-m", "spiders.reading.process.worker", str(self._seconds), str(self._megabytes)],
            env={**harmless, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            start_new_session=True,  # a signal to the spider's group lets it finish the page and close in good order
        )
        return self._child

    def _lost(self) -> OverLimit | ReaderLost:
        status = self._end()
        if status == -signal.SIGPROF:
            return OverLimit(f"takes more than {self._seconds:g} s of CPU")
        if status < 0:
            kind = OverLimit if -status in _PAGES_OWN else ReaderLost
            return kind(f"ends its reader ({signal.Signals(-status).name})")
        return OverLimit(f"ends its reader (exit status {status})")

    def _end(self) -> int:
        """End the process; its exit status."""
        child, self._child = self._child, None
        if child is None:
            return 0
        for pipe in (child.stdin, child.stdout):
            if pipe is not None:
                with suppress(BrokenPipeError):  # what was still to be written
                    pipe.close()
        try:
            return child.wait(1)
        except subprocess.TimeoutExpired:
            child.kill()
            return child.wait()
