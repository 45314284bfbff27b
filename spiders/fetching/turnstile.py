"""Turnstile: the one gate that every request of a crawl passes last, whatever it is for.

Feeds, robots.txt, pages, retries and redirects queue up by the registered domain they go to: one request at a time, in
turn with other crawls of the domain, with at least the Crawl-delay between two of them, and none while the domain asks
or is known to want to be left alone. A crawl does not argue: when its publisher's own domain is to be left alone for
longer than POLITE_PATIENCE, it ends, with the reason in the ledger.
"""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from functools import cached_property
from typing import TYPE_CHECKING, Self

from scrapy import signals
from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    ResponseDataLossError,
)
from twisted.internet.error import ConnectError, ConnectionDone, ConnectionLost

from spiders.fetching.caps import Caps
from spiders.fetching.domain_queue import DomainQueue, LeftAlone, Stopping
from spiders.fetching.errors import CrawlOver
from spiders.fetching.retry_after import seconds_asked
from spiders.fetching.standing import Standing, is_good
from spiders.fetching.turns import OwnTurns
from spiders.publishers.domains import domain_of

if TYPE_CHECKING:
    from collections.abc import Coroutine

    from scrapy import Request
    from scrapy.crawler import Crawler
    from scrapy.http import Response

    from spiders.fetching.standing import Rest
    from spiders.fetching.turns import KeepsTurns, Turns
    from spiders.publishers import Publisher

READ_BY_SPIDER = "read_by_spider"
"""Key of a request's meta: the spider reads the page and tells the turnstile what it has seen, `page_read()`."""
_UNREAD = "unread_of"
_OK = 200
_LONGEST_DELAY = 60.0
"""Seconds. Longer wishes mean 'do not crawl' to nobody who wrote them; some files say 3600 by mistake."""
_SWEEP = 2.0
_NETWORK_ERRORS = (
    OSError,
    CannotResolveHostError,
    ConnectError,
    ConnectionDone,
    ConnectionLost,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    ResponseDataLossError,
)


class Turnstile:
    """A downloader middleware, the nearest to the network."""

    def __init__(self, crawler: Crawler) -> None:
        settings = crawler.settings
        self._crawler = crawler
        self._caps = Caps(crawler)
        self._width = settings.getint("CONCURRENT_REQUESTS_PER_DOMAIN")
        self._patience = settings.getfloat("POLITE_PATIENCE")
        self._pause = settings.getfloat("POLITE_PAUSE")
        starts_slowly = settings.getbool("AUTOTHROTTLE_ENABLED")
        self._first_delay = settings.getfloat("AUTOTHROTTLE_START_DELAY" if starts_slowly else "DOWNLOAD_DELAY")
        self._queues: dict[str, DomainQueue] = {}
        self._inside: dict[Request, DomainQueue] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._sweeper: asyncio.Task[None] | None = None

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Scrapy's idiom."""
        turnstile = cls(crawler)
        crawler.signals.connect(turnstile.spider_closed, signal=signals.spider_closed)
        return turnstile

    async def process_request(self, request: Request) -> None:
        """Let a request through when it is its turn.

        Raises:
            CrawlOver: the domain is the publisher's and is to be left alone, the crawl has cost enough, or it is being
                stopped.
            LeftAlone: another domain is to be left alone.
        """
        queue = self._queue(request.url)
        if (cap := self._caps.ask(request.url)) is not None:
            raise CrawlOver(cap)
        try:
            await queue.enter()
        except Stopping as error:
            raise CrawlOver("shutdown") from error
        except LeftAlone:
            self._end_if_ours(queue)
            raise
        self._inside[request] = queue
        request.meta["download_slot"] = queue.domain
        slot = self._crawler.engine.downloader.slots.get(queue.domain)
        if queue.floor and slot is not None:
            slot.delay, slot.jitter = max(slot.delay, queue.floor), 0.0

    async def process_response(self, request: Request, response: Response) -> Response:
        """Take note of an answer.

        Raises:
            CrawlOver: it was the last one of this crawl.
        """
        if (queue := self._inside.pop(request, None)) is not None:
            try:
                await self._answered(queue, request, response)
            finally:
                queue.leave()
        return response

    async def process_exception(self, request: Request, exception: Exception) -> None:
        """Take note of a request without an answer.

        Raises:
            CrawlOver: it was the last one of this crawl.
        """
        if (queue := self._inside.pop(request, None)) is not None:
            try:
                if isinstance(exception, _NETWORK_ERRORS):
                    refused = isinstance(exception, DownloadConnectionRefusedError)
                    await self._rest(queue, queue.standing.unreachable(_name(exception), connection_refused=refused))
            finally:
                queue.leave()

    def page_read(self, request: Request, *, wall: str | None = None, good: bool = True) -> str | None:
        """Take note of what the spider has seen in a page, or that it got none after all.

        Args:
            request: for the page.
            wall: what keeps machines out there; None where nothing does.
            good: whether the page shows that the domain lets us in.

        Returns:
            Why the crawl must end; None when it may go on.
        """
        if (queue := request.meta.pop(_UNREAD, None)) is None:
            return None
        rest = queue.page_read(wall, good=good)
        if rest is not None and queue.over is None:
            queue.leave_alone(rest)
            self._do(queue.remember(rest))
        elif good and wall is None and queue.is_remembered:
            self._do(queue.forget())
        return queue.over if rest is not None and queue.domain == self._home else None

    def slow_down(self, url: str, seconds: float) -> None:
        """Keep at least so many seconds between two requests to the domain of `url`, up to a bound."""
        self._queue(url).slow_down(min(seconds, _LONGEST_DELAY))

    def spider_closed(self) -> None:
        """Stop looking after idle turns; those still held end with the crawl's row in the ledger."""
        if self._sweeper is not None:
            self._sweeper.cancel()

    async def _answered(self, queue: DomainQueue, request: Request, response: Response) -> None:
        rest = queue.standing.answered(response.status, _seconds_asked(response))
        await self._rest(queue, rest)
        if not request.meta.get(READ_BY_SPIDER):
            return  # many a site that keeps machines out goes on serving them its feed
        if response.status == _OK:
            request.meta[_UNREAD] = queue
            queue.page_came()
        elif rest is None and queue.is_remembered and is_good(response.status):
            await queue.forget()

    async def _rest(self, queue: DomainQueue, rest: Rest | None) -> None:
        if rest is not None and queue.over is None:  # what else is on its way tells nothing new
            queue.leave_alone(rest)
            await queue.remember(rest)
            self._end_if_ours(queue)

    def _end_if_ours(self, queue: DomainQueue) -> None:
        if queue.over is not None and queue.domain == self._home:
            raise CrawlOver(queue.over)

    @cached_property
    def _home(self) -> str | None:
        """The domain without which the crawl makes no sense."""
        publisher: Publisher | None = getattr(self._crawler.spider, "publisher", None)
        return None if publisher is None else domain_of(publisher.home)

    def _queue(self, url: str) -> DomainQueue:
        domain = domain_of(url)
        if (queue := self._queues.get(domain)) is None:
            queue = self._queues[domain] = DomainQueue(
                domain,
                self._turns,
                Standing(self._patience, self._pause),
                width=self._width,
                delay=lambda: self._delay(domain),
                stopping=self._stopping,
            )
            if self._sweeper is None:
                self._sweeper = asyncio.get_running_loop().create_task(self._sweep())
        return queue

    @cached_property
    def _turns(self) -> Turns:
        frontier: KeepsTurns | None = getattr(self._crawler.spider, "frontier", None)
        return OwnTurns() if frontier is None else frontier.turns

    def _delay(self, domain: str) -> float:
        slot = self._crawler.engine.downloader.slots.get(domain)
        return max(self._queues[domain].floor, self._first_delay if slot is None else slot.delay)

    def _stopping(self) -> bool:
        engine = self._crawler.engine
        slot = engine._slot  # noqa: SLF001 - nothing public tells that a spider is being closed
        return not engine.running or slot is None or slot.closing is not None

    async def _sweep(self) -> None:
        while True:
            await asyncio.sleep(_SWEEP)
            for queue in list(self._queues.values()):
                await queue.leave_if_idle()

    def _do(self, work: Coroutine[None, None, None]) -> None:
        """Do what the database is to know in the order in which it was asked for; the crawl's close comes later."""
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def _seconds_asked(response: Response) -> float | None:
    asked = response.headers.get("Retry-After")
    if asked is None:
        return None
    date = response.headers.get("Date") or b""
    return seconds_asked(asked.decode("latin-1"), date.decode("latin-1"), datetime.now(UTC))


def _name(error: Exception) -> str:
    return type(error).__name__
