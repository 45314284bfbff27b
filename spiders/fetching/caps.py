"""The most that one crawl may cost, whatever it meets: requests, minutes, bytes; and of one registered domain alike.

These are no limits for work but nets under it: a backlog of a year stays below them, a calendar without an end or a
download that never ends does not. A crawl that reaches one ends and says which; what it had not asked for stays due.
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
    """What one crawl has cost so far, beside the settings of `_SETTINGS`; 0 there is no cap."""

    def __init__(self, crawler: Crawler) -> None:
        settings = crawler.settings
        self._most = {name: settings.getfloat(name) for name in _SETTINGS}
        self._start = monotonic()
        self._requests: Counter[str] = Counter()
        self._bytes: Counter[str] = Counter()
        crawler.signals.connect(self.received, signal=signals.bytes_received)

    def received(self, data: bytes, request: Request) -> None:
        """Count bytes as they come over the wire, also of answers that never end."""
        self._bytes[domain_of(request.url)] += len(data)

    def ask(self, url: str) -> str | None:
        """Count one more request, or say which cap it would exceed."""
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
