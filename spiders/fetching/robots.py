"""Downloader middleware that obeys robots.txt by RFC 9309, one file for each scheme, host and port.

    2xx                       its rules hold; what lies behind the first 500 KiB is not read
    redirects                 are followed five times; after that there are no rules
    4xx                       there are no rules: everything is allowed
    5xx, 429, no answer       nothing may be fetched; Scrapy would take it for leave to fetch everything

Rules are kept for a day after they were fetched, by all crawls that share a frontier (RFC 9309, 2.4); that there are
none, for an hour; that the file could not be fetched, for no other crawl. A crawl that outlasts the day asks again, and
goes on by the old rules only while it is not answered. Crawl-delay and Request-rate, which are not in the RFC and yet
in use, become the least time between two requests to the domain.
"""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass, field
from time import monotonic
from typing import TYPE_CHECKING, Self
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.exceptions import CloseSpider, IgnoreRequest, NotConfigured
from scrapy.http.request import NO_CALLBACK

from spiders.fetching.answers import reason_of
from spiders.fetching.asking import PUBLISHER, publisher_of
from spiders.fetching.domain_queue import LeftAlone
from spiders.fetching.errors import CrawlOver, Disallowed
from spiders.fetching.refusals import refusal
from spiders.fetching.robots_text import delay_asked, parse_rules
from spiders.fetching.turnstile import Turnstile

if TYPE_CHECKING:
    from protego import Protego
    from scrapy.crawler import Crawler
    from scrapy.http import Response

    from spiders.fetching.robots_text import KeepsRobots, RobotsFiles
    from spiders.publishers import Publisher

logger = logging.getLogger(__name__)

_DAY, _HOUR = 86_400.0, 3_600.0
"""Seconds that a file is kept, and that there is none."""
_PRIORITY = 1000
"""Above that of feeds and pages."""
_REDIRECTION, _TOO_MANY, _SERVER_ERROR = 300, 429, 500


class RobotsUnreachable(LeftAlone):
    """A request that was not sent because the robots.txt of its host could not be fetched."""


@dataclass
class _Host:
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    rules: Protego | None = None
    """None before the first fetch, and while no fetch has succeeded."""
    missing: str = ""
    """Why the last fetch failed; empty after one that succeeded."""
    fresh_until: float = float("-inf")

    @property
    def is_fresh(self) -> bool:
        return monotonic() < self.fresh_until

    def take(self, rules: Protego | None, seconds: float) -> None:
        """Keep the outcome of a fetch for so long; the rules before it where it failed."""
        self.fresh_until = monotonic() + seconds
        if rules is not None:
            self.rules = rules


class RobotsTxt:
    """Replaces Scrapy's middleware, which takes a robots.txt answered with 503 for leave to fetch everything."""

    def __init__(self, crawler: Crawler) -> None:
        if not crawler.settings.getbool("ROBOTSTXT_OBEY"):
            raise NotConfigured
        self._crawler = crawler
        self._agent: str = crawler.settings["ROBOTSTXT_USER_AGENT"] or crawler.settings["USER_AGENT"]
        self._hosts: dict[str, _Host] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Create the middleware; Scrapy calls this."""
        return cls(crawler)

    async def process_request(self, request: Request) -> None:
        """Let a request through that robots.txt allows.

        Raises:
            Disallowed: robots.txt forbids it.
            RobotsUnreachable: robots.txt could not be fetched, which forbids everything (RFC 9309, 2.3.1.4).
            CrawlOver: the same for the host of the publisher's front page.
        """
        if request.meta.get("dont_obey_robotstxt"):
            return
        parts = urlsplit(request.url)
        root = f"{parts.scheme}://{parts.netloc}"
        host = self._hosts.setdefault(root, _Host())
        if not host.is_fresh:
            async with host.lock:
                if not host.is_fresh and not await self._recall(host, root, request):
                    await self._fetch(host, root, request)
        if host.rules is None:
            self._raise_unreachable(root, host.missing, publisher_of(request, self._crawler))
        elif not host.rules.can_fetch(request.url, self._agent):
            self._crawler.stats.inc_value("robotstxt/forbidden")
            raise Disallowed(f"{root}/robots.txt disallows {request.url}")

    @property
    def _files(self) -> RobotsFiles | None:
        frontier: KeepsRobots | None = getattr(self._crawler.spider, "frontier", None)
        return None if frontier is None else frontier.robots

    async def _recall(self, host: _Host, root: str, request: Request) -> bool:
        """Take over what another crawl has fetched lately; False where there is nothing."""
        if self._files is None or (kept := await self._files.recall(root)) is None:
            return False
        left = _kept_for(kept.body) - kept.age
        if left <= 0:
            return False
        rules = parse_rules(kept.body or b"")
        host.missing = ""
        host.take(rules, left)
        self._keep_delay(request, rules)
        return True

    async def _fetch(self, host: _Host, root: str, wanted: Request) -> None:
        url = f"{root}/robots.txt"
        meta = {"dont_obey_robotstxt": True, PUBLISHER: wanted.meta.get(PUBLISHER)}
        request = Request(url, priority=_PRIORITY, meta=meta, callback=NO_CALLBACK, dont_filter=True)
        host.missing = ""
        body: bytes | None = None
        try:
            body, host.missing = _file(await self._crawler.engine.download_async(request))
        except (CloseSpider, LeftAlone):
            raise
        except IgnoreRequest as error:
            reason, detail = refusal(error) or ("", reason_of(error))
            host.missing = "" if reason == "redirects" else detail or reason  # more than five redirects: no rules
        except Exception as error:  # noqa: BLE001 - whichever error it is, robots.txt could not be fetched
            host.missing = reason_of(error)
        rules = None if host.missing else parse_rules(body or b"")
        host.take(rules, _kept_for(body))
        if rules is not None:
            self._keep_delay(request, rules)
            if self._files is not None:
                await self._files.keep(root, body)
        logger.info("%s: %s", url, host.missing or "read")

    def _keep_delay(self, request: Request, rules: Protego) -> None:
        turnstile = self._crawler.get_downloader_middleware(Turnstile)
        if turnstile is not None and (asked := delay_asked(rules, self._agent)):
            logger.info("robots.txt asks for %g s between requests: %s", asked, request.url)
            turnstile.slow_down(request, asked)

    def _raise_unreachable(self, root: str, missing: str, publisher: Publisher | None) -> None:
        reason = f"{root}/robots.txt could not be read ({missing}), and then nothing there may be fetched (RFC 9309)"
        if publisher is not None and urlsplit(publisher.home).netloc == urlsplit(root).netloc:
            raise CrawlOver(reason)
        raise RobotsUnreachable(reason)


def _file(response: Response) -> tuple[bytes | None, str]:
    """The file that a response brings, None where the host has none; and why it could not be fetched, if so."""
    status = response.status
    if status >= _SERVER_ERROR or status == _TOO_MANY:
        return None, f"HTTP {status}"
    return (None if status >= _REDIRECTION else response.body), ""


def _kept_for(body: bytes | None) -> float:
    return _HOUR if body is None else _DAY
