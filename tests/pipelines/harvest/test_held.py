"""An article read by a crawl of other dates is kept for the crawl of its own dates: no second download."""

from __future__ import annotations

import asyncio
from contextlib import closing
from datetime import UTC, datetime, timedelta

from pipelines.database.connections import Connection, connect, transaction
from pipelines.harvest.frontier import Frontier
from pipelines.harvest.load import load_batch
from spiders.article import Article, Entry, LeasedPage, Released, Validators, Visit
from spiders.publishers import Publisher
from spiders.publishers.window import Window

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
DAY = timedelta(days=1)
PUBLISHER = Publisher(key="koran", name="Koran", home="https://koran.example/")
ARTICLE = Article(
    publisher="koran",
    url="https://koran.example/1",
    canonical_url="https://koran.example/1",
    headline="Panen raya",
    paragraphs=("Petani mulai memanen padi.",),
    fetched_at=NOON,
    published_at=NOON - 3 * DAY,
)


def leased(url: str, start: datetime, *, end: Article | None = None) -> list[LeasedPage]:
    """Pages given to a crawl of one day; with `end` it gives them back with the article that it has read."""
    with closing(connect(url)) as connection:
        frontier = Frontier(connection, PUBLISHER, Window(start, start + DAY, strict=True))
        asyncio.run(frontier.announce("https://koran.example/rss", [Entry(url=ARTICLE.url)], Validators()))
        pages = asyncio.run(frontier.lease(5))
        given = Released(announced_at=ARTICLE.published_at, article=end)
        visits = [Visit(page_id=page.page_id, outcome=given, fetched_at=NOON) for page in pages]
        load_batch(frontier.connection, frontier.crawl_id, visits)
        asyncio.run(frontier.close("finished"))
    return pages


def test_what_a_crawl_of_other_dates_has_read_is_given_to_the_crawl_of_its_own(database_url: str) -> None:
    assert [page.held for page in leased(database_url, NOON, end=ARTICLE)] == [None]
    assert [page.held for page in leased(database_url, NOON - 3 * DAY)] == [ARTICLE]


def test_what_was_kept_for_longer_than_a_week_is_fetched_again(database_url: str, database: Connection) -> None:
    leased(database_url, NOON, end=ARTICLE)
    with transaction(database) as cursor:
        cursor.execute("update lumbung.held set held_at = held_at - interval '8 days'")
        assert cursor.rowcount == 1
    assert [page.held for page in leased(database_url, NOON - 3 * DAY)] == [None]
    with transaction(database) as cursor:
        cursor.execute("select count(*) from lumbung.held")
        assert cursor.fetchone() == (0,), "no text stays behind"
