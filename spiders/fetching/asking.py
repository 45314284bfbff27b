"""For which publisher a request is: that of the crawl, or its own in a process that asks for many publishers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.crawler import Crawler

    from spiders.publishers import Publisher

PUBLISHER: Final = "publisher"
"""Key of a request's meta: the `Publisher` that it is for. Retries and redirects of the request have it too."""


def publisher_of(request: Request, crawler: Crawler) -> Publisher | None:
    """The publisher that a request is for; None where the spider has none."""
    own: Publisher | None = request.meta.get(PUBLISHER)
    return own or getattr(crawler.spider, "publisher", None)
