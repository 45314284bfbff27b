"""The item pipeline around the loader: what is on its way when the spider closes is loaded first."""

from __future__ import annotations

import asyncio
import threading
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from scrapy.settings import Settings
from scrapy.signalmanager import SignalManager
from scrapy.statscollectors import MemoryStatsCollector

from pipelines.database.connections import Connection, connect, transaction
from pipelines.harvest.frontier import Frontier
from pipelines.harvest.ledger import find_crawl, imbalance
from pipelines.harvest.load import LoadPipeline
from spiders.article import Article, Entry, LeasedPage, Validators, Visit
from spiders.publishers import Publisher
from spiders.publishers.window import Window

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
PUBLISHER = Publisher(key="koran", name="Koran", home="https://koran.example/")


def visit(page: LeasedPage) -> Visit:
    article = Article(
        publisher="koran", url=page.url, canonical_url=page.canonical_url, headline="Panen raya",
        paragraphs=("Petani mulai memanen padi.",), fetched_at=NOW,
    )  # fmt: skip
    return Visit(page_id=page.page_id, outcome=article, fetched_at=NOW, status=200)


def crawler_of(frontier: Frontier, **settings: Any) -> Any:
    """What the pipeline uses of Scrapy's crawler, without an engine around it."""
    made: Any = SimpleNamespace(
        settings=Settings(settings), signals=SignalManager(), spider=SimpleNamespace(frontier=frontier)
    )
    made.stats = MemoryStatsCollector(SimpleNamespace(settings=Settings()))  # type: ignore[arg-type]  # reads settings only
    return made


async def settled() -> None:
    """Let every task go on until it waits for a thread."""
    for _ in range(20):
        await asyncio.sleep(0.01)


def test_a_batch_in_flight_when_the_spider_closes_is_loaded_and_counted(
    database_url: str, database: Connection
) -> None:
    frontier = Frontier(connect(database_url), PUBLISHER, Window(NOW, None, strict=False), "r")
    crawler: Crawler = crawler_of(frontier, LOAD_BATCH=100, LOAD_SECONDS=0.05)

    async def close_in_the_middle() -> None:
        entries = [Entry(url=f"https://koran.example/{number}", published_at=NOW) for number in range(3)]
        await frontier.announce("https://koran.example/rss", entries, Validators())
        pages = await frontier.lease(3)
        pipeline = LoadPipeline.from_crawler(crawler)
        pipeline.open_spider()
        busy = threading.Event()
        other_work = asyncio.ensure_future(frontier.call(busy.wait))  # as a long announcement keeps the thread busy
        await settled()
        for page in pages[:2]:
            await pipeline.process_item(visit(page))
        await asyncio.sleep(0.2)
        await settled()  # the clock has taken the batch; it waits for the crawl's thread
        await pipeline.process_item(visit(pages[2]))
        closing = asyncio.ensure_future(pipeline.close_spider())
        await settled()
        assert not closing.done()
        busy.set()
        await asyncio.gather(other_work, closing)
        await pipeline.spider_closed("finished")

    asyncio.run(close_in_the_middle())
    crawl = find_crawl(database, "r")
    assert crawl is not None
    assert (crawl.leased, crawl.stored, crawl.released) == (3, 3, 0)
    assert imbalance(crawl) is None
    assert crawler.stats is not None
    assert crawler.stats.get_value("lumbung/stored") == 3
    with transaction(database) as cursor:
        cursor.execute("select count(*) from lumbung.article")
        assert cursor.fetchone() == (3,)
