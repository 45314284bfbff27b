"""Views that readers ask for the state of the harvest: `news.revisions` and `news.freshness`, with figures by hand."""

from __future__ import annotations

import asyncio
from contextlib import closing
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

from psycopg2.extras import RealDictCursor

from pipelines.database.connections import Connection, connect, transaction
from pipelines.harvest.frontier import Frontier
from pipelines.harvest.load import load_batch
from spiders.article import Article, Entry, Validators, Visit
from spiders.publishers import Publisher
from spiders.publishers.window import Window

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
KORAN = Publisher(key="koran", name="Koran", home="https://koran.example/")
WARTA = Publisher(key="warta", name="Warta", home="https://warta.example/")


def crawled(url: str, publisher: Publisher, texts: dict[int, str], at: datetime, announced: int = 2) -> None:
    """One crawl that announces some pages and stores these texts, by the number of the page."""
    with closing(connect(url)) as connection:
        frontier = Frontier(connection, publisher, Window(NOON - 30 * 24 * HOUR, None, strict=False))
        entries = [Entry(url=f"{publisher.home}{number}", published_at=NOON) for number in range(announced)]
        asyncio.run(frontier.announce(f"{publisher.home}rss", entries, Validators()))
        with transaction(connection) as cursor:
            cursor.execute("update lumbung.page set state = 'due' where publisher = %s", [publisher.key])
        visits = []
        for page in asyncio.run(frontier.lease(100)):
            number = int(page.url.rpartition("/")[2])
            if number in texts:
                article = Article(
                    publisher=publisher.key, url=page.url, canonical_url=page.canonical_url,
                    headline=f"Kabar {texts[number]}", paragraphs=("Awal.", texts[number]), fetched_at=at,
                    published_at=NOON + number * HOUR, modified_at=at,
                )  # fmt: skip
                visits.append(Visit(page_id=page.page_id, outcome=article, fetched_at=at, status=200))
        load_batch(connection, frontier.crawl_id, visits)
        asyncio.run(frontier.close("finished"))


def rows(connection: Connection, statement: str) -> list[dict[str, Any]]:
    with transaction(connection, RealDictCursor) as cursor:
        cursor.execute(statement)
        found: list[Any] = cursor.fetchall()
    return [dict(row) for row in found]


def test_each_of_three_revisions_has_the_text_before_and_after_it(database_url: str, database: Connection) -> None:
    for number, text in enumerate(["satu", "dua", "tiga", "empat"]):
        texts = {0: text, 1: "tetap"}
        crawled(database_url, KORAN, texts, NOON + number * HOUR)
    (article,) = rows(database, "select article_id from lumbung.article where canonical_url like '%/0'")
    found = rows(database, "select * from news.revisions order by number")
    told = [(row["number"], row["headline_before"], row["headline_after"]) for row in found]
    assert told == [(1, "Kabar satu", "Kabar dua"), (2, "Kabar dua", "Kabar tiga"), (3, "Kabar tiga", "Kabar empat")]
    texts_told = [(row["text_before"], row["text_after"]) for row in found]
    texts_in_order = [f"Awal.\n\n{text}" for text in ("satu", "dua", "tiga", "empat")]
    assert texts_told == list(pairwise(texts_in_order))
    assert [row["revised_at"] for row in found] == [NOON + number * HOUR for number in (1, 2, 3)]
    assert [row["modified_at"] for row in found] == [NOON + number * HOUR for number in (1, 2, 3)]
    about = {(row["article_id"], row["publisher"], row["canonical_url"]) for row in found}
    assert about == {(article["article_id"], "koran", "https://koran.example/0")}


def test_freshness_has_a_row_for_each_publisher_with_its_own_figures(database_url: str, database: Connection) -> None:
    now = datetime.now(UTC).replace(microsecond=0)
    crawled(database_url, KORAN, {0: "lama"}, now - 25 * HOUR, announced=5)
    crawled(database_url, KORAN, {1: "baru", 2: "baru"}, now - 23 * HOUR, announced=5)
    crawled(database_url, WARTA, {}, now, announced=2)
    (first, second) = rows(database, "select * from news.freshness order by publisher")
    last_crawls = rows(database, "select publisher, max(started_at) as at from lumbung.crawl group by 1 order by 1")
    assert [row.pop("last_crawl_at") for row in (first, second)] == [row["at"] for row in last_crawls]
    with transaction(database) as cursor:
        cursor.execute("select publisher, count(*) from lumbung.page where state = 'due' group by 1 order by 1")
        due = [count for _, count in cursor.fetchall()]
    assert due == [3, 2]
    how_late = {name: None for name in first if name.endswith("_seconds")} | {"timed_last_day": 0}
    assert len(how_late) == 5
    assert first | how_late == how_late | {
        "publisher": "koran", "newest_published_at": NOON + 2 * HOUR, "newest_stored_at": now - 23 * HOUR,
        "articles": 3, "articles_last_day": 2, "pages_due": 3, "published_last_day": 0, "undated": 0,
    }  # fmt: skip
    assert second == how_late | {
        "publisher": "warta", "newest_published_at": None, "newest_stored_at": None, "articles": 0,
        "articles_last_day": 0, "pages_due": 2, "published_last_day": 0, "undated": 0,
    }  # fmt: skip
