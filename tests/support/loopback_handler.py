"""The way to the simulated internet: a download handler that needs neither DNS nor TLS.

Everything above a connection is real: the guard's look at each address, robots.txt, politeness, redirects,
retries, conditional GET; the server sees the host, and the spider the URL, that was asked for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from scrapy.core.downloader.handlers.http11 import HTTP11DownloadHandler

from spiders.fetching.guard import GuardedHandler

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.crawler import Crawler
    from scrapy.http import Response

SETTINGS = {
    "DOWNLOAD_HANDLERS": dict.fromkeys(("http", "https"), "support.loopback_handler.LoopbackHandler")
    | dict.fromkeys(("data", "file", "ftp", "s3")),
    # The guard's resolver drops loopback; no name but the server's address is looked up.
    "TWISTED_DNS_RESOLVER": "scrapy.resolver.CachingThreadedResolver",
    "POLITE_DELAY": 0,
}
"""Scrapy settings that lead there, without the delay between requests; LOOPBACK is the server's address."""


class LoopbackHandler(GuardedHandler):
    """The guarded handler, with one server in place of the internet."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._server: str = crawler.settings["LOOPBACK"].rstrip("/")

    async def download_request(self, request: Request) -> Response:
        """Ask the loopback server what the request's host would answer."""
        self._check(request)
        parts = urlsplit(request.url)
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        sent = request.replace(url=self._server + target)
        sent.headers["Host"] = parts.netloc
        sent.headers["X-Forwarded-Proto"] = parts.scheme
        response = await HTTP11DownloadHandler.download_request(self, sent)
        request.meta.update(sent.meta)  # the latency, for AutoThrottle
        return response.replace(url=request.url)
