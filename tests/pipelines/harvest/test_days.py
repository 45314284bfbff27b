"""The days of a crawl with dates, for its log: those of the publisher's zone that it was asked for, newest first."""

from __future__ import annotations

import asyncio
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from pipelines.database.connections import Connection, connect, transaction
from pipelines.database.statements import query
from pipelines.harvest.frontier import Frontier
from pipelines.harvest.ledger import DayCoverage
from spiders.article import Entry, Validators
from spiders.publishers import Publisher
from spiders.publishers.window import Window

JAKARTA = ZoneInfo("Asia/Jakarta")
MIDNIGHT = datetime(2026, 11, 20, tzinfo=JAKARTA)
DAY = timedelta(days=1)
PUBLISHER = Publisher(key="koran", name="Koran", home="https://koran.example/", timezone="Asia/Jakarta")
OTHER = Publisher(key="warta", name="Warta", home="https://warta.example/", timezone="Asia/Jakarta")


def announced(url: str, publisher: Publisher, days: int = 6) -> None:
    """Two articles for each day around the 20th: at its first and at its last moment."""
    moments = [MIDNIGHT + number * DAY for number in range(-days, days)]
    moments += [moment + DAY - timedelta(microseconds=1) for moment in moments]
    entries = [Entry(url=f"{publisher.home}{number}", published_at=moment) for number, moment in enumerate(moments)]
    with closing(connect(url)) as connection:
        frontier = Frontier(connection, publisher, Window(MIDNIGHT.astimezone(UTC), None, strict=False))
        asyncio.run(frontier.announce(f"{publisher.home}rss", entries, Validators()))


def days(url: str, window: Window) -> list[tuple[date, int]]:
    with closing(connect(url)) as connection:
        frontier = Frontier(connection, PUBLISHER, window)
        return [(day.day, day.announced) for day in asyncio.run(frontier.coverage())]


@pytest.mark.parametrize(
    ("start", "end", "found"),
    [
        (MIDNIGHT, MIDNIGHT + DAY, [20]),
        (MIDNIGHT, MIDNIGHT + DAY + timedelta(microseconds=1), [21, 20]),
        (MIDNIGHT - timedelta(microseconds=1), MIDNIGHT + DAY, [20, 19]),
        (MIDNIGHT - 2 * DAY, MIDNIGHT + 2 * DAY, [21, 20, 19, 18]),
    ],
)
def test_the_days_of_the_window_in_the_publishers_zone_and_no_others(
    database_url: str, start: datetime, end: datetime, found: list[int]
) -> None:
    for publisher in (PUBLISHER, OTHER):
        announced(database_url, publisher)
    window = Window(start.astimezone(UTC), end.astimezone(UTC), strict=True)
    assert days(database_url, window) == [(date(2026, 11, number), 2) for number in found]
    assert days(database_url, Window(window.start, window.end, strict=False)) == []


def test_a_range_without_an_end_reaches_to_the_day_of_the_server(database_url: str, database: Connection) -> None:
    announced(database_url, PUBLISHER)
    with transaction(database) as cursor:
        cursor.execute(
            "update lumbung.page set announced_at = announced_at"
            " + (date_trunc('day', now() at time zone 'Asia/Jakarta') at time zone 'Asia/Jakarta' - %s)",
            [MIDNIGHT],
        )
        cursor.execute("select (now() at time zone 'Asia/Jakarta')::date")
        (today,) = cursor.fetchone() or (MIDNIGHT.date(),)
    start = datetime(today.year, today.month, today.day, tzinfo=JAKARTA) - DAY
    assert days(database_url, Window(start.astimezone(UTC), None, strict=True)) == [(today, 2), (today - DAY, 2)]


def test_a_day_is_one_line_whose_figures_add_up(database_url: str) -> None:
    announced(database_url, PUBLISHER)
    with closing(connect(database_url)) as connection:
        window = Window(MIDNIGHT.astimezone(UTC), (MIDNIGHT + DAY).astimezone(UTC), strict=True)
        (day,) = asyncio.run(Frontier(connection, PUBLISHER, window).coverage())
    assert day == DayCoverage(date(2026, 11, 20), announced=2, stored=0, rejected=0, failed=0, due=2)
    assert str(day) == "2026-11-20: 2 announced = 0 stored + 0 rejected + 0 failed + 2 due"


def test_articles_of_a_window_count_by_their_own_date_before_the_announced_one_and_its_end_is_not_in_it(
    database_url: str, database: Connection
) -> None:
    moments = {"a": MIDNIGHT, "b": MIDNIGHT + DAY, "c": MIDNIGHT + 3 * DAY, "d": MIDNIGHT - timedelta(microseconds=1)}
    entries = [Entry(url=f"https://koran.example/{name}", published_at=moment) for name, moment in moments.items()]
    with closing(connect(database_url)) as connection:
        window = Window(MIDNIGHT.astimezone(UTC), (MIDNIGHT + DAY).astimezone(UTC), strict=True)
        frontier = Frontier(connection, PUBLISHER, window)
        asyncio.run(frontier.announce("https://koran.example/rss", entries, Validators()))

        def known() -> int:
            with transaction(database) as cursor:
                cursor.execute(query("announced_in_window"), {"crawl_id": frontier.crawl_id})
                (found,) = cursor.fetchone() or (0,)
            return int(found)

        assert known() == 1
        with transaction(database) as cursor:
            cursor.execute(
                "insert into lumbung.article (page_id, publisher, url, canonical_url, headline, paragraphs, text_hash,"
                " fetched_at, first_fetched_at, published_at, crawl_id)"
                " select page_id, publisher, url, canonical_url, 'Panen', '{Padi.}', gen_random_uuid(), now(), now(),"
                " case when url like '%%/c' then %s else %s end, %s from lumbung.page where url ~ '/[ac]$'",
                [MIDNIGHT, MIDNIGHT - DAY, frontier.crawl_id],
            )
        assert known() == 1, "c came in, a went out"


def test_each_figure_of_a_day_is_what_it_is_named_after(database_url: str, database: Connection) -> None:
    entries = [Entry(url=f"https://koran.example/{number}", published_at=MIDNIGHT) for number in range(10)]
    with closing(connect(database_url)) as connection:
        window = Window(MIDNIGHT.astimezone(UTC), (MIDNIGHT + DAY).astimezone(UTC), strict=True)
        frontier = Frontier(connection, PUBLISHER, window)
        asyncio.run(frontier.announce("https://koran.example/rss", entries, Validators()))
        with transaction(database) as cursor:
            cursor.execute("update lumbung.page set state = 'rejected' where url ~ '/[12]$'")
            cursor.execute("update lumbung.page set failures = 1 where url ~ '/[345]$'")
            cursor.execute(
                "insert into lumbung.article (page_id, publisher, url, canonical_url, headline, paragraphs, text_hash,"
                " fetched_at, first_fetched_at, published_at, crawl_id)"
                " select page_id, publisher, url, canonical_url, 'Panen', '{Padi.}', gen_random_uuid(), now(), now(),"
                " announced_at, %s from lumbung.page where url ~ '/0$'",
                [frontier.crawl_id],
            )
        (day,) = asyncio.run(frontier.coverage())
    assert day == DayCoverage(date(2026, 11, 20), announced=10, stored=1, rejected=2, failed=3, due=4)
    assert str(day) == "2026-11-20: 10 announced = 1 stored + 2 rejected + 3 failed + 4 due"
