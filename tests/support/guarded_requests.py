"""Ask for addresses through the spider's own settings, as a process: JSON of a publisher and URLs in, outcomes out.

Names are looked up in a table of this file instead of the DNS: what they resolve to is what the guard has to judge.
"""

from __future__ import annotations

import json
import os
import sys
from typing import TYPE_CHECKING, Any

from scrapy import Request, Spider
from scrapy.crawler import AsyncCrawlerProcess
from scrapy.resolver import HostResolution
from scrapy.utils.project import get_project_settings
from twisted.internet.address import IPv4Address, IPv6Address
from twisted.internet.interfaces import IHostnameResolver
from zope.interface import implementer  # type: ignore[import-untyped]  # ships no types

from spiders.fetching.guard import GuardedResolver
from spiders.publishers import Publisher

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from scrapy.http import Response
    from twisted.python.failure import Failure

NAMES = {
    "loopback.example": ["127.0.0.1"],
    "bukanloopback.example": ["127.0.0.1"],
    "loopback6.example": ["::1"],
    "mapped.example": ["::ffff:127.0.0.1"],
    "private.example": ["10.0.0.1"],
    "metadata.example": ["169.254.169.254"],
    "unspecified.example": ["0.0.0.0"],  # noqa: S104 - an answer, not a binding
    "translated.example": ["64:ff9b::7f00:1"],
    "several.example": ["10.0.0.1", "127.0.0.1", "::1"],
    "localhost": ["127.0.0.1", "::1"],
    "sub.localhost": ["127.0.0.1"],
}


@implementer(IHostnameResolver)
class Table:
    """A name server of a few names; `rebinding.example` is public when asked first and loopback ever after."""

    def __init__(self, original: Any) -> None:  # an IHostnameResolver
        self._original = original
        self._asked = 0

    def resolveHostName(self, receiver: Any, host: str, port: int = 0, *rest: Any, **named: Any) -> Any:  # noqa: N802
        if host == "rebinding.example":
            self._asked += 1
            found = ["192.0.2.1"] if self._asked == 1 else ["127.0.0.1"]
        elif host in NAMES:
            found = NAMES[host]
        else:
            return self._original.resolveHostName(receiver, host, port, *rest, **named)
        receiver.resolutionBegan(HostResolution(host))
        for address in found:
            kind = IPv6Address if ":" in address else IPv4Address
            receiver.addressResolved(kind("TCP", address, port))
        receiver.resolutionComplete()
        return receiver


class TableResolver(GuardedResolver):
    """The guard over that table; nothing is remembered, as with a name server that asks for it."""

    def __init__(self, reactor: Any, cache_size: int) -> None:
        super().__init__(reactor, cache_size)
        table: Any = Table(self.original_resolver)
        self.original_resolver = table


class Asker(Spider):
    """Asks for each URL and notes what became of it."""

    name = "asker"
    publisher: Publisher | None
    urls: list[str]
    outcomes: dict[str, str]

    async def start(self) -> AsyncIterator[Request]:
        for url in self.urls:
            try:
                yield Request(url, self.answered, errback=self.refused, dont_filter=True, meta={"asked": url})
            except ValueError as error:
                self.outcomes[url] = f"{type(error).__name__}: {error}"

    def answered(self, response: Response) -> None:
        self.outcomes[response.meta["asked"]] = f"HTTP {response.status}"

    def refused(self, failure: Failure) -> None:
        url = failure.request.meta["asked"]  # type: ignore[attr-defined]  # set by Scrapy
        self.outcomes[url] = f"{type(failure.value).__name__}: {failure.value}"


def main() -> None:
    table = json.load(sys.stdin)
    settings = get_project_settings()
    quick = {"ITEM_PIPELINES": {}, "ROBOTSTXT_OBEY": False, "DOWNLOAD_TIMEOUT": 5}
    quick |= {"AUTOTHROTTLE_ENABLED": False, "POLITE_DELAY": 0}
    names = {
        "TWISTED_DNS_RESOLVER": "support.guarded_requests.TableResolver",
        "DNSCACHE_ENABLED": False,
        "EXTENSIONS": {},
    }
    settings.update({**quick, **names, "LOG_LEVEL": "ERROR", "RETRY_ENABLED": False})
    process = AsyncCrawlerProcess(settings)
    outcomes: dict[str, str] = {}
    GuardedResolver.local_hosts |= set(os.environ.get("LOCAL_HOSTS", "").split())
    given = table["publisher"]
    publisher = None if given is None else Publisher.from_table("warta", given, where="the test")
    process.crawl(Asker, publisher=publisher, urls=table["urls"], outcomes=outcomes)
    process.start()
    json.dump(outcomes, sys.stdout)


if __name__ == "__main__":
    main()
