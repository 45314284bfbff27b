"""An article read by a crawl of other dates is kept for the crawl of its own dates: no second download."""

from __future__ import annotations

import asyncio
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from pipelines.database.connections import Connection, connect, transaction
from pipelines.harvest.frontier import Frontier
from pipelines.harvest.load import load_batch
from spiders.article import Article, Entry, LeasedPage, Released, Validators, Visit
from spiders.publishers import Publisher
from spiders.publishers.window import Window

if TYPE_CHECKING:
    from spiders.article import Outcome

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


def test_what_is_kept_goes_when_its_own_page_is_stored(database_url: str, database: Connection) -> None:
    leased(database_url, NOON, end=ARTICLE)
    other = replace(ARTICLE, url="https://koran.example/2", canonical_url="https://koran.example/2")
    with closing(connect(database_url)) as connection:
        frontier = Frontier(connection, PUBLISHER, Window(NOON - 10 * DAY, None, strict=False))
        entries = [Entry(url=each.url, published_at=each.published_at) for each in (ARTICLE, other)]
        asyncio.run(frontier.announce("https://koran.example/rss", entries, Validators()))

        def load(article: Article, outcome: Outcome) -> tuple[Any, ...]:
            numbers = {page.canonical_url: page.page_id for page in asyncio.run(frontier.lease(5))} | known
            known.update(numbers)
            visit = Visit(page_id=numbers[article.canonical_url], outcome=outcome, fetched_at=NOON)
            load_batch(frontier.connection, frontier.crawl_id, [visit])
            with transaction(database) as cursor:
                cursor.execute("select array_agg(canonical_url) from lumbung.held join lumbung.page using (page_id)")
                return tuple(cursor.fetchone() or ())

        known: dict[str, int] = {}
        assert load(other, other) == ([ARTICLE.canonical_url],)
        assert load(ARTICLE, Released()) == ([ARTICLE.canonical_url],)
        assert load(ARTICLE, ARTICLE) == (None,)


def test_what_was_kept_for_longer_than_a_week_is_fetched_again(database_url: str, database: Connection) -> None:
    leased(database_url, NOON, end=ARTICLE)
    with transaction(database) as cursor:
        cursor.execute("update lumbung.held set held_at = held_at - interval '8 days'")
        assert cursor.rowcount == 1
    assert [page.held for page in leased(database_url, NOON - 3 * DAY)] == [None]
    with transaction(database) as cursor:
        cursor.execute("select count(*) from lumbung.held")
        assert cursor.fetchone() == (0,), "no text stays behind"
