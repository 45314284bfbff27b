"""Which pages a crawl wants: by its window, by what is known of their dates, and by when they were found."""

from __future__ import annotations

import asyncio
from contextlib import closing
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from scrapy.settings import Settings
from support.hanging_up import hang_up

from pipelines.database.connections import Connection, connect, transaction
from pipelines.harvest.frontier import Frontier
from spiders.article import Entry, Validators
from spiders.publishers import Publisher
from spiders.publishers.window import Window

if TYPE_CHECKING:
    from collections.abc import Iterator

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
DAY = timedelta(days=1)
TICK = timedelta(microseconds=1)
PUBLISHER = Publisher(key="koran", name="Koran", home="https://koran.example/")
OPEN = Window(NOON, None, strict=False)
RANGE = Window(NOON, NOON + DAY, strict=True)


def crawl(url: str, window: Window) -> Frontier:
    return Frontier(connect(url), PUBLISHER, window)


def announce(frontier: Frontier, **dates: datetime | None) -> None:
    """One page, known by nothing but these dates."""
    entry = Entry(url="https://koran.example/berita", **dates)  # type: ignore[arg-type]  # dates only
    asyncio.run(frontier.announce("https://koran.example/rss", [entry], Validators()))


def announce_of(frontier: Frontier, number: int) -> None:
    home = frontier.publisher.home
    entries = [Entry(url=f"{home}{each}", published_at=NOON) for each in range(number)]
    asyncio.run(frontier.announce(f"{home}rss", entries, Validators()))


def wants(frontier: Frontier) -> bool:
    return bool(asyncio.run(frontier.lease(10)))


@pytest.mark.parametrize(
    ("dates", "in_range", "in_open"),
    [
        ({}, True, True),
        ({"published_at": NOON}, True, True),
        ({"published_at": NOON - TICK}, False, False),
        ({"published_at": NOON + DAY - TICK}, True, True),
        ({"published_at": NOON + DAY}, False, True),
        ({"published_at": NOON - DAY, "published_until": NOON}, True, True),
        ({"published_at": NOON - DAY, "published_until": NOON - TICK}, False, False),
        ({"published_at": NOON + DAY - TICK, "published_until": NOON + 2 * DAY}, True, True),
        ({"published_at": NOON + DAY, "published_until": NOON + 2 * DAY}, False, True),
        ({"modified_at": NOON}, True, True),
        ({"modified_at": NOON - TICK}, False, True),
        ({"modified_at": NOON + 9 * DAY}, True, True),
        ({"published_at": NOON - DAY, "modified_at": NOON + TICK}, False, False),
    ],
)
def test_a_page_is_wanted_where_it_may_lie_in_the_window(
    database_url: str, dates: dict[str, datetime], *, in_range: bool, in_open: bool
) -> None:
    for window, wanted in ((RANGE, in_range), (OPEN, in_open)):
        with closing(connect(database_url)) as before:
            finder = Frontier(before, PUBLISHER, Window(NOON - 90 * DAY, NOON - 60 * DAY, strict=True))
            announce(finder, **dates)
        frontier = crawl(database_url, window)
        assert wants(frontier) == wanted, window
        hang_up(frontier.connection)


@pytest.mark.parametrize(
    ("found_in", "published_at", "later", "wanted"),
    [
        (Window(NOON, None, strict=False), NOON + TICK, Window(NOON + 20 * DAY, None, strict=False), True),
        (Window(NOON, None, strict=False), NOON + TICK, Window(NOON + 31 * DAY, None, strict=False), True),
        (Window(NOON, None, strict=False), NOON, Window(NOON + 31 * DAY, None, strict=False), False),
        (Window(NOON, None, strict=False), NOON - TICK, Window(NOON + 20 * DAY, None, strict=False), False),
        (Window(NOON, NOON + DAY, strict=True), NOON + TICK, Window(NOON + 20 * DAY, None, strict=False), False),
        (Window(NOON, None, strict=False), NOON + TICK, Window(NOON + 20 * DAY, None, strict=True), False),
    ],
    ids=["recent", "of 31 days", "older", "old when found", "found by a crawl of dates", "asked for by dates"],
)
def test_what_was_recent_when_it_was_found_is_wanted_for_a_month(
    database_url: str, found_in: Window, published_at: datetime, later: Window, *, wanted: bool
) -> None:
    finder = crawl(database_url, found_in)
    announce(finder, published_at=published_at)
    asyncio.run(finder.close("finished"))
    frontier = crawl(database_url, later)
    assert wants(frontier) == wanted
    hang_up(frontier.connection)


def test_a_page_that_is_not_due_yet_is_wanted_by_nobody(database_url: str, database: Connection) -> None:
    frontier = crawl(database_url, OPEN)
    announce(frontier)
    for wait, wanted in (("1 minute", False), ("-1 second", True)):
        with transaction(database) as cursor:
            cursor.execute("update lumbung.page set due_at = now() + %s::interval", [wait])
        assert wants(frontier) == wanted
    hang_up(frontier.connection)


@pytest.fixture
def refetching() -> Iterator[list[Frontier]]:
    """Crawls to be closed at the end."""
    opened: list[Frontier] = []
    yield opened
    for frontier in opened:
        hang_up(frontier.connection)


@pytest.mark.parametrize(
    ("dates", "window", "wanted"),
    [
        ({"published_at": NOON}, RANGE, True),
        ({"published_at": NOON - TICK}, RANGE, False),
        ({"published_at": NOON + DAY}, RANGE, False),
        ({"published_at": NOON + DAY}, OPEN, True),
        ({"published_at": NOON - TICK}, OPEN, False),
        ({"published_at": NOON - DAY, "published_until": NOON}, RANGE, True),
        ({}, RANGE, True),
    ],
)
@pytest.mark.usefixtures("database_url")
def test_a_crawl_that_fetches_again_wants_known_pages_of_its_window_and_no_others(
    database: Connection, refetching: list[Frontier], dates: dict[str, Any], window: Window, *, wanted: bool
) -> None:
    crawler: Any = SimpleNamespace(settings=Settings({"DATABASE_PATIENCE": 1}))

    def opened(*, again: bool) -> Frontier:
        spider: Any = SimpleNamespace(publisher=PUBLISHER, window=window, run=None, refetch=again)
        refetching.append(Frontier.from_crawler(crawler, spider))
        return refetching[-1]

    announce(opened(again=False), **dates)
    for state in ("done", "rejected"):
        with transaction(database) as cursor:
            cursor.execute(
                "update lumbung.page set state = %s, due_at = now() + interval '1 hour', leased_by = null,"
                " lease_until = null",
                [state],
            )
        assert not wants(opened(again=False))
        assert wants(opened(again=True)) == wanted
        with transaction(database) as cursor:
            cursor.execute("select state from lumbung.page")
            assert cursor.fetchone() == ("leased" if wanted else state,)


@pytest.mark.usefixtures("database_url")
def test_fetching_again_takes_no_page_from_another_crawl_and_none_of_another_publisher_and_shortens_no_wait(
    database: Connection, refetching: list[Frontier]
) -> None:
    crawler: Any = SimpleNamespace(settings=Settings({"DATABASE_PATIENCE": 1}))
    other = Publisher(key="warta", name="Warta", home="https://warta.example/")

    def opened(publisher: Publisher, *, again: bool) -> Frontier:
        spider: Any = SimpleNamespace(publisher=publisher, window=OPEN, run=None, refetch=again)
        refetching.append(Frontier.from_crawler(crawler, spider))
        return refetching[-1]

    holder, foreign = opened(PUBLISHER, again=False), opened(other, again=False)
    for frontier in (holder, foreign):
        announce_of(frontier, 3)
    (held,) = asyncio.run(holder.lease(1))
    with transaction(database) as cursor:
        cursor.execute("update lumbung.page set state = 'done' where publisher = 'warta'")
        cursor.execute(
            "update lumbung.page set due_at = now() + interval '1 hour' where state = 'due' and page_id in"
            " (select max(page_id) from lumbung.page where state = 'due')"
        )
    again = opened(PUBLISHER, again=True)
    assert len(asyncio.run(again.lease(9))) == 1
    with transaction(database) as cursor:
        cursor.execute("select page_id, leased_by from lumbung.page where leased_by = %s", [holder.crawl_id])
        assert cursor.fetchall() == [(held.page_id, holder.crawl_id)]
        cursor.execute("select publisher, state, count(*) from lumbung.page where leased_by is null group by 1, 2")
        assert sorted(cursor.fetchall()) == [("koran", "due", 1), ("warta", "done", 3)]


def test_of_a_stored_article_its_own_date_decides_whatever_was_announced(
    database_url: str, database: Connection
) -> None:
    far = (NOON - 400 * DAY, NOON, NOON + DAY / 2, NOON + 400 * DAY, None)
    own = {
        NOON: (True, True), NOON - TICK: (False, True), NOON + DAY - TICK: (True, True), NOON + DAY: (False, True),
        NOON - 90 * DAY: (False, True),
    }  # fmt: skip
    finder = crawl(database_url, Window(NOON - 900 * DAY, NOON - 800 * DAY, strict=True))
    announce(finder)
    with transaction(database) as cursor:
        cursor.execute(
            "insert into lumbung.article (page_id, publisher, url, canonical_url, headline, paragraphs, text_hash,"
            " fetched_at, first_fetched_at, crawl_id) select page_id, publisher, url, url, 'Panen', '{Padi.}',"
            " gen_random_uuid(), now(), now(), %s from lumbung.page",
            [finder.crawl_id],
        )
    crawls = [finder, *(crawl(database_url, window) for window in (RANGE, OPEN))]
    for published, expected in own.items():
        for announced in far:
            found = []
            for frontier in crawls[1:]:
                with transaction(database) as cursor:
                    cursor.execute("update lumbung.article set published_at = %s", [published])
                    cursor.execute(
                        "update lumbung.page set announced_at = %s, state = 'due', leased_by = null,"
                        " lease_until = null, due_at = now()",
                        [announced],
                    )
                found.append(wants(frontier))
            assert tuple(found) == expected, (published, announced)
    for frontier in crawls:
        hang_up(frontier.connection)


def test_a_day_that_was_recent_when_it_was_found_counts_by_its_last_moment(
    database_url: str, database: Connection
) -> None:
    for until, wanted in ((NOON, True), (NOON - TICK, False)):
        with transaction(database) as cursor:
            cursor.execute("delete from lumbung.page; delete from lumbung.poll")
        finder = crawl(database_url, OPEN)
        announce(finder, published_at=NOON - DAY, published_until=until)
        asyncio.run(finder.close("finished"))
        frontier = crawl(database_url, Window(NOON + 20 * DAY, None, strict=False))
        assert wants(frontier) == wanted, until
        asyncio.run(frontier.close("finished"))
