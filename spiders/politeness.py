"""AutoThrottle that never goes below the Crawl-delay of robots.txt.

Scrapy obeys Allow and Disallow but not Crawl-delay: it is no part of RFC 9309, and yet publishers ask for it.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from scrapy import Request, signals
from scrapy.extensions.throttle import AutoThrottle

if TYPE_CHECKING:
    from scrapy.core.downloader import Slot
    from scrapy.crawler import Crawler
    from scrapy.http import Response
    from scrapy.robotstxt import RobotParser

logger = logging.getLogger(__name__)

_LONGEST = 60.0
"""Seconds. Longer wishes mean 'do not crawl' to nobody who wrote them; some files say 3600 by mistake."""


class PoliteThrottle(AutoThrottle):
    """One delay a host: what AutoThrottle finds, but at least what robots.txt asks for."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._floors: dict[str, float] = {}
        self._agent = crawler.settings["ROBOTSTXT_USER_AGENT"] or crawler.settings["USER_AGENT"]
        crawler.signals.connect(self._robots_parsed, signal=signals.robots_parsed)

    def _robots_parsed(self, robotparser: RobotParser, request: Request) -> None:
        asked = robotparser.crawl_delay(self._agent)
        if not asked:
            return
        downloader = self.crawler.engine.downloader
        host = downloader.get_slot_key(request)
        self._floors[host] = min(asked, _LONGEST)
        logger.info("robots.txt of %s asks for %g s between requests", host, self._floors[host])
        if (slot := downloader.slots.get(host)) is not None:
            slot.delay = max(slot.delay, self._floors[host])

    def _adjust_delay(self, slot: Slot, latency: float, response: Response) -> None:
        super()._adjust_delay(slot, latency, response)
        host = self.crawler.engine.downloader.get_slot_key(response.request or Request(response.url))
        slot.delay = max(slot.delay, self._floors.get(host, 0.0))
