"""How long articles took from publication and announcement to their row, and which are a publisher's freshness."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from support.stories import rows

from pipelines.database.connections import Connection, transaction

HOUR = timedelta(hours=1)


@pytest.fixture
def now(database: Connection) -> datetime:
    """A moment that is no midnight anywhere; crawls of `koran` since five days: one is of dates."""
    moment = datetime.now(UTC).replace(minute=41, second=7, microsecond=0)
    with transaction(database) as cursor:
        cursor.execute(
            "insert into lumbung.crawl (crawl_id, publisher, started_at, ranged) overriding system value values"
            " (1, 'koran', %(first)s, false), (2, 'koran', %(later)s, false), (3, 'koran', %(later)s, true),"
            " (4, 'warta', %(later)s, false);"
            " insert into lumbung.publisher (publisher, timezone) values ('koran', 'Asia/Makassar')",
            {"first": moment - 120 * HOUR, "later": moment - 60 * HOUR},
        )
    return moment


def store(  # noqa: PLR0913 - what tells delays apart
    database: Connection,
    published: datetime | None,
    stored: datetime,
    found: datetime | None = None,
    *,
    publisher: str = "koran",
    found_by: int | None = 2,
) -> int:
    with transaction(database) as cursor:
        cursor.execute(
            "with number as (select coalesce(max(page_id), 0) + 1 as n from lumbung.page), page as ("
            " insert into lumbung.page (page_id, publisher, url, canonical_url, state, found_at, found_by)"
            " overriding system value select n, %(publisher)s, 'https://koran.example/' || n,"
            " 'https://koran.example/' || n, 'done', %(found)s, %(found_by)s from number returning page_id, url)"
            " insert into lumbung.article (page_id, publisher, url, canonical_url, headline, paragraphs, text_hash,"
            " published_at, fetched_at, first_fetched_at, crawl_id) select page_id, %(publisher)s, url, url, 'Panen',"
            " '{Padi.}', gen_random_uuid(), %(published)s, now(), %(stored)s, 2 from page returning article_id",
            {"publisher": publisher, "published": published, "stored": stored, "found": found or stored,
             "found_by": found_by},
        )  # fmt: skip
        ((article,),) = cursor.fetchall()
    return int(article)


def delays(database: Connection, article: int) -> tuple[Any, ...]:
    (found,) = rows(
        database,
        "select published_to_stored_seconds, announced_to_stored_seconds, backfilled from news.delays"
        f" where article_id = {article}",
    )
    return found


def test_an_article_is_as_late_as_its_publication_and_its_announcement_say(database: Connection, now: datetime) -> None:
    article = store(database, now - timedelta(minutes=7), now, now - timedelta(seconds=2.5))
    assert delays(database, article) == (420, 2.5, False)


@pytest.mark.parametrize(
    "day",
    [
        "2026-11-20T00:00+08:00",  # of the publisher
        "2026-11-20T00:00+00:00",  # as pages have it that state a day in UTC
    ],
)
@pytest.mark.usefixtures("now")
def test_a_day_is_no_time(database: Connection, day: str) -> None:
    stored = datetime.fromisoformat("2026-11-20T10:00+08:00")
    assert delays(database, store(database, datetime.fromisoformat(day), stored))[0] is None


@pytest.mark.usefixtures("now")
def test_midnight_of_another_zone_is_a_time(database: Connection) -> None:
    jakarta = datetime.fromisoformat("2026-11-20T00:00+07:00")
    assert delays(database, store(database, jakarta, jakarta + HOUR))[0] == 3600


def test_without_a_time_or_with_one_of_an_edit_there_is_no_delay(database: Connection, now: datetime) -> None:
    assert delays(database, store(database, None, now, now - HOUR)) == (None, 3600, False)
    assert delays(database, store(database, now + HOUR, now, now - HOUR)) == (None, 3600, False)


def test_clocks_that_differ_make_no_time_run_backwards(database: Connection, now: datetime) -> None:
    assert delays(database, store(database, None, now, now + timedelta(seconds=1)))[1] == 0


def test_an_address_that_a_person_gave_has_its_delays_too(database: Connection, now: datetime) -> None:
    assert delays(database, store(database, now - HOUR, now, found_by=None)) == (3600, 0, False)


def test_what_is_usual_of_a_publisher_is_of_its_last_day(database: Connection, now: datetime) -> None:
    for number in range(1, 21):
        stored = now - HOUR
        store(database, stored - timedelta(minutes=number), stored, stored - timedelta(seconds=number))
    store(database, None, now - HOUR, now - HOUR - timedelta(seconds=100))
    left_out = {
        "stored before": store(database, now - 31 * HOUR, now - 25 * HOUR, now - 30 * HOUR),
        "found by a crawl with dates": store(database, now - 50 * HOUR, now - 2 * HOUR, now - 40 * HOUR, found_by=3),
    }
    assert [delays(database, article)[2] for article in left_out.values()] == [False, True]
    usual = (
        "select publisher, timed_last_day, published_to_stored_p50_seconds, published_to_stored_p95_seconds,"
        " announced_to_stored_p50_seconds, announced_to_stored_p95_seconds from news.freshness order by 1"
    )
    expected = [("koran", 20, 600, 1140, 11, 20), ("warta", 0, None, None, None, None)]
    assert rows(database, usual) == expected

    # Published before anybody could have come: only how soon after it was found it was stored says something.
    store(database, now - 121 * HOUR, now - HOUR, now - HOUR - timedelta(seconds=200))
    assert rows(database, usual) == [("koran", 20, 600, 1140, 11, 100), expected[1]]
    store(database, now - 119 * HOUR, now - HOUR)
    assert rows(database, usual)[0][:2] == ("koran", 21)


def test_the_usual_is_looked_up_by_the_last_day_only(database: Connection, now: datetime) -> None:
    for hours in range(0, 400, 2):
        store(database, now - (hours + 1) * HOUR, now - hours * HOUR)
    with transaction(database) as cursor:
        cursor.execute("analyze lumbung.article, lumbung.page, lumbung.crawl; set enable_seqscan = off")
    told = "\n".join(line for (line,) in rows(database, "explain (costs off) table news.freshness"))
    assert "article_publisher_stored" in told
    assert "page_pkey" in told


def test_pages_are_not_read_where_nobody_asks_when_they_were_found(database: Connection, now: datetime) -> None:
    store(database, now - HOUR, now)
    told = rows(database, "explain select published_to_stored_seconds from news.delays where publisher = 'koran'")
    assert [line for (line,) in told if "page" in line or "crawl" in line] == []
