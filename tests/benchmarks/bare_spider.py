"""The floor: a Scrapy spider that downloads the given pages and does nothing with them. Run by crawl.py."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from scrapy import Request, Spider
from scrapy.crawler import AsyncCrawlerProcess

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from scrapy.http import Response


class BareSpider(Spider):
    """Downloads."""

    name = "bare"

    async def start(self) -> AsyncIterator[Request]:
        """Ask for every URL of the file."""
        for url in self.settings["URLS"]:
            yield Request(url)

    def parse(self, response: Response) -> dict[str, int]:
        """Give one small item a page, as a spider does."""
        return {"length": len(response.body)}


if __name__ == "__main__":
    process = AsyncCrawlerProcess(
        {
            "CONCURRENT_REQUESTS_PER_DOMAIN": 8,
            "CONCURRENT_ITEMS": int(sys.argv[2]),
            "LOG_LEVEL": "ERROR",
            "TELNETCONSOLE_ENABLED": False,
            "REMOTE_CONTROL_ENABLED": False,
            "ROBOTSTXT_OBEY": True,
            "URLS": Path(sys.argv[1]).read_text("utf-8").split(),
        }
    )
    process.crawl(BareSpider)
    process.start()
