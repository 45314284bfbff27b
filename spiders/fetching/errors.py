"""Exceptions that refuse one request or end the crawl, subclasses of Scrapy's own.

scrapy.exceptions
├── CloseSpider
│   └── CrawlOver      the crawl ends here; the page that was asked for stays due
│       └── NotNow     the watch asks the publisher another time
└── IgnoreRequest
    └── Disallowed     robots.txt does not allow the request; the page is rejected
"""

from __future__ import annotations

from scrapy.exceptions import CloseSpider, IgnoreRequest


class CrawlOver(CloseSpider):
    """The crawl ends here, and its `reason` says why; the page that was asked for stays due."""

    def __str__(self) -> str:
        """The reason: Scrapy's exception has no text of its own."""
        return self.reason


class NotNow(CrawlOver):
    """The publisher is not asked in this round of the watch, which is nothing to tell."""


class Disallowed(IgnoreRequest):
    """robots.txt does not allow the request."""
