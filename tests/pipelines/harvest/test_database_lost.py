"""A crawl whose database breaks its connection: it goes on where that comes back, else it ends with one line."""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from contextlib import contextmanager
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from scrapy.settings import Settings
from scrapy.signalmanager import SignalManager
from scrapy.statscollectors import MemoryStatsCollector
from support.hanging_up import hang_up

from pipelines.database.connections import Connection, connect, transaction
from pipelines.harvest.frontier import LOST, Frontier, close_abandoned
from pipelines.harvest.ledger import read_crawl
from pipelines.harvest.load import LoadPipeline
from spiders.article import Article, Entry, LeasedPage, Validators, Visit
from spiders.fetching.errors import CrawlOver
from spiders.frontier import New
from spiders.publishers import Publisher
from spiders.publishers.window import Window

if TYPE_CHECKING:
    from collections.abc import Iterator

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
PUBLISHER = Publisher(key="koran", name="Koran", home="https://koran.example/")
OPEN = Window(NOW, None, strict=False)
RSS = "https://koran.example/rss"


@contextmanager
def crawl(url: str, patience: float, window: Window = OPEN) -> Iterator[Frontier]:
    frontier = Frontier(connect(url), PUBLISHER, window, "r", patience)
    try:
        yield frontier
    finally:
        hang_up(frontier.connection)


def kill(database: Connection, frontier: Frontier) -> None:
    with transaction(database) as cursor:
        cursor.execute("select pg_terminate_backend(%s)", [frontier.connection.info.backend_pid])


def count(database: Connection, table: str) -> int:
    with transaction(database) as cursor:
        cursor.execute(f"select count(*) from lumbung.{table}")
        (found,) = cursor.fetchone() or (0,)
    return int(found)


async def leased(frontier: Frontier, number: int) -> list[LeasedPage]:
    entries = [Entry(url=f"https://koran.example/{each}", published_at=NOW) for each in range(number)]
    await frontier.announce(RSS, entries, Validators())
    return await frontier.lease(number)


def threads() -> set[threading.Thread]:
    return {each for each in threading.enumerate() if each.name.startswith("frontier")}


def visit(page: LeasedPage) -> Visit:
    article = Article(
        publisher="koran", url=page.url, canonical_url=page.canonical_url, headline="Panen raya",
        paragraphs=("Petani mulai memanen padi.",), fetched_at=NOW,
    )  # fmt: skip
    return Visit(page_id=page.page_id, outcome=article, fetched_at=NOW, status=200)


def pipeline_of(frontier: Frontier, ended: list[str], **settings: Any) -> LoadPipeline:
    async def close_spider(reason: str) -> None:
        await asyncio.sleep(0)
        ended.append(reason)

    made: Any = SimpleNamespace(
        settings=Settings(settings),
        signals=SignalManager(),
        spider=SimpleNamespace(frontier=frontier),
        engine=SimpleNamespace(close_spider_async=close_spider),
    )
    made.stats = MemoryStatsCollector(SimpleNamespace(settings=Settings()))  # type: ignore[arg-type]  # reads settings only
    return LoadPipeline.from_crawler(made)


def test_a_crawl_goes_on_with_a_new_connection_and_still_holds_its_lock(
    database_url: str, database: Connection
) -> None:
    with crawl(database_url, 20) as frontier:
        first = frontier.connection
        kill(database, frontier)
        assert len(asyncio.run(leased(frontier, 2))) == 2
        assert frontier.connection is not first
        assert frontier.lost is None
        assert close_abandoned(database) == []


def test_a_database_that_stays_away_ends_the_crawl_and_is_told_of_once(
    database_url: str, database: Connection, caplog: pytest.LogCaptureFixture
) -> None:
    with crawl(database_url, 0) as frontier:
        kill(database, frontier)
        for _ in range(2):
            with pytest.raises(CrawlOver, match=LOST):
                asyncio.run(frontier.lease(1))
        asyncio.run(frontier.give_up())
        (said,) = [record.getMessage() for record in caplog.records if record.levelno == logging.CRITICAL]
        assert said.startswith("the crawl ends, what it has not stored stays due: Postgres was lost: ")
        assert frontier.lost is not None
        assert frontier.lost in said
        assert read_crawl(database, frontier.crawl_id).finished_at is None
        assert close_abandoned(database) == [frontier.crawl_id], "the next crawl finds it"


def test_giving_up_closes_the_crawl_where_the_database_lets_it(database_url: str, database: Connection) -> None:
    with crawl(database_url, 0) as frontier:
        asyncio.run(leased(frontier, 2))
        asyncio.run(frontier.give_up())
        row = read_crawl(database, frontier.crawl_id)
        assert (row.finish_reason, row.released) == (LOST, 2)
        assert frontier.connection.closed


def test_visits_are_loaded_when_a_batch_is_full_and_what_is_left_at_the_end(
    database_url: str, database: Connection
) -> None:
    with crawl(database_url, 0) as frontier:

        async def work() -> None:
            pages = await leased(frontier, 3)
            pipeline = pipeline_of(frontier, [], LOAD_BATCH=2, LOAD_SECONDS=3600)
            pipeline.open_spider()
            assert await pipeline.process_item("no visit") == "no visit"
            for page, stored in zip(pages, (0, 2, 2), strict=True):
                given = visit(page)
                assert await pipeline.process_item(given) is given
                assert count(database, "article") == stored
            await pipeline.close_spider()
            assert count(database, "article") == 3
            await pipeline.spider_closed("finished")

        asyncio.run(work())
        assert read_crawl(database, frontier.crawl_id).finish_reason == "finished"


def test_a_small_batch_is_loaded_after_a_while(database_url: str, database: Connection) -> None:
    with crawl(database_url, 0) as frontier:

        async def work() -> None:
            pages = await leased(frontier, 1)
            pipeline = pipeline_of(frontier, [], LOAD_BATCH=50, LOAD_SECONDS=0.05)
            pipeline.open_spider()
            await pipeline.process_item(visit(pages[0]))
            for _ in range(200):
                await asyncio.sleep(0.05)
                if count(database, "article"):
                    break
            assert count(database, "article") == 1
            await pipeline.close_spider()
            await asyncio.sleep(0)
            assert asyncio.all_tasks() == {asyncio.current_task()}, "the clock goes on"

        asyncio.run(work())


def test_a_batch_that_cannot_be_loaded_ends_the_spider_once_and_its_pages_stay_due(
    database_url: str, database: Connection
) -> None:
    ended: list[str] = []
    before = threads()
    with crawl(database_url, 0) as frontier:

        async def work() -> None:
            pages = await leased(frontier, 3)
            pipeline = pipeline_of(frontier, ended, LOAD_BATCH=1, LOAD_SECONDS=3600)
            pipeline.open_spider()
            kill(database, frontier)
            for page in pages:
                await pipeline.process_item(visit(page))
                await asyncio.sleep(0)
            await asyncio.sleep(0.01)
            await pipeline.close_spider()
            await pipeline.spider_closed(LOST)

        asyncio.run(work())
        assert ended == [LOST]
        assert frontier.connection.closed
        assert (count(database, "article"), close_abandoned(database)) == (0, [frontier.crawl_id])
        assert read_crawl(database, frontier.crawl_id).released == 3
    deadline = time.monotonic() + 30
    while threads() - before:
        assert time.monotonic() < deadline, "the crawl's thread goes on"
        time.sleep(0.05)


def test_a_crawl_with_dates_ends_with_a_line_for_each_day(database_url: str, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    with crawl(database_url, 0, Window(NOW, datetime(2026, 11, 21, tzinfo=UTC), strict=True)) as frontier:

        async def work() -> None:
            await leased(frontier, 2)
            await pipeline_of(frontier, [], LOAD_BATCH=1, LOAD_SECONDS=3600).spider_closed("finished")

        asyncio.run(work())
    said = [record.getMessage() for record in caplog.records]
    assert [line for line in said if line.startswith("2026-11-20: 2 announced = ")]
    assert [line for line in said if line.startswith(f"crawl {frontier.crawl_id} of koran: ")]


@pytest.mark.parametrize(("index", "minutes"), [(False, [10, 15, 22.5]), (True, [10, 10, 10])])
def test_an_index_that_was_read_counts_as_changed_whatever_it_shows(
    database_url: str, database: Connection, *, index: bool, minutes: list[float]
) -> None:
    found = []
    with crawl(database_url, 0) as frontier:
        for _ in range(3):
            entries = [Entry(url="https://koran.example/1")]
            asyncio.run(frontier.announce(RSS, entries, Validators(), index=New(0, 0) if index else None))
            with transaction(database) as cursor:
                cursor.execute("select extract(epoch from every)::float8 / 60 from lumbung.poll")
                found += [every for (every,) in cursor.fetchall()]
        assert found == minutes
        assert asyncio.run(frontier.lease(0)) == []
        assert len(asyncio.run(frontier.lease(1))) == 1


def test_a_crawl_that_gives_up_does_not_block_the_reactor_while_its_thread_is_busy(database_url: str) -> None:
    longest = 0.0

    async def beat() -> None:
        nonlocal longest
        while True:
            before = time.monotonic()
            await asyncio.sleep(0.01)
            longest = max(longest, time.monotonic() - before)

    async def work(frontier: Frontier) -> None:
        beating = asyncio.create_task(beat())
        giving_up = asyncio.create_task(frontier.give_up())
        await asyncio.sleep(0)
        slow = asyncio.create_task(frontier.call(time.sleep, 3))  # behind the close, and still running after it
        await asyncio.gather(giving_up, slow)
        beating.cancel()

    with crawl(database_url, 0) as frontier:
        asyncio.run(work(frontier))
    assert longest < 2
