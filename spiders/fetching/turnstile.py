"""Downloader middleware nearest to the network: every request of a crawl passes it, whatever the request is for.

Feeds, robots.txt, pages, retries and redirects queue by the registered domain they go to: one request at a time, in
turn with other crawls of the domain, spaced by the domain's pace, and none while the domain rests, because it asked
for that or refused too often. Where the publisher's own domain rests for longer than
POLITE_PATIENCE, the crawl ends, with the reason in the ledger.
"""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from functools import cached_property
from time import monotonic
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

from spiders.fetching.asking import PUBLISHER, publisher_of
from spiders.fetching.caps import Caps
from spiders.fetching.domain_queue import DomainQueue, LeftAlone, Stopping
from spiders.fetching.errors import CrawlOver
from spiders.fetching.pace import Pace
from spiders.fetching.retry_after import seconds_asked
from spiders.fetching.standing import Standing, asks_to_wait, is_good
from spiders.fetching.turns import OwnTurns
from spiders.publishers.domains import domain_of, registered_domain

if TYPE_CHECKING:
    from collections.abc import Coroutine

    from scrapy import Request
    from scrapy.crawler import Crawler
    from scrapy.http import Response

    from spiders.fetching.standing import Rest
    from spiders.fetching.turns import KeepsTurns, Turns
    from spiders.publishers import Publisher

READ_BY_SPIDER = "read_by_spider"
"""Key of a request's meta: the spider reads the page and then calls `page_read()`."""
_UNREAD = "unread_of"
"""Key of a request's meta: the queue of a response whose page the spider has not read yet."""
_OK, _REDIRECTION = 200, 300
_SWEEP = 2.0
"""Seconds between two looks at whether a queue is idle."""
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
    """One crawl's queues of requests, a queue for each registered domain."""

    def __init__(self, crawler: Crawler) -> None:
        settings = crawler.settings
        self._crawler = crawler
        self._caps = Caps(crawler)
        self._width = settings.getint("CONCURRENT_REQUESTS_PER_DOMAIN")
        self._patience = settings.getfloat("POLITE_PATIENCE")
        self._pause = settings.getfloat("POLITE_PAUSE")
        self._least_delay = settings.getfloat("POLITE_DELAY")
        starts_slowly = settings.getbool("AUTOTHROTTLE_ENABLED")
        self._first_delay = settings.getfloat("AUTOTHROTTLE_START_DELAY" if starts_slowly else "DOWNLOAD_DELAY")
        self._queues: dict[str, DomainQueue] = {}
        self._in_flight: dict[Request, DomainQueue] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._sweeper: asyncio.Task[None] | None = None

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Create the middleware; Scrapy calls this."""
        turnstile = cls(crawler)
        crawler.signals.connect(turnstile.spider_closed, signal=signals.spider_closed)
        return turnstile

    async def process_request(self, request: Request) -> None:
        """Let a request through when it may be sent.

        Raises:
            CrawlOver: the publisher's own domain rests, the crawl has reached a cap, or it is being stopped.
            LeftAlone: another domain rests.
        """
        queue = self._queue(request)
        if (cap := self._caps.ask(request.url)) is not None:
            raise CrawlOver(cap)
        try:
            await queue.enter()
        except Stopping as error:
            raise CrawlOver("shutdown") from error
        except LeftAlone:
            self._end_if_ours(queue, request)
            raise
        self._in_flight[request] = queue
        request.meta["download_slot"] = queue.domain

    async def process_response(self, request: Request, response: Response) -> Response:
        """Take note of a response.

        Raises:
            CrawlOver: the publisher's own domain rests from now on.
        """
        if (queue := self._in_flight.pop(request, None)) is not None:
            try:
                await self._take_note(queue, request, response)
            finally:
                queue.release()
        return response

    async def process_exception(self, request: Request, exception: Exception) -> None:
        """Take note of a request without a response.

        Raises:
            CrawlOver: the publisher's own domain rests from now on.
        """
        if (queue := self._in_flight.pop(request, None)) is not None:
            try:
                if isinstance(exception, _NETWORK_ERRORS):
                    refused = isinstance(exception, DownloadConnectionRefusedError)
                    rest = queue.standing.unreachable(_name(exception), connection_refused=refused)
                    await self._let_rest(queue, request, rest)
            finally:
                queue.release()

    def page_read(self, request: Request, *, wall: str | None = None, good: bool = True) -> str | None:
        """Take note of what the spider found a page to be, or that it will not read the page after all.

        Args:
            request: of the page.
            wall: title of a page that keeps machines out; None for any other page.
            good: whether the page shows that the domain serves this crawl.

        Returns:
            Why the crawl must end; None when it may go on.
        """
        if (queue := request.meta.pop(_UNREAD, None)) is None:
            return None
        rest = queue.page_read(wall, good=good)
        if rest is not None and queue.over is None:
            queue.leave_alone(rest)
            self._in_background(queue.store_rest(rest))
        elif good and wall is None and queue.has_past_rest:
            self._in_background(queue.clear_rest())
        return queue.over if rest is not None and self._is_home(queue, request) else None

    def slow_down(self, request: Request, seconds: float) -> None:
        """Keep at least so many seconds between two requests to the domain of `request`, a minute at most."""
        self._queue(request).slow_down(seconds)

    def spider_closed(self) -> None:
        """Stop releasing idle turns; closing the crawl in the ledger releases those that are left."""
        if self._sweeper is not None:
            self._sweeper.cancel()

    async def _take_note(self, queue: DomainQueue, request: Request, response: Response) -> None:
        if asks_to_wait(response.status):
            await queue.put_off(response.status)
        elif is_good(response.status):
            queue.answered_well()
        rest = queue.standing.answered(response.status, _seconds_asked(response))
        await self._let_rest(queue, request, rest)
        if not request.meta.get(READ_BY_SPIDER):
            return  # sites that keep machines out often go on serving them the feed
        if _OK <= response.status < _REDIRECTION:
            request.meta[_UNREAD] = queue
            queue.response_received()
        elif rest is None and queue.has_past_rest and is_good(response.status):
            await queue.clear_rest()

    async def _let_rest(self, queue: DomainQueue, request: Request, rest: Rest | None) -> None:
        if rest is not None and queue.over is None:  # responses to requests sent before the rest add nothing
            queue.leave_alone(rest)
            await queue.store_rest(rest)
            self._end_if_ours(queue, request)

    def _end_if_ours(self, queue: DomainQueue, request: Request) -> None:
        if queue.over is not None and self._is_home(queue, request):
            raise CrawlOver(queue.over)

    def _is_home(self, queue: DomainQueue, request: Request) -> bool:
        """Whether it is the domain of the publisher's front page; while that rests there is nothing to do for it."""
        publisher = publisher_of(request, self._crawler)
        return publisher is not None and queue.domain == domain_of(publisher.home)

    def _floor(self, request: Request) -> float:
        """Least seconds between two requests to the domain of `request`: for its own, the publisher decides."""
        publisher = publisher_of(request, self._crawler)
        if publisher is None or not (publisher.owns(request.url) or self._is_of(publisher, request.url)):
            return self._least_delay
        if publisher.delay_seconds is not None:
            return publisher.delay_seconds
        return 0.0 if publisher.local else self._least_delay

    def _is_of(self, publisher: Publisher, url: str) -> bool:
        """Whether one of the publisher's hosts lies in the registered domain of `url`."""
        return domain_of(url) in {registered_domain(host) for host in publisher.hosts}

    def _queue(self, request: Request) -> DomainQueue:
        domain = domain_of(request.url)
        if (queue := self._queues.get(domain)) is None:
            queue = self._queues[domain] = DomainQueue(
                domain,
                self._turns,
                Standing(self._patience, self._pause),
                Pace(self._floor(request), first_lesson=self._pause, now=monotonic()),
                width=self._width,
                throttle=lambda: self._throttle(domain),
                stopping=self._stopping,
            )
            if self._sweeper is None:
                self._sweeper = asyncio.get_running_loop().create_task(self._sweep())
        elif PUBLISHER in request.meta:
            queue.slow_down(self._floor(request))  # publishers that share a domain: the slowest decides
        return queue

    @cached_property
    def _turns(self) -> Turns:
        frontier: KeepsTurns | None = getattr(self._crawler.spider, "frontier", None)
        return OwnTurns() if frontier is None else frontier.turns

    def _throttle(self, domain: str) -> float:
        slot = self._crawler.engine.downloader.slots.get(domain)
        return self._first_delay if slot is None else slot.delay

    def _stopping(self) -> bool:
        engine = self._crawler.engine
        slot = engine._slot  # noqa: SLF001 - nothing public tells that a spider is being closed
        return not engine.running or slot is None or slot.closing is not None

    async def _sweep(self) -> None:
        while True:
            await asyncio.sleep(_SWEEP)
            await asyncio.gather(*(queue.release_if_idle() for queue in list(self._queues.values())))

    def _in_background(self, work: Coroutine[None, None, None]) -> None:
        """Start a database write; the frontier runs writes in FIFO order, and its close waits for them."""
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
