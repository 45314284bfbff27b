"""Views of schema `news` that sum a harvest up: what they say of a harvest that is known to the last row."""

from __future__ import annotations

import asyncio
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from support.stories import Story, body, put, rows

from pipelines.database.connections import connect, transaction
from pipelines.duplicates.deduplicate import deduplicate
from pipelines.harvest.frontier import Frontier
from spiders.publishers import Publisher
from spiders.publishers.window import Window

if TYPE_CHECKING:
    from pipelines.database.connections import Connection

MORNING = datetime(2026, 11, 20, 6, tzinfo=UTC)


def test_freshness_tells_of_each_publisher_what_is_newest_and_what_is_due(database: Connection) -> None:
    put(
        database,
        [
            Story(body(1), "kabar", "Panen", MORNING),
            Story(body(2), "kabar", "Banjir", MORNING + timedelta(hours=2)),
            Story(body(3), "warta", "Pasar", MORNING + timedelta(days=9)),
        ],
    )
    with transaction(database) as cursor:
        cursor.execute(
            """
            insert into lumbung.crawl (crawl_id, publisher, started_at) overriding system value values
                (11, 'kabar', timestamptz '2026-11-20 10:00Z'), (12, 'kabar', timestamptz '2026-11-20 12:00Z'),
                (13, 'kabar', timestamptz '2026-11-20 11:00Z'), (14, 'sunyi', timestamptz '2026-11-19 09:00Z');
            update lumbung.page set state = 'done';
            insert into lumbung.page (page_id, publisher, canonical_url, url, state) overriding system value values
                (11, 'kabar', 'https://kabar.example/a', 'https://kabar.example/a', 'due'),
                (12, 'kabar', 'https://kabar.example/b', 'https://kabar.example/b', 'due'),
                (13, 'kabar', 'https://kabar.example/c', 'https://kabar.example/c', 'rejected'),
                (14, 'warta', 'https://warta.example/a', 'https://warta.example/a', 'due');
            update lumbung.article set first_fetched_at = now() - interval '23 hours 50 minutes' where article_id = 1;
            update lumbung.article set first_fetched_at = now() - interval '24 hours 10 minutes' where article_id = 2
            """
        )
    found = rows(
        database,
        "select publisher, last_crawl_at, newest_published_at, now() - newest_stored_at, articles, articles_last_day,"
        " pages_due from news.freshness where publisher <> 'x' order by publisher",
    )
    kabar, sunyi = found
    newest = timedelta(hours=23, minutes=50)
    assert kabar[:3] == ("kabar", datetime(2026, 11, 20, 12, tzinfo=UTC), MORNING + timedelta(hours=2))
    assert newest <= kabar[3] < newest + timedelta(minutes=5)
    assert kabar[4:] == (2, 1, 2)
    assert sunyi == ("sunyi", datetime(2026, 11, 19, 9, tzinfo=UTC), None, None, 0, 0, 0)


def test_a_story_has_all_that_tell_it_and_when_and_where_they_came(database: Connection) -> None:
    hour = timedelta(hours=1)
    put(
        database,
        [
            Story(body(1), "kabar", "Panen", MORNING),
            Story(body(1), "warta", "Panen Raya", MORNING + 2 * hour),
            Story(body(1), "koran", "Panen", None),
            Story(body(2), "warta", "Banjir", None),
        ],
    )
    with transaction(database) as cursor:
        cursor.execute(
            "update lumbung.article set first_fetched_at = %s + article_id * interval '1 hour'",
            [MORNING + timedelta(days=1)],
        )
    deduplicate(database)
    stored = MORNING + timedelta(days=1)
    assert rows(
        database,
        "select article_id, headline, publisher, copies, publishers, article_ids, first_published_at,"
        " last_published_at, first_seen_at, last_seen_at from news.stories order by article_id",
    ) == [
        (1, "Panen", "kabar", 2, ["kabar", "koran", "warta"], [1, 2, 3], MORNING, MORNING + 2 * hour, stored + hour,
         stored + 3 * hour),
        (4, "Banjir", "warta", 0, ["warta"], [4], None, None, stored + 4 * hour, stored + 4 * hour),
    ]  # fmt: skip


def test_a_publisher_is_told_as_its_file_said_at_the_last_crawl(database: Connection, database_url: str) -> None:
    told = "select publisher, name, home, domains, timezone, language, schedule from news.publishers"
    koran = Publisher(key="koran", name="Koran", home="https://www.koran.example/", timezone="Asia/Makassar")
    window = Window(MORNING, None, strict=False)
    for publisher in (
        koran,
        koran.model_copy(update={"name": "Koran Desa", "domains": ("koran.example", "a.example")}),
    ):
        with closing(connect(database_url)) as connection:
            asyncio.run(Frontier(connection, publisher, window).close("finished"))
        assert rows(database, told) == [
            ("koran", publisher.name, publisher.home, list(publisher.hosts), "Asia/Makassar", "id", "7 * * * *")
        ]
    ((seconds, version),) = rows(
        database, "select max(duration_seconds), (select version from news.version) from news.crawls"
    )
    assert 0 <= seconds < 60
    assert version == "3.1"
