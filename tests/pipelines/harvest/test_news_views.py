"""Views of schema `news` that sum a harvest up: what they say of a harvest that is known to the last row."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from support.stories import Story, body, put, rows

from pipelines.database.connections import transaction

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
