"""Upper bounds on what one crawl may cost: requests, minutes and bytes, of the crawl and of each registered domain.

They stop what never ends, such as a calendar with a page for every day or an endless download, and lie far above
ordinary work, a backlog of a year included. A crawl that reaches a cap ends with the cap in its reason; pages that it
has not asked for stay due.
"""

from __future__ import annotations

from collections import Counter
from time import monotonic
from typing import TYPE_CHECKING

from scrapy import signals

from spiders.publishers.domains import domain_of

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.crawler import Crawler

_MEGABYTE = 1_000_000
_SETTINGS = ("CRAWL_REQUESTS", "CRAWL_MINUTES", "CRAWL_MEGABYTES", "DOMAIN_REQUESTS", "DOMAIN_MEGABYTES")


class Caps:
    """Counters of one crawl, compared with the settings named in `_SETTINGS`; a setting of 0 is no cap."""

    def __init__(self, crawler: Crawler) -> None:
        settings = crawler.settings
        self._most = {name: settings.getfloat(name) for name in _SETTINGS}
        self._start = monotonic()
        self._requests: Counter[str] = Counter()
        self._bytes: Counter[str] = Counter()
        crawler.signals.connect(self.received, signal=signals.bytes_received)

    def received(self, data: bytes, request: Request) -> None:
        """Count bytes as they arrive, so that also an endless response is counted."""
        self._bytes[domain_of(request.url)] += len(data)

    def ask(self, url: str) -> str | None:
        """Count a request to `url`; the reason it must not be made where it would exceed a cap, None otherwise."""
        domain = domain_of(url)
        spent = {
            "CRAWL_REQUESTS": (self._requests.total(), "requests"),
            "CRAWL_MEGABYTES": (self._bytes.total() / _MEGABYTE, "MB"),
            "DOMAIN_REQUESTS": (self._requests[domain], f"requests to {domain}"),
            "DOMAIN_MEGABYTES": (self._bytes[domain] / _MEGABYTE, f"MB from {domain}"),
            "CRAWL_MINUTES": ((monotonic() - self._start) / 60, "minutes"),
        }
        for name, (amount, unit) in spent.items():
            if 0 < self._most[name] <= amount:
                return f"it has reached {name}, {self._most[name]:g} {unit}; what it had not asked for stays due"
        self._requests[domain] += 1
        return None
