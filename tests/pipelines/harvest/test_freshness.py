"""`news.freshness` tells what was published from what was added."""

from __future__ import annotations

from typing import Any

from pipelines.database.connections import Connection, transaction

ARTICLES = {
    # published, added: hours ago; None: the article does not say
    "today": (2, 1),
    "archive, added by a backfill": (24 * 300, 3),
    "read late": (30, 2),
    "long known": (24 * 40, 24 * 39),
    "dated tomorrow": (-20, 5),
    "undated": (None, 4),
}


def rows(connection: Connection, statement: str, *values: Any) -> list[tuple[Any, ...]]:
    with transaction(connection) as cursor:
        cursor.execute(statement, values)
        return cursor.fetchall()


def test_published_and_added_are_told_apart(database: Connection) -> None:
    ((crawl,),) = rows(database, "insert into lumbung.crawl (publisher) values ('koran') returning crawl_id")
    for number, (published, added) in enumerate(ARTICLES.values()):
        url = f"https://koran.example/berita-{number}"
        ((page,),) = rows(
            database,
            "insert into lumbung.page (publisher, url, canonical_url, state)"
            " values ('koran', %s, %s, 'done') returning page_id",
            url,
            url,
        )
        rows(
            database,
            "insert into lumbung.article (page_id, publisher, url, canonical_url, headline, paragraphs, text_hash,"
            " published_at, fetched_at, first_fetched_at, crawl_id) values (%s, 'koran', %s, %s, 'Panen', '{Padi.}',"
            " gen_random_uuid(), now() - %s * interval '1 hour', now(), now() - %s * interval '1 hour', %s)"
            " returning 1",
            page, url, url, published, added, crawl,
        )  # fmt: skip
    found = rows(
        database,
        "select articles, articles_last_day, published_last_day, undated,"
        " round(extract(epoch from now() - newest_published_at) / 3600),"
        " round(extract(epoch from now() - newest_stored_at) / 3600) from news.freshness",
    )
    assert found == [(6, 5, 1, 1, -20, 1)]


def test_every_column_says_what_it_means(database: Connection) -> None:
    described = rows(
        database,
        "select attname, col_description(attrelid, attnum) from pg_attribute"
        " where attrelid = 'news.freshness'::regclass and attnum > 0 order by attnum",
    )
    assert [name for name, text in described if not text] == []
    told = dict(described)
    assert "added" in told["articles_last_day"]
    assert "published" in told["published_last_day"]
