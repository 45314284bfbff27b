"""robots.txt as RFC 9309 has it, for each scheme, host and port.

    2xx                       its rules hold; what lies behind the first 500 KiB is not read
    redirects                 are followed five times; after that there are no rules
    4xx                       there are no rules: everything is allowed
    5xx, 429, no answer       nothing may be fetched; Scrapy would take it for leave to fetch everything

Rules hold for a day, and longer only where robots.txt cannot be had any more. Its Crawl-delay, which is no part of the
RFC and yet is what publishers ask for, is the least time between two requests to the domain.
"""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass, field
from time import monotonic
from typing import TYPE_CHECKING, Self
from urllib.parse import urlsplit

from protego import Protego
from scrapy import Request
from scrapy.exceptions import CloseSpider, IgnoreRequest, NotConfigured
from scrapy.http.request import NO_CALLBACK

from spiders.fetching.answers import reason_of
from spiders.fetching.domain_queue import LeftAlone
from spiders.fetching.errors import CrawlOver, Disallowed
from spiders.fetching.refusals import refusal
from spiders.fetching.turnstile import Turnstile

if TYPE_CHECKING:
    from scrapy.crawler import Crawler
    from scrapy.http import Response

    from spiders.publishers import Publisher

logger = logging.getLogger(__name__)

_MOST_BYTES = 500 * 1024
_LONGEST = 86_400.0
_BEFORE_OTHERS = 1000
_REDIRECTION, _TOO_MANY, _SERVER_ERROR = 300, 429, 500


class RobotsUnreachable(LeftAlone):
    """A request that was not made, because the robots.txt that rules it cannot be had."""


@dataclass
class _Host:
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    rules: Protego | None = None
    """None before they were read, and while they cannot be had."""
    missing: str = ""
    """Why they cannot be had."""
    read_at: float = float("-inf")

    @property
    def is_fresh(self) -> bool:
        return monotonic() - self.read_at < _LONGEST


class RobotsTxt:
    """A downloader middleware in the place of Scrapy's, before all others."""

    def __init__(self, crawler: Crawler) -> None:
        if not crawler.settings.getbool("ROBOTSTXT_OBEY"):
            raise NotConfigured
        self._crawler = crawler
        self._agent: str = crawler.settings["ROBOTSTXT_USER_AGENT"] or crawler.settings["USER_AGENT"]
        self._hosts: dict[str, _Host] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Scrapy's idiom."""
        return cls(crawler)

    async def process_request(self, request: Request) -> None:
        """Let a request through that robots.txt allows.

        Raises:
            Disallowed: it does not.
            RobotsUnreachable: nobody can tell, which means no.
            CrawlOver: nobody can tell, and it is the publisher's own host.
        """
        if request.meta.get("dont_obey_robotstxt"):
            return
        parts = urlsplit(request.url)
        root = f"{parts.scheme}://{parts.netloc}"
        host = self._hosts.setdefault(root, _Host())
        if not host.is_fresh:
            async with host.lock:
                if not host.is_fresh:
                    await self._read(host, root)
        if host.rules is None:
            self._refuse(root, host.missing)
        elif not host.rules.can_fetch(request.url, self._agent):
            self._crawler.stats.inc_value("robotstxt/forbidden")
            raise Disallowed(f"{root}/robots.txt disallows {request.url}")

    async def _read(self, host: _Host, root: str) -> None:
        url = f"{root}/robots.txt"
        meta = {"dont_obey_robotstxt": True}
        request = Request(url, priority=_BEFORE_OTHERS, meta=meta, callback=NO_CALLBACK, dont_filter=True)
        host.missing = ""
        rules: Protego | None = None
        try:
            rules, host.missing = _rules(await self._crawler.engine.download_async(request))
        except (CloseSpider, LeftAlone):
            raise
        except IgnoreRequest as error:
            reason, host.missing = refusal(error) or ("", reason_of(error))
            if reason == "redirects":  # more than five of them
                rules, host.missing = Protego.parse(""), ""
        except Exception as error:  # noqa: BLE001 - whatever the network does, there are no rules then
            host.missing = reason_of(error)
        host.read_at = monotonic()
        if rules is not None:
            host.rules = rules
            self._keep_delay(url, rules)
        logger.info("%s: %s", url, host.missing or "read")

    def _keep_delay(self, url: str, rules: Protego) -> None:
        turnstile = self._crawler.get_downloader_middleware(Turnstile)
        if turnstile is not None and (asked := rules.crawl_delay(self._agent)):
            logger.info("%s asks for %g s between requests", url, asked)
            turnstile.slow_down(url, asked)

    def _refuse(self, root: str, missing: str) -> None:
        reason = f"{root}/robots.txt could not be read ({missing}), and then nothing there may be fetched (RFC 9309)"
        publisher: Publisher | None = getattr(self._crawler.spider, "publisher", None)
        if publisher is not None and urlsplit(publisher.home).netloc == urlsplit(root).netloc:
            raise CrawlOver(reason)
        raise RobotsUnreachable(reason)


def _rules(response: Response) -> tuple[Protego | None, str]:
    """The rules, or why there are none to go by."""
    status = response.status
    if status >= _SERVER_ERROR or status == _TOO_MANY:
        return None, f"HTTP {status}"
    if status >= _REDIRECTION:
        return Protego.parse(""), ""
    return parse_rules(response.body), ""


def parse_rules(body: bytes) -> Protego:
    """The rules that a robots.txt states; its bytes may be anything."""
    if len(body) > _MOST_BYTES:
        body = body[:_MOST_BYTES].rpartition(b"\n")[0]
    return Protego.parse(body.decode("utf-8-sig", "ignore"))
