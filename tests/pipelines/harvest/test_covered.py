"""A document that shows what others show is asked seldom, and as usual again once it may be missed."""

from __future__ import annotations

import asyncio
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from support.hanging_up import hang_up

from pipelines.database.connections import Connection, connect, transaction
from pipelines.harvest.frontier import Frontier
from pipelines.harvest.polls import Rhythm, next_pace
from spiders.article import Entry, Remembered, Validators
from spiders.publishers import Publisher
from spiders.publishers.window import Window

if TYPE_CHECKING:
    from collections.abc import Iterator

RSS = "https://koran.example/rss"
PUBLISHER = Publisher(key="koran", name="Koran", home="https://koran.example/")
OPEN = Window(datetime(2026, 10, 21, 12, tzinfo=UTC), None, strict=False)


@contextmanager
def crawl(url: str) -> Iterator[Frontier]:
    frontier = Frontier(connect(url), PUBLISHER, OPEN, "r")
    try:
        yield frontier
    finally:
        hang_up(frontier.connection)


def recall(frontier: Frontier) -> Remembered:
    return asyncio.run(frontier.recall(RSS))


INDEX, SECTION = "https://koran.example/indeks", "https://koran.example/"


def later(database: Connection, hours: float) -> None:
    """Let time go by."""
    with transaction(database) as cursor:
        cursor.execute(
            "update lumbung.poll set polled_at = polled_at - %(by)s, changed_at = changed_at - %(by)s,"
            " next_at = next_at - %(by)s, failed_at = failed_at - %(by)s, whole_at = whole_at - %(by)s",
            {"by": timedelta(hours=hours)},
        )
        cursor.execute("update lumbung.crawl set started_at = started_at - %s", [timedelta(hours=hours)])


def show(frontier: Frontier, url: str, numbers: range, newest: datetime | None = None) -> None:
    entries = [Entry(url=f"https://koran.example/berita-{number}") for number in numbers]
    asyncio.run(frontier.announce(url, entries, Validators(), newest=newest))


def crawled(url: str, database: Connection, wide: range, narrow: range, newest: datetime | None = None) -> bool:
    """One crawl six hours after the last: the index shows some articles, then the feed; whether the feed may wait."""
    with crawl(url) as frontier:
        show(frontier, INDEX, wide)
        waits = recall(frontier).fresh
        if not waits:
            show(frontier, RSS, narrow, newest)
        asyncio.run(frontier.close("finished"))
    later(database, 6)
    return waits


def test_a_feed_that_shows_what_the_index_shows_is_asked_once_a_day(database_url: str, database: Connection) -> None:
    waits = [
        crawled(database_url, database, range(6 * day, 6 * day + 6), range(6 * day, 6 * day + 2)) for day in range(16)
    ]
    assert waits.count(False) <= 7
    assert waits[-8:].count(False) == 2


def test_a_list_of_pages_that_shows_what_a_feed_shows_is_walked_once_a_day(
    database_url: str, database: Connection
) -> None:
    walked = []
    for day in range(16):
        with crawl(database_url) as frontier:
            show(frontier, RSS, range(6 * day, 6 * day + 6))
            waits = asyncio.run(frontier.recall(INDEX)).fresh
            if not waits:
                asyncio.run(frontier.forget(INDEX))  # until the walk has come to its end
                show(frontier, INDEX, range(6 * day, 6 * day + 2))
            asyncio.run(frontier.close("finished"))
        later(database, 6)
        walked.append(not waits)
    assert walked.count(True) <= 7
    assert walked[-8:].count(True) == 2


def test_the_new_list_of_a_day_that_shows_what_a_feed_shows_is_covered_from_its_second_look_on(
    database_url: str, database: Connection
) -> None:
    waits = []
    for place in range(4):
        with crawl(database_url) as frontier:
            show(frontier, RSS, range(3 * place, 3 * place + 3))
            if place:  # the day has begun
                waits.append(asyncio.run(frontier.recall(INDEX)).fresh)
                if not waits[-1]:
                    show(frontier, INDEX, range(3 * place, 3 * place + 2))
            asyncio.run(frontier.close("finished"))
        later(database, 6)
    assert waits == [False, False, True]


def test_a_feed_with_times_is_covered_by_what_it_shows_and_not_by_its_silence(
    database_url: str, database: Connection
) -> None:
    """The feed of a small town, which has something every other day, beside the index of a busy newspaper."""
    noon = datetime(2026, 11, 20, 12, tzinfo=UTC)
    town = [1000 + day // 8 for day in range(24)]
    waits = [
        crawled(
            database_url,
            database,
            range(6 * day, 6 * day + 6),
            range(town[day], town[day] + 1),
            noon + timedelta(days=2 * (day // 8)),
        )
        for day in range(24)
    ]
    assert not any(waits)
    waits = [
        crawled(
            database_url,
            database,
            range(9000 + 6 * day, 9006 + 6 * day),
            range(9000 + 6 * day, 9002 + 6 * day),
            noon + timedelta(days=30, hours=6 * day),
        )
        for day in range(12)
    ]
    assert waits[-8:].count(False) == 2, "once a day, from when it shows what the index shows"


def test_a_covered_document_stays_so_on_a_quiet_day() -> None:
    hour = timedelta(hours=1)
    covered = next_pace(Rhythm(6 * hour, None, 24 * hour, covered=True), (10, 360), changed=False)
    assert covered.every == 24 * hour
    quiet = next_pace(Rhythm(covered.every, None, 24 * hour, beside=True), (10, 360), changed=False)
    assert quiet == covered
    alone = next_pace(Rhythm(6 * hour, None, 6 * hour), (10, 60), changed=False)
    assert alone.every == hour, "an interval above the bounds of a file that has changed comes down to them"
    assert next_pace(Rhythm(covered.every, None, 24 * hour), (10, 360), changed=True).every == 3 * hour


def test_a_feed_that_shows_something_of_its_own_is_asked_each_time(database_url: str, database: Connection) -> None:
    waits = [
        crawled(database_url, database, range(6 * day + 1, 6 * day + 6), range(6 * day, 6 * day + 2))
        for day in range(8)
    ]
    assert not any(waits)


@pytest.mark.parametrize("trouble", ["fails", "falls silent"])
def test_a_covered_feed_is_asked_as_usual_when_what_covers_it_fails_or_falls_silent(
    database_url: str, database: Connection, trouble: str
) -> None:
    for day in range(12):
        crawled(database_url, database, range(6 * day, 6 * day + 6), range(6 * day, 6 * day + 2))
    with transaction(database) as cursor:
        cursor.execute(
            "update lumbung.poll set next_at = now() + interval '12 hours', polled_at = now() - interval '6 hours'"
        )
    with crawl(database_url) as frontier:
        assert recall(frontier).fresh
        if trouble == "fails":
            asyncio.run(frontier.polled(INDEX, "HTTP 503"))
        else:
            later(database, 12)
            with transaction(database) as cursor:
                cursor.execute("update lumbung.poll set next_at = now() + interval '12 hours'")
        assert not recall(frontier).fresh


def test_the_widest_document_is_known_whoever_was_asked_first(database_url: str, database: Connection) -> None:
    with crawl(database_url) as frontier:
        show(frontier, RSS, range(3))
        show(frontier, INDEX, range(9))
        show(frontier, SECTION, range(1))
        assert asyncio.run(frontier.widths()) == {RSS: 0, INDEX: 0, SECTION: 0}, "nobody knows what its pages tell"
        with transaction(database) as cursor:
            cursor.execute(_STORED, {"crawl_id": frontier.crawl_id})
        assert asyncio.run(frontier.widths()) == {RSS: 3, INDEX: 9, SECTION: 1}
        with transaction(database) as cursor:
            cursor.execute("update lumbung.article set published_at = '2026-11-20T00:00+07:00'")
            cursor.execute("update lumbung.poll set reach = '3 hours' where url = %s", [RSS])
        assert asyncio.run(frontier.widths()) == {RSS: 3, INDEX: 0, SECTION: 0}, "only the feed tells the minute"
        with transaction(database) as cursor:
            cursor.execute("update lumbung.page set found_at = found_at - interval '2 days'")
        show(frontier, INDEX, range(10))
        assert asyncio.run(frontier.widths())[INDEX] == 0
        with transaction(database) as cursor:
            cursor.execute("update lumbung.article set published_at = '2026-11-20T09:30+07:00'")
        assert asyncio.run(frontier.widths())[INDEX] == 1


_STORED = """
insert into lumbung.article (page_id, publisher, url, canonical_url, headline, paragraphs, text_hash, fetched_at,
    first_fetched_at, crawl_id, published_at)
select page_id, publisher, url, canonical_url, 'Panen', '{Padi.}', md5(url)::uuid, now(), now(), %(crawl_id)s,
    '2026-11-20T09:30+07:00'
from lumbung.page
"""
