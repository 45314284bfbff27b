"""1,000 answers 429 with Retry-After, in both forms, to two crawls that share 20 domains: how many requests come early.

Every second request to a domain is put off by a second. Loopback addresses are the domains. Takes two minutes, which
are mostly waiting: `PYTHONPATH=tests python tests/benchmarks/retry_after.py`.
"""

from __future__ import annotations

import tempfile
import time
from collections import Counter, defaultdict
from email.utils import formatdate
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from support.scripted_press import Answer, Press, Request, printing, write_publisher
from support.spider_runs import start_spider
from support.throwaway import TEMPLATE, throwaway_server

if TYPE_CHECKING:
    from collections.abc import Iterator

DOMAINS, PAGES, ASKED = 20, 25, 1.0
CRAWLS = ("warta", "kabar")
ADDRESSES = [f"127.0.0.{number}" for number in range(1, DOMAINS + 1)]


class Busy:
    """Puts off every second request for a page of a domain; its feeds list pages of all domains."""

    def __init__(self) -> None:
        self.press: Press
        self._asked: Counter[str] = Counter()
        self._now = time.time()

    def __call__(self, path: str, number: int) -> Answer | None:
        if path.endswith("/rss"):
            return Answer(self._feed(path.removesuffix("/rss")))
        if "/berita-" not in path:
            return None
        host = path.split("/")[2]
        self._asked[host] += 1
        if self._asked[host] % 2 == 0:
            return None
        now = time.time()
        value = f"{ASKED:.0f}" if number % 2 else formatdate(int(now) + ASKED, usegmt=True)
        return Answer("later", 429, {"Retry-After": value, "Date": formatdate(int(now), usegmt=True)})

    def _feed(self, prefix: str) -> str:
        links = [
            f"http://{address}:{self.press.port}{prefix}/{address}/berita-{page}"
            for page in range(PAGES)
            for address in ADDRESSES
        ]
        # Dated in this order, or the pages of one domain would be fetched one after the other.
        items = "".join(
            f"<item><title>Berita</title><link>{link}</link><pubDate>{formatdate(self._now - number)}</pubDate></item>"
            for number, link in enumerate(links)
        )
        return f'<rss version="2.0"><channel><title>Warta</title>{items}</channel></rss>'


def margins(requests: list[Request]) -> Iterator[float]:
    """Seconds between the end of each wait and the next request to the domain; negative for one that came early."""
    by_host: defaultdict[str, list[Request]] = defaultdict(list)
    for request in sorted(requests, key=lambda request: request.came):
        by_host[request.host].append(request)
    for asked in by_host.values():
        for one, other in pairwise(asked):
            if one.status == 429:
                yield other.came - (one.answered + ASKED)


def main() -> None:
    busy = Busy()
    settings = {
        "AUTOTHROTTLE_ENABLED": "False",
        "RETRY_TIMES": "50",
        "CONCURRENT_REQUESTS": "100",
        "LOG_LEVEL": "ERROR",
    }
    with (
        tempfile.TemporaryDirectory() as folder,
        throwaway_server() as server,
        printing(busy, addresses=ADDRESSES) as press,
    ):
        busy.press = press
        environment = {"DATABASE_URL": server.url(TEMPLATE), "LUMBUNG_PUBLISHERS": folder}
        for key in CRAWLS:
            domains = ", ".join(f'"{address}"' for address in ADDRESSES)
            write_publisher(Path(folder), key, press.home, domains=f"[{domains}]")
        began = time.monotonic()
        spiders = [start_spider(key, environment, settings=settings) for key in CRAWLS]
        for spider in spiders:
            log, _ = spider.communicate()
            print(log, end="")
        seconds = time.monotonic() - began
    found = list(margins(press.requests))
    put_off = sum(request.status == 429 for request in press.requests)
    read = sum(request.status == 200 and "/berita-" in request.path for request in press.requests)
    median = sorted(found)[len(found) // 2]
    print(f"{len(press.requests)} requests to {DOMAINS} domains in {seconds:.0f} s, {read} pages read")
    print(f"{put_off} answers 429 with Retry-After of {ASKED:g} s, half of them as a date")
    print(f"requests that came early: {sum(margin < 0 for margin in found)}")
    print(f"the earliest came {1_000 * min(found):.1f} ms after its time, the median one {1_000 * median:.1f} ms")


if __name__ == "__main__":
    main()
