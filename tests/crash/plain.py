"""The comparison: a plain Scrapy spider with JOBDIR, killed at the same moments of the same site.

It is written as Scrapy's documentation shows it: sitemaps read anew at each start (`dont_filter`), pages by links,
items to a JSON-lines feed that is appended to, requests kept in JOBDIR.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, NamedTuple

from scrapy import Request, Spider
from scrapy.crawler import AsyncCrawlerProcess

from seeds.newsstand.truth import expected

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator

    from crash.disturbed import Plan
    from crash.site import Site
    from scrapy.http import Response

    from seeds.newsstand.server import Newsstand


class PlainSpider(Spider):
    """Reads the sitemaps and every page they name."""

    name = "plain"

    async def start(self) -> AsyncIterator[Request]:
        """Begin with the index of sitemaps."""
        yield Request(self.settings["HOME"] + "sitemap.xml", dont_filter=True)

    def parse(self, response: Response) -> Iterator[Request]:
        """Follow an index of sitemaps, or a sitemap."""
        for url in response.xpath("//*[local-name()='loc' and namespace-uri()!='']/text()").getall():
            if url.endswith(".xml"):
                yield Request(url, dont_filter=True)
            else:
                yield Request(url, callback=self.parse_page)

    def parse_page(self, response: Response) -> Iterator[dict[str, Any]]:
        """One item a page."""
        yield {
            "url": response.url,
            "headline": response.css("h1::text").get(),
            "text": response.css("p::text").getall(),
        }


class Plain(NamedTuple):
    """What the plain spider came to."""

    kills: int
    announced: int
    lost: int
    doubled: int
    broken: int
    """Lines that are no JSON."""
    status: int
    """Exit status of the last, undisturbed run."""


@dataclass(frozen=True, slots=True)
class _Results:
    urls: Counter[str]
    broken: int


def plain(plan: Plan, site: Site, stand: Newsstand, say: Callable[[str], None]) -> Plain:
    """Kill it at the moments of the plan that a spider has, then let it run to its end."""
    from crash.faults import KILL
    from crash.programs import MUCH, Program, Watch

    blows = [(moment, chance) for fault, moment, chance in plan.blows() if fault is KILL and moment.program == "crawl"]
    kills = 0
    with TemporaryDirectory(prefix="lumbung-crash-") as name:
        folder, watch = Path(name), Watch(stand)
        words = ["crash.plain", site.base_url + "/", str(folder)]
        environment = {"PYTHONPATH": str(Path(__file__).parents[1])}
        for number, (moment, chance) in enumerate(blows, 1):
            site.appear(int(len(site) * number / len(blows)))
            with Program(words, environment, watch) as spider:
                if spider.reaches(moment.plain or moment.holds, chance):
                    spider.kill()
                    kills += 1
            if number % 40 == 0:
                say(f"Scrapy with JOBDIR: {number} of {len(blows)}")
        with Program(words, environment, watch) as spider:
            status = spider.end(MUCH)
        results = _read(folder / "items.jl")
    printed = {each["url"] for each in expected(site)["articles"]}
    found = results.urls.keys() & printed
    doubled = sum(results.urls[url] - 1 for url in found)
    return Plain(kills, len(printed), len(printed) - len(found), doubled, results.broken, status)


def _read(file: Path) -> _Results:
    urls: Counter[str] = Counter()
    broken = 0
    for line in file.read_text("utf-8").splitlines() if file.exists() else ():
        try:
            urls[json.loads(line)["url"]] += 1
        except ValueError:
            broken += 1
    return _Results(urls, broken)


if __name__ == "__main__":
    home, where = sys.argv[1:]
    process = AsyncCrawlerProcess(
        {
            "HOME": home,
            "JOBDIR": f"{where}/job",
            "FEEDS": {f"{where}/items.jl": {"format": "jsonlines", "overwrite": False}},
            "CONCURRENT_REQUESTS_PER_DOMAIN": 8,
            "DOWNLOAD_DELAY": 0,
            "LOG_LEVEL": "ERROR",
            "TELNETCONSOLE_ENABLED": False,
            "REMOTE_CONTROL_ENABLED": False,
            "ROBOTSTXT_OBEY": True,
        }
    )
    process.crawl(PlainSpider)
    process.start()
