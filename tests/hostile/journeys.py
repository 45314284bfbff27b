"""The way of an input that breaks programs: through what reads it in a crawl, into Postgres, and its cost."""

from __future__ import annotations

import os
import select
import subprocess
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING

import psutil
from hostile import document_reader as hostile_reader
from hostile.document_reader import Document, forget_peak, peak
from hostile.text_journeys import BATCH, Koran
from scrapy.http import HtmlResponse
from support.promises import broken

from pipelines.harvest.load import load_batch
from spiders.article import Article, Entry, Failure, Rejection, Validators, Visit
from spiders.reading.process.messages import receive, send
from spiders.reading.process.reader import Reader

if TYPE_CHECKING:
    from collections.abc import Iterable

    from hostile.markup import Sent
    from scrapy import Request

    from pipelines.harvest.frontier import Frontier
    from spiders.article import LeasedPage

READ_SECONDS, READ_MEGABYTES = 10, 280
"""Those of `spiders/settings.py`; a test holds them equal."""
SECONDS, MEBIBYTES = 2.0, 256
"""What an ordinary input may cost: CPU, and memory of the whole process that reads it."""
PATIENCE = 60.0
"""Seconds after which a document has stopped its reader."""
_WALL = "failure: blocked"


@dataclass
class Told:
    """What became of one family."""

    inputs: int = 0
    ended: Counter[str] = field(default_factory=Counter)
    slowest: float = 0.0
    slowest_name: str = ""
    mebibytes: int = 0
    above: list[str] = field(default_factory=list)
    crashes: list[str] = field(default_factory=list)
    unaccounted: list[str] = field(default_factory=list)

    def add(self, name: str, words: str, seconds: float, mebibytes: int, *, heavy: bool) -> None:
        """Count one input; words that begin with `crash` or `unaccounted` say what went wrong."""
        self.inputs += 1
        kind = words.partition(" ")[0]
        if kind in {"crash:", "unaccounted:"}:
            (self.crashes if kind == "crash:" else self.unaccounted).append(f"{name}: {words}"[:400])
            words = kind[:-1]
        self.ended[words] += 1
        if seconds > self.slowest:
            self.slowest, self.slowest_name = seconds, name
        self.mebibytes = max(self.mebibytes, mebibytes)
        over = words == "rejection: over_limit" or seconds > SECONDS or mebibytes > MEBIBYTES
        if seconds > READ_SECONDS + 1 or (over and not heavy):
            self.above.append(f"{name}: {seconds:.1f} s, {mebibytes} MiB, {words}")


class _NoNetwork:
    """Stands where a crawl's network is: of a page that says it goes on elsewhere, nothing else is to be had."""

    @property
    def engine(self) -> _NoNetwork:
        return self

    async def download_async(self, request: Request) -> HtmlResponse:
        return HtmlResponse(request.url, status=404)


async def send_pages(frontier: Frontier, sent: Iterable[Sent], told: Told, *, heavy: bool) -> None:
    """Pages: announced, leased, read by the spider in its reading process, loaded; every visit must be in Postgres."""
    spider = Koran()
    spider.crawler = _NoNetwork()  # type: ignore[assignment]  # all that a page's reading asks of it
    spider.reader = Reader.shared(READ_SECONDS, READ_MEGABYTES)
    every, number, watch = iter(sent), time.monotonic_ns(), _Watch()
    try:
        while batch := list(islice(every, 4 if heavy else BATCH)):
            entries = [Entry(url=f"https://koran.example/papan-{number + place}") for place in range(len(batch))]
            number += len(batch)
            await frontier.announce("https://koran.example/rss", entries, Validators())
            pages = await frontier.lease(len(batch))
            costs, visits = list[tuple[float, int]](), list[Visit]()
            for one, leased in zip(batch, pages, strict=True):
                visit, seconds, most = await _read(spider, watch, one, leased)
                visits.append(visit)
                costs.append((seconds, most))
            load_batch(frontier.connection, frontier.crawl_id, visits)
            stored = _outcomes(frontier, [visit.page_id for visit in visits])
            for (name, _, _), visit, (seconds, most) in zip(batch, visits, costs, strict=True):
                told.add(name, _ended(visit, stored), seconds, most, heavy=heavy)
    finally:
        spider.reader.release()


async def _read(spider: Koran, watch: _Watch, one: Sent, leased: LeasedPage) -> tuple[Visit, float, int]:
    _, body, charset = one
    kind = "text/html" + (f"; charset={charset}" if charset else "")
    headers = {"Content-Type": kind.encode("latin-1", "replace")}
    response = HtmlResponse(leased.url, headers=headers, body=body)
    process, start = watch.cpu()
    watch.forget_peak()
    (visit,) = [visit async for visit in spider.parse_page(response, leased)]
    after, end = watch.cpu()
    if not after:  # the kernel has ended it
        return visit, float(READ_SECONDS), READ_MEGABYTES
    if after != process:  # a new one: a second goes for its start
        return visit, max(end - 1, 0.0), watch.peak()
    return visit, end - start, watch.peak()


class _Watch:
    """Looks at the reading process from outside."""

    def __init__(self) -> None:
        self._process: psutil.Process | None = None

    def cpu(self) -> tuple[int, float]:
        """Which process it is, 0 for none, and its CPU seconds; its peak of memory counts from now."""
        if self._process is None or not self._process.is_running():
            children = psutil.Process().children()  # looks at every process of the machine
            living = (child for child in children if child.status() != psutil.STATUS_ZOMBIE)
            self._process = next(
                (child for child in living if "spiders.reading.process.worker" in child.cmdline()), None
            )
        if self._process is None:
            return 0, 0.0
        used = self._process.cpu_times()
        return self._process.pid, used.user + used.system

    def forget_peak(self) -> None:
        if self._process is not None:
            forget_peak(self._process.pid)

    def peak(self) -> int:
        return peak(self._process.pid) if self._process is not None else 0


def _outcomes(frontier: Frontier, pages: list[int]) -> dict[int, str]:
    """What Postgres has of some pages: article, or the reason why not."""
    with frontier.connection.cursor() as cursor:
        cursor.execute("select page_id, 'article' from lumbung.article where page_id = any(%s)", [pages])
        found = dict(cursor.fetchall())
        cursor.execute("select page_id, reason from news.rejections where page_id = any(%s)", [pages])
        found |= dict(cursor.fetchall())
        cursor.execute(
            "select page_id, last_error from lumbung.page where page_id = any(%s) and last_error is not null", [pages]
        )
        found |= dict(cursor.fetchall())
    frontier.connection.rollback()
    return found


def _ended(visit: Visit, stored: dict[int, str]) -> str:
    outcome, row = visit.outcome, stored.get(visit.page_id)
    if isinstance(outcome, Article) and row == "article":
        problem = broken(outcome, Koran.publisher)
        return f"unaccounted: {problem}" if problem else "article"
    if isinstance(outcome, Rejection) and row == outcome.reason:
        return f"rejection: {row}"
    if isinstance(outcome, Failure) and row is not None and outcome.error.startswith("blocked: "):
        return _WALL
    return f"crash: {outcome!r:.300} stored as {row!r:.100}"


class Documents:
    """A process that reads documents one by one, as the spider's own would; a new one when it dies or hangs."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None

    def read(self, kind: str, data: bytes) -> Document:
        """What came of one document."""
        process = self._process = self._process or self._started()
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            send(process.stdin, (kind, data))
            if select.select([process.stdout], [], [], PATIENCE)[0]:
                document: Document = receive(process.stdout)
                return document
            words = f"crash: did not come back within {PATIENCE} s"
        except (EOFError, BrokenPipeError):
            words = f"crash: ends its reader (status {process.wait(10)})"
        self.close()
        return Document(words, [], PATIENCE, 0)

    def _started(self) -> subprocess.Popen[bytes]:
        paths = os.pathsep.join(filter(None, sys.path))
        command = [sys.executable, "-P", hostile_reader.__file__]
        pipe = subprocess.PIPE
        return subprocess.Popen(command, stdin=pipe, stdout=pipe, env={**os.environ, "PYTHONPATH": paths})

    def close(self) -> None:
        """End the process; the next document finds a new one."""
        if self._process is not None:
            self._process.kill()
            self._process.communicate()
            self._process = None
