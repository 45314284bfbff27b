"""A crawler without a reactor for downloader middlewares: its engine answers what a test scripts."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from scrapy import Request
from scrapy.http import Response
from scrapy.utils.test import get_crawler

from spiders.fetching.robots_text import KeptFile
from spiders.fetching.turns import Turn
from spiders.fetching.turnstile import Turnstile
from spiders.publishers import Publisher

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

KORAN = Publisher(key="koran", name="Koran", home="https://www.koran.example/")
SETTINGS = {
    "CONCURRENT_REQUESTS_PER_DOMAIN": 2, "POLITE_PATIENCE": 120, "POLITE_PAUSE": 2, "POLITE_DELAY": 0.0,
    "AUTOTHROTTLE_ENABLED": False, "DOWNLOAD_DELAY": 0.0, "ROBOTSTXT_OBEY": True, "ROBOTSTXT_USER_AGENT": "Lumbung",
    "USER_AGENT": "Lumbung/1 (+https://lumbung.example)",
}  # fmt: skip


def crawler(
    publisher: Publisher | None = KORAN,
    answer: Callable[[Request], Response] | None = None,
    turns: NotedTurns | None = None,
    robots: NotedFiles | None = None,
    **settings: Any,
) -> Any:
    """A crawler whose engine downloads with `answer` and keeps what it was asked for in `engine.asked`."""
    made: Any = get_crawler(settings_dict={**SETTINGS, **settings})
    asked: list[Request] = []

    async def download(request: Request) -> Response:
        asked.append(request)
        await asyncio.sleep(0)
        return answer(request) if answer is not None else Response(request.url, status=404)

    downloader = SimpleNamespace(slots={}, middleware=SimpleNamespace(middlewares=[]))
    open_one = SimpleNamespace(closing=None)
    made.engine = SimpleNamespace(
        download_async=download, asked=asked, running=True, _slot=open_one, downloader=downloader
    )
    shared = turns or robots
    frontier = None if shared is None else SimpleNamespace(turns=turns, robots=robots or NotedFiles())
    made.spider = SimpleNamespace(publisher=publisher, frontier=frontier)
    return made


class NotedFiles:
    """robots.txt files that crawls of a test share."""

    def __init__(self) -> None:
        self.kept: dict[str, KeptFile] = {}

    async def recall(self, root: str) -> KeptFile | None:
        return self.kept.get(root)

    async def keep(self, root: str, body: bytes | None) -> None:
        self.kept[root] = KeptFile(body, 0.0)

    def age(self, seconds: float) -> None:
        """Let time go by."""
        self.kept = {root: file._replace(age=file.age + seconds) for root, file in self.kept.items()}


class NotedTurns:
    """Turns that are granted at once; every call is noted."""

    def __init__(self, first: Turn = Turn(ours=True)) -> None:  # noqa: B008 - it cannot be changed
        self.first = first
        self.calls: list[tuple[Any, ...]] = []
        self.released = asyncio.Semaphore(0)
        """Counts the turns that were released."""

    def of(self, name: str) -> list[list[Any]]:
        """The arguments of each call of one method."""
        return [list(call[1:]) for call in self.calls if call[0] == name]

    async def take(self, domain: str, delay: float) -> Turn:
        self.calls.append(("take", domain, delay))
        return self.first

    async def keep(self, domain: str, delay: float) -> bool:
        self.calls.append(("keep", domain, delay))
        return True

    async def release(self, domain: str, delay: float) -> None:
        self.calls.append(("release", domain, delay))
        self.released.release()

    async def rest(self, domain: str, seconds: float, reason: str, strikes: int) -> None:
        self.calls.append(("rest", domain, seconds, reason, strikes))

    async def clear_rest(self, domain: str) -> None:
        self.calls.append(("clear_rest", domain))

    async def store_pace(self, domain: str, seconds: float) -> None:
        self.calls.append(("store_pace", domain, seconds))


def run(work: Callable[[], Coroutine[Any, Any, None]]) -> None:
    asyncio.run(asyncio.wait_for(work(), 30))


class Crawl:
    """A turnstile with the turns it uses; to be made in a running loop."""

    def __init__(self, first: Turn = Turn(ours=True), **how: Any) -> None:  # noqa: B008 - it cannot be changed
        self.turns = NotedTurns(first)
        self.crawler = crawler(turns=self.turns, **how)
        self.turnstile = Turnstile.from_crawler(self.crawler)

    async def one(self, url: str, outcome: int | Exception = 200, *, after: str | None = None, **meta: Any) -> Request:
        """A request with its answer or error; returns it for `page_read`."""
        request = Request(url, meta=meta)
        await self.turnstile.process_request(request)
        if isinstance(outcome, Exception):
            await self.turnstile.process_exception(request, outcome)
        else:
            headers = {} if after is None else {"Retry-After": after}
            await self.turnstile.process_response(request, Response(url, status=outcome, headers=headers))
        return request
