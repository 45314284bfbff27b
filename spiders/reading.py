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
from typing import TYPE_CHECKING, ClassVar, Final

from spiders.reading_messages import Answer, Sheet, receive, send

if TYPE_CHECKING:
    from spiders.publishers import Publisher

logger = logging.getLogger(__name__)

_PATIENCE: Final = 10
"""Wall-clock seconds for each second of CPU: a busy machine is slow, a process that sleeps is stuck."""


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
            raise OverLimit(self._end()) from None
        if not ready:
            self._end()
            raise OverLimit(f"did not come back within {self._seconds * _PATIENCE:g} s")
        if answer.out_of_memory:
            self._end()
            raise OverLimit(f"needs more than {self._megabytes} MiB of memory")
        return answer

    def _start(self) -> subprocess.Popen[bytes]:
        self._known = {}
        self._child = subprocess.Popen(
            [sys.executable, "-P", "-m", "spiders.reading_process", str(self._seconds), str(self._megabytes)],
            env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        return self._child

    def _end(self) -> str:
        """End the process; how it ended, in words."""
        child, self._child = self._child, None
        if child is None:
            return "did not begin"
        if child.stdin is not None:
            child.stdin.close()
        try:
            status = child.wait(1)
        except subprocess.TimeoutExpired:
            child.kill()
            status = child.wait()
        if child.stdout is not None:
            child.stdout.close()
        if status == -signal.SIGPROF:
            return f"takes more than {self._seconds:g} s of CPU"
        name = signal.Signals(-status).name if status < 0 else f"exit status {status}"
        return f"ends its reader ({name})"
