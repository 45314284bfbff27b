"""Ask for single addresses as a crawl would: through Scrapy's downloader, with its robots, throttle and retries.

For the commands that look at a publisher without harvesting it. Their spiders keep nothing and yield nothing: each
leaves its findings in `findings`.
"""

from __future__ import annotations

import asyncio
import contextlib
from abc import abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, cast
from urllib.parse import urlsplit

from scrapy import Request, Spider, signals
from scrapy.crawler import AsyncCrawlerProcess
from scrapy.settings import Settings

from spiders.fetching.answers import header, reason_of
from spiders.fetching.errors import Disallowed
from spiders.fetching.robots_text import delay_asked, parse_rules
from spiders.reading.process.reader import Reader

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable, Mapping

    from scrapy.crawler import Crawler
    from scrapy.http import Response

    from spiders.publishers import Publisher

_OK = 200
_SETTINGS: dict[str, object] = {"ITEM_PIPELINES": {}, "LOG_LEVEL": "CRITICAL", "STATS_DUMP": False}
_AT_ONCE = 8
"""Publishers looked at side by side; each is asked one question at a time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came back for one address."""

    asked: str
    url: str
    """After redirects."""
    status: int | None = None
    """HTTP status; None when there was no response."""
    body: bytes = b""
    content_type: str = ""
    problem: str = ""
    """Why there is no document, in one line; empty when there is one."""
    allowed: bool = True
    """Whether robots.txt allows the address."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Robots:
    """What one host's robots.txt says to us."""

    url: str
    status: int
    crawl_delay: float | None = None
    """Seconds."""
    sitemaps: tuple[str, ...] = ()


class Inquiry:
    """The questions one spider asks; remembers what robots.txt of each host said."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self.robots: dict[str, Robots] = {}
        """By host and port."""
        settings = crawler.settings
        self.reader = Reader.shared(settings.getfloat("READ_SECONDS"), settings.getint("READ_MEGABYTES"))
        """What reads the pages, in a process of its own as for a crawl."""
        crawler.signals.connect(self._downloaded, signal=signals.response_downloaded)
        crawler.signals.connect(self.reader.release, signal=signals.spider_closed)

    async def ask(self, url: str) -> Answer:
        """Fetch one address; whatever goes wrong becomes the answer's `problem`."""
        try:
            response = await self._crawler.engine.download_async(Request(url, dont_filter=True))
        except Exception as error:  # noqa: BLE001 - whatever the network does is a finding
            return Answer(asked=url, url=url, problem=reason_of(error), allowed=not isinstance(error, Disallowed))
        return Answer(
            asked=url,
            url=response.url,
            status=response.status,
            body=response.body,
            content_type=header(response, "Content-Type") or "",
            problem="" if response.status == _OK else f"HTTP {response.status}",
        )

    def _downloaded(self, response: Response, request: Request) -> None:
        address = urlsplit(request.url)
        if address.path != "/robots.txt":
            return
        delay, sitemaps = None, tuple[str, ...]()
        if response.status == _OK:
            with contextlib.suppress(Exception):  # a file that is none asks for nothing
                rules = parse_rules(response.body)
                delay = delay_asked(rules, self._crawler.settings["ROBOTSTXT_USER_AGENT"])
                sitemaps = tuple(rules.sitemaps)
        self.robots[address.netloc] = Robots(
            url=request.url, status=response.status, crawl_delay=delay, sitemaps=sitemaps
        )


class InquirySpider(Spider):
    """Looks at one publisher and keeps what it finds in `findings`, which stays None when it fails."""

    publisher: ClassVar[Publisher]

    def __init__(self, name: str | None = None, *, room: asyncio.Semaphore, **kwargs: Any) -> None:  # noqa: ANN401
        super().__init__(name)
        self.findings: Any = None
        self._room = room
        self.wishes = kwargs

    async def start(self) -> AsyncIterator[Request]:
        """Look, and yield nothing."""
        async with self._room:
            self.findings = await self.look(Inquiry(self.crawler))
        for nothing in cast("tuple[Request, ...]", ()):
            yield nothing

    @abstractmethod
    async def look(self, inquiry: Inquiry) -> object:
        """What there is to find; a subclass says how."""


def look_at(
    kind: type[InquirySpider],
    publishers: Iterable[Publisher],
    *,
    settings: Mapping[str, object] | None = None,
    **wishes: object,
) -> list[Any]:
    """Run one spider of that kind for each publisher, in this process, to the end. A process can do this once.

    Args:
        kind: what to do.
        publishers: whom to look at; each is its spider's `publisher`.
        settings: Scrapy settings that differ from a crawl's; the log, on standard error, is silent by default.
        wishes: what the spiders find in `wishes`.

    Returns:
        The findings in the order of the publishers; None where a spider failed.
    """
    all_settings = Settings()
    all_settings.setmodule("spiders.settings", priority="project")
    all_settings.setdict({**_SETTINGS, **(settings or {})}, priority="cmdline")
    process, room = AsyncCrawlerProcess(all_settings), asyncio.Semaphore(_AT_ONCE)
    crawlers = []
    for each in publishers:
        spider = type(kind.__name__, (kind,), {"name": each.key, "publisher": each})
        crawlers.append(process.create_crawler(spider))
        process.crawl(crawlers[-1], room=room, **wishes)
    process.start()
    return [cast("InquirySpider", crawler.spider).findings if crawler.spider else None for crawler in crawlers]
