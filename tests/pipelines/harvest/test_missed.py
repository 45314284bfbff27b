"""What earlier crawls have missed: which of them count as finished, and how far the next one reaches back."""

from __future__ import annotations

import asyncio
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from pipelines.database.connections import Connection, connect, transaction
from pipelines.harvest.frontier import Frontier
from spiders.article import Entry, Validators
from spiders.publishers import Publisher
from spiders.publishers.window import Window

if TYPE_CHECKING:
    from collections.abc import Callable

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
DAY = timedelta(days=1)
RSS = "https://koran.example/rss"
PUBLISHER = Publisher(key="koran", name="Koran", home="https://koran.example/")
OTHER = Publisher(key="warta", name="Warta", home="https://warta.example/")
RANGE = Window(NOON - 3 * DAY, NOON, strict=True)


def crawled(
    url: str, window: Window, reason: str | None, *, publisher: Publisher = PUBLISHER, failed: bool = False
) -> None:
    """A crawl that ends with a reason; None is one that is killed."""
    with closing(connect(url)) as connection:
        frontier = Frontier(connection, publisher, window)
        asyncio.run(frontier.announce(RSS, [Entry(url="https://koran.example/1")], Validators()))
        if failed:
            asyncio.run(frontier.polled(f"{RSS}/other", "HTTP 503"))
        if reason is not None:
            asyncio.run(frontier.close(reason))


def reaches(url: str, start: datetime = NOON) -> datetime:
    with closing(connect(url)) as connection:
        return Frontier(connection, PUBLISHER, Window(start, None, strict=False)).window.start


def scheduled(days: int) -> Window:
    return Window(NOON - days * DAY, None, strict=False)


def test_a_finished_crawl_leaves_nothing_to_catch_up(database_url: str) -> None:
    crawled(database_url, scheduled(3), "finished")
    assert reaches(database_url) == NOON


@pytest.mark.parametrize("reason", ["shutdown", "database_lost", None])
def test_the_next_crawl_reaches_as_far_back_as_the_first_of_those_that_did_not_finish(
    database_url: str, reason: str | None
) -> None:
    crawled(database_url, scheduled(9), "finished")
    crawled(database_url, scheduled(4), reason)
    crawled(database_url, scheduled(5), reason)
    crawled(database_url, scheduled(3), reason)
    assert reaches(database_url) == NOON - 5 * DAY
    crawled(database_url, scheduled(0), "finished")
    assert reaches(database_url) == NOON


def test_a_crawl_of_which_a_feed_failed_has_not_got_all_it_asked_for(database_url: str) -> None:
    crawled(database_url, scheduled(3), "finished", failed=True)
    assert reaches(database_url) == NOON - 3 * DAY


def test_ranges_other_publishers_and_what_is_older_than_a_month_miss_nothing(
    database_url: str, database: Connection
) -> None:
    crawled(database_url, RANGE, "shutdown")
    crawled(database_url, scheduled(4), "shutdown", publisher=OTHER)
    crawled(database_url, scheduled(6), "shutdown")
    with transaction(database) as cursor:
        cursor.execute(
            "update lumbung.crawl set started_at = now() - interval '31 days 1 minute' where window_start = %s",
            [NOON - 6 * DAY],
        )
    assert reaches(database_url) == NOON


def test_a_finished_range_does_not_hide_what_the_crawl_before_it_missed(database_url: str) -> None:
    crawled(database_url, scheduled(4), "shutdown")
    crawled(database_url, RANGE, "finished")
    crawled(database_url, scheduled(1), "finished", publisher=OTHER)
    assert reaches(database_url) == NOON - 4 * DAY


def read_in_range(url: str, window: Window) -> bool:
    with closing(connect(url)) as connection:
        frontier = Frontier(connection, PUBLISHER, window)
        return asyncio.run(frontier.recall(RSS)).in_this_range


def age_crawls(database: Connection, days: int = 8) -> None:
    with transaction(database) as cursor:
        cursor.execute("update lumbung.crawl set started_at = started_at - %s * interval '1 day'", [days])
        cursor.execute("update lumbung.poll set polled_at = polled_at - %s * interval '1 day'", [days])


def another_publisher(url: str) -> None:
    crawled(url, RANGE, "finished", publisher=OTHER)


def crawl_without_dates(url: str) -> None:
    crawled(url, Window(RANGE.start, RANGE.end, strict=False), "finished")


def another_range(url: str) -> None:
    crawled(url, Window(RANGE.start, None, strict=True), "finished")


def stopped_too(url: str) -> None:
    crawled(url, RANGE, "shutdown")


@pytest.mark.parametrize("between", [another_publisher, crawl_without_dates, another_range, stopped_too])
def test_a_range_that_was_stopped_is_gone_on_with_whatever_was_crawled_since(
    database_url: str, between: Callable[[str], Any]
) -> None:
    crawled(database_url, RANGE, "shutdown")
    between(database_url)
    assert read_in_range(database_url, RANGE)


@pytest.mark.parametrize("end", [NOON, None])
def test_a_range_that_was_crawled_to_its_end_is_asked_for_anew(database_url: str, end: datetime | None) -> None:
    window = Window(NOON - 3 * DAY, end, strict=True)
    crawled(database_url, window, "shutdown")
    assert read_in_range(database_url, window)
    crawled(database_url, window, "finished")
    assert not read_in_range(database_url, window)


def test_a_range_that_was_stopped_a_week_ago_is_asked_for_anew(database_url: str, database: Connection) -> None:
    crawled(database_url, RANGE, "shutdown")
    age_crawls(database)
    assert not read_in_range(database_url, RANGE)


@pytest.mark.parametrize(
    "other",
    [
        Window(RANGE.start - DAY, RANGE.end, strict=True),
        Window(RANGE.start, NOON + DAY, strict=True),
        Window(RANGE.start, None, strict=True),
        Window(RANGE.start, RANGE.end, strict=False),
    ],
    ids=["another start", "another end", "no end", "no range"],
)
def test_what_a_crawl_of_other_dates_has_read_is_read_again_after_a_day(
    database_url: str, database: Connection, other: Window
) -> None:
    crawled(database_url, other, "shutdown")
    age_crawls(database, days=2)
    assert not read_in_range(database_url, RANGE)


def test_a_range_of_other_dates_or_of_another_publisher_that_was_finished_ends_no_other(
    database_url: str, database: Connection
) -> None:
    crawled(database_url, RANGE, "shutdown")
    crawled(database_url, Window(RANGE.start - DAY, RANGE.end, strict=True), "finished")
    crawled(database_url, Window(RANGE.start, RANGE.end, strict=True), "finished", publisher=OTHER)
    age_crawls(database, days=2)
    assert read_in_range(database_url, RANGE)
