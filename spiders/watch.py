"""WatchSpider: asks for what many publishers announce, many domains at a time, and fetches no page.

Each publisher is asked as its crawl would ask it by schedule, through the same gate: one request at a time for a
domain, in turn with crawls, robots.txt, conditional GET, only what is due. A publisher that hangs, floods or fails
costs the others nothing: it has a few seconds and a bound on requests and bytes of its own.

    python -m spiders.watch NAME KEY...     one round, under a name for the ledger; settings with -s as Scrapy has them
"""

from __future__ import annotations

import asyncio
import gc
import logging
import sys
from functools import partial
from typing import TYPE_CHECKING, Any, Protocol, Self

from scrapy import Request, Spider, signals
from scrapy.core.downloader import contextfactory  # noqa: F401 - early: it walks the stack, and all modules for each frame
from scrapy.crawler import AsyncCrawlerProcess
from scrapy.utils.misc import load_object
from scrapy.utils.project import get_project_settings

from spiders.discovery.announcements import Announcements
from spiders.errors import AT_WORK, AtWork, LumbungError
from spiders.fetching.asking import PUBLISHER
from spiders.fetching.errors import CrawlOver, NotNow
from spiders.frontier import Announced

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from scrapy.crawler import Crawler
    from scrapy.http import Response

    from spiders.fetching.robots_text import RobotsFiles
    from spiders.fetching.turns import Turns
    from spiders.publishers import Publisher
    from spiders.publishers.window import Window

logger = logging.getLogger(__name__)

_AT_ONCE = 128
"""Publishers asked at the same time; most of their time they wait."""
_REQUEST_SECONDS = 25.0
"""What one request may take with its robots.txt, its turn and the delay before it; the network has ten of each."""
_ROUND_SECONDS = 150.0
"""What a round may take: publishers that it does not come to are first in the next one, for what is due stays due."""
_SWITCH = 0.001
"""Seconds that a large document, parsed beside the others' requests, may keep these waiting at a time."""


class Lookout(Announced, Protocol):
    """What is known and learnt of one publisher."""

    publisher: Publisher
    window: Window

    async def close(self, reason: str, *, tell: bool) -> None:
        """End the publisher's part of the round; `tell` where the reason is to be told by itself."""


class Round(Protocol):
    """What the spider needs from the database."""

    turns: Turns
    robots: RobotsFiles
    lookouts: Sequence[Lookout]
    lost: str | None

    async def close(self) -> None:
        """End the round."""


class WatchSpider(Spider):
    """One round over many publishers; arguments as `load` of the setting WATCH takes them: `keys`, `run`."""

    name = "watch"
    custom_settings = {  # noqa: RUF012 - Scrapy's name and kind
        "AUTOTHROTTLE_ENABLED": False,  # a domain is asked for one or two documents; the polite delay holds
        "CRAWL_MEGABYTES": 0,  # what a domain may cost is bounded, and the time of a round
        "CRAWL_MINUTES": 0,
        "CRAWL_REQUESTS": 0,
        "DOMAIN_MEGABYTES": 50,
        "DOMAIN_REQUESTS": 100,
        # Imported, and then switched off: a fifth of the start.
        "EXTENSIONS": dict.fromkeys(
            ("scrapy.extensions.remote_control.RemoteControl", "scrapy.extensions.telnet.TelnetConsole")
        ),
        "DOWNLOAD_TIMEOUT": 10,  # who needs longer is left to its crawl, which has more patience
        "ITEM_PIPELINES": {},
        "LOGSTATS_INTERVAL": 0,
        "POLITE_PATIENCE": 5,
        "REACTOR_THREADPOOL_MAXSIZE": 30,  # names that nobody answers for must not keep the others' waiting
        "RETRY_ENABLED": False,  # the next round asks again
    }
    frontier: Round
    """Named so for the turnstile and robots.txt."""

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> Self:  # noqa: ANN401 - Scrapy's signature
        """Open the round.

        Raises:
            LumbungError: no database, or another round is at work.
        """
        keys, run = kwargs.pop("keys"), kwargs.pop("run")
        spider = super().from_crawler(crawler, *args, **kwargs)
        spider.frontier = load_object(crawler.settings["WATCH"]).begin(keys, run)
        crawler.signals.connect(spider.spider_closed, signal=signals.spider_closed)
        return spider

    async def start(self) -> AsyncIterator[Request]:
        """Ask all publishers; there is nothing to schedule."""
        sys.setswitchinterval(_SWITCH)
        room = asyncio.Semaphore(_AT_ONCE)
        tasks = [asyncio.ensure_future(self._watch(each, room)) for each in self.frontier.lookouts]
        try:
            if tasks:
                _, late = await asyncio.wait(tasks, timeout=_ROUND_SECONDS)
                if late:
                    logger.warning("%d publishers are left to the next round: this one takes too long", len(late))
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        return
        yield  # Scrapy wants a generator

    async def spider_closed(self) -> None:
        """Give back what the round holds."""
        await self.frontier.close()

    async def _watch(self, lookout: Lookout, room: asyncio.Semaphore) -> None:
        async with room:
            reason, tell = "finished", False
            try:
                fetch = partial(self._fetch, lookout.publisher)
                await Announcements(fetch, lookout.publisher, lookout.window, lookout).collect()
            except NotNow as not_now:
                logger.info("%s is not asked now: %s", lookout.publisher.key, not_now)
            except CrawlOver as over:
                reason, tell = over.reason, over.reason != "shutdown" and self.frontier.lost is None
            except asyncio.CancelledError:
                await lookout.close("shutdown", tell=False)
                raise
            except Exception as error:  # one publisher's bug must not end the others' round
                logger.exception("watching %s raised", lookout.publisher.key)
                reason, tell = f"watching it raised {type(error).__name__}", self.frontier.lost is None
            await self._close(lookout, reason, tell=tell)

    async def _close(self, lookout: Lookout, reason: str, *, tell: bool) -> None:
        try:
            await lookout.close(reason, tell=tell)
        except (CrawlOver, LumbungError) as error:
            logger.error("what was found of %s is not stored: %s", lookout.publisher.key, error)  # noqa: TRY400 - one line

    async def _fetch(self, publisher: Publisher, request: Request) -> Response:
        request.meta[PUBLISHER] = publisher
        try:
            async with asyncio.timeout(_REQUEST_SECONDS):
                return await self.crawler.engine.download_async(request)
        except TimeoutError:
            raise NotNow(f"{request.url} would have to be waited for") from None


def main(arguments: Sequence[str]) -> int:
    """Run one round: 0 when it is done, `AT_WORK` where another one is, 1 when it cannot begin or lost its database."""
    run, *words = arguments
    settings = get_project_settings()
    settings.set("SPIDER_LOADER_CLASS", "scrapy.spiderloader.SpiderLoader")  # ours imports what reads pages
    while words[:1] == ["-s"]:
        name, _, value = words[1].partition("=")
        settings.set(name, value, priority="cmdline")
        words = words[2:]
    gc.freeze()  # what is loaded by now stays: no collection need look at it again
    process = AsyncCrawlerProcess(settings)
    crawler = process.create_crawler(WatchSpider)
    started = process.crawl(crawler, keys=words, run=run)
    failed: list[BaseException] = []
    started.add_done_callback(lambda task: failed.extend([error] if (error := task.exception()) else []))
    process.start()
    for error in failed:
        if not isinstance(error, LumbungError):
            raise error
        at_work = isinstance(error, AtWork)
        logger.log(logging.WARNING if at_work else logging.CRITICAL, "%s", error)
        return AT_WORK if at_work else 1
    spider = crawler.spider
    return 1 if not isinstance(spider, WatchSpider) or spider.frontier.lost is not None else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
